import type { Props, Seen } from "../define";
import { LostAnswer, messageOf, NotNow, UnexpectedReply } from "../errors";
import type { Api } from "../http";
import type { KeyGeneration } from "../rotation";
import { schemaOf, secretPaths } from "../schema";
import { putOffWarning, wouldCut } from "./live-guard";
import { means, outputsOf, refreshedOutputs, stateOf } from "./state";
import { contextFor, nameOf, type Subject } from "./subject";

/**
 * Gives the object its new key, or puts that off: while it would cut a broadcast, and while the vendor says not now.
 * @param state the state as it will be, with the generation to begin
 * @param current the generation of the key that is in force
 */
export async function rotate(
  subject: Subject,
  api: Api,
  id: string,
  state: Props,
  current: KeyGeneration,
): Promise<Props> {
  const { definition, world } = subject;
  const putOff = (): Props => stateOf(state, { keyGeneration: { ...current, pending: state.keyGeneration } });
  // A rotation by replacement gets here only when `diff` has put it off, and said so.
  if (!definition.rotate) return putOff();
  if (await wouldCut(subject, api, id, state, "rotate")) {
    world.warn(putOffWarning(subject, id));
    return putOff();
  }
  try {
    const seen = await rotateOnce(subject, api, id, state);
    return stateOf(state, refreshedOutputs(definition, outputsOf(definition, state), seen));
  } catch (error) {
    if (!(error instanceof NotNow)) throw error;
    world.warn(error.message);
    return putOff();
  }
}

/** A reset makes another key each time, so after a lost answer the key is looked at before it is asked for again. */
async function rotateOnce(subject: Subject, api: Api, id: string, state: Props): Promise<Seen> {
  const { definition, world } = subject;
  const context = contextFor(subject, state, id);
  const ask = async (): Promise<Seen> => {
    if (!definition.rotate) throw new TypeError(`${definition.name} does not rotate in place`);
    return definition.rotate(api, id, state, context);
  };
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof LostAnswer || error instanceof UnexpectedReply)) throw error;
    const seen = await definition.read(api, id, state, context);
    if (!changedSecrets(subject, state, seen.outputs).includes(true)) return await ask();
    world.warn(`${messageOf(error)} The key of ${nameOf(subject, id)} had been rotated all the same.`);
    return seen;
  }
}

/** Whether the key is another one. That shows in every secret output; one alone may differ for another reason. */
export function isAnotherKey(subject: Subject, before: Props, outputs: Props): boolean {
  const changed = changedSecrets(subject, before, outputs);
  return changed.length > 0 && !changed.includes(false);
}

/** Of each secret output that there is now: whether it is another than before. */
function changedSecrets({ definition }: Subject, before: Props, outputs: Props): boolean[] {
  return secretPaths(schemaOf(definition.outputs))
    .map(([name = ""]) => name)
    .filter((name) => outputs[name] !== undefined)
    .map((name) => !means(outputs[name], before[name], {}));
}
