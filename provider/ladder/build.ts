/** Builders: a ladder made from another one. The one given is never changed. */
import { LadderError } from "./ladder";
import type { Ladder, Rung, VideoRung } from "./ladder";
import { findLevel, levels } from "./levels";
import { asRate, exactRate, formatRate, framesOf } from "./rate";
import type { Fraction, Rate } from "./rate";
import { levelFor } from "./rung";

/** Upper bounds of a ladder; an unset one does not bound. */
export interface Cap {
  /** Highest picture in pixels; of a portrait picture the width counts, its shorter side. */
  readonly height?: number;
  /** Highest average bitrate of a rung in kbps: the video's, or of an audio-only rung the audio's. */
  readonly bitrateKbps?: number;
}

/**
 * The ladder without the rungs above a height or a bitrate.
 * @throws LadderError when no rung is left.
 */
export function cap(ladder: Ladder, { height = Infinity, bitrateKbps = Infinity }: Cap): Ladder {
  return keep(
    ladder,
    (rung) =>
      rung.kind === "video"
        ? Math.min(rung.width, rung.height) <= height && rung.bitrateKbps <= bitrateKbps
        : rung.audio.bitrateKbps <= bitrateKbps,
    "is left without a rung",
  );
}

/**
 * The ladder without the rung of that name.
 * @throws LadderError when it has no such rung, or no other.
 */
export function dropRung(ladder: Ladder, name: string): Ladder {
  if (!ladder.rungs.some((rung) => rung.name === name)) {
    const names = ladder.rungs.map((rung) => rung.name).join(", ");
    throw new LadderError(`ladder "${ladder.name}" has no rung "${name}"`, [
      { field: "name", message: `it has ${names}` },
    ]);
  }
  return keep(ladder, (rung) => rung.name !== name, `is nothing but rung "${name}"`);
}

function keep(ladder: Ladder, keeps: (rung: Rung) => boolean, failure: string): Ladder {
  const rungs = ladder.rungs.filter(keeps);
  if (rungs.length > 0) return { ...ladder, rungs };
  throw new LadderError(`ladder "${ladder.name}" ${failure}`, [
    { field: "rungs", message: "keep at least one rung" },
  ]);
}

/** What a ladder is made from; an unset field does not bound. */
export interface Source {
  /** Width of the source in pixels. */
  readonly width?: number;
  /** Height of the source in pixels. */
  readonly height?: number;
  /** Frames per second of the source. */
  readonly fps?: Rate;
}

/**
 * The ladder without the rungs that are larger or faster than its source: an encoder would only blow them up. The sides count
 * whichever way round the picture stands.
 * @throws LadderError when no rung is left, or the rate is none.
 */
export function withinSource(ladder: Ladder, { width = Infinity, height = Infinity, fps }: Source): Ladder {
  const rate = fps === undefined ? undefined : rateOf(ladder, fps);
  const [short, long] = [width, height].toSorted((a, b) => a - b) as [number, number];
  const fits = (rung: VideoRung): boolean => {
    const own = exactRate(rung.fps);
    const isSlow = rate === undefined || own === undefined || own.valueOf() <= rate.valueOf() * 1.0011;
    // One side alone bounds the side of its name; both bound whichever way round.
    const isSmall = Number.isFinite(long)
      ? Math.min(rung.width, rung.height) <= short && Math.max(rung.width, rung.height) <= long
      : rung.width <= width && rung.height <= height;
    return isSlow && isSmall;
  };
  return keep(
    ladder,
    (rung) => rung.kind === "audio" || fits(rung),
    "is larger than its source in every rung",
  );
}

/** The ladder with every picture upright: width and height change places. Names stay. */
export function portrait(ladder: Ladder): Ladder {
  return pictures(ladder, (rung) =>
    rung.width > rung.height ? { ...rung, width: rung.height, height: rung.width } : rung,
  );
}

/**
 * One ladder of the rungs of two, those of the first in front. A rung that both have comes once; of two that only share a name the
 * second gets its codec in front.
 * @throws LadderError when names clash even so.
 */
export function join(first: Ladder, second: Ladder, name = `${first.name}+${second.name}`): Ladder {
  const rungs = second.rungs
    .filter((rung) => !first.rungs.some((other) => JSON.stringify(other) === JSON.stringify(rung)))
    .map((rung) =>
      first.rungs.some((other) => other.name === rung.name)
        ? { ...rung, name: `${codecOf(rung)}-${rung.name}` }
        : rung,
    );
  const clash = rungs.find((rung) => first.rungs.some((other) => other.name === rung.name));
  if (clash === undefined) return { name, rungs: [...first.rungs, ...rungs] };
  throw new LadderError(`ladders "${first.name}" and "${second.name}" cannot be joined`, [
    { rung: clash.name, field: "name", message: "both have a rung of that name; rename one" },
  ]);
}

