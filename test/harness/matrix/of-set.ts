import { inspect, isDeepStrictEqual } from "node:util";
import type { Definition, Props } from "../../../provider/define";
import { OrphanRisk, Refused } from "../../../provider/define/errors";
import { hasSet } from "../../../provider/define/set";
import type { Vendor } from "../../../provider/define/vendor";
import type { ResourceType } from "../../../provider/lifecycle";
import * as sets from "../../../provider/sets";
import type { Items } from "../../../provider/sets/kept";
import { apart, SetBench } from "../set-bench";
import { type Kept, sampleOf, type Workbench } from "../workbench";
import { FaultsFor } from "./applicable";
import {
  changeOf,
  ELSEWISE,
  failuresOf,
  type Faulty,
  isSame,
  keysOf,
  listed,
  type Operation,
  PUT_OFF,
  SAID_AND_NOT_DONE,
  thrown,
} from "./operation";

/**
 * What is done with a set. For an item that a fault hits the rules are those of a single resource, and its mark is the mark
 * of the cell. Besides, whatever happens to it, the others are done and recorded, the next run touches none of them, and the
 * run after that has nothing to do and calls nobody.
 */

/** A set of two items, which no other cell has. */
class Scene {
  readonly set: SetBench;
  readonly items: Record<string, Props> = {};
  readonly parents: Record<string, string> = {};

  private constructor(
    readonly bench: Workbench,
    serial: number,
  ) {
    this.set = new SetBench(bench, `channels#${String(serial).padStart(16, "0")}`);
  }

  static async open(bench: Workbench, serial: number, which: "minimal" | "full" = "minimal"): Promise<Scene> {
    const scene = new Scene(bench, serial);
    const { vendor, definition } = bench;
    for (const name of [`news${serial}`, `sport${serial}`]) {
      const parent = await bench.parent();
      scene.parents[name] = parent;
      scene.items[name] = {
        ...apart(sampleOf(vendor, definition)[which](parent), name),
        ...("name" in definition.inputs ? { name } : {}),
      };
    }
    return scene;
  }

  /** The set, made without any fault. */
  async made(): Promise<Kept> {
    const kept = await this.set.create({ items: this.items });
    if (this.set.failure) throw this.set.failure;
    return kept;
  }

  get first(): string {
    return Object.keys(this.items)[0] ?? "";
  }

  /** The program without its last item. */
  get fewer(): Record<string, Props> {
    return { [this.first]: this.items[this.first] ?? {} };
  }

  /** The name of the item that `fewer` does not have. */
  get last(): string {
    return Object.keys(this.items).at(-1) ?? "";
  }

  /** Whether every item is at the vendor as state has it. */
  async areAsThere(items: Items, names: string[]): Promise<boolean> {
    for (const name of names) {
      const { id = "", outs = {} } = items.get(name) ?? {};
      const found = await this.bench.read({ id, inputs: {}, outs });
      if (!isSame(outs, found?.props ?? {})) return false;
    }
    return true;
  }

  /** How many objects there are, where something is made and there is a list. */
  async count(): Promise<number> {
    const { makesNothing, list } = this.bench.definition;
    return makesNothing || !list ? 0 : (await listed(this.bench)).length;
  }
}

/** The set as a process sees it. */
const typeIn = ({ vendor, definition, host }: ResourceType): sets.SetType =>
  sets.setTypeOf(vendor, definition, host);

/** A run of a set, and how it differs from others. */
interface Run {
  /** What there is before it; a create where there is nothing. */
  before?: Kept;
  program: Props;
  /** The process that does it, where it is not one of its own. */
  process?: ResourceType;
  /** So many objects more there are when it is done. */
  more?: number;
  /** Names of items with which what was asked for was not done, by a look at the healthy vendor. */
  undone?(items: Items): Promise<string[]> | string[];
}

