/** Average, peak and buffer of one rung. */
import { eachRung, fault, formatNumber, has, put } from "../rule";
import type { Rule } from "../rule";
import type { RungView } from "../view";

const peakBelowAverage = {
  id: "peak-below-average",
  severity: "error",
  about: "The peak bitrate is at least the average: no stream can average more than its peak.",
  source:
    "arithmetic of the decoder's buffer (ITU-T H.264 Annex C). Encoders do not refuse it: x264 lowers the average to the peak and goes on (encoder/encoder.c, VBV section) [from memory: docs/sheets/ladders.md, section 3]",
  reads: ["bitrateKbps", "peakBitrateKbps"],
  unless: ["positive-number"],
  check: eachRung((rung) =>
    has(rung, "bitrateKbps", "peakBitrateKbps") && rung.peakBitrateKbps < rung.bitrateKbps
      ? [
          fault(
            rung,
            "peakBitrateKbps",
            `peak ${rung.peakBitrateKbps} kbps is below the average of ${rung.bitrateKbps} kbps; use at least ${rung.bitrateKbps}`,
            { cause: "below", use: rung.bitrateKbps },
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
  reads: ["bitrateKbps", "peakBitrateKbps"],
  unless: ["positive-number"],
  check: eachRung((rung) =>
    has(rung, "bitrateKbps", "peakBitrateKbps") && rung.peakBitrateKbps > 2 * rung.bitrateKbps
      ? [
          fault(
            rung,
            "peakBitrateKbps",
            `peak ${rung.peakBitrateKbps} kbps is more than twice the average of ${rung.bitrateKbps} kbps; ` +
              `use at most ${2 * rung.bitrateKbps}`,
            { cause: "above", use: 2 * rung.bitrateKbps },
          ),
        ]
      : [],
  ),
} as const satisfies Rule;

const cbrPeak = {
  id: "cbr-peak",
  severity: "warning",
  about:
    "A constant bitrate has no peak above its average: the two contradict each other, and the encoder obeys one of them.",
  source: "what the words mean; AWS MediaLive, H264Settings.maxBitrate (for VBR and QVBR only)",
  reads: ["rateControl", "bitrateKbps", "peakBitrateKbps"],
  unless: ["positive-number", "peak-above-double"],
  check: eachRung((rung) =>
    rung.rateControl === "cbr" &&
    has(rung, "bitrateKbps", "peakBitrateKbps") &&
    rung.peakBitrateKbps > rung.bitrateKbps
      ? [
          fault(
            rung,
            "peakBitrateKbps",
            `cbr with a peak of ${rung.peakBitrateKbps} kbps above the average of ${rung.bitrateKbps} kbps; ` +
              `use ${rung.bitrateKbps}, or vbr`,
            { cause: "cbr", use: rung.bitrateKbps },
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
  reads: ["bitrateKbps", "peakBitrateKbps", "bufferKbit"],
  unless: ["positive-number", "peak-below-average"],
  check: eachRung((rung) => {
    const fill = fillRate(rung);
    if (fill === undefined || !has(rung, "bufferKbit")) return [];
    const { bufferKbit } = rung;
    const [least, most] = [Math.ceil(fill / 2), Math.floor(fill * 2)];
    if (bufferKbit >= fill / 2 && bufferKbit <= fill * 2) return [];
    const message = `a buffer of ${bufferKbit} kbit is ${formatNumber(bufferKbit / fill)} s at ${fill} kbps; use ${least} to ${most}`;
    const isLong = bufferKbit > most;
    return [
      fault(rung, "bufferKbit", message, { cause: isLong ? "long" : "short", use: isLong ? most : least }),
    ];
  }),
} as const satisfies Rule;

/** The rate at which a rung's buffer fills, in kbps: its peak, or the average where there is no peak. */
export function fillRate({ peakBitrateKbps = 0, bitrateKbps = 0 }: RungView): number | undefined {
  const [rate] = [peakBitrateKbps, bitrateKbps].filter((kbps) => kbps > 0);
  return rate;
}

/** Bits per pixel and frame that published ladders stay well within (theirs run from 0.02 to 0.25). */
const BITS_PER_PIXEL = { least: 0.01, most: 0.5 } as const;

const bitsPerPixel = {
  id: "bits-per-pixel",
  severity: "warning",
  about:
    "The bitrate is 0.01 to 0.5 bits per pixel: outside that range it is usually a slip of units (bit/s or Mbit/s for kbps).",
  source: "ours: Apple's and AWS's published ladders run from 0.02 to 0.25; the bounds leave a factor of two",
  reads: ["width", "height", "fps", "bitrateKbps"],
  unless: ["positive-number"],
  check: eachRung((rung) => {
    if (!has(rung, "width", "height", "fps", "bitrateKbps")) return [];
    const { width, height, fps, bitrateKbps } = rung;
    const pixels = width * height * fps;
    const bits = (bitrateKbps * 1000) / pixels;
    if (bits >= BITS_PER_PIXEL.least && bits <= BITS_PER_PIXEL.most) return [];
    const least = Math.ceil((BITS_PER_PIXEL.least * pixels) / 1000);
    const most = Math.floor((BITS_PER_PIXEL.most * pixels) / 1000);
    const [meant] = [bitrateKbps * 1000, bitrateKbps / 1000].filter((kbps) => kbps >= least && kbps <= most);
    return [
      fault(
        rung,
        "bitrateKbps",
        `${bitrateKbps} kbps is ${formatNumber(bits)} bits per pixel at ${width}x${height}, ${formatNumber(fps)} fps; is the unit right? ` +
          `${least} to ${most} kbps would pass`,
        {
          cause: bits < BITS_PER_PIXEL.least ? "little" : "much",
          ...(meant === undefined ? {} : { suggest: [put(rung, "bitrateKbps", meant)] }),
        },
      ),
    ];
  }),
} as const satisfies Rule;

/** Rules about bitrates of one rung. */
export const bitrateRules = [
  peakBelowAverage,
  peakAboveDouble,
  cbrPeak,
  bufferAgainstPeak,
  bitsPerPixel,
] as const;
