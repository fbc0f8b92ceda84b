/**
 * A ladder as the rules see it. Whatever it was written in (the portable form, a vendor's input at preview), every
 * field may be missing, because it was left out, is not known yet, or is not what it should be; and every field knows
 * where and how it was written, so that a finding points at the user's own property and offers a value in its unit.
 */
import type { Fraction } from "./rate";
import { isUnknown } from "../engine-values";
import type { Ladder } from "./ladder";
import { exactRate, exactSeconds, framesOf } from "./rate";

/** A field of a rung, by its name in the portable ladder; `container` is that of its segments, where a rung says it. */
export type RungField =
  | "name"
  | "width"
  | "height"
  | "sampleAspect"
  | "fps"
  | "codec"
  | "profile"
  | "level"
  | "tier"
  | "bitDepth"
  | "range"
  | "bitrateKbps"
  | "peakBitrateKbps"
  | "bufferKbit"
  | "rateControl"
  | "keyframeIntervalSeconds"
  | "gopFrames"
  | "bFrames"
  | "refFrames"
  | "container"
  | "protocol"
  | "audio"
  | "audio.codec"
  | "audio.bitrateKbps"
  | "audio.channels"
  | "audio.sampleRateHz"
  | "audio.language"
  | "audio.group";

/** What a field of a form holds. */
export type Value = string | number;

/** Where a form writes a field, and how. */
export interface Written {
  /** Path below the rung: `audio.audioBitrateKbps`. */
  readonly at: string;
  /** The written value in the unit of the portable ladder; undefined for what means unset. */
  readonly read?: (value: unknown) => unknown;
  /** A value of the portable ladder as it would be written. */
  readonly write?: (value: Value) => Value;
}

/** The fields that a form of a rung has; a string is the path of one that is written as in the portable ladder. */
export type Form = Readonly<Partial<Record<RungField, string | Written>>>;

/** The sound of a rung, as far as it is known. */
export interface AudioView {
  readonly codec?: string;
  readonly bitrateKbps?: number;
  readonly channels?: number;
  readonly sampleRateHz?: number;
  readonly language?: string;
  readonly group?: string;
}

/** The GOP of a rung, as far as it is known. */
export interface GopView {
  /** Its length in frames, not always a whole number; undefined where the rate is not known. */
  readonly frames?: number;
  /** Its length in seconds. */
  readonly seconds: Fraction;
}

/** One rung, as far as it is known. Units are those of the portable ladder. */
export interface RungView {
  readonly kind: "video" | "audio";
  /** How messages call the rung. */
  readonly label: string;
  /** Path of a field in what the user wrote; of the rung itself without one. */
  readonly at: (field?: RungField) => string;
  /** True when a field is not known yet; without one, when anything in the rung is not. */
  readonly isOpen: (field?: RungField) => boolean;
  /** True when the user's form has such a field, written or not. */
  readonly takes: (field: RungField) => boolean;
  /** True when the user wrote the field, and it is known. */
  readonly isWritten: (field: RungField) => boolean;
  /** A value as it would be written at the field. */
  readonly write: (field: RungField, value: Value) => Value;
  /** The rungs a player chooses from together share it: one codec, one protocol, one light range. Undefined while not known. */
  readonly group?: string;
  /** The rung as it was written, for rules about fields that only one vendor has. */
  readonly raw: unknown;
  /** Everything that tells it apart, but for its name. Undefined while anything is not known. */
  readonly identity?: string;
  readonly name?: string;
  readonly width?: number;
  readonly height?: number;
  readonly sampleAspect?: string;
  readonly fps?: number;
  /** `fps`, exactly. */
  readonly rate?: Fraction;
  readonly codec?: string;
  readonly profile?: string;
  readonly level?: string;
  readonly tier?: string;
  readonly bitDepth?: number;
  readonly range?: string;
  readonly bitrateKbps?: number;
  readonly peakBitrateKbps?: number;
  readonly bufferKbit?: number;
  readonly rateControl?: string;
  readonly keyframeIntervalSeconds?: number;
  readonly gopFrames?: number;
  readonly gop?: GopView;
  readonly bFrames?: number;
  readonly refFrames?: number;
  readonly container?: string;
  readonly audio?: AudioView;
}

