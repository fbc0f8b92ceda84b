import type { Definition, Props } from "../define";
import type { KeyGeneration } from "../rotation";
import { propertyOf } from "../schema";
import { programKey } from "./check";
import { liveRefusal, putOffWarning, wouldCut } from "./live-guard";
import { changedInputs, isUnfinished } from "./state";
import { apiFor, type Subject, typeOf } from "./subject";

/** What `diff` answers: nothing changed (false), look at the inputs (undefined), or changed though inputs agree (true). */
export interface Difference {
  changes: boolean | undefined;
  replaces: string[];
  deleteBeforeReplace: boolean;
}

/** Compares declared inputs, and refuses a replacement that would cut a running broadcast. */
export async function diff(subject: Subject, id: string, olds: Props, news: Props): Promise<Difference> {
  const { definition, world } = subject;
  world.journal.isKnown(typeOf(subject), id);
  const changed = changedInputs(definition, olds, news);
  const isHeldBack = (news.keyGeneration as KeyGeneration | undefined)?.pending !== undefined;
  let replaces = changed.filter(
    (key) => replacesResource(definition, key) && !(key === "keyGeneration" && isHeldBack),
  );
  if (news.interruptLive === true) subject.allowedCuts.add(id);

  // What the program says now counts, not what it said when the object was made.
  const asNow = { ...olds, interruptLive: news.interruptLive };
  if (replaces.length > 0 && (await cutsNow(subject, id, asNow))) {
    if (replaces.some((key) => key !== "keyGeneration")) throw liveRefusal(subject, id, "Replacing");
    world.warn(putOffWarning(subject, id));
    replaces = [];
  }
  if (replaces.includes("keyGeneration")) {
    subject.plannedGenerations.set(programKey(subject, news), news.keyGeneration as KeyGeneration);
  }
  return {
    changes: changes(definition, changed, olds),
    replaces,
    deleteBeforeReplace: definition.deleteBeforeReplace ?? false,
  };
}

/** What is due although the inputs in state already say so (engine fact 12): a rotation that was put off, or an unfinished create. */
function changes(definition: Definition, changed: string[], olds: Props): boolean | undefined {
  if (definition.settle && isUnfinished(definition, olds)) return true;
  const pending = (olds.keyGeneration as KeyGeneration | undefined)?.pending;
  if (pending && changed.includes("keyGeneration")) return true;
  return changed.length > 0 ? undefined : false;
}

/** Whether a change of this input makes a new object. */
export function replacesResource(definition: Definition, key: string): boolean {
  const { replaces, ours } = propertyOf(definition.inputs, key);
  if (key === "keyGeneration") return !definition.rotate;
  return replaces ?? (!ours && !definition.update);
}

function cutsNow(subject: Subject, id: string, inputs: Props): Promise<boolean> {
  // Opening the account is what may fail here, and only a cut needs it.
  if (!subject.definition.cuts?.(inputs).includes("delete")) return Promise.resolve(false);
  return wouldCut(subject, apiFor(subject, inputs), id, inputs, "delete");
}
