import { randomInt } from "node:crypto";
import { rememberSecret } from "./redact";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
/** 62 to the power of 48: about 285 bits. */
const LENGTH = 48;

/** A new stream key, for vendors whose customers choose it: alphanumeric, from the system's CSPRNG, and kept out of messages. */
export function freshKey(): string {
  const key = Array.from({ length: LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join("");
  rememberSecret(key);
  return key;
}
