import type { Definition } from ".";

/** Sets: many objects of one Definition as one resource. A set is derived from the Definition; nobody writes one. */

/**
 * Whether there is a set of it. A run that is killed in the middle of a thousand creates is continued by the next one, so
 * what a create has made must be found again; and of what exists once an account there are no two.
 */
export function hasSet({ find, makesNothing, singleton }: Definition): boolean {
  return !singleton && (find !== undefined || makesNothing === true);
}

/** Name of the set of a resource, for example `StreamKeySet`. */
export const setNameOf = (name: string): string => `${name}Set`;
