import { bulkhead, ExponentialBackoff, handleWhen, type IPolicy, retry, wrap } from "cockatiel";
import { LostAnswer, Refused, Throttled, Unreachable } from "../define/errors";
import type { Account } from "./account";
import { Overtaken, pace, realTime, type Time, type Turn } from "./pace";

/** What all calls to one account share: how many at once, how fast, and what is repeated. */

/** Waits until the next request of a turn may go. */
export type Next = Turn["next"];

/** Lets the calls to one account through. */
export interface Limiter {
  /** Makes a call when it is its turn, and repeats it as far as that is safe. It awaits `next` before each request that it takes. */
  run<T>(call: (next: Next) => Promise<T>, repeatable: boolean): Promise<T>;
}

/**
 * The limiter of an account: `concurrency` calls at once, each that fails repeated at most `retries` times. To be
 * throttled is no failure: nothing was done, and the call waits for its turn like the others, unless the vendor asks for
 * more than `waitSeconds` or lets nothing be done for so long.
 */
export function limiter(
  { concurrency, retries, waitSeconds }: Pick<Account, "concurrency" | "retries" | "waitSeconds">,
  time: Time = realTime,
): Limiter {
  const longestMs = waitSeconds * 1000;
  const slots: IPolicy = bulkhead(concurrency, Infinity);
  const { turn, stuckMs, restart } = pace(time);
  /** When it was last given up to wait for the vendor: whoever had come by then gets this answer. */
  let givenUp: { at: number; refusal: Refused } | undefined;

  const refusalOf = ({ retryAfterMs = 0, failure }: Throttled): Refused | undefined => {
    if (retryAfterMs > longestMs)
      return new Refused({
        ...failure,
        advice: `It asks to wait ${inSeconds(retryAfterMs)}; run again after that.`,
      });
    if (stuckMs() <= longestMs) return undefined;
    const advice = `It has let nothing be done for ${inSeconds(stuckMs())}; run again later.`;
    return new Refused({ ...failure, advice });
  };

  /** The answer of the vendor, once it takes the call. */
  const taken = async <T>(call: (next: Next) => Promise<T>, cameAt: number): Promise<T> => {
    for (;;) {
      const { next, taken, refused, lost } = await turn();
      if (givenUp && cameAt <= givenUp.at) {
        lost();
        throw givenUp.refusal;
      }
      try {
        const answer = await call(next);
        taken();
        return answer;
      } catch (error) {
        if (error instanceof Overtaken) {
          lost();
          continue;
        }
        if (!(error instanceof Throttled)) {
          if (error instanceof LostAnswer || error instanceof Unreachable) lost();
          else taken();
          throw error;
        }
        refused(error.retryAfterMs);
        const refusal = refusalOf(error);
        if (!refusal) continue;
        givenUp = { at: time.now(), refusal };
        restart();
        throw refusal;
      }
    }
  };

  return {
    run: (call, repeatable) => {
      const cameAt = time.now();
      const mayRepeat = (error: Error): boolean =>
        error instanceof Unreachable || (repeatable && error instanceof LostAnswer);
      const patience = retry(handleWhen(mayRepeat), {
        maxAttempts: retries,
        backoff: new ExponentialBackoff({ initialDelay: 250, maxDelay: 5_000 }),
      });
      return wrap(patience, slots).execute(() => taken(call, cameAt));
    },
  };
}

const inSeconds = (ms: number): string => `${Math.ceil(ms / 1000)} s`;
