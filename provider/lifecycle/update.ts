import type { Props, Seen } from "../define";
import { LostAnswer, messageOf, NotNow, UnexpectedReply } from "../errors";
import type { Api } from "../http";
import type { KeyGeneration } from "../rotation";
import { propertyOf, schemaOf, secretPaths } from "../schema";
import { putOffWarning } from "./diff";
import { warnOfDifferences } from "./differences";
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
  // A generation that says `pending` itself is held back for another key's sake: it is kept, and not acted on.
  const rotationDue = changed.includes("keyGeneration") && !(news.keyGeneration as KeyGeneration).pending;
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
  let hasNewKey = false;
  if (atVendor.length > 0 && definition.update) {
    const previous = stateOf(inputsOf(definition, olds), outputs);
    const seen = await definition.update(api, id, inputs, previous);
    outputs = refreshedOutputs(definition, outputs, seen);
    hasNewKey = areAllNew(newKeys(subject, previous, outputs));
    warnOfDifferences(subject, inputs, seen);
  }
  if (!rotationDue) return stateOf(inputs, outputs);
  // A user who has just chosen another key has rotated it; one more would undo that.
  if (hasNewKey) {
    subject.world.warn(
      `The change gave ${nameOf(subject, id)} another key, and that counts as the rotation that was due. ` +
        "If this key has been in use before, change it again.",
    );
    return stateOf(inputs, outputs);
  }

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
    if (newKeys(subject, state, seen.outputs).includes(true)) {
      world.warn(`${messageOf(error)} The key of ${nameOf(subject, id)} had been rotated all the same.`);
      return seen;
    }
    return await rotate();
  }
}

/** Of each secret output that there is now: whether it is another than before. */
function newKeys({ definition }: Subject, before: Props, outputs: Props): boolean[] {
  return secretPaths(schemaOf(definition.outputs))
    .map(([name = ""]) => name)
    .filter((name) => outputs[name] !== undefined)
    .map((name) => !means(outputs[name], before[name], {}));
}

/** A new key shows in every secret output; one alone may differ for another reason, such as a name beside the key. */
const areAllNew = (isNew: boolean[]): boolean => isNew.length > 0 && !isNew.includes(false);
