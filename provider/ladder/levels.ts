/**
 * Levels: what a decoder must be able to take. A stream beyond the level it declares is refused by hardware encoders
 * and may not decode.
 *
 * Sources: ITU-T H.264 (08/2021), Table A-1 (limits) and Table A-2 (bitrate factor of a profile); ITU-T H.265
 * (08/2021), Table A.8 (sizes, bitrates, buffers) and Table A.9 (sample rates). The numbers were compared with the
 * copies of these tables in FFmpeg (libavcodec/h264_levels.c and h265_profile_level.c); the standards were not re-read.
 */
import type { VideoCodec } from "./ladder";

/** The limits of one level. Frame and rate count macroblocks for H.264 and luma samples for H.265. */
export interface Level {
  /** As encoders and vendors write it, always with the digit after the point: `"4.0"`, `"4.1"`. */
  readonly name: string;
  /** Most blocks (H.264: MaxFS) or samples (H.265: MaxLumaPs) in a frame. */
  readonly maxFrame: number;
  /** Most blocks (H.264: MaxMBPS) or samples (H.265: MaxLumaSr) in a second. */
  readonly maxRate: number;
  /** Highest bitrate in kbps (MaxBR): H.264 before the profile's factor, H.265 of the highest tier that the level has. */
  readonly maxBitrateKbps: number;
  /** Largest decoder buffer in kbit (MaxCPB), as `maxBitrateKbps`. */
  readonly maxBufferKbit: number;
}

const h264: readonly Level[] = [
  level("1.0", 99, 1_485, 64, 175),
  level("1b", 99, 1_485, 128, 350),
  level("1.1", 396, 3_000, 192, 500),
  level("1.2", 396, 6_000, 384, 1_000),
  level("1.3", 396, 11_880, 768, 2_000),
  level("2.0", 396, 11_880, 2_000, 2_000),
  level("2.1", 792, 19_800, 4_000, 4_000),
  level("2.2", 1_620, 20_250, 4_000, 4_000),
  level("3.0", 1_620, 40_500, 10_000, 10_000),
  level("3.1", 3_600, 108_000, 14_000, 14_000),
  level("3.2", 5_120, 216_000, 20_000, 20_000),
  level("4.0", 8_192, 245_760, 20_000, 25_000),
  level("4.1", 8_192, 245_760, 50_000, 62_500),
  level("4.2", 8_704, 522_240, 50_000, 62_500),
  level("5.0", 22_080, 589_824, 135_000, 135_000),
  level("5.1", 36_864, 983_040, 240_000, 240_000),
  level("5.2", 36_864, 2_073_600, 240_000, 240_000),
  level("6.0", 139_264, 4_177_920, 240_000, 240_000),
  level("6.1", 139_264, 8_355_840, 480_000, 480_000),
  level("6.2", 139_264, 16_711_680, 800_000, 800_000),
];

// The bitrate is the High tier's where there is one (level 4 and up): a ladder names no tier, and x265 with a level set
// takes the High tier when the Main tier does not do.
const h265: readonly Level[] = [
  level("1.0", 36_864, 552_960, 128, 350),
  level("2.0", 122_880, 3_686_400, 1_500, 1_500),
  level("2.1", 245_760, 7_372_800, 3_000, 3_000),
  level("3.0", 552_960, 16_588_800, 6_000, 6_000),
  level("3.1", 983_040, 33_177_600, 10_000, 10_000),
  level("4.0", 2_228_224, 66_846_720, 30_000, 30_000),
  level("4.1", 2_228_224, 133_693_440, 50_000, 50_000),
  level("5.0", 8_912_896, 267_386_880, 100_000, 100_000),
  level("5.1", 8_912_896, 534_773_760, 160_000, 160_000),
  level("5.2", 8_912_896, 1_069_547_520, 240_000, 240_000),
  level("6.0", 35_651_584, 1_069_547_520, 240_000, 240_000),
  level("6.1", 35_651_584, 2_139_095_040, 480_000, 480_000),
  level("6.2", 35_651_584, 4_278_190_080, 800_000, 800_000),
];

function level(
  name: string,
  maxFrame: number,
  maxRate: number,
  maxBitrateKbps: number,
  maxBufferKbit: number,
): Level {
  return { name, maxFrame, maxRate, maxBitrateKbps, maxBufferKbit };
}

