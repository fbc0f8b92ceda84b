/** Rules that only show when rungs are held against each other. */
import { fault, has, interval, formatNumber } from "./rules-of-a-rung";
import type { Fault, LadderContext, Rule } from "./rule";
import type { RungView } from "./view";

/** The video rungs a player chooses from together, in their order. Rungs whose group is not known are left out. */
function groups(rungs: readonly RungView[]): RungView[][] {
  const known = rungs.filter(({ kind, group }) => kind === "video" && group !== undefined);
  return alike(known, ({ group = "" }) => group);
}

/** The rungs in groups of one key each, in the order in which the keys first come. */
function alike(rungs: readonly RungView[], key: (rung: RungView) => string): RungView[][] {
  return [...new Set(rungs.map(key))].map((value) => rungs.filter((rung) => key(rung) === value));
}

const rungOrder = {
  id: "rung-order",
  severity: "warning",
  about:
    "Rungs stand in one order, lowest first or highest first: the first variant is where players start, and a rung out of line is usually a slip.",
  source: "Apple HLS Authoring Specification, item 1.32 (the first listed is the default)",
  check: ({ rungs }) =>
    groups(rungs).flatMap((group) => {
      const steps = pairs(group.filter((rung) => has(rung, "height"))).map(([a, b]) => ({
        rung: b,
        up: direction(a, b),
      }));
      const first = steps.find(({ up }) => up !== 0);
      const turn = steps.find(({ up }) => up !== 0 && up !== first?.up);
      if (first === undefined || turn === undefined) return [];
      const way = first.up > 0 ? "rise" : "fall";
      return [
        fault(
          turn.rung,
          "height",
          `the rungs before it ${way} and this one does not; order them all one way`,
        ),
      ];
    }),
} as const satisfies Rule;

/** 1 when b is the higher rung, -1 when it is the lower one, 0 when they are level or that is not known. */
function direction(a: RungView, b: RungView): number {
  const rise = (b.height ?? 0) - (a.height ?? 0);
  return Math.sign(rise !== 0 ? rise : (b.bitrateKbps ?? 0) - (a.bitrateKbps ?? 0));
}

/** Each item with the one after it. */
function pairs<T>(items: readonly T[]): [T, T][] {
  return items.slice(1).map((item, index) => [items[index] as T, item]);
}

const duplicateRung = {
  id: "duplicate-rung",
  severity: "error",
  about:
    "No two rungs have the same codec, size, rate and bitrate (for audio: codec, channels, sample rate, bitrate): the second costs an encode and gives no choice.",
  source:
    "RFC 8216, EXT-X-STREAM-INF (a variant is a choice) [from memory]; hard because nothing can tell the two apart",
  check: ({ rungs }) =>
    repeated(rungs.filter(isIdentified), identity).map(([rung, earlier]) =>
      fault(
        rung,
        rung.kind === "video" ? "bitrateKbps" : "audio.bitrateKbps",
        `the same as rung "${earlier.label}"; drop one, or change its bitrate`,
      ),
    ),
} as const satisfies Rule;

function isIdentified({ kind, isOpen, height, audio }: RungView): boolean {
  return !isOpen && (kind === "video" ? height !== undefined : audio?.bitrateKbps !== undefined);
}

function identity({ kind, group, width, height, fps, bitrateKbps, audio }: RungView): string {
  return JSON.stringify(
    kind === "video"
      ? [kind, group, width, height, fps, bitrateKbps]
      : [kind, group, audio?.codec, audio?.channels, audio?.sampleRateHz, audio?.bitrateKbps],
  );
}

/** Every rung whose key an earlier one already had, with that earlier one. */
function repeated(rungs: readonly RungView[], key: (rung: RungView) => string): [RungView, RungView][] {
  return alike(rungs, key).flatMap(([first, ...rest]) =>
    first === undefined ? [] : rest.map((rung): [RungView, RungView] => [rung, first]),
  );
}

const duplicateName = {
  id: "duplicate-name",
  severity: "warning",
  about: "No two rungs have the same name: names end up in paths, playlists and dashboards.",
  source: "ours",
  check: ({ rungs }) =>
    repeated(
      rungs.filter(({ name }) => name !== undefined && name !== ""),
      ({ name = "" }) => name,
    ).map(([rung]) => fault(rung, "name", "an earlier rung has that name; give each its own")),
} as const satisfies Rule;

