import type { Props } from "../define";
import { Gone } from "../define/errors";
import { liveRefusal, wouldCut } from "./live-guard";
import { inputsOf } from "./state";
import { apiFor, contextFor, type ResourceType, typeOf } from "./resource-type";

/** Deletes the object unless that would cut a broadcast. What is gone already counts as deleted. */
export async function remove(type: ResourceType, id: string, props: Props): Promise<void> {
  const { definition } = type;
  type.host.journal.isKnown(typeOf(type), id);
  const api = apiFor(type, props);
  const inputs = inputsOf(definition, props);
  if (await wouldCut(type, api, id, inputs, "delete")) throw liveRefusal(type, id, "Deleting");
  try {
    await definition.delete(api, id, inputs, contextFor(type, inputs, id));
  } catch (error) {
    if (!(error instanceof Gone)) throw error;
  }
}