/** Brings a set to a program while the fault is there, and again without it; returns what is wrong. */
async function bring(scene: Scene, withFault: Faulty, run: Run): Promise<string | undefined> {
  const { set } = scene;
  const { before, program, undone = () => [] } = run;
  const wanted = Object.keys(program.items as Props);
  const act = (from: Kept | undefined, process = scene.bench.resourceType()): Promise<Kept> =>
    from ? set.up(from, program, typeIn(process)) : set.create(program, typeIn(process));
  const there = await scene.count();
  let now = before;
  const outcome = await withFault(async () => {
    now = await act(before, run.process);
    if (set.failure) throw set.failure;
  });
  const error = "error" in outcome ? outcome.error : undefined;
  const failed = failuresOf(error);
  const recorded: Items = now ? set.items(now) : new Map<string, never>();
  const wrong = wrongFailure(error, failed, [...wanted, ...(before ? set.items(before).keys() : [])]);
  if (wrong) return wrong;
  const done = wanted.filter((name) => !failed.has(name));
  if (!done.every((name) => recorded.has(name))) return "what was done with the others is not recorded";
  if (!(await scene.areAsThere(recorded, done))) return ELSEWISE;
  const isPutOff = error === undefined && (await undone(recorded)).length > 0;

  if (error !== undefined || isPutOff) {
    const known = objectsOf(recorded) - (before ? objectsOf(set.items(before)) : 0);
    const more = (await scene.count()) - there;
    if (error !== undefined && more > known + (isDoubt(failed) ? 1 : 0)) return "made, and forgotten";
    const waits = isPutOff ? await undone(recorded) : [...failed.keys()];
    const others = new Map([...recorded].filter(([name]) => !waits.some((one) => name.startsWith(one))));
    const at = scene.bench.sandbox.requests.length;
    let failure: unknown;
    const next = await act(now).catch((reason: unknown) => void (failure = reason));
    failure ??= set.failure;
    // The user was told to look, and has not; what stands there is in the way, where a vendor takes only one.
    if (
      isDoubt(failed) &&
      [...failuresOf(failure).values()].every((one) => one instanceof Refused) &&
      failure
    )
      return undefined;
    if (failure || !next) return `the next run fails: ${String(failure)}`;
    const calls = scene.bench.sandbox.requests.slice(at);
    if (touched(others, set.items(next), calls)) return "the next run touches what had not failed";
    now = next;
  }
  if (!now) return "nothing is there";
  const items = set.items(now);
  if (!isDeepStrictEqual([...items.keys()].sort(), [...wanted].sort()))
    return `has ${[...items.keys()].join()} in the end`;
  if (objectsOf(items) < items.size) return "two items share an object";
  if ((await undone(items)).length > 0) return SAID_AND_NOT_DONE;
  if (!(await scene.areAsThere(items, wanted))) return ELSEWISE;
  const leftOver = (await scene.count()) - there - (run.more ?? 0);
  if (leftOver < 0) return "more is deleted than was asked for";
  if (leftOver > (isDoubt(failed) ? 1 : 0))
    return error === undefined && before ? SAID_AND_NOT_DONE : "made twice in the end";
  const at = scene.bench.sandbox.requests.length;
  const clean = await set.up(now, program);
  if (clean.did) return "the run after the next does something";
  if (scene.bench.sandbox.requests.length > at) return "the run after the next calls the vendor";
  return isPutOff ? PUT_OFF : undefined;
}

/** What is wrong with a failure of itself: it names each item that has failed, with the reason, and is about no others. */
function wrongFailure(error: unknown, failed: Map<string, unknown>, names: string[]): string | undefined {
  if (error === undefined) return undefined;
  if (!(error instanceof Error) || failed.size === 0) return `threw ${inspect(error)}`;
  for (const [name, reason] of failed) {
    const broken = thrown(reason);
    if (broken) return broken;
    if (!names.includes(name)) return `fails for ${name}, which nobody has`;
    if (!(reason instanceof Error) || !error.message.includes(`${name}: ${reason.message}`))
      return `does not say of ${name} why it failed: ${error.message}`;
  }
  return undefined;
}

