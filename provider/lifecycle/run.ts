import type { KeyGeneration } from "../define/rotation";

/** What this run has learnt of keys, of all resource types: the engine runs one process of ours a command. */
export interface Run {
  /** Whether the program runs for a preview, as the SDK says with each resource. */
  isPreview: boolean;
  /** Keys whose resources the engine has shown in this run, by type and id. */
  readonly keys: Map<string, SeenKey[]>;
  /** `since` of every generation that this run has begun, or will. */
  readonly begun: Map<string, { who: string; leads: boolean }[]>;
}

/** A key as its resource has it. */
export interface SeenKey {
  origin: unknown;
  generation: KeyGeneration;
}

/** Resource options that decide how a key can be rotated. The engine keeps them to itself, so the SDK passes them on. */
export interface Options {
  protect?: boolean | undefined;
  retainOnDelete?: boolean | undefined;
  /** Of an item of a set: a rotation that is due is not its turn in this run. The set says so, for all of them at once. */
  isLater?: boolean | undefined;
}

/** What the program says of a resource beside its inputs, as `check` heard it. */
export interface Declaration extends Options, Pick<ThisRun, "stack"> {
  /** `check` has announced a rotation, so the inputs show it. */
  isAnnounced: boolean;
  /** The generation of the key that `diff` has planned to replace this one. */
  planned?: KeyGeneration;
}

/** What the SDK passes on with each resource, in an input that `check` takes out. */
export interface ThisRun extends Options {
  preview?: boolean;
  /** The full name of the stack, where the run may make something. */
  stack?: string;
}

/** Begins a run. */
export function newRun(): Run {
  return { isPreview: false, keys: new Map(), begun: new Map() };
}