/** A ladder, as far as it is known. */
export interface LadderView {
  readonly rungs: readonly RungView[];
  /** True when it is not known yet which rungs there are. */
  readonly isOpen: boolean;
}

const shared = [
  "name",
  "audio",
  "audio.codec",
  "audio.bitrateKbps",
  "audio.channels",
  "audio.sampleRateHz",
  "audio.language",
  "audio.group",
] as const satisfies readonly RungField[];

const pictured = [
  ...shared,
  "width",
  "height",
  "sampleAspect",
  "fps",
  "codec",
  "profile",
  "level",
  "tier",
  "bitDepth",
  "range",
  "bitrateKbps",
  "peakBitrateKbps",
  "bufferKbit",
  "rateControl",
  "keyframeIntervalSeconds",
  "gopFrames",
  "bFrames",
  "refFrames",
] as const satisfies readonly RungField[];

/** A form that writes these fields as the portable ladder does. */
function sameForm(fields: readonly RungField[]): Form {
  return Object.fromEntries(fields.map((field) => [field, field]));
}

const portable = { video: sameForm(pictured), audio: sameForm(shared) } as const;

/** The portable ladder as the rules see it; paths are its own (`rungs[2].bitrateKbps`). */
export function ladderView(ladder: Ladder): LadderView {
  const rungs: unknown = properties(ladder).rungs;
  return {
    rungs: items(rungs).map((raw, index) => {
      const kind = properties(raw).kind === "audio" ? "audio" : "video";
      // Of a rung that may be either kind nothing can be said.
      const known = isOpenPath(raw, "kind") ? undefined : raw;
      return rungView({ raw: known, kind, place: `rungs[${index}]`, form: portable[kind] });
    }),
    isOpen: !Array.isArray(rungs),
  };
}

/** A rung in a form. */
export interface RungForm {
  readonly raw: unknown;
  readonly kind: RungView["kind"];
  /** Path of the rung in the ladder: `video[2]`. */
  readonly place: string;
  readonly form: Form;
  /** How to call a rung without a name. */
  readonly label?: string;
  /** The property that is only a name. */
  readonly nameProperty?: string;
}

