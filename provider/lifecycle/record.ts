import type { Props } from "../define";
import type { EngineRecord } from "./memory";
import type { ThisRun } from "./run";
import type { ResourceType } from "./resource-type";

/** The engine tells a provider nothing of what it has on record, so that is read from the state. */

/**
 * Has the record read once a run, before this run makes anything: what it makes itself stands there as pending too. A
 * resource that the engine knows is not made, but items of a known set are.
 */
export async function recall(
  { host }: ResourceType,
  olds: Props,
  news: Props,
  isSet: boolean,
): Promise<void> {
  const { stack } = (news.thisRun ?? {}) as ThisRun;
  if (stack === undefined || (Object.keys(olds).length > 0 && !isSet)) return;
  host.memory.record ??= host.readRecord(stack);
  await host.memory.record;
}

/** The record as it was when the run began; undefined where it cannot be read. */
export const recordOf = ({ host }: ResourceType): Promise<EngineRecord | undefined> =>
  host.memory.record ?? Promise.resolve(undefined);
