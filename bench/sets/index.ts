import { parseArgs } from "node:util";
import Table from "cli-table3";
import { type Sandbox, startSandbox } from "../../sandbox";
import { type StateResource, succeeded, TestStack } from "../../test/harness/stack";
import type { Contestant, Outcome } from "../compare/contestant";
import { script } from "../compare/script";
import { terraformAtHand } from "../compare/terraform";
import { peakOf } from "./peak";

/**
 * `npx tsx bench/sets [--count 1000] [--delay 0,50] [--only set,each,floor,http,terraform] [--rounds 1]`: many AIOZ stream
 * keys as one set, beside a resource each, the engine alone, and plain HTTP with as many calls at once. One machine, one run;
 * `--delay` is what the vendor takes for an answer, in milliseconds; of several rounds the middle of each number is told.
 * `empty` and `one` are programs with nothing and with one key in them, which the goals are counted from.
 */

/** What was measured of one contestant; a part that it does not have is missing. */
interface Measured {
  create: number;
  noOp?: number;
  /** One of them is changed. */
  update?: number;
  updateCalls?: string;
  refresh?: number;
  destroy?: number;
  /** Bytes of the state file a key. */
  state?: number;
  /** Bytes of what the engine keeps of a key beyond its inputs. */
  beyondInputs?: number;
  peak?: string;
}

type Program = (count: number, changed: boolean) => string;

const contestants: Record<string, [about: string, Program | Contestant]> = {
  empty: ["an empty program", () => ""],
  one: ["one key", (_, changed) => `new aioz.StreamKey("key", { save: ${changed} });`],
  set: [
    "a set",
    (count, changed) => `
const items = {};
for (let i = 0; i < ${count}; i++) items["key" + i] = ${changed} && i === 7 ? { save: true } : {};
new aioz.StreamKeySet("keys", { items, defaults: { save: false } });`,
  ],
  each: [
    "a resource each",
    (count, changed) => `
for (let i = 0; i < ${count}; i++) new aioz.StreamKey("key" + i, { save: ${changed} && i === 7 });`,
  ],
  floor: [
    "the engine alone (pulumi.Stash)",
    (count, changed) => `
for (let i = 0; i < ${count}; i++)
  new pulumi.Stash("key" + i, { input: { name: "key" + i, save: ${changed} && i === 7 } });`,
  ],
  http: ["plain HTTP, 8 at once", script],
  ...Object.fromEntries(
    terraformAtHand().map((terraform): [string, [string, Contestant]] => [
      "terraform",
      [terraform.name, terraform],
    ]),
  ),
};
/** What goals are counted from. */
const BASES = ["empty", "one"];

async function measure(program: Program, count: number, sandbox: Sandbox): Promise<Measured> {
  const stack = await TestStack.create("", sandbox.environment);
  const timed = async (...args: string[]): Promise<number> => {
    const began = performance.now();
    succeeded(await stack.run(...args, "--yes", "--skip-preview"));
    return (performance.now() - began) / 1000;
  };
  try {
    stack.program(program(count, false));
    let create = 0;
    const peaks = await peakOf(async () => (create = await timed("up")));
    const state = stack.files().find(({ file }) => file.endsWith("/stacks/project/test.json"));
    const resources = stack.resources();
    const noOp = await timed("up");
    stack.program(program(count, true));
    sandbox.requests.length = 0;
    const update = await timed("up");
    const updateCalls = sandbox.requests.map(({ method }) => method).join(" ");
    const refresh = await timed("refresh");
    const destroy = await timed("destroy");
    return {
      create,
      noOp,
      update,
      updateCalls,
      refresh,
      destroy,
      state: (state?.text.length ?? 0) / count,
      beyondInputs: beyondInputs(resources) / count,
      peak: Object.entries(peaks)
        .map(([kind, mb]) => `${kind} ${mb}`)
        .join(", "),
    };
  } finally {
    stack.remove();
  }
}

/** What outputs hold that inputs do not, encrypted secrets as they are stored. */
function beyondInputs(resources: StateResource[]): number {
  const size = (value: unknown): number => JSON.stringify(value ?? {}).length;
  return resources.reduce((sum, { inputs, outputs }) => sum + size(outputs) - size(inputs), 0);
}

async function measureOther(other: Contestant, count: number, sandbox: Sandbox): Promise<Measured> {
  const workplace = await other.open(`${sandbox.url}/aioz/api`);
  const timed = async (step: Promise<Outcome>): Promise<number> => {
    const { ok, text, seconds } = await step;
    if (!ok) throw new Error(`${other.name}: ${text}`);
    return seconds;
  };
  try {
    const create = await timed(workplace.apply(count, false));
    const noOp = await timed(workplace.apply(count, false));
    return { create, noOp, destroy: await timed(workplace.destroy()) };
  } finally {
    workplace.close();
  }
}

