/** Builders: a ladder made from another one. The one given is never changed. */
import { LadderError } from "./ladder";
import type { Ladder, Rung, VideoRung } from "./ladder";
import { findLevel, levels, smallestLevel } from "./levels";

/** Upper bounds of a ladder; an unset one does not bound. */
export interface Cap {
  /** Highest picture in pixels. */
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
        ? rung.height <= height && rung.bitrateKbps <= bitrateKbps
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

/**
 * The ladder with every video rung at another frame rate. A level that no longer takes its rung is raised to the
 * smallest that does. Bitrates, names and the keyframe distance in seconds stay: whether 60 fps is worth more bits is
 * the caller's decision.
 */
export function withFps(ladder: Ladder, fps: number): Ladder {
  return {
    ...ladder,
    rungs: ladder.rungs.map((rung) => (rung.kind === "video" ? raised({ ...rung, fps }) : rung)),
  };
}

function raised(rung: VideoRung): VideoRung {
  if (rung.level === undefined) return rung;
  const declared = findLevel(rung.codec, rung.level);
  const needed = smallestLevel(rung.codec, {
    ...rung,
    bitrateKbps: rung.peakBitrateKbps ?? rung.bitrateKbps,
  });
  if (declared === undefined || needed === undefined) return rung;
  const order = levels[rung.codec];
  return order.indexOf(needed) > order.indexOf(declared) ? { ...rung, level: needed.name } : rung;
}
