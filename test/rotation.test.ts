import fc from "fast-check";
import { type Definition, defineResource, type Props, secret, text } from "../provider/define";
import { LostAnswer, NotNow, Unfinished } from "../provider/define/errors";
import { dueGeneration, type KeyGeneration } from "../provider/define/rotation";
import type { Vendor } from "../provider/define/vendor";
import { UNKNOWN } from "../provider/engine-values";
import * as lifecycle from "../provider/lifecycle";
import type { ResourceType } from "../provider/lifecycle";
import { type Memory, newMemory } from "../provider/lifecycle/memory";

/**
 * The scheme of rotation (DESIGN.md) over many runs, with an engine and a vendor of a few lines each: random clocks,
 * edits, broadcasts and failures.
 */

const DAY = 86_400_000;

/** A vendor of one key, which can lose answers. */
class FakeKey {
  serial = 1;
  live = false;
  /** What happens to the next reset: its answer is lost before or after the work, and so is every look after it. */
  fault: "none" | "lost before" | "lost after" = "none";
  private blind = false;

  get secret(): string {
    return `key-${this.serial}`;
  }

  look(): string {
    if (this.blind) throw lost();
    return this.secret;
  }

  reset(): string {
    if (this.live) throw new NotNow("live");
    const { fault } = this;
    if (fault !== "lost before") this.serial++;
    if (fault === "none") return this.secret;
    this.blind = true;
    throw lost();
  }

  /** The next run begins. */
  recover(): void {
    this.fault = "none";
    this.blind = false;
  }
}

const lost = (): LostAnswer => new LostAnswer({ vendor: "Fake", call: "POST /key", detail: "had no answer" });

const vendor: Vendor = {
  name: "fake",
  title: "Fake",
  about: "",
  baseUrl: "http://127.0.0.1:1",
  credentials: { apiKey: secret(text("Key.")) },
  environment: { apiKey: "FAKE_API_KEY" },
  alternatives: [["apiKey"]],
  sign: () => ({}),
  isGone: () => false,
  probe: () => Promise.resolve(),
  resources: [],
};

function definitionOf(name: string, key: FakeKey, inPlace: boolean): Definition {
  const seen = (value: string) => ({
    id: inPlace ? name : `${name}-${value}`,
    inputs: {},
    outputs: { streamKey: value },
  });
  return defineResource({
    name: "StreamKey",
    about: "",
    inputs: {},
    outputs: { streamKey: secret(text("Key.")) },
    rotation: "in place",
    // eslint-disable-next-line @typescript-eslint/require-await -- a throw must become a rejection
    create: async () => {
      if (key.serial > 1 || !inPlace) key.serial++;
      return seen(key.secret);
    },
    // eslint-disable-next-line @typescript-eslint/require-await
    read: async () => seen(key.look()),
    // eslint-disable-next-line @typescript-eslint/require-await
    ...(inPlace ? { rotate: async () => seen(key.reset()) } : {}),
    delete: () => Promise.resolve(),
    isLive: () => Promise.resolve(key.live),
    cuts: () => ["rotate", "delete"],
  });
}

/** One resource in an engine's hands. */
class Resource {
  readonly key = new FakeKey();
  readonly definition: Definition;
  inputs: Props = {};
  outs: Props | undefined;
  id = "";
  warnings: string[] = [];

  constructor(
    readonly name: string,
    inPlace: boolean,
  ) {
    this.definition = definitionOf(name, this.key, inPlace);
  }

  typeIn(world: World): ResourceType {
    return lifecycle.resourceTypeOf(vendor, this.definition, {
      settings: {
        config: (name) => (name === "streamkeys:rotateAll" ? world.rotateAll : undefined),
        environment: { FAKE_API_KEY: "a key of the sandbox" },
      },
      now: () => world.now,
      isRehearsal: false,
      run: world.run,
      memory: world.memory,
      readRecord: () => Promise.resolve(undefined),
      journal: {
        place: "",
        isEngineAlive: () => Promise.resolve(true),
        all: () => [],
        of: () => [],
        begin: () => "",
        amend: () => undefined,
        forget: () => undefined,
        isKnown: () => undefined,
        handOver: () => Promise.resolve(),
        close: () => Promise.resolve(),
      },
      warn: (message) => this.warnings.push(message),
      progress: () => undefined,
    });
  }

