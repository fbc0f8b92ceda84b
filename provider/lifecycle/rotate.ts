import type { Props, Seen } from "../define";
import { LostAnswer, messageOf, NotNow, UnexpectedReply } from "../define/errors";
import type { Api } from "../define/api";
import type { KeyGeneration } from "../define/rotation";
import { schemaOf, secretPaths } from "../define/schema";
import { putOffWarning, wouldCut } from "./live-guard";
import { means, outputsOf, refreshedOutputs, stateOf } from "./state";
import { contextFor, nameOf, type ResourceType } from "./resource-type";

/**
 * Gives the object its new key, or puts that off: while it would cut a broadcast, and while the vendor says not now.
 * @param state the state as it will be, with the generation to begin
 * @param current the generation of the key that is in force
 */
export async function rotate(
  type: ResourceType,
  api: Api,
  id: string,
  state: Props,
  current: KeyGeneration,
): Promise<Props> {
  const { definition, host } = type;
  const putOff = (): Props => stateOf(state, { keyGeneration: { ...current, pending: state.keyGeneration } });
  // A rotation by replacement gets here only when `diff` has put it off, and said so.
  if (!definition.rotate) return putOff();
  if (await wouldCut(type, api, id, state, "rotate")) {
    host.warn(putOffWarning(type, id));
    return putOff();
  }
  try {
    const seen = await rotateOnce(type, api, id, state);
    return stateOf(state, refreshedOutputs(definition, outputsOf(definition, state), seen));
  } catch (error) {
    if (!(error instanceof NotNow)) throw error;
    host.warn(error.message);
    return putOff();
  }
}

/** A reset makes another key each time, so after a lost answer the key is looked at before it is asked for again. */
async function rotateOnce(type: ResourceType, api: Api, id: string, state: Props): Promise<Seen> {
  const { definition, host } = type;
  const context = contextFor(type, state, id);
  const ask = async (): Promise<Seen> => {
    if (!definition.rotate) throw new TypeError(`${definition.name} does not rotate in place`);
    return definition.rotate(api, id, state, context);
  };
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof LostAnswer || error instanceof UnexpectedReply)) throw error;
    const seen = await definition.read(api, id, state, context);
    if (!changedSecrets(type, state, seen.outputs).includes(true)) return await ask();
    host.warn(`${messageOf(error)} The key of ${nameOf(type, id)} had been rotated all the same.`);
    return seen;
  }
}

/** Whether the key is another one. That shows in every secret output; one alone may differ for another reason. */
export function isAnotherKey(type: ResourceType, before: Props, outputs: Props): boolean {
  const changed = changedSecrets(type, before, outputs);
  return changed.length > 0 && !changed.includes(false);
}

/** Of each secret output that there is now: whether it is another than before. */
function changedSecrets({ definition }: ResourceType, before: Props, outputs: Props): boolean[] {
  return secretPaths(schemaOf(definition.outputs))
    .map(([name = ""]) => name)
    .filter((name) => outputs[name] !== undefined)
    .map((name) => !means(outputs[name], before[name], {}));
}
