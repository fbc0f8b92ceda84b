import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runInNewContext } from "node:vm";
import { parse } from "yaml";

/** Runs the `run:` steps of a GitHub Actions workflow in order, as a throw-away runner does; actions are passed over. */

export interface Step {
  id?: string;
  if?: string;
  uses?: string;
  run?: string;
  env?: Record<string, string>;
}

/** A workflow of one job, as far as it is looked at here. */
export interface Workflow {
  name: string;
  on: unknown;
  concurrency: { group: string; "cancel-in-progress": boolean };
  env: Record<string, string>;
  defaults: { run: { "working-directory": string } };
  jobs: Record<string, { if?: string; steps: Step[] }>;
}

export const workflowIn = (file: string): Workflow => parse(readFileSync(file, "utf8")) as Workflow;

/** What GitHub knows when a workflow runs. */
export interface Contexts {
  secrets: Record<string, string>;
  inputs?: Record<string, string>;
  github?: Record<string, unknown>;
}

/** How a step ended; undefined where its condition passed it over. */
export interface Done {
  step: Step;
  /** Undefined for an action, which is not run here, and for what was passed over. */
  status?: number;
  text: string;
  seconds: number;
  isSkipped: boolean;
}

/** How a job ended. */
export interface Job {
  failed: boolean;
  done: Done[];
  /** All that its steps have printed, and the summary. */
  text: string;
  outputs: Record<string, Record<string, string>>;
  /** Reads a file of the working directory as it was at the end. */
  file(name: string): string;
}

/** The machine: an empty home and a checkout, thrown away after the job. */
export interface Machine {
  /** The repository that is checked out. */
  repository: string;
  /** What the machine has in its environment before the workflow's: a PATH with the engine, and no home. */
  environment: Record<string, string>;
  /** Takes the place of a step, for example of an installation that was tried before. */
  instead?(step: Step, folder: string): boolean;
  /** After a step that was run, in its working directory. */
  after?(step: Step, folder: string): void;
}

/** Runs the one job of a workflow. */
export async function runJob(workflow: Workflow, contexts: Contexts, machine: Machine): Promise<Job> {
  const [job] = Object.values(workflow.jobs);
  if (!job || Object.keys(workflow.jobs).length !== 1) throw new Error(`${workflow.name} is not one job`);
  const runner = mkdtempSync(join(tmpdir(), "streamkeys-runner-"));
  const [home, checkout] = [join(runner, "home"), join(runner, "work")];
  mkdirSync(home);
  cpSync(machine.repository, checkout, { recursive: true });
  const folder = join(checkout, workflow.defaults.run["working-directory"]);
  const [outputFile, summary] = [join(runner, "output"), join(runner, "summary")];
  const outputs: Job["outputs"] = {};
  const done: Done[] = [];
  let failed = false;
  const known = { ...contexts, steps: {} as Record<string, { outputs: Record<string, string> }> };
  const functions = {
    always: () => true,
    failure: () => failed,
    success: () => !failed,
    hashFiles: (file: string) => (existsSync(join(checkout, file)) ? "hash" : ""),
  };
  // What GitHub's expressions and JavaScript have in common is all that the example uses.
  const evaluate = (expression: string): unknown => runInNewContext(expression, { ...known, ...functions });
  const filled = (values: Record<string, string> = {}): Record<string, string> =>
    Object.fromEntries(
      Object.entries(values).map(([name, value]) => [
        name,
        value.replaceAll(/\$\{\{(.*?)\}\}/g, (_, expression: string) => String(evaluate(expression))),
      ]),
    );

  if (job.if !== undefined && !evaluate(job.if))
    throw new Error(`${workflow.name} does not run for this event`);
  for (const step of job.steps) {
    const started = Date.now();
    const condition = step.if ?? "success()";
    const isSkipped = !evaluate(
      /\b(always|failure|success)\(/.test(condition) ? condition : `success() && ${condition}`,
    );
    const entry: Done = { step, text: "", seconds: 0, isSkipped };
    done.push(entry);
    if (isSkipped || step.run === undefined) continue;
    writeFileSync(outputFile, "");
    if (machine.instead?.(step, folder)) entry.status = 0;
    else {
      const script = join(runner, "step.sh");
      writeFileSync(script, step.run);
      const env = {
        ...machine.environment,
        HOME: home,
        CI: "true",
        GITHUB_OUTPUT: outputFile,
        GITHUB_STEP_SUMMARY: summary,
        ...filled(workflow.env),
        ...filled(step.env),
      };
      Object.assign(entry, await bash(script, folder, env));
      machine.after?.(step, folder);
    }
    entry.seconds = (Date.now() - started) / 1000;
    const written = readFileSync(outputFile, "utf8").split("\n").filter(Boolean);
    const output = Object.fromEntries(written.map((line) => line.split("=", 2) as [string, string]));
    if (step.id !== undefined) {
      outputs[step.id] = output;
      known.steps[step.id] = { outputs: output };
    }
    failed ||= entry.status !== 0;
  }
  const read = (file: string): string => (existsSync(file) ? readFileSync(file, "utf8") : "");
  const files = new Map(["preview.md", "drift.txt"].map((name) => [name, read(join(folder, name))] as const));
  const text = done.map((entry) => entry.text).join("") + read(summary);
  rmSync(runner, { recursive: true, force: true });
  return { failed, done, text, outputs, file: (name) => files.get(name) ?? "" };
}

/** As GitHub runs a step with \`shell: bash\`. */
function bash(
  script: string,
  cwd: string,
  env: Record<string, string>,
): Promise<{ status: number; text: string }> {
  return new Promise((resolve) => {
    execFile(
      "bash",
      ["--noprofile", "--norc", "-eo", "pipefail", script],
      { cwd, env, maxBuffer: 64 * 1024 * 1024 },
      (error, stdout, stderr) => {
        resolve({ status: error ? Number(error.code ?? 1) : 0, text: stdout + stderr });
      },
    );
  });
}
