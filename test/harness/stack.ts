import { execFile } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { findEngine } from "../../scripts/engine";
import { simulators } from "../../sandbox/vendors";

/** A Pulumi project in an empty folder, run by the real engine on a local file backend. */

/** How a command of the Pulumi CLI ended. */
export interface Run {
  status: number;
  /** Everything the user sees: stdout and stderr. */
  text: string;
}

/** One resource as the state file holds it. */
export interface StateResource {
  urn: string;
  id: string;
  type: string;
  inputs: Record<string, unknown>;
  outputs: Record<string, unknown>;
  initErrors?: string[];
  stackTrace?: object[];
}

export const PASSPHRASE = "a passphrase for tests";

/** A stack under test. */
export class TestStack {
  readonly folder = mkdtempSync(join(tmpdir(), "streamkeys-"));
  private engine = "";

  private constructor(private readonly environment: Record<string, string>) {}

  /** Makes a folder with a backend and an engine, and nothing else. */
  static async empty(environment: Record<string, string>): Promise<TestStack> {
    const stack = new TestStack(environment);
    stack.engine = await findEngine(() => undefined);
    for (const folder of ["state", "home"]) mkdirSync(join(stack.folder, folder));
    return stack;
  }

  /** Makes a project whose program is `body`; `tenbyte` and the other vendors, and `pulumi`, are in scope. */
  static async create(body: string, environment: Record<string, string>): Promise<TestStack> {
    const stack = await TestStack.empty(environment);
    const javaScript = "runtime:\n  name: nodejs\n  options:\n    typescript: false\n";
    writeFileSync(join(stack.folder, "Pulumi.yaml"), `name: project\n${javaScript}`);
    writeFileSync(join(stack.folder, "package.json"), '{ "private": true, "main": "index.js" }');
    stack.program(body);
    return stack.init();
  }

  /** Makes a project of a copy of a folder with a TypeScript program, for example one of the examples. */
  static async copyOf(folder: string, environment: Record<string, string>): Promise<TestStack> {
    const stack = await TestStack.empty(environment);
    cpSync(folder, stack.folder, { recursive: true });
    writeFileSync(join(stack.folder, "Pulumi.yaml"), "name: project\nruntime: nodejs\n");
    return stack.init();
  }

  /** Links the packages of this repository and makes the stack. */
  private async init(): Promise<TestStack> {
    symlinkSync(resolve("node_modules"), join(this.folder, "node_modules"), "junction");
    await this.mustRun("stack", "init", "test");
    return this;
  }

  /** Changes the program. */
  program(body: string): void {
    const head = `const pulumi = require("@pulumi/pulumi");\nconst streamkeys = require("pulumi-streamkeys");\nconst { ${VENDORS} } = streamkeys;\n`;
    writeFileSync(
      join(this.folder, "index.js"),
      `${head}module.exports = (async () => { const out = {};\n${body}\nreturn out; })();\n`,
    );
  }

  /** Goes on as another machine does, which has the state and nothing of the first one's home. */
  async moveToAnotherMachine(): Promise<void> {
    rmSync(join(this.folder, "home"), { recursive: true });
    mkdirSync(join(this.folder, "home"));
    await this.mustRun("stack", "select", "test");
  }

  async preview(...args: string[]): Promise<Run> {
    return this.run("preview", "--diff", ...args);
  }
  async up(...args: string[]): Promise<Run> {
    return this.run("up", "--yes", "--skip-preview", ...args);
  }
  async refresh(...args: string[]): Promise<Run> {
    return this.run("refresh", "--yes", "--skip-preview", ...args);
  }
  async destroy(...args: string[]): Promise<Run> {
    return this.run("destroy", "--yes", "--skip-preview", ...args);
  }

  /** Runs and throws with all output when it fails. */
  async mustRun(...args: string[]): Promise<string> {
    return succeeded(await this.run(...args));
  }

  /** Runs the CLI. */
  run(...args: string[]): Promise<Run> {
    return this.runWith({}, ...args);
  }

  /** Runs the CLI with more environment, for example another time of day. */
  runWith(environment: Record<string, string>, ...args: string[]): Promise<Run> {
    return new Promise((done) => {
      execFile(
        join(this.engine, "pulumi"),
        ["--color", "never", "--non-interactive", ...args],
        { cwd: this.folder, env: this.env(environment), maxBuffer: 64 * 1024 * 1024 },
        (error, stdout, stderr) => {
          done({ status: error ? Number(error.code ?? 1) : 0, text: stdout + stderr });
        },
      );
    });
  }

