/** How a long step of a set is getting on, in a line every few seconds. */

/** So often. */
const EVERY_MS = 5_000;

/** Counts what has been done, and says so while it goes on. */
export interface Progress {
  done(): void;
  failed(): void;
  end(): void;
}

/** Begins to count; a step of few seconds says nothing. */
export function progressOf(total: number, say: (message: string) => void, now = Date.now): Progress {
  const startedAt = now();
  let [done, failed] = [0, 0];
  const timer = setInterval(() => {
    say(lineOf({ total, done, failed, seconds: (now() - startedAt) / 1000 }));
  }, EVERY_MS);
  return {
    done: () => {
      done += 1;
    },
    failed: () => {
      failed += 1;
    },
    end: () => {
      clearInterval(timer);
    },
  };
}

/** "120 of 1000 done, 2 failed, 878 left, 24 a second". */
export function lineOf(counted: { total: number; done: number; failed: number; seconds: number }): string {
  const { total, done, failed, seconds } = counted;
  const left = total - done - failed;
  const rate = seconds > 0 ? (done + failed) / seconds : 0;
  const speed = rate >= 1 ? `${Math.round(rate)} a second` : `${Math.round(rate * 60)} a minute`;
  return `${done} of ${total} done, ${failed} failed, ${left} left, ${speed}`;
}
