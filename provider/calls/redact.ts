/**
 * Keeps secrets out of messages. Credentials and secret properties are remembered as they pass through, and any text
 * that comes from outside is cleared of them before it is put into an error.
 */
const remembered = new Set<string>();

/** Shorter strings would black out ordinary words. */
const SHORTEST = 6;

/** Remembers every string within `value` as a secret of this process. */
export function rememberSecret(value: unknown): void {
  if (typeof value === "string") {
    if (value.length >= SHORTEST) {
      remembered.add(value);
      remembered.add(encodeURIComponent(value));
    }
  } else if (value !== null && typeof value === "object") {
    Object.values(value).forEach(rememberSecret);
  }
}

/** UUIDs, and long words with a digit: what keys and tokens that this process has never seen look like. */
const LOOKS_SECRET = /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\b(?=[\w-]*\d)[\w-]{24,}\b/gi;

/** The text of somebody else, without any remembered secret and without anything that could be one. */
export function redact(text: string): string {
  let clear = text;
  for (const secret of remembered) clear = clear.replaceAll(secret, "[secret]");
  return clear.replace(LOOKS_SECRET, "[secret]");
}