  /** Check, diff, and what diff asks for. A call that fails leaves what the engine would keep. */
  async up(world: World, keyRotation: Props): Promise<"nothing" | "update" | "replace" | "failed"> {
    const type = this.typeIn(world);
    const program = { keyRotation, origin: `${this.name}#1` };
    const check = (olds: Props): Props => lifecycle.check(type, olds, program).inputs;
    let inputs = check(this.outs ? this.inputs : {});
    if (!this.outs) {
      const made = await lifecycle.create(type, inputs);
      this.id = made.id;
      this.outs = made.outs;
      this.inputs = inputs;
      return "update";
    }
    try {
      const done = await lifecycle.reconcile(
        type,
        { id: this.id, outs: this.outs },
        inputs,
        () => (inputs = check({})),
      );
      this.id = done.id;
      this.outs = done.outs;
      this.inputs = inputs;
      return done.did;
    } catch (error) {
      if (!(error instanceof Unfinished)) throw error;
      this.outs = error.outputs;
      return "failed";
    }
  }

  async refresh(world: World): Promise<void> {
    const found = await lifecycle.read(this.typeIn(world), this.id, this.outs ?? {});
    if (!found) throw new Error("gone");
    this.outs = found.props;
    this.inputs = found.inputs;
  }

  get record(): KeyGeneration {
    return this.outs?.keyGeneration as KeyGeneration;
  }
}

interface World {
  memory: Memory;
  now: Date;
  rotateAll: string | undefined;
  run: lifecycle.Run;
}

/** What one run remembers, another does not. */
const newProcess = (): Pick<World, "run" | "memory"> => ({ run: lifecycle.newRun(), memory: newMemory() });

/** A pair as `RedundantIngest` declares it, and the program's settings. */
class Pair {
  readonly world: World = {
    now: new Date("2026-01-01T00:00:00Z"),
    rotateAll: undefined,
    ...newProcess(),
  };
  readonly primary: Resource;
  readonly backup: Resource;
  every: string | undefined;
  trigger: string | undefined;

  constructor(inPlace: { primary: boolean; backup: boolean }) {
    this.primary = new Resource("primary", inPlace.primary);
    this.backup = new Resource("backup", inPlace.backup);
  }

  get sides(): Resource[] {
    return [this.primary, this.backup];
  }

  /** One `pulumi up`; the sides whose key is another one afterwards. */
  async up(): Promise<string[]> {
    Object.assign(this.world, newProcess());
    const before = this.sides.map(({ key }) => key.serial);
    const rotation = {
      ...(this.every === undefined ? {} : { every: this.every }),
      ...(this.trigger === undefined ? {} : { trigger: this.trigger }),
    };
    // What depends on a resource that failed is not run.
    const did = await this.primary.up(this.world, { ...rotation, leads: true });
    if (did !== "failed") {
      await this.backup.up(this.world, { ...rotation, notWith: this.primary.record.since });
    }
    for (const { key } of this.sides) key.recover();
    return this.sides.filter(({ key }, at) => key.serial !== before[at]).map(({ name }) => name);
  }

  async refresh(): Promise<void> {
    Object.assign(this.world, newProcess());
    for (const side of this.sides) await side.refresh(this.world);
  }
}

