import type { Props, Seen } from "../define";
import { propertyOf, secretPaths } from "../define/schema";
import { changedInputs, driftedInputs } from "./state";
import { nameOf, type ResourceType } from "./resource-type";

/** Where the vendor has something else than the program says, in words. What holds a secret, at any depth, is only named. */
export function differences(
  { definition }: ResourceType,
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
export function warnOfDifferences(type: ResourceType, inputs: Props, seen: Seen): void {
  const actual = driftedInputs(type.definition, inputs, seen);
  const changed = changedInputs(type.definition, actual, inputs);
  if (changed.length === 0) return;
  type.host.warn(
    `${nameOf(type, seen.id)} was accepted, but ${type.vendor.title} reports it otherwise: ` +
      `${differences(type, changed, inputs, actual)}. A refresh will show this as drift.`,
  );
}
