import type { ClockSkew } from "../define/api";

/**
 * The vendor's clock, measured and not assumed: every answer carries its time to the second (`Date`, RFC 9110, section
 * 6.6.1). An answer that is older than it says, out of a cache, tells by its `Age`.
 */
export interface VendorClock {
  /** Learns from an answer: our clock when it was asked for and when it came, in milliseconds. */
  learn(sentAt: number, receivedAt: number, headers: Record<string, string>): void;
  /** Undefined while no answer has told. */
  skew(): ClockSkew | undefined;
}

/** The clock of an account's vendor. */
export function vendorClock(): VendorClock {
  let known: ClockSkew | undefined;
  return {
    learn: (sentAt, receivedAt, { date, age }) => {
      const second = Date.parse(date ?? "");
      if (Number.isNaN(second) || age !== undefined) return;
      const seen = { atLeastMs: second - receivedAt, atMostMs: second + 999 - sentAt };
      known = known && narrowed(known, seen);
      known ??= seen;
    },
    skew: () => known,
  };
}

/** What both measurements allow; undefined when a clock was set in between. */
function narrowed(a: ClockSkew, b: ClockSkew): ClockSkew | undefined {
  const both = {
    atLeastMs: Math.max(a.atLeastMs, b.atLeastMs),
    atMostMs: Math.min(a.atMostMs, b.atMostMs),
  };
  return both.atLeastMs <= both.atMostMs ? both : undefined;
}
