import type { Props } from "../define";
import { Gone } from "../define/errors";
import { warnOfLeftovers } from "./leftovers";
import { liveRefusal, wouldCut } from "./live-guard";
import { keyOf, rememberKnown, rememberOwned } from "./ownership";
import { inputsOf } from "./state";
import { apiFor, contextFor, nameOf, type ResourceType } from "./resource-type";

/** Deletes the object unless that would cut a broadcast. What is gone already counts as deleted. */
export async function remove(type: ResourceType, id: string, props: Props): Promise<void> {
  const { definition } = type;
  rememberKnown(type, props);
  rememberOwned(type, id);
  warnOfLeftovers(type, props);
  const inputs = inputsOf(definition, props);
  if (type.host.memory.made.has(keyOf(type, id))) {
    // A key that outlives its resource has been taken over, and that is all there is to it.
    if (!definition.outlivesDelete) type.host.warn(keptWarning(type, id));
    return;
  }
  const api = apiFor(type, props);
  if (await wouldCut(type, api, id, inputs, "delete")) throw liveRefusal(type, id, "Deleting");
  try {
    await definition.delete(api, id, inputs, contextFor(type, inputs, id));
  } catch (error) {
    if (!(error instanceof Gone)) throw error;
  }
}

/** The last guard: nothing tells a create that it replaces something, so it may have found the very object again. */
function keptWarning(type: ResourceType, id: string): string {
  return (
    `${nameOf(type, id)} was not deleted: a create of this run has taken it over, and it is in use. ` +
    "If it was to be replaced, run that again: nothing is left that could be taken over."
  );
}