async function measureOnce(name: string, count: number, delayMs: number): Promise<Measured> {
  const [, contestant] = contestants[name] ?? [];
  if (!contestant) throw new Error(`There is no ${name}: ${Object.keys(contestants).join(", ")}`);
  const sandbox = await startSandbox();
  if (delayMs > 0) sandbox.faults.push({ path: "/aioz", delayMs });
  const measured =
    typeof contestant === "function"
      ? await measure(contestant, count, sandbox)
      : await measureOther(contestant, count, sandbox);
  await sandbox.close();
  console.error(`${name}, ${delayMs} ms: ${JSON.stringify(measured)}`);
  return measured;
}

async function measureAll(
  names: string[],
  count: number,
  delayMs: number,
  rounds: number,
): Promise<Map<string, Measured>> {
  // The sandbox answers faster once Node has compiled it, and whoever comes first is not to pay for that.
  await measureOnce("http", count, 0);
  const all = new Map<string, Measured[]>();
  for (let round = 0; round < rounds; round++)
    for (const name of [...BASES, ...names])
      all.set(name, [...(all.get(name) ?? []), await measureOnce(name, count, delayMs)]);
  return new Map([...all].map(([name, measured]) => [name, middleOf(measured)]));
}

/** The middle of each number of several rounds; of what is none, the first. */
function middleOf(rounds: Measured[]): Measured {
  const [first] = rounds;
  if (!first) throw new Error("At least one round has to be measured.");
  const middle = Object.entries(first).map(([what, value]: [string, unknown]): [string, unknown] => {
    const sorted = rounds.map((round) => Number(round[what as keyof Measured])).sort((a, b) => a - b);
    return [what, typeof value === "number" ? sorted[Math.floor(sorted.length / 2)] : value];
  });
  return { ...first, ...Object.fromEntries(middle) };
}

function tableOf(all: Map<string, Measured>, count: number, delayMs: number): string {
  const seconds = (value: number | undefined): string => value?.toFixed(1) ?? "-";
  const table = new Table({
    head: [
      `${count} keys, ${delayMs} ms`,
      ...[
        "create",
        "no-op",
        "update one",
        "refresh",
        "destroy",
        "state, bytes a key",
        "beyond inputs",
        "memory, MB",
      ],
    ],
    style: { head: [], border: [] },
  });
  for (const [name, m] of all)
    table.push([
      contestants[name]?.[0] ?? name,
      ...[seconds(m.create), seconds(m.noOp)],
      m.update === undefined ? "-" : `${seconds(m.update)} (${m.updateCalls ?? ""})`,
      ...[seconds(m.refresh), seconds(m.destroy)],
      ...[m.state, m.beyondInputs].map((bytes) => (bytes === undefined ? "-" : Math.round(bytes))),
      m.peak ?? "-",
    ]);
  return table.toString();
}

/** The goals that a set is held to, beside what was measured. */
function goalsOf(all: Map<string, Measured>): string[] {
  const [set, empty, one, http, each, floor, terraform] = [
    "set",
    "empty",
    "one",
    "http",
    "each",
    "floor",
    "terraform",
  ].map((name) => all.get(name));
  if (!set || !empty || !one) return [];
  const ratio = (what: string, value: number, base: number, goal: string): string =>
    `${what}: ${(value / base).toFixed(2)} (goal: ${goal})`;
  return [
    ...(http
      ? [
          ratio(
            "create, against plain HTTP and an empty program",
            set.create,
            http.create + empty.create,
            "1.5",
          ),
        ]
      : []),
    ...(set.noOp && one.noOp
      ? [ratio("no-op, against a program with one key", set.noOp, one.noOp, "1.3")]
      : []),
    `calls of an update of one item: ${set.updateCalls ?? "none"} (goal: one)`,
    `bytes of an item beyond its inputs: ${Math.round(set.beyondInputs ?? 0)} (goal: 300)`,
    ...(each
      ? [ratio("create of a resource each, against a set", each.create, set.create, "20 at 1,000")]
      : []),
    ...(terraform
      ? [ratio("create with Terraform, against a set", terraform.create, set.create, "8 at 1,000")]
      : []),
    ...(floor ? [ratio("create, against the engine alone", set.create, floor.create, "0.75")] : []),
  ];
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      count: { type: "string", default: "1000" },
      delay: { type: "string", default: "0,50" },
      rounds: { type: "string", default: "1" },
      only: {
        type: "string",
        default: Object.keys(contestants)
          .filter((name) => !BASES.includes(name))
          .join(),
      },
    },
  });
  for (const delay of values.delay.split(",").map(Number)) {
    const all = await measureAll(values.only.split(","), Number(values.count), delay, Number(values.rounds));
    console.log([tableOf(all, Number(values.count), delay), ...goalsOf(all), ""].join("\n"));
  }
}

void main();
