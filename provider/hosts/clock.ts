import { StreamkeysError } from "../define/errors";

/**
 * The clock by which keys age. `STREAMKEYS_TEST_NOW` (RFC 3339) sets it, so that tests and rehearsals can travel in
 * time; nothing else reads the time of day.
 */
export function clock(environment: Record<string, string | undefined>): () => Date {
  const fixed = environment.STREAMKEYS_TEST_NOW;
  if (fixed === undefined || !isRehearsal(environment)) {
    // A run is one moment: what its preview, its inputs and its outputs say of a key must agree to the second.
    const started = new Date();
    return () => started;
  }
  const moment = new Date(fixed);
  if (Number.isNaN(moment.getTime())) {
    throw new StreamkeysError("STREAMKEYS_TEST_NOW is not a moment such as 2026-12-24T18:00:00Z.");
  }
  return () => moment;
}

/** Whether time is pretended. */
export function isRehearsal({ STREAMKEYS_TEST_NOW: fixed }: Record<string, string | undefined>): boolean {
  return fixed !== undefined && fixed !== "";
}
