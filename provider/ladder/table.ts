/** A ladder as a table of plain text, for a terminal or a page to lay out. */
import type { Ladder, Rung, VideoRung } from "./ladder";
import { smallestLevel } from "./levels";

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
  const pixels = width * height * fps;
  const least = smallestLevel(codec, { ...rung, bitrateKbps: peakBitrateKbps ?? bitrateKbps });
  return [
    name,
    `${width}x${height}`,
    String(fps),
    codec,
    profile ?? "-",
    level ?? "-",
    String(bitrateKbps),
    peakBitrateKbps === undefined ? "-" : String(peakBitrateKbps),
    (pixels / 1e6).toFixed(1),
    ((bitrateKbps * 1000) / pixels).toFixed(3),
    least?.name ?? "-",
    sound(rung),
  ];
}

function audioRow(rung: Rung): string[] {
  return [rung.name, ...headers.slice(1, -1).map(() => "-"), sound(rung)];
}

function sound({ audio }: Rung): string {
  if (audio === undefined) return "-";
  return `${audio.codec} ${audio.bitrateKbps} kbps, ${audio.channels} ch, ${audio.sampleRateHz} Hz`;
}
