import type { Definition, Props } from "../../../provider/define";
import { OrphanRisk, Refused, Unfinished } from "../../../provider/define/errors";
import type { Vendor } from "../../../provider/define/vendor";
import { type Kept, sampleOf, type Workbench } from "../workbench";
import { FaultsFor } from "./applicable";
import {
  changeOf,
  ELSEWISE,
  isSame,
  keysOf,
  listed,
  type Operation,
  PUT_OFF,
  SAID_AND_NOT_DONE,
  thrown,
} from "./operation";

/** Everything that is done with a single resource. `anotherId` is the id of another object of the kind. */
export function operationsOf(vendor: Vendor, definition: Definition, anotherId: string): Operation[] {
  const sample = sampleOf(vendor, definition);
  const its = new FaultsFor(vendor, definition, anotherId);
  let serial = 0;
  /** A resource of its own: no two have one name. */
  const named = (program: Props): Props => {
    const name = `news${++serial}`;
    return {
      ...program,
      ...("name" in definition.inputs ? { name } : {}),
      origin: `${name}#${String(serial).padStart(16, "0")}`,
      ...("instanceName" in definition.inputs ? { instanceName: name } : {}),
    };
  };
  const made = async (bench: Workbench, which: "minimal" | "full" = "minimal"): Promise<Kept> =>
    bench.create(named(sample[which](await bench.parent())));
  const isAsThere = async (bench: Workbench, kept: Kept): Promise<string | undefined> =>
    isSame(kept.outs, (await bench.read(kept))?.props ?? {}) ? undefined : ELSEWISE;

  const read: Operation["run"] = async (bench, withFault) => {
    const kept = await made(bench);
    const outcome = await withFault(() => bench.read(kept));
    if ("error" in outcome) return thrown(outcome.error);
    if (!outcome.value) return "dropped";
    return isSame(kept.outs, outcome.value.props) ? undefined : ELSEWISE;
  };

  const create: Operation["run"] = async (bench, withFault, process) => {
    const program = named(sample.minimal(await bench.parent()));
    const before = (await listed(bench)).length;
    const outcome = await withFault(() => bench.create(program, process));
    const more = (await listed(bench)).length - before;
    if (more > 1) return `made ${more} times`;
    if ("value" in outcome) return isAsThere(bench, outcome.value);
    const { error } = outcome;
    const knows = error instanceof OrphanRisk || error instanceof Unfinished;
    if (!definition.makesNothing && more > 0 && !knows) return "made, and forgotten";
    const again =
      error instanceof Unfinished
        ? bench.up({ id: error.id, inputs: {}, outs: error.outputs }, program)
        : bench.create(program);
    const next = await again.catch((refusal: unknown) => {
      // The user was told to look, and has not; what stands there is in the way, where a vendor takes only one.
      if (error instanceof OrphanRisk && more > 0 && refusal instanceof Refused) return undefined;
      throw refusal;
    });
    if (!next) return thrown(error);
    const leftOver = (await listed(bench)).length - before - 1;
    if (leftOver > (error instanceof OrphanRisk ? more : 0)) return "made twice in the end";
    return (await isAsThere(bench, next)) ?? thrown(error);
  };

  const adopt: Operation["run"] = async (bench, withFault) => {
    const kept = await made(bench);
    const { seenWith: _, ...program } = kept.inputs;
    const adopting = { ...program, origin: undefined, adopt: kept.id };
    const outcome = await withFault(() => bench.create(adopting, bench.resourceType()));
    if ("error" in outcome) {
      const next = await bench.create(adopting);
      return next.id === kept.id ? thrown(outcome.error) : "another one taken over";
    }
    return outcome.value.id === kept.id ? isAsThere(bench, outcome.value) : "another one taken over";
  };

  const list: Operation["run"] = async (bench, withFault) => {
    const kept = await made(bench);
    const outcome = await withFault(async () => await listed(bench));
    if ("error" in outcome) return thrown(outcome.error);
    return outcome.value.includes(kept.id) ? undefined : "not in the list, and there";
  };

  const remove: Operation["run"] = async (bench, withFault) => {
    const kept = await made(bench);
    const outcome = await withFault(() => bench.remove(kept));
    if ("value" in outcome) return (await bench.read(kept)) ? SAID_AND_NOT_DONE : undefined;
    await bench.remove(kept);
    return (await bench.read(kept)) ? "not deleted by the next run" : thrown(outcome.error);
  };

  const revoke: Operation["run"] = async (bench, withFault) => {
    const kept = await made(bench, "full");
    const isValid = async (): Promise<boolean> =>
      keysOf(definition, (await bench.read(kept))?.props) === keysOf(definition, kept.outs);
    const outcome = await withFault(() => bench.remove(kept));
    if ("value" in outcome) return (await isValid()) ? SAID_AND_NOT_DONE : undefined;
    await bench.remove(kept);
    return (await isValid()) ? "not revoked by the next run" : thrown(outcome.error);
  };

  const changed =
    (which: "minimal" | "full", change: (parent: string) => Props): Operation["run"] =>
    async (bench, withFault) => {
      const parent = await bench.parent();
      const program = named(sample[which](parent));
      const kept = await bench.create(program);
      const news = { ...program, ...change(parent) };
      const outcome = await withFault(() => bench.up(kept, news));
      if ("value" in outcome) {
        const done = outcome.value;
        if (which === "full" || keysOf(definition, done.outs) !== keysOf(definition, kept.outs))
          return isAsThere(bench, done);
        const { outs } = await bench.up(done, news);
        return keysOf(definition, outs) === keysOf(definition, kept.outs) ? SAID_AND_NOT_DONE : PUT_OFF;
      }
      const { error } = outcome;
      const next = await bench.up(
        error instanceof Unfinished ? { ...kept, outs: error.outputs } : kept,
        news,
      );
      if (next.id !== kept.id) return "made anew";
      if (which === "minimal" && keysOf(definition, next.outs) === keysOf(definition, kept.outs))
        return "not rotated by the next run";
      const clean = await bench.up(next, news);
      if (clean.did !== "nothing") return `the run after the next does ${clean.did}`;
      return (await isAsThere(bench, next)) ?? thrown(error);
    };
  const inPlace = changeOf(definition, sample.changes("parent"), "in place");

  const all: (Operation | false)[] = [
    { name: "read", hits: "looks", forGood: true, faults: its.look, run: read },
    { name: "read once", hits: "looks", faults: its.oneLook, run: read },
    { name: "adopt", hits: "looks", faults: its.oneLook, run: adopt },
    definition.list !== undefined && {
      name: "list",
      hits: "looks",
      forGood: true,
      faults: its.list,
      run: list,
    },
    definition.makesNothing
      ? { name: "create", hits: "looks", faults: its.look, run: create }
      : { name: "create", hits: "work", makes: true, faults: its.work(), run: create },
    !definition.outlivesDelete && {
      name: "delete",
      hits: "work",
      faults: [...its.notFound, ...its.work("nothing")],
      run: remove,
    },
    !definition.outlivesDelete && {
      name: "delete at a gateway",
      hits: "all",
      forGood: true,
      faults: its.everywhere,
      run: remove,
    },
    "revokeOnDelete" in definition.inputs && {
      name: "revoke",
      hits: "work",
      faults: [...its.notFound, ...its.work("key")],
      run: revoke,
    },
    definition.update !== undefined &&
      inPlace >= 0 && {
        name: "update",
        hits: "work",
        faults: its.work(),
        run: changed("full", (parent) => sample.changes(parent)[inPlace] ?? {}),
      },
    definition.rotate !== undefined && {
      name: "rotate",
      hits: "work",
      faults: its.work("key"),
      run: changed("minimal", () => ({ keyRotation: { trigger: "leak" } })),
    },
  ];
  return all.filter((operation) => operation !== false);
}
