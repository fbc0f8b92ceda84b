import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type Sandbox, startSandbox } from "../../sandbox";
import { failed, succeeded, TestStack } from "../harness/stack";
import { Takers } from "../harness/takers";

/** A key handed over to other systems, on the real engine: each has it in the run that makes it, and no state in clear. */

const PLACES = [
  "vault secret/channels/news",
  "kubernetes live/news-stream-key",
  "aws channels/news",
  "encoder news",
];

describe("examples/hand-over", () => {
  let sandbox: Sandbox;
  let stack: TestStack;
  const takers = new Takers();
  const keys = new Set<string>();
  const secrets = (): string[] => [...keys, takers.environment.VAULT_TOKEN ?? ""];
  const keyNow = async (): Promise<string> => {
    const key = (await stack.outputs()).streamKey as string;
    keys.add(key);
    return key;
  };
  const inClear = (): string[] =>
    stack
      .files()
      .filter(({ text }) => secrets().some((secret) => text.includes(secret)))
      .map(({ file }) => file);

  beforeAll(async () => {
    sandbox = await startSandbox();
    await takers.start();
    stack = await TestStack.copyOf("examples/hand-over", { ...sandbox.environment, ...takers.environment });
  });
  afterAll(async () => {
    await sandbox.close();
    await takers.close();
    stack.remove();
  });

  it("gives a new key to all, the encoder last, and is then unchanged", async () => {
    succeeded(await stack.up());
    const key = await keyNow();
    expect(Object.fromEntries(takers.held)).toEqual(Object.fromEntries(PLACES.map((place) => [place, key])));
    expect(takers.puts.at(-1)).toBe("encoder news");
    expect(`${succeeded(await stack.preview())}\n`).toMatch(
      new RegExp(`Resources:\\s+${stack.count()} unchanged\\s`),
    );
  });

  it("gives a rotated key to all in the same run, and in the next one to who could not take it", async () => {
    const before = await keyNow();
    await stack.mustRun("config", "set", "trigger", "left the team");
    const planned = succeeded(await stack.preview());
    for (const name of ["vault", "kubernetes", "aws", "encoder"])
      expect(planned).toMatch(new RegExp(`dynamic:Resource: \\(update\\)[^(]*::${name}\\]`));
    takers.encoderIsAway = true;
    const text = failed(await stack.up());
    expect(text).toContain("The encoder, for news, answered 503");
    const after = await keyNow();
    expect(after).not.toBe(before);
    const [atEncoder = "", ...others] = PLACES.toReversed();
    expect(others.map((place) => takers.held.get(place))).toEqual([after, after, after]);
    expect(takers.held.get(atEncoder)).toBe(before);

    takers.encoderIsAway = false;
    takers.puts.length = 0;
    succeeded(await stack.up());
    expect(takers.puts).toEqual(["encoder news"]);
    expect(await keyNow()).toBe(after);
    expect(takers.held.get(atEncoder)).toBe(after);
    for (const key of keys) expect(planned + text).not.toContain(key);
  });

  it("keeps the key secret in another stack that reads it", async () => {
    const reader = join(stack.folder, "reader");
    const inReader = (...args: string[]) => stack.run("--cwd", reader, ...args);
    succeeded(await inReader("stack", "init", "reader"));
    succeeded(await inReader("config", "set", "channels", "organization/project/test"));
    succeeded(await inReader("up", "--yes", "--skip-preview"));
    const url = succeeded(await inReader("stack", "output", "publishUrl", "--show-secrets"));
    expect(url.trim()).toBe(`rtmp://ingest.example.test/live/${await keyNow()}`);
    expect(succeeded(await inReader("stack", "output", "publishUrl"))).toContain("[secret]");
  });

  it("leaves no key and no token in clear in any file: state, backups, history, of both stacks", () => {
    expect(keys.size).toBe(2);
    expect(inClear()).toEqual([]);
  });

  it("takes each away when the stack goes", async () => {
    succeeded(await stack.destroy());
    // The encoder keeps its own.
    expect([...takers.held.keys()]).toEqual(["encoder news"]);
  });

  it("tells by a resource hook, too, and the key is in no file for it", async () => {
    const folder = mkdtempSync(join(tmpdir(), "streamkeys-hook-"));
    cpSync("examples/hand-over", folder, { recursive: true });
    mkdirSync(join(folder, "state"));
    symlinkSync(resolve("node_modules"), join(folder, "node_modules"), "junction");
    writeFileSync(join(folder, "hook.cjs"), 'require("tsx/cjs"); require("./with-hook.ts");');
    takers.held.clear();
    const { status, text } = await stack.node(join(folder, "hook.cjs"), folder);
    rmSync(folder, { recursive: true, force: true });
    expect({ status, text }).toMatchObject({ status: 0 });
    const key = takers.held.get("encoder news");
    expect(key).toMatch(/^live_/);
    keys.add(key ?? "");
    expect(text).not.toContain(key);
    expect(inClear()).toEqual([]);
  });
});
