import type { Props } from "../define";
import type { Api } from "../define/api";
import type { KeyGeneration } from "../define/rotation";
import { propertyOf } from "../define/schema";
import { warnOfDifferences } from "./differences";
import { rememberKnown, rememberOwned } from "./ownership";
import { isAnotherKey, rotate } from "./rotate";
import { changedInputs, inputsOf, isUnfinished, outputsOf, refreshedOutputs, stateOf } from "./state";
import { apiFor, contextFor, nameOf, type ResourceType } from "./resource-type";

/**
 * Brings the object to the new inputs: finishes what a create began, changes what changed, rotates a due key. A
 * step that fails leaves the old state, so the next run does all of them again; only the rotation is not repeatable,
 * and it comes last.
 */
export async function update(type: ResourceType, id: string, olds: Props, news: Props): Promise<Props> {
  const { definition, host } = type;
  rememberKnown(type, olds, news);
  rememberOwned(type, id);
  const inputs = inputsOf(definition, news);
  const before = outputsOf(definition, olds);
  const changed = changedInputs(definition, olds, inputs);
  const hasChanged = changed.some((key) => !propertyOf(definition.inputs, key).ours);
  // A generation that says `pending` itself is held back for another key's sake: it is kept, and not acted on.
  const isDue = changed.includes("keyGeneration") && !(news.keyGeneration as KeyGeneration).pending;
  const mustFinish = definition.settle !== undefined && isUnfinished(definition, olds);
  if (!hasChanged && !isDue && !mustFinish) return stateOf(inputs, before);

  const api = apiFor(type, { ...olds, ...news });
  const finished = mustFinish ? await finish(type, api, id, inputs, before) : before;
  const outputs = hasChanged ? await change(type, api, id, inputs, stateOf(olds, finished)) : finished;
  if (!isDue) return stateOf(inputs, outputs);
  // A user who has just chosen another key has rotated it; one more would undo that.
  if (hasChanged && isAnotherKey(type, finished, outputs)) {
    host.warn(
      `The change gave ${nameOf(type, id)} another key, and that counts as the rotation that was due. ` +
        "If this key has been in use before, change it again.",
    );
    return stateOf(inputs, outputs);
  }
  return await rotate(type, api, id, stateOf(inputs, outputs), olds.keyGeneration as KeyGeneration);
}

async function finish(
  type: ResourceType,
  api: Api,
  id: string,
  inputs: Props,
  before: Props,
): Promise<Props> {
  const { definition } = type;
  const known = { id, inputs: {}, outputs: before };
  const seen = await definition.settle?.(api, known, inputs, contextFor(type, inputs, id));
  return seen ? refreshedOutputs(definition, before, seen) : before;
}

async function change(type: ResourceType, api: Api, id: string, inputs: Props, state: Props): Promise<Props> {
  const { definition } = type;
  const before = outputsOf(definition, state);
  const seen = await definition.update?.(api, id, inputs, state);
  if (!seen) return before;
  warnOfDifferences(type, inputs, seen);
  return refreshedOutputs(definition, before, seen);
}