const aspectRatio = {
  id: "aspect-ratio",
  severity: "warning",
  about:
    "All rungs have one aspect ratio (within 2 %, for rounding to even sizes): otherwise the picture jumps or is distorted on a switch.",
  source: "Apple HLS Authoring Specification, item 1.33 (SHOULD)",
  check: ({ rungs }) => {
    const sized = rungs.filter((rung) => has(rung, "width", "height"));
    const [largest] = sized.toSorted((a, b) => b.width * b.height - a.width * a.height);
    if (largest === undefined) return [];
    const ratio = largest.width / largest.height;
    return sized.flatMap((rung) => {
      if (Math.abs(rung.width / rung.height / ratio - 1) <= 0.02) return [];
      const width = Math.round((rung.height * ratio) / 2) * 2;
      return [
        fault(
          rung,
          "width",
          `${rung.width}x${rung.height} is ${formatNumber(rung.width / rung.height)}:1, the largest rung ` +
            `(${largest.width}x${largest.height}) is ${formatNumber(ratio)}:1; use width ${width}`,
        ),
      ];
    });
  },
} as const satisfies Rule;

const bitrateFallsWithSize = {
  id: "bitrate-falls-with-size",
  severity: "error",
  about:
    "A rung that is larger and at least as fast has at least the bitrate of the smaller one in its codec: players choose by bitrate and would show the worse picture on the better line.",
  source:
    "RFC 8216, EXT-X-STREAM-INF (players switch by BANDWIDTH) [from memory]; no published ladder breaks it",
  check: ({ rungs }) =>
    groups(rungs).flatMap((group) => {
      const rated = group.filter((rung) => has(rung, "height", "bitrateKbps"));
      return rated.flatMap((rung) => {
        const [above] = rated
          .filter((smaller) => isLarger(rung, smaller) && smaller.bitrateKbps > rung.bitrateKbps)
          .toSorted((a, b) => b.bitrateKbps - a.bitrateKbps);
        return above === undefined
          ? []
          : [
              fault(
                rung,
                "bitrateKbps",
                `${rung.bitrateKbps} kbps is less than the smaller rung "${above.label}" has (${above.bitrateKbps} kbps); ` +
                  `use at least ${above.bitrateKbps}`,
              ),
            ];
      });
    }),
} as const satisfies Rule;

/** True when a has the larger picture and is not slower. Sides or rates that neither rung states do not count. */
function isLarger(a: RungView & { height: number }, b: RungView & { height: number }): boolean {
  const comparable =
    (a.width === undefined) === (b.width === undefined) && (a.fps === undefined) === (b.fps === undefined);
  return (
    comparable && a.height > b.height && (a.width ?? 0) >= (b.width ?? 0) && (a.fps ?? 0) >= (b.fps ?? 0)
  );
}

/** How many times the next lower bitrate a rung may have. Apple recommends 1.5 to 2; its own tables use 1.29 to 2.52. */
const STEP = { least: 1.2, most: 3 } as const;

const bitrateStep = {
  id: "bitrate-step",
  severity: "warning",
  about:
    "Each bitrate is 1.2 to 3 times the next lower one of its codec: closer rungs give a player no reason to switch, wider ones make it jump or stall.",
  source:
    "Apple TN2224 (adjacent bitrates 1.5 to 2 apart) [from memory]; bounds widened to take in the tables of HLS Authoring Specification, item 1.25",
  check: ({ rungs }) =>
    groups(rungs).flatMap((group) => {
      const rated = group.filter((rung) => has(rung, "bitrateKbps"));
      // A rung whose bitrate is not known yet may stand in any gap.
      if (rated.length < group.length || rungs.some((rung) => rung.group === undefined && rung.isOpen))
        return [];
      return pairs(rated.toSorted((a, b) => a.bitrateKbps - b.bitrateKbps)).flatMap(([lower, rung]) =>
        step(lower, rung),
      );
    }),
} as const satisfies Rule;

type Rated = RungView & { bitrateKbps: number };