/** A rung as the rules see it. */
export function rungView({ raw, kind, place, form, label, nameProperty = "name" }: RungForm): RungView {
  const written = (field: RungField): Written | undefined => {
    const found = form[field];
    return typeof found === "string" ? { at: found } : found;
  };
  const value = (field: RungField) => {
    const found = written(field);
    const here = found === undefined ? undefined : valueAt(raw, found.at);
    if (here === undefined || isUnknown(here)) return undefined;
    return found?.read === undefined ? here : found.read(here);
  };
  const isOpenAt = (field: RungField): boolean => {
    const found = written(field);
    return found !== undefined && isOpenPath(raw, found.at);
  };
  const num = (field: RungField): number | undefined => number(value(field));
  const str = (field: RungField): string | undefined => string(value(field));
  const rate = exactRate(value("fps"));
  const group = ["codec", "range", "protocol"] as const;
  const name = str("name");
  const height = num("height");
  return {
    kind,
    label: name ?? label ?? (height === undefined ? place : `${height}p`),
    at: (field) => (field === undefined ? place : `${place}.${written(field)?.at ?? field}`),
    isOpen: (field) => (field === undefined ? raw === undefined || isOpen(raw) : isOpenAt(field)),
    takes: (field) => form[field] !== undefined,
    isWritten: (field) => value(field) !== undefined,
    write: (field, given) => written(field)?.write?.(given) ?? given,
    group: group.some(isOpenAt)
      ? undefined
      : kind === "audio"
        ? "audio"
        : group.map((field) => str(field) ?? "").join(" "),
    raw,
    identity: identity(raw, nameProperty),
    name,
    width: num("width"),
    height,
    sampleAspect: str("sampleAspect"),
    fps: rate?.valueOf() ?? num("fps"),
    rate,
    codec: str("codec"),
    profile: str("profile"),
    level: str("level"),
    tier: str("tier"),
    bitDepth: num("bitDepth"),
    range: str("range"),
    bitrateKbps: num("bitrateKbps"),
    peakBitrateKbps: num("peakBitrateKbps"),
    bufferKbit: num("bufferKbit"),
    rateControl: str("rateControl"),
    keyframeIntervalSeconds: num("keyframeIntervalSeconds"),
    gopFrames: num("gopFrames"),
    gop: gopView(num("gopFrames"), num("keyframeIntervalSeconds"), rate),
    bFrames: num("bFrames"),
    refFrames: num("refFrames"),
    container: str("container"),
    audio:
      value("audio") === undefined && kind === "video"
        ? undefined
        : {
            codec: str("audio.codec"),
            bitrateKbps: num("audio.bitrateKbps"),
            channels: num("audio.channels"),
            sampleRateHz: num("audio.sampleRateHz"),
            language: str("audio.language"),
            group: str("audio.group"),
          },
  };
}

function identity(raw: unknown, nameProperty: string): string | undefined {
  if (typeof raw !== "object" || raw === null || isOpen(raw)) return undefined;
  return sorted(Object.fromEntries(Object.entries(raw).filter(([key]) => key !== nameProperty)));
}

/** A value as text, whatever the order of its properties. */
function sorted(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(sorted).join()}]`;
  const members = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, item]) => `${JSON.stringify(key)}:${sorted(item)}`).join()}}`;
}

function gopView(frames?: number, seconds?: number, rate?: Fraction): GopView | undefined {
  if (frames !== undefined && frames > 0 && rate !== undefined)
    return { frames, seconds: rate.inverse().mul(frames) };
  if (seconds === undefined || seconds <= 0) return undefined;
  if (rate === undefined) return { seconds: exactSeconds(seconds) };
  const meant = framesOf(seconds, rate);
  return {
    frames: meant,
    seconds: Number.isInteger(meant) ? rate.inverse().mul(meant) : exactSeconds(seconds),
  };
}

function valueAt(raw: unknown, path: string): unknown {
  return path.split(".").reduce((value: unknown, step) => properties(value)[step], raw);
}

/** True when the value at a path, or one above it, is there and not known: the engine's unknown, or undefined. */
function isOpenPath(raw: unknown, path: string): boolean {
  if (raw === undefined || isUnknown(raw)) return true;
  let value: unknown = raw;
  for (const step of path.split(".")) {
    const parent = properties(value);
    if (!(step in parent)) return false;
    value = parent[step];
    if (value === undefined || isUnknown(value)) return true;
  }
  return false;
}

/** The items of an array, or none of what is no array. */
export function items(value: unknown): unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}

/** The properties of an object, or none of what is no object (unknown, null, a string). */
export function properties(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

/** A number, or undefined for anything else. */
export function number(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

/** A number, or undefined for anything else and for zero, which vendors take for unset. */
export function nonZero(value: unknown): number | undefined {
  return value === 0 ? undefined : number(value);
}

/** A known string, or undefined for anything else. */
export function string(value: unknown): string | undefined {
  return typeof value === "string" && !isUnknown(value) ? value : undefined;
}

/** True when anything in a value is not known: the engine's unknown, or a member that is there and undefined. */
export function isOpen(value: unknown): boolean {
  if (value === undefined || isUnknown(value)) return true;
  return typeof value === "object" && value !== null && Object.values(value).some(isOpen);
}
