import type { Definition, Props } from "../provider/define";
import { secretPaths, schemaOf } from "../provider/define/schema";
import { hasSet } from "../provider/define/set";
import type { Vendor } from "../provider/define/vendor";
import { UNKNOWN } from "../provider/engine-values";
import * as sets from "../provider/sets";
import { type Items, packed } from "../provider/sets/kept";
import { lineOf } from "../provider/sets/progress";
import { definitionOf, vendors } from "../provider/vendors";
import { apart, SetBench } from "./harness/set-bench";
import { sampleOf, Workbench } from "./harness/workbench";

/** What every set must do, tried on each of them against the simulator over real HTTP. */

const all = vendors.flatMap((vendor) =>
  vendor.resources
    .filter(hasSet)
    .map((definition): [string, Vendor, Definition] => [
      `${vendor.name}.${definition.name}Set`,
      vendor,
      definition,
    ]),
);

describe.each(all)("%s", (_, vendor, definition) => {
  const sample = sampleOf(vendor, definition);
  let bench: Workbench;
  let set: SetBench;

  beforeEach(async () => {
    bench = await Workbench.open(vendor, definition, { timeoutSeconds: 1, waitSeconds: 20 });
    set = new SetBench(bench);
  });
  afterEach(() => bench.sandbox.close());

  const item = async (name: string, which: "minimal" | "full" = "minimal"): Promise<Props> =>
    apart(sample[which](await bench.parent()), name);
  const three = async (which: "minimal" | "full" = "minimal"): Promise<Record<string, Props>> => ({
    news: await item("news", which),
    sport: await item("sport", which),
    film: await item("film", which),
  });
  const posts = (): number => bench.sandbox.requests.filter(({ method }) => method === "POST").length;

  it.each(["minimal", "full"] as const)(
    "is a clean preview after create and after refresh, and calls nobody (%s)",
    async (which) => {
      const program = { items: await three(which) };
      const kept = await set.create(program);
      expect([...set.items(kept).keys()].sort()).toEqual(["film", "news", "sport"]);
      for (const { outs } of set.items(kept).values())
        for (const output of schemaOf(definition.outputs).required ?? []) expect(outs).toHaveProperty(output);
      const found = await set.read(kept);
      expect(found.inputs).toEqual(kept.inputs);
      expect(found.props).toEqual(kept.outs);
      expect(
        await bench.callsOf(async () => {
          expect((await set.up(kept, program)).did).toBe(false);
        }),
      ).toEqual([]);
    },
  );

  it("has the engine's state read where it makes something, and not where there is nothing to do", async () => {
    const items = await three();
    const { news, ...others } = items;
    const kept = await set.create({ items: others });
    const thisRun = { stack: "organization/project/dev" };
    for (const [program, reads] of [
      [{ items: others, thisRun }, 0],
      [{ items, thisRun }, 1],
      [{ items: { news }, thisRun }, 1],
      [{ items }, 0],
    ] as const) {
      const type = set.type();
      const readRecord = jest.spyOn(type.host, "readRecord");
      const { inputs } = set.check(program, kept.inputs, type);
      await sets.diff(type, kept.id, kept.outs, inputs);
      expect(readRecord).toHaveBeenCalledTimes(reads);
    }
  });

  it("has each item as a resource of its own would be", async () => {
    const items = await three("full");
    const kept = await set.create({ items });
    for (const [name, { id, outs }] of set.items(kept)) {
      const single = await bench.read({ id, inputs: {}, outs });
      expect({ name, props: single?.props }).toEqual({ name, props: outs });
    }
  });

  it("touches only the items that are new, changed or no more in the program", async () => {
    const items = await three();
    const kept = await set.create({ items });
    const before = new Map(set.items(kept));
    const { news: _, ...rest } = items;
    const now = await set.up(kept, { items: { ...rest, weather: await item("weather") } });
    expect([...set.items(now).keys()].sort()).toEqual(["film", "sport", "weather"]);
    for (const name of ["film", "sport"]) expect(set.items(now).get(name)).toEqual(before.get(name));
    expect((await set.read(now)).inputs).toEqual(now.inputs);
  });

  it("records what is done when one fails, and touches just that one next time", async () => {
    if (definition.makesNothing) return;
    const items = await three();
    const [first, ...others] = Object.keys(items);
    // What is refused is not done, so nobody has to look for it.
    bench.sandbox.faults.push({ method: "POST", status: 422, times: 1 });
    const kept = await set.create({ items });
    expect(set.failure?.message).toMatch(/1 of 3 items failed[^]*: .*422/);
    expect(set.items(kept).size).toBe(2);
    expect([first, ...others]).toEqual(expect.arrayContaining([...set.items(kept).keys()]));
    bench.sandbox.requests.length = 0;
    const now = await set.up(kept, { items });
    expect(set.failure).toBeUndefined();
    expect(posts()).toBe(1);
    expect(set.items(now).size).toBe(3);
    for (const [name, item] of set.items(kept)) expect(set.items(now).get(name)).toEqual(item);
    expect((await set.up(now, { items })).did).toBe(false);
  });

  it("finds one item again after a lost answer, and makes no second one", async () => {
    if (definition.makesNothing) return;
    const items = await three();
    bench.sandbox.requests.length = 0;
    bench.sandbox.faults.push({ method: "POST", afterWork: true, status: 502, body: "<html>", times: 1 });
    const kept = await set.create({ items });
    expect(set.failure).toBeUndefined();
    expect(posts()).toBe(3);
    expect(new Set([...set.items(kept).values()].map(({ id }) => id)).size).toBe(3);
  });

  it("goes on with what a killed run has made", async () => {
    if (definition.makesNothing) return;
    const items = await three();
    const lost = await set.create({ items });
    bench.sandbox.requests.length = 0;
    // The next process knows nothing but the notes: the engine was never told.
    const kept = await set.create({ items });
    expect(posts()).toBe(0);
    expect([...set.items(kept)].map(([name, { id }]) => [name, id])).toEqual(
      [...set.items(lost)].map(([name, { id }]) => [name, id]),
    );
  });

  it("shows an item that vanished as one to be made", async () => {
    if (definition.outlivesDelete) return;
    const items = await three();
    const kept = await set.create({ items });
    bench.vanish(set.items(kept).get("sport")?.id ?? "");
    const found = await set.read(kept);
    expect(Object.keys(found.inputs.items as Props).sort()).toEqual(["film", "news"]);
    // What is of its parent has vanished with it.
    if (definition.makesNothing) return;
    const now = await set.up({ ...kept, outs: found.props, inputs: found.inputs }, { items });
    expect([...set.items(now).keys()].sort()).toEqual(["film", "news", "sport"]);
  });

  it("finds the same state at a refresh, whichever answer comes first", async () => {
    const kept = await set.create({ items: await three() });
    bench.sandbox.faults.push({ method: "GET", delayMs: 200, times: 1 });
    expect(await set.read(kept)).toMatchObject({ props: kept.outs, inputs: kept.inputs });
  });

  it("keeps the state when a look fails", async () => {
    const kept = await set.create({ items: await three() });
    bench.sandbox.faults.push({ method: "GET", status: 500 });
    await expect(set.read(kept)).rejects.toThrow(/The state is left as it was\. 3 of 3 items failed/);
  });

  it("names the item and the path of what is wrong", () => {
    const items = { "the news": sample.full("parent"), sport: sample.full("parent") };
    for (const { inputs, path } of sample.wrong) {
      const { problems } = set.check({
        items: { ...items, "the news": { ...sample.full("parent"), ...inputs } },
      });
      const paths = problems.map((problem) => problem.split(": ")[0]);
      expect(paths).toContain(`items["the news"].${path}`);
      expect(paths.filter((at) => at?.startsWith("items.sport"))).toEqual([]);
      const common = set.check({
        items: { news: {}, sport: {} },
        defaults: { ...sample.full("parent"), ...inputs },
      });
      const told = common.problems.filter((problem) => problem.startsWith(`defaults.${path}: `));
      expect(told.length).toBeGreaterThan(0);
      expect(told).toEqual([...new Set(told)]);
    }
  });

  it("keeps every secret in `secrets`, or where the program has it", async () => {
    const kept = await set.create({ items: await three("full") });
    const { secrets: _secrets, items: _items, defaults: _defaults, ...open } = kept.outs;
    const secret = secretPaths(schemaOf(definition.outputs)).map(([output = ""]) => output);
    const without = sets.unpacked(set.type().of, { ...kept.outs, secrets: "{}" });
    for (const [name, { outs }] of set.items(kept))
      for (const output of secret.filter((one) => outs[one] !== undefined)) {
        expect(without.get(name)?.outs[output]).toBeUndefined();
        expect(JSON.stringify(open)).not.toContain(JSON.stringify(outs[output]));
      }
  });

  it("deletes every item, and again is fine", async () => {
    const kept = await set.create({ items: await three() });
    await set.remove(kept);
    await set.remove(kept);
    if (!definition.outlivesDelete)
      expect(set.items({ ...kept, outs: (await set.read(kept)).props }).size).toBe(0);
  });

  if (definition.rotation) {
    it("bounds its rotations by `atOnce`, which a single resource refuses by name", () => {
      const keyRotation = { every: "30d", atOnce: 50 };
      expect(
        set.check({ items: { news: sample.minimal("parent") }, defaults: { keyRotation } }).problems,
      ).toEqual([]);
      const { failures } = bench.check({ ...sample.minimal("parent"), keyRotation });
      expect(failures.map(({ reason }) => reason)).toEqual([
        expect.stringMatching(/^keyRotation\.atOnce: is for sets, in their `defaults.keyRotation`/),
      ]);
    });

    it("rotates each due key once, also when one fails", async () => {
      const items = await three();
      const before = await set.create({ items, defaults: { keyRotation: { every: "30d" } } });
      bench.now = new Date("2026-02-05T00:00:00Z");
      const said: string[] = [];
      const program = { items, defaults: { keyRotation: { every: "30d" } } };
      const now = await set.up(before, program, set.type(said));
      expect(set.failure).toBeUndefined();
      expect(said.join("\n")).toMatch(/(rotates|replaced).*: news, sport, film/);
      const generations = [...set.items(now).values()].map(({ outs }) => outs.keyGeneration);
      expect(generations).toEqual(Array(3).fill(expect.objectContaining({ reason: "every 30d" })));
      expect((await set.up(now, program)).did).toBe(false);
    });
  }
});

