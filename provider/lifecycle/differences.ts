import type { Props, Seen } from "../define";
import { propertyOf, secretPaths } from "../schema";
import { changedInputs, driftedInputs } from "./state";
import { nameOf, type Subject } from "./subject";

/** Where the vendor has something else than the program says, in words. What holds a secret, at any depth, is only named. */
export function differences(
  { definition }: Subject,
  changed: string[],
  inputs: Props,
  actual: Props,
): string {
  return changed
    .map((key) =>
      secretPaths(propertyOf(definition.inputs, key)).length > 0
        ? `${key} differs (it holds a secret)`
        : `${key} is ${JSON.stringify(actual[key])} there and ${JSON.stringify(inputs[key])} in the program`,
    )
    .join("; ");
}

/** A request that was accepted may still not have been obeyed in full; the vendor's own report says so at once. */
export function warnOfDifferences(subject: Subject, inputs: Props, seen: Seen): void {
  const actual = driftedInputs(subject.definition, inputs, seen);
  const changed = changedInputs(subject.definition, actual, inputs);
  if (changed.length === 0) return;
  subject.world.warn(
    `${nameOf(subject, seen.id)} was accepted, but ${subject.vendor.title} reports it otherwise: ` +
      `${differences(subject, changed, inputs, actual)}. A refresh will show this as drift.`,
  );
}
