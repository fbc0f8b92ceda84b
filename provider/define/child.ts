import { StreamkeysError } from "./errors";

/** Objects that live within another and cannot be reached without it: their id is the other's, a slash and their own. */

/** The two ids that name a child. */
export interface ChildId {
  parent: string;
  child: string;
}

/** The id of a child in state and for `import`. */
export const childId = (parent: string, child: string): string => `${parent}/${child}`;

/**
 * The parts of a child's id.
 * @param what what it is and how its id is written, for the error: "an AIOZ Stream is <keyId>/<streamId>"
 * @throws StreamkeysError when it is not of the form `<parent>/<child>`
 */
export function splitChildId(id: string, what: string): ChildId {
  const [, parent, child] = /^([^/]+)\/([^/]+)$/.exec(id) ?? [];
  if (parent !== undefined && child !== undefined) return { parent, child };
  throw new StreamkeysError(`The id of ${what}; "${id}" is not.`);
}
