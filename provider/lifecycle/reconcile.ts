import type { Props } from "../define";
import { messageOf, StreamkeysError } from "../define/errors";
import { create, type Created } from "./create";
import { diff } from "./diff";
import { remove } from "./delete";
import type { ResourceType } from "./resource-type";
import { update } from "./update";

/** One object as state holds it. */
export interface Kept {
  id: string;
  outs: Props;
}

/** What became of an object. */
export interface Reconciled extends Kept {
  did: "nothing" | "update" | "replace";
}

/** A replacement was made, and what it replaces could not be deleted. */
export class OldRemains extends StreamkeysError {
  override readonly name = "OldRemains";
  /** Out of sight of whoever prints the error: keys are among its outputs. */
  readonly #made: Created;
  constructor(made: Created, old: Kept, cause: unknown) {
    super(`Replaced by ${made.id}, and ${old.id} is to be deleted yet: ${messageOf(cause)}`, { cause });
    this.#made = made;
  }

  /** The replacement. */
  get made(): Created {
    return this.#made;
  }
}

/**
 * Brings an object to inputs that `check` has passed: compares, and does what the comparison asks for, in the engine's
 * order. The inputs of a replacement are checked afresh, as the engine does, so they come from `inputsOfNew`.
 * @param retire what is done with what is replaced
 */
export async function reconcile(
  type: ResourceType,
  kept: Kept,
  inputs: Props,
  inputsOfNew: () => Props,
  retire = remove,
): Promise<Reconciled> {
  const { changes, replaces, deleteBeforeReplace } = await diff(type, kept.id, kept.outs, inputs);
  if (replaces.length > 0) {
    if (deleteBeforeReplace) await retire(type, kept.id, kept.outs);
    const made = await create(type, inputsOfNew());
    if (!deleteBeforeReplace) {
      await retire(type, kept.id, kept.outs).catch((error: unknown) => {
        throw new OldRemains(made, kept, error);
      });
    }
    return { ...made, did: "replace" };
  }
  if (changes === false) return { ...kept, did: "nothing" };
  return { id: kept.id, outs: await update(type, kept.id, kept.outs, inputs), did: "update" };
}