/** Levels of each codec, smallest first. */
export const levels: Readonly<Record<VideoCodec, readonly Level[]>> = { h264, h265 };

/** What a frame's size is counted in by each codec's level table. */
export const levelUnit: Readonly<Record<VideoCodec, string>> = { h264: "macroblocks", h265: "luma samples" };

/** The level called `text`, however it is written: `4`, `4.0`, `40`, `L4.0`. Undefined for anything else (`auto`). */
export function findLevel(codec: VideoCodec, text: string): Level | undefined {
  const [, major, minor] = /^l?(\d)(?:\.?(\d|b))?$/.exec(text.trim().toLowerCase()) ?? [];
  if (major === undefined) return undefined;
  const name = minor === "b" ? `${major}b` : `${major}.${minor ?? 0}`;
  return levels[codec].find((candidate) => candidate.name === name);
}

/** Size of a frame in the unit of the codec's level table: pictures are coded in whole blocks (16 px H.264, 8 px H.265). */
export function frameLoad(codec: VideoCodec, width: number, height: number): number {
  return codec === "h264"
    ? blocks(width, 16) * blocks(height, 16)
    : blocks(width, 8) * 8 * (blocks(height, 8) * 8);
}

/** True when a picture fits a level: its area, and neither side longer than the square root of 8 x area (A.3.1, A.4.1). */
export function fitsFrame(codec: VideoCodec, { maxFrame }: Level, width: number, height: number): boolean {
  const side = codec === "h264" ? blocks(Math.max(width, height), 16) : Math.max(width, height);
  return frameLoad(codec, width, height) <= maxFrame && side * side <= 8 * maxFrame;
}

function blocks(pixels: number, size: number): number {
  return Math.ceil(pixels / size);
}

/** What a rung asks of its decoder, as far as it is known. */
export interface Demand {
  readonly width: number;
  readonly height: number;
  readonly fps: number;
  readonly profile?: string;
  /** Peak bitrate in kbps, or the average where there is no peak. */
  readonly bitrateKbps?: number;
  readonly bufferKbit?: number;
}

/** The smallest level that takes a rung, or undefined when none does. */
export function smallestLevel(codec: VideoCodec, demand: Demand): Level | undefined {
  const { width, height, fps, profile, bitrateKbps = 0, bufferKbit = 0 } = demand;
  const factor = bitrateFactor(codec, profile) ?? 1;
  return levels[codec].find(
    (candidate) =>
      fitsFrame(codec, candidate, width, height) &&
      frameLoad(codec, width, height) * fps <= candidate.maxRate &&
      bitrateKbps <= candidate.maxBitrateKbps * factor &&
      bufferKbit <= candidate.maxBufferKbit * factor,
  );
}

// cpbBrVclFactor / 1000 by profile: H.264 Table A-2, H.265 Table A.10.
const factors: Readonly<Record<VideoCodec, Readonly<Record<string, number>>>> = {
  h264: {
    baseline: 1,
    constrainedbaseline: 1,
    extended: 1,
    main: 1,
    high: 1.25,
    progressivehigh: 1.25,
    constrainedhigh: 1.25,
    high10: 3,
    high422: 4,
    high444: 4,
    high444predictive: 4,
  },
  h265: {
    main: 1,
    main10: 1,
    mainstillpicture: 1,
    main12: 1.5,
    main42210: 1.667,
    main4448: 2,
    main44410: 2.5,
  },
};

/** True when the codec's standard has a profile of that name, however it is spelt (`High 10`, `high10`). */
export function isProfile(codec: VideoCodec, profile: string): boolean {
  return plain(profile) in factors[codec];
}

/** True for the H.264 profiles that have no B-frames: Baseline and Constrained Baseline (H.264 A.2.1, A.2.1.1). */
export function isBaseline(profile: string): boolean {
  return plain(profile).endsWith("baseline");
}

/**
 * By how much a profile raises the bitrate and buffer that a level allows. An unset profile counts as High (H.264) or
 * Main (H.265), what encoders choose; undefined for a name that the standard does not have.
 */
export function bitrateFactor(codec: VideoCodec, profile?: string): number | undefined {
  return factors[codec][profile === undefined ? defaultProfile[codec] : plain(profile)];
}

const defaultProfile: Readonly<Record<VideoCodec, string>> = { h264: "high", h265: "main" };

function plain(profile: string): string {
  return profile.toLowerCase().replace(/[^a-z0-9]/g, "");
}
