/** The level, and what it takes. */
import type { Tier, VideoCodec } from "../ladder";
import {
  bitrateFactor,
  findLevel,
  fitsFrame,
  frameLoad,
  levelUnit,
  maxRefFrames,
  smallestLevel,
  tierLimits,
} from "../levels";
import type { Level } from "../levels";
import { eachRung, fault, formatNumber, put } from "../rule";
import type { FaultDetails, Fault, Rule } from "../rule";
import type { RungField, RungView } from "../view";
import { fillRate } from "./bitrate";
import { isVideoCodec } from "./profile";

const levelKnown = {
  id: "level-known",
  severity: "warning",
  about:
    "The level is one that the codec's standard has: an encoder guesses or fails on any other, and its limits cannot be checked.",
  source: "ITU-T H.264 (08/2021) Table A-1, ITU-T H.265 (08/2021) Table A.8, AV1 specification A.3",
  reads: ["codec", "level"],
  check: eachRung((rung) => {
    const { codec, level } = rung;
    if (!isVideoCodec(codec) || level === undefined || level === "auto" || findLevel(codec, level)) return [];
    const message = `"${level}" is no level of ${codec}, so nothing is held against it; levels are written like "4.1"`;
    const { width, height } = rung;
    const isSized = width !== undefined && height !== undefined;
    const use = isSized ? smallestLevel(codec, demand({ ...rung, codec, width, height }))?.name : undefined;
    return [fault(rung, "level", message, { cause: level, ...(use === undefined ? {} : { use }) })];
  }),
} as const satisfies Rule;

type Coded = RungView & { codec: VideoCodec };
type Sized = Coded & { width: number; height: number };

/** Runs a check of the level on the rungs that state one of their codec's. */
function eachLevelled<R extends Coded>(
  is: (rung: RungView) => rung is R,
  check: (rung: R, level: Level) => Fault[],
) {
  return eachRung((rung) => {
    if (!is(rung) || rung.level === undefined) return [];
    const level = findLevel(rung.codec, rung.level);
    return level === undefined ? [] : check(rung, level);
  });
}

const isCoded = (rung: RungView): rung is Coded => isVideoCodec(rung.codec);
const isSized = (rung: RungView): rung is Sized =>
  isCoded(rung) && (rung.width ?? 0) > 0 && (rung.height ?? 0) > 0;

function demand(rung: Sized) {
  const { width, height, fps, profile, bufferKbit, refFrames } = rung;
  return {
    width,
    height,
    fps,
    profile,
    tier: tierOf(rung),
    bitrateKbps: fillRate(rung),
    bufferKbit,
    refFrames,
  };
}

/** The tier that a rung states; undefined where it states none or one that there is not. */
function tierOf({ tier }: RungView): Tier | undefined {
  return tier === "main" || tier === "high" ? tier : undefined;
}

/** What would take the rung: `use level 4.1`, and the same as a suggestion. */
function advice(rung: Coded): { words: string } & Pick<FaultDetails, "suggest"> {
  if (!isSized(rung)) return { words: "use a higher level" };
  const smallest = smallestLevel(rung.codec, demand(rung));
  return smallest === undefined
    ? { words: `no ${rung.codec} level takes it` }
    : { words: `use level ${smallest.name}`, suggest: [put(rung, "level", smallest.name)] };
}

const levelSizeRate = {
  id: "level-size-rate",
  severity: "error",
  about:
    "The level takes the frame size and the frame rate: hardware encoders refuse what it does not, and decoders may fail on it.",
  source:
    "ITU-T H.264 (08/2021) Table A-1 (MaxFS, MaxMBPS), ITU-T H.265 (08/2021) Table A.8 (MaxLumaPs) and Table A.9 (MaxLumaSr), AV1 specification A.3 (MaxPicSize, MaxDisplayRate)",
  reads: ["codec", "level", "width", "height", "fps"],
  unless: ["positive-number"],
  check: eachLevelled(isSized, (rung, level) => {
    const { codec, width, height, fps = 0 } = rung;
    const frame = frameLoad(codec, width, height);
    const { words, ...change } = advice(rung);
    const details = { cause: level.name, ...change };
    if (!fitsFrame(codec, level, width, height)) {
      const message = `${width}x${height} is ${frame} ${levelUnit[codec]}, level ${level.name} takes ${level.maxFrame} a frame; ${words}`;
      return [fault(rung, "level", message, details)];
    }
    if (frame * fps <= level.maxRate) return [];
    const message =
      `${width}x${height} at ${formatNumber(fps)} fps is ${formatNumber(frame * fps)} ${levelUnit[codec]} a second, ` +
      `level ${level.name} takes ${level.maxRate}; ${words}`;
    return [fault(rung, "level", message, details)];
  }),
} as const satisfies Rule;

