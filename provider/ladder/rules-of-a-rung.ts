/** Rules that one rung breaks by itself. */
import {
  bitrateFactor,
  findLevel,
  fitsFrame,
  frameLoad,
  isBaseline,
  isProfile,
  levelUnit,
  smallestLevel,
} from "./levels";
import type { Level } from "./levels";
import type { VideoCodec } from "./ladder";
import type { Fault, Rule } from "./rule";
import type { LadderView, RungField, RungView } from "./view";

type NumberField =
  "width" | "height" | "fps" | "bitrateKbps" | "peakBitrateKbps" | "bufferKbit" | "keyframeIntervalSeconds";

/** True when a rung has all these numbers, each above zero. */
export function has<F extends NumberField>(
  rung: RungView,
  ...fields: F[]
): rung is RungView & Record<F, number> {
  return fields.every((field) => (rung[field] ?? 0) > 0);
}

/** A fault at one field of a rung. */
export function fault(rung: RungView, field: RungField, message: string): Fault {
  return { path: rung.at(field), message: `rung "${rung.label}": ${message}` };
}

/** A number as people write it: at most three decimals. */
export function formatNumber(value: number): string {
  return String(Math.round(value * 1000) / 1000);
}

function eachRung(check: (rung: RungView) => Fault[]): Rule["check"] {
  return ({ rungs }: LadderView) => rungs.flatMap(check);
}

const positiveNumber = {
  id: "positive-number",
  severity: "error",
  about:
    "Sizes, rates, bitrates and keyframe distances are above zero; peak, buffer and B-frames are not negative.",
  source: "what the words mean",
  check: eachRung((rung) => {
    const {
      width,
      height,
      fps,
      bitrateKbps,
      peakBitrateKbps,
      bufferKbit,
      keyframeIntervalSeconds,
      bFrames,
      audio,
    } = rung;
    const aboveZero: [RungField, number | undefined][] = [
      ["width", width],
      ["height", height],
      ["fps", fps],
      ["bitrateKbps", bitrateKbps],
      ["keyframeIntervalSeconds", keyframeIntervalSeconds],
      ["audio.bitrateKbps", audio?.bitrateKbps],
      ["audio.channels", audio?.channels],
      ["audio.sampleRateHz", audio?.sampleRateHz],
    ];
    const notNegative: [RungField, number | undefined][] = [
      ["peakBitrateKbps", peakBitrateKbps],
      ["bufferKbit", bufferKbit],
      ["bFrames", bFrames],
    ];
    return [
      ...aboveZero.flatMap(([field, value]) =>
        value !== undefined && value <= 0
          ? [fault(rung, field, `${formatNumber(value)} is not above zero`)]
          : [],
      ),
      ...notNegative.flatMap(([field, value]) =>
        value !== undefined && value < 0
          ? [fault(rung, field, `${formatNumber(value)} is negative; 0 passes`)]
          : [],
      ),
    ];
  }),
} as const satisfies Rule;

const evenSize = {
  id: "even-size",
  severity: "error",
  about:
    "Width and height are even: 4:2:0 video has one colour sample for two pixels each way, so encoders refuse odd sizes.",
  source:
    "ITU-T H.264 (08/2021) 6.2 and 7.4.2.1.1 (cropping in units of 2), H.265 (08/2021) 6.2 [from the standards, not re-read here]",
  check: eachRung((rung) =>
    (["width", "height"] as const).flatMap((side) => {
      const pixels = rung[side];
      if (pixels === undefined || pixels % 2 === 0) return [];
      const even = Math.floor(pixels / 2) * 2;
      return [
        fault(
          rung,
          side,
          `${side} ${formatNumber(pixels)} is odd, 4:2:0 video needs even sizes; use ${even} or ${even + 2}`,
        ),
      ];
    }),
  ),
} as const satisfies Rule;

