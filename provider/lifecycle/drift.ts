import type { Props } from "../define";
import { propertyOf } from "../define/schema";
import { differences } from "./differences";
import { fingerprint, keysOf } from "./fingerprint";
import { read } from "./read";
import type { ResourceType } from "./resource-type";
import { changedInputs, inputsOf, means, outputsOf } from "./state";

/** How an object differs from what state says of it. */
export interface Drift {
  isGone: boolean;
  /** The vendor has no call that shows the object, so nobody can tell. */
  isBlind: boolean;
  /** In words, place by place. Of a key, the fingerprints are told. */
  differences: string[];
}

/** Says with which credentials the object was seen; that is no property of the object. */
const OURS = "seenWith";

/**
 * Looks at an object as a refresh does, and compares. What either side does not know is no drift.
 * @throws whatever the look throws: then nobody can tell.
 */
export async function drift(type: ResourceType, id: string, props: Props): Promise<Drift> {
  const { definition } = type;
  let isBlind = false;
  const watched: ResourceType = {
    ...type,
    definition: {
      ...definition,
      read: async (...look) => {
        const seen = await definition.read(...look);
        isBlind = seen.isBlind ?? false;
        return seen;
      },
    },
  };
  const found = await read(watched, id, props);
  if (!found) return { isGone: true, isBlind, differences: [] };
  const declared = inputsOf(definition, props);
  const changed = changedInputs(definition, found.inputs, declared);
  return {
    isGone: false,
    isBlind,
    differences: [
      ...differences(type, changed, declared, found.inputs, "state"),
      ...changedOutputs(type, props, found.props),
    ],
  };
}

function changedOutputs({ definition }: ResourceType, before: Props, after: Props): string[] {
  const keys = keysOf(definition, before);
  const changed = Object.entries(outputsOf(definition, before)).filter(
    ([name, value]) =>
      name !== OURS &&
      after[name] !== undefined &&
      !means(value, after[name], propertyOf(definition.outputs, name)),
  );
  return changed.map(([name]) => {
    const key = keys[name];
    return key === undefined
      ? `${name} differs`
      : `${name} has fingerprint ${fingerprint(String(after[name]))} there and ${fingerprint(key)} in state`;
  });
}
