/**
 * Marks: what a create leaves with the object, in a field that viewers do not see or in an idempotency key, so that it is
 * found again on any machine. A mark is `<identity>.<attempt>`, two short hashes; it names nothing and opens nothing.
 */

/** Characters of the attempt's hash: 48 bits, told apart among the attempts of one resource. */
const ATTEMPT_LENGTH = 12;

/** The most characters that a mark has. */
export const LONGEST_MARK = 16 + 1 + ATTEMPT_LENGTH;

/** The hash of a resource's identity, the part of `origin` behind its name; empty where nothing is known of it. */
export function identityOf(origin: unknown): string {
  return typeof origin === "string" && origin.includes("#") ? origin.slice(origin.lastIndexOf("#") + 1) : "";
}

/** The digest of project and stack with which a mark begins; undefined where the mark tells none. */
export function stackOfMark(mark: string): string | undefined {
  return /^([0-9a-f]{8})[0-9a-f]{8}\./.exec(mark)?.[1];
}

/**
 * The mark of one attempt to create.
 * @param origin the input `origin` of the resource
 * @param digest a hexadecimal digest that no other attempt has
 */
export function markOf(origin: unknown, digest: string): string {
  return `${identityOf(origin)}.${digest.slice(0, ATTEMPT_LENGTH)}`;
}
