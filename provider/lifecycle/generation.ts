import type { Props, Seen } from "../define";
import {
  type Asked,
  type Begun,
  digestOf,
  dueGeneration,
  generation,
  isDatedAhead,
  isOfSchedule,
  type KeyGeneration,
  type KeyRotation,
  rotateAllOf,
  slotOf,
} from "../define/rotation";
import { isUnknown, known, UNKNOWN } from "../engine-values";
import { adoptedId } from "./adopt";
import { isFresh, keyOf } from "./ownership";
import { nameOf, type ResourceType } from "./resource-type";
import type { Declaration, Options } from "./run";
import { inputsOf } from "./state";

/**
 * Which key a resource should have. The output `keyGeneration` is the record of what was done. `diff` and `update` see
 * it and decide by it alone; `check` sees the inputs only (docs/engine.md#fact-10), and what it computes announces, for preview, what
 * they are about to decide. See DESIGN.md, "Rotation".
 */

/** What is due, and what stands in its way. */
export interface RotationPlan {
  due?: Begun;
  /** Why the rotation has to wait for another run, as a sentence. */
  wait?: string;
  /** It is another key's turn in this run, as who says so tells. */
  isLater?: true;
}

/** Whether the rotation is for this run. */
export const isForNow = ({ due, wait, isLater }: RotationPlan): boolean =>
  due !== undefined && wait === undefined && !isLater;

/** What is to be done about the key: `diff` asks, and `update` again. */
export function rotationPlan(type: ResourceType, id: string, olds: Props, news: Props): RotationPlan {
  const record = recordOf(olds);
  if (!record) return {};
  const due = dueGeneration(
    record,
    olds.keyRotation as KeyRotation | undefined,
    askedBy(type, news),
    type.host.now(),
    momentOf(type),
  );
  if (!due) return {};
  const why = whyWait(type, record, olds, news);
  if (why !== undefined) return { due, wait: dueSentence(type, id, due, why) };
  return declarationOf(type, news)?.isLater ? { due, isLater: true } : { due };
}

/** Says of a due key why it waits. */
export function dueSentence(type: ResourceType, id: string, due: Begun, why: string): string {
  return `${nameOf(type, id)} waits: ${why} Its key is due: ${due.reason}.`;
}

/** The generation in the outputs: what was done, where anything was. */
export function recordOf({ keyGeneration }: Props): KeyGeneration | undefined {
  return keyGeneration as KeyGeneration | undefined;
}

/** The record once `due` has been carried out. */
export function carriedOut(due: Begun, news: Props): KeyGeneration {
  const { run } = (news.keyGeneration ?? {}) as Partial<KeyGeneration>;
  return { ...due, ...(run === undefined ? {} : { run, movedIn: run }) };
}

/** The record when `due` was put off: it stays due, whatever the program says next. */
export function putOff(record: KeyGeneration, { reason, rotateAll }: Begun): KeyGeneration {
  return { ...record, pending: { reason, ...(rotateAll === undefined ? {} : { rotateAll }) } };
}

/** The record when it is another key's turn: a schedule asks again by itself, and what is asked for once stays due. */
export function leftForLater(record: KeyGeneration, due: Begun): KeyGeneration {
  return isOfSchedule(due) ? record : putOff(record, due);
}

/** The generation that a rotation begins which was put off, whatever else is asked for by now. */
export function pendingGeneration(
  type: ResourceType,
  record: KeyGeneration,
  keyRotation: KeyRotation | undefined,
): Begun | undefined {
  if (!record.pending) return undefined;
  const asked = { rotation: keyRotation, rotateAll: undefined };
  return dueGeneration(record, keyRotation, asked, type.host.now(), momentOf(type));
}

/** The record of a key whose resource was just created: what `check` has announced, and what the vendor says besides. */
export function recordOfCreated(type: ResourceType, inputs: Props, seen: Seen): KeyGeneration | undefined {
  const announced = recordOf(inputs);
  if (announced?.reason !== "adopted") return announced;
  return seen.isNewKey ? recordNow(type, "created", digestOf(askedBy(type, inputs).rotateAll)) : announced;
}

