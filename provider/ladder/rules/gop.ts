/** Keyframes: how far apart, and whether the rungs meet in them. */
import { exact, exactSeconds, isMultiple, isSame } from "../rate";
import type { Fraction } from "../rate";
import { eachRung, fault, formatNumber, has, put } from "../rule";
import type { FaultDetails, KnownContext, Rule } from "../rule";
import type { GopView, RungField, RungView } from "../view";
import { groups } from "./choice";

const GOP = ["gopFrames", "keyframeIntervalSeconds", "fps"] as const satisfies readonly RungField[];

type Timed = RungView & { gop: GopView };

const isTimed = (rung: RungView): rung is Timed => rung.gop !== undefined;

/** Where the user wrote the GOP. */
const gopField = (rung: RungView): RungField =>
  rung.isWritten("gopFrames") || !rung.takes("keyframeIntervalSeconds")
    ? "gopFrames"
    : "keyframeIntervalSeconds";

/** A GOP in seconds and, where the rate is known, in frames. */
function length(seconds: Fraction, frames?: number): string {
  const time = `${formatNumber(seconds.valueOf())} s`;
  return frames === undefined ? time : `${time} (${formatNumber(frames)} frames)`;
}

const inFrames = (seconds: Fraction, rate: Fraction | undefined): number | undefined =>
  rate && seconds.mul(rate).valueOf();

/** The suggestion to make a GOP this long; none where that is no whole number of the rung's frames. */
function useGop(rung: RungView, seconds: Fraction): { words: string } & Pick<FaultDetails, "suggest"> {
  const frames = inFrames(seconds, rung.rate);
  const words = `use ${length(seconds, frames)}`;
  if (frames !== undefined && Math.abs(frames - Math.round(frames)) > 1e-6) {
    const field = gopField(rung);
    return field === "gopFrames" ? { words: "give them one frame rate" } : { words };
  }
  const field = gopField(rung);
  const value = field === "gopFrames" ? Math.round(frames ?? 0) : Math.round(seconds.valueOf() * 1e6) / 1e6;
  return { words, suggest: [put(rung, field, value)] };
}

/** The whole number of frames closest to a length, as seconds at the rung's rate. */
function nearest(seconds: Fraction, rate: Fraction | undefined): Fraction {
  if (rate === undefined) return seconds;
  return rate.inverse().mul(Math.max(1, Math.round(seconds.mul(rate).valueOf())));
}

const gopTwice = {
  id: "gop-frames-and-seconds",
  severity: "error",
  about:
    "A GOP that is given in frames and in seconds is the same in both: otherwise nobody can say which is meant.",
  source: "what the words mean",
  reads: GOP,
  unless: ["positive-number"],
  check: eachRung((rung) => {
    if (!isTimed(rung) || !has(rung, "gopFrames") || rung.keyframeIntervalSeconds === undefined) return [];
    const { gop, keyframeIntervalSeconds, gopFrames } = rung;
    if (
      rung.rate === undefined ||
      gop.seconds.mul(1000).sub(exactSeconds(keyframeIntervalSeconds).mul(1000)).abs().valueOf() <=
        1000 / (2 * rung.rate.valueOf())
    )
      return [];
    const message =
      `${gopFrames} frames are ${formatNumber(gop.seconds.valueOf())} s, and ${keyframeIntervalSeconds} s are given; ` +
      "leave one of them out";
    return [fault(rung, "gopFrames", message, { suggest: [{ path: rung.at("keyframeIntervalSeconds") }] })];
  }),
} as const satisfies Rule;

const gopWholeFrames = {
  id: "gop-whole-frames",
  severity: "warning",
  about:
    "A GOP is a whole number of frames: an encoder rounds any other length, and rungs of different rates then round apart.",
  source:
    "x264 and x265 (--keyint counts frames); FFmpeg -g; AWS MediaLive, H264Settings.gopSize (rounded to frames)",
  reads: GOP,
  unless: ["positive-number", "gop-frames-and-seconds", "whole-number"],
  check: eachRung((rung) => {
    const { gop, rate } = rung;
    if (gop?.frames === undefined || rate === undefined || Number.isInteger(gop.frames)) return [];
    const seconds = (frames: number): Fraction => rate.inverse().mul(frames);
    const [down, up] = [Math.floor(gop.frames), Math.ceil(gop.frames)].map((frames) =>
      Math.max(1, frames),
    ) as [number, number];
    const offers = [...new Set([down, up])].map((frames) => length(seconds(frames), frames)).join(" or ");
    const { suggest } = useGop(rung, nearest(gop.seconds, rate));
    return [
      fault(
        rung,
        gopField(rung),
        `${formatNumber(gop.seconds.valueOf())} s is ${formatNumber(gop.frames)} frames at ${formatNumber(rate.valueOf())} fps; use ${offers}`,
        { cause: `${gop.frames}`, ...(suggest ? { suggest } : {}) },
      ),
    ];
  }),
} as const satisfies Rule;

