/**
 * Livepeer's `profiles`: from the portable form, and back far enough to hold what a user wrote against the rules.
 * Source: docs/sheets/livepeer.md, section 3 (schema `ffmpeg-profile`).
 */
import type { Dialect } from "../../ladder/dialect";
import { LadderError } from "../../ladder/ladder";
import type { Ladder, LadderProblem, Rung, VideoRung } from "../../ladder/ladder";
import { exact, exactRate } from "../../ladder/rate";
import { afterUnit, kbpsForBits } from "../../ladder/bitrate-unit";
import { eachRung, fault, faults, findings } from "../../ladder/rule";
import type { Finding, LadderContext, Rule } from "../../ladder/rule";
import { rules } from "../../ladder/rules";
import { items, ladderView, number, properties, rungView, string } from "../../ladder/view";
import type { Form, LadderView, Value } from "../../ladder/view";

/** Least width and height of a profile, in pixels. */
export const LEAST_PIXELS = 128;

/** Names of Livepeer's H.264 profiles, by those of the portable ladder without spaces and dashes. */
export const H264_PROFILES = {
  baseline: "H264Baseline",
  main: "H264Main",
  high: "H264High",
  constrainedhigh: "H264ConstrainedHigh",
} as const;

/** One of Livepeer's H.264 profiles. */
export type LivepeerH264Profile = (typeof H264_PROFILES)[keyof typeof H264_PROFILES];

/** One entry of Livepeer's `profiles`. The bitrate is in bit/s, the GOP in seconds, as a text (assumed). */
export interface LivepeerProfile {
  name: string;
  width: number;
  height: number;
  bitrate: number;
  /** Frames per second above `fpsDen`; 0: as the source. */
  fps: number;
  fpsDen?: number;
  gop?: string;
  profile?: LivepeerH264Profile;
}

/** What Livepeer has no field for and chooses itself. */
export const livepeerLosses = [
  "sampleAspect",
  "level",
  "tier",
  "bitDepth",
  "range",
  "peakBitrateKbps",
  "bufferKbit",
  "rateControl",
  "bFrames",
  "refFrames",
  "audio",
] as const satisfies readonly (keyof VideoRung)[];

/** A field of a rung that Livepeer cannot carry. */
export type LivepeerLoss = (typeof livepeerLosses)[number];

/** Options of {@link toLivepeerProfiles}. */
export interface LivepeerOptions {
  /** Fields the caller leaves to Livepeer; `livepeerLosses` is all of them. */
  readonly allow?: readonly LivepeerLoss[];
}

/**
 * A portable ladder as Livepeer's `profiles`. Livepeer encodes H.264 and passes the sound of the feed on, so every rung has a
 * picture, and what it says of its sound must be named in `allow`, as every other field that Livepeer does not have.
 * @throws LadderError listing every rung and field that Livepeer cannot express and the caller has not agreed to lose.
 */
export function toLivepeerProfiles(ladder: Ladder, { allow = [] }: LivepeerOptions = {}): LivepeerProfile[] {
  const problems = [
    ...refusals(ladder),
    ...ladder.rungs.flatMap((rung) => [...misfits(rung), ...losses(rung, allow)]),
  ];
  if (problems.length > 0) throw new LadderError(`ladder "${ladder.name}" does not fit Livepeer`, problems);
  return ladder.rungs.filter((rung) => rung.kind === "video").map(toProfile);
}

function refusals(ladder: Ladder): LadderProblem[] {
  return faults(livepeerRules, ladderView(ladder)).map(({ rung, field = "rungs", message }) => ({
    ...(rung === undefined ? {} : { rung: rung.label }),
    field,
    message,
  }));
}

function misfits(rung: Rung): LadderProblem[] {
  const problem = (field: string, message: string): LadderProblem => ({ rung: rung.name, field, message });
  if (rung.kind === "audio") return [problem("kind", "Livepeer makes no rung of sound alone; drop it")];
  const { codec, profile, fps, gopFrames } = rung;
  return [
    ...(codec === "h264" ? [] : [problem("codec", `Livepeer encodes h264 only, not ${codec}`)]),
    ...(["width", "height"] as const)
      .filter((field) => rung[field] < LEAST_PIXELS)
      .map((field) => problem(field, `Livepeer takes ${LEAST_PIXELS} px at least, not ${rung[field]}`)),
    ...(profile === undefined || profileNamed(profile)
      ? []
      : [
          problem(
            "profile",
            `Livepeer has baseline, main, high and constrained high of H.264, not ${profile}`,
          ),
        ]),
    ...(gopFrames !== undefined && fps === undefined
      ? [problem("gopFrames", "Livepeer counts a GOP in seconds; set `fps`, or `keyframeIntervalSeconds`")]
      : []),
  ];
}

function losses(rung: Rung, allow: readonly LivepeerLoss[]): LadderProblem[] {
  if (rung.kind === "audio") return [];
  return livepeerLosses
    .filter((field) => rung[field] !== undefined && !allow.includes(field))
    .map((field) => ({
      rung: rung.name,
      field,
      message: `Livepeer has no field for it and chooses it; leave it unset or allow "${field}"`,
    }));
}

function profileNamed(name: string): LivepeerH264Profile | undefined {
  const key = name.toLowerCase().replace(/[^a-z0-9]/g, "");
  return Object.hasOwn(H264_PROFILES, key) ? H264_PROFILES[key as keyof typeof H264_PROFILES] : undefined;
}

