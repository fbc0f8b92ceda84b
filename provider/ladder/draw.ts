/** A ladder as a picture: bitrate against picture height, both logarithmic, so that equal steps are equal distances. */
import type { LadderCost } from "./cost";
import { audioRungs, videoRungs } from "./ladder";
import type { AudioRung, Ladder, VideoCodec, VideoRung } from "./ladder";
import { formatRate } from "./rate";

const WIDTH = 880;
const HEIGHT = 520;
const PLOT = { left: 84, right: WIDTH - 40, top: 76, bottom: HEIGHT - 72 } as const;
/** Room inside the plot on either side of the outermost heights. */
const MARGIN = 115;
/** Width of the column for rungs without a picture. */
const AUDIO_COLUMN = 110;

const INK = "#1f2933";
const FAINT = "#e4e7eb";
const GREY = "#616e7c";
const CODECS: Readonly<Record<VideoCodec, { label: string; colour: string }>> = {
  h264: { label: "H.264", colour: "#0b69a3" },
  h265: { label: "H.265", colour: "#b44d12" },
  av1: { label: "AV1", colour: "#2d6a4f" },
};
const AUDIO = { label: "audio only", colour: "#5b3f8c" } as const;

/** Turns a quantity into a place on the picture, in px. */
type Scale = (value: number) => number;

/**
 * A standalone SVG of a ladder: a dot for each rung's average bitrate (kbps) over its height (px), a bar up to its peak,
 * and its name; rungs without a picture stand in a column of their own.
 * @param cost what it costs (`ladderCost`), in a line below; none where left out
 */
export function ladderSvg(ladder: Ladder, cost?: LadderCost): string {
  const video = videoRungs(ladder);
  const audio = audioRungs(ladder);
  const ticks = bitrateTicks([
    ...video.flatMap(({ bitrateKbps, peakBitrateKbps }) => [bitrateKbps, peakBitrateKbps ?? bitrateKbps]),
    ...audio.map((rung) => rung.audio.bitrateKbps),
  ]);
  const heights = [...new Set(video.map(({ height }) => height))];
  const left = PLOT.left + (audio.length > 0 ? AUDIO_COLUMN : 0);
  const x = logScale(heights, left + MARGIN, PLOT.right - MARGIN);
  const y = logScale(ticks, PLOT.bottom, PLOT.top);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="Helvetica, Arial, 'DejaVu Sans', sans-serif" role="img">`,
    `<title>Ladder ${escaped(ladder.name)}: bitrate against picture height</title>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" rx="8" fill="#ffffff"/>`,
    words(PLOT.left, 34, `Ladder ${ladder.name}`, `font-size="18" font-weight="bold" fill="${INK}"`),
    ...legend(video, audio),
    ...bitrateAxis(ticks, y),
    ...heightAxis(heights, x, audio.length > 0),
    ...lines(video, x, y),
    ...video.map((rung) => videoMark(rung, video, x, y)),
    ...audio.map((rung) => audioMark(rung, y)),
    ...(cost === undefined ? [] : [costLine(cost)]),
    "</svg>",
    "",
  ].join("\n");
}

function costLine({ encodes, megapixelsPerSecond, kbps, gbPerViewerHour, gb, price }: LadderCost): string {
  const parts = [
    `${encodes} ${encodes === 1 ? "encode" : "encodes"}`,
    `${megapixelsPerSecond.toFixed(1)} Mpixel/s`,
    `${Math.round(kbps)} kbps in all`,
    `${gbPerViewerHour.toFixed(3)} GB a viewer-hour`,
    ...(price === undefined ? [] : [`${gb.toFixed(1)} GB cost ${price.toFixed(2)}`]),
  ];
  return words(PLOT.left, PLOT.bottom + 48, parts.join(", "), `font-size="12" fill="${INK}"`);
}

/** Bitrates 1, 2, 5, 10, ... around the ones given, in kbps. */
function bitrateTicks(kbps: readonly number[]): number[] {
  const all = Array.from(
    { length: 24 },
    (_, index) => ([1, 2, 5][index % 3] ?? 1) * 10 ** Math.floor(index / 3),
  );
  const least = Math.min(...kbps);
  const most = Math.max(...kbps);
  return all.filter(
    (tick, index) => (all[index + 1] ?? Infinity) > least * 0.6 && (all[index - 1] ?? 0) < most * 1.1,
  );
}

function logScale(values: readonly number[], from: number, to: number): Scale {
  const least = Math.log(Math.min(...values));
  const most = Math.log(Math.max(...values));
  const middle = (from + to) / 2;
  return (value) =>
    most === least ? middle : from + ((Math.log(value) - least) / (most - least)) * (to - from);
}

function bitrateAxis(ticks: readonly number[], y: Scale): string[] {
  return [
    ...ticks.flatMap((tick) => [
      line(PLOT.left, y(tick), PLOT.right, y(tick), FAINT),
      words(
        PLOT.left - 10,
        y(tick) + 4,
        tick.toLocaleString("en"),
        `font-size="12" text-anchor="end" fill="${GREY}"`,
      ),
    ]),
    words(
      PLOT.left,
      PLOT.top - 14,
      "bitrate in kbps (log): dot average, bar peak",
      `font-size="12" text-anchor="start" fill="${GREY}"`,
    ),
  ];
}

function heightAxis(heights: readonly number[], x: Scale, hasAudio: boolean): string[] {
  const label = (at: number, text: string) =>
    words(at, PLOT.bottom + 22, text, `font-size="12" text-anchor="middle" fill="${GREY}"`);
  return [
    line(PLOT.left, PLOT.bottom, PLOT.right, PLOT.bottom, INK),
    ...heights.flatMap((height) => [
      line(x(height), PLOT.bottom, x(height), PLOT.bottom + 6, INK),
      label(x(height), String(height)),
    ]),
    ...(hasAudio ? [label(PLOT.left + AUDIO_COLUMN / 2, "audio only")] : []),
    ...(heights.length > 0
      ? [
          words(
            PLOT.right,
            PLOT.bottom + 48,
            "picture height in px (log)",
            `font-size="12" text-anchor="end" fill="${GREY}"`,
          ),
        ]
      : []),
  ];
}