const peakBelowAverage = {
  id: "peak-below-average",
  severity: "error",
  about: "The peak bitrate is at least the average: no stream can average more than its peak.",
  source: "HRD/VBV arithmetic; FFmpeg refuses -maxrate below -b:v with libx264 [from memory]",
  check: eachRung((rung) =>
    has(rung, "bitrateKbps", "peakBitrateKbps") && rung.peakBitrateKbps < rung.bitrateKbps
      ? [
          fault(
            rung,
            "peakBitrateKbps",
            `peak ${rung.peakBitrateKbps} kbps is below the average of ${rung.bitrateKbps} kbps; use at least ${rung.bitrateKbps}`,
          ),
        ]
      : [],
  ),
} as const satisfies Rule;

const peakAboveDouble = {
  id: "peak-above-double",
  severity: "warning",
  about:
    "The peak bitrate is at most twice the average: a player that chose the rung for its average stalls on the peaks.",
  source: "Apple HLS Authoring Specification, item 1.30 (SHOULD, stated for VOD)",
  check: eachRung((rung) =>
    has(rung, "bitrateKbps", "peakBitrateKbps") && rung.peakBitrateKbps > 2 * rung.bitrateKbps
      ? [
          fault(
            rung,
            "peakBitrateKbps",
            `peak ${rung.peakBitrateKbps} kbps is more than twice the average of ${rung.bitrateKbps} kbps; ` +
              `use at most ${2 * rung.bitrateKbps}`,
          ),
        ]
      : [],
  ),
} as const satisfies Rule;

const bufferAgainstPeak = {
  id: "buffer-against-peak",
  severity: "warning",
  about:
    "The buffer holds between half a second and two seconds of the peak bitrate: with less a keyframe does not fit, with more the peaks last long enough to stall players.",
  source:
    'AWS Elemental, "Encoding: Rate Control" (buffer 1x to 2x the bitrate); the lower half second is ours, for low latency',
  check: eachRung((rung) => {
    const fill = positiveOr(rung.peakBitrateKbps, rung.bitrateKbps);
    if (fill === undefined || !has(rung, "bufferKbit")) return [];
    const { bufferKbit } = rung;
    if (bufferKbit >= fill / 2 && bufferKbit <= fill * 2) return [];
    return [
      fault(
        rung,
        "bufferKbit",
        `a buffer of ${bufferKbit} kbit is ${formatNumber(bufferKbit / fill)} s at ${fill} kbps; ` +
          `use ${Math.ceil(fill / 2)} to ${fill * 2}`,
      ),
    ];
  }),
} as const satisfies Rule;

function positiveOr(...values: (number | undefined)[]): number | undefined {
  return values.find((value) => value !== undefined && value > 0);
}

/** Bits per pixel and frame that published ladders stay well within (theirs run from 0.02 to 0.25). */
const BITS_PER_PIXEL = { least: 0.01, most: 0.5 } as const;

const bitsPerPixel = {
  id: "bits-per-pixel",
  severity: "warning",
  about:
    "The bitrate is 0.01 to 0.5 bits per pixel: outside that range it is usually a slip of units (bit/s or Mbit/s for kbps).",
  source: "ours: Apple's and AWS's published ladders run from 0.02 to 0.25; the bounds leave a factor of two",
  check: eachRung((rung) => {
    if (!has(rung, "width", "height", "fps", "bitrateKbps")) return [];
    const { width, height, fps, bitrateKbps } = rung;
    const pixels = width * height * fps;
    const bits = (bitrateKbps * 1000) / pixels;
    if (bits >= BITS_PER_PIXEL.least && bits <= BITS_PER_PIXEL.most) return [];
    const least = Math.ceil((BITS_PER_PIXEL.least * pixels) / 1000);
    const most = Math.floor((BITS_PER_PIXEL.most * pixels) / 1000);
    return [
      fault(
        rung,
        "bitrateKbps",
        `${bitrateKbps} kbps is ${formatNumber(bits)} bits per pixel at ${width}x${height}, ${formatNumber(fps)} fps; is the unit right? ` +
          `${least} to ${most} kbps would pass`,
      ),
    ];
  }),
} as const satisfies Rule;

