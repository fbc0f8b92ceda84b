import type { Props } from "../define";
import { Gone } from "../errors";
import { schemaOf } from "../schema";
import { driftedInputs, inputsOf, outputsOf, refreshedOutputs, stateOf } from "./state";
import { apiFor, contextFor, type Subject, typeOf } from "./subject";

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
export async function read(subject: Subject, id: string, props: Props): Promise<Found | undefined> {
  const { definition } = subject;
  subject.world.journal.isKnown(typeOf(subject), id);
  const api = apiFor(subject, props);
  const written = inputsOf(definition, props);
  try {
    const state = stateOf(written, outputsOf(definition, props));
    const seen = await definition.read(api, id, state, contextFor(subject, written, id));
    // `Class.get` knows no inputs: there, what the vendor reports is all there is to say.
    const isLookup = (schemaOf(definition.inputs).required ?? []).some((name) => written[name] === undefined);
    const inputs = isLookup ? { ...seen.inputs, ...written } : driftedInputs(definition, written, seen);
    return { id, props: stateOf(inputs, refreshedOutputs(definition, props, seen)), inputs: stateOf(inputs) };
  } catch (error) {
    if (error instanceof Gone) return undefined;
    throw error;
  }
}
