import type { Attempt } from "../define";
import { markOf } from "../define/mark";
import { freshKey } from "../calls/fresh-key";
import { keyDigest, type Note } from "./journal";

/** How far the vendor's clock and ours may differ. */
const CLOCK_SKEW_MS = 60_000;
/** An object that appeared later than this after the request was made by somebody else. */
const LONGEST_REQUEST_MS = 10 * 60_000;

/** The attempt that is about to be made. */
export function newAttempt(now: Date, origin: unknown): Attempt {
  const key = freshKey();
  return attempt(now, key, (other) => other, markOf(origin, keyDigest(key)));
}

/** An attempt of an earlier process, as its note tells it: good for finding what it made, not for making. */
export function earlierAttempt({ startedAt, keyDigest: digest, origin }: Note): Attempt {
  return attempt(new Date(startedAt), digest, keyDigest, markOf(origin, digest));
}

function attempt(startedAt: Date, own: string, form: (key: string) => string, mark: string): Attempt {
  const from = startedAt.getTime() - CLOCK_SKEW_MS;
  const until = startedAt.getTime() + LONGEST_REQUEST_MS;
  return {
    startedAt,
    freshKey: own,
    isOwnKey: (key) => form(key) === own,
    mark,
    isBefore: (createdAt) => Date.parse(createdAt ?? "") < from,
    couldHaveMade: (createdAt) => {
      const moment = Date.parse(createdAt ?? "");
      return moment >= from && moment <= until;
    },
  };
}
