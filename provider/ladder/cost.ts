/** What a ladder costs: to encode, and to deliver. */
import { LadderError } from "./ladder";
import type { Ladder, Rung } from "./ladder";
import { framesPerSecond } from "./rate";
import type { LadderTable } from "./table";

/** How viewers spread over the rungs, and what delivery costs. */
export interface CostInput {
  /** Share of viewing time on each rung, by name; scaled to a sum of 1. Even over all rungs where unset. */
  readonly shares?: Readonly<Record<string, number>>;
  /** Price of a GB (1e9 bytes) that is delivered, in any currency. */
  readonly pricePerGb?: number;
  /** Hours that all viewers watch together. One where unset. */
  readonly viewerHours?: number;
}

/** What one rung costs. */
export interface RungCost {
  readonly name: string;
  /** Millions of pixels a second to encode; 0 for sound alone. */
  readonly megapixelsPerSecond: number;
  /** Average of video and audio in kbps. */
  readonly kbps: number;
  /** Share of viewing time, 0 to 1. */
  readonly share: number;
  /** GB (1e9 bytes) delivered in an hour of one viewer who stays on the rung. */
  readonly gbPerHour: number;
}

/** What a ladder costs. */
export interface LadderCost {
  readonly rungs: readonly RungCost[];
  /** Pictures that are encoded at once. */
  readonly encodes: number;
  readonly megapixelsPerSecond: number;
  /** Sum of all rungs in kbps: what the encoder puts out, and a recording of everything takes. */
  readonly kbps: number;
  /** GB that an average viewer takes in an hour. */
  readonly gbPerViewerHour: number;
  /** GB that all viewers take. */
  readonly gb: number;
  /** Price of that, where one is given. */
  readonly price?: number;
}

/**
 * Adds up what a ladder costs to encode and to deliver.
 * @throws LadderError when a share names no rung, or the shares are no shares.
 */
export function ladderCost(
  ladder: Ladder,
  { shares, pricePerGb, viewerHours = 1 }: CostInput = {},
): LadderCost {
  const share = spread(ladder, shares);
  const rungs = ladder.rungs.map((rung) => rungCost(rung, share(rung.name)));
  const sum = (value: (rung: RungCost) => number): number =>
    rungs.reduce((total, rung) => total + value(rung), 0);
  const gbPerViewerHour = sum(({ gbPerHour, share }) => gbPerHour * share);
  const gb = gbPerViewerHour * viewerHours;
  return {
    rungs,
    encodes: ladder.rungs.filter(({ kind }) => kind === "video").length,
    megapixelsPerSecond: sum((rung) => rung.megapixelsPerSecond),
    kbps: sum((rung) => rung.kbps),
    gbPerViewerHour,
    gb,
    ...(pricePerGb === undefined ? {} : { price: gb * pricePerGb }),
  };
}

function rungCost(rung: Rung, share: number): RungCost {
  const isVideo = rung.kind === "video";
  const kbps = (isVideo ? rung.bitrateKbps : 0) + (rung.audio?.bitrateKbps ?? 0);
  const pixels = isVideo ? rung.width * rung.height * (framesPerSecond(rung.fps) ?? 0) : 0;
  return {
    name: rung.name,
    megapixelsPerSecond: pixels / 1e6,
    kbps,
    share,
    gbPerHour: (kbps * 1000 * 3600) / 8 / 1e9,
  };
}

function spread(
  { name, rungs }: Ladder,
  shares?: Readonly<Record<string, number>>,
): (rung: string) => number {
  if (shares === undefined) return () => 1 / rungs.length;
  const strange = Object.keys(shares).find((key) => !rungs.some((rung) => rung.name === key));
  const total = Object.values(shares).reduce((sum, share) => sum + share, 0);
  const isShare = Object.values(shares).every((share) => share >= 0) && total > 0;
  if (strange === undefined && isShare) return (rung) => (shares[rung] ?? 0) / total;
  const message =
    strange === undefined
      ? "shares are not negative, and not all zero"
      : `"${strange}" is no rung; it has ${rungs.map((rung) => rung.name).join(", ")}`;
  throw new LadderError(`the cost of ladder "${name}" cannot be told`, [{ field: "shares", message }]);
}

/** The cost of a ladder as a table of text; the last row is the sum. */
export function costTable(cost: LadderCost): LadderTable {
  const row = (name: string, pixels: number, kbps: number, share: number, gb: number): string[] => [
    name,
    pixels.toFixed(1),
    String(Math.round(kbps)),
    `${(share * 100).toFixed(0)} %`,
    gb.toFixed(3),
  ];
  return {
    headers: ["rung", "Mpixel/s", "kbps", "share", "GB/hour"],
    rows: [
      ...cost.rungs.map((rung) =>
        row(rung.name, rung.megapixelsPerSecond, rung.kbps, rung.share, rung.gbPerHour),
      ),
      row(`${cost.encodes} encode(s)`, cost.megapixelsPerSecond, cost.kbps, 1, cost.gbPerViewerHour),
    ],
  };
}
