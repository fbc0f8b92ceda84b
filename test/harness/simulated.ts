import type { Sandbox } from "../../sandbox";
import { simulators } from "../../sandbox/vendors";

/** What an encoder, or somebody else, does to an object of a simulator, and what there is. */

/** Starts or ends a broadcast on an object. */
export function setLive(sandbox: Sandbox, vendor: string, id: string, live: boolean): void {
  simulators[vendor]?.setLive?.(sandbox.data[vendor] ?? {}, id, live);
}

/** Deletes an object as somebody else does, past the vendor's API. */
export function vanish(sandbox: Sandbox, vendor: string, id: string): void {
  simulators[vendor]?.remove(sandbox.data[vendor] ?? {}, id);
}

/** Every id in a vendor's data, at any depth. */
export function idsAt(sandbox: Sandbox, vendor: string): string[] {
  const ids: string[] = [];
  JSON.stringify(sandbox.data[vendor], (key, value: unknown) => {
    if (key === "id" && typeof value === "string") ids.push(value);
    return value;
  });
  return ids;
}
