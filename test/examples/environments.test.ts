import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { findEngine } from "../../scripts/engine";
import { type Sandbox, startSandbox } from "../../sandbox";

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

  beforeAll(async () => {
    engine = await findEngine(() => undefined);
    sandbox = await startSandbox();
    folder = mkdtempSync(join(tmpdir(), "streamkeys-environments-"));
    cpSync("examples/environments", folder, { recursive: true });
    for (const name of ["state", "home"]) mkdirSync(join(folder, name));
    symlinkSync(resolve("node_modules"), join(folder, "node_modules"), "junction");
  });
  afterAll(async () => {
    await sandbox.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const start = (...args: string[]): ChildProcess =>
    spawn(process.execPath, [resolve("node_modules/tsx/dist/cli.mjs"), "main.ts", ...args], {
      cwd: folder,
      // A group of its own, so that a kill takes the whole run, as a runner's end does.
      detached: true,
      env: {
        PATH: engine + delimiter + (process.env.PATH ?? ""),
        HOME: join(folder, "home"),
        PULUMI_HOME: join(folder, "home"),
        PULUMI_BACKEND_URL: `file://${join(folder, "state")}`,
        PULUMI_CONFIG_PASSPHRASE: "a passphrase for tests",
        PULUMI_SKIP_UPDATE_CHECK: "1",
        PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "1",
        ...sandbox.environment,
      },
    });
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

  it("says everything that is wrong with the list before anything runs", async () => {
    list([entry(1), entry(1), entry(2, { credentials: "NOBODY" })]);
    const { status, text } = await environments("up");
    expect(status).toBe(2);
    expect(text).toContain("two environments are called env-1");
    expect(text).toContain("env-2: the environment variable NOBODY_PUBLIC_KEY is not set");
    list([{ ...entry(3), vendor: "uzia" }]);
    expect((await environments("up")).text).toMatch(/\[0\]\.vendor/);
    list([entry(3, { channels: ["news", "news"] })]);
    expect((await environments("up")).text).toMatch(/names a channel twice[\s\S]*\[0\]\.channels/);
    list([entry(3)]);
    const elsewhere = await environments("up", "--only", "env-4");
    expect(elsewhere).toMatchObject({ status: 2, text: "--only: there is no env-4 among env-3\n" });
    const none = await environments("up", "--parallel", "0");
    expect(none).toMatchObject({ status: 2, text: "--parallel must be a whole number from 1 up, not 0\n" });
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
    process.kill(-run.pid!, "SIGKILL");
    await over;
    await sleep(500);
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
    expect(text).toMatch(/env-100: .*region/);
    list([{ ...broken, region: "in-mumbai-1" }, ...all()]);
    const mended = await environments("up");
    expect(mended.text).toContain(`${STACKS + 1} done, 0 failed`);
    expect(keyNames().sort()).toEqual(wanted(all()));
  });

  it("destroys what has left the list when it is asked to, and not before", async () => {
    list(all().slice(1));
    const said = await environments("preview");
    expect(said.text).toContain("Not in the list any more: env-0, env-100.");
    expect(keyNames()).toHaveLength(2 * STACKS);
    const { status } = await environments("remove");
    expect(status).toBe(0);
    expect(keyNames().sort()).toEqual(wanted(all().slice(1)));
    expect((await environments("preview")).text).not.toContain("Not in the list");
  });
});
