/** Numbers that cannot be meant, whatever the codec. */
import { eachRung, fault, formatNumber } from "../rule";
import type { Rule } from "../rule";
import type { RungField, RungView } from "../view";

const noRungs = {
  id: "no-rungs",
  severity: "error",
  about: "A ladder has at least one rung: without one there is nothing to play.",
  source: "what the word means",
  reads: [],
  needsAll: true,
  check: ({ rungs }) =>
    rungs.length > 0
      ? []
      : [{ path: "", message: "no rungs; give at least one, for example those of a preset" }],
} as const satisfies Rule;

type Numbers = [RungField, number | undefined][];

const aboveZero = (rung: RungView): Numbers => [
  ["width", rung.width],
  ["height", rung.height],
  ["fps", rung.fps],
  ["bitDepth", rung.bitDepth],
  ["bitrateKbps", rung.bitrateKbps],
  ["keyframeIntervalSeconds", rung.keyframeIntervalSeconds],
  ["gopFrames", rung.gopFrames],
  ["audio.bitrateKbps", rung.audio?.bitrateKbps],
  ["audio.channels", rung.audio?.channels],
  ["audio.sampleRateHz", rung.audio?.sampleRateHz],
];

const notNegative = (rung: RungView): Numbers => [
  ["peakBitrateKbps", rung.peakBitrateKbps],
  ["bufferKbit", rung.bufferKbit],
  ["bFrames", rung.bFrames],
  ["refFrames", rung.refFrames],
];

const positiveNumber = {
  id: "positive-number",
  severity: "error",
  about:
    "Sizes, rates, bitrates and keyframe distances are above zero; peak, buffer, B-frames and reference frames are not negative.",
  source: "what the words mean",
  reads: [],
  check: eachRung((rung) => [
    ...aboveZero(rung).flatMap(([field, value]) =>
      value !== undefined && value <= 0
        ? [fault(rung, field, `${formatNumber(value)} is not above zero`)]
        : [],
    ),
    ...(rung.isWritten("fps") && rung.fps === undefined
      ? [fault(rung, "fps", 'is no frame rate; write it like 25, 29.97 or "30000/1001"')]
      : []),
    ...notNegative(rung).flatMap(([field, value]) =>
      value !== undefined && value < 0
        ? [fault(rung, field, `${formatNumber(value)} is negative; 0 passes`, { use: 0 })]
        : [],
    ),
  ]),
} as const satisfies Rule;

const whole = (rung: RungView): Numbers => [
  ...aboveZero(rung).filter(([field]) => field !== "fps" && field !== "keyframeIntervalSeconds"),
  ...notNegative(rung),
];

const isWhole = (value: number): boolean => Math.abs(value - Math.round(value)) < 1e-6;

const wholeNumber = {
  id: "whole-number",
  severity: "error",
  about:
    "Pixels, frames, channels, hertz and bitrates in the unit they are written in are whole numbers: vendors and encoders take no others.",
  source:
    "Tenbyte Livestream API 1.0.0 (integers), AWS MediaLive API (integers), x264 and x265 (--bframes, --keyint, --bitrate)",
  reads: [],
  unless: ["positive-number"],
  check: eachRung((rung) =>
    whole(rung).flatMap(([field, value]) => {
      const written = value === undefined ? undefined : rung.write(field, value);
      if (value === undefined || typeof written !== "number" || isWhole(written)) return [];
      const use = Math.max(1, Math.round(value));
      return [fault(rung, field, `${value} is no whole number; use ${use}`, { use })];
    }),
  ),
} as const satisfies Rule;

/** Rules about numbers as such. */
export const numberRules = [positiveNumber, wholeNumber, noRungs] as const;
