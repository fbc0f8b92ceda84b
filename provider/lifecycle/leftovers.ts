import type { Props } from "../define";
import type { Entry } from "./journal";
import { declaredIn, declaredName, type ResourceType } from "./resource-type";

/** What earlier runs have begun and no run has gone on with: the engine may not know it, so nothing that it does removes it. */

/** The notes of one stack, by the digest of its project and name that each origin holds. */
export function leftoversOf(entries: Entry[], stack: string): Entry[] {
  return entries.filter(({ note }) => declaredIn(note) === stack);
}

/**
 * Says once, when something is deleted, what this stack's notes tell of beyond that: `pulumi destroy` cannot see it. Where
 * the program runs, its creates go on with their notes, and there is nothing to say of them.
 */
export function warnOfLeftovers({ host }: ResourceType, props: Props): void {
  const { memory, journal, warn } = host;
  const stack = declaredIn(props);
  if (memory.hasToldLeftovers || stack === undefined) return;
  memory.hasToldLeftovers = true;
  const left = leftoversOf(journal.all(), stack).filter(({ note }) => !isOnItsWay(host, note));
  if (left.length === 0) return;
  const names = left.map(({ note: { id, type, ...props } }) => {
    const name = `${type} ${declaredName(props) ?? ""}`;
    return id === undefined ? name : `${name} (made as ${id})`;
  });
  warn(
    `An earlier run was killed while it made ${names.join(", ")}. If the engine does not know of it, it is not deleted ` +
      "here. `streamkeys doctor` says what is left at the vendor, and how to remove it.",
  );
}

const isOnItsWay = ({ memory }: ResourceType["host"], { type, origin }: Entry["note"]): boolean =>
  memory.declared.has(`${type} ${origin}`);
