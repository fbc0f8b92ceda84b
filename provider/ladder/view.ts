/**
 * A ladder as the rules see it. Whatever it was written in (the portable form, a vendor's input at preview), every
 * field may be missing, because it was left out, is not known yet, or is not what it should be; and every field knows
 * the path it was written at, so that a finding points at the user's own property.
 */
import type { Ladder, Rung } from "./ladder";
import { isUnknown } from "../engine-values";

/** A field of a rung, by its name in the portable ladder. */
export type RungField =
  | "name"
  | "width"
  | "height"
  | "fps"
  | "codec"
  | "profile"
  | "level"
  | "bitrateKbps"
  | "peakBitrateKbps"
  | "bufferKbit"
  | "keyframeIntervalSeconds"
  | "bFrames"
  | "audio"
  | "audio.codec"
  | "audio.bitrateKbps"
  | "audio.channels"
  | "audio.sampleRateHz";

/** The sound of a rung, as far as it is known. */
export interface AudioView {
  readonly codec?: string;
  readonly bitrateKbps?: number;
  readonly channels?: number;
  readonly sampleRateHz?: number;
}

/** One rung, as far as it is known. Units are those of the portable ladder. */
export interface RungView {
  readonly kind: "video" | "audio";
  /** How messages call the rung. */
  readonly label: string;
  /** Path of a field in what the user wrote; of the rung itself without one. */
  readonly at: (field?: RungField) => string;
  /** The rungs a player chooses from together share it: one codec, one protocol. Undefined while not known. */
  readonly group?: string;
  /** Container of its segments, where the rung itself says it. */
  readonly container?: string;
  /** True when anything in the rung is not known yet. */
  readonly isOpen: boolean;
  /** The rung as it was written, for rules about fields that only one vendor has. */
  readonly raw: unknown;
  readonly name?: string;
  readonly width?: number;
  readonly height?: number;
  readonly fps?: number;
  readonly codec?: string;
  readonly profile?: string;
  readonly level?: string;
  readonly bitrateKbps?: number;
  readonly peakBitrateKbps?: number;
  readonly bufferKbit?: number;
  readonly keyframeIntervalSeconds?: number;
  readonly bFrames?: number;
  readonly audio?: AudioView;
}

/** A ladder, as far as it is known. */
export interface LadderView {
  readonly rungs: readonly RungView[];
  /** True when it is not known yet which rungs there are. */
  readonly isOpen: boolean;
}

/** The portable ladder as the rules see it; paths are its own (`rungs[2].bitrateKbps`). */
export function ladderView(ladder: Ladder): LadderView {
  return { rungs: ladder.rungs.map(rungView), isOpen: false };
}

function rungView(rung: Rung, index: number): RungView {
  const path = `rungs[${index}]`;
  const { name: label } = rung;
  const common = { label, at: under(path), isOpen: false, raw: rung };
  return rung.kind === "video"
    ? { ...rung, ...common, group: rung.codec }
    : { ...rung, ...common, group: "audio" };
}

/** Where the fields of a rung at `path` stand, given the names of those that are not called as in the portable ladder. */
export function under(path: string, names: Partial<Record<RungField, string>> = {}): RungView["at"] {
  return (field) => (field === undefined ? path : `${path}.${names[field] ?? field}`);
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

/** True when an unknown stands anywhere in a value. A hole in an array counts as one. */
export function isOpen(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return isUnknown(value);
  return Array.isArray(value)
    ? value.some((item) => item === undefined || isOpen(item))
    : Object.values(value).some(isOpen);
}