const keyframeIntervalLength = {
  id: "keyframe-interval-length",
  severity: "warning",
  about:
    "A keyframe comes every 0.5 to 4 seconds: rarer ones make joining and switching slow, more frequent ones waste bitrate and are usually a GOP given in seconds where frames are meant.",
  source:
    "Apple HLS Authoring Specification, item 1.13 (SHOULD, every two seconds); YouTube Live encoder settings (2 s, not above 4 s) [the 4 s from memory]",
  check: eachRung((rung) => {
    if (!has(rung, "keyframeIntervalSeconds")) return [];
    const seconds = rung.keyframeIntervalSeconds;
    if (seconds >= 0.5 && seconds <= 4) return [];
    return [
      fault(
        rung,
        "keyframeIntervalSeconds",
        `a keyframe every ${interval(seconds, rung.fps)}; use ${interval(2, rung.fps)}`,
      ),
    ];
  }),
} as const satisfies Rule;

/** A keyframe distance in seconds and, where the rate is known, in frames. */
export function interval(seconds: number, fps: number | undefined): string {
  return fps !== undefined && fps > 0
    ? `${formatNumber(seconds)} s (${formatNumber(seconds * fps)} frames)`
    : `${formatNumber(seconds)} s`;
}

const other: Record<VideoCodec, VideoCodec> = { h264: "h265", h265: "h264" };
const usual: Record<VideoCodec, string> = { h264: "baseline, main or high", h265: "main or main10" };

function isVideoCodec(codec: string | undefined): codec is VideoCodec {
  return codec === "h264" || codec === "h265";
}

const profileOfCodec = {
  id: "profile-of-codec",
  severity: "error",
  about:
    "The profile is one of the rung's own codec: H.265 has no baseline or high, H.264 no main10, and encoders refuse it.",
  source: "ITU-T H.264 (08/2021) A.2, ITU-T H.265 (08/2021) A.3 [from the standards, not re-read here]",
  check: eachRung((rung) => {
    const { codec, profile } = rung;
    if (!isVideoCodec(codec) || profile === undefined) return [];
    if (isProfile(codec, profile) || !isProfile(other[codec], profile)) return [];
    return [
      fault(
        rung,
        "profile",
        `"${profile}" is a profile of ${other[codec]}, not of ${codec}; use ${usual[codec]}`,
      ),
    ];
  }),
} as const satisfies Rule;

const profileKnown = {
  id: "profile-known",
  severity: "warning",
  about: "The profile is one that the H.264 or H.265 standard has: an encoder guesses or fails on any other.",
  source: "ITU-T H.264 (08/2021) A.2, ITU-T H.265 (08/2021) A.3 [from the standards, not re-read here]",
  check: eachRung((rung) => {
    const { codec, profile } = rung;
    if (!isVideoCodec(codec) || profile === undefined || profile === "auto") return [];
    if (isProfile("h264", profile) || isProfile("h265", profile)) return [];
    return [fault(rung, "profile", `"${profile}" is no known profile of ${codec}; use ${usual[codec]}`)];
  }),
} as const satisfies Rule;

const bFramesOfProfile = {
  id: "bframes-of-profile",
  severity: "error",
  about: "A Baseline rung has no B-frames: the profile does not have them.",
  source: "ITU-T H.264 (08/2021) A.2.1 [from the standard, not re-read here]",
  check: eachRung((rung) => {
    const { codec, profile, bFrames = 0 } = rung;
    if (codec !== "h264" || profile === undefined || !isBaseline(profile) || bFrames <= 0) return [];
    return [
      fault(
        rung,
        "bFrames",
        `${bFrames} B-frames, but profile "${profile}" has none; use 0, or profile main`,
      ),
    ];
  }),
} as const satisfies Rule;

