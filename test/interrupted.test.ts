import type { Props } from "../provider/define";
import { recall } from "../provider/lifecycle";
import type { EngineRecord } from "../provider/lifecycle/memory";
import { definitionOf } from "../provider/vendors";
import { originOf } from "../sdk/origin";
import { sampleOf, Workbench } from "./harness/workbench";

/**
 * A create that a run on another machine has begun: no note is here, and the engine's record says that it was pending.
 * test/engine/killed.test.ts kills real runs and throws their machine away.
 */

const identity = { organization: "organization", project: "project", stack: "dev", name: "news" };
const originAs = (type: string): string => originOf({ ...identity, types: type });

/** What the state says when the next run begins. */
const pending = (...origins: string[]): EngineRecord => ({
  writtenAt: new Date(),
  isLate: false,
  interrupted: new Set(origins),
  ids: new Set(),
});

describe.each(["tenbyte:Stream", "mux:LiveStream", "aioz:StreamKey", "uiza:Stream"])("%s", (name) => {
  const { vendor, definition } = definitionOf(name);
  const isMarked = definition.foundBy === "mark";
  const origin = originAs(name);
  let bench: Workbench;
  let declared: Props;
  const posts = (): number => bench.sandbox.requests.filter(({ method }) => method === "POST").length;
  /** A run that has read the record; its machine has no notes. */
  const run = async (record: EngineRecord) => {
    const type = bench.resourceType();
    const noNotes = { ...type.host.journal, all: () => [], of: () => [] };
    type.host = { ...type.host, journal: noNotes, readRecord: () => Promise.resolve(record) };
    await recall(type, { stack: "organization/project/dev" });
    return type;
  };

  beforeEach(async () => {
    bench = await Workbench.open(vendor, definition);
    declared = { ...sampleOf(vendor, definition).minimal(""), name: "news", origin };
    if (!("name" in definition.inputs)) delete declared.name;
  });
  afterEach(() => bench.sandbox.close());

  it("is taken over by its mark, or named in an error with its age and the way out", async () => {
    const made = await bench.create(declared);
    const next = bench.create(declared, await run(pending(origin)));
    if (isMarked) expect((await next).id).toBe(made.id);
    else
      await expect(next).rejects.toThrow(
        new RegExp(`${made.id} \\(made at 20.*import: "<id>".*pulumi refresh --clear-pending-creates`),
      );
    expect(posts()).toBe(1);
  });

  it("is made where nothing was made", async () => {
    await bench.create(declared, await run(pending(origin)));
    expect(posts()).toBe(1);
  });

  it("is made anew where what looks like it is in the state", async () => {
    const old = await bench.create(declared);
    const type = await run({ ...pending(origin), ids: new Set([old.id]) });
    expect((await bench.create(declared, type)).id).not.toBe(old.id);
  });

  it("is not looked for where no create was interrupted", async () => {
    const made = await bench.create(declared);
    bench.sandbox.requests.length = 0;
    const next = await bench.create(declared, await run(pending(originAs("another:Type"))));
    expect(next.id).not.toBe(made.id);
    const lists = bench.sandbox.requests.filter(
      ({ method, path }) => method === "GET" && !path.endsWith(next.id),
    );
    expect(lists).toEqual([]);
  });

  it("is not taken from another resource, or from the same one in another backend", async () => {
    await bench.create({ ...declared, origin: originOf({ ...identity, types: name, name: "sports" }) });
    const type = await run(pending(origin));
    type.host = { ...type.host, journal: { ...type.host.journal, place: "another0" } };
    await bench.create(declared);
    const next = bench.create(declared, type);
    if (isMarked) await next;
    else await expect(next).rejects.toThrow(/or somebody else's/);
    expect(posts()).toBe(isMarked ? 3 : 2);
  });

  it("makes nothing while what was made cannot be looked for", async () => {
    await bench.create(declared);
    bench.sandbox.faults.push({ method: "GET", status: 503 });
    await expect(bench.create(declared, await run(pending(origin)))).rejects.toThrow(
      /Looking for what it made failed.*Run `pulumi up` again/,
    );
    expect(posts()).toBe(1);
  });
});

describe("where runs write no checkpoints", () => {
  it("what bears the mark is taken over, of many by one list", async () => {
    const { vendor, definition } = definitionOf("mux:LiveStream");
    const bench = await Workbench.open(vendor, definition);
    const origins = [1, 2, 3, 4].map((number) =>
      originOf({ ...identity, types: "mux:LiveStream", name: `news-${number}` }),
    );
    const made = await Promise.all(
      origins.slice(1).map((origin) => bench.create({ playbackPolicies: ["public"], origin })),
    );
    bench.sandbox.requests.length = 0;
    const type = bench.resourceType();
    const noNotes = { ...type.host.journal, all: () => [], of: () => [] };
    type.host.journal = noNotes;
    type.host.memory.record = Promise.resolve({ ...pending(), isLate: true });
    const next = await Promise.all(
      origins.map((origin) => bench.create({ playbackPolicies: ["public"], origin }, type)),
    );
    expect(next.slice(1).map(({ id }) => id)).toEqual(made.map(({ id }) => id));
    const calls = bench.sandbox.requests.map(
      ({ method, path }) => `${method} ${path.split("/").at(-1) ?? ""}`,
    );
    expect(calls.filter((call) => call.startsWith("POST"))).toHaveLength(1);
    // A page, and the one after it, which is empty.
    expect(calls.filter((call) => call.startsWith("GET live-streams"))).toHaveLength(2);
    await bench.sandbox.close();
  });
});
