import { setTimeout as sleep } from "node:timers/promises";
import type { Props } from "../../provider/define";
import { unpacked } from "../../provider/sets";
import { type Sandbox, startSandbox } from "../../sandbox";
import { idsOf, kinds } from "../harness/everything";
import { end, killWhen } from "../harness/kill";
import { randomFrom } from "../harness/random";
import { succeeded, TestStack } from "../harness/stack";

/**
 * A set of a hundred items, killed at a random moment while it is made, grown, changed and rotated: CLI and plugin die, as a machine does
 * that loses power, and the next `up` on it ends with exactly one object an item, each as the program has it and with the key that
 * state has; where the vendor has a place for a mark, on another machine too. `SET_KILLS=7,8,9 npx jest test/engine/sets-killed` tries everything at other moments, as many as there are seeds.
 */

const COUNT = 100;
/** Of these the engine knows before the run that is killed, where a set grows. */
const FIRST = 20;
const seeds = (process.env.SET_KILLS ?? "1").split(",").map(Number);

/** A set, and what is changed of all its items. */
interface Case {
  type: string;
  /** Inputs of every item. */
  inputs: Props;
  change: Props;
}

/** However many items a kill leaves open, they are looked for in one list: at a hundred and some objects, two pages. */
const PAGES = 2;

type Where = "the same machine" | "another machine";

const cases: Case[] = [
  { type: "aioz:StreamKey", inputs: { save: false }, change: { save: true } },
  { type: "cloudflare:LiveInput", inputs: {}, change: { recording: { mode: "automatic" } } },
  { type: "livepeer:Stream", inputs: {}, change: { record: true } },
];

describe.each(cases)("a set of $type, killed while it is", ({ type, inputs, change }) => {
  const kind = kinds.find((candidate) => candidate.type === type)!;
  const { vendor, definition } = kind;
  // What is done after a create does not differ between vendors; the rest of it takes long.
  const isTriedWhole = type === cases[0]?.type || process.env.SET_KILLS !== undefined;
  let sandbox: Sandbox;
  let stack: TestStack;

  const program = (defaults: Props, count = COUNT): string => `
    const items = Object.fromEntries(Array.from({ length: ${count} }, (_, at) => ["item-" + at, {}]));
    new ${vendor.name}.${definition.name}Set("items", { items, defaults: ${JSON.stringify({ ...inputs, ...defaults })} });`;

  beforeEach(async () => {
    sandbox = await startSandbox();
    stack = await TestStack.create(program({}), sandbox.environment);
  });
  afterEach(async () => {
    await sandbox.close();
    stack.remove();
  });

  /** Kills a run after so many answers of the vendor, and goes on as a user does. */
  async function killed(seed: number, calls: number, where: Where = "the same machine"): Promise<void> {
    const moment = 1 + Math.floor(randomFrom(seed)() * (calls - 1));
    sandbox.requests.length = 0;
    sandbox.faults.push({ delayMs: 20, afterWork: true });
    const plugins = await killWhen(
      stack,
      () => sandbox.requests.filter(({ status }) => status !== undefined).length >= moment,
    );
    plugins.forEach(end);
    while (sandbox.requests.some(({ status }) => status === undefined)) await sleep(20);
    sandbox.faults.length = 0;
    if (where === "another machine") await stack.moveToAnotherMachine();
    await stack.mustRun("cancel", "--yes");
    sandbox.requests.length = 0;
    succeeded(await stack.up());
    // A list is asked for where objects are made.
    const places = new Set(
      sandbox.requests.filter(({ method }) => method === "POST").map(({ path }) => path),
    );
    const lists = sandbox.requests.filter(({ method, path }) => method === "GET" && places.has(path)).length;
    console.info(
      `${type}, seed ${seed}: killed after ${moment} answers, ended on ${where}; then ${sandbox.requests.length} calls, ${lists} lists`,
    );
    expect(lists).toBeLessThanOrEqual(PAGES);
  }

  /** One object an item, as the program and state have it. */
  async function inOrder(): Promise<Map<string, { id: string; outs: Props }>> {
    expect(succeeded(await stack.preview("--expect-no-changes"))).toMatch(/unchanged/);
    const [set] = stack.resources();
    const items = unpacked(definition, { ...set?.inputs, ...set?.outputs, secrets: "{}" });
    expect(items.size).toBe(COUNT);
    expect([...items.values()].map(({ id }) => id).sort()).toEqual(await idsOf(kind, sandbox));
    expect(succeeded(await stack.refresh("--expect-no-changes"))).toMatch(/unchanged/);
    return items;
  }

  it.each(seeds)("made (seed %d)", async (seed) => {
    await killed(seed, COUNT);
    await inOrder();
  });

  // Without a mark the run stops there, and names what may be its own: test/interrupted.test.ts.
  if (definition.foundBy === "mark")
    it.each(seeds)("made, and ended on another machine (seed %d)", async (seed) => {
      await killed(seed, COUNT, "another machine");
      await inOrder();
    });

  if (definition.foundBy === "mark")
    it.each(seeds)("grown, and ended on another machine (seed %d)", async (seed) => {
      stack.program(program({}, FIRST));
      succeeded(await stack.up());
      stack.program(program({}));
      await killed(seed, COUNT - FIRST, "another machine");
      await inOrder();
    });

  if (!isTriedWhole) return;

  it.each(seeds)("changed (seed %d)", async (seed) => {
    succeeded(await stack.up());
    stack.program(program(change));
    await killed(seed, COUNT);
    for (const { outs } of (await inOrder()).values()) expect(outs).toMatchObject(change);
  });

  if (!definition.rotation) return;

  it.each(seeds)("rotated (seed %d)", async (seed) => {
    succeeded(await stack.up());
    const before = new Set(await idsOf(kind, sandbox));
    stack.program(program({ keyRotation: { trigger: "leaked" } }));
    await killed(seed, 2 * COUNT);
    for (const { id } of (await inOrder()).values()) expect(before.has(id)).toBe(false);
  });
});