function step(lower: Rated, rung: Rated): Fault[] {
  const times = rung.bitrateKbps / lower.bitrateKbps;
  if ((times >= STEP.least && times <= STEP.most) || isSameChoice(lower, rung)) return [];
  const least = Math.ceil(lower.bitrateKbps * STEP.least);
  const most = Math.floor(lower.bitrateKbps * STEP.most);
  return [
    fault(
      rung,
      "bitrateKbps",
      `${rung.bitrateKbps} kbps is ${formatNumber(times)} times the ${lower.bitrateKbps} kbps of rung "${lower.label}"; ` +
        `use ${least} to ${most}, or ${times > STEP.most ? "add a rung between" : "drop one"}`,
    ),
  ];
}

/** Duplicates are reported as such, not as a step of one. */
function isSameChoice(a: RungView, b: RungView): boolean {
  return isIdentified(a) && isIdentified(b) && identity(a) === identity(b);
}

const fpsFamily = {
  id: "fps-family",
  severity: "warning",
  about:
    "Every frame rate divides the highest one (60, 30, 15; 50, 25; 48, 24): one source gives the others only by repeating or dropping frames unevenly, which judders.",
  source: "Apple HLS Authoring Specification, items 1.16 to 1.18 (natural rates) and 1.31 (rates MAY differ)",
  check: ({ rungs }) => {
    const rated = rungs.filter((rung) => has(rung, "fps"));
    const highest = Math.max(...rated.map(({ fps }) => fps));
    return rated
      .filter(({ fps }) => !isWhole(highest / fps))
      .map((rung) =>
        fault(
          rung,
          "fps",
          `${formatNumber(rung.fps)} fps does not divide the ladder's highest rate of ${formatNumber(highest)} fps; ` +
            `use ${formatNumber(highest)} or ${formatNumber(highest / 2)}`,
        ),
      );
  },
} as const satisfies Rule;

/** True when a ratio is a whole number, but for the digits that nobody writes (29.97 for 30000/1001). */
function isWhole(ratio: number): boolean {
  return Math.abs(ratio - Math.round(ratio)) <= 1e-4 * ratio;
}

/** Longest segment over which rungs are expected to meet in a keyframe, where the real length is not known. */
const LONGEST_SEGMENT_SECONDS = 10;

const keyframeAlignment = {
  id: "keyframe-alignment",
  severity: "error",
  about:
    "All rungs have a keyframe at the same moment at least once a segment (every 10 s where its length is not known): a segment starts with one, so rungs that never meet cannot be cut at the same points, and players stall on the switch.",
  source:
    "Apple HLS Authoring Specification, items 7.4 (segments MUST start with an IDR) and 8.22 (same boundaries); DASH-IF IOP, segments must be aligned [from memory]",
  check: ({ rungs }, context) =>
    offBeat(rungs, context)
      .filter(({ meets }) => !meets)
      .map(({ rung, usual, within }) =>
        fault(
          rung,
          "keyframeIntervalSeconds",
          `a keyframe every ${interval(rung.keyframeIntervalSeconds, rung.fps)} does not meet those of the other rungs ` +
            `(every ${formatNumber(usual)} s) within ${formatNumber(within)} s; use ${interval(usual, rung.fps)}`,
        ),
      ),
} as const satisfies Rule;

type Timed = RungView & { keyframeIntervalSeconds: number };

/** A rung whose keyframe distance is not the usual one of its ladder, and whether it meets that one within a segment. */
interface OffBeat {
  readonly rung: Timed;
  readonly usual: number;
  readonly within: number;
  readonly meets: boolean;
}

function offBeat(rungs: readonly RungView[], { segmentSeconds }: LadderContext): OffBeat[] {
  const timed = rungs.filter((rung) => has(rung, "keyframeIntervalSeconds"));
  const usual = mostCommon(timed.map(({ keyframeIntervalSeconds }) => keyframeIntervalSeconds));
  const within = segmentSeconds ?? LONGEST_SEGMENT_SECONDS;
  const cuts = segmentSeconds === undefined ? multiples : () => [within];
  return timed
    .filter(({ keyframeIntervalSeconds }) => !isEqual(keyframeIntervalSeconds, usual))
    .map((rung) => {
      const own = rung.keyframeIntervalSeconds;
      const meets = cuts(usual, within).some((cut) => isWhole(cut / usual) && isWhole(cut / own));
      return { rung, usual, within, meets };
    });
}