  /** Runs a script with Node in a folder, in the environment of this stack. */
  node(script: string, cwd: string, environment: Record<string, string> = {}): Promise<Run> {
    return new Promise((done) => {
      execFile(process.execPath, [script], { cwd, env: this.env(environment) }, (error, stdout, stderr) => {
        done({ status: error ? Number(error.code ?? 1) : 0, text: stdout + stderr });
      });
    });
  }

  /** `up` of the same program by the Automation API, inline: without a language host. */
  upInline(environment: Record<string, string> = {}): Promise<Run> {
    const script = join(this.folder, "inline.cjs");
    writeFileSync(script, INLINE);
    return this.node(script, this.folder, environment);
  }

  /** The environment of a run. Only what is named: no credential of the developer's own gets in. */
  env(more: Record<string, string> = {}): Record<string, string> {
    return {
      PATH: this.engine + delimiter + (process.env.PATH ?? ""),
      HOME: join(this.folder, "home"),
      PULUMI_HOME: join(this.folder, "home"),
      PULUMI_BACKEND_URL: `file://${join(this.folder, "state")}`,
      PULUMI_CONFIG_PASSPHRASE: PASSPHRASE,
      PULUMI_SKIP_UPDATE_CHECK: "1",
      // For `--event-log`, which is where a secret would be easy to overlook.
      PULUMI_DEBUG_COMMANDS: "1",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "1",
      ...this.environment,
      ...more,
    };
  }

  /** The resources of ours in state. */
  resources(): StateResource[] {
    return this.inState().filter(({ type }) => type.startsWith("pulumi-nodejs:dynamic/"));
  }

  /** How many resources state has, the stack itself and components among them, providers not: as the engine counts. */
  count(): number {
    return this.inState().filter(({ type }) => !type.startsWith("pulumi:providers:")).length;
  }

  private inState(): StateResource[] {
    const text = readFileSync(join(this.folder, "state/.pulumi/stacks/project/test.json"), "utf8");
    const { checkpoint } = JSON.parse(text) as { checkpoint: { latest: { resources?: StateResource[] } } };
    return checkpoint.latest.resources ?? [];
  }

  /** The one resource of this name and type (`tenbyte:StreamKey`). */
  resource(name: string, type: string): StateResource {
    const found = this.resources().find(({ urn }) => urn.endsWith(`${type}::${name}`));
    if (!found) throw new Error(`no ${type} ${name} in state`);
    return found;
  }

  /** The resources of ours, secrets in clear. */
  async exported(): Promise<StateResource[]> {
    const text = await this.mustRun("stack", "export", "--show-secrets");
    const { deployment } = JSON.parse(text) as { deployment: { resources?: StateResource[] } };
    return (deployment.resources ?? []).filter(({ type }) => type.startsWith("pulumi-nodejs:dynamic/"));
  }

  /** Imports a recorded state; its secrets, in clear there, are encrypted for this stack. */
  async import(recorded: string): Promise<void> {
    const state = JSON.parse(readFileSync(recorded, "utf8")) as { deployment: Record<string, unknown> };
    const [, salt] =
      /encryptionsalt: (\S+)/.exec(readFileSync(join(this.folder, "Pulumi.test.yaml"), "utf8")) ?? [];
    state.deployment.secrets_providers = { type: "passphrase", state: { salt } };
    const file = join(this.folder, "recorded.json");
    writeFileSync(file, JSON.stringify(state));
    await this.mustRun("stack", "import", "--file", file);
  }

  /** Stack outputs, secrets in clear. */
  async outputs(): Promise<Record<string, unknown>> {
    return JSON.parse(await this.mustRun("stack", "output", "--json", "--show-secrets")) as Record<
      string,
      unknown
    >;
  }

  /** Every file of the project folder, for a search for secrets: state, backups, history. */
  files(): { file: string; text: string }[] {
    return readdirSync(this.folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((file) => ({ file, text: readFileSync(file, "utf8") }));
  }

  /** Removes the folder. */
  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const INLINE = `
const { LocalWorkspace } = require("@pulumi/pulumi/automation");
const program = () => require("./index.js");
LocalWorkspace.selectStack({ projectName: "project", stackName: "test", program }, { workDir: __dirname })
  .then((stack) => stack.up({ color: "never", onOutput: (text) => process.stdout.write(text) }))
  .catch((error) => {
    process.stderr.write(error.message);
    process.exitCode = 1;
  });
`;

const VENDORS = Object.keys(simulators).join(", ");

/** The output of a run that must have ended well. */
export function succeeded({ status, text }: Run): string {
  if (status !== 0) throw new Error(`pulumi failed (${status}):\n${text}`);
  return text;
}

/** The output of a run that must have failed. */
export function failed({ status, text }: Run): string {
  if (status === 0) throw new Error(`pulumi should have failed:\n${text}`);
  return text;
}
