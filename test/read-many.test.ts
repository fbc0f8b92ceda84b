import type { Found, ResourceType } from "../provider/lifecycle";
import { definitionOf, vendors } from "../provider/vendors";
import { type Kept, Workbench } from "./harness/workbench";

/** A refresh of many: what stands in a vendor's list is not asked for one by one. */

const COUNT = 250;
const { vendor, definition } = definitionOf("aioz:StreamKey");

describe("a refresh of many", () => {
  let bench: Workbench;
  let type: ResourceType;
  let kept: Kept[];
  const keys = () => bench.sandbox.data.aioz?.keys as Record<string, { name: string }>;
  /** Calls as `GET <list or one>`. */
  const calls = (): string[] =>
    bench.sandbox.requests.map(
      ({ method, path }) => `${method} ${/live_streams(\?|$)/.test(path) ? "list" : "one"}`,
    );
  /** As many at once as the engine asks for on two cores. */
  const read = async (all: Kept[], atOnce = 8): Promise<(Found | undefined)[]> => {
    bench.sandbox.requests.length = 0;
    const found: (Found | undefined)[] = [];
    const waiting = all.map((one, at) => [one, at] as const);
    const work = async (): Promise<void> => {
      for (let next = waiting.shift(); next; next = waiting.shift())
        found[next[1]] = await bench.read(next[0], type);
    };
    await Promise.all(Array.from({ length: atOnce }, work));
    return found;
  };
  const make = (count: number, from = 0): Promise<Kept[]> =>
    Promise.all(Array.from({ length: count }, (_, at) => bench.create({ name: `key-${from + at}` }, type)));

  beforeEach(async () => {
    bench = await Workbench.open(vendor, definition, { timeoutSeconds: 20 });
    type = bench.resourceType();
  });
  afterEach(() => bench.sandbox.close());

  it("takes as many calls as the list has pages", async () => {
    kept = await make(COUNT);
    type = bench.resourceType();
    const found = await read(kept);
    expect(found.map((one) => one?.props)).toEqual(kept.map(({ outs }) => outs));
    expect(calls()).toEqual(["GET list", "GET list", "GET list"]);
  });

  it("reads a few one by one, and does not list an account of thousands for them", async () => {
    kept = await make(3);
    await read(kept);
    expect(calls()).toEqual(["GET one", "GET one", "GET one"]);
    const old = await make(6, 3);
    await make(1400, 100);
    type = bench.resourceType();
    await read(old);
    expect(calls().length).toBeLessThanOrEqual(3 * old.length);
  });

  it("says that an object is gone only where a read of its own says so", async () => {
    kept = await make(20);
    bench.vanish(kept[7]?.id ?? "");
    const found = await read(kept);
    expect(found.flatMap((one, at) => (one === undefined ? [at] : []))).toEqual([7]);
    expect(calls().filter((call) => call === "GET one")).toHaveLength(1);
  });

  it("never shows what was there before a write of this run", async () => {
    kept = await make(20);
    await read(kept);
    await bench.up(kept[0]!, { name: "another" }, type);
    for (const key of Object.values(keys())) if (key.name !== "another") key.name += ", changed by others";
    const found = await read(kept);
    expect(found.map((one) => String(one?.props.name)).filter((name) => !name.endsWith("by others"))).toEqual(
      ["another"],
    );
  });

  it("reads one by one where the list fails", async () => {
    kept = await make(20);
    bench.sandbox.faults.push({ method: "GET", path: "/live_streams?", status: 503 });
    const found = await read(kept);
    expect(found.every((one) => one !== undefined)).toBe(true);
  });

  it("is so at every vendor whose list shows all, and at Edgecast, whose only read is the list", () => {
    const all = vendors.flatMap(({ name, resources }) => resources.map((one) => ({ name, one })));
    expect(all.filter(({ one }) => one.seeAll).map(({ name, one }) => `${name}.${one.name}`)).toEqual([
      "aioz.StreamKey",
      "mux.StreamKey",
      "apivideo.LiveStream",
      "livepeer.Stream",
    ]);
  });
});