const levelKnown = {
  id: "level-known",
  severity: "warning",
  about: "The level is one that the codec's standard has: an encoder guesses or fails on any other.",
  source: "ITU-T H.264 (08/2021) Table A-1, ITU-T H.265 (08/2021) Table A.8",
  check: eachRung((rung) => {
    const { codec, level } = rung;
    if (!isVideoCodec(codec) || level === undefined || level === "auto" || findLevel(codec, level)) return [];
    return [fault(rung, "level", `"${level}" is no level of ${codec}; levels are written like "4.1"`)];
  }),
} as const satisfies Rule;

type Levelled = RungView & { codec: VideoCodec; level: string; width: number; height: number; fps: number };

/** Runs a check of the level on the rungs that say enough to check it. */
function eachLevelled(check: (rung: Levelled, level: Level, advice: string) => Fault[]): Rule["check"] {
  return eachRung((rung) => {
    if (!isLevelled(rung)) return [];
    const level = findLevel(rung.codec, rung.level);
    return level === undefined ? [] : check(rung, level, levelAdvice(rung));
  });
}

function isLevelled(rung: RungView): rung is Levelled {
  return isVideoCodec(rung.codec) && rung.level !== undefined && has(rung, "width", "height", "fps");
}

function levelAdvice(rung: Levelled): string {
  const bitrateKbps = positiveOr(rung.peakBitrateKbps, rung.bitrateKbps);
  const smallest = smallestLevel(rung.codec, { ...rung, bitrateKbps });
  return smallest === undefined ? `no ${rung.codec} level takes it` : `use level ${smallest.name}`;
}

const levelSizeRate = {
  id: "level-size-rate",
  severity: "error",
  about:
    "The level takes the frame size and the frame rate: hardware encoders refuse what it does not, and decoders may fail on it.",
  source:
    "ITU-T H.264 (08/2021) Table A-1 (MaxFS, MaxMBPS), ITU-T H.265 (08/2021) Tables A.8 and A.9 (MaxLumaPs, MaxLumaSr)",
  check: eachLevelled((rung, level, advice) => {
    const { codec, width, height, fps } = rung;
    const frame = frameLoad(codec, width, height);
    if (!fitsFrame(codec, level, width, height)) {
      return [
        fault(
          rung,
          "level",
          `${width}x${height} is ${frame} ${levelUnit[codec]}, level ${level.name} takes ${level.maxFrame} a frame; ${advice}`,
        ),
      ];
    }
    if (frame * fps <= level.maxRate) return [];
    return [
      fault(
        rung,
        "level",
        `${width}x${height} at ${formatNumber(fps)} fps is ${formatNumber(frame * fps)} ${levelUnit[codec]} a second, ` +
          `level ${level.name} takes ${level.maxRate}; ${advice}`,
      ),
    ];
  }),
} as const satisfies Rule;

const levelBitrate = {
  id: "level-bitrate",
  severity: "error",
  about:
    "The level takes the peak bitrate (the average where no peak is set), with the profile's factor: 1 for Baseline and Main, 1.25 for High; H.265 counts its High tier.",
  source: "ITU-T H.264 (08/2021) Table A-1 (MaxBR) and A-2, ITU-T H.265 (08/2021) Table A.8 (MaxBR)",
  check: eachLevelled((rung, level, advice) => {
    const factor = bitrateFactor(rung.codec, rung.profile);
    const kbps = positiveOr(rung.peakBitrateKbps, rung.bitrateKbps);
    if (factor === undefined || kbps === undefined || kbps <= level.maxBitrateKbps * factor) return [];
    const field = positiveOr(rung.peakBitrateKbps) === undefined ? "bitrateKbps" : "peakBitrateKbps";
    const most = Math.floor(level.maxBitrateKbps * factor);
    return [
      fault(rung, field, `${kbps} kbps is more than level ${level.name} takes (${most} kbps); ${advice}`),
    ];
  }),
} as const satisfies Rule;

