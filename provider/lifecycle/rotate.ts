import type { Props, Seen } from "../define";
import {
  Gone,
  LostAnswer,
  messageOf,
  NotNow,
  StreamkeysError,
  UnexpectedReply,
  Unfinished,
} from "../define/errors";
import type { Api } from "../define/api";
import type { Begun, KeyGeneration, KeyRotation } from "../define/rotation";
import { fingerprints, isAnotherKey } from "./fingerprint";
import { carriedOut, changedOutside, dueSentence, pendingGeneration, putOff } from "./generation";
import { WAITS_WHILE_LIVE, watching, wouldCut } from "./live-guard";
import { outputsOf, refreshedOutputs, stateOf } from "./state";
import { contextFor, nameOf, type ResourceType } from "./resource-type";

/** The key of an object: its outputs, and the record of what was done. */
export interface Keyed {
  outputs: Props;
  record: KeyGeneration;
}

/** A rotation that is due: of which object, from which record, to which generation. */
export interface Rotation {
  id: string;
  /** The state as it will be. */
  state: Props;
  record: KeyGeneration;
  due: Begun;
}

/**
 * Gives the object its new key, or puts that off: while it would cut a broadcast, and while the vendor says not now.
 * @throws Unfinished when a reset was sent and nobody can say whether it was done; its outputs say so.
 */
export async function rotate(type: ResourceType, api: Api, rotation: Rotation): Promise<Keyed> {
  const { state, record, due } = rotation;
  const outputs = outputsOf(type.definition, state);
  // A rotation by replacement gets here only when `diff` has put it off, and said so.
  if (!type.definition.rotate) return { outputs, record: putOff(record, due) };
  try {
    const seen = await rotateOnce(type, api, rotation);
    return {
      outputs: refreshedOutputs(type.definition, outputs, seen),
      record: carriedOut(due, state),
    };
  } catch (error) {
    if (!(error instanceof NotNow)) throw error;
    type.host.warn(error.message);
    return { outputs, record: putOff(record, due) };
  }
}

/** How often a reset is asked for, where a look shows that the one before was not done. */
const RESETS = 2;

/**
 * A reset makes another key each time, so after a lost answer the key is looked at before it is asked for again, and
 * compared with a look just before: state may hold an older key still, if somebody else has reset it.
 */
async function rotateOnce(type: ResourceType, api: Api, rotation: Rotation): Promise<Seen> {
  const { definition, host } = type;
  const { id, state, due } = rotation;
  const context = contextFor(type, state, id);
  let before = outputsOf(definition, state);
  const look = async (direct: Api): Promise<void> => {
    if (await wouldCut(type, direct, id, state, "rotate")) {
      throw new NotNow(dueSentence(type, id, due, WAITS_WHILE_LIVE));
    }
    before = (await lookAtKey(type, direct, id, state))?.outputs ?? before;
  };
  for (let asked = 1; ; asked++) {
    try {
      return await watching(api, look, async (watched) => {
        const seen = await definition.rotate?.(watched, id, state, context);
        if (!seen) throw new TypeError(`${definition.name} does not rotate in place`);
        return seen;
      });
    } catch (error) {
      if (!(error instanceof LostAnswer || error instanceof UnexpectedReply)) throw error;
      const seen = await lookAtKey(type, api, id, state).catch((unseen: unknown) => {
        throw uncertain(type, rotation, before, `${messageOf(error)} ${messageOf(unseen)}`);
      });
      if (seen && isAnotherKey(definition, before, seen.outputs)) {
        host.warn(`${messageOf(error)} The key of ${nameOf(type, id)} had been rotated all the same.`);
        return seen;
      }
      if (asked >= RESETS) throw uncertain(type, rotation, before, messageOf(error));
    }
  }
}

/** The object with its key; undefined where the vendor has no key now, of those that have none while one is rotated. */
async function lookAtKey(type: ResourceType, api: Api, id: string, state: Props): Promise<Seen | undefined> {
  const { definition } = type;
  try {
    return await definition.read(api, id, state, contextFor(type, state, id));
  } catch (error) {
    if (error instanceof Gone && definition.keyGap !== undefined) return undefined;
    throw error;
  }
}

/** Kept in state, so that the next run looks at the key before anything else. */
function uncertain(
  type: ResourceType,
  { id, state, record, due }: Rotation,
  before: Props,
  why: string,
): Unfinished {
  const keyGeneration: KeyGeneration = {
    ...putOff(record, due),
    uncertain: fingerprints(type.definition, before),
  };
  return new Unfinished(
    id,
    stateOf(state, { keyGeneration }),
    new StreamkeysError(`${why} Whether its key was reset is not known, so the key in state may be dead.`),
  );
}

/** Finds out what became of a reset of which nobody knew whether it was done. */
export async function settleUncertain(
  type: ResourceType,
  api: Api,
  id: string,
  state: Props,
  record: KeyGeneration,
): Promise<Keyed> {
  const { definition } = type;
  const seen = await lookAtKey(type, api, id, state);
  const before = outputsOf(definition, state);
  if (!seen) return { outputs: before, record: notDone(record) };
  const outputs = refreshedOutputs(definition, before, seen);
  return { outputs, record: recordAfterLook(type, id, state, record, outputs) };
}

/** The record of a reset that was begun and not finished: it is pending still, and nothing is uncertain. */
function notDone({ uncertain: _, ...sure }: KeyGeneration): KeyGeneration {
  return sure;
}

/** The record after a look at the key: of a reset of which nobody knew, and of one that somebody else has made. */
export function recordAfterLook(
  type: ResourceType,
  id: string,
  state: Props,
  record: KeyGeneration,
  outputs: Props,
): KeyGeneration {
  const { definition, host } = type;
  const before = record.uncertain;
  const sure = notDone(record);
  const now = fingerprints(definition, outputs);
  if (before !== undefined) {
    const done = pendingGeneration(type, record, state.keyRotation as KeyRotation | undefined);
    if (!done || now === before) return sure;
    host.warn(
      `The reset of ${nameOf(type, id)} of which nobody knew had been done. The key's fingerprint is ${now} now.`,
    );
    const { pending: _, ...rest } = sure;
    return { ...rest, ...carriedOut(done, state) };
  }
  if (!isAnotherKey(definition, state, outputs)) return record;
  host.warn(
    `The key of ${nameOf(type, id)} was changed outside of this program, from fingerprint ${fingerprints(definition, state)} to ${now}. ` +
      "A refresh takes the new one into state.",
  );
  return changedOutside(type, record);
}