/** Longest keyframe distance that needs no word, in seconds, and what 1001/1000 makes of it. */
const LONGEST = 4 * 1.001;

const keyframeIntervalLength = {
  id: "keyframe-interval-length",
  severity: "warning",
  about:
    "A keyframe comes every 0.5 to 4 seconds: rarer ones make joining and switching slow, more frequent ones waste bitrate and are usually a GOP given in seconds where frames are meant.",
  source:
    "Apple HLS Authoring Specification, item 1.13 (SHOULD, every two seconds); YouTube Live, Choose live encoder settings (2 s recommended, not above 4 s)",
  reads: GOP,
  unless: ["positive-number", "gop-frames-and-seconds"],
  check: eachRung((rung) => {
    if (!isTimed(rung)) return [];
    const { gop, rate } = rung;
    const seconds = gop.seconds.valueOf();
    if (seconds >= 0.5 - 1e-9 && seconds <= LONGEST) return [];
    const { words, suggest } = useGop(rung, nearest(exact(2), rate));
    const message = `a keyframe every ${length(gop.seconds, gop.frames)}; ${words}`;
    return [
      fault(rung, gopField(rung), message, { cause: formatNumber(seconds), ...(suggest ? { suggest } : {}) }),
    ];
  }),
} as const satisfies Rule;

const bFramesInGop = {
  id: "bframes-in-gop",
  severity: "error",
  about:
    "Fewer B-frames follow each other than a GOP has frames: every B-frame needs a frame on either side to refer to.",
  source:
    "ITU-T H.264 (08/2021) 7.4.3 and H.265 (08/2021) 8.1 (order of decoding) [from the standards, not re-read here: docs/sheets/ladders.md, section 4]; x264 (--bframes below --keyint)",
  reads: [...GOP, "bFrames"],
  unless: ["positive-number", "whole-number", "gop-frames-and-seconds", "bframes-of-profile"],
  check: eachRung((rung) => {
    const frames = rung.gopFrames ?? rung.gop?.frames;
    const { bFrames = 0 } = rung;
    if (frames === undefined || bFrames === 0 || bFrames < frames) return [];
    const use = Math.max(0, Math.min(2, Math.ceil(frames) - 2));
    const message = `${bFrames} B-frames do not fit a GOP of ${formatNumber(frames)} frames; use ${use}`;
    return [fault(rung, "bFrames", message, { cause: `${frames}`, use })];
  }),
} as const satisfies Rule;

/** Longest segment over which rungs are expected to meet in a keyframe, where the real length is not stated. */
const LONGEST_SEGMENT_SECONDS = 10;

/** A rung whose GOP is not the usual one of its codec, and how often it meets that one. */
interface OffBeat {
  readonly rung: Timed;
  readonly usual: Fraction;
  readonly meets: Fraction;
}

function offBeat(rungs: readonly RungView[]): OffBeat[] {
  return groups(rungs).flatMap((group) => {
    const timed = group.filter(isTimed);
    const usual = mostCommon(timed.map(({ gop }) => gop.seconds));
    if (usual === undefined) return [];
    return timed
      .filter(({ gop }) => !isSame(gop.seconds, usual))
      .map((rung) => ({ rung, usual, meets: rung.gop.seconds.lcm(usual) }));
  });
}

/** The length that most others equal; of several the first. */
function mostCommon(values: readonly Fraction[]): Fraction | undefined {
  const count = (value: Fraction) => values.filter((candidate) => isSame(candidate, value)).length;
  return values.toSorted((a, b) => count(b) - count(a))[0];
}

/** True when rungs that meet so often can be cut at the same points. */
function isOften(meets: Fraction, { segmentSeconds = LONGEST_SEGMENT_SECONDS }: KnownContext): boolean {
  return meets.valueOf() <= segmentSeconds * 1.0011;
}

const ACROSS = [...GOP, "codec", "range", "protocol"] as const satisfies readonly RungField[];
const EXPLAINED = ["positive-number", "gop-frames-and-seconds", "gop-whole-frames"];

