import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { findEngine } from "../../scripts/engine";
import { type Sandbox, startSandbox } from "../../sandbox";
import { descendantsOf, end } from "../harness/kill";

/**
 * The example that makes one stack for each environment of a list. `STACKS=50 npx jest test/examples/environments` is the
 * long form.
 */

const STACKS = Number(process.env.STACKS ?? 5);

interface Entry {
  name: string;
  vendor: string;
  channels: string[];
  credentials: string;
  region?: string;
}

describe("examples/environments", () => {
  let sandbox: Sandbox;
  let folder: string;
  let engine: string;
  /** What the killed run leaves behind. */
  const left: number[] = [];

  beforeAll(async () => {
    engine = await findEngine(() => undefined);
    sandbox = await startSandbox();
    folder = mkdtempSync(join(tmpdir(), "streamkeys-environments-"));
    cpSync("examples/environments", folder, { recursive: true });
    for (const name of ["state", "home"]) mkdirSync(join(folder, name));
    symlinkSync(resolve("node_modules"), join(folder, "node_modules"), "junction");
  });
  afterAll(async () => {
    left.forEach(end);
    await sandbox.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const environment = (): Record<string, string> => ({
    PATH: engine + delimiter + (process.env.PATH ?? ""),
    HOME: join(folder, "home"),
    PULUMI_HOME: join(folder, "home"),
    PULUMI_BACKEND_URL: `file://${join(folder, "state")}`,
    PULUMI_CONFIG_PASSPHRASE: "a passphrase for tests",
    PULUMI_SKIP_UPDATE_CHECK: "1",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "1",
    ...sandbox.environment,
  });
  const startWith = (more: NodeJS.ProcessEnv, ...args: string[]): ChildProcess =>
    spawn(process.execPath, [resolve("node_modules/tsx/dist/cli.mjs"), "main.ts", ...args], {
      cwd: folder,
      // A group of its own, so that a kill takes the whole run, as a runner's end does.
      detached: true,
      env: { ...environment(), ...more },
    });
  const start = (...args: string[]): ChildProcess => startWith({}, ...args);
  const ended = async (child: ChildProcess): Promise<{ status: number | null; text: string }> => {
    let text = "";
    child.stdout?.on("data", (data: Buffer) => (text += data.toString()));
    child.stderr?.on("data", (data: Buffer) => (text += data.toString()));
    const status = await new Promise<number | null>((done) => child.once("close", done));
    return { status, text };
  };
  const environments = (...args: string[]) => ended(start(...args));
  const list = (entries: Entry[]): void => {
    writeFileSync(join(folder, "environments.json"), JSON.stringify(entries));
  };
  const entry = (number: number, more: Partial<Entry> = {}): Entry => ({
    name: `env-${number}`,
    vendor: "aioz",
    channels: [`news-${number}`, `sport-${number}`],
    credentials: "AIOZ",
    ...more,
  });
  const all = (): Entry[] => Array.from({ length: STACKS }, (_, number) => entry(number));
  const keys = (): { name: string; stream_key: string }[] =>
    Object.values(
      (sandbox.data.aioz as { keys?: Record<string, { name: string; stream_key: string }> }).keys ?? {},
    );
  const keyNames = (): string[] => keys().map(({ name }) => name);
  const wanted = (entries: Entry[]): string[] => entries.flatMap(({ channels }) => channels).sort();

  /** What docs/state.md tells to do where a killed run has left an empty file. */
  const mendFolder = (): void => {
    const stacks = join(folder, "state", ".pulumi", "stacks");
    execFileSync("find", [stacks, "-name", "*.attrs", "-size", "0", "-delete"]);
  };

  it("says everything that is wrong with the list before anything runs", async () => {
    list([entry(1), entry(1), entry(2, { credentials: "NOBODY" })]);
    const { status, text } = await environments("up");
    expect(status).toBe(2);
    expect(text).toContain("two environments are called env-1");
    expect(text).toContain("env-2: the environment variable NOBODY_PUBLIC_KEY is not set");
    list([
      { ...entry(3), vendor: "uzia" },
      entry(4, { channels: ["news", "news"] }),
      entry(4),
      "env-5" as never,
    ]);
    expect((await environments("up")).text).toBe(`environments.json is not right:
✖ two environments are called env-4; each is a stack of its own
✖ env-3: vendor: must be one of aioz, uiza
✖ env-4: channels: names a channel twice
✖ entry 4: Invalid input: expected object, received string
`);
    list([entry(3)]);
    const elsewhere = await environments("up", "--only", "env-4");
    expect(elsewhere).toMatchObject({ status: 2, text: "--only: there is no env-4 among env-3\n" });
    const none = await environments("up", "--parallel", "0");
    expect(none).toMatchObject({ status: 2, text: "--parallel must be a whole number from 1 up, not 0\n" });
    expect(await environments("upp")).toMatchObject({ status: 2 });
    expect(sandbox.requests).toEqual([]);
  });

  it("says once what no environment can do without, before anything runs", async () => {
    list(all());
    const loggedOut = await ended(startWith({ PULUMI_BACKEND_URL: undefined }, "up"));
    expect(loggedOut.text).toMatch(
      /^Nothing was run: the backend cannot be reached: PULUMI_ACCESS_TOKEN .*\n$/,
    );
    const noEngine = await ended(startWith({ PATH: folder }, "up"));
    expect(noEngine.text).toMatch(/^Nothing was run: `pulumi version` does not work here\..*\n$/);
    expect([loggedOut.status, noEngine.status]).toEqual([2, 2]);
    // Every environment fails alike: one line for all of them.
    const noPassphrase = await ended(startWith({ PULUMI_CONFIG_PASSPHRASE: undefined }, "up"));
    expect(noPassphrase.status).toBe(1);
    expect(noPassphrase.text.match(/^ {2}.*PULUMI_CONFIG_PASSPHRASE/gm)).toHaveLength(1);
    expect(sandbox.requests).toEqual([]);
  });

  it("goes on after a run that was killed, and makes each key once", async () => {
    list(all());
    const run = start("up");
    const over = ended(run);
    while (keyNames().length < 2) {
      if (run.exitCode !== null) throw new Error(`it ended before it could be killed:\n${(await over).text}`);
      await sleep(5);
    }
    left.push(...descendantsOf(run.pid!));
    process.kill(-run.pid!, "SIGKILL");
    await over;
    await sleep(500);
    mendFolder();
    const { status, text } = await environments("up", "--unlock");
    expect({ status, text }).toMatchObject({ status: 0 });
    expect(keyNames().sort()).toEqual(wanted(all()));
    for (const key of keys()) expect(text).not.toContain(key.stream_key);
  });

  it("lets one that fails not stop the others, and finishes it in the next run", async () => {
    const broken = entry(100, { vendor: "uiza", credentials: "UIZA", region: "mars", channels: ["hall"] });
    list([broken, ...all()]);
    const { status, text } = await environments("up", "--parallel", "2");
    expect(status).toBe(1);
    expect(text).toContain(`${STACKS} done, 1 failed`);
    // A pipeline's log: no counters, and each line says whose it is.
    expect(text).not.toMatch(/^› (?!env-\d+: )/m);
    expect(text).toMatch(/env-100: .*region/);
    list([{ ...broken, region: "in-mumbai-1" }, ...all()]);
    const mended = await environments("up");
    expect(mended.text).toContain(`${STACKS + 1} done, 0 failed`);
    expect(keyNames().sort()).toEqual(wanted(all()));
  });

  it("lets one whose state a killed run has spoilt not stop the others", async () => {
    writeFileSync(join(folder, "state", ".pulumi", "stacks", "environments", "env-1.json.attrs"), "");
    const { status, text } = await environments("up");
    expect(status).toBe(1);
    expect(text).toContain(`${STACKS} done, 1 failed`);
    expect(text).toMatch(/\n {2}env-1: A killed run has left an empty file/);
    mendFolder();
    expect((await environments("up", "--only", "env-1")).text).toContain("env-1: unchanged");
  });

  it("destroys what has left the list when it is asked to, and not before", async () => {
    list(all().slice(1));
    const said = await environments("preview");
    expect(said.text).toContain("Not in the list any more: env-0, env-100.");
    expect(keyNames()).toHaveLength(2 * STACKS);
    // One that never came to its end does not keep the others.
    execFileSync(join(engine, "pulumi"), ["stack", "init", "env-200"], { cwd: folder, env: environment() });
    const { status, text } = await environments("remove");
    expect({ status, text }).toMatchObject({ status: 1 });
    expect(text).toMatch(/2 done, 1 failed.*\n {2}env-200: It never came to its end/);
    expect(keyNames().sort()).toEqual(wanted(all().slice(1)));
    expect((await environments("preview", "--only", "env-1")).text).toContain(
      "Not in the list any more: env-200.",
    );
  });
});