const levelBuffer = {
  id: "level-buffer",
  severity: "error",
  about: "The level takes the buffer, with the profile's factor as for the bitrate.",
  source: "ITU-T H.264 (08/2021) Table A-1 (MaxCPB) and A-2, ITU-T H.265 (08/2021) Table A.8 (MaxCPB)",
  check: eachLevelled((rung, level, advice) => {
    const factor = bitrateFactor(rung.codec, rung.profile);
    const { bufferKbit = 0 } = rung;
    if (factor === undefined || bufferKbit <= level.maxBufferKbit * factor) return [];
    const most = Math.floor(level.maxBufferKbit * factor);
    return [
      fault(
        rung,
        "bufferKbit",
        `a buffer of ${bufferKbit} kbit is more than level ${level.name} takes (${most} kbit); ${advice}`,
      ),
    ];
  }),
} as const satisfies Rule;

const audioBitrateCeiling = {
  id: "audio-bitrate-ceiling",
  severity: "error",
  about:
    "AAC has at most 6144 bits for 1024 samples of a channel, that is 6 bit/s per Hz: an encoder cannot make more of it.",
  source: "ISO/IEC 14496-3 4.5.3 (buffer of 6144 bits a channel) [from the standard, not re-read here]",
  check: eachRung((rung) => {
    const { codec, bitrateKbps = 0, channels = 0, sampleRateHz = 0 } = rung.audio ?? {};
    const most = Math.floor((6 * sampleRateHz * channels) / 1000);
    if (codec !== "aac" || most <= 0 || bitrateKbps <= most) return [];
    return [
      fault(
        rung,
        "audio.bitrateKbps",
        `${bitrateKbps} kbps is more than AAC can hold in ${channels} channel(s) at ${sampleRateHz} Hz; use at most ${most}`,
      ),
    ];
  }),
} as const satisfies Rule;

const audioBitrateFloor = {
  id: "audio-bitrate-floor",
  severity: "warning",
  about: "AAC-LC has at least 16 kbps a channel: below that it is audibly broken.",
  source: "Apple HLS Authoring Specification, item 2.9 (stereo AAC from 32 kbps)",
  check: eachRung((rung) => {
    const { codec, bitrateKbps = 0, channels = 0 } = rung.audio ?? {};
    const least = 16 * channels;
    if (codec !== "aac" || bitrateKbps <= 0 || bitrateKbps >= least) return [];
    return [
      fault(
        rung,
        "audio.bitrateKbps",
        `${bitrateKbps} kbps is little for ${channels} channel(s) of AAC; use at least ${least}`,
      ),
    ];
  }),
} as const satisfies Rule;

const hevcContainer = {
  id: "hevc-container",
  severity: "warning",
  about: "H.265 is segmented as fMP4: Apple's players do not play it from an MPEG transport stream.",
  source: "Apple HLS Authoring Specification, item 1.5 (MUST)",
  check: ({ rungs }, { segmentFormat }) =>
    rungs.flatMap((rung) =>
      rung.codec === "h265" && (rung.container ?? segmentFormat) === "mpegts"
        ? [
            fault(
              rung,
              "codec",
              'h265 in "mpegts" segments does not play on Apple devices; use MP4 segments, or h264',
            ),
          ]
        : [],
    ),
} as const satisfies Rule;

/** Rules of one rung, in the order in which they are reported. */
export const rulesOfARung = [
  positiveNumber,
  evenSize,
  peakBelowAverage,
  peakAboveDouble,
  bufferAgainstPeak,
  bitsPerPixel,
  profileOfCodec,
  profileKnown,
  bFramesOfProfile,
  levelKnown,
  levelSizeRate,
  levelBitrate,
  levelBuffer,
  keyframeIntervalLength,
  hevcContainer,
  audioBitrateCeiling,
  audioBitrateFloor,
] as const;
