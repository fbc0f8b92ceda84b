/**
 * Profiles: which tools a stream may use, and by how much it may exceed a level's bitrate and buffer.
 *
 * Sources: ITU-T H.264 (08/2021), A.2 (names) and Table A-2 (cpbBrVclFactor); ITU-T H.265 (08/2021), A.3 (names), Table
 * A.10 (CpbVclFactor) and A.4.2 (HbrFactor); AV1 Bitstream & Decoding Process Specification, A.3 (BitrateProfileFactor).
 * The factors were compared with FFmpeg (libavcodec/h264_levels.c, h265_profile_level.c); the standards were not re-read.
 */
import type { VideoCodec } from "./ladder";

/** What a profile means for a ladder. */
export interface Profile {
  /** By how much it raises the bitrate and the buffer of a level; undefined where its limits are counted otherwise. */
  readonly factor?: number;
  /** Most bits of a sample. */
  readonly bitDepth: number;
  /** Every picture is coded by itself. */
  readonly isIntra?: true;
  /** The profile has no B slices. */
  readonly isWithoutB?: true;
}

const avc = (factor: number | undefined, bitDepth: number, more: Partial<Profile> = {}): Profile => ({
  factor,
  bitDepth,
  ...more,
});
const intra = { isIntra: true, isWithoutB: true } as const;
const withoutB = { isWithoutB: true } as const;

const h264: Readonly<Record<string, Profile>> = {
  baseline: avc(1, 8, withoutB),
  constrainedbaseline: avc(1, 8, withoutB),
  extended: avc(1, 8),
  main: avc(1, 8),
  high: avc(1.25, 8),
  progressivehigh: avc(1.25, 8),
  constrainedhigh: avc(1.25, 8, withoutB),
  high10: avc(3, 10),
  progressivehigh10: avc(3, 10),
  high10intra: avc(3, 10, intra),
  high422: avc(4, 10),
  high422intra: avc(4, 10, intra),
  high444: avc(4, 14),
  high444predictive: avc(4, 14),
  high444intra: avc(4, 14, intra),
  cavlc444: avc(4, 14, intra),
  cavlc444intra: avc(4, 14, intra),
  // Annexes F to I count several layers or views together.
  scalablebaseline: avc(undefined, 8),
  scalableconstrainedbaseline: avc(undefined, 8),
  scalablehigh: avc(undefined, 8),
  scalableconstrainedhigh: avc(undefined, 8),
  scalablehighintra: avc(undefined, 8, intra),
  stereohigh: avc(undefined, 8),
  multiviewhigh: avc(undefined, 8),
  multiviewdepthhigh: avc(undefined, 8),
  mfchigh: avc(undefined, 8),
};

const hevc = avc;
/** HbrFactor of the High Throughput profiles (A.4.2), with general_lower_bit_rate_constraint_flag set for the intra one. */
const THROUGHPUT = 6;
const THROUGHPUT_INTRA = 12;

const h265: Readonly<Record<string, Profile>> = {
  main: hevc(1, 8),
  main10: hevc(1, 10),
  mainstillpicture: hevc(1, 8, intra),
  main10stillpicture: hevc(1, 10, intra),
  monochrome: hevc(0.667, 8),
  monochrome10: hevc(0.833, 10),
  monochrome12: hevc(1, 12),
  monochrome16: hevc(1.333, 16),
  main12: hevc(1.5, 12),
  // x265 names the 8-bit use of Main 4:2:2 10 by itself.
  main4228: hevc(1.667, 8),
  main42210: hevc(1.667, 10),
  main42212: hevc(2, 12),
  main444: hevc(2, 8),
  main4448: hevc(2, 8),
  main44410: hevc(2.5, 10),
  main44412: hevc(3, 12),
  mainintra: hevc(1, 8, intra),
  main10intra: hevc(1, 10, intra),
  main12intra: hevc(1.5, 12, intra),
  main42210intra: hevc(1.667, 10, intra),
  main42212intra: hevc(2, 12, intra),
  main444intra: hevc(2, 8, intra),
  main44410intra: hevc(2.5, 10, intra),
  main44412intra: hevc(3, 12, intra),
  main44416intra: hevc(4, 16, intra),
  main444stillpicture: hevc(2, 8, intra),
  main44416stillpicture: hevc(4, 16, intra),
  highthroughput444: hevc(2 * THROUGHPUT, 8),
  highthroughput44410: hevc(2.5 * THROUGHPUT, 10),
  highthroughput44414: hevc(3.5 * THROUGHPUT, 14),
  highthroughput44416intra: hevc(4 * THROUGHPUT_INTRA, 16, intra),
  screenextendedmain: hevc(1, 8),
  screenextendedmain10: hevc(1, 10),
  screenextendedmain444: hevc(2, 8),
  screenextendedmain44410: hevc(2.5, 10),
  screenextendedhighthroughput444: hevc(2 * THROUGHPUT, 8),
  screenextendedhighthroughput44410: hevc(2.5 * THROUGHPUT, 10),
  screenextendedhighthroughput44414: hevc(3.5 * THROUGHPUT, 14),
  // Annexes F to I count several layers or views together.
  scalablemain: hevc(undefined, 8),
  scalablemain10: hevc(undefined, 10),
  scalablemonochrome: hevc(undefined, 8),
  scalablemain444: hevc(undefined, 8),
  multiviewmain: hevc(undefined, 8),
  "3dmain": hevc(undefined, 8),
};

const av1: Readonly<Record<string, Profile>> = {
  main: { factor: 1, bitDepth: 10 },
  high: { factor: 2, bitDepth: 10 },
  professional: { factor: 3, bitDepth: 12 },
};

const profiles: Readonly<Record<VideoCodec, Readonly<Record<string, Profile>>>> = { h264, h265, av1 };

/** What an encoder chooses where no profile is set: x264 High, x265 and AV1 encoders Main. */
const usual: Readonly<Record<VideoCodec, string>> = { h264: "high", h265: "main", av1: "main" };

/** Profiles to offer where one is misspelt. */
export const commonProfiles: Readonly<Record<VideoCodec, string>> = {
  h264: "baseline, main or high",
  h265: "main or main10",
  av1: "main",
};

/** The profile of that name, however it is spelt (`High 10`, `high10`, `Main 4:2:2 12`); the encoder's choice without one. */
export function findProfile(codec: VideoCodec, name?: string): Profile | undefined {
  const key = name === undefined ? usual[codec] : plain(name);
  return Object.hasOwn(profiles[codec], key) ? profiles[codec][key] : undefined;
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]|profile$/g, "");
}
