/** A ladder as a table of plain text, for a terminal or a page to lay out. */
import type { Ladder, Rung, VideoRung } from "./ladder";
import { smallestLevel } from "./levels";
import { formatRate, framesPerSecond } from "./rate";

/** A table of text: one row a rung, each as long as the headers. */
export interface LadderTable {
  readonly headers: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const headers = [
  "rung",
  "size",
  "fps",
  "codec",
  "profile",
  "level",
  "avg kbps",
  "peak kbps",
  "Mpixel/s",
  "bits/pixel",
  "least level",
  "audio",
] as const;

/**
 * The rungs of a ladder in its order, with what decides whether they are well chosen: millions of pixels a second, bits
 * of the average bitrate per pixel, and the smallest level that takes the rung. What a rung does not have is `-`.
 */
export function ladderTable(ladder: Ladder): LadderTable {
  return {
    headers,
    rows: ladder.rungs.map((rung) => (rung.kind === "video" ? videoRow(rung) : audioRow(rung))),
  };
}

function videoRow(rung: VideoRung): string[] {
  const { name, width, height, fps, codec, profile, level, bitrateKbps, peakBitrateKbps } = rung;
  const pixels = width * height * (framesPerSecond(fps) ?? NaN);
  return [
    name,
    `${width}x${height}`,
    fps === undefined ? "-" : formatRate(fps),
    codec,
    profile ?? "-",
    level ?? "-",
    String(bitrateKbps),
    peakBitrateKbps === undefined ? "-" : String(peakBitrateKbps),
    known((pixels / 1e6).toFixed(1)),
    known(((bitrateKbps * 1000) / pixels).toFixed(3)),
    leastLevel(rung) ?? "-",
    sound(rung),
  ];
}

const known = (text: string): string => (text === "NaN" ? "-" : text);

function leastLevel(rung: VideoRung): string | undefined {
  return smallestLevel(rung.codec, { ...rung, bitrateKbps: rung.peakBitrateKbps ?? rung.bitrateKbps })?.name;
}

function audioRow(rung: Rung): string[] {
  return [rung.name, ...headers.slice(1, -1).map(() => "-"), sound(rung)];
}

function sound({ audio }: Rung): string {
  if (audio === undefined) return "-";
  return `${audio.codec} ${audio.bitrateKbps} kbps, ${audio.channels} ch, ${audio.sampleRateHz} Hz`;
}

/** Longest name that leaves the summary within 80 columns. */
const NAME = 14;

/**
 * The rungs of a ladder in few columns, for a terminal: with two spaces between columns at most 80 characters wide. A level in
 * brackets is not set: it is the smallest that takes the rung.
 */
export function ladderSummary(ladder: Ladder): LadderTable {
  return {
    headers: ["rung", "size", "fps", "codec", "level", "kbps", "peak", "bit/px", "audio"],
    rows: ladder.rungs.map((rung) => [
      rung.name.length > NAME ? `${rung.name.slice(0, NAME - 1)}~` : rung.name,
      ...(rung.kind === "video" ? picture(rung) : ["-", "-", "-", "-", "-", "-", "-"]),
      rung.audio === undefined ? "-" : `${rung.audio.codec} ${rung.audio.bitrateKbps}`,
    ]),
  };
}

function picture(rung: VideoRung): string[] {
  const [, size = "", fps = "", codec = "", profile = "", level = "", average = "", peak = "", , bits = ""] =
    videoRow(rung);
  const least = leastLevel(rung);
  const coded = profile === "-" ? codec : `${codec} ${profile}`;
  return [size, fps, coded.slice(0, 13), level === "-" && least ? `(${least})` : level, average, peak, bits];
}