/** The record of a key that somebody else has changed. */
export function changedOutside({ host }: ResourceType, record: KeyGeneration): KeyGeneration {
  return { ...record, since: slotOf(host.now()), reason: "changed outside" };
}

/** The first record of a key that nobody has asked for: its age is that of its object, where that is known. */
export function recordNow(type: ResourceType, reason: string, rotateAll: string | undefined): Begun {
  return generation(momentOf(type), reason, rotateAll);
}

function whyWait(type: ResourceType, record: KeyGeneration, olds: Props, news: Props): string | undefined {
  if (partnerMoves(type, olds, news)) {
    return "this run rotates the key that it must not be rotated with. Run `pulumi up` once more.";
  }
  const { run } = news.keyGeneration as KeyGeneration;
  const hadLastTurn = run !== undefined && record.movedIn === run - 1 && !record.pending;
  if (hadLastTurn) {
    return "the last run rotated it, so this one lets the other key of the pair go first. Run `pulumi up` once more.";
  }
  if (!type.definition.rotate && declarationOf(type, news)?.protect) {
    return (
      "it is protected, and rotating replaces it. Remove `protect`, run `pulumi up`, and set it again; " +
      "the other keys of the stack are not held up."
    );
  }
  return undefined;
}

/** Whether this run has given, or will give, a new key to the one that `notWith` names by its `since`. */
function partnerMoves(type: ResourceType, olds: Props, news: Props): boolean {
  const { notWith } = (news.keyRotation ?? {}) as KeyRotation;
  if (notWith === undefined) return false;
  if (isUnknown(notWith)) return true;
  const { notWith: before } = (olds.keyRotation ?? {}) as KeyRotation;
  const others = (type.host.run.begun.get(notWith) ?? []).filter(({ who }) => who !== programKey(type, news));
  // Two keys may have begun in one second; the partner is one that leads, or that has changed since the last run.
  return others.some(({ leads }) => leads || notWith !== before);
}

/** Remembers that this run gives the resource a new key. */
export function rememberBegun(type: ResourceType, news: Props, { since }: Begun): void {
  if (isUnknown(since)) return;
  const { run } = (news.keyGeneration ?? {}) as Partial<KeyGeneration>;
  const { begun } = type.host.run;
  begun.set(since, [...(begun.get(since) ?? []), { who: programKey(type, news), leads: run !== undefined }]);
}

/** Says that a schedule counts from a day that has not come yet. */
export function warnOfClock(type: ResourceType, id: string, olds: Props, news: Props): void {
  const record = recordOf(olds);
  const now = type.host.now();
  if (!record || !isDatedAhead(record, now) || askedBy(type, news).rotation?.every === undefined) return;
  type.host.warn(
    `The key of ${nameOf(type, id)} is dated ${record.since}, and this clock says ${slotOf(now)}. One of the ` +
      "two is wrong, and the schedule waits all that time. If this clock is right, give `keyRotation.trigger` a new text " +
      "and run `pulumi up`: that rotates the key now and dates it right.",
  );
}

function askedBy({ host }: ResourceType, { keyRotation }: Props): Asked {
  return {
    rotation: known(keyRotation) as KeyRotation | undefined,
    rotateAll: rotateAllOf((key) => host.settings.config(key)),
  };
}

/** A saved plan must hold at any later moment, so a preview names none: to the engine it is not known yet. */
function momentOf({ host }: ResourceType): string {
  return host.run.isPreview ? UNKNOWN : slotOf(host.now());
}

/** What `check` has heard of the resource in this run. */
export function declarationOf(type: ResourceType, inputs: Props): Declaration | undefined {
  return type.declarations.get(programKey(type, inputs));
}

/**
 * Identifies what the program declared. The engine checks the create half of a replacement afresh, without the old
 * inputs and without saying which resource it is
 * (docs/engine.md#fact-10); the origin ties the two together.
 */