/** One line a codec through its rungs, from the lowest bitrate up. */
function lines(video: readonly VideoRung[], x: Scale, y: Scale): string[] {
  return [...new Set(video.map(({ codec }) => codec))].map((codec) => {
    const points = video
      .filter((rung) => rung.codec === codec)
      .toSorted((a, b) => a.bitrateKbps - b.bitrateKbps)
      .map(({ height, bitrateKbps }) => `${place(x(height))},${place(y(bitrateKbps))}`);
    return `<polyline points="${points.join(" ")}" fill="none" stroke="${CODECS[codec].colour}" stroke-width="1.5" stroke-opacity="0.4"/>`;
  });
}

function videoMark(rung: VideoRung, all: readonly VideoRung[], x: Scale, y: Scale): string {
  const { name, height, fps, codec, bitrateKbps, peakBitrateKbps } = rung;
  const at = { x: x(height), y: y(bitrateKbps) };
  return mark({
    at,
    peakAt: peakBitrateKbps === undefined ? undefined : y(peakBitrateKbps),
    colour: CODECS[codec].colour,
    isLeft: isLabelledLeft(rung, all, at.x),
    name,
    detail: `${fps === undefined ? "" : `${formatRate(fps)} fps, `}${bitrateKbps} kbps`,
  });
}

/**
 * The lines rise to the right, so there is room above left of a dot and below right of it. Of several dots over one
 * height the highest takes the room above. A dot that is alone takes the outer side of its codec's line, and where
 * there is one line only, the side away from the nearer edge.
 */
function isLabelledLeft(
  { height, bitrateKbps, codec }: VideoRung,
  all: readonly VideoRung[],
  x: number,
): boolean {
  const beside = all.filter((rung) => rung.height === height);
  if (beside.length > 1) return beside.every((rung) => rung.bitrateKbps <= bitrateKbps);
  if (all.some((rung) => rung.codec !== codec)) return codec === "h264";
  return x > (PLOT.left + PLOT.right) / 2;
}

function audioMark({ name, audio }: AudioRung, y: Scale): string {
  const at = { x: PLOT.left + 22, y: y(audio.bitrateKbps) };
  return [
    dot(at, AUDIO.colour),
    words(at.x + 12, at.y + 4, name, `font-size="13" font-weight="bold" fill="${INK}"`),
    words(at.x + 100, at.y + 4, `${audio.bitrateKbps} kbps`, `font-size="11" fill="${GREY}"`),
  ].join("\n");
}

/** A place on the picture, in px from its top left. */
interface Place {
  readonly x: number;
  readonly y: number;
}

function dot({ x, y }: Place, colour: string): string {
  return `<circle cx="${place(x)}" cy="${place(y)}" r="5" fill="${colour}" stroke="#ffffff" stroke-width="1.5"/>`;
}

interface Mark {
  readonly at: Place;
  /** Where the peak lies, in px from the top. */
  readonly peakAt?: number;
  readonly colour: string;
  /** Label above left of the dot, else below right of it. */
  readonly isLeft: boolean;
  readonly name: string;
  readonly detail: string;
}

function mark({ at, peakAt, colour, isLeft, name, detail }: Mark): string {
  const labelX = at.x + (isLeft ? -12 : 12);
  const labelY = at.y + (isLeft ? -16 : 12);
  const anchor = `text-anchor="${isLeft ? "end" : "start"}"`;
  return [
    ...(peakAt === undefined
      ? []
      : [
          `<line x1="${place(at.x)}" y1="${place(at.y)}" x2="${place(at.x)}" y2="${place(peakAt)}" stroke="${colour}" stroke-width="2"/>`,
          `<line x1="${place(at.x - 6)}" y1="${place(peakAt)}" x2="${place(at.x + 6)}" y2="${place(peakAt)}" stroke="${colour}" stroke-width="2"/>`,
        ]),
    dot(at, colour),
    words(labelX, labelY, name, `font-size="13" font-weight="bold" ${anchor} fill="${INK}"`),
    words(labelX, labelY + 14, detail, `font-size="11" ${anchor} fill="${GREY}"`),
  ].join("\n");
}

function legend(video: readonly VideoRung[], audio: readonly AudioRung[]): string[] {
  const keys = [...new Set(video.map(({ codec }) => codec))].map((codec) => CODECS[codec]);
  return [...keys, ...(audio.length > 0 ? [AUDIO] : [])].flatMap(({ label, colour }, index) => {
    const x = PLOT.right - 90 - index * 110;
    return [
      `<circle cx="${x}" cy="29" r="5" fill="${colour}"/>`,
      words(x + 12, 33, label, `font-size="12" fill="${INK}"`),
    ];
  });
}

function line(x1: number, y1: number, x2: number, y2: number, colour: string): string {
  return `<line x1="${place(x1)}" y1="${place(y1)}" x2="${place(x2)}" y2="${place(y2)}" stroke="${colour}"/>`;
}

function words(x: number, y: number, text: string, style: string): string {
  // The white outline keeps grid lines out of the letters.
  return `<text x="${place(x)}" y="${place(y)}" paint-order="stroke" stroke="#ffffff" stroke-width="4" ${style}>${escaped(text)}</text>`;
}

/** A place in px, to a tenth. */
function place(px: number): string {
  return String(Math.round(px * 10) / 10);
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
