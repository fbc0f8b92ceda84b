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
const FIRST_PAUSE_MS = 500;
/** The longest of those pauses. */
const LONGEST_OWN_PAUSE_MS = 30_000;
/** The most that two calls are kept apart. */
const LONGEST_SPACING_MS = 60_000;
/** Nothing has been under way for so long that what was taken before tells nothing of the pace. */
const IDLE_MS = 1_000;
/** A little less than what was measured, so that it is not met again at once. */
const MARGIN = 1.02;
/**
 * The same where calls went out as they came, and the vendor does not say how long to wait: what it takes at once after a rest
 * is more than it takes for long.
 */
const MARGIN_OF_A_BURST = 2;
/** The longest space between two calls of one turn: what a look has seen soon holds no more. */
const LONGEST_WITHIN_A_TURN_MS = 1_000;
/** While calls are taken the pace doubles in so many calls. */
const DOUBLE_AFTER_CALLS = 230;
/** It doubles in this time where that is shorter, until calls that were spaced have been refused too: a burst may have told it wrong. */
const DOUBLE_A_GUESS_AFTER_MS = 60_000;

/** A call that has had its turn, or a few that belong together, such as a look and the act after it. */
export interface Turn {
  /**
   * Before each call of the turn. The first goes at once; another waits for its own space, and those that follow wait for it too.
   * @throws Overtaken where all began to wait while the turn was under way.
   */
  next(): Promise<void>;
  /** The vendor took them all, whatever else it answered. */
  taken(): void;
  /** The vendor took the last as one too many, and asks to wait for so long. */
  refused(askedMs: number | undefined): void;
  /** Nothing is known of the last: no answer came, or it was not made. */
  lost(): void;
}

/** All wait for the vendor, so the next call of a turn was not made. The turn begins anew after the others. */
export class Overtaken extends Error {}

/** Paces the calls of one account. */
export interface Pace {
  /** Waits until the next call may go. */
  turn(): Promise<Turn>;
  /** For how long no turn has been taken to its end, counted from the first refusal; 0 while turns are taken. */
  stuckMs(): number;
  /** Nobody waits any more: whoever comes next goes at once. */
  restart(): void;
}

/** The calls between two pauses. */
interface Stretch {
  began: number;
  taken: number;
  /** The last one before in which a call was taken. */
  before?: Stretch | undefined;
}

/** What tells of the pace: a trial that was refused says only that the pause was too short. */
const telling = (stretch: Stretch): Stretch => (stretch.taken > 0 ? stretch : (stretch.before ?? stretch));

/** A pace that starts without any limit. */
export function pace(time: Time): Pace {
  /** The space between the starts of two calls. */
  let spacing = 0;
  /** Whether no more is known of the space than what a burst has told. */
  let isGuess = true;
  let nextStart = 0;
  let stretch: Stretch = { began: time.now(), taken: 0 };
  /** What the last pause has taught of the space. It is asked when the pause ends: until then, calls under way are answered. */
  let learned: (() => number) | undefined;
  let ownPause = FIRST_PAUSE_MS;
  let stuckSince: number | undefined;
  let underWay = 0;
  let lastEnd = time.now();
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

  /** All wait, and then a turn of so many calls is tried. */
  const pauseFor = (askedMs = 0, calls: number): void => {
    const now = time.now();
    const pause = Math.max(askedMs, ownPause * calls);
    learned = spacingAfter(stretch, { now, pause, spacing, isAsked: askedMs > 0 });
    if (spacing > 0 && stretch.taken > 0) isGuess = false;
    ownPause = Math.min(ownPause * 2, LONGEST_OWN_PAUSE_MS);
    stuckSince ??= now;
    nextStart = now + pause;
    stretch = { began: nextStart, taken: 0, before: telling(stretch) };
    isTrialDue = true;
  };

  const beginTrial = (): (() => void) => {
    isTrialDue = false;
    spacing = learned?.() ?? spacing;
    let end = (): void => undefined;
    trial = new Promise((resolve) => {
      end = () => {
        trial = undefined;
        resolve();
      };
    });
    return end;
  };

  const go = (): Turn => {
    const mine = stretch;
    let calls = 0;
    const endTrial = isTrialDue ? beginTrial() : (): void => undefined;
    const now = time.now();
    const isIdle = underWay === 0 && now - Math.max(nextStart, lastEnd) > IDLE_MS;
    if (isIdle) Object.assign(stretch, { began: now, taken: 0, before: undefined });
    nextStart = now + spacing;
    underWay += 1;

    const oneTaken = (): void => {
      mine.taken += 1;
      spacing *= 0.5 ** Math.max(1 / DOUBLE_AFTER_CALLS, isGuess ? spacing / DOUBLE_A_GUESS_AFTER_MS : 0);
    };
    const end = (): void => {
      underWay -= 1;
      lastEnd = time.now();
      endTrial();
    };
    const another = async (): Promise<void> => {
      oneTaken();
      nextStart += spacing;
      if (spacing > 0) await time.sleep(Math.min(spacing, LONGEST_WITHIN_A_TURN_MS));
      if (mine !== stretch) throw new Overtaken();
    };

    return {
      next: async () => {
        if (calls > 0) await another();
        calls += 1;
      },
      taken: () => {
        oneTaken();
        // A look alone is no progress: there are vendors that take every look and no act.
        stuckSince = undefined;
        if (mine === stretch) ownPause = FIRST_PAUSE_MS;
        end();
      },
      refused: (askedMs) => {
        // Of a burst that was under way together, the first refusal says it all.
        if (mine === stretch) pauseFor(askedMs, calls);
        else nextStart = Math.max(nextStart, time.now() + (askedMs ?? 0));
        end();
      },
      lost: end,
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
      learned = undefined;
      spacing = 0;
      isGuess = true;
      nextStart = time.now();
    },
  };
}

/**
 * The space that the vendor has been seen to take: the calls of a stretch over its time, with the pause that it cost. Where the
 * pause was our own guess, that is no more than a hint.
 */
function spacingAfter(
  stretch: Stretch,
  { now, pause, spacing, isAsked }: { now: number; pause: number; spacing: number; isAsked: boolean },
): () => number {
  return () => {
    const { began, taken } = telling(stretch);
    const seen = taken > 0 ? (now - began + pause) / taken : 2 * spacing;
    if (isAsked) return atMost(Math.max(spacing, seen * MARGIN));
    if (spacing > 0) return atMost(Math.max(spacing, Math.min(seen * MARGIN, 2 * spacing)));
    return atMost(taken > 0 ? seen * MARGIN_OF_A_BURST : pause);
  };
}

const atMost = (spacing: number): number => Math.min(spacing, LONGEST_SPACING_MS);
