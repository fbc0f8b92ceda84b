import type { Definition, Props } from "../define";
import type { KeyGeneration } from "../define/rotation";
import { programKey } from "./generation";
import { liveRefusal, putOffWarning, wouldCut } from "./live-guard";
import { rememberKnown, rememberOwned, rememberReplaced } from "./ownership";
import { changedInputs, inputsThatReplace, isUnfinished } from "./state";
import { apiFor, type ResourceType } from "./resource-type";

/** What `diff` answers: nothing changed (false), look at the inputs (undefined), or changed though inputs agree (true). */
export interface Difference {
  changes: boolean | undefined;
  replaces: string[];
  deleteBeforeReplace: boolean;
}

/** Compares declared inputs, and refuses a replacement that would cut a running broadcast. */
export async function diff(type: ResourceType, id: string, olds: Props, news: Props): Promise<Difference> {
  const { definition, host } = type;
  rememberKnown(type, olds, news);
  rememberOwned(type, id);
  const changed = changedInputs(definition, olds, news);
  const isHeldBack = (news.keyGeneration as KeyGeneration | undefined)?.pending !== undefined;
  let replaces = inputsThatReplace(definition, changed, news, olds).filter(
    (key) => key !== "keyGeneration" || !isHeldBack,
  );
  if (news.interruptLive === true) type.allowedCuts.add(id);

  // What the program says now counts, not what it said when the object was made.
  const asNow = { ...olds, interruptLive: news.interruptLive };
  if (replaces.length > 0 && (await cutsNow(type, id, asNow))) {
    if (replaces.some((key) => key !== "keyGeneration")) throw liveRefusal(type, id, "Replacing");
    host.warn(putOffWarning(type, id));
    replaces = [];
  }
  if (replaces.length > 0) rememberReplaced(type, news, id);
  if (replaces.includes("keyGeneration")) {
    type.plannedGenerations.set(programKey(type, news), news.keyGeneration as KeyGeneration);
  }
  return {
    changes: changes(definition, changed, olds),
    replaces,
    deleteBeforeReplace: definition.deleteBeforeReplace ?? false,
  };
}

/** What is due although the inputs in state already say so (docs/engine.md, fact 12): a rotation that was put off, or an unfinished create. */
function changes(definition: Definition, changed: string[], olds: Props): boolean | undefined {
  if (definition.settle && isUnfinished(definition, olds)) return true;
  const pending = (olds.keyGeneration as KeyGeneration | undefined)?.pending;
  if (pending && changed.includes("keyGeneration")) return true;
  return changed.length > 0 ? undefined : false;
}

function cutsNow(type: ResourceType, id: string, inputs: Props): Promise<boolean> {
  // Opening the account is what may fail here, and only a cut needs it.
  if (!type.definition.cuts?.(inputs).includes("delete")) return Promise.resolve(false);
  return wouldCut(type, apiFor(type, inputs), id, inputs, "delete");
}
