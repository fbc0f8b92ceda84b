import type { Cut, Props } from "../define";
import { Gone, LiveRefusal, StoppedByLook } from "../define/errors";
import type { Api, CallOptions } from "../define/api";
import { contextFor, nameOf, type ResourceType } from "./resource-type";

/** A broadcast is never cut unasked: whoever would cut one asks here first. */

/** Whether doing `cut` now would end a running broadcast that nobody allowed to be ended. */
export async function wouldCut(
  type: ResourceType,
  api: Api,
  id: string,
  inputs: Props,
  cut: Cut,
): Promise<boolean> {
  const { definition } = type;
  if (!mayCut(type, id, inputs, cut) || !definition.isLive) return false;
  try {
    return await definition.isLive(api, id, inputs);
  } catch (error) {
    if (error instanceof Gone) return false;
    throw error;
  }
}

/** Whether `cut` ends a broadcast, if one is running, and nobody has allowed that. Asks no vendor. */
export function mayCut(type: ResourceType, id: string, inputs: Props, cut: Cut): boolean {
  const { definition } = type;
  if (!definition.cuts?.(inputs).includes(cut) || !definition.isLive) return false;
  return !contextFor(type, inputs, id).interruptLive;
}

/**
 * Acts on the account, with a look before every call that changes something: in the same turn of the account's line, so that
 * nothing queues between the two, and again before every repeat. The look stops the call by throwing.
 */
export async function watching<T>(
  api: Api,
  look: (direct: Api) => Promise<void>,
  act: (watched: Api) => Promise<T>,
): Promise<T> {
  try {
    return await act(watched(api, look));
  } catch (error) {
    throw error instanceof StoppedByLook ? error.reason : error;
  }
}

function watched(api: Api, look: (direct: Api) => Promise<void>): Api {
  const withLook = (options: CallOptions = {}): CallOptions =>
    options.completes ? options : { ...options, before: look };
  return {
    ...api,
    post: (at, reply, options) => api.post(at, reply, withLook(options)),
    put: (at, reply, options) => api.put(at, reply, withLook(options)),
    patch: (at, reply, options) => api.patch(at, reply, withLook(options)),
    delete: (at, reply, options) => api.delete(at, reply, withLook(options)),
    request: (method, at, reply, options) =>
      api.request(method, at, reply, method === "GET" ? options : withLook(options)),
  };
}

/** The refusal to delete or replace, with the way out. */
export function liveRefusal(type: ResourceType, id: string, what: "Deleting" | "Replacing"): LiveRefusal {
  const { lockedWhileLive } = type.definition;
  const orAllow = {
    Deleting: lockedWhileLive
      ? `. ${type.vendor.title} itself refuses it until then`
      : ", or set `interruptLive: true` on the resource, run `pulumi up`, and then delete it",
    Replacing: ", or set `interruptLive: true` on the resource and run again",
  };
  return new LiveRefusal(
    `${nameOf(type, id)} is live. ${what} it would cut the broadcast, so nothing was done. ` +
      `Stop the encoder and run again${orAllow[what]}.`,
  );
}

/** Why a due rotation waits while a broadcast runs, as the end of a sentence. */
export const WAITS_WHILE_LIVE =
  "it is live, so its due key rotation is put off to the next run that finds it idle. Set `interruptLive: true` to " +
  "rotate now and cut the broadcast.";
