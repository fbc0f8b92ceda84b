import { parseArgs } from "node:util";
import Table from "cli-table3";
import { startSandbox } from "../../sandbox";
import type { Contestant, Outcome, Workplace } from "../compare/contestant";
import { floor, ourFleet, ownClass } from "../compare/pulumi";
import { script } from "../compare/script";
import { terraformAtHand } from "../compare/terraform";

/**
 * `npx tsx bench/fleet [--count 1000] [--only floor,ours]`: many AIOZ stream keys, a resource each, beside what the engine
 * itself needs for as many resources that call nobody. One machine, one run, a vendor without latency; behind each number
 * of seconds its ratio to the engine alone.
 */

const WITHOUT_CHECKPOINTS = { PULUMI_EXPERIMENTAL: "true", PULUMI_SKIP_CHECKPOINTS: "true" };

const contestants: Record<string, Contestant> = {
  floor,
  ours: ourFleet("a resource each"),
  "no-checkpoints": ourFleet("a resource each, without checkpoints", WITHOUT_CHECKPOINTS),
  "own-class": ownClass,
  script,
  ...Object.fromEntries(terraformAtHand().map((contestant) => ["terraform", contestant])),
};

/** What is done to a fleet, in this order. */
const steps: [about: string, act: (workplace: Workplace, count: number) => Promise<Outcome>][] = [
  ["create", (workplace, count) => workplace.apply(count, false)],
  ["no-op", (workplace, count) => workplace.apply(count, false)],
  ["refresh", (workplace) => workplace.refresh()],
  ["update one field of all", (workplace, count) => workplace.apply(count, true)],
  ["destroy", (workplace) => workplace.destroy()],
];

/** Seconds of each step, and bytes of state a key. */
interface Measured {
  seconds: (number | undefined)[];
  bytes: number;
}

async function measure(contestant: Contestant, count: number): Promise<Measured> {
  const sandbox = await startSandbox();
  const workplace = await contestant.open(`${sandbox.url}/aioz/api`);
  try {
    const seconds: (number | undefined)[] = [];
    let bytes = 0;
    for (const [about, act] of steps) {
      const outcome = await act(workplace, count);
      // A script has no refresh.
      if (!outcome.ok && outcome.text) throw new Error(`${contestant.name}, ${about}: ${outcome.text}`);
      seconds.push(outcome.ok ? outcome.seconds : undefined);
      if (about === "create") bytes = workplace.state().length / count;
    }
    return { seconds, bytes };
  } finally {
    workplace.close();
    await sandbox.close();
  }
}

function cellOf(seconds: number | undefined, least: number | undefined): string {
  if (seconds === undefined) return "-";
  const ratio = least === undefined ? "" : ` (${(seconds / least).toFixed(2)})`;
  return `${seconds.toFixed(1)}${ratio}`;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      count: { type: "string", default: "1000" },
      only: { type: "string", default: Object.keys(contestants).join(",") },
    },
  });
  const count = Number(values.count);
  const table = new Table({
    head: [`${count} stream keys`, ...steps.map(([about]) => about), "state, bytes a key"],
    style: { head: [] },
  });
  let least: Measured | undefined;
  for (const name of values.only.split(",")) {
    const contestant = contestants[name];
    if (!contestant) throw new Error(`There is no ${name}: ${Object.keys(contestants).join(", ")}`);
    const { seconds, bytes } = await measure(contestant, count);
    if (contestant === floor) least = { seconds, bytes };
    const cells = seconds.map((value, at) => cellOf(value, least?.seconds[at]));
    table.push([contestant.name, ...cells, Math.round(bytes)]);
    console.error(`${contestant.name}: ${cells.join(", ")}, ${Math.round(bytes)} bytes`);
  }
  console.log(table.toString());
}

void main();
