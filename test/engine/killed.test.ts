import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Definition } from "../../provider/define";
import { type Fault, type Sandbox, startSandbox } from "../../sandbox";
import type { Vendor } from "../../provider/define/vendor";
import { noteIn, type Note } from "../../provider/lifecycle/journal";
import { vendors } from "../../provider/vendors";
import { end, killWhen } from "../harness/kill";
import { idsAt } from "../harness/simulated";
import { failed, type Run, succeeded, TestStack } from "../harness/stack";
import { sampleOf } from "../harness/workbench";

/**
 * SIGKILL at every step of every create, CLI and plugins alike. The engine keeps its lock, so the user runs `pulumi
 * cancel` and then `up`, which must end with exactly one object at the vendor, or stop with the way out. The steps go by turns;
 * `KILLS=all npx jest killed.test` has every resource at every step, on the same machine and on another.
 */

/** Longer than it takes to kill; the request is still in flight then. */
const IN_FLIGHT_MS = 2_000;

interface Step {
  step: string;
  fault?: Fault;
  /** Whether it is time to kill. */
  reached: (sandbox: Sandbox, notes: Note[]) => boolean;
  /** Objects at the vendor right after the kill; either where the moment cannot be chosen that finely. */
  made: (0 | 1)[];
}

const hasPosted = (sandbox: Sandbox): boolean => sandbox.requests.some(({ method }) => method === "POST");

const steps: Step[] = [
  {
    step: "the request is on its way, and is lost",
    fault: { method: "POST", delayMs: IN_FLIGHT_MS, status: 503, times: 1 },
    reached: hasPosted,
    made: [0],
  },
  {
    step: "the vendor has done the work, and its answer is on its way",
    fault: { method: "POST", delayMs: IN_FLIGHT_MS, afterWork: true, times: 1 },
    reached: hasPosted,
    made: [1],
  },
  {
    step: "the answer has come, and the engine may or may not have written it down",
    reached: (_, notes) => notes.some(({ id }) => id !== undefined),
    made: [1],
  },
];

const isLong = process.env.KILLS === "all";
/** The runner is thrown away where that matters most. */
const elsewhere = isLong ? steps : steps.filter(({ step }) => step.includes("has done the work"));

const resources = vendors.flatMap((vendor) =>
  vendor.resources
    .filter(({ makesNothing }) => !makesNothing)
    .map((definition) => ({ type: `${vendor.name}.${definition.name}`, vendor, definition })),
);
const turns = resources.map((resource, at) => ({
  ...resource,
  here: isLong ? steps : steps.filter((_, turn) => turn === at % steps.length),
}));

