import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import type { Account } from "./account";

/**
 * Keeps inputs on disk in a form that only a holder of the account's credentials can read: AES-256-GCM, with a key derived
 * from them.
 */

const CIPHER = "aes-256-gcm";
const SALT_BYTES = 16;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** One salt a process, so that an account's key is derived once: what tells two sealed texts apart is the nonce. */
const SALT = randomBytes(SALT_BYTES);

/** Seals a JSON value. */
export function seal(account: Account, value: unknown): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, keyOf(account, SALT), nonce);
  const sealed = Buffer.concat([cipher.update(JSON.stringify(value), "utf8"), cipher.final()]);
  return Buffer.concat([SALT, nonce, cipher.getAuthTag(), sealed]).toString("base64");
}

/** What was sealed; undefined when other credentials sealed it, or it is damaged. */
export function unseal(account: Account, text: string): unknown {
  const bytes = Buffer.from(text, "base64");
  let at = 0;
  const take = (length: number): Buffer => bytes.subarray(at, (at += length));
  try {
    const key = keyOf(account, take(SALT_BYTES));
    const decipher = createDecipheriv(CIPHER, key, take(NONCE_BYTES));
    decipher.setAuthTag(take(TAG_BYTES));
    return JSON.parse(Buffer.concat([decipher.update(bytes.subarray(at)), decipher.final()]).toString());
  } catch {
    return undefined;
  }
}

const keys = new WeakMap<Account, Map<string, Buffer>>();

/** The key by credentials and salt; derived once, because each item of a set asks for it. */
function keyOf(account: Account, salt: Buffer): Buffer {
  const known = keys.get(account) ?? new Map<string, Buffer>();
  keys.set(account, known);
  const name = salt.toString("base64");
  const key = known.get(name) ?? derived(account, salt);
  known.set(name, key);
  return key;
}

function derived({ vendor, credentials }: Account, salt: Buffer): Buffer {
  const secret = JSON.stringify(Object.entries(credentials).sort(([a], [b]) => (a < b ? -1 : 1)));
  return Buffer.from(hkdfSync("sha256", secret, salt, `streamkeys ${vendor.name}`, 32));
}
