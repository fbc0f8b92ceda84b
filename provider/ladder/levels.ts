/**
 * Levels: what a decoder must be able to take. A stream beyond the level it declares is refused by hardware encoders
 * and may not decode.
 *
 * Sources: ITU-T H.264 (08/2021), Table A-1 and A.3.1; ITU-T H.265 (08/2021), Table A.8 (sizes, buffers), Table A.9 (rates,
 * bitrates) and A.4.2 (MaxDpbSize); AV1 Bitstream & Decoding Process Specification, A.3. The numbers were compared with the
 * copies of these tables in FFmpeg (libavcodec/h264_levels.c, h265_profile_level.c and av1_levels.c); the standards were not
 * re-read.
 */
import type { Tier, VideoCodec } from "./ladder";
import { findProfile } from "./profiles";
import { framesPerSecond } from "./rate";
import type { Rate } from "./rate";

/** The limits of one level. Frame and rate count macroblocks for H.264, luma samples for H.265 and AV1. */
export interface Level {
  /** As encoders and vendors write it, always with the digit after the point: `"4.0"`, `"4.1"`. */
  readonly name: string;
  /** Most blocks (H.264: MaxFS) or samples (H.265: MaxLumaPs, AV1: MaxPicSize) in a frame. */
  readonly maxFrame: number;
  /** Most blocks (H.264: MaxMBPS) or samples (H.265: MaxLumaSr, AV1: MaxDisplayRate) in a second. */
  readonly maxRate: number;
  /** Highest bitrate in kbps (MaxBR) before the profile's factor: of the only tier, or of the Main tier. */
  readonly maxBitrateKbps: number;
  /** Largest decoder buffer in kbit (MaxCPB), as `maxBitrateKbps`. */
  readonly maxBufferKbit: number;
  /** Highest bitrate and largest buffer of the High tier, where the level has one. */
  readonly highTier?: { readonly maxBitrateKbps: number; readonly maxBufferKbit: number };
  /** Blocks in the decoded picture buffer (H.264: MaxDpbMbs). */
  readonly maxDpb?: number;
  /** Widest and highest picture (AV1: MaxHSize, MaxVSize). */
  readonly maxSides?: { readonly width: number; readonly height: number };
}

type H264Row = [name: string, frame: number, rate: number, bitrate: number, buffer: number, dpb: number];

const h264: readonly Level[] = (
  [
    ["1.0", 99, 1_485, 64, 175, 396],
    ["1b", 99, 1_485, 128, 350, 396],
    ["1.1", 396, 3_000, 192, 500, 900],
    ["1.2", 396, 6_000, 384, 1_000, 2_376],
    ["1.3", 396, 11_880, 768, 2_000, 2_376],
    ["2.0", 396, 11_880, 2_000, 2_000, 2_376],
    ["2.1", 792, 19_800, 4_000, 4_000, 4_752],
    ["2.2", 1_620, 20_250, 4_000, 4_000, 8_100],
    ["3.0", 1_620, 40_500, 10_000, 10_000, 8_100],
    ["3.1", 3_600, 108_000, 14_000, 14_000, 18_000],
    ["3.2", 5_120, 216_000, 20_000, 20_000, 20_480],
    ["4.0", 8_192, 245_760, 20_000, 25_000, 32_768],
    ["4.1", 8_192, 245_760, 50_000, 62_500, 32_768],
    ["4.2", 8_704, 522_240, 50_000, 62_500, 34_816],
    ["5.0", 22_080, 589_824, 135_000, 135_000, 110_400],
    ["5.1", 36_864, 983_040, 240_000, 240_000, 184_320],
    ["5.2", 36_864, 2_073_600, 240_000, 240_000, 184_320],
    ["6.0", 139_264, 4_177_920, 240_000, 240_000, 696_320],
    ["6.1", 139_264, 8_355_840, 480_000, 480_000, 696_320],
    ["6.2", 139_264, 16_711_680, 800_000, 800_000, 696_320],
  ] satisfies H264Row[]
).map(([name, maxFrame, maxRate, maxBitrateKbps, maxBufferKbit, maxDpb]) => ({
  name,
  maxFrame,
  maxRate,
  maxBitrateKbps,
  maxBufferKbit,
  maxDpb,
}));

type H265Row = [name: string, frame: number, rate: number, main: number, buffer: number, high?: number];

