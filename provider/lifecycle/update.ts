import type { Props } from "../define";
import type { Api } from "../define/api";
import type { KeyGeneration } from "../define/rotation";
import { propertyOf } from "../define/schema";
import { warnOfDifferences } from "./differences";
import { isAnotherKey } from "./fingerprint";
import {
  carriedOut,
  leftForLater,
  putOff,
  recordNow,
  recordOf,
  rememberBegun,
  rotationPlan,
} from "./generation";
import { rememberKnown, rememberOwned } from "./ownership";
import { type Keyed, rotate, settleUncertain } from "./rotate";
import { changedInputs, inputsOf, isUnfinished, outputsOf, refreshedOutputs, stateOf } from "./state";
import { apiToAct, contextFor, nameOf, type ResourceType } from "./resource-type";

/**
 * Brings the object to the new inputs: finishes what a create began, changes what changed, rotates a due key. A
 * step that fails leaves the old state, so the next run does all of them again; only the rotation is not repeatable,
 * and it comes last.
 */
export async function update(type: ResourceType, id: string, olds: Props, news: Props): Promise<Props> {
  const { definition } = type;
  rememberKnown(type, olds, news);
  rememberOwned(type, id, olds);
  const inputs = inputsOf(definition, news);
  // What state cannot hold is never sent.
  stateOf(inputs);
  const before = outputsOf(definition, olds);
  const record = recordOf(olds) ?? recordOf(news);
  const changed = changedInputs(definition, olds, inputs);
  const hasChanged = changed.some((key) => !propertyOf(definition.inputs, key).ours);
  const mustFinish = definition.settle !== undefined && isUnfinished(definition, olds);
  if (!hasChanged && !mustFinish && !record?.uncertain && !rotationPlan(type, id, olds, news).due) {
    return stateOf(inputs, { ...before, keyGeneration: record });
  }

  const api = apiToAct(type, { ...olds, ...news });
  const finished = mustFinish ? await finish(type, api, id, inputs, before) : before;
  const sure =
    record?.uncertain === undefined
      ? { outputs: finished, record }
      : await settleUncertain(type, api, id, stateOf(olds, finished), record);
  const outputs = hasChanged
    ? await change(type, api, id, inputs, stateOf(olds, sure.outputs))
    : sure.outputs;
  if (!sure.record) return stateOf(inputs, outputs);
  const keyed = await renew(type, api, id, {
    olds: { ...olds, ...sure.outputs, keyGeneration: sure.record },
    news: stateOf(inputs, outputs),
    record: sure.record,
  });
  if (keyed.record.since !== record?.since) rememberBegun(type, inputs, keyed.record);
  return stateOf(inputs, { ...keyed.outputs, keyGeneration: keyed.record });
}

/** The rotation, where one is due and nothing stands in its way. */
async function renew(
  type: ResourceType,
  api: Api,
  id: string,
  { olds, news, record }: { olds: Props; news: Props; record: KeyGeneration },
): Promise<Keyed> {
  const { definition, host } = type;
  const outputs = outputsOf(definition, news);
  const { due, wait, isLater } = rotationPlan(type, id, olds, news);
  if (isAnotherKey(definition, olds, outputs)) {
    if (!due)
      return {
        outputs,
        record: carriedOut(recordNow(type, "changed in the program", record.rotateAll), news),
      };
    // A user who has just chosen another key has rotated it; one more would undo that.
    host.warn(
      `The change gave ${nameOf(type, id)} another key, and that counts as the rotation that was due. ` +
        "If this key has been in use before, change it again.",
    );
    return { outputs, record: carriedOut(due, news) };
  }
  if (!due) return { outputs, record };
  if (isLater) return { outputs, record: leftForLater(record, due) };
  if (wait === undefined) return await rotate(type, api, { id, state: news, record, due });
  host.warn(wait);
  return { outputs, record: putOff(record, due) };
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
