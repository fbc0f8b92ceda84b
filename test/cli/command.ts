import { execFile } from "node:child_process";
import { resolve } from "node:path";

/** The built `streamkeys` command, run as users run it. `npm run build` comes first; `npm test` sees to that. */

export const COMMAND = resolve("dist/cli/index.js");

/** How a run of the command ended. */
export interface Ended {
  status: number;
  stdout: string;
  stderr: string;
}

/** Where and with what environment the command runs. Nothing of the developer's own environment gets in. */
export interface Place {
  cwd: string;
  env: Record<string, string>;
}

/** Runs `streamkeys`. */
export function streamkeys(place: Place, ...args: string[]): Promise<Ended> {
  return run(COMMAND, place, ...args);
}

/** Runs the command of another installation. */
export function run(command: string, { cwd, env }: Place, ...args: string[]): Promise<Ended> {
  return new Promise((done) => {
    execFile(
      process.execPath,
      [command, ...args],
      { cwd, env, maxBuffer: 64 * 1024 * 1024 },
      (error, stdout, stderr) => {
        done({ status: error ? Number(error.code ?? 1) : 0, stdout, stderr });
      },
    );
  });
}

/** The JSON on stdout. */
export function json({ stdout, stderr }: Ended): unknown {
  try {
    return JSON.parse(stdout) as unknown;
  } catch {
    throw new Error(`no JSON on stdout:\n${stdout}\n${stderr}`);
  }
}