const BITS_PER_KBIT = 1000;

function toProfile(rung: VideoRung): LivepeerProfile {
  const { name, width, height, bitrateKbps } = rung;
  const rate = exactRate(rung.fps);
  const profile = rung.profile === undefined ? undefined : profileNamed(rung.profile);
  const seconds =
    rung.keyframeIntervalSeconds ?? (rung.gopFrames && rate?.inverse().mul(rung.gopFrames).valueOf());
  return {
    ...{ name, width, height, bitrate: bitrateKbps * BITS_PER_KBIT, fps: Number(rate?.n ?? 0) },
    ...(rate !== undefined && rate.d !== 1n && { fpsDen: Number(rate.d) }),
    ...(seconds !== undefined && { gop: String(Math.round(seconds * 1e6) / 1e6) }),
    ...(profile && { profile }),
  };
}

/**
 * Holds Livepeer's `profiles` input, as the user wrote it, against every rule. At preview any part may be the engine's
 * unknown: pass it as it is. Never throws.
 */
export function checkLivepeerProfiles(profiles: unknown, context: LadderContext = {}): Finding[] {
  const shared = rules.filter(({ id }) => id !== "duplicate-name" && id !== "no-rungs");
  return findings(
    [...livepeerRules, ...afterUnit("livepeer-bitrate-unit", shared)],
    livepeerView(profiles),
    context,
  );
}

/** Livepeer's `profiles` as the rules see them; paths are the user's: `[2].bitrate`. */
function livepeerView(profiles: unknown): LadderView {
  return {
    rungs: items(profiles).map((raw, index) =>
      rungView({ raw: encoded(raw), kind: "video", place: `[${index}]`, form: formOf(raw) }),
    ),
    isOpen: !Array.isArray(profiles),
  };
}

/** A profile with the encoder that it means when it names none. */
function encoded(raw: unknown): unknown {
  return Object.keys(properties(raw)).length === 0 ? raw : { encoder: "H.264", ...properties(raw) };
}

/** A rate is written in two properties: the one above the line is where it is found and mended. */
function formOf(raw: unknown): Form {
  const given = properties(raw);
  const below = "fpsDen" in given ? number(given.fpsDen) : 1;
  const rate = (above: unknown): unknown => {
    const frames = number(above);
    return frames && below ? exact(frames, below).toFraction() : undefined;
  };
  return {
    name: "name",
    width: "width",
    height: "height",
    fps: { at: "fps", read: rate, write: (fps) => Math.round(Number(fps) * (below ?? 1)) },
    codec: { at: "encoder", read: (encoder) => (encoder === "H.264" ? "h264" : undefined) },
    profile: { at: "profile", read: toCommonName, write: toLivepeerName },
    bitrateKbps: { at: "bitrate", read: toKbps, write: toBits },
    keyframeIntervalSeconds: { at: "gop", read: toSeconds, write: String },
  };
}

const toKbps = (bitrate: unknown): unknown => {
  const bits = number(bitrate);
  return bits === undefined ? undefined : bits / BITS_PER_KBIT;
};
const toBits = (kbps: Value): Value => Math.round(Number(kbps) * BITS_PER_KBIT);
const toCommonName = (profile: unknown): unknown => string(profile)?.replace(/^H264/, "");
const toLivepeerName = (profile: Value): Value => profileNamed(String(profile)) ?? profile;
/** `intra` is no length. */
const toSeconds = (gop: unknown): unknown => {
  const text = string(gop);
  return text !== undefined && /^\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
};

const SHEET = "Livepeer Studio's schema ffmpeg-profile and its tests (docs/sheets/livepeer.md, section 3)";

/** Livepeer's own limits that its schema cannot say. */
export const livepeerRules = [
  {
    id: "livepeer-name",
    severity: "error",
    about: "The name of a rung is its own, and not `source`, which is the feed: targets name rungs.",
    source: SHEET,
    reads: ["name"],
    check: ({ rungs }) =>
      rungs.flatMap((rung, index) => {
        if (rung.name === "source")
          return [fault(rung, "name", "must not be `source`, which is the feed itself")];
        const isTaken = rungs.slice(0, index).some(({ name }) => name !== undefined && name === rung.name);
        return isTaken ? [fault(rung, "name", "is the name of another rung too; names must be unique")] : [];
      }),
  },
  {
    id: "livepeer-bitrate-unit",
    severity: "warning",
    about: "Bitrates are in bit/s: below 10 000 they are usually meant as kbps.",
    source: SHEET,
    reads: ["bitrateKbps"],
    check: eachRung((rung) => kbpsForBits(rung, "bitrateKbps", rung.bitrateKbps)),
  },
] as const satisfies readonly Rule[];

/** Id of a rule that only Livepeer adds. */
export type LivepeerRuleId = (typeof livepeerRules)[number]["id"];

/** Livepeer's dialect. */
export const livepeerDialect: Dialect = {
  vendor: "livepeer",
  title: "Livepeer",
  rules: livepeerRules,
  losses: livepeerLosses,
  convert: (ladder) => toLivepeerProfiles(ladder, { allow: livepeerLosses }),
  check: checkLivepeerProfiles,
};