describe.each(turns)("$type, killed while", ({ vendor, definition, here }) => {
  let sandbox: Sandbox;
  let stack: TestStack;
  const plugins: number[] = [];

  beforeEach(async () => {
    sandbox = await startSandbox();
    stack = await TestStack.create(programOf(vendor, definition, false), sandbox.environment);
    succeeded(await stack.up());
    stack.program(programOf(vendor, definition, true));
    sandbox.requests.length = 0;
  });
  afterEach(async () => {
    plugins.splice(0).forEach(end);
    await sandbox.close();
    stack.remove();
  });

  it.each(here)("$step, leaves one object or the way to it", async ({ fault, reached, made }) => {
    if (fault) sandbox.faults.push(fault);
    plugins.push(...(await killWhen(stack, () => reached(sandbox, notesOf(stack)))));
    while (sandbox.requests.some(({ status }) => status === undefined)) await sleep(20);
    expect(made).toContain(objectsMade(sandbox));

    await stack.mustRun("cancel", "--yes");
    const next = await stack.up();
    expect(objectsMade(sandbox)).toBeLessThanOrEqual(1);
    if (definition.find ?? next.status === 0) {
      succeeded(next);
    } else {
      await followTheWayOut(next);
    }
    expect(objectsMade(sandbox)).toBe(1);
    expect(succeeded(await stack.preview())).toMatch(/\d unchanged/);
    expect(succeeded(await stack.refresh())).not.toMatch(/created|updated|deleted/);
  });

  it.each(elsewhere)("$step, on a runner that is thrown away", async ({ fault, reached, made }) => {
    if (fault) sandbox.faults.push(fault);
    plugins.push(...(await killWhen(stack, () => reached(sandbox, notesOf(stack)))));
    while (sandbox.requests.some(({ status }) => status === undefined)) await sleep(20);
    expect(made).toContain(objectsMade(sandbox));
    plugins.splice(0).forEach(end);
    await stack.moveToAnotherMachine();

    await stack.mustRun("cancel", "--yes");
    const wasMade = objectsMade(sandbox) === 1;
    const next = await stack.up();
    expect(objectsMade(sandbox)).toBeLessThanOrEqual(1);
    // Proof is taken, a likeness is not; and where nothing can be looked for, the run stops whatever there is.
    if (definition.foundBy === "mark" || (definition.find && !wasMade)) succeeded(next);
    else if (next.status === 0) expect(next.text).not.toMatch(/created/);
    else await followTheWayOutElsewhere(failed(next), wasMade);
    expect(objectsMade(sandbox)).toBe(1);
    expect(succeeded(await stack.preview())).toMatch(/\d unchanged/);
    expect(succeeded(await stack.refresh())).not.toMatch(/created|updated|deleted/);
  });

  /** The message names what may be it; the user says which it is, or that none is. */
  async function followTheWayOutElsewhere(text: string, wasMade: boolean): Promise<void> {
    const [, named] =
      /somebody else's: .+? (\S+)( \(made at \S+\))?\. If/.exec(text.replace(/\n\s*/g, " ")) ?? [];
    if (definition.find ?? (definition.list && wasMade)) expect(named).toBeDefined();
    else expect(text).toMatch(/offers no way to find out whether it was made|or somebody else's/);
    const id = named ?? idsAt(sandbox, vendor.name)[0];
    if (wasMade) stack.program(programOf(vendor, definition, true, id));
    else await stack.mustRun("refresh", "--yes", "--skip-preview", "--clear-pending-creates");
    succeeded(await stack.up());
  }

  /** Where the vendor cannot list, the user looks there, and does what the message says. */
  async function followTheWayOut(stopped: Run): Promise<void> {
    const text = failed(stopped);
    // A plugin that lived on has said its doubt to nobody and asks no more: the engine's record is what asks again.
    if (!text.includes("rm '")) return followTheWayOutElsewhere(text, objectsMade(sandbox) === 1);
    expect(text).toMatch(/offers no way to find out whether it was made/);
    const [, file = ""] = /run `rm '(.+?)'`/.exec(text.replace(/\n\s*/g, " ")) ?? [];
    expect(existsSync(file)).toBe(true);
    const [id] = idsAt(sandbox, vendor.name);
    if (id === undefined) rmSync(file);
    else stack.program(programOf(vendor, definition, true, id));
    succeeded(await stack.up());
    expect(notesOf(stack)).toEqual([]);
  }
});

function programOf(vendor: Vendor, definition: Definition, withChild: boolean, adopt?: string): string {
  const sample = sampleOf(vendor, definition);
  const parent = vendor.resources.find(({ name }) => name === sample.parent);
  const parentText = parent
    ? `const parent = new ${vendor.name}.${parent.name}("parent", ${JSON.stringify(sampleOf(vendor, parent).minimal(""))});`
    : "";
  if (!withChild) return parentText;
  const inputs = JSON.stringify(sample.minimal("THE-PARENT")).replaceAll('"THE-PARENT"', "parent.id");
  const options = adopt === undefined ? "{}" : `{ import: ${JSON.stringify(adopt)} }`;
  return `${parentText} new ${vendor.name}.${definition.name}("it", ${inputs}, ${options});`;
}

function objectsMade(sandbox: Sandbox): number {
  return sandbox.requests.filter(
    ({ method, status = 0 }) => method === "POST" && status < 300 && status >= 200,
  ).length;
}

/** The notes of the resource under test; its parent's may still be there. */
function notesOf(stack: TestStack): Note[] {
  const folder = join(stack.folder, "home/streamkeys/creates");
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .flatMap((name) => noteIn(readFileSync(join(folder, name), "utf8")) ?? [])
    .filter(({ origin }) => origin.startsWith("it#"));
}
