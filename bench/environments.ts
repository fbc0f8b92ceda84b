import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import Table from "cli-table3";
import { startSandbox } from "../sandbox";
import { succeeded, TestStack } from "../test/harness/stack";

/**
 * `npm run build && npx tsx bench/environments.ts [stacks]`: seconds for 50 stacks of two keys each by examples/environments,
 * 1, 4 and 8 at once, first from nothing and then with nothing to do, against one stack that has the same keys.
 */

const STACKS = Number(process.argv[2] ?? 50);
const AT_ONCE = [1, 4, 8];

interface Seconds {
  create: number;
  "no-op": number;
}

const entries = Array.from({ length: STACKS }, (_, at) => ({
  name: `env-${at}`,
  vendor: "aioz",
  channels: [`news-${at}`, `sport-${at}`],
  credentials: "AIOZ",
}));

async function timed(act: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await act();
  return (performance.now() - began) / 1000;
}

async function manyStacks(atOnce: number): Promise<Seconds> {
  const sandbox = await startSandbox();
  const place = await TestStack.empty(sandbox.environment);
  const folder = mkdtempSync(join(tmpdir(), "streamkeys-environments-"));
  try {
    cpSync("examples/environments", folder, { recursive: true });
    mkdirSync(join(folder, "home"));
    symlinkSync(resolve("node_modules"), join(folder, "node_modules"), "junction");
    writeFileSync(join(folder, "environments.json"), JSON.stringify(entries));
    const tsx = resolve("node_modules/tsx/dist/cli.mjs");
    const up = async (): Promise<void> => {
      const run = spawn(process.execPath, [tsx, "main.ts", "up", "--parallel", String(atOnce)], {
        cwd: folder,
        env: place.env(),
        stdio: "ignore",
      });
      const [status] = (await once(run, "close")) as [number | null];
      if (status !== 0) throw new Error(`exit status ${status ?? "none"}`);
    };
    return { create: await timed(up), "no-op": await timed(up) };
  } finally {
    await sandbox.close();
    place.remove();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function oneStack(): Promise<Seconds> {
  const sandbox = await startSandbox();
  const channels = entries.flatMap((entry) => entry.channels);
  const body = `for (const channel of ${JSON.stringify(channels)}) new aioz.StreamKey(channel, { keyRotation: { every: "90d" } });`;
  const stack = await TestStack.create(body, sandbox.environment);
  try {
    const up = async (): Promise<unknown> => succeeded(await stack.up());
    return { create: await timed(up), "no-op": await timed(up) };
  } finally {
    await sandbox.close();
    stack.remove();
  }
}

async function main(): Promise<void> {
  const table = new Table({ head: [`${STACKS * 2} keys`, "create", "no-op"], style: { head: [] } });
  const row = (what: string, seconds: Seconds): void => {
    const cells = [what, `${seconds.create.toFixed(0)} s`, `${seconds["no-op"].toFixed(0)} s`];
    table.push(cells);
    process.stderr.write(`${cells.join("  ")}\n`);
  };
  row("one stack", await oneStack());
  for (const atOnce of AT_ONCE) row(`${STACKS} stacks, ${atOnce} at once`, await manyStacks(atOnce));
  process.stdout.write(`${table.toString()}\n`);
}

void main();
