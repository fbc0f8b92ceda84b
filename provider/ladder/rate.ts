/** Frame rates and GOP lengths as exact fractions: 29.97 is 30000/1001, and a GOP is a whole number of frames. */
import { Fraction as ExactNumber } from "fraction.js";

/** An exact fraction: what of the library is used here. */
export interface Fraction {
  readonly n: bigint;
  readonly d: bigint;
  mul(by: number | Fraction): Fraction;
  div(by: number | Fraction): Fraction;
  sub(by: number | Fraction): Fraction;
  /** The smallest that both go into a whole number of times. */
  lcm(other: Fraction): Fraction;
  inverse(): Fraction;
  abs(): Fraction;
  compare(to: number | Fraction): number;
  valueOf(): number;
  /** `30000/1001`. */
  toFraction(): string;
}

/** An exact fraction of a number, of a text such as `30000/1001`, or of two whole numbers. */
export function exact(value: number | string, over?: number): Fraction {
  return over === undefined ? new ExactNumber(value) : new ExactNumber(Number(value), over);
}

/** Frames per second: a number as it is said (`30`, `29.97`, `59.94`), or a fraction (`"30000/1001"`). */
export type Rate = number | string;

/** How far a decimal may lie from the broadcast rate that it is the short form of: two digits, rounded or cut off. */
const ROUNDING = 0.0055;

/** How far apart two rates or times may lie and still be meant as one: less than 1000 from 1001. */
const SLACK = 5e-4;

/**
 * A rate as a fraction; undefined for what is none. A decimal close to a whole number times 1000/1001 is that
 * broadcast rate (SMPTE ST 125 and its kin): 23.98 and 23.976 are 24000/1001.
 */
export function exactRate(rate: unknown): Fraction | undefined {
  const value = fraction(rate);
  if (value === undefined || value.compare(0) <= 0) return undefined;
  if (value.d === 1n || typeof rate === "string") return value;
  const broadcast = exact(Math.round(value.valueOf() * 1.001) * 1000, 1001);
  return Math.abs(broadcast.valueOf() - value.valueOf()) <= ROUNDING ? broadcast : value;
}

function fraction(value: unknown): Fraction | undefined {
  if (typeof value === "number") return Number.isFinite(value) ? exact(value) : undefined;
  if (typeof value !== "string" || !/^\d+(\.\d+)?(\/[1-9]\d*)?$/.test(value)) return undefined;
  return exact(value);
}

/** A rate as a number, for arithmetic that need not be exact; undefined for what is no rate. */
export function framesPerSecond(rate: unknown): number | undefined {
  return exactRate(rate)?.valueOf();
}

/** A rate as it is said: `30`, `29.97`, `23.976`. */
export function formatRate(rate: Rate | Fraction): string {
  const value = typeof rate === "object" ? rate : exactRate(rate);
  return value === undefined ? String(rate) : String(Math.round(value.valueOf() * 1000) / 1000);
}

/** A rate in the form that `Rate` has: a whole number, or a fraction such as `"30000/1001"`. */
export function asRate(rate: Fraction): Rate {
  return rate.d === 1n ? Number(rate.n) : rate.toFraction();
}

/** A time in seconds as a fraction, to the microsecond. */
export function exactSeconds(seconds: number): Fraction {
  return exact(Math.round(seconds * 1e6), 1_000_000);
}

/**
 * The frames of a GOP of so many seconds. Not a whole number where the GOP fits no frame; seconds that are whole but
 * for the 1001/1000 of a broadcast rate (2 s at 29.97 fps) are the whole number that every encoder makes of them.
 */
export function framesOf(seconds: number, rate: Fraction): number {
  const frames = exactSeconds(seconds).mul(rate).valueOf();
  const whole = Math.max(1, Math.round(frames));
  return Math.abs(frames - whole) <= 1.1e-3 * whole ? whole : frames;
}

/** True when one rate or time goes a whole number of times into the other, but for digits that nobody writes. */
export function isMultiple(large: Fraction, small: Fraction): boolean {
  const ratio = large.div(small).valueOf();
  return ratio > 0.5 && Math.abs(ratio - Math.round(ratio)) <= SLACK * ratio;
}

/** True when two rates or times are the same, but for digits that nobody writes. */
export function isSame(a: Fraction, b: Fraction): boolean {
  return Math.abs(a.div(b).valueOf() - 1) <= SLACK;
}
