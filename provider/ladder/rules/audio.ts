/** The sound. */
import { eachRung, fault } from "../rule";
import type { Rule } from "../rule";
import type { RungView } from "../view";
import { groups } from "./choice";

/**
 * Highest bitrate of a codec in kbps. AAC: 6144 bits for 1024 samples of a channel (ISO/IEC 14496-3, 4.5.3); HE-AAC codes at half
 * the rate, v2 one channel for two. Opus: 256 kbps a channel (RFC 6716, 2.1.1). AC-3: 640 kbps, Enhanced AC-3: 6144 (ETSI TS 102
 * 366, 4.4.1.4 and E.1.3.1).
 */
function mostKbps(codec: string, channels: number, sampleRateHz: number): number {
  const aac = (6 * sampleRateHz * channels) / 1000;
  const most: Record<string, number> = {
    aac,
    "he-aac": aac / 2,
    "he-aac-v2": aac / 4,
    opus: 256 * channels,
    "ac-3": 640,
    "e-ac-3": 6144,
  };
  return Math.floor(most[codec] ?? Infinity);
}

const audioBitrateCeiling = {
  id: "audio-bitrate-ceiling",
  severity: "error",
  about:
    "The audio bitrate is one that the codec can make: AAC-LC has at most 6 bit/s per Hz and channel, Opus 256 kbps a channel, AC-3 640 kbps.",
  source:
    "ISO/IEC 14496-3 4.5.3 (buffer of 6144 bits a channel), RFC 6716 2.1.1, ETSI TS 102 366 4.4.1.4 [from the standards, not re-read here: docs/sheets/ladders.md, section 4]",
  reads: ["audio.codec", "audio.bitrateKbps", "audio.channels", "audio.sampleRateHz"],
  unless: ["positive-number"],
  check: eachRung((rung) => {
    const { codec, bitrateKbps = 0, channels = 0, sampleRateHz = 0 } = rung.audio ?? {};
    const most = codec === undefined ? 0 : mostKbps(codec, channels, sampleRateHz);
    if (most <= 0 || bitrateKbps <= most) return [];
    const message = `${bitrateKbps} kbps is more than ${codec ?? ""} can hold in ${channels} channel(s) at ${sampleRateHz} Hz; use at most ${most}`;
    return [fault(rung, "audio.bitrateKbps", message, { cause: codec, use: most })];
  }),
} as const satisfies Rule;

const audioBitrateFloor = {
  id: "audio-bitrate-floor",
  severity: "warning",
  about: "AAC-LC has at least 16 kbps a channel: below that it is audibly broken.",
  source: "Apple HLS Authoring Specification, item 2.9 (stereo AAC from 32 kbps)",
  reads: ["audio.codec", "audio.bitrateKbps", "audio.channels"],
  unless: ["positive-number"],
  check: eachRung((rung) => {
    const { codec, bitrateKbps = 0, channels = 0 } = rung.audio ?? {};
    const least = 16 * channels;
    if (codec !== "aac" || bitrateKbps <= 0 || bitrateKbps >= least) return [];
    const message = `${bitrateKbps} kbps is little for ${channels} channel(s) of AAC; use at least ${least}`;
    return [fault(rung, "audio.bitrateKbps", message, { cause: `${channels}`, use: least })];
  }),
} as const satisfies Rule;

/** Sample rates that a codec has, where it does not take whatever comes: RFC 6716 2.1.3 (Opus), ETSI TS 102 366 4.4.1.3. */
const RATES: Readonly<Record<string, readonly number[]>> = {
  opus: [48_000, 24_000, 16_000, 12_000, 8_000],
  "ac-3": [48_000, 44_100, 32_000],
  "e-ac-3": [48_000, 44_100, 32_000],
};
/** Most channels of a codec, where that is fewer than a ladder may ask for. */
const CHANNELS: Readonly<Record<string, number>> = { "he-aac-v2": 2, "ac-3": 6 };