const tierOfLevel = {
  id: "tier-of-level",
  severity: "error",
  about: "A tier is one that the level has: H.265 and AV1 have a High tier from level 4 up, H.264 has none.",
  source: "ITU-T H.265 (08/2021) Table A.9, AV1 specification A.3",
  reads: ["codec", "level", "tier"],
  check: eachRung((rung) => {
    const { codec, tier, level } = rung;
    if (!isVideoCodec(codec) || tier === undefined) return [];
    if (codec === "h264")
      return [
        fault(rung, "tier", "H.264 has no tiers; leave it out", {
          cause: codec,
          suggest: [{ path: rung.at("tier") }],
        }),
      ];
    if (tierOf(rung) === undefined)
      return [fault(rung, "tier", `"${tier}" is no tier; use main or high`, { cause: tier, use: "main" })];
    const found = level === undefined ? undefined : findLevel(codec, level);
    if (found === undefined || tierLimits(found, tier as Tier) !== undefined) return [];
    return [
      fault(rung, "tier", `level ${found.name} has no High tier; use main`, {
        cause: found.name,
        use: "main",
      }),
    ];
  }),
} as const satisfies Rule;

/** What a rung asks of a level in kbps or kbit, at the field that says it. */
interface Ask {
  readonly field: RungField;
  readonly value: number;
  /** The limit, by tier. */
  readonly most: (tier: Tier) => number | undefined;
  readonly unit: string;
}

function asks(rung: Coded, level: Level): Ask[] {
  const factor = bitrateFactor(rung.codec, rung.profile);
  if (factor === undefined || rung.profile === "auto") return [];
  const bitrate = fillRate(rung);
  const { bufferKbit } = rung;
  const limit = (key: "maxBitrateKbps" | "maxBufferKbit") => (tier: Tier) => {
    const most = tierLimits(level, tier)?.[key];
    return most === undefined ? undefined : Math.floor(most * factor);
  };
  return [
    ...(bitrate === undefined
      ? []
      : [
          {
            field: (rung.peakBitrateKbps ?? 0) > 0 ? ("peakBitrateKbps" as const) : ("bitrateKbps" as const),
            value: bitrate,
            most: limit("maxBitrateKbps"),
            unit: "kbps",
          },
        ]),
    ...(bufferKbit === undefined
      ? []
      : [{ field: "bufferKbit" as const, value: bufferKbit, most: limit("maxBufferKbit"), unit: "kbit" }]),
  ];
}

/** The most that a level takes: in the stated tier, or without one in its highest. */
function ceiling(rung: Coded, { most }: Ask): number {
  const stated = tierOf(rung);
  return (stated === undefined ? (most("high") ?? most("main")) : most(stated)) ?? Infinity;
}

function beyond(unit: string) {
  return eachLevelled(isCoded, (rung, level) =>
    asks(rung, level)
      .filter((ask) => ask.unit === unit && ask.value > ceiling(rung, ask))
      .map((ask) => {
        const { words, ...change } = advice(rung);
        const what = unit === "kbit" ? `a buffer of ${ask.value} kbit` : `${ask.value} kbps`;
        const message = `${what} is more than level ${level.name} takes (${ceiling(rung, ask)} ${unit}); ${words}`;
        return fault(rung, ask.field, message, { cause: level.name, ...change });
      }),
  );
}