const keyframeAlignment = {
  id: "keyframe-alignment",
  severity: "error",
  about:
    "All rungs of a codec have a keyframe at the same moment at least once a segment (every 10 s where its length is not stated): a segment starts with one, so rungs that never meet cannot be cut at the same points, and players stall on the switch.",
  source:
    "Apple HLS Authoring Specification, items 7.4 (segments MUST start with an IDR) and 8.22 (same boundaries); DASH-IF IOP, segments must be aligned [from memory: docs/sheets/ladders.md, section 3]",
  reads: ACROSS,
  unless: EXPLAINED,
  check: ({ rungs }, context) =>
    context.isSegmentOpen
      ? []
      : offBeat(rungs)
          .filter(({ meets }) => !isOften(meets, context))
          .map(({ rung, usual }) => {
            const within = context.segmentSeconds ?? LONGEST_SEGMENT_SECONDS;
            const { words, suggest } = useGop(rung, usual);
            return fault(
              rung,
              gopField(rung),
              `a keyframe every ${length(rung.gop.seconds, rung.gop.frames)} does not meet those of the other rungs ` +
                `(every ${formatNumber(usual.valueOf())} s) within ${formatNumber(within)} s; ${words}`,
              {
                cause: `${rung.gop.seconds.toFraction()} ${usual.toFraction()}`,
                ...(suggest ? { suggest } : {}),
              },
            );
          }),
} as const satisfies Rule;

const keyframeIntervalEqual = {
  id: "keyframe-interval-equal",
  severity: "warning",
  about:
    "The keyframe distances of a codec's rungs are equal in seconds, or one a multiple of the other: otherwise they meet seldom, and segments can start only there. At 60 fps that takes twice the frames of 30 fps.",
  source: "Apple HLS Authoring Specification, items 1.13 and 8.22 (SHOULD)",
  reads: ACROSS,
  unless: [...EXPLAINED, "keyframe-alignment"],
  check: ({ rungs }, context) =>
    context.isSegmentOpen
      ? []
      : offBeat(rungs)
          .filter(
            ({ rung, usual, meets }) => isOften(meets, context) && !isWholeTimes(rung.gop.seconds, usual),
          )
          .map(({ rung, usual, meets }) => {
            const { words, suggest } = useGop(rung, usual);
            return fault(
              rung,
              gopField(rung),
              `a keyframe every ${length(rung.gop.seconds, rung.gop.frames)}, other rungs every ${formatNumber(usual.valueOf())} s, ` +
                `so they meet only every ${formatNumber(meets.valueOf())} s; ${words}`,
              {
                cause: `${rung.gop.seconds.toFraction()} ${usual.toFraction()}`,
                ...(suggest ? { suggest } : {}),
              },
            );
          }),
} as const satisfies Rule;

const isWholeTimes = (a: Fraction, b: Fraction): boolean => isMultiple(a, b) || isMultiple(b, a);

const keyframeDividesSegment = {
  id: "keyframe-divides-segment",
  severity: "warning",
  about:
    "A GOP is no longer than a segment, where its length is stated: a packager cuts at keyframes only, so a segment is a whole number of GOPs, whatever its seconds, and at least one.",
  source:
    "Apple HLS Authoring Specification, items 7.4 and 7.7; RFC 8216, 4.3.3.1 (EXT-X-TARGETDURATION bounds every segment)",
  reads: GOP,
  unless: [...EXPLAINED, "keyframe-interval-length", "keyframe-alignment"],
  check: eachRung((rung, { segmentSeconds }) => {
    if (segmentSeconds === undefined || !isTimed(rung)) return [];
    const { gop, rate } = rung;
    if (gop.seconds.valueOf() <= segmentSeconds * 1.0011) return [];
    const most =
      rate === undefined
        ? exactSeconds(segmentSeconds)
        : rate.inverse().mul(Math.max(1, Math.floor(segmentSeconds * rate.valueOf() * 1.0011)));
    const { words, suggest } = useGop(rung, most);
    const message = `a keyframe every ${length(gop.seconds, gop.frames)} leaves no segment of ${formatNumber(segmentSeconds)} s; ${words}`;
    return [
      fault(rung, gopField(rung), message, {
        cause: gop.seconds.toFraction(),
        ...(suggest ? { suggest } : {}),
      }),
    ];
  }),
} as const satisfies Rule;

/** Rules about the GOP of one rung. */
export const gopRules = [gopTwice, gopWholeFrames, bFramesInGop, keyframeIntervalLength] as const;
/** Rules about the GOPs of all rungs. */
export const gopsRules = [keyframeAlignment, keyframeIntervalEqual, keyframeDividesSegment] as const;
