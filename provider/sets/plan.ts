import type { Props } from "../define";
import { isUnknown } from "../engine-values";
import { type Kept, recheck, type ResourceType } from "../lifecycle";
import { inputsOf } from "../lifecycle/state";
import type { ThisRun } from "../lifecycle/run";
import type { Items } from "./kept";
import { itemsOf, programOf, type SetInputs } from "./program";
import type { SetType } from "./set-type";

/** Which items are there, are to be there, and are to be there no more. */
export interface Membership {
  added: string[];
  kept: string[];
  removed: string[];
}

/** Compares the items of a state with those of a program. */
export function membership(items: Items, inputs: Props): Membership {
  const wanted = itemsOf(inputs);
  const names = Object.keys(wanted);
  return {
    added: names.filter((name) => !items.has(name)),
    kept: names.filter((name) => items.has(name)),
    removed: [...items.keys()].filter((name) => !Object.hasOwn(wanted, name)),
  };
}

/** The inputs of one item as `check` leaves them; it has passed once, so there is nothing to say against them. */
export function checked(
  set: SetType,
  type: ResourceType,
  inputs: SetInputs,
  name: string,
  { kept, isLater }: { kept?: Kept; isLater?: boolean } = {},
): Props {
  const { isAnnounced: _, ...options } = set.declarations.get(String(inputs.origin)) ?? {
    isAnnounced: false,
  };
  const thisRun: ThisRun = { ...options, isLater, ...(set.host.run.isPreview ? { preview: true } : {}) };
  const olds = kept ? { ...inputsOf(set.of, kept.outs), keyGeneration: kept.outs.keyGeneration } : {};
  return recheck(type, olds, { ...programOf(inputs, name), thisRun });
}

/**
 * Inputs in which what is not known yet is as it was. At preview, ids of what the run changes are not known, and a guess
 * would call every item replaced that hangs on one.
 */
export function asFarAsKnown(inputs: Props, kept: Kept): { inputs: Props; hasUnknown: boolean } {
  const unknown = Object.keys(inputs).filter((key) => key !== "keyGeneration" && holdsUnknown(inputs[key]));
  const before = Object.fromEntries(unknown.map((key) => [key, kept.outs[key]]));
  return { inputs: { ...inputs, ...before }, hasUnknown: unknown.length > 0 };
}

function holdsUnknown(value: unknown): boolean {
  if (isUnknown(value)) return true;
  return value !== null && typeof value === "object" && Object.values(value).some(holdsUnknown);
}