const codecOf = (rung: Rung): string => (rung.kind === "video" ? rung.codec : rung.audio.codec);

function pictures(ladder: Ladder, change: (rung: VideoRung) => VideoRung): Ladder {
  return { ...ladder, rungs: ladder.rungs.map((rung) => (rung.kind === "video" ? change(rung) : rung)) };
}

/** Bitrate at a rate, against that at 30 fps: 1.2 at 60 fps as the presets have it, its share between, 1 below. */
function rateShare(rate: Fraction): number {
  return 1 + (0.2 * Math.max(0, rate.valueOf() - 30)) / 30;
}

/** A rung may be slowed down to this share of its rate for the ladder's sake, and 24 fps never counts as slow. */
const SLOWEST = 0.75;
const FILM = 23.9;

/**
 * The ladder at another rate: its fastest rungs get it, slower ones the same part of it (60 to 50 takes 30 to 25), or the whole where
 * the part would be too slow. Names that say the old rate say the new one; bitrates, peaks and buffers follow the rate by the
 * presets' recipe (1.2 from 30 to 60 fps); GOPs keep their length in whole frames; a level that is set is raised where the rung needs it.
 * @throws LadderError when the rate is none.
 */
export function withFps(ladder: Ladder, fps: Rate): Ladder {
  const target = rateOf(ladder, fps);
  const own = ladder.rungs.flatMap((rung) => (rung.kind === "video" ? (exactRate(rung.fps) ?? []) : []));
  const highest = Math.max(...own.map((rate) => rate.valueOf()));
  return pictures(ladder, (rung) => {
    const before = exactRate(rung.fps);
    return before === undefined
      ? { ...rung, fps: asRate(target) }
      : atRate(rung, before, partOf(target, before, highest));
  });
}

function rateOf(ladder: Ladder, fps: Rate): Fraction {
  const rate = exactRate(fps);
  if (rate !== undefined) return rate;
  throw new LadderError(`ladder "${ladder.name}" cannot take ${String(fps)} as a rate`, [
    { field: "fps", message: 'write it like 25, 29.97 or "30000/1001"' },
  ]);
}

function partOf(target: Fraction, before: Fraction, highest: number): Fraction {
  const slowest = Math.min(before.valueOf() * SLOWEST, FILM);
  let part = Math.max(1, Math.round(highest / before.valueOf()));
  while (part > 1 && target.valueOf() / part < slowest) part -= 1;
  return target.div(part);
}

function atRate(rung: VideoRung, before: Fraction, after: Fraction): VideoRung {
  const share = rateShare(after) / rateShare(before);
  const scaled = (kbps: number): number => Math.round(kbps * share);
  const { keyframeIntervalSeconds: seconds, gopFrames, ...rest } = rung;
  const length = gopFrames === undefined ? seconds : before.inverse().mul(gopFrames).valueOf();
  const changed: VideoRung = {
    ...rest,
    name: rung.name.replace(
      new RegExp(`p${formatRate(before).replace(".", "\\.")}(?![\\d.])`),
      `p${formatRate(after)}`,
    ),
    fps: asRate(after),
    bitrateKbps: scaled(rung.bitrateKbps),
    ...(rung.peakBitrateKbps === undefined ? {} : { peakBitrateKbps: scaled(rung.peakBitrateKbps) }),
    ...(rung.bufferKbit === undefined ? {} : { bufferKbit: scaled(rung.bufferKbit) }),
    ...(length === undefined ? {} : gopOf(length, after)),
  };
  return raised(changed);
}

/** A GOP as close to a length as whole frames allow: in seconds where they are exact, else in frames. */
function gopOf(seconds: number, rate: Fraction): Pick<VideoRung, "keyframeIntervalSeconds" | "gopFrames"> {
  const frames = Math.max(1, Math.round(framesOf(seconds, rate)));
  const exact = frames / rate.valueOf();
  return Math.abs(exact - Math.round(exact * 1000) / 1000) < 1e-9
    ? { keyframeIntervalSeconds: Math.round(exact * 1000) / 1000 }
    : { gopFrames: frames };
}

function raised(rung: VideoRung): VideoRung {
  if (rung.level === undefined) return rung;
  const declared = findLevel(rung.codec, rung.level);
  const needed = findLevel(rung.codec, levelFor(rung) ?? "");
  if (declared === undefined || needed === undefined) return rung;
  const order = levels[rung.codec];
  return order.indexOf(needed) > order.indexOf(declared) ? { ...rung, level: needed.name } : rung;
}
