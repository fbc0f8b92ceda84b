import type { Props } from "../define";
import { Gone } from "../define/errors";
import { schemaOf } from "../define/schema";
import { driftedInputs, inputsOf, outputsOf, refreshedOutputs, stateOf } from "./state";
import { apiFor, contextFor, type ResourceType, typeOf } from "./resource-type";

/** What a refresh found: the state, and the inputs as the vendor has them. */
export interface Found {
  id: string;
  props: Props;
  inputs: Props;
}

/**
 * Looks at the object. Undefined when the vendor itself says that it is gone; every other failure throws, so that the
 * state stays as it was.
 */
export async function read(type: ResourceType, id: string, props: Props): Promise<Found | undefined> {
  const { definition } = type;
  type.host.journal.isKnown(typeOf(type), id);
  const api = apiFor(type, props);
  const declared = inputsOf(definition, props);
  try {
    const state = stateOf(declared, outputsOf(definition, props));
    const seen = await definition.read(api, id, state, contextFor(type, declared, id));
    // `Class.get` knows no inputs: there, what the vendor reports is all there is to say.
    const isLookup = (schemaOf(definition.inputs).required ?? []).some(
      (name) => declared[name] === undefined,
    );
    const inputs = isLookup ? { ...seen.inputs, ...declared } : driftedInputs(definition, declared, seen);
    return { id, props: stateOf(inputs, refreshedOutputs(definition, props, seen)), inputs: stateOf(inputs) };
  } catch (error) {
    if (error instanceof Gone) return undefined;
    throw error;
  }
}
