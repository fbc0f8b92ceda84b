/** The portable ladder: what a live encoder makes of one source, in one vocabulary for every vendor. */

import { StreamkeysError } from "../define/errors";

/** Video codec of a rung: H.264/AVC (ITU-T H.264) or H.265/HEVC (ITU-T H.265). */
export type VideoCodec = "h264" | "h265";

/** The sound of a rung. AAC means AAC-LC (ISO/IEC 14496-3), the one codec every vendor with a ladder takes. */
export interface Audio {
  readonly codec: "aac";
  /** Bitrate of all channels together, in kbps (1000 bit/s). */
  readonly bitrateKbps: number;
  /** 1 mono, 2 stereo, 6 for 5.1. */
  readonly channels: number;
  /** Samples per second and channel, in Hz. */
  readonly sampleRateHz: number;
}

/** A rung with a picture. */
export interface VideoRung {
  readonly kind: "video";
  /** How messages, tables and `dropRung` call the rung, e.g. `1080p30`. */
  readonly name: string;
  /** Width of the picture in pixels. */
  readonly width: number;
  /** Height of the picture in pixels. */
  readonly height: number;
  /** Frames per second. Broadcast rates are written as they are said: 29.97, 59.94, 23.976. */
  readonly fps: number;
  readonly codec: VideoCodec;
  /** Profile by its common name: `baseline`, `main`, `high` (H.264), `main`, `main10` (H.265). Unset: the encoder's choice. */
  readonly profile?: string;
  /** Level as it is printed, e.g. `"4.1"`. Unset: the encoder's choice. */
  readonly level?: string;
  /** Average video bitrate in kbps (1000 bit/s), without the audio. */
  readonly bitrateKbps: number;
  /** Highest video bitrate in kbps: the rate at which the decoder's buffer fills (maxrate, VBV). */
  readonly peakBitrateKbps?: number;
  /** Size of the decoder's buffer in kbit (bufsize, VBV, CPB). */
  readonly bufferKbit?: number;
  /** Length of a GOP: seconds from one keyframe (IDR) to the next. */
  readonly keyframeIntervalSeconds: number;
  /** Most B-frames in a row. Unset: the encoder's choice. */
  readonly bFrames?: number;
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
