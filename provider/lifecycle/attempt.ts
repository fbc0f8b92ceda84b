import type { Attempt } from "../define";
import type { Api, ClockSkew } from "../define/api";
import { markOf } from "../define/mark";
import { freshKey } from "../calls/fresh-key";
import { keyDigest, type Note } from "./journal";

/** How far the vendor's clock and ours may differ where no answer has told. */
const UNMEASURED: ClockSkew = { atLeastMs: -60_000, atMostMs: 60_000 };
/**
 * The clock that dates an object may be another than the one that dates the vendor's answers. This is short on purpose:
 * an alike object that was there just before may be somebody else's.
 */
const VENDOR_CLOCKS_DIFFER_MS = 500;
/** An object that appeared later than this after the request was made by somebody else. */
const LONGEST_REQUEST_MS = 10 * 60_000;

/** The attempt that is about to be made. */
export function newAttempt(now: Date, origin: unknown, api: Api): Attempt {
  const key = freshKey();
  return attempt(now, api, key, (other) => other, markOf(origin, keyDigest(key)));
}

/** An attempt of an earlier process, as its note tells it: good for finding what it made, not for making. */
export function earlierAttempt({ startedAt, keyDigest: digest, origin }: Note, api: Api): Attempt {
  return attempt(new Date(startedAt), api, digest, keyDigest, markOf(origin, digest));
}

function attempt(
  startedAt: Date,
  api: Api,
  own: string,
  form: (key: string) => string,
  mark: string,
): Attempt {
  // Asked at every look: the search itself may be what tells the vendor's time.
  const window = (): { from: number; until: number } => {
    const { atLeastMs, atMostMs } = api.clockSkew() ?? UNMEASURED;
    const from = startedAt.getTime() + atLeastMs - VENDOR_CLOCKS_DIFFER_MS;
    return {
      // A vendor may date to the second.
      from: Math.floor(from / 1000) * 1000,
      until: startedAt.getTime() + atMostMs + LONGEST_REQUEST_MS,
    };
  };
  return {
    startedAt,
    freshKey: own,
    isOwnKey: (key) => form(key) === own,
    mark,
    isBefore: (createdAt) => Date.parse(createdAt ?? "") < window().from,
    couldHaveMade: (createdAt) => {
      const moment = Date.parse(createdAt ?? "");
      return moment >= window().from && moment <= window().until;
    },
  };
}
