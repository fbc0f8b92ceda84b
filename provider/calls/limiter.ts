import { setTimeout as sleep } from "node:timers/promises";
import { bulkhead, ExponentialBackoff, handleWhen, type IPolicy, retry, wrap } from "cockatiel";
import { LostAnswer, Refused, Throttled, Unreachable } from "../define/errors";

/** What all calls to one account share: how many at once, the pause after a 429, and what is repeated. */

/** A pause longer than this is reported instead of waited for. */
const LONGEST_PAUSE_MS = 60_000;
/** The pause after a 429 that names none. */
const DEFAULT_PAUSE_MS = 1_000;

/** Lets the calls to one account through. */
export interface Limiter {
  /** Makes a call when it is its turn, and repeats it as far as that is safe. */
  run<T>(call: () => Promise<T>, repeatable: boolean): Promise<T>;
}

/** The limiter of an account: `concurrency` calls at once, each repeated at most `retries` times. */
export function limiter({ concurrency, retries }: { concurrency: number; retries: number }): Limiter {
  const slots: IPolicy = bulkhead(concurrency, Infinity);
  let pausedUntil = 0;

  const pause = ({ retryAfterMs = DEFAULT_PAUSE_MS, failure }: Throttled): void => {
    if (retryAfterMs > LONGEST_PAUSE_MS) {
      const seconds = Math.ceil(retryAfterMs / 1000);
      throw new Refused({ ...failure, advice: `It asks to wait ${seconds} s; run again after that.` });
    }
    pausedUntil = Math.max(pausedUntil, Date.now() + retryAfterMs);
  };

  return {
    run: (call, repeatable) => {
      const mayRepeat = (error: Error): boolean =>
        error instanceof Throttled ||
        error instanceof Unreachable ||
        (repeatable && error instanceof LostAnswer);
      const patience = retry(handleWhen(mayRepeat), {
        maxAttempts: retries,
        backoff: new ExponentialBackoff({ initialDelay: 250, maxDelay: 5_000 }),
      });
      return wrap(patience, slots).execute(async () => {
        for (let left = pausedUntil - Date.now(); left > 0; left = pausedUntil - Date.now())
          await sleep(left);
        try {
          return await call();
        } catch (error) {
          if (error instanceof Throttled) pause(error);
          throw error;
        }
      });
    },
  };
}
