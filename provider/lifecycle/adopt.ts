import type { Props, Seen } from "../define";
import { AdoptionRefusal, Gone } from "../define/errors";
import type { Api } from "../define/api";
import { differences } from "./differences";
import { changedInputs, driftedInputs, inputsThatReplace, stateOf } from "./state";
import { contextFor, nameOf, type ResourceType } from "./resource-type";

/**
 * Takes over what exists: no write when it matches the program, an update where that is enough, a refusal that lists
 * every difference where only a replacement would do.
 */
export async function adopt(type: ResourceType, api: Api, id: string, inputs: Props): Promise<Seen> {
  const { definition } = type;
  const seen = await readExisting(type, api, id, inputs);
  const actual = driftedInputs(definition, inputs, seen);
  const changed = changedInputs(definition, actual, inputs);
  if (changed.length === 0) return seen;
  const fixed = inputsThatReplace(definition, changed, inputs, actual);
  if (fixed.length > 0 || !definition.update) throw refusal(type, id, changed, inputs, actual);
  return await definition.update(api, id, inputs, stateOf(actual, seen.outputs));
}

async function readExisting(type: ResourceType, api: Api, id: string, inputs: Props): Promise<Seen> {
  const { definition, vendor } = type;
  try {
    return await definition.read(api, id, inputs, contextFor(type, inputs, id));
  } catch (error) {
    if (!(error instanceof Gone)) throw error;
    throw new AdoptionRefusal(
      `There is no ${nameOf(type, id)} in this account, so it cannot be imported. ` +
        `\`streamkeys discover ${vendor.name}\` lists what there is.`,
      { cause: error },
    );
  }
}

function refusal(
  type: ResourceType,
  id: string,
  changed: string[],
  inputs: Props,
  actual: Props,
): AdoptionRefusal {
  return new AdoptionRefusal(
    `${nameOf(type, id)} cannot be imported, because it differs in what only a new one could have: ` +
      `${differences(type, changed, inputs, actual).join("; ")}. Make the program say what is there, and change it after the import.`,
  );
}