const audioOfCodec = {
  id: "audio-of-codec",
  severity: "error",
  about:
    "Sample rate and channels are the codec's: Opus has no 44100 Hz, HE-AAC v2 is stereo, AC-3 has 32000, 44100 or 48000 Hz and at most 5.1.",
  source:
    "RFC 6716 2.1.3, ISO/IEC 14496-3 (parametric stereo), ETSI TS 102 366 4.4.1.3 [from the standards, not re-read here: docs/sheets/ladders.md, section 4]",
  reads: ["audio.codec", "audio.channels", "audio.sampleRateHz"],
  unless: ["positive-number"],
  check: eachRung((rung) => {
    const { codec = "", channels, sampleRateHz } = rung.audio ?? {};
    const rates = RATES[codec];
    const most = CHANNELS[codec];
    return [
      ...(rates === undefined || sampleRateHz === undefined || rates.includes(sampleRateHz)
        ? []
        : [
            fault(
              rung,
              "audio.sampleRateHz",
              `${codec} has ${rates.join(", ")} Hz, not ${sampleRateHz}; use 48000`,
              {
                cause: `${codec} rate`,
                use: 48_000,
              },
            ),
          ]),
      ...(most === undefined || channels === undefined || channels <= most
        ? []
        : [
            fault(
              rung,
              "audio.channels",
              `${codec} has at most ${most} channels, not ${channels}; use ${most}`,
              {
                cause: `${codec} channels`,
                use: most,
              },
            ),
          ]),
    ];
  }),
} as const satisfies Rule;

const hevcContainer = {
  id: "hevc-container",
  severity: "warning",
  about:
    "H.265 and AV1 are segmented as fMP4: Apple's players do not play them from an MPEG transport stream.",
  source: "Apple HLS Authoring Specification, item 1.5 (MUST, H.265)",
  reads: ["codec", "container"],
  check: eachRung((rung, { segmentFormat }) => {
    const { codec = "" } = rung;
    if (!["h265", "av1"].includes(codec) || (rung.container ?? segmentFormat) !== "mpegts") return [];
    const message = `${codec} in "mpegts" segments does not play on Apple devices; use MP4 segments, or h264`;
    return [fault(rung, "codec", message, { cause: codec })];
  }),
} as const satisfies Rule;

const audioLayoutEqual = {
  id: "audio-layout-equal",
  severity: "warning",
  about:
    "The sound within the video rungs of a codec has one channel count and one sample rate (bitrates may differ): a switch that changes either is heard as a gap or click. Audio-only rungs are renditions to choose from.",
  source: "Apple HLS Authoring Specification, item 2.11 (a layout change MUST come with a discontinuity)",
  reads: [
    "codec",
    "range",
    "protocol",
    "audio.codec",
    "audio.channels",
    "audio.sampleRateHz",
    "audio.language",
    "audio.group",
  ],
  unless: ["positive-number", "audio-of-codec"],
  check: ({ rungs }) =>
    groups(rungs).flatMap((group) =>
      (["channels", "sampleRateHz"] as const).flatMap((field) =>
        renditions(group).flatMap((alike) => {
          const heard = alike.flatMap((rung) => {
            const value = rung.audio?.[field];
            return value === undefined ? [] : [{ rung, value }];
          });
          const usual = mostCommon(heard.map(({ value }) => value));
          return heard
            .filter(({ value }) => value !== usual)
            .map(({ rung, value }) =>
              fault(rung, `audio.${field}`, `${field} ${value}, other rungs have ${usual}; use ${usual}`, {
                cause: `${field} ${value}`,
                use: usual,
              }),
            );
        }),
      ),
    ),
} as const satisfies Rule;

/** The rungs by what a listener chooses: codec, language and group of the sound. */
function renditions(rungs: readonly RungView[]): RungView[][] {
  const key = ({ audio }: RungView): string => JSON.stringify([audio?.codec, audio?.language, audio?.group]);
  return [...new Set(rungs.map(key))].map((value) => rungs.filter((rung) => key(rung) === value));
}

function mostCommon(values: readonly number[]): number {
  const count = (value: number) => values.filter((candidate) => candidate === value).length;
  return values.toSorted((a, b) => count(b) - count(a))[0] ?? 0;
}

/** Rules about the sound of one rung, and the container. */
export const audioRules = [hevcContainer, audioBitrateCeiling, audioBitrateFloor, audioOfCodec] as const;
/** Rules about the sound of all rungs. */
export const audiosRules = [audioLayoutEqual] as const;
