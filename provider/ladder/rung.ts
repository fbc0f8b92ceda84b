/**
 * The recipe by which presets and `rung` fill in what is not given.
 *
 * - High profile for H.264 (Apple HLS Authoring Specification, item 1.4), Main for H.265 and AV1, Main 10 for HDR.
 * - The level is the smallest that takes the rung (item 1.11).
 * - Peaks are 110 % of the average (constrained VBR of Apple TN2224), the buffer holds 1.5 s of the average (as the
 *   ladder of mrbar42), within the 1 to 2 that AWS Elemental recommends.
 * - A keyframe every two seconds (item 1.13), in frames where two seconds are no whole number of them, and two B-frames.
 * - 16:9, with a width that is even.
 */
import type { Audio, VideoCodec, VideoRange, VideoRung } from "./ladder";
import { smallestLevel } from "./levels";
import { exactRate, formatRate } from "./rate";
import type { Rate } from "./rate";

const PEAK_SHARE = 1.1;
const BUFFER_SECONDS = 1.5;
const GOP_SECONDS = 2;

/** What a rung must say; all else may be left to the recipe at the head of this file. */
export interface RungInput extends Partial<Omit<VideoRung, "kind" | "height" | "bitrateKbps">> {
  readonly height: number;
  readonly bitrateKbps: number;
}

/**
 * A rung from its height, rate and bitrate: width, name, profile, level, peak, buffer, GOP and B-frames are filled in by the
 * recipe of the presets. Whatever is given stays. H.264 at 30 fps where nothing else is said.
 */
export function rung(given: RungInput): VideoRung {
  const { height, bitrateKbps, codec = "h264", fps = 30, range } = given;
  const filled = {
    kind: "video" as const,
    name: `${height}p${formatRate(fps)}`,
    width: evenWidth(height),
    fps,
    codec,
    profile: profileFor(codec, range),
    ...rates(bitrateKbps),
    ...twoSeconds(fps),
    bFrames: codec === "av1" ? 0 : 2,
    ...given,
  };
  return ordered({ ...filled, level: given.level ?? levelFor(filled) });
}

/** Peak and buffer of an average bitrate in kbps. */
function rates(bitrateKbps: number) {
  return {
    bitrateKbps,
    peakBitrateKbps: Math.round(bitrateKbps * PEAK_SHARE),
    bufferKbit: Math.round(bitrateKbps * BUFFER_SECONDS),
  };
}

/** A GOP of two seconds at a rate: in seconds where that is a whole number of frames, else in frames. */
export function twoSeconds(fps: Rate): Pick<VideoRung, "keyframeIntervalSeconds" | "gopFrames"> {
  const rate = exactRate(fps);
  return rate === undefined || rate.mul(GOP_SECONDS).d === 1n
    ? { keyframeIntervalSeconds: GOP_SECONDS }
    : { gopFrames: Math.round(rate.mul(GOP_SECONDS).valueOf()) };
}

/** The smallest level that takes a rung; undefined when none does. */
export function levelFor(given: Omit<VideoRung, "kind" | "name" | "level">): string | undefined {
  const { peakBitrateKbps, bitrateKbps, codec } = given;
  return smallestLevel(codec, { ...given, bitrateKbps: peakBitrateKbps ?? bitrateKbps })?.name;
}

function profileFor(codec: VideoCodec, range: VideoRange = "sdr"): string {
  if (codec === "h264") return "high";
  return codec === "h265" && range !== "sdr" ? "main10" : "main";
}

/** The width of a 16:9 picture, even, as published ladders round it: 426, 640, 854, 1280. */
function evenWidth(height: number): number {
  return Math.round((height * 16) / 9 / 2) * 2;
}

const ORDER: readonly (keyof VideoRung)[] = [
  "kind",
  "name",
  "width",
  "height",
  "sampleAspect",
  "fps",
  "codec",
  "profile",
  "level",
  "tier",
  "bitDepth",
  "range",
  "bitrateKbps",
  "peakBitrateKbps",
  "bufferKbit",
  "rateControl",
  "keyframeIntervalSeconds",
  "gopFrames",
  "bFrames",
  "refFrames",
  "audio",
];

/** A rung with its fields in one order, and without those that are undefined. */
function ordered(given: VideoRung): VideoRung {
  const fields = ORDER.filter((field) => given[field] !== undefined).map(
    (field) => [field, given[field]] as const,
  );
  return Object.fromEntries(fields) as unknown as VideoRung;
}

/** Stereo AAC-LC at 48 kHz. */
export function stereo(bitrateKbps: number): Audio {
  return Object.freeze({ codec: "aac", bitrateKbps, channels: 2, sampleRateHz: 48_000 });
}
