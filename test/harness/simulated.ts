import type { Sandbox } from "../../sandbox";
import { simulators } from "../../sandbox/vendors";

/** What an encoder, or somebody else, does to an object of a simulator. */

/** Starts or ends a broadcast on an object. */
export function setLive(sandbox: Sandbox, vendor: string, id: string, live: boolean): void {
  simulators[vendor]?.setLive?.(sandbox.data[vendor] ?? {}, id, live);
}
