import type { Props, Seen } from "../define";
import { LostAnswer, messageOf, NotNow, UnexpectedReply } from "../errors";
import type { Api } from "../http";
import type { KeyGeneration } from "../rotation";
import { propertyOf, schemaOf, secretPaths } from "../schema";
import { putOffWarning } from "./diff";
import { wouldCut } from "./live-guard";
import { changedInputs, inputsOf, isUnfinished, means, outputsOf, refreshedOutputs, stateOf } from "./state";
import { apiFor, contextFor, nameOf, type Subject } from "./subject";

/**
 * Brings the object to the new inputs: finishes what a create began, changes what changed, rotates a due key. A
 * step that fails leaves the old state, so the next run does all of them again; only the rotation is not repeatable,
 * and it comes last.
 */
export async function update(subject: Subject, id: string, olds: Props, news: Props): Promise<Props> {
  const { definition } = subject;
  const inputs = inputsOf(definition, news);
  const changed = changedInputs(definition, olds, inputs);
  const atVendor = changed.filter((key) => !propertyOf(definition.inputs, key).ours);
  const rotationDue = changed.includes("keyGeneration");
  const unfinished = isUnfinished(definition, olds);
  // What stays with us needs no account, so a stack can drop `interruptLive` or `import` without credentials.
  if (atVendor.length === 0 && !rotationDue && !unfinished)
    return stateOf(inputs, outputsOf(definition, olds));

  const api = apiFor(subject, { ...olds, ...news });
  let outputs = outputsOf(definition, olds);
  if (unfinished && definition.settle) {
    outputs = refreshedOutputs(
      definition,
      outputs,
      await definition.settle(api, id, contextFor(subject, inputs, id)),
    );
  }
  if (atVendor.length > 0 && definition.update) {
    const seen = await definition.update(api, id, inputs, inputsOf(definition, olds));
    outputs = refreshedOutputs(definition, outputs, seen);
  }
  if (!rotationDue) return stateOf(inputs, outputs);

  const putOff = (why: string | undefined): Props => {
    if (why !== undefined) subject.world.warn(why);
    const waiting = { ...(olds.keyGeneration as KeyGeneration), pending: news.keyGeneration };
    return stateOf({ ...inputs, keyGeneration: waiting }, outputs);
  };
  // A rotation by replacement gets here only when `diff` has put it off, and said so.
  if (!definition.rotate) return putOff(undefined);
  if (await wouldCut(subject, api, id, inputs, "rotate")) return putOff(putOffWarning(subject, id));
  try {
    const seen = await rotateOnce(subject, api, id, stateOf(inputs, outputs));
    return stateOf(inputs, refreshedOutputs(definition, outputs, seen));
  } catch (error) {
    if (error instanceof NotNow) return putOff(error.message);
    throw error;
  }
}

/** A reset makes another key each time, so after a lost answer the key is looked at before it is asked for again. */
async function rotateOnce(subject: Subject, api: Api, id: string, state: Props): Promise<Seen> {
  const { definition, world } = subject;
  const context = contextFor(subject, state, id);
  const rotate = async (): Promise<Seen> => {
    if (!definition.rotate) throw new TypeError(`${definition.name} does not rotate in place`);
    return definition.rotate(api, id, state, context);
  };
  try {
    return await rotate();
  } catch (error) {
    if (!(error instanceof LostAnswer || error instanceof UnexpectedReply)) throw error;
    const seen = await definition.read(api, id, state, context);
    if (hasNewKey(subject, state, seen)) {
      world.warn(`${messageOf(error)} The key of ${nameOf(subject, id)} had been rotated all the same.`);
      return seen;
    }
    return await rotate();
  }
}

function hasNewKey({ definition }: Subject, state: Props, seen: Seen): boolean {
  const secrets = secretPaths(schemaOf(definition.outputs)).map(([name = ""]) => name);
  return secrets.some(
    (name) => seen.outputs[name] !== undefined && !means(seen.outputs[name], state[name], {}),
  );
}
