import type { Props } from "../define";
import { create } from "./create";
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

/**
 * Brings an object to inputs that `check` has passed: compares, and does what the comparison asks for, in the engine's
 * order. The inputs of a replacement are checked afresh, as the engine does, so they come from `inputsOfNew`.
 */
export async function reconcile(
  type: ResourceType,
  kept: Kept,
  inputs: Props,
  inputsOfNew: () => Props,
): Promise<Reconciled> {
  const { changes, replaces, deleteBeforeReplace } = await diff(type, kept.id, kept.outs, inputs);
  if (replaces.length > 0) {
    if (deleteBeforeReplace) await remove(type, kept.id, kept.outs);
    const made = await create(type, inputsOfNew());
    if (!deleteBeforeReplace) await remove(type, kept.id, kept.outs);
    return { ...made, did: "replace" };
  }
  if (changes === false) return { ...kept, did: "nothing" };
  return { id: kept.id, outs: await update(type, kept.id, kept.outs, inputs), did: "update" };
}
