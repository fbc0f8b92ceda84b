/** The rungs as what a player chooses from: order, steps, and rungs that give no choice. */
import { fault, formatNumber, has, put, surplus } from "../rule";
import type { Fault, Rule } from "../rule";
import type { RungField, RungView } from "../view";

/** The video rungs a player chooses from together, in their order. Rungs whose group is not known are left out. */
export function groups(rungs: readonly RungView[]): RungView[][] {
  const known = rungs.filter(({ kind, group }) => kind === "video" && group !== undefined);
  return alike(known, ({ group = "" }) => group);
}

/** The rungs in groups of one key each, in the order in which the keys first come. */
function alike(rungs: readonly RungView[], key: (rung: RungView) => string): RungView[][] {
  return [...new Set(rungs.map(key))].map((value) => rungs.filter((rung) => key(rung) === value));
}

const GROUP = ["codec", "range", "protocol"] as const satisfies readonly RungField[];

const rungOrder = {
  id: "rung-order",
  severity: "warning",
  about:
    "The rungs after the first stand in one order, lowest first or highest first: a rung out of line is usually a slip. The first is where players start, so it may be any.",
  source: "Apple HLS Authoring Specification, item 1.32 (the first listed is the default)",
  reads: [...GROUP, "height", "bitrateKbps"],
  needsAll: true,
  check: ({ rungs }) =>
    groups(rungs).flatMap((group) => {
      const sized = group.filter((rung) => has(rung, "height"));
      const [first, ...rest] = sized;
      if (first === undefined || turn(sized) === undefined) return [];
      const out = turn(rest);
      if (out === undefined) {
        const message = `players start with the first rung listed, and this is not the lowest or highest; the others are in order`;
        return [fault(first, "height", message, { severity: "note" })];
      }
      const way = out.isRising ? "rise" : "fall";
      return [
        fault(out.rung, "height", `the rungs before it ${way} and this one does not; order them all one way`),
      ];
    }),
} as const satisfies Rule;

/** The first rung that goes against the order of those before it. */
function turn(rungs: readonly RungView[]): { rung: RungView; isRising: boolean } | undefined {
  const steps = pairs(rungs).map(([a, b]) => ({ rung: b, up: direction(a, b) }));
  const first = steps.find(({ up }) => up !== 0);
  const against = steps.find(({ up }) => up !== 0 && up !== first?.up);
  return first && against && { rung: against.rung, isRising: first.up > 0 };
}

/** 1 when b is the higher rung, -1 when it is the lower one, 0 when they are level or that is not known. */
function direction(a: RungView, b: RungView): number {
  const rise = (b.height ?? 0) - (a.height ?? 0);
  if (rise !== 0) return Math.sign(rise);
  return a.bitrateKbps === undefined || b.bitrateKbps === undefined
    ? 0
    : Math.sign(b.bitrateKbps - a.bitrateKbps);
}

/** Each item with the one after it. */
function pairs<T>(items: readonly T[]): [T, T][] {
  return items.slice(1).map((item, index) => [items[index] as T, item]);
}

const duplicateRung = {
  id: "duplicate-rung",
  severity: "error",
  about:
    "No two rungs are the same in everything but their name: the second costs an encode and gives no choice. Another profile, bit depth, sound or language is a choice.",
  source:
    "RFC 8216, EXT-X-STREAM-INF (a variant is a choice) [from memory: docs/sheets/ladders.md, section 3]; hard because nothing can tell the two apart",
  reads: [],
  check: ({ rungs }) => {
    const known = rungs.filter((rung) => rung.identity !== undefined && isChoice(rung));
    return repeated(known, ({ identity = "" }) => identity).map(([rung, earlier]) => ({
      ...surplus(
        rung,
        `the same as rung "${earlier.label}" but for its name; drop one, or change it`,
        earlier.at(),
      ),
      path: rung.at(rung.kind === "video" ? "bitrateKbps" : "audio.bitrateKbps"),
    }));
  },
} as const satisfies Rule;

/** True when a rung says enough to be chosen. */
function isChoice({ kind, height, audio }: RungView): boolean {
  return kind === "video" ? height !== undefined : audio?.bitrateKbps !== undefined;
}

/** Every rung whose key an earlier one already had, with that earlier one. */
function repeated(rungs: readonly RungView[], key: (rung: RungView) => string): [RungView, RungView][] {
  return alike(rungs, key).flatMap(([first, ...rest]) =>
    first === undefined ? [] : rest.map((rung): [RungView, RungView] => [rung, first]),
  );
}

