import type { Definition, Props, Seen } from "../define";
import { Gone, StreamkeysError } from "../define/errors";
import { recordOf } from "./generation";
import { rememberKnown, rememberOwned } from "./ownership";
import { readAmongMany } from "./read-many";
import { recordAfterLook } from "./rotate";
import { believeGone } from "./gone";
import { driftedInputs, inputsOf, outputsOf, refreshedOutputs, stateOf } from "./state";
import { apiFor, contextFor, nameOf, type ResourceType } from "./resource-type";

/** What a refresh found: the state, and the inputs as the vendor has them. */
export interface Found {
  id: string;
  props: Props;
  inputs: Props;
}

/**
 * Looks at the object. Undefined when the vendor itself says that it is gone; every other failure throws, so that the
 * state stays as it was. A lookup (`Class.get`) of what is not there throws too: nothing was found.
 */
export async function read(type: ResourceType, id: string, props: Props): Promise<Found | undefined> {
  const { definition } = type;
  rememberKnown(type, props);
  rememberOwned(type, id, props);
  const api = apiFor(type, props);
  const declared = inputsOf(definition, props);
  try {
    const state = stateOf(declared, outputsOf(definition, props));
    const readOne = (): Promise<Seen> => definition.read(api, id, state, contextFor(type, declared, id));
    const isOne = isLookup(definition, props);
    const seen = isOne ? await readOne() : await readAmongMany(type, api, id, readOne);
    // On a lookup, what the vendor reports is all there is to say.
    const inputs = isOne ? { ...seen.inputs, ...declared } : driftedInputs(definition, declared, seen);
    const outputs = refreshedOutputs(definition, props, seen);
    const record = recordOf(props);
    const keyGeneration = record && recordAfterLook(type, id, props, record, outputs);
    return {
      id,
      props: stateOf(inputs, { ...outputs, keyGeneration }),
      inputs: stateOf(inputs),
    };
  } catch (error) {
    if (!(error instanceof Gone)) throw error;
    if (isLookup(definition, props)) throw nothingFound(type, id, props);
    await believeGone(type, api, id, props, error);
    return undefined;
  }
}

/** Inputs that a lookup may have, besides the id. */
const LOOKUP_INPUTS = ["account"];

/** Whether nothing but an id is known, and the account to look in. What is in state has inputs or outputs. */
function isLookup({ inputs, outputs }: Definition, props: Props): boolean {
  const known = [...Object.keys(inputs), ...Object.keys(outputs)].filter((key) => props[key] !== undefined);
  return known.every((key) => LOOKUP_INPUTS.includes(key));
}

function nothingFound(type: ResourceType, id: string, { account }: Props): StreamkeysError {
  const where = typeof account === "string" ? `account ${account}` : "default account";
  const listing = type.definition.list
    ? ` \`streamkeys discover ${type.vendor.name}\` lists what there is.`
    : "";
  return new StreamkeysError(
    `${nameOf(type, id)} cannot be looked up: it does not exist in the ${where}. Check the id and the account.${listing}`,
  );
}