export function programKey({ definition }: ResourceType, inputs: Props): string {
  if (typeof inputs.origin === "string") return inputs.origin;
  const { keyGeneration: _, ...program } = inputsOf(definition, inputs);
  return JSON.stringify(Object.entries(program).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * Announces the generation that these inputs lead to. For the create half of a replacement, it is the one that `diff`
 * has planned.
 * @param olds the inputs in state; none for a create
 */
export function announce(type: ResourceType, olds: Props, inputs: Props, options: Options): KeyGeneration {
  const isNew = Object.keys(inputsOf(type.definition, olds)).length === 0;
  const planned = declarationOf(type, inputs)?.planned;
  if (isNew && planned) return planned;
  const before: KeyGeneration = recordOf(olds) ?? firstGeneration(type, inputs);
  const due = isNew
    ? undefined
    : dueGeneration(
        before,
        olds.keyRotation as KeyRotation | undefined,
        askedBy(type, inputs),
        type.host.now(),
        momentOf(type),
      );
  type.declarations.set(programKey(type, inputs), { ...options, isAnnounced: due !== undefined });
  const { since, reason, rotateAll } = due ?? before;
  const { leads } = (inputs.keyRotation ?? {}) as KeyRotation;
  // Inputs of a resource that is otherwise the same are kept without a word (docs/engine.md#fact-29): so a run can be counted.
  return { ...generation(since, reason, rotateAll), ...(leads ? { run: (before.run ?? 0) + 1 } : {}) };
}

/**
 * The generation of a key that this program declares for the first time. It is new where its object is; a key that is
 * taken over may be as old as it likes, and has honoured no `rotateAll`.
 */
function firstGeneration(type: ResourceType, inputs: Props): Begun {
  const { rotateAll } = askedBy(type, inputs);
  const id = takenOver(type, inputs);
  if (id === undefined) return recordNow(type, "created", digestOf(rotateAll));
  if (type.host.run.isPreview) {
    type.host.progress(
      `Takes over the key of ${id} that is in force, and makes no new one, also where it is ` +
        "replaced by `--replace`. For a new key, give `keyRotation.trigger` a new text.",
    );
  }
  const [seen] = type.host.run.keys.get(keyOf(type, id)) ?? [];
  if (seen) {
    const { since, reason, rotateAll: honoured } = seen.generation;
    return generation(since, reason, honoured);
  }
  if (rotateAll !== undefined) {
    type.host.warn(
      `Takes over a key that may be older than \`streamkeys:rotateAll\`. The run after this ` +
        "one rotates it: run `pulumi up` until `streamkeys keys` ends with 0.",
    );
  }
  return recordNow(type, "adopted", undefined);
}

/** The id of what a create with these inputs takes over, rather than makes; undefined for a new object. */
function takenOver(type: ResourceType, inputs: Props): string | undefined {
  const { definition } = type;
  const adopted = adoptedId(type, inputs);
  if (adopted !== undefined) return adopted;
  const id = definition.takesOver?.(inputs);
  if (typeof id !== "string" || isUnknown(id)) return undefined;
  // The key of a stream that this run has made is as new as the stream; of one taken over, nobody knows.
  return isFresh(type, id) ? undefined : id;
}

/** Remembers that a resource of this run has this key. */
export function rememberKey(type: ResourceType, id: string, { origin, keyGeneration }: Props): void {
  if (!keyGeneration) return;
  const { keys } = type.host.run;
  const seen = { origin, generation: keyGeneration as KeyGeneration };
  keys.set(keyOf(type, id), [...(keys.get(keyOf(type, id)) ?? []), seen]);
}

/** Whether another resource of this run has the key that this one is about to give up. */
export function isHeldByAnother(type: ResourceType, id: string, { origin }: Props): boolean {
  return (type.host.run.keys.get(keyOf(type, id)) ?? []).some((key) => key.origin !== origin);
}