const duplicateName = {
  id: "duplicate-name",
  severity: "warning",
  about: "No two rungs have the same name: names end up in paths, playlists and dashboards.",
  source: "ours",
  reads: ["name"],
  unless: ["duplicate-rung"],
  check: ({ rungs }) =>
    repeated(
      rungs.filter(({ name }) => name !== undefined && name !== ""),
      ({ name = "" }) => name,
    ).map(([rung]) =>
      fault(rung, "name", "an earlier rung has that name; give each its own", { cause: rung.name }),
    ),
} as const satisfies Rule;

const bitrateFallsWithSize = {
  id: "bitrate-falls-with-size",
  severity: "error",
  about:
    "A rung that is larger and at least as fast has at least the bitrate of the smaller one in its codec: players choose by bitrate and would show the worse picture on the better line.",
  source:
    "RFC 8216, EXT-X-STREAM-INF (players switch by BANDWIDTH) [from memory: docs/sheets/ladders.md, section 3]; no published ladder breaks it",
  reads: [...GROUP, "width", "height", "fps", "bitrateKbps"],
  unless: ["positive-number"],
  check: ({ rungs }) =>
    groups(rungs).flatMap((group) => {
      const rated = group.filter((rung) => has(rung, "height", "bitrateKbps"));
      return rated.flatMap((rung) => {
        const [above] = rated
          .filter((smaller) => isLarger(rung, smaller) && smaller.bitrateKbps > rung.bitrateKbps)
          .toSorted((a, b) => b.bitrateKbps - a.bitrateKbps);
        if (above === undefined) return [];
        const message =
          `${rung.bitrateKbps} kbps is less than the smaller rung "${above.label}" has (${above.bitrateKbps} kbps); ` +
          `use at least ${above.bitrateKbps}`;
        return [fault(rung, "bitrateKbps", message, { cause: above.at(), use: above.bitrateKbps })];
      });
    }),
} as const satisfies Rule;

/** True when a has the larger picture and is not slower. Sides or rates that neither rung states do not count. */
function isLarger(a: RungView & { height: number }, b: RungView & { height: number }): boolean {
  const comparable =
    (a.width === undefined) === (b.width === undefined) && (a.fps === undefined) === (b.fps === undefined);
  return (
    comparable && a.height > b.height && (a.width ?? 0) >= (b.width ?? 0) && (a.fps ?? 0) >= (b.fps ?? 0)
  );
}

/** How many times the next lower bitrate a rung may have. Apple recommends 1.5 to 2; its own tables use 1.29 to 2.52. */
const STEP = { least: 1.2, most: 3 } as const;

const bitrateStep = {
  id: "bitrate-step",
  severity: "warning",
  about:
    "Each bitrate is 1.2 to 3 times the next lower one of its codec: closer rungs give a player no reason to switch, wider ones make it jump or stall.",
  source:
    "Apple TN2224 (adjacent bitrates 1.5 to 2 apart) [from memory: docs/sheets/ladders.md, section 3]; bounds widened to take in the tables of HLS Authoring Specification, item 1.25",
  reads: [...GROUP, "width", "height", "bitrateKbps"],
  needsAll: true,
  unless: ["positive-number", "duplicate-rung", "bits-per-pixel", "bitrate-falls-with-size"],
  check: ({ rungs }) =>
    groups(rungs).flatMap((group) => {
      const rated = group.filter((rung) => has(rung, "bitrateKbps"));
      return pairs(rated.toSorted((a, b) => a.bitrateKbps - b.bitrateKbps)).flatMap(([lower, rung]) =>
        step(lower, rung),
      );
    }),
} as const satisfies Rule;

type Rated = RungView & { bitrateKbps: number };

function step(lower: Rated, rung: Rated): Fault[] {
  const times = rung.bitrateKbps / lower.bitrateKbps;
  if ((times >= STEP.least && times <= STEP.most) || isSameStep(lower, rung)) return [];
  const least = Math.ceil(lower.bitrateKbps * STEP.least);
  const most = Math.floor(lower.bitrateKbps * STEP.most);
  const isWide = times > STEP.most;
  const message =
    `${rung.bitrateKbps} kbps is ${formatNumber(times)} times the ${lower.bitrateKbps} kbps of rung "${lower.label}"; ` +
    `use ${least} to ${most}, or ${isWide ? "add a rung between" : "drop one"}`;
  return [
    fault(rung, "bitrateKbps", message, { suggest: [put(rung, "bitrateKbps", isWide ? most : least)] }),
  ];
}

/** Rungs of one size and bitrate are the same step in another form: another profile, another sound. */
function isSameStep(a: Rated, b: Rated): boolean {
  return a.bitrateKbps === b.bitrateKbps && a.width === b.width && a.height === b.height;
}

/** Rules about the choice that the rungs give. */
export const choiceRules = [
  rungOrder,
  duplicateRung,
  duplicateName,
  bitrateFallsWithSize,
  bitrateStep,
] as const;
