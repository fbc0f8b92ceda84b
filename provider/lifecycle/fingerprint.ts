import { createHash } from "node:crypto";
import type { Definition, Props } from "../define";
import { propertyOf } from "../define/schema";

/** Keys by digest, so that they can be compared and talked about without being shown. */

/** The keys among the secret outputs, by name; the others are addresses that hold a key. */
export function keysOf({ outputs }: Definition, props: Props): Record<string, string> {
  const names = Object.keys(outputs).filter((name) => propertyOf(outputs, name).secret && /key$/i.test(name));
  return Object.fromEntries(
    names.flatMap((name) => (typeof props[name] === "string" ? [[name, props[name]]] : [])),
  );
}

/** The first 8 hex digits of a key's SHA-256. */
export function fingerprint(key: string): string {
  return createHash("sha256").update(key).digest("hex").slice(0, 8);
}

/** The fingerprints of all keys that an object has, as people say them; of a single key just that. */
export function fingerprints(definition: Definition, props: Props): string {
  const keys = Object.entries(keysOf(definition, props));
  return keys
    .map(([name, key]) => (keys.length === 1 ? fingerprint(key) : `${name} ${fingerprint(key)}`))
    .join(", ");
}

/**
 * Whether the object has another key than before: as the vendor's own proof says, where it has one, and else by the keys.
 * What either side does not know says nothing.
 */
export function isAnotherKey(definition: Definition, before: Props, after: Props): boolean {
  const keys = keysOf(definition, before);
  const { outputs } = definition;
  const proof = Object.keys(outputs).find((name) => propertyOf(outputs, name).provesRotation);
  // Without a date there was no rotation yet.
  if (proof !== undefined && Object.keys(keys).length > 0) return before[proof] !== after[proof];
  return Object.entries(keysOf(definition, after)).some(
    ([name, key]) => keys[name] !== undefined && keys[name] !== key,
  );
}
