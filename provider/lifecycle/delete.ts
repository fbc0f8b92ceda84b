import type { Props } from "../define";
import { Gone, UnexpectedReply } from "../define/errors";
import type { Api } from "../define/api";
import { isHeldByAnother } from "./generation";
import { believeGone } from "./gone";
import { warnOfLeftovers } from "./leftovers";
import { liveRefusal, mayCut, watching, wouldCut } from "./live-guard";
import { dropNote, hasOtherOwner, keyOf, rememberKnown, rememberOwned } from "./ownership";
import { inputsOf, outputsOf, stateOf } from "./state";
import { apiToAct, contextFor, nameOf, type ResourceType } from "./resource-type";

/**
 * Deletes the object unless that would cut a broadcast. What is gone already counts as deleted; an answer that does not
 * say so is looked into.
 */
export async function remove(type: ResourceType, id: string, props: Props): Promise<void> {
  const { definition } = type;
  rememberKnown(type, props);
  dropNote(type, id);
  warnOfLeftovers(type, props);
  const inputs = inputsOf(definition, props);
  if (isInUse(type, id, inputs)) {
    warnOfKept(type, id, inputs);
    return;
  }
  rememberOwned(type, id, props);
  const api = apiToAct(type, props);
  const look = async (direct: Api): Promise<void> => {
    if (await wouldCut(type, direct, id, inputs, "delete")) throw liveRefusal(type, id, "Deleting");
  };
  try {
    const act = (its: Api): Promise<void> => definition.delete(its, id, inputs, contextFor(type, inputs, id));
    await (mayCut(type, id, inputs, "delete") ? watching(api, look, act) : act(api));
  } catch (error) {
    if (error instanceof Gone) await believeGone(type, api, id, props, error);
    else if (!(error instanceof UnexpectedReply && (await isGone(type, api, id, props)))) throw error;
  }
}

/** Whether the work was done all the same. What outlives the delete is there in any case. */
async function isGone(type: ResourceType, api: Api, id: string, props: Props): Promise<boolean> {
  const { definition } = type;
  if (definition.outlivesDelete) return false;
  const inputs = inputsOf(definition, props);
  try {
    const state = stateOf(inputs, outputsOf(definition, props));
    await definition.read(api, id, state, contextFor(type, inputs, id));
    return false;
  } catch (error) {
    if (!(error instanceof Gone)) return false;
    await believeGone(type, api, id, props, error);
    return true;
  }
}

/**
 * Whether another resource would lose what this one gives up. The last guard: nothing tells a create that it replaces
 * something, so it may have found the very object again; and a key that another resource has now is not to be revoked
 * under its hands.
 */
function isInUse(type: ResourceType, id: string, inputs: Props): boolean {
  const { definition, host } = type;
  if (host.memory.made.has(keyOf(type, id))) return true;
  return definition.outlivesDelete
    ? isHeldByAnother(type, id, inputs)
    : hasOtherOwner(type, id, inputs.origin);
}

/** Says why nothing was done. */
function warnOfKept(type: ResourceType, id: string, inputs: Props): void {
  const { definition, host } = type;
  const name = nameOf(type, id);
  const isReplaced = host.memory.made.get(keyOf(type, id)) === inputs.origin;
  if (!definition.outlivesDelete) {
    host.warn(`${name} was not deleted: ${isReplaced ? whyNotReplaced(inputs, id) : HAS_ANOTHER_OWNER}`);
  } else if (isReplaced) {
    host.warn(
      `${name} was replaced, and has the same key as before. For a new key, give \`keyRotation.trigger\` a new text.`,
    );
  } else if (inputs.revokeOnDelete === true) {
    host.warn(
      `\`revokeOnDelete\` did not reset the key of ${name}, because another resource of this program has it now. To ` +
        "reset it, give that one's `keyRotation.trigger` a new text.",
    );
  }
}

const HAS_ANOTHER_OWNER = "another resource of this program has it now.";

const whyNotReplaced = ({ adopt }: Props, id: string): string =>
  adopt === id
    ? "the program says to `import` this very one, so it was taken over once more and not replaced. " +
      "To replace it, take `import` out of the program, and run that again."
    : "a create of this run has taken it over, and it is in use. " +
      "If it was to be replaced, run that again: nothing is left that could be taken over.";
