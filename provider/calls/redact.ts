import { readingsOf } from "./readings";

/**
 * Keeps secrets out of messages. Credentials and secret properties are remembered as they pass through, and any text is
 * cleared of them, however they are written there, before a user sees it.
 */

/** The secrets of this process, in small letters: a vendor that repeats a key may change the case. */
const remembered = new Set<string>();

const MASK = "[secret]";

/** A shorter secret is one only where it stands as a word: within words it would black out ordinary ones. */
const SHORT = 6;

/** Remembers every string within `value` as a secret of this process; of an address and of JSON also what they carry. */
export function rememberSecret(value: unknown): void {
  if (typeof value === "string") {
    if (value.trim() === "" || remembered.has(folded(value))) return;
    remembered.add(folded(value));
    [...carriedBy(value), ...textsInJson(value)]
      .filter((part) => part.length >= SHORT)
      .forEach(rememberSecret);
  } else if (value !== null && typeof value === "object") {
    Object.values(value).forEach(rememberSecret);
  }
}

/**
 * What a URL carries: each part may be the secret, and be repeated alone. The last step of a path is the key of many an
 * address for publishing, and of a webhook; what looks like a word is none.
 */
function carriedBy(text: string): string[] {
  if (!URL.canParse(text)) return [];
  const { username, password, searchParams, pathname } = new URL(text);
  const [last = "", ...above] = pathname.split("/").filter(Boolean).reverse();
  const key = above.length > 0 && !WORD.test(last) ? [last] : [];
  const written = [username, password, ...key].flatMap((part) => [part, decoded(part)]);
  return [...written, ...searchParams.values()];
}

/** The texts within JSON: in state, a set holds the secrets of all its items as one such text. */
function textsInJson(text: string): string[] {
  if (!/^\s*[[{]/.test(text)) return [];
  const found: string[] = [];
  try {
    JSON.parse(text, (_, value: unknown) => {
      if (typeof value === "string") found.push(value);
    });
  } catch {
    // It only looks like JSON.
  }
  return found;
}

/** What names an application or a file, and no key: one word of small letters, or a short one. */
const WORD = /^[a-z]{1,12}$|^.{1,7}$/;

/** As it was before it was written into a URL; as it stands where that cannot be told. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** A text without any remembered secret. */
export function clearOfSecrets(text: string): string {
  const isHidden = new Array<boolean>(text.length).fill(false);
  for (const { text: read, from, to, isGuess } of readingsOf(text)) {
    for (const at of placesIn(folded(read), isGuess)) isHidden.fill(true, from[at.start], to[at.end - 1]);
  }
  return Array.from({ length: text.length }, (_, at) => {
    if (!isHidden[at]) return text[at];
    return isHidden[at - 1] ? "" : MASK;
  }).join("");
}

/** UUIDs, and long words with a digit: what keys and tokens that this process has never seen look like. */
const LOOKS_SECRET = /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\b(?=[\w-]*\d)[\w-]{24,}\b/gi;

/** The text of somebody else, without any remembered secret and without anything that could be one. */
export function redact(text: string): string {
  return clearOfSecrets(text).replace(LOOKS_SECRET, MASK);
}

/** What is guessed to be Base64 is mostly none, and two letters come up in it by chance. */
const SHORTEST_IN_A_GUESS = 3;

/** Where secrets stand in what was read. */
function placesIn(read: string, isGuess: boolean): { start: number; end: number }[] {
  const places: { start: number; end: number }[] = [];
  for (const secret of remembered) {
    if (isGuess && secret.length < SHORTEST_IN_A_GUESS) continue;
    for (let start = read.indexOf(secret); start >= 0; start = read.indexOf(secret, start + 1)) {
      const end = start + secret.length;
      if (secret.length >= SHORT || isWord(read, start, end)) places.push({ start, end });
    }
  }
  return places;
}

const isWord = (text: string, start: number, end: number): boolean =>
  !/^[\p{L}\p{N}]/u.test(text.slice(end)) && !/[\p{L}\p{N}]$/u.test(text.slice(0, start));

/** Small letters as far as that keeps every place where it is. */
const folded = (text: string): string => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