describe("a set", () => {
  const [, aioz, streamKey] = all.find(([name]) => name === "aioz.StreamKeySet")!;
  let bench: Workbench;
  let set: SetBench;
  beforeEach(async () => {
    bench = await Workbench.open(aioz, streamKey, { timeoutSeconds: 1, waitSeconds: 20 });
    set = new SetBench(bench);
  });
  afterEach(() => bench.sandbox.close());

  const many = (count: number): Record<string, Props> =>
    Object.fromEntries(Array.from({ length: count }, (_, at) => [`channel-${at}`, {}]));

  it("names an item as its object where the program gives no name", async () => {
    const kept = await set.create({ items: many(2) });
    expect(set.items(kept).get("channel-1")?.outs).toMatchObject({ name: "channel-1" });
  });

  it("refuses what is no set", () => {
    expect(set.check({ items: [] }).problems).toEqual([expect.stringMatching(/^items: must be an object/)]);
    expect(set.check({ items: { news: 7, "": {}, " x": {}, "a (replaced)": {} } }).problems).toHaveLength(4);
    expect(set.check({ items: {}, save: true }).problems).toEqual([
      expect.stringMatching(/^save: .*`defaults`/),
    ]);
    expect(set.check({ items: {}, defaults: { import: "x" } }).problems).toEqual([
      expect.stringMatching(/^defaults\.import/),
    ]);
    expect(set.check({ items: { news: { keyRotation: { notWith: "x" } } } }).problems).toEqual([
      expect.stringMatching(/^items\.news\.keyRotation: pairs keys/),
    ]);
    expect(set.check({ items: { news: { keyRotation: { atOnce: 2 } } } }).problems).toEqual([
      expect.stringMatching(/^items\.news\.keyRotation\.atOnce: bounds the whole set/),
    ]);
    for (const atOnce of [0, 1.5, "2", null])
      expect(
        set.check({ items: { news: {} }, defaults: { keyRotation: { every: "30d", atOnce } } }).problems,
      ).toEqual(["defaults.keyRotation.atOnce: must be a whole number, 1 or more"]);
  });

  it("takes items whose names mean something in JavaScript, and refuses the one that it loses", async () => {
    const names = ["constructor", "toString", "hasOwnProperty", "valueOf", "length", "0", "prototype"];
    const items = Object.fromEntries(names.map((name) => [name, {}]));
    const kept = await set.create({ items });
    expect([...set.items(kept).keys()].sort()).toEqual([...names].sort());
    expect(new Set([...set.items(kept).values()].map(({ outs }) => outs.streamKey)).size).toBe(names.length);
    expect((await set.up(kept, { items })).did).toBe(false);
    const { constructor: _, ...rest } = items;
    const calls = await bench.callsOf(() => set.up(kept, { items: rest }));
    expect(calls.filter((call) => call.startsWith("DELETE"))).toHaveLength(1);
    const lost = JSON.parse('{ "__proto__": {} }') as Props;
    expect(set.check({ items: lost }).problems).toEqual([expect.stringMatching(/__proto__/)]);
  });

  it("lets what is not known yet pass, at every level", async () => {
    for (const program of [
      { items: UNKNOWN },
      { items: { news: UNKNOWN } },
      { items: { news: { name: UNKNOWN } } },
      { items: { news: {} }, defaults: UNKNOWN },
      { items: { news: {} }, defaults: { save: UNKNOWN } },
    ])
      expect(set.check(program).problems).toEqual([]);
    const kept = await set.create({ items: { news: {} } });
    const type = set.type();
    const { inputs } = set.check({ items: { news: { type: UNKNOWN } } }, kept.inputs, type);
    expect(await sets.diff(type, kept.id, kept.outs, inputs)).toMatchObject({ changes: undefined });
  });

  it("asks for an update where the inputs do not show that something is to be done", async () => {
    bench.sandbox.faults.push({ method: "POST", status: 422, times: 1 });
    const kept = await set.create({ items: many(3) });
    const type = set.type();
    const { inputs } = set.check({ items: many(3) }, kept.inputs, type);
    expect(await sets.diff(type, kept.id, kept.outs, inputs)).toMatchObject({ changes: true });
  });

  it("begins no more items once the engine is gone, and the next run makes just those", async () => {
    const type = set.type();
    const isEngineAlive = () => Promise.resolve(bench.sandbox.requests.length < 10);
    type.host.journal = { ...type.host.journal, isEngineAlive };
    const half = await set.create({ items: many(50) }, type);
    expect(set.items(half).size).toBeLessThan(50);
    expect(set.failure?.message).toMatch(/The engine is gone/);
    await set.up(half, { items: many(50) });
    expect(bench.sandbox.requests.filter(({ method }) => method === "POST")).toHaveLength(50);
  });

  it("changes one item by one call", async () => {
    const kept = await set.create({ items: many(5) });
    const calls = await bench.callsOf(() =>
      set.up(kept, { items: { ...many(5), "channel-3": { save: true } } }),
    );
    expect(calls).toEqual(["PUT 200"]);
  });

  it("keeps, of an item whose change failed, what is there", async () => {
    const kept = await set.create({ items: many(2), defaults: { save: false } });
    bench.sandbox.faults.push({ method: "PUT", status: 422, times: 1 });
    const program = { items: many(2), defaults: { save: true } };
    const half = await set.up(kept, program);
    expect(set.failure?.message).toMatch(/1 of 2 items failed/);
    expect([...set.items(half).values()].map(({ outs }) => outs.save).sort()).toEqual([false, true]);
    const calls = await bench.callsOf(() => set.up(half, program));
    expect(calls).toEqual(["PUT 200"]);
  });

  it("shows drift on the item that has it", async () => {
    const kept = await set.create({ items: many(2), defaults: { save: false } });
    const { id = "" } = set.items(kept).get("channel-1") ?? {};
    await bench.up(
      { id, inputs: { save: false, name: "channel-1" }, outs: set.items(kept).get("channel-1")!.outs },
      { name: "channel-1", save: true },
    );
    const found = await set.read(kept);
    expect(found.inputs.items).toEqual({ "channel-0": {}, "channel-1": { save: true } });
    const mended = await set.up(
      { ...kept, inputs: found.inputs, outs: found.props },
      { items: many(2), defaults: { save: false } },
    );
    expect(set.items(mended).get("channel-1")?.outs.save).toBe(false);
  });

  it("adopts an item without a write, and nothing twice", async () => {
    const { id } = await bench.create({ name: "old", save: true });
    const calls = await bench.callsOf(async () => {
      const kept = await set.create({ items: { news: { import: id, name: "old", save: true } } });
      expect(set.items(kept).get("news")?.id).toBe(id);
    });
    expect(calls.filter((call) => !call.startsWith("GET"))).toEqual([]);
    await set.create({
      items: { a: { import: id, name: "old", save: true }, b: { import: id, name: "old", save: true } },
    });
    expect(set.failure?.message).toMatch(/another resource of this program has it/);
  });

  it("says at preview what an adoption does, and refuses one that only a new object could make fit", async () => {
    const { id } = await bench.create({ name: "old", save: true });
    const foreseen = async (
      item: Props,
      olds: Props = {},
    ): Promise<{ said: string[]; problems: string[] }> => {
      const said: string[] = [];
      const type = set.type(said);
      const { inputs } = set.check(
        { items: { news: { import: id, ...item } }, thisRun: { preview: true } },
        olds,
        type,
      );
      const problems = await sets.foreseeAdoption(type, inputs);
      return { said, problems: problems.map(({ path, reason }) => `${path}: ${reason}`) };
    };
    const fits = await foreseen({ name: "old", save: true });
    expect(fits).toEqual({ said: [`news: takes over ${id}, writes nothing`], problems: [] });
    const { problems } = await foreseen({ name: "old", type: "audio" });
    expect(problems).toEqual([expect.stringMatching(/^items\.news: .*cannot be imported/)]);
    expect(await foreseen({}, { items: { news: {} } })).toEqual({ said: [], problems: [] });
  });

  it("is not replaced; an item is, and its old object is kept until it is deleted", async () => {
    const kept = await set.create({ items: many(2) });
    const program = { items: { ...many(2), "channel-1": { type: "audio" } } };
    const said: string[] = [];
    bench.sandbox.faults.push({ method: "DELETE", status: 422, times: 1 });
    const half = await set.up(kept, program, set.type(said));
    expect(said).toContain("replaced, by a change of type: channel-1");
    expect(set.failure?.message).toMatch(/is to be deleted yet/);
    expect([...set.items(half).keys()]).toContain("channel-1 (replaced)");
    const now = await set.up(half, program);
    expect([...set.items(now).keys()].sort()).toEqual(["channel-0", "channel-1"]);
    expect(set.items(now).get("channel-1")?.outs.type).toBe("audio");
  });

  it("deletes nothing where something else failed, and nothing of what is protected", async () => {
    const kept = await set.create({ items: many(2) });
    bench.sandbox.faults.push({ method: "POST", status: 422, times: 1 });
    const half = await set.up(kept, { items: { "channel-0": {}, renamed: {} } });
    expect(set.failure?.message).toMatch(/1 to be deleted are left/);
    expect([...set.items(half).keys()].sort()).toEqual(["channel-0", "channel-1"]);
    await expect(set.up(kept, { items: { "channel-0": {} }, thisRun: { protect: true } })).rejects.toThrow(
      /protected/,
    );
    const retained = await set.up(kept, { items: { "channel-0": {} }, thisRun: { retainOnDelete: true } });
    expect([...set.items(retained).keys()]).toEqual(["channel-0"]);
    expect(await bench.read({ inputs: {}, ...set.items(kept).get("channel-1")! })).toBeDefined();
  });

  it("holds a live item back, and does the others", async () => {
    const kept = await set.create({ items: many(2) });
    bench.setLive(set.items(kept).get("channel-0")?.id ?? "", true);
    const program = { items: many(2), defaults: { type: "audio" } };
    const half = await set.up(kept, program);
    expect(set.failure?.message).toMatch(/1 of 2 items failed[^]*channel-0: .*is live/);
    expect([...set.items(half)].map(([name, { outs }]) => [name, outs.type]).sort()).toEqual([
      ["channel-0", "video"],
      ["channel-1", "audio"],
    ]);
  });

  it("says how it is getting on", () => {
    expect(lineOf({ total: 1000, done: 120, failed: 2, seconds: 5 })).toBe(
      "120 of 1000 done, 2 failed, 878 left, 24 a second",
    );
  });

  it("takes less than 250 bytes of state an item beyond its inputs, secrets encrypted", async () => {
    const kept = await set.create({ items: many(100) });
    const bytes = JSON.stringify(kept.outs).length - JSON.stringify(kept.inputs).length;
    // The engine encrypts into base64.
    const encrypted = String(kept.outs.secrets).length / 3;
    expect((bytes + encrypted) / 100).toBeLessThan(250);
  });

  it("keeps how a vendor makes a URL of the key once, and also an item that has another URL or none", () => {
    const { definition: of } = definitionOf("tenbyte:StreamKey");
    const urls = {
      a: "rtmp://ingest.example.test/key-of-channel-a",
      b: "rtmp://another.example.test/key",
      c: undefined,
      d: "rtmp://ingest.example.test/key-of-channel-d",
    };
    const items = new Map(
      Object.entries(urls).map(([name, rtmpPublishUrl]) => {
        const outs = { streamId: name, streamKey: `key-of-channel-${name}` };
        return [name, { id: name, outs: rtmpPublishUrl === undefined ? outs : { ...outs, rtmpPublishUrl } }];
      }),
    ) as Items;
    const inputs = { items: Object.fromEntries([...items.keys()].map((name) => [name, { streamId: name }])) };
    const state = packed(of, inputs, items);
    expect(sets.unpacked(of, state)).toEqual(items);
    const text = String(state.secrets);
    expect(text.match(/rtmpPublishUrl/g)).toHaveLength(2);
    // What was written before there was such a thing is read as it is.
    const secrets = Object.fromEntries(
      [...items].map(([name, { outs }]) => [
        name,
        { streamKey: outs.streamKey, rtmpPublishUrl: outs.rtmpPublishUrl },
      ]),
    );
    expect(sets.unpacked(of, { ...state, secrets: JSON.stringify(secrets) })).toEqual(items);
  });
});