// The buffer of the High tier equals its bitrate.
const h265: readonly Level[] = (
  [
    ["1.0", 36_864, 552_960, 128, 350],
    ["2.0", 122_880, 3_686_400, 1_500, 1_500],
    ["2.1", 245_760, 7_372_800, 3_000, 3_000],
    ["3.0", 552_960, 16_588_800, 6_000, 6_000],
    ["3.1", 983_040, 33_177_600, 10_000, 10_000],
    ["4.0", 2_228_224, 66_846_720, 12_000, 12_000, 30_000],
    ["4.1", 2_228_224, 133_693_440, 20_000, 20_000, 50_000],
    ["5.0", 8_912_896, 267_386_880, 25_000, 25_000, 100_000],
    ["5.1", 8_912_896, 534_773_760, 40_000, 40_000, 160_000],
    ["5.2", 8_912_896, 1_069_547_520, 60_000, 60_000, 240_000],
    ["6.0", 35_651_584, 1_069_547_520, 60_000, 60_000, 240_000],
    ["6.1", 35_651_584, 2_139_095_040, 120_000, 120_000, 480_000],
    ["6.2", 35_651_584, 4_278_190_080, 240_000, 240_000, 800_000],
  ] satisfies H265Row[]
).map(([name, maxFrame, maxRate, main, buffer, high]: H265Row) => ({
  name,
  maxFrame,
  maxRate,
  maxBitrateKbps: main,
  maxBufferKbit: buffer,
  ...(high === undefined ? {} : { highTier: { maxBitrateKbps: high, maxBufferKbit: high } }),
}));

type Av1Row = [
  name: string,
  frame: number,
  width: number,
  height: number,
  rate: number,
  main: number,
  high?: number,
];

// The buffer holds one second of the level's bitrate (A.3, BufferSize).
const av1: readonly Level[] = (
  [
    ["2.0", 147_456, 2_048, 1_152, 4_423_680, 1_500],
    ["2.1", 278_784, 2_816, 1_584, 8_363_520, 3_000],
    ["3.0", 665_856, 4_352, 2_448, 19_975_680, 6_000],
    ["3.1", 1_065_024, 5_504, 3_096, 31_950_720, 10_000],
    ["4.0", 2_359_296, 6_144, 3_456, 70_778_880, 12_000, 30_000],
    ["4.1", 2_359_296, 6_144, 3_456, 141_557_760, 20_000, 50_000],
    ["5.0", 8_912_896, 8_192, 4_352, 267_386_880, 30_000, 100_000],
    ["5.1", 8_912_896, 8_192, 4_352, 534_773_760, 40_000, 160_000],
    ["5.2", 8_912_896, 8_192, 4_352, 1_069_547_520, 60_000, 240_000],
    ["5.3", 8_912_896, 8_192, 4_352, 1_069_547_520, 60_000, 240_000],
    ["6.0", 35_651_584, 16_384, 8_704, 1_069_547_520, 60_000, 240_000],
    ["6.1", 35_651_584, 16_384, 8_704, 2_139_095_040, 100_000, 480_000],
    ["6.2", 35_651_584, 16_384, 8_704, 4_278_190_080, 160_000, 800_000],
    ["6.3", 35_651_584, 16_384, 8_704, 4_278_190_080, 160_000, 800_000],
  ] satisfies Av1Row[]
).map(([name, maxFrame, width, height, maxRate, main, high]: Av1Row) => ({
  name,
  maxFrame,
  maxRate,
  maxSides: { width, height },
  maxBitrateKbps: main,
  maxBufferKbit: main,
  ...(high === undefined ? {} : { highTier: { maxBitrateKbps: high, maxBufferKbit: high } }),
}));

/** Levels of each codec, smallest first. */
export const levels: Readonly<Record<VideoCodec, readonly Level[]>> = { h264, h265, av1 };

/** What a frame's size is counted in by each codec's level table. */
export const levelUnit: Readonly<Record<VideoCodec, string>> = {
  h264: "macroblocks",
  h265: "luma samples",
  av1: "luma samples",
};

/** The level called `text`, however it is written: `4`, `4.0`, `40`, `L4.0`. Undefined for anything else (`auto`). */
export function findLevel(codec: VideoCodec, text: string): Level | undefined {
  const [, major, minor] = /^l?(\d)(?:\.?(\d|b))?$/.exec(text.trim().toLowerCase()) ?? [];
  if (major === undefined) return undefined;
  const name = minor === "b" ? `${major}b` : `${major}.${minor ?? 0}`;
  return levels[codec].find((candidate) => candidate.name === name);
}

