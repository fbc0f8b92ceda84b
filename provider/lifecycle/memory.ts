/**
 * The engine's own record of a stack, as a run finds it: what its state holds, and what an earlier run was doing when it
 * was killed, on whatever machine.
 */
export interface EngineRecord {
  /** When it was last written. */
  writtenAt: Date;
  /** Whether runs write it only at their end (`PULUMI_SKIP_CHECKPOINTS`), so that what a killed one did is not in it. */
  isLate: boolean;
  /** Identities (`origin`) of the resources that a run was making when it was killed, and of sets that it was changing. */
  interrupted: Set<string>;
  /** Ids of all objects that the state holds. */
  ids: Set<string>;
}

/**
 * What a run has learnt of who owns what. The engine does not tell a create whether it replaces something, and the calls
 * before it are all that shows it: a resource that the engine knows is continued by no note and adopts nothing, and an
 * object that some state holds, or that this run has made or read, is never the result of a create.
 */
export interface Memory {
  /** Resources that the program declares, by type and origin. */
  declared: Set<string>;
  /** Resources that the engine knows, by type and origin. */
  known: Set<string>;
  /** The resources that have an object, by its type and id: the origin of each. */
  owned: Map<string, string>;
  /** Which resource of this run takes an object over, by type and id. */
  adopters: Map<string, string>;
  /** Which resource a create of this run has given an object to, by type and id. */
  made: Map<string, string>;
  /** Objects that a create of this run has made anew, by vendor and id: what hangs on one may not be found yet. */
  fresh: Set<string>;
  /** The id that a planned replacement takes the place of, by type and origin. */
  replaced: Map<string, string>;
  /** Creates of this run that wait for the vendor's answer, by what they ask for. */
  asking: Map<string, Set<Promise<unknown>>>;
  /** When this run first saw that a process of an earlier one had ended, by its number and our `performance.now()`. */
  ended: Map<number, number>;
  /** When this run first looked for what was interrupted on another machine, where it has. */
  lookedAt?: number;
  /** The engine's record as this run has found it, once it was read. */
  record?: Promise<EngineRecord | undefined>;
  /** Whether the user was told what earlier runs have left. */
  hasToldLeftovers: boolean;
}

/** The memory of a run that has just begun. */
export function newMemory(): Memory {
  return {
    declared: new Set(),
    known: new Set(),
    owned: new Map(),
    adopters: new Map(),
    made: new Map(),
    fresh: new Set(),
    replaced: new Map(),
    asking: new Map(),
    ended: new Map(),
    hasToldLeftovers: false,
  };
}
