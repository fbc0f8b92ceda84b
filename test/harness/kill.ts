import { spawn, spawnSync } from "node:child_process";
import { existsSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { TestStack } from "./stack";

/** Runs of the engine that are killed on the way. */

/** The run was over before it was time to kill it. */
export class EndedByItself extends Error {
  override readonly name = "EndedByItself";
  constructor() {
    super("the run ended by itself before it was to be killed");
  }
}

/**
 * Starts `up` in a process group of its own, and kills the whole group when it is time. Plugins are in groups of their
 * own and outlive that, as they do for a user; their ids are returned.
 */
export async function killWhen(
  stack: TestStack,
  isTime: () => boolean,
  ...args: string[]
): Promise<number[]> {
  const child = spawn("pulumi", ["up", "--yes", "--skip-preview", "--non-interactive", ...args], {
    cwd: stack.folder,
    env: stack.env(),
    detached: true,
    stdio: "ignore",
  });
  const ended = new Promise<void>((resolve) =>
    child.once("close", () => {
      resolve();
    }),
  );
  while (!isTime()) {
    if (child.exitCode !== null) throw new EndedByItself();
    await sleep(2);
  }
  const plugins = descendantsOf(child.pid!);
  process.kill(-child.pid!, "SIGKILL");
  await ended;
  deleteEmptyAttributes(join(stack.folder, "state"));
  return plugins;
}

/** What a user does who has read docs/state.md, "After a kill": the engine writes these files in place, and cannot read half of one. */
function deleteEmptyAttributes(folder: string): void {
  const files = existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: "utf8" }) : [];
  for (const file of files.map((name) => join(folder, name)))
    if (file.endsWith(".attrs") && statSync(file).size === 0) rmSync(file);
}

/** The processes below a process; none where the machine cannot tell. */
export function descendantsOf(ancestor: number): number[] {
  const below = (parent: number): number[] =>
    all.filter(([, ppid]) => ppid === parent).flatMap(([pid = 0]) => [pid, ...below(pid)]);
  const all = processes();
  return below(ancestor);
}

/** Every process with its parent; none where the machine has no `ps`, and then the plugins are left to it. */
function processes(): number[][] {
  const { stdout } = spawnSync("ps", ["-eo", "pid=,ppid="], { encoding: "utf8" });
  return (
    (stdout as string | null)
      ?.trim()
      .split("\n")
      .map((row) => row.trim().split(/\s+/).map(Number)) ?? []
  );
}

/** Ends a process that a killed run has left. */
export function end(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}
