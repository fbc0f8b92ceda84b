/** What differs between two ladders, rung by rung, for a pull request. */
import type { Ladder, Rung } from "./ladder";

/** One difference. */
export interface LadderChange {
  readonly kind: "added" | "removed" | "changed" | "moved";
  /** Name of the rung; absent for the ladder itself. */
  readonly rung?: string;
  /** Field of the portable ladder, where one has changed: `audio.bitrateKbps`. */
  readonly field?: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

/** The changes that lead from one ladder to another. Rungs are matched by name. */
export function compareLadders(before: Ladder, after: Ladder): LadderChange[] {
  const find = (ladder: Ladder, name: string): Rung | undefined =>
    ladder.rungs.find((rung) => rung.name === name);
  return [
    ...(before.name === after.name
      ? []
      : [{ kind: "changed" as const, field: "name", before: before.name, after: after.name }]),
    ...before.rungs
      .filter(({ name }) => find(after, name) === undefined)
      .map((rung) => ({ kind: "removed" as const, rung: rung.name, before: rung })),
    ...after.rungs.flatMap((rung): LadderChange[] => {
      const old = find(before, rung.name);
      return old === undefined ? [{ kind: "added", rung: rung.name, after: rung }] : fieldChanges(old, rung);
    }),
    ...orderChange(before, after),
  ];
}

function fieldChanges(before: Rung, after: Rung): LadderChange[] {
  const [old, now] = [flat(before), flat(after)];
  return [...new Set([...Object.keys(old), ...Object.keys(now)])]
    .filter((field) => old[field] !== now[field])
    .map((field) => ({ kind: "changed", rung: after.name, field, before: old[field], after: now[field] }));
}

/** The fields of a rung, those of its audio as `audio.codec`. */
function flat({ audio, ...rung }: Rung): Record<string, unknown> {
  const sound = Object.entries(audio ?? {}).map(([field, value]) => [`audio.${field}`, value] as const);
  return Object.fromEntries([...Object.entries(rung), ...sound]);
}

function orderChange(before: Ladder, after: Ladder): LadderChange[] {
  const common = (a: Ladder, b: Ladder): string[] =>
    a.rungs.map(({ name }) => name).filter((name) => b.rungs.some((rung) => rung.name === name));
  const [old, now] = [common(before, after), common(after, before)];
  return old.join("\n") === now.join("\n")
    ? []
    : [{ kind: "moved", field: "rungs", before: old, after: now }];
}

const SIGNS = { added: "+", removed: "-", changed: "~", moved: "~" } as const;

/** A change as a line of text: `~ 720p30 bitrateKbps: 2800 -> 3000`. */
export function formatChange({ kind, rung, field, before, after }: LadderChange): string {
  const what = [SIGNS[kind], rung ?? "ladder", field].filter((word) => word !== undefined).join(" ");
  if (kind === "added") return `${what}: ${words(after as Rung)}`;
  if (kind === "removed") return `${what}: ${words(before as Rung)}`;
  return `${what}: ${shown(before)} -> ${shown(after)}`;
}

const shown = (value: unknown): string => {
  if (value === undefined) return "unset";
  return Array.isArray(value) ? value.join(", ") : JSON.stringify(value).replace(/^"|"$/g, "");
};

function words(rung: Rung): string {
  if (rung.kind === "audio") return `${rung.audio.codec} ${rung.audio.bitrateKbps} kbps`;
  return `${rung.width}x${rung.height} ${rung.codec} ${rung.bitrateKbps} kbps`;
}
