import type { Props } from "../define";
import { Gone } from "../errors";
import { liveRefusal, wouldCut } from "./live-guard";
import { inputsOf } from "./state";
import { apiFor, contextFor, type Subject, typeOf } from "./subject";

/** Deletes the object unless that would cut a broadcast. What is gone already counts as deleted. */
export async function remove(subject: Subject, id: string, props: Props): Promise<void> {
  const { definition } = subject;
  subject.world.journal.isKnown(typeOf(subject), id);
  const api = apiFor(subject, props);
  const inputs = inputsOf(definition, props);
  if (await wouldCut(subject, api, id, inputs, "delete")) throw liveRefusal(subject, id, "Deleting");
  try {
    await definition.delete(api, id, inputs, contextFor(subject, inputs, id));
  } catch (error) {
    if (!(error instanceof Gone)) throw error;
  }
}
