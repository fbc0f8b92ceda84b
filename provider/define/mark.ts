/**
 * Marks: what a create leaves with the object, in a field that viewers do not see or in an idempotency key, so that it is
 * found again on any machine. A mark is `<owner>.<attempt>`, short hashes; it names nothing and opens nothing. The owner is
 * the resource's identity and the backend, which has the only state that may know the object.
 */

/** Characters of the attempt's hash: 48 bits, told apart among the attempts of one resource. */
const ATTEMPT_LENGTH = 12;

/** The most characters that a mark has. */
export const LONGEST_MARK = 16 + 8 + 1 + ATTEMPT_LENGTH;

/** The hash of a resource's identity, the part of `origin` behind its name; empty where nothing is known of it. */
function identityOf(origin: unknown): string {
  return typeof origin === "string" && origin.includes("#") ? origin.slice(origin.lastIndexOf("#") + 1) : "";
}

/** The digest of project and stack with which a mark begins; undefined where the mark tells none. */
export function stackOfMark(mark: string): string | undefined {
  return /^([0-9a-f]{8})[0-9a-f]{16}\./.exec(mark)?.[1];
}

/**
 * The part of a mark that all attempts of one resource share; undefined where nothing is known of the resource.
 * @param origin the input `origin` of the resource
 * @param place the digest of the backend, as the journal has it
 */
export function ownerOf(origin: unknown, place: string): string | undefined {
  const identity = identityOf(origin);
  return identity === "" ? undefined : `${identity}${place}`;
}

/** The owner that a mark names. */
export const ownerIn = (mark: string): string => mark.slice(0, mark.lastIndexOf("."));

/**
 * The mark of one attempt to create.
 * @param origin the input `origin` of the resource
 * @param place the digest of the backend
 * @param digest a hexadecimal digest that no other attempt has
 */
export function markOf(origin: unknown, place: string, digest: string): string {
  return `${ownerOf(origin, place) ?? ""}.${digest.slice(0, ATTEMPT_LENGTH)}`;
}