/** The moments up to `limit` at which a keyframe comes, in seconds. */
function multiples(seconds: number, limit: number): number[] {
  return Array.from({ length: Math.floor(limit / seconds + 1e-4) }, (_, index) => (index + 1) * seconds);
}

function isEqual(a: number, b: number): boolean {
  return Math.abs(a - b) <= 1e-4 * Math.max(a, b);
}

const keyframeIntervalEqual = {
  id: "keyframe-interval-equal",
  severity: "warning",
  about:
    "All rungs have the same keyframe distance in seconds: distances that differ but meet still leave the packager to find the common ones. At 60 fps that takes twice the frames of 30 fps.",
  source: "Apple HLS Authoring Specification, items 1.13 and 8.22 (SHOULD)",
  check: ({ rungs }, context) =>
    offBeat(rungs, context)
      .filter(({ meets }) => meets)
      .map(({ rung, usual }) =>
        fault(
          rung,
          "keyframeIntervalSeconds",
          `a keyframe every ${interval(rung.keyframeIntervalSeconds, rung.fps)}, other rungs every ${formatNumber(usual)} s; ` +
            `use ${interval(usual, rung.fps)}`,
        ),
      ),
} as const satisfies Rule;

/** The value that most others equal; of several the first. */
function mostCommon(values: readonly number[]): number {
  const count = (value: number) => values.filter((candidate) => isEqual(candidate, value)).length;
  return values.toSorted((a, b) => count(b) - count(a))[0] ?? 0;
}

const keyframeDividesSegment = {
  id: "keyframe-divides-segment",
  severity: "warning",
  about:
    "The keyframe distance divides the segment length, where that is known: a packager cuts at keyframes only, so segments come out longer or uneven.",
  source:
    "Google Cloud Live Stream API v1, SegmentSettings.segmentDuration (must be divisible by gopDuration); Apple HLS Authoring Specification, item 7.7",
  check: ({ rungs }, { segmentSeconds }) =>
    rungs.flatMap((rung) => {
      if (segmentSeconds === undefined || !has(rung, "keyframeIntervalSeconds")) return [];
      if (isWhole(segmentSeconds / rung.keyframeIntervalSeconds)) return [];
      const whole = Math.max(1, Math.round(segmentSeconds / rung.keyframeIntervalSeconds));
      return [
        fault(
          rung,
          "keyframeIntervalSeconds",
          `a keyframe every ${interval(rung.keyframeIntervalSeconds, rung.fps)} does not divide segments of ` +
            `${formatNumber(segmentSeconds)} s; use ${interval(segmentSeconds / whole, rung.fps)}`,
        ),
      ];
    }),
} as const satisfies Rule;

const audioLayoutEqual = {
  id: "audio-layout-equal",
  severity: "warning",
  about:
    "The rungs' audio has one channel count and one sample rate (bitrates may differ): a switch that changes either is heard as a gap or click.",
  source: "Apple HLS Authoring Specification, item 2.11 (a layout change MUST come with a discontinuity)",
  check: ({ rungs }) =>
    (["channels", "sampleRateHz"] as const).flatMap((field) => {
      const heard = rungs.flatMap((rung) => {
        const value = rung.audio?.[field];
        return value === undefined ? [] : [{ rung, value }];
      });
      const usual = mostCommon(heard.map(({ value }) => value));
      return heard
        .filter(({ value }) => value !== usual)
        .map(({ rung, value }) =>
          fault(rung, `audio.${field}`, `${field} ${value}, other rungs have ${usual}; use ${usual}`),
        );
    }),
} as const satisfies Rule;

/** Rules over several rungs, in the order in which they are reported. */
export const rulesAcrossRungs = [
  rungOrder,
  duplicateRung,
  duplicateName,
  aspectRatio,
  bitrateFallsWithSize,
  bitrateStep,
  fpsFamily,
  keyframeAlignment,
  keyframeIntervalEqual,
  keyframeDividesSegment,
  audioLayoutEqual,
] as const;
