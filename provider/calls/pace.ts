import { setTimeout as sleep } from "node:timers/promises";

/**
 * How fast an account takes calls, learned from what it answers. Calls go out one by one in the order in which they
 * came. After a 429 all wait, then one goes alone; when it was taken the rest follow, spaced as the vendor has been
 * seen to take them, and little by little faster again.
 */

/** The clock of the waits, in milliseconds. Tests bring their own. */
export interface Time {
  now(): number;
  sleep(ms: number): Promise<unknown>;
}

/** The machine's own clock. */
export const realTime: Time = { now: () => performance.now(), sleep };

/** The first pause of a vendor that names none, or names nothing; each that follows without success is twice as long. */
const FIRST_PAUSE_MS = 250;
/** The longest of those pauses. */
const LONGEST_OWN_PAUSE_MS = 30_000;
/** The most that two calls are kept apart. */
const LONGEST_SPACING_MS = 60_000;
/** A little less than what was measured, so that it is not met again at once. */
const MARGIN = 1.02;
/**
 * The same where calls went out as they came, and the vendor does not say how long to wait: what it takes at once after a rest
 * is more than it takes for long.
 */
const MARGIN_OF_A_BURST = 2;
/** With each call that is taken, the space between two shrinks by this much: double speed after about 230 calls. */
const EASING = 0.997;

/** A call that has had its turn. */
export interface Turn {
  /** It makes one more call, such as a look before the act: those that follow wait for that one too. */
  another(): void;
  /** The vendor took it, whatever else it answered. */
  taken(): void;
  /** The vendor took it as one too many, and asks to wait for so long. */
  refused(askedMs: number | undefined): void;
  /** Nothing is known of it: no answer came. */
  lost(): void;
}

/** Paces the calls of one account. */
export interface Pace {
  /** Waits until the next call may go. */
  turn(): Promise<Turn>;
  /** For how long no call has been taken, counted from the first that was refused; 0 while calls are taken. */
  stuckMs(): number;
  /** Nobody waits any more: whoever comes next goes at once. */
  restart(): void;
}

/** A pace that starts without any limit. */
export function pace(time: Time): Pace {
  /** The space between the starts of two calls. */
  let spacing = 0;
  let nextStart = 0;
  /** Of the stretch since the last pause: its begin, and how many calls were taken. */
  let stretchBegan = time.now();
  let takenInStretch = 0;
  let pausedAt = -Infinity;
  let ownPause = FIRST_PAUSE_MS;
  let stuckSince: number | undefined;
  /** While set, a single call finds out whether the pause was long enough. */
  let trial: Promise<void> | undefined;
  let isTrialDue = false;
  let line: Promise<unknown> = Promise.resolve();

  const mayGo = async (): Promise<void> => {
    for (;;) {
      const wait = nextStart - time.now();
      if (trial) await trial;
      else if (wait > 0) await time.sleep(wait);
      else return;
    }
  };

  const pauseFor = (askedMs = 0): void => {
    const now = time.now();
    const pause = Math.max(askedMs, ownPause);
    const measured = takenInStretch > 0 ? (now - stretchBegan + pause) / takenInStretch : 0;
    const margin = spacing > 0 || askedMs > 0 ? MARGIN : MARGIN_OF_A_BURST;
    const slower = Math.max(spacing * (takenInStretch > 0 ? 1 : 2), measured * margin);
    spacing = Math.min(slower, LONGEST_SPACING_MS);
    ownPause = Math.min(ownPause * 2, LONGEST_OWN_PAUSE_MS);
    stuckSince ??= now;
    pausedAt = now;
    nextStart = stretchBegan = now + pause;
    takenInStretch = 0;
    isTrialDue = true;
  };

  const go = (): Turn => {
    const startedAt = time.now();
    let calls = 1;
    nextStart = startedAt + spacing;
    let endTrial = (): void => undefined;
    if (isTrialDue) {
      isTrialDue = false;
      trial = new Promise((resolve) => {
        endTrial = () => {
          trial = undefined;
          resolve();
        };
      });
    }
    return {
      another: () => {
        calls += 1;
        nextStart += spacing;
      },
      taken: () => {
        takenInStretch += calls;
        spacing *= EASING;
        ownPause = FIRST_PAUSE_MS;
        stuckSince = undefined;
        endTrial();
      },
      refused: (askedMs) => {
        // Of a burst that was under way together, the first refusal says it all.
        if (startedAt > pausedAt) pauseFor(askedMs);
        else nextStart = Math.max(nextStart, time.now() + (askedMs ?? 0));
        endTrial();
      },
      lost: () => {
        endTrial();
      },
    };
  };

  return {
    turn: () => {
      const turn = line.then(mayGo).then(go);
      line = turn;
      return turn;
    },
    stuckMs: () => (stuckSince === undefined ? 0 : time.now() - stuckSince),
    restart: () => {
      stuckSince = undefined;
      spacing = 0;
      nextStart = time.now();
    },
  };
}
