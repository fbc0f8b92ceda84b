/** Size, shape, rate and light of the picture. */
import type { Fraction } from "../rate";
import { findProfile } from "../profiles";
import { formatRate, isMultiple } from "../rate";
import { eachRung, fault, formatNumber, has, put } from "../rule";
import type { Rule } from "../rule";
import type { RungView } from "../view";
import { isVideoCodec } from "./profile";

const evenSize = {
  id: "even-size",
  severity: "error",
  about:
    "Width and height are even: 4:2:0 video has one colour sample for two pixels each way, so encoders refuse odd sizes.",
  source:
    "ITU-T H.264 (08/2021) 6.2 and 7.4.2.1.1 (cropping in units of 2), H.265 (08/2021) 6.2 [from the standards, not re-read here: docs/sheets/ladders.md, section 4]",
  reads: [],
  unless: ["positive-number", "whole-number"],
  check: eachRung((rung) =>
    (["width", "height"] as const).flatMap((side) => {
      const pixels = rung[side];
      if (pixels === undefined || pixels % 2 === 0) return [];
      const even = Math.floor(pixels / 2) * 2;
      const message = `${side} ${pixels} is odd, 4:2:0 video needs even sizes; use ${even} or ${even + 2}`;
      return [fault(rung, side, message, { use: even + 2 })];
    }),
  ),
} as const satisfies Rule;

type Sized = RungView & { width: number; height: number };

/** Sizes of ITU-R BT.601 and of HDV, whose pixels are not square: they are shown as 4:3 or 16:9 (SMPTE RP 187). */
const NOT_SQUARE = ["720x576", "704x576", "720x480", "720x486", "704x480", "480x576", "480x480", "1440x1080"];
const SHAPES = [4 / 3, 16 / 9] as const;

/** How far two shapes may differ and count as one: rounding to even sizes. */
const SHAPE_SLACK = 0.02;
/** Encoders that take whole macroblocks only are given sizes rounded to this many pixels. */
const BLOCK = 16;

/** The shapes that a rung may be shown in, width to height; more than one where its size is known not to say. */
function shapes(rung: Sized): number[] {
  const stored = rung.width / rung.height;
  const [, across, down] = /^(\d+):([1-9]\d*)$/.exec(rung.sampleAspect ?? "") ?? [];
  if (across !== undefined) return [(stored * Number(across)) / Number(down)];
  return NOT_SQUARE.includes(`${rung.width}x${rung.height}`) ? [stored, ...SHAPES] : [stored];
}

/** True when a rung is of a shape, but for rounding: to even sizes, or to whole macroblocks. */
function isOfShape(rung: Sized, shape: number): boolean {
  if (shapes(rung).some((own) => Math.abs(own / shape - 1) <= SHAPE_SLACK)) return true;
  const { width, height } = rung;
  return (
    (height % BLOCK === 0 && Math.abs(height - width / shape) < BLOCK) ||
    (width % BLOCK === 0 && Math.abs(width - height * shape) < BLOCK)
  );
}

/** The shape that most rungs have; of several that of the largest picture. */
function commonestShape(rungs: readonly Sized[]): number | undefined {
  const plain = rungs
    .filter((rung) => shapes(rung).length === 1)
    .toSorted((a, b) => b.width * b.height - a.width * a.height);
  const votes = plain.map((rung) => {
    const [shape = 0] = shapes(rung);
    return { shape, count: plain.filter((other) => isOfShape(other, shape)).length };
  });
  return votes.toSorted((a, b) => b.count - a.count)[0]?.shape;
}

const aspectRatio = {
  id: "aspect-ratio",
  severity: "warning",
  about:
    "All rungs are shown in the shape that most of them have (within 2 %, or rounded to whole macroblocks; sizes of SD video may be 4:3 or 16:9): otherwise the picture jumps or is distorted on a switch.",
  source: "Apple HLS Authoring Specification, item 1.33 (SHOULD); ITU-R BT.601 (pixels that are not square)",
  reads: ["width", "height", "sampleAspect"],
  unless: ["positive-number"],
  check: ({ rungs }) => {
    const sized = rungs.filter((rung): rung is Sized => has(rung, "width", "height"));
    const common = commonestShape(sized);
    if (common === undefined) return [];
    return sized
      .filter((rung) => !isOfShape(rung, common))
      .map((rung) => {
        const [own = 0] = shapes(rung);
        const width = Math.round((rung.height * common) / 2) * 2;
        const shown = `${rung.width}x${rung.height} is ${formatNumber(own)}:1, most rungs are ${formatNumber(common)}:1`;
        return rung.sampleAspect === undefined
          ? fault(rung, "width", `${shown}; use width ${width}`, { cause: formatNumber(own), use: width })
          : fault(rung, "sampleAspect", `${shown}; is the sample aspect right?`, {
              cause: formatNumber(own),
            });
      });
  },
} as const satisfies Rule;