const objectsOf = (items: Items): number => new Set([...items.values()].map(({ id }) => id)).size;

const isDoubt = (failed: Map<string, unknown>): boolean =>
  [...failed.values()].some((reason) => reason instanceof OrphanRisk);

/** Whether a run has changed items, or called the vendor about them. */
function touched(items: Items, after: Items, calls: { path: string }[]): boolean {
  return [...items].some(([name, item]) => {
    const id = encodeURIComponent(item.id.split("/").at(-1) ?? "");
    return (
      !isDeepStrictEqual(after.get(name), item) || calls.some(({ path }) => path.split(/[/?&=]/).includes(id))
    );
  });
}

/** Everything that is done with a set; nothing where there is none. `anotherId` is the id of another object of the kind. */
export function operationsOfSet(vendor: Vendor, definition: Definition, anotherId: string): Operation[] {
  if (!hasSet(definition)) return [];
  const sample = sampleOf(vendor, definition);
  const its = new FaultsFor(vendor, definition, anotherId);
  const isRevoked = "revokeOnDelete" in definition.inputs;
  let serial = 0;
  const open = (bench: Workbench, which?: "minimal" | "full"): Promise<Scene> =>
    Scene.open(bench, ++serial, which);

  const create: Operation["run"] = async (bench, withFault, process) => {
    const scene = await open(bench);
    return bring(scene, withFault, {
      program: { items: scene.items },
      process,
      more: definition.makesNothing ? 0 : 2,
    });
  };

  const read: Operation["run"] = async (bench, withFault) => {
    const scene = await open(bench);
    const kept = await scene.made();
    const outcome = await withFault(() => scene.set.read(kept, typeIn(bench.resourceType())));
    if ("error" in outcome)
      return wrongFailure(outcome.error, failuresOf(outcome.error), Object.keys(scene.items));
    const { props, inputs } = outcome.value;
    const now = scene.set.items({ ...kept, outs: props });
    if (now.size < 2) return "dropped";
    return isDeepStrictEqual(props, kept.outs) && isDeepStrictEqual(inputs, kept.inputs)
      ? undefined
      : ELSEWISE;
  };

  const changed =
    (how: "in place" | "replaces"): Operation["run"] =>
    async (bench, withFault, process) => {
      const scene = await open(bench, "full");
      const before = await scene.made();
      const { first, items, parents } = scene;
      const changes = sample.changes(parents[first] ?? "");
      const change = apart(changes[changeOf(definition, changes, how)] ?? {}, first);
      const was = scene.set.items(before).get(first)?.id;
      return bring(scene, withFault, {
        before,
        ...(how === "replaces" ? { process } : {}),
        program: { items: { ...items, [first]: { ...items[first], ...change } } },
        undone: (now) => ((now.get(first)?.id === was) === (how === "in place") ? [] : [first]),
      });
    };

  /** Whether an object that was deleted is there, or a key that was revoked is valid. */
  const isLeft = async (
    bench: Workbench,
    { id = "", outs = {} }: Partial<Omit<Kept, "inputs">> = {},
  ): Promise<boolean> => {
    const found = await bench.read({ id, inputs: {}, outs });
    if (!definition.outlivesDelete) return found !== undefined;
    return keysOf(definition, found?.props) === keysOf(definition, outs);
  };

  const takenOut: Operation["run"] = async (bench, withFault) => {
    const scene = await open(bench, definition.outlivesDelete ? "full" : "minimal");
    const before = await scene.made();
    const old = scene.set.items(before).get(scene.last);
    return bring(scene, withFault, {
      before,
      program: { items: scene.fewer },
      more: definition.makesNothing ? 0 : -1,
      undone: async (items) => (!items.has(scene.last) && (await isLeft(bench, old)) ? [scene.last] : []),
    });
  };

  const removed: Operation["run"] = async (bench, withFault) => {
    const scene = await open(bench, definition.outlivesDelete ? "full" : "minimal");
    const kept = await scene.made();
    const items = scene.set.items(kept);
    const left = async (): Promise<string[]> => {
      const names: string[] = [];
      for (const [name, item] of items) if (await isLeft(bench, item)) names.push(name);
      return names;
    };
    const outcome = await withFault(() => scene.set.remove(kept, typeIn(bench.resourceType())));
    const failed = failuresOf("error" in outcome ? outcome.error : undefined);
    if ((await left()).some((name) => !failed.has(name))) return SAID_AND_NOT_DONE;
    if ("value" in outcome) return undefined;
    await scene.set.remove(kept);
    if ((await left()).length > 0) return "not deleted by the next run";
    return wrongFailure(outcome.error, failed, [...items.keys()]);
  };

  const rotated: Operation["run"] = async (bench, withFault, process) => {
    const scene = await open(bench);
    const before = await scene.made();
    const keys = new Map(
      [...scene.set.items(before)].map(([name, { outs }]) => [name, keysOf(definition, outs)]),
    );
    return bring(scene, withFault, {
      before,
      ...(definition.rotate ? {} : { process }),
      program: { items: scene.items, defaults: { keyRotation: { trigger: "leak" } } },
      undone: (items) =>
        [...items].flatMap(([name, { outs }]) => (keysOf(definition, outs) === keys.get(name) ? [name] : [])),
    });
  };

  const deleting = [...its.notFound, ...its.work("nothing")];
  const isDeletedFirst = definition.deleteBeforeReplace === true || definition.keyGap !== undefined;
  /** A new object takes the place of an old one. */
  const replaced = (name: string, old: string, run: Operation["run"]): Operation[] => [
    { name, hits: "making", makes: true, faults: its.work(), run },
    {
      name: old,
      hits: "deleting",
      ...(isDeletedFirst ? {} : { neverUndone: true }),
      // Where nobody can be reached, no new one is made either.
      faults: isDeletedFirst ? deleting : deleting.filter(({ unreachable }) => !unreachable),
      run,
    },
  ];
  const hasChange = (how: "in place" | "replaces"): boolean =>
    changeOf(definition, sample.changes("parent"), how) >= 0;

  const isTakenOut = !definition.outlivesDelete || isRevoked;
  const toTakeOut = definition.outlivesDelete ? [...its.notFound, ...its.work("key")] : deleting;
  const all: (Operation | false)[] = [
    { name: "read of a set", hits: "looks", forGood: true, faults: its.look, run: read },
    { name: "read of a set once", hits: "looks", faults: its.oneLook, run: read },
    definition.makesNothing
      ? { name: "create of a set", hits: "looks", faults: its.look, run: create }
      : { name: "create of a set", hits: "work", makes: true, faults: its.work(), run: create },
    definition.update !== undefined &&
      hasChange("in place") && {
        name: "change in a set",
        hits: "work",
        faults: its.work(),
        run: changed("in place"),
      },
    isTakenOut && { name: "item taken out of a set", hits: "work", faults: toTakeOut, run: takenOut },
    isTakenOut && { name: "delete of a set", hits: "work", faults: toTakeOut, run: removed },
    definition.rotate !== undefined &&
      !definition.keyGap && {
        name: "rotation in a set",
        hits: "work",
        faults: its.work("key"),
        run: rotated,
      },
  ];
  return [
    ...all.filter((operation) => operation !== false),
    ...(definition.keyGap
      ? [
          { name: "rotation in a set", hits: "making" as const, faults: its.work("key"), run: rotated },
          {
            name: "old key of a rotation in a set",
            hits: "deleting" as const,
            faults: deleting,
            run: rotated,
          },
        ]
      : []),
    ...(definition.rotation !== undefined && !definition.rotate
      ? replaced("rotation in a set", "old key of a rotation in a set", rotated)
      : []),
    ...(!definition.makesNothing && hasChange("replaces")
      ? replaced("replacement in a set", "old object of a replacement in a set", changed("replaces"))
      : []),
  ];
}
