import { isDeepStrictEqual } from "node:util";
import type { Props } from "../define";
import {
  carriedOut,
  declarationOf,
  dueSentence,
  isForNow,
  leftForLater,
  recordOf,
  rememberBegun,
  rememberKey,
  type RotationPlan,
  rotationPlan,
  warnOfClock,
} from "./generation";
import { liveRefusal, mayCut, WAITS_WHILE_LIVE, wouldCut } from "./live-guard";
import { rememberKnown, rememberOwned, rememberReplaced } from "./ownership";
import { changedInputs, inputsThatReplace, isUnfinished } from "./state";
import { apiFor, nameOf, type ResourceType } from "./resource-type";

/** What `diff` answers: nothing changed (false), look at the inputs (undefined), or changed though inputs agree (true). */
export interface Difference {
  changes: boolean | undefined;
  replaces: string[];
  deleteBeforeReplace: boolean;
  /** Whether the key is renewed: due, with nothing in its way. */
  rotates: boolean;
}

/** Compares declared inputs, and refuses a replacement that would cut a running broadcast. */
export async function diff(type: ResourceType, id: string, olds: Props, news: Props): Promise<Difference> {
  const { definition } = type;
  rememberKnown(type, olds, news);
  rememberOwned(type, id, olds);
  if (news.interruptLive === true) type.allowedCuts.add(id);
  const changed = changedInputs(definition, olds, news);
  const replaces = inputsThatReplace(definition, changed, news, olds);
  // What the program says now counts, not what it said when the object was made.
  const asNow = { ...olds, interruptLive: news.interruptLive };
  if (replaces.length > 0 && (await cutsNow(type, id, asNow))) throw liveRefusal(type, id, "Replacing");

  warnOfClock(type, id, olds, news);
  const plan = replaces.length > 0 ? {} : await planToShow(type, id, asNow, news);
  if (plan.due && isForNow(plan) && !definition.rotate) {
    replaces.push("keyGeneration");
    planReplacement(type, id, plan.due, news);
  }
  if (replaces.length > 0) rememberReplaced(type, news, id);
  else rememberKey(type, id, { ...olds, origin: news.origin });
  return {
    changes: changes(type, olds, news, changed, plan),
    replaces,
    deleteBeforeReplace: mustDeleteFirst(type, changed),
    rotates: isForNow(plan),
  };
}

/**
 * Whether the vendor takes the new object only when the old one is gone. Also where nothing changed: the engine replaces
 * for reasons of its own, such as a `replacementTrigger`.
 */
function mustDeleteFirst({ definition }: ResourceType, changed: string[]): boolean {
  if (definition.deleteBeforeReplace) return true;
  const names = Object.keys(definition.inputs).filter((name) => definition.inputs[name]?.meta()?.unique);
  return names.length > 0 && !changed.some((input) => input === "account" || names.includes(input));
}

/** Says what is about to be done about the key, so that a preview shows it with the resource's name. */
async function planToShow(type: ResourceType, id: string, olds: Props, news: Props): Promise<RotationPlan> {
  const { host } = type;
  const plan = rotationPlan(type, id, olds, news);
  if (!plan.due || plan.isLater) return plan;
  const wait = plan.wait ?? (await waitsForIdle(type, id, olds, news, plan.due));
  if (wait === undefined) {
    const { keyGap } = type.definition;
    host.progress(`rotates: ${plan.due.reason}${keyGap === undefined ? "" : `. ${keyGap}`}`);
    rememberBegun(type, news, plan.due);
    return plan;
  }
  host.warn(wait);
  return { due: plan.due, wait };
}

/** In place, the reset itself looks once more, and its look decides; a vendor that cannot answer now spoils no preview. */
async function waitsForIdle(
  type: ResourceType,
  id: string,
  olds: Props,
  news: Props,
  due: NonNullable<RotationPlan["due"]>,
): Promise<string | undefined> {
  const isInPlace = type.definition.rotate !== undefined;
  const cut = isInPlace ? "rotate" : "delete";
  const state = { ...olds, ...news };
  if (!mayCut(type, id, state, cut)) return undefined;
  const isLive = await wouldCut(type, apiFor(type, state), id, state, cut).catch((error: unknown) => {
    if (!isInPlace) throw error;
    return false;
  });
  return isLive ? dueSentence(type, id, due, WAITS_WHILE_LIVE) : undefined;
}

/** The create half is checked without the old inputs, so what it begins is remembered for it. */
function planReplacement(
  type: ResourceType,
  id: string,
  due: NonNullable<RotationPlan["due"]>,
  news: Props,
): void {
  const declaration = declarationOf(type, news);
  if (declaration) declaration.planned = carriedOut(due, news);
  if (!declaration?.retainOnDelete) return;
  type.host.warn(
    `\`retainOnDelete\` keeps what a rotation replaces, so the old key goes on opening ` +
      `the ingest. To end it, delete ${nameOf(type, id)} at ${type.vendor.title} once the encoder has the new key.`,
  );
}

/** What is due although the inputs do not show it (docs/engine.md#fact-12): an unfinished create, a rotation that was put off. */
function changes(
  type: ResourceType,
  olds: Props,
  news: Props,
  changed: string[],
  { due, isLater }: RotationPlan,
): boolean | undefined {
  if (type.definition.settle && isUnfinished(type.definition, olds)) return true;
  const record = recordOf(olds);
  if (record?.uncertain !== undefined) return true;
  // What is left for later is only to be written down.
  if (due && record && isLater && isDeepStrictEqual(leftForLater(record, due), record))
    return changed.length > 0 ? undefined : false;
  if (due && !declarationOf(type, news)?.isAnnounced) return true;
  return due || changed.length > 0 ? undefined : false;
}

function cutsNow(type: ResourceType, id: string, inputs: Props): Promise<boolean> {
  // Opening the account is what may fail here, and only a cut needs it.
  if (!mayCut(type, id, inputs, "delete")) return Promise.resolve(false);
  return wouldCut(type, apiFor(type, inputs), id, inputs, "delete");
}
