import type { Props, Seen } from "../define";
import type { Api } from "../define/api";
import { Gone } from "../define/errors";
import { poll } from "../calls/poll";
import { believeGone } from "./gone";
import { isFresh } from "./ownership";
import { contextFor, type ResourceType } from "./resource-type";

/** A new object is trusted over a read that does not find it: what a vendor shows may lag behind what it has just made. */

/** How long. */
const LAG_MS = 4_000;

/**
 * Waits until what was made is finished.
 * @throws Gone when the vendor has taken it back, and its list says so too.
 */
export async function settled(type: ResourceType, api: Api, made: Seen, inputs: Props): Promise<Seen> {
  const { settle } = type.definition;
  if (!settle) return made;
  try {
    return await askedAgain(api, () => settle(api, made, inputs, contextFor(type, inputs)));
  } catch (error) {
    if (error instanceof Gone) await believeGone(type, api, made.id, made.outputs, error);
    throw error;
  }
}

/** Asks about something that hangs on an object of this very run, such as the key of a stream. */
export function belowFresh<T>(
  type: ResourceType,
  api: Api,
  inputs: Props,
  ask: () => Promise<T>,
): Promise<T> {
  const mayLag = Object.values(inputs).some((value) => typeof value === "string" && isFresh(type, value));
  return mayLag ? askedAgain(api, ask) : ask();
}

/** Asks until it is found, or has not been found for as long as a read may lag. */
async function askedAgain<T>(api: Api, ask: () => Promise<T>): Promise<T> {
  let gone: unknown;
  const look = async (): Promise<{ found: T } | undefined> => {
    try {
      return { found: await ask() };
    } catch (error) {
      if (!(error instanceof Gone)) throw error;
      gone = error;
      return undefined;
    }
  };
  // The first look takes as long as it takes; only being not found is bound in time.
  const answer = (await look()) ?? (await poll(look, Math.min(LAG_MS, api.waitMs), () => undefined));
  if (!answer) throw gone;
  return answer.found;
}