const step = fc.oneof(
  fc.record({ does: fc.constant("wait" as const), hours: fc.integer({ min: 1, max: 24 * 40 }) }),
  fc.record({ does: fc.constant("live" as const), side: fc.nat(1), live: fc.boolean() }),
  fc.record({ does: fc.constant("trigger" as const), text: fc.constantFrom("a", "b", undefined) }),
  fc.record({ does: fc.constant("rotateAll" as const), text: fc.constantFrom("x", "y", "", undefined) }),
  fc.record({ does: fc.constant("every" as const), text: fc.constantFrom("1d", "30d", undefined) }),
  fc.record({
    does: fc.constant("fault" as const),
    side: fc.nat(1),
    fault: fc.constantFrom("lost before" as const, "lost after" as const),
  }),
  fc.record({ does: fc.constant("refresh" as const) }),
  fc.record({ does: fc.constant("up" as const) }),
  fc.record({ does: fc.constant("up" as const) }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

async function take(pair: Pair, taken: Step): Promise<string[]> {
  const { world } = pair;
  switch (taken.does) {
    case "wait":
      world.now = new Date(world.now.getTime() + taken.hours * 3_600_000);
      return [];
    case "live":
      pair.sides[taken.side]!.key.live = taken.live;
      return [];
    case "fault":
      pair.sides[taken.side]!.key.fault = taken.fault;
      return [];
    case "trigger":
      pair.trigger = taken.text;
      return [];
    case "rotateAll":
      world.rotateAll = taken.text;
      return [];
    case "every":
      pair.every = taken.text;
      return [];
    case "refresh":
      await pair.refresh();
      return [];
    case "up":
      return pair.up();
  }
}

const kinds = fc.record({ primary: fc.boolean(), backup: fc.boolean() });

describe("rotation, whatever happens", () => {
  it("never touches both sides of a pair in one run, comes to rest, and then loses and doubles nothing", async () => {
    await fc.assert(
      fc.asyncProperty(kinds, fc.array(step, { maxLength: 25 }), async (inPlace, steps) => {
        const pair = new Pair(inPlace);
        await pair.up();
        for (const taken of steps) expect((await take(pair, taken)).length).toBeLessThan(2);

        // All idle, no faults: a few runs bring it to rest.
        for (const { key } of pair.sides) {
          key.live = false;
          key.recover();
        }
        const changed: string[][] = [];
        for (let run = 0; run < 5; run++) changed.push(await pair.up());
        for (const sides of changed) expect(sides.length).toBeLessThan(2);
        expect(changed.slice(3).flat()).toEqual([]);
        // No key is rotated twice for what was due.
        expect(new Set(changed.flat()).size).toBe(changed.flat().length);
        for (const side of pair.sides) {
          expect(side.outs?.streamKey).toBe(side.key.secret);
          expect(side.record.uncertain).toBeUndefined();
          expect(side.record.pending).toBeUndefined();
          const asked = {
            rotation: { every: pair.every },
            rotateAll: pair.world.rotateAll === "" ? undefined : pair.world.rotateAll,
          };
          expect(
            dueGeneration(side.record, { every: pair.every }, asked, pair.world.now, ""),
          ).toBeUndefined();
        }
      }),
      { numRuns: 300 },
    );
  });

  it("of a new rotateAll or trigger gives every key exactly one new one", async () => {
    await fc.assert(
      fc.asyncProperty(
        kinds,
        fc.constantFrom("rotateAll", "trigger"),
        fc.nat(3),
        async (inPlace, what, waits) => {
          const pair = new Pair(inPlace);
          await pair.up();
          if (what === "rotateAll") pair.world.rotateAll = "a leak";
          else pair.trigger = "a leak";
          for (const { key } of pair.sides) key.live = waits > 0;
          for (let run = 0; run < waits; run++) expect(await pair.up()).toEqual([]);
          for (const { key } of pair.sides) key.live = false;
          const before = pair.sides.map(({ key }) => key.serial);
          expect(await pair.up()).toEqual(["primary"]);
          expect(await pair.up()).toEqual(["backup"]);
          if (what === "rotateAll") pair.world.rotateAll = waits % 2 === 0 ? "" : undefined;
          for (let run = 0; run < 3; run++) expect(await pair.up()).toEqual([]);
          expect(pair.sides.map(({ key }) => key.serial)).toEqual(before.map((serial) => serial + 1));
        },
      ),
      { numRuns: 40 },
    );
  });

  it("gives each side its turn in a nightly run that finds both due every night", async () => {
    const pair = new Pair({ primary: true, backup: true });
    pair.every = "1d";
    await pair.up();
    const turns: string[] = [];
    for (let night = 1; night <= 20; night++) {
      pair.world.now = new Date(pair.world.now.getTime() + DAY);
      turns.push(...(await pair.up()));
    }
    expect(turns).toEqual(Array.from({ length: 20 }, (_, at) => (at % 2 === 0 ? "primary" : "backup")));
  });
});

describe("one key", () => {
  let world: World;
  let it_: Resource;
  const run = (rotation: Props = {}): ReturnType<Resource["up"]> => {
    Object.assign(world, newProcess());
    return it_.up(world, rotation);
  };

  beforeEach(async () => {
    world = { now: new Date("2026-01-01T00:00:00Z"), rotateAll: undefined, ...newProcess() };
    it_ = new Resource("news", true);
    await run();
  });

  it("of which nobody knows whether it was reset is looked at first, also when the trigger was taken back", async () => {
    it_.key.fault = "lost after";
    expect(await run({ trigger: "a" })).toBe("failed");
    expect(it_.outs?.streamKey).toBe("key-1");
    expect(it_.record.uncertain).toMatch(/^[0-9a-f]{8}$/);
    it_.key.recover();
    expect(await run({})).toBe("update");
    expect(it_.outs?.streamKey).toBe("key-2");
    expect(it_.record).toEqual({
      since: "2026-01-01T00:00:00Z",
      reason: expect.stringMatching(/^trigger #[0-9a-f]{8}$/) as string,
    });
    expect(await run({})).toBe("nothing");
  });

  it("of which nobody knows is looked at, too, when a broadcast then holds the rotation back", async () => {
    it_.key.fault = "lost before";
    expect(await run({ trigger: "a" })).toBe("failed");
    it_.key.recover();
    it_.key.live = true;
    await run({ trigger: "a" });
    expect(it_.record).toMatchObject({
      reason: "created",
      pending: { reason: expect.stringMatching(/^trigger #[0-9a-f]{8}$/) as string },
    });
    expect(it_.record.uncertain).toBeUndefined();
    it_.key.live = false;
    await run({ trigger: "a" });
    expect(it_.key.serial).toBe(2);
  });

  it("that was changed outside is dated and named by a refresh, by fingerprint", async () => {
    it_.key.serial = 7;
    world.now = new Date("2026-03-01T00:00:00Z");
    await it_.refresh(world);
    expect(it_.record).toEqual({ since: "2026-03-01T00:00:00Z", reason: "changed outside" });
    expect(it_.warnings.join()).toMatch(
      /^The key of Fake StreamKey news was changed outside of this program, from fingerprint [0-9a-f]{8} to [0-9a-f]{8}\./,
    );
    expect(it_.warnings.join()).not.toContain("key-7");
    expect(await run()).toBe("nothing");
  });

  it("dated ahead of the clock is told of, with the way out", async () => {
    world.now = new Date("2024-12-01T00:00:00Z");
    expect(await run({ every: "30d" })).toBe("update");
    expect(it_.warnings.join()).toMatch(
      /dated 2026-01-01T00:00:00Z, and this clock says 2024-12-01.*keyRotation\.trigger/,
    );
    await run({ every: "30d", trigger: "now" });
    expect(it_.record.since).toBe("2024-12-01T00:00:00Z");
  });

  it("is not quoted its trigger, which may be a secret", async () => {
    await run({ trigger: "hunter2" });
    expect(JSON.stringify(it_.record)).not.toContain("hunter2");
  });

  it("has no moment in a preview, so that a saved plan holds", () => {
    const type = it_.typeIn(world);
    const program = { origin: "news#1", keyRotation: { trigger: "a" }, thisRun: { preview: true } };
    const { inputs } = lifecycle.check(type, it_.inputs, program);
    expect(inputs.keyGeneration).toEqual({
      since: UNKNOWN,
      reason: expect.stringMatching(/^trigger #[0-9a-f]{8}$/) as string,
    });
    expect(inputs).not.toHaveProperty("thisRun");
  });
});
