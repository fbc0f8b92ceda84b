import type { Attempt } from "../define";
import type { Api, ClockSkew } from "../define/api";
import { markOf, ownerIn, ownerOf } from "../define/mark";
import { freshKey } from "../calls/fresh-key";
import { keyDigest, type Note } from "./journal";

/** How far the vendor's clock and ours may differ where no answer has told. */
const UNMEASURED: ClockSkew = { atLeastMs: -60_000, atMostMs: 60_000 };
/**
 * The clock that dates an object may be another than the one that dates the vendor's answers. This is short on purpose:
 * an alike object that was there just before may be somebody else's.
 */
const VENDOR_CLOCKS_DIFFER_MS = 500;
/** A vendor dates what it makes when it takes the request. What is older than this by then may be somebody else's. */
const PROMPT_MS = 5_000;
/** An object that appeared later than this after the request was made by somebody else. */
const LONGEST_REQUEST_MS = 10 * 60_000;
/** How far back an object is looked for of which only the engine's record tells. */
const DAY_MS = 24 * 60 * 60_000;

/** What an attempt is known by. */
interface Traces extends Pick<Attempt, "freshKey" | "isOwnKey" | "mark" | "isOwnMark"> {
  startedAt: Date;
  sentAt: () => Date;
  /** How long before it was begun, and after it was sent, the object may have been made. */
  beforeMs: number;
  afterMs: number;
}

/** The attempt that is about to be made, and what is to be called whenever its request is sent. */
export function newAttempt(now: Date, origin: unknown, place: string, api: Api): [Attempt, () => Date] {
  const key = freshKey();
  const mark = markOf(origin, place, keyDigest(key));
  let sentAt = now;
  const made = attempt(api, {
    ...knownBy(mark, key, (other) => other),
    startedAt: now,
    sentAt: () => sentAt,
  });
  return [made, () => (sentAt = new Date())];
}

/** An attempt of an earlier process, as its note tells it: good for finding what it made, not for making. */
export function earlierAttempt(note: Note, place: string, api: Api): Attempt {
  const { startedAt, sentAt = startedAt, keyDigest: digest, origin } = note;
  return attempt(api, {
    ...knownBy(markOf(origin, place, digest), digest, keyDigest),
    startedAt: new Date(startedAt),
    sentAt: () => new Date(sentAt),
  });
}

/** What one attempt, of this process or an earlier one, is known by. */
const knownBy = (mark: string, own: string, form: (key: string) => string) => ({
  freshKey: own,
  isOwnKey: (key: string) => form(key) === own,
  mark,
  isOwnMark: (other: string | undefined) => other === mark,
  beforeMs: VENDOR_CLOCKS_DIFFER_MS,
  afterMs: LONGEST_REQUEST_MS,
});

/**
 * An attempt of which only the engine's record tells that it was begun, on whatever machine: its object bears some mark of
 * the resource, and any key may be its own.
 * @param writtenAt when the engine last wrote that record
 */
export function unnotedAttempt(
  writtenAt: Date,
  now: Date,
  origin: unknown,
  place: string,
  api: Api,
): Attempt {
  const owner = ownerOf(origin, place);
  return attempt(api, {
    freshKey: "",
    isOwnKey: () => true,
    mark: "",
    isOwnMark: (mark = "") => owner !== undefined && ownerIn(mark) === owner,
    startedAt: writtenAt,
    sentAt: () => now,
    beforeMs: DAY_MS,
    afterMs: 0,
  });
}

function attempt(api: Api, { startedAt, sentAt, beforeMs, afterMs, ...known }: Traces): Attempt {
  // Asked at every look: the search itself may be what tells the vendor's time.
  const skew = (): ClockSkew => api.clockSkew() ?? UNMEASURED;
  // A vendor may date to the second.
  const from = (): number => Math.floor((startedAt.getTime() + skew().atLeastMs - beforeMs) / 1000) * 1000;
  const until = (ms: number): number => sentAt().getTime() + skew().atMostMs + ms;
  return {
    ...known,
    startedAt,
    isBefore: (createdAt) => Date.parse(createdAt ?? "") < from(),
    couldHaveMade: (createdAt) => {
      const moment = Date.parse(createdAt ?? "");
      return moment >= from() && moment <= until(afterMs);
    },
    isLate: (createdAt) => Date.parse(createdAt ?? "") > until(PROMPT_MS),
  };
}