const fpsFamily = {
  id: "fps-family",
  severity: "warning",
  about:
    "Every frame rate divides the highest one (60, 30, 15; 50, 25; 59.94, 29.97): one source gives the others only by repeating or dropping frames unevenly, which judders.",
  source: "Apple HLS Authoring Specification, items 1.16 to 1.18 (natural rates) and 1.31 (rates MAY differ)",
  reads: ["fps"],
  needsAll: true,
  unless: ["positive-number"],
  check: ({ rungs }) => {
    const rated = rungs.filter((rung): rung is RungView & { rate: Fraction } => rung.rate !== undefined);
    const [first, ...others] = rated.map(({ rate }) => rate);
    if (first === undefined) return [];
    const highest = others.reduce((most, rate) => (rate.compare(most) > 0 ? rate : most), first);
    return rated
      .filter(({ rate }) => !isMultiple(highest, rate))
      .map((rung) => {
        const [own, most, half] = [rung.rate, highest, highest.div(2)].map((rate) => formatRate(rate));
        return fault(
          rung,
          "fps",
          `${own} fps does not divide the ladder's highest rate of ${most} fps; use ${most} or ${half}`,
          { cause: own, use: highest.d === 1n ? highest.valueOf() : highest.toFraction() },
        );
      });
  },
} as const satisfies Rule;

const isHdr = ({ range }: RungView): boolean => range !== undefined && range !== "sdr";

const hdrBitDepth = {
  id: "hdr-bit-depth",
  severity: "error",
  about:
    "A rung of high dynamic range has at least 10 bits a sample: with 8 its gradients break into bands, and players do not take it for HDR.",
  source:
    "ITU-R BT.2100-2, Table 9 (10 or 12 bits); Apple HLS Authoring Specification, item 1.7 (HDR10 or Dolby Vision)",
  reads: ["range", "bitDepth", "profile", "codec"],
  check: eachRung((rung) => {
    const { codec, range = "", bitDepth, profile } = rung;
    if (!isHdr(rung)) return [];
    const depth =
      isVideoCodec(codec) && profile !== undefined ? findProfile(codec, profile)?.bitDepth : undefined;
    const deeper = codec === "h264" ? "high10" : "main10";
    const changes = [
      ...(bitDepth !== undefined && bitDepth < 10 ? [put(rung, "bitDepth", 10)] : []),
      ...(depth !== undefined && depth < 10 ? [put(rung, "profile", deeper)] : []),
    ];
    if (changes.length === 0) return [];
    const isDepth = bitDepth !== undefined && bitDepth < 10;
    const message = isDepth
      ? `${range} needs 10 bits a sample, not ${bitDepth}; use 10`
      : `${range} needs 10 bits a sample, and profile "${profile ?? ""}" has ${depth ?? 8}; use ${deeper}`;
    return [fault(rung, isDepth ? "bitDepth" : "profile", message, { cause: range, suggest: changes })];
  }),
} as const satisfies Rule;

const bitDepthOfProfile = {
  id: "bit-depth-of-profile",
  severity: "error",
  about: "The profile has the bit depth: 10 bits need main10 (H.265) or high10 (H.264).",
  source:
    "ITU-T H.264 (08/2021) A.2, ITU-T H.265 (08/2021) A.3 [from the standards, not re-read here: docs/sheets/ladders.md, section 4]",
  reads: ["bitDepth", "profile", "codec"],
  unless: ["hdr-bit-depth"],
  check: eachRung((rung) => {
    const { codec, profile, bitDepth } = rung;
    if (!isVideoCodec(codec) || profile === undefined || bitDepth === undefined) return [];
    const most = findProfile(codec, profile)?.bitDepth;
    if (most === undefined || bitDepth <= most) return [];
    return [
      fault(
        rung,
        "bitDepth",
        `profile "${profile}" has at most ${most} bits a sample, not ${bitDepth}; use ${most}, or another profile`,
        {
          cause: profile,
          suggest: [put(rung, "bitDepth", most)],
        },
      ),
    ];
  }),
} as const satisfies Rule;

/** Rules about the picture of one rung. */
export const pictureRules = [evenSize, hdrBitDepth, bitDepthOfProfile] as const;
/** Rules about the pictures of all rungs. */
export const picturesRules = [aspectRatio, fpsFamily] as const;