const levelBitrate = {
  id: "level-bitrate",
  severity: "error",
  about:
    "The level takes the peak bitrate (the average where no peak is set), in the rung's tier (without one in the level's highest), times the profile's factor: 1 for Baseline and Main, 1.25 for High.",
  source:
    "ITU-T H.264 (08/2021) Table A-1 (MaxBR) and A-2, ITU-T H.265 (08/2021) Table A.9 (MaxBR) and A.10, AV1 specification A.3 (MainMbps, HighMbps)",
  reads: ["codec", "level", "tier", "profile", "bitrateKbps", "peakBitrateKbps"],
  unless: ["positive-number", "level-size-rate", "tier-of-level", "profile-of-codec", "profile-known"],
  check: beyond("kbps"),
} as const satisfies Rule;

const levelBuffer = {
  id: "level-buffer",
  severity: "error",
  about: "The level takes the buffer, with tier and factor as for the bitrate.",
  source:
    "ITU-T H.264 (08/2021) Table A-1 (MaxCPB) and A-2, ITU-T H.265 (08/2021) Table A.8 (MaxCPB) and A.10, AV1 specification A.3 (one second of the bitrate)",
  reads: ["codec", "level", "tier", "profile", "bufferKbit"],
  unless: [
    "positive-number",
    "level-size-rate",
    "tier-of-level",
    "profile-of-codec",
    "profile-known",
    "level-bitrate",
  ],
  check: beyond("kbit"),
} as const satisfies Rule;

const tierUnset = {
  id: "tier-unset",
  severity: "warning",
  about:
    "What only the High tier takes states the tier: without one encoders and vendors take Main, and the stream breaks its own level.",
  source: "ITU-T H.265 (08/2021) Table A.9, AV1 specification A.3 (seq_tier)",
  reads: ["codec", "level", "tier", "profile", "bitrateKbps", "peakBitrateKbps", "bufferKbit"],
  unless: [
    "positive-number",
    "level-size-rate",
    "tier-of-level",
    "profile-of-codec",
    "profile-known",
    "level-bitrate",
    "level-buffer",
  ],
  check: eachLevelled(isCoded, (rung, level) => {
    if (rung.tier !== undefined) return [];
    const [ask] = asks(rung, level).filter(({ value, most }) => value > (most("main") ?? Infinity));
    if (ask === undefined) return [];
    const { words, suggest } = advice(rung);
    const canSay = rung.takes("tier");
    const message =
      `${ask.value} ${ask.unit} is more than level ${level.name} takes in its Main tier (${ask.most("main") ?? 0} ${ask.unit}), ` +
      `which encoders take unless told otherwise; ${canSay ? `set tier high, or ${words}` : words}`;
    const change = canSay ? [put(rung, "tier", "high")] : suggest;
    return [
      fault(rung, canSay ? "tier" : ask.field, message, {
        cause: level.name,
        ...(change ? { suggest: change } : {}),
      }),
    ];
  }),
} as const satisfies Rule;

const levelRefFrames = {
  id: "level-ref-frames",
  severity: "error",
  about:
    "The level's picture buffer holds the reference frames at this size: a decoder has room for no more, so encoders lower them or raise the level in silence.",
  source:
    "ITU-T H.264 (08/2021) A.3.1 (MaxDpbMbs), ITU-T H.265 (08/2021) A.4.2 (MaxDpbSize, less the picture being decoded), AV1 specification section 3 (REFS_PER_FRAME)",
  reads: ["codec", "level", "width", "height", "refFrames"],
  unless: ["positive-number", "whole-number", "level-size-rate"],
  check: eachLevelled(isSized, (rung, level) => {
    const { codec, width, height, refFrames = 0 } = rung;
    const most = maxRefFrames(codec, level, width, height);
    if (refFrames <= most) return [];
    const message = `${refFrames} reference frames, level ${level.name} takes ${most} at ${width}x${height}; use at most ${most}`;
    return [fault(rung, "refFrames", message, { cause: level.name, use: most })];
  }),
} as const satisfies Rule;

/** Rules about the level. */
export const levelRules = [
  levelKnown,
  levelSizeRate,
  tierOfLevel,
  levelBitrate,
  levelBuffer,
  tierUnset,
  levelRefFrames,
] as const;
