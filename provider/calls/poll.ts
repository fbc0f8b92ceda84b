import { handleWhenResult, IterableBackoff, retry } from "cockatiel";

/** Quick at first, because sandboxes and lucky cases are quick; then the pace vendors ask for. */
const PACE_MS = [200, 400, 800, 1_500, 3_000];

/**
 * Looks again and again until `look` finds something.
 * @param timeoutMs how long to go on looking
 * @param waiting called before every further look
 * @returns what was found, or undefined when the time was up
 */
export async function poll<T>(
  look: () => Promise<T | undefined>,
  timeoutMs: number,
  waiting: (seconds: number) => void,
): Promise<T | undefined> {
  const patience = retry(
    handleWhenResult((found) => found === undefined),
    { maxAttempts: Number.MAX_SAFE_INTEGER, backoff: new IterableBackoff(PACE_MS) },
  );
  const began = performance.now();
  patience.onRetry(() => {
    waiting(Math.round((performance.now() - began) / 1000));
  });
  return await patience.execute(look, AbortSignal.timeout(timeoutMs));
}
