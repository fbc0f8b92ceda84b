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

/** Widest that a summary may be, in characters, and how far apart its columns stand. */
const WIDEST = 80;
const GAP = 2;
/** Longest name of a rung, and of a codec with its profile, that is shown whole. */
const NAME = 14;
const CODED = 14;
/** What is left out of a summary that would be too wide, in this order. */
const OPTIONAL = ["bit/px", "audio", "peak"];

/**
 * The rungs of a ladder in few columns, for a terminal: with two spaces between columns at most 80 characters wide. A level in
 * brackets is not set: it is the smallest that takes the rung.
 */
export function ladderSummary(ladder: Ladder): LadderTable {
  const full = {
    headers: ["rung", "size", "fps", "codec", "level", "kbps", "peak", "bit/px", "audio"],
    rows: ladder.rungs.map((rung) => [
      short(rung.name, NAME),
      ...(rung.kind === "video" ? picture(rung) : ["-", "-", "-", "-", "-", "-", "-"]),
      rung.audio === undefined ? "-" : `${rung.audio.codec} ${rung.audio.bitrateKbps}`,
    ]),
  };
  return OPTIONAL.reduce((table, header) => (widthOf(table) > WIDEST ? without(table, header) : table), full);
}

const short = (text: string, most: number): string =>
  text.length > most ? `${text.slice(0, most - 1)}~` : text;

function widthOf({ headers: top, rows }: LadderTable): number {
  const widths = top.map((header, at) => Math.max(header.length, ...rows.map((row) => row[at]?.length ?? 0)));
  return widths.reduce((sum, width) => sum + width + GAP, -GAP);
}

function without({ headers: top, rows }: LadderTable, header: string) {
  const at = top.indexOf(header);
  return { headers: top.toSpliced(at, 1), rows: rows.map((row) => [...row].toSpliced(at, 1)) };
}

function picture(rung: VideoRung): string[] {
  const [, size = "", fps = "", codec = "", profile = "", level = "", average = "", peak = "", , bits = ""] =
    videoRow(rung);
  const least = leastLevel(rung);
  const coded = profile === "-" ? codec : `${codec} ${profile}`;
  return [size, fps, short(coded, CODED), level === "-" && least ? `(${least})` : level, average, peak, bits];
}
