import type { EngineRecord } from "./memory";
import type { ThisRun } from "./run";
import type { ResourceType } from "./resource-type";

/** The engine tells a provider nothing of what it has on record, so that is read from the state. */

/**
 * Has the record read once a run, before this run makes anything: what it makes itself stands there as pending too.
 * @param thisRun what the class has said; it names the stack where the run may make something
 */
export async function recall({ host }: ResourceType, { stack }: ThisRun): Promise<void> {
  if (stack === undefined) return;
  host.memory.record ??= host.readRecord(stack);
  await host.memory.record;
}

/** The record as it was when the run began; undefined where it cannot be read. */
export const recordOf = ({ host }: ResourceType): Promise<EngineRecord | undefined> =>
  host.memory.record ?? Promise.resolve(undefined);
