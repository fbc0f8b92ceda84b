import type { Props } from "../define";
import { Gone, UnexpectedReply } from "../define/errors";
import type { Api } from "../define/api";
import { isHeldByAnother } from "./generation";
import { believeGone } from "./gone";
import { warnOfLeftovers } from "./leftovers";
import { liveRefusal, mayCut, watching, wouldCut } from "./live-guard";
import { keyOf, rememberKnown, rememberOwned } from "./ownership";
import { inputsOf, outputsOf, stateOf } from "./state";
import { apiToAct, contextFor, nameOf, type ResourceType } from "./resource-type";

/**
 * Deletes the object unless that would cut a broadcast. What is gone already counts as deleted; an answer that does not
 * say so is looked into.
 */
export async function remove(type: ResourceType, id: string, props: Props): Promise<void> {
  const { definition } = type;
  rememberKnown(type, props);
  rememberOwned(type, id);
  warnOfLeftovers(type, props);
  const inputs = inputsOf(definition, props);
  const { made } = type.host.memory;
  if (made.has(keyOf(type, id)) || (definition.outlivesDelete && isHeldByAnother(type, id, inputs))) {
    keptWarning(type, id, inputs, made.get(keyOf(type, id)));
    return;
  }
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
 * Says why nothing was done. The last guard: nothing tells a create that it replaces something, so it may have found the
 * very object again; and a key that another resource has now is not to be revoked under its hands.
 */
function keptWarning(type: ResourceType, id: string, inputs: Props, madeFor: string | undefined): void {
  const { definition, host } = type;
  const name = nameOf(type, id);
  if (!definition.outlivesDelete) {
    host.warn(
      `${name} was not deleted: a create of this run has taken it over, and it is in use. ` +
        "If it was to be replaced, run that again: nothing is left that could be taken over.",
    );
  } else if (madeFor !== undefined && madeFor === inputs.origin) {
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
