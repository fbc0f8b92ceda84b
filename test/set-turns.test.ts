import type { Definition, Props } from "../provider/define";
import type { KeyGeneration } from "../provider/define/rotation";
import type { Vendor } from "../provider/define/vendor";
import { keysOf } from "../provider/lifecycle/fingerprint";
import * as sets from "../provider/sets";
import { vendors } from "../provider/vendors";
import { randomFrom } from "./harness/random";
import { SetBench } from "./harness/set-bench";
import { type Kept, sampleOf, Workbench } from "./harness/workbench";

/** `keyRotation.atOnce`: a large set renews its keys a few at a time, by replacement and in place. */

const DAY = 86_400_000;

const kinds = ["aioz", "tenbyte"].map((name): [string, Vendor, Definition] => {
  const vendor = vendors.find((candidate) => candidate.name === name)!;
  return [name, vendor, vendor.resources.find((definition) => definition.name === "StreamKey")!];
});

describe.each(kinds)("a set of keys at %s that rotates a few at once", (_, vendor, definition) => {
  let bench: Workbench;
  let set: SetBench;
  let items: Record<string, Props>;
  /** What the last run said. */
  let said: string[];
  const NAMES = ["a", "b", "c", "d", "e"];

  beforeEach(async () => {
    bench = await Workbench.open(vendor, definition, { timeoutSeconds: 1, waitSeconds: 20 });
    set = new SetBench(bench);
    items = {};
    for (const name of NAMES) items[name] = sampleOf(vendor, definition).minimal(await bench.parent());
  });
  afterEach(() => bench.sandbox.close());

  const program = (rotation: Props): Props => ({ items, defaults: { keyRotation: rotation } });
  const make = (rotation: Props): Promise<Kept> => set.create(program(rotation));
  const up = (kept: Kept, rotation: Props): Promise<Kept & { did: boolean }> =>
    set.up(kept, program(rotation), set.type((said = [])));
  const recordOf = (kept: Kept, name: string): KeyGeneration =>
    set.items(kept).get(name)?.outs.keyGeneration as KeyGeneration;
  const keyOf = (kept: Kept, name: string): string =>
    JSON.stringify(keysOf(definition, set.items(kept).get(name)?.outs ?? {}));
  /** Names of the items that have another key than before. */
  const renewed = (before: Kept, after: Kept): string[] =>
    NAMES.filter((name) => keyOf(before, name) !== keyOf(after, name));
  /** What is to be made live: the object that a broadcast goes to. */
  const idOf = (kept: Kept, name: string): string => set.items(kept).get(name)?.id ?? "";
  const pass = (days: number): void => {
    bench.now = new Date(bench.now.getTime() + days * DAY);
  };

  it("renews the oldest first, says how many are left, and ends clean", async () => {
    let kept = await make({ every: "30d", atOnce: 2 });
    // Two are older than the rest.
    pass(1);
    const [d, e] = [
      { ...items.d, keyRotation: { trigger: "x" } },
      { ...items.e, keyRotation: { trigger: "x" } },
    ];
    items = { ...items, d, e };
    kept = await up(kept, { every: "30d", atOnce: 2 });
    items = {
      ...items,
      d: { ...d, keyRotation: { every: "30d" } },
      e: { ...e, keyRotation: { every: "30d" } },
    };
    pass(40);
    const done: string[][] = [];
    for (const left of [3, 1, 0]) {
      const before = kept;
      kept = await up(before, { every: "30d", atOnce: 2 });
      done.push(renewed(before, kept));
      const sentence = left === 1 ? /1 more is due and waits/ : new RegExp(`${left} more are due and wait`);
      if (left > 0) expect(said).toEqual(expect.arrayContaining([expect.stringMatching(sentence)]));
      else expect(said.join()).not.toMatch(/more/);
    }
    expect(done).toEqual([["a", "b"], ["c", "d"], ["e"]]);
    expect((await up(kept, { every: "30d", atOnce: 2 })).did).toBe(false);
  });

  it("leaves those of a schedule untouched, so what the program says next counts", async () => {
    const before = await make({ every: "30d", atOnce: 2 });
    pass(31);
    const after = await up(before, { every: "30d", atOnce: 2 });
    for (const name of ["c", "d", "e"])
      expect(set.items(after).get(name)).toEqual(set.items(before).get(name));
    const unscheduled = await set.up(after, { items }, set.type());
    expect(renewed(after, unscheduled)).toEqual([]);
    const unbounded = await up(after, { every: "30d" });
    expect(renewed(after, unbounded)).toEqual(["c", "d", "e"]);
  });

  it("spreads a trigger, and forgets nobody that it was for", async () => {
    const before = await make({ trigger: "one", atOnce: 2 });
    let kept = await up(before, { trigger: "two", atOnce: 2 });
    expect(renewed(before, kept)).toEqual(["a", "b"]);
    // The trigger is gone, and what it asked for is not.
    kept = await up(kept, { atOnce: 2 });
    expect(renewed(before, kept)).toEqual(["a", "b", "c", "d"]);
    kept = await up(kept, { atOnce: 2 });
    expect(renewed(before, kept)).toEqual(NAMES);
    expect((await up(kept, { atOnce: 2 })).did).toBe(false);
  });

  it("renews all at once for `rotateAll`, and once", async () => {
    const before = await make({ every: "30d", atOnce: 2 });
    pass(31);
    bench.config["streamkeys:rotateAll"] = "leak";
    const kept = await up(before, { every: "30d", atOnce: 2 });
    expect(renewed(before, kept)).toEqual(NAMES);
    expect((await up(kept, { every: "30d", atOnce: 2 })).did).toBe(false);
  });

  it("gives the turn of a live one to the next, and the live one has it later", async () => {
    const before = await make({ every: "30d", atOnce: 2 });
    pass(31);
    bench.setLive(idOf(before, "a"), true);
    let kept = await up(before, { every: "30d", atOnce: 2 });
    expect(renewed(before, kept)).toEqual(["b", "c"]);
    expect(recordOf(kept, "a").pending).toEqual({ reason: "every 30d" });
    bench.setLive(idOf(before, "a"), false);
    kept = await up(kept, { every: "30d", atOnce: 2 });
    expect(renewed(before, kept)).toEqual(["a", "b", "c", "d"]);
    kept = await up(kept, { every: "30d", atOnce: 2 });
    expect(renewed(before, kept)).toEqual(NAMES);
    expect((await up(kept, { every: "30d", atOnce: 2 })).did).toBe(false);
  });

  it("says in preview what the `up` then does, and changes nothing", async () => {
    const kept = await make({ every: "30d", atOnce: 2 });
    pass(31);
    said = [];
    const type = set.type(said);
    const thisRun = { preview: true };
    const { inputs } = set.check({ ...program({ every: "30d", atOnce: 2 }), thisRun }, kept.inputs, type);
    const calls = await bench.callsOf(() => sets.diff(type, kept.id, kept.outs, inputs));
    expect(calls.filter((call) => !call.startsWith("GET"))).toEqual([]);
    expect(said.join("\n")).toMatch(/(rotates|replaced).*: a, b\n/);
    expect(said.at(-1)).toMatch(/^2 keys are renewed, the oldest first.* 3 more are due and wait/);
  });

  it("does not give more turns because some have failed", async () => {
    const before = await make({ every: "30d", atOnce: 2 });
    pass(31);
    bench.sandbox.faults.push({ method: "POST", status: 422, times: 1 });
    const half = await up(before, { every: "30d", atOnce: 2 });
    expect(set.failure?.message).toMatch(/1 of 5 items failed/);
    expect(renewed(before, half)).toHaveLength(1);
    const kept = await up(half, { every: "30d", atOnce: 2 });
    expect(renewed(half, kept)).toHaveLength(2);
    expect(renewed(before, kept)).toHaveLength(3);
  });

  it.each([1, 2, 3])(
    "never renews more than so many, nor one twice for one reason (seed %d)",
    async (seed) => {
      const random = randomFrom(seed);
      let kept = await make({ every: "30d", atOnce: 2 });
      let trigger = 0;
      const done = new Map(NAMES.map((name) => [name, 0]));
      const run = async (): Promise<void> => {
        const rotation = { every: "30d", atOnce: 2, ...(trigger > 0 ? { trigger: `t${trigger}` } : {}) };
        const before = kept;
        kept = await up(before, rotation);
        const now = renewed(before, kept);
        expect(now.length).toBeLessThanOrEqual(2);
        for (const name of now) done.set(name, (done.get(name) ?? 0) + 1);
      };
      const live = new Set<string>();
      const setLive = (name: string, isLive: boolean): void => {
        bench.setLive(idOf(kept, name), isLive);
        if (isLive) live.add(name);
        else live.delete(name);
      };
      for (let step = 0; step < 12; step++) {
        const name = NAMES[Math.floor(random() * NAMES.length)] ?? "a";
        if (random() < 0.4) setLive(name, !live.has(name));
        await run();
      }
      expect([...done.values()]).toEqual(NAMES.map(() => 0));
      trigger = 1;
      for (let step = 0; step < 6; step++) {
        const name = NAMES[Math.floor(random() * NAMES.length)] ?? "a";
        if (random() < 0.4) setLive(name, !live.has(name));
        await run();
      }
      for (const name of [...live]) setLive(name, false);
      for (let step = 0; step < 3; step++) await run();
      expect([...done.values()]).toEqual(NAMES.map(() => 1));
      expect((await up(kept, { every: "30d", atOnce: 2, trigger: "t1" })).did).toBe(false);
    },
  );
});
