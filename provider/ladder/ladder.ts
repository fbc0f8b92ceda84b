/** The portable ladder: what a live encoder makes of one source, in one vocabulary for every vendor. */

import { StreamkeysError } from "../define/errors";
import type { Rate } from "./rate";

/** Video codec of a rung: H.264/AVC (ITU-T H.264), H.265/HEVC (ITU-T H.265) or AV1 (AOMedia). */
export type VideoCodec = "h264" | "h265" | "av1";

/**
 * Audio codec of a rung: AAC-LC, HE-AAC and HE-AAC v2 (ISO/IEC 14496-3), Opus (RFC 6716), AC-3 and Enhanced AC-3 (ETSI TS
 * 102 366).
 */
export type AudioCodec = "aac" | "he-aac" | "he-aac-v2" | "opus" | "ac-3" | "e-ac-3";

/** Light range of a picture: standard, HDR10 (PQ, SMPTE ST 2084), HLG (ARIB STD-B67) or Dolby Vision. */
export type VideoRange = "sdr" | "hdr10" | "hlg" | "dolby-vision";

/** Tier of an H.265 or AV1 level: `main`, and from level 4 up also `high`, for professional bitrates. */
export type Tier = "main" | "high";

/** The sound of a rung. */
export interface Audio {
  readonly codec: AudioCodec;
  /** Bitrate of all channels together, in kbps (1000 bit/s). */
  readonly bitrateKbps: number;
  /** 1 mono, 2 stereo, 6 for 5.1. */
  readonly channels: number;
  /** Samples per second and channel, in Hz. */
  readonly sampleRateHz: number;
  /** Language as a tag of RFC 5646, e.g. `en`. Unset: not said. */
  readonly language?: string;
  /** Renditions of one group are offered together with the same video (HLS `GROUP-ID`). Unset: no group. */
  readonly group?: string;
}

/** A rung with a picture. What is left out is the encoder's choice. */
export interface VideoRung {
  readonly kind: "video";
  /** How messages, tables and `dropRung` call the rung, e.g. `1080p30`. */
  readonly name: string;
  /** Width of the picture in pixels. */
  readonly width: number;
  /** Height of the picture in pixels. */
  readonly height: number;
  /** Shape of a pixel, width to height, e.g. `"64:45"` for 720x576 shown as 16:9. Unset: square. */
  readonly sampleAspect?: string;
  /** Frames per second: `30`, `29.97` or, exactly, `"30000/1001"`. Unset: the source's. */
  readonly fps?: Rate;
  readonly codec: VideoCodec;
  /** Profile by its common name: `baseline`, `main`, `high` (H.264), `main`, `main10` (H.265). Unset: the encoder's choice. */
  readonly profile?: string;
  /** Level as it is printed, e.g. `"4.1"`. Unset: the encoder's choice. */
  readonly level?: string;
  /** Tier of the level, H.265 and AV1 only. Unset: the encoder's choice, which is Main. */
  readonly tier?: Tier;
  /** Bits of a sample: 8, or 10 for HDR. Unset: 8. */
  readonly bitDepth?: number;
  /** Light range. Unset: `sdr`. */
  readonly range?: VideoRange;
  /** Average video bitrate in kbps (1000 bit/s), without the audio. */
  readonly bitrateKbps: number;
  /** Highest video bitrate in kbps: the rate at which the decoder's buffer fills (maxrate, VBV). */
  readonly peakBitrateKbps?: number;
  /** Size of the decoder's buffer in kbit (bufsize, VBV, CPB). */
  readonly bufferKbit?: number;
  /** Constant or variable bitrate. Unset: the encoder's choice. */
  readonly rateControl?: "cbr" | "vbr";
  /** Length of a GOP: seconds from one keyframe (IDR) to the next. Give this or `gopFrames`. */
  readonly keyframeIntervalSeconds?: number;
  /** Length of a GOP in frames. Give this or `keyframeIntervalSeconds`. */
  readonly gopFrames?: number;
  /** Most B-frames in a row. Unset: the encoder's choice. */
  readonly bFrames?: number;
  /** Frames that a frame may refer to. Unset: the encoder's choice. */
  readonly refFrames?: number;
  /** Sound carried in the same rung. Unset: a silent rung, or sound delivered apart. */
  readonly audio?: Audio;
}

/** A rung without a picture. */
export interface AudioRung {
  readonly kind: "audio";
  /** How messages, tables and `dropRung` call the rung, e.g. `audio-96k`. */
  readonly name: string;
  readonly audio: Audio;
}

/** One step of a ladder. */
export type Rung = VideoRung | AudioRung;

/** The rungs an encoder makes of one source, all one way round: lowest first or highest first. Never changed in place. */
export interface Ladder {
  readonly name: string;
  readonly rungs: readonly Rung[];
}

/** One thing that keeps a ladder from being built or converted. */
export interface LadderProblem {
  /** Name of the rung, or undefined when the ladder as a whole is meant. */
  readonly rung?: string;
  /** Name of the field in the portable ladder. */
  readonly field: string;
  readonly message: string;
}

/** A ladder that cannot be built or converted. Lists every problem, not just the first. */
export class LadderError extends StreamkeysError {
  override readonly name = "LadderError";

  constructor(
    readonly what: string,
    readonly problems: readonly LadderProblem[],
  ) {
    super([`${what}:`, ...problems.map(line)].join("\n"));
  }
}

function line({ rung, field, message }: LadderProblem): string {
  return `  - ${rung === undefined ? "ladder" : `rung "${rung}"`}, ${field}: ${message}`;
}

/** The rungs of a ladder that have a picture, in its order. */
export function videoRungs(ladder: Ladder): VideoRung[] {
  return ladder.rungs.filter((rung): rung is VideoRung => rung.kind === "video");
}

/** The rungs of a ladder that have no picture, in its order. */
export function audioRungs(ladder: Ladder): AudioRung[] {
  return ladder.rungs.filter((rung): rung is AudioRung => rung.kind === "audio");
}