/** Size of a frame in the unit of the codec's level table: pictures are coded in whole blocks (16 px H.264, 8 px others). */
export function frameLoad(codec: VideoCodec, width: number, height: number): number {
  return codec === "h264"
    ? blocks(width, 16) * blocks(height, 16)
    : blocks(width, 8) * 8 * (blocks(height, 8) * 8);
}

/** True when a picture fits a level: its area, and neither side longer than the level allows (A.3.1; A.4.1; AV1 A.3). */
export function fitsFrame(codec: VideoCodec, level: Level, width: number, height: number): boolean {
  const { maxFrame, maxSides } = level;
  if (frameLoad(codec, width, height) > maxFrame) return false;
  if (maxSides !== undefined) return width <= maxSides.width && height <= maxSides.height;
  const side = codec === "h264" ? blocks(Math.max(width, height), 16) : Math.max(width, height);
  return side * side <= 8 * maxFrame;
}

function blocks(pixels: number, size: number): number {
  return Math.ceil(pixels / size);
}

/** Pictures that an H.265 decoder must hold at the largest picture of a level (maxDpbPicBuf, A.4.2). */
const H265_PICTURES = 6;
/** Most pictures that any decoder must hold (H.264 A.3.1, H.265 A.4.2). */
const MOST_PICTURES = 16;
/** Frames that an AV1 frame may refer to, at every level (REFS_PER_FRAME, section 3). */
const AV1_REFERENCES = 7;

/**
 * Most reference frames that a level takes at a picture's size. H.264: MaxDpbMbs over the frame's macroblocks (A.3.1). H.265:
 * MaxDpbSize less the picture being decoded (A.4.2: sps_max_dec_pic_buffering_minus1 is at most MaxDpbSize - 1).
 */
export function maxRefFrames(codec: VideoCodec, level: Level, width: number, height: number): number {
  const load = frameLoad(codec, width, height);
  if (codec === "av1") return AV1_REFERENCES;
  if (codec === "h264") return Math.min(Math.floor((level.maxDpb ?? 0) / load), MOST_PICTURES);
  const { maxFrame } = level;
  if (load <= maxFrame / 4) return Math.min(4 * H265_PICTURES, MOST_PICTURES) - 1;
  if (load <= maxFrame / 2) return Math.min(2 * H265_PICTURES, MOST_PICTURES) - 1;
  if (load <= (3 * maxFrame) / 4) return Math.min((4 * H265_PICTURES) / 3, MOST_PICTURES) - 1;
  return H265_PICTURES - 1;
}

/** The highest bitrate and largest buffer of a level and tier, before the profile's factor; undefined where it has no such tier. */
export function tierLimits(
  level: Level,
  tier: Tier,
): { readonly maxBitrateKbps: number; readonly maxBufferKbit: number } | undefined {
  return tier === "high" ? level.highTier : level;
}

/** What a rung asks of its decoder, as far as it is known. */
export interface Demand {
  readonly width: number;
  readonly height: number;
  readonly fps?: Rate;
  readonly profile?: string;
  /** Main where unset, which is what encoders take. */
  readonly tier?: Tier;
  /** Peak bitrate in kbps, or the average where there is no peak. */
  readonly bitrateKbps?: number;
  readonly bufferKbit?: number;
  readonly refFrames?: number;
}

/** The smallest level that takes a rung, or undefined when none does. */
export function smallestLevel(codec: VideoCodec, demand: Demand): Level | undefined {
  const {
    width,
    height,
    fps,
    profile,
    tier = "main",
    bitrateKbps = 0,
    bufferKbit = 0,
    refFrames = 0,
  } = demand;
  const factor = bitrateFactor(codec, profile) ?? 1;
  const rate = frameLoad(codec, width, height) * (framesPerSecond(fps) ?? 0);
  return levels[codec].find((candidate) => {
    const limits = tierLimits(candidate, tier);
    return (
      limits !== undefined &&
      fitsFrame(codec, candidate, width, height) &&
      rate <= candidate.maxRate &&
      bitrateKbps <= limits.maxBitrateKbps * factor &&
      bufferKbit <= limits.maxBufferKbit * factor &&
      refFrames <= maxRefFrames(codec, candidate, width, height)
    );
  });
}

/**
 * By how much a profile raises the bitrate and buffer that a level allows. An unset profile counts as High (H.264) or
 * Main (H.265, AV1), what encoders choose; undefined for a name that the standard does not have.
 */
export function bitrateFactor(codec: VideoCodec, profile?: string): number | undefined {
  return findProfile(codec, profile)?.factor;
}
