import type { Cut, Props } from "../define";
import { Gone, LiveRefusal } from "../define/errors";
import type { Api } from "../define/api";
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
  if (!definition.cuts?.(inputs).includes(cut) || !definition.isLive) return false;
  if (contextFor(type, inputs, id).interruptLive) return false;
  try {
    return await definition.isLive(api, id, inputs);
  } catch (error) {
    if (error instanceof Gone) return false;
    throw error;
  }
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

/** Says that a due rotation waits for the end of the broadcast. */
export function putOffWarning(type: ResourceType, id: string): string {
  return (
    `${nameOf(type, id)} is live, so its due key rotation is put off to the next run that finds it idle. ` +
    "Set `interruptLive: true` to rotate now and cut the broadcast."
  );
}
