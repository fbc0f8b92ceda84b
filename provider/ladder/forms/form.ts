/** What it is to bring a ladder in from another program's form, and to take it out again. */
import type { Ladder, LadderProblem, Rung, VideoRung } from "../ladder";
import { LadderError } from "../ladder";
import { formatRate } from "../rate";
import type { Rate } from "../rate";

/** A ladder that was brought in, and what the form did not say or the ladder cannot hold. */
export interface Imported {
  readonly ladder: Ladder;
  /** What was lost or supposed, field by field. */
  readonly losses: readonly LadderProblem[];
}

/** A ladder in another program's form, and what the form cannot hold. */
export interface Exported {
  readonly text: string;
  readonly losses: readonly LadderProblem[];
}

/** What the person who imports knows and the form may not say. */
export interface ImportOptions {
  /** Name of the ladder. */
  readonly name?: string;
  /** Size of rungs whose size the form does not say. */
  readonly size?: { readonly width: number; readonly height: number };
  /** Rate of rungs whose rate the form does not say; unset: the source's. */
  readonly fps?: Rate;
}

/** A way to write a ladder down that another program has. */
export interface LadderForm {
  /** What the command and `importLadder` call it. */
  readonly name: string;
  /** Whether a text is in this form. */
  readonly recognises: (text: string) => boolean;
  /** Throws `LadderError` where a rung does not say enough. */
  readonly read: (text: string, options: ImportOptions) => Imported;
  /** Absent where the form holds no whole ladder. */
  readonly write?: (ladder: Ladder) => Exported;
}

/** Collects what a form does not say. */
export class Losses {
  readonly all: LadderProblem[] = [];

  add(rung: string | undefined, field: string, message: string): void {
    this.all.push({ ...(rung === undefined ? {} : { rung }), field, message });
  }
}

/** Names for rungs that have none: `720p30`, and with the bitrate where two would share it. */
export function named(rungs: readonly Rung[]): Rung[] {
  const plain = (rung: Rung): string =>
    rung.name !== ""
      ? rung.name
      : rung.kind === "video"
        ? `${rung.height}p${rung.fps === undefined ? "" : formatRate(rung.fps)}`
        : `audio-${rung.audio.bitrateKbps}k`;
  const names = rungs.map(plain);
  const longer = rungs.map((rung, at) =>
    names.filter((name) => name === names[at]).length > 1
      ? `${names[at] ?? ""}-${kbpsOf(rung)}k`
      : (names[at] ?? ""),
  );
  return rungs.map((rung, at) => {
    const name = longer[at] ?? "";
    const before = longer.slice(0, at).filter((other) => other === name).length;
    return { ...rung, name: before === 0 ? name : `${name}-${before + 1}` };
  });
}

const kbpsOf = (rung: Rung): number => (rung.kind === "video" ? rung.bitrateKbps : rung.audio.bitrateKbps);

/** Kbps of bits a second, rounded to a whole number. */
export const toKbps = (bits: number): number => Math.round(bits / 1000);

/** A ladder of what was read. */
export function imported(
  rungs: readonly Rung[],
  { name = "imported" }: ImportOptions,
  losses: Losses,
): Imported {
  if (rungs.length > 0) return { ladder: { name, rungs: named(rungs) }, losses: losses.all };
  throw new LadderError("nothing can be imported", [{ field: "rungs", message: "there is no rung in it" }]);
}

/** An object without its undefined members. */
export function known<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as T;
}

/** Names the fields of a rung that a form has no place for. */
export function lost(
  rung: Rung,
  fields: readonly (keyof VideoRung | `audio.${string}`)[],
  form: string,
  losses: Losses,
): void {
  for (const field of fields) {
    const value = field.startsWith("audio.")
      ? (rung.audio as unknown as Record<string, unknown> | undefined)?.[field.slice("audio.".length)]
      : (rung as unknown as Record<string, unknown>)[field];
    if (value !== undefined) losses.add(rung.name, field, `${form} has no place for it`);
  }
}
