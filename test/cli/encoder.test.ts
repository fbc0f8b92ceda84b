import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Sandbox, startSandbox } from "../../sandbox";
import { succeeded, TestStack } from "../harness/stack";
import { type Ended, streamkeys } from "./command";

/** From a stream key to its encoder: in the program as a secret output, and by `streamkeys encoder`. */

const program = `
  const { encoder } = require("pulumi-streamkeys/encoder");
  const { presets } = require("pulumi-streamkeys/ladder");
  const key = new aioz.StreamKey("news", { type: "video" });
  new aioz.StreamKey("spare", { type: "video" });
  out.key = key.streamKey;
  out.obs = encoder("obs-service", { url: key.rtmpUrl, key: key.streamKey }, presets["h264-720p30"]);
  out.command = encoder("ffmpeg", { url: key.rtmpPublishUrl }, presets["h264-720p30"]);`;

describe("from a stream key to its encoder", () => {
  let sandbox: Sandbox;
  let stack: TestStack;
  let folder: string;
  let values: { key: string; obs: string; command: string };
  const run = (...args: string[]): Promise<Ended> =>
    streamkeys({ cwd: stack.folder, env: stack.env({}) }, "encoder", ...args);

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "streamkeys-encoder-"));
    sandbox = await startSandbox();
    stack = await TestStack.create(program, sandbox.environment);
    const text = succeeded(await stack.run("up", "--yes"));
    values = (await stack.outputs()) as typeof values;
    expect(text).toMatch(/obs +: \[secret\]/);
    expect(text).not.toContain(values.key);
  });
  afterAll(async () => {
    await sandbox.close();
    stack.remove();
    rmSync(folder, { recursive: true });
  });

  it("the program's settings are secret outputs that hold the key", () => {
    expect(JSON.parse(values.obs)).toMatchObject({ settings: { key: values.key } });
    expect(values.command).toContain(`/${values.key}'`);
    const state = readdirSync(join(stack.folder, "state"), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"));
    expect(state.some((text) => text.includes("obs"))).toBe(true);
    expect(state.filter((text) => text.includes(values.key))).toEqual([]);
  });

  it("the command leaves the key out, unless it is asked for", async () => {
    const hidden = await run("news", "--ladder", "h264-720p30");
    expect([hidden.status, hidden.stdout]).toEqual([0, expect.stringContaining("/********'")]);
    expect(hidden.stdout + hidden.stderr).not.toContain(values.key);
    expect((await run("news", "--ladder", "h264-720p30", "--show-secrets")).stdout).toBe(values.command);
  });

  it("a file is readable for its owner alone, also where it was there before", async () => {
    const file = join(folder, "service.json");
    writeFileSync(file, "", { mode: 0o644 });
    const { status, stdout, stderr } = await run("news", "--format", "obs-service", "--out", file);
    expect([status, stdout]).toEqual([0, ""]);
    expect(stderr).not.toContain(values.key);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(file, "utf8"))).toMatchObject({ settings: { key: values.key } });
  });

  it("a backup takes the same feed, and a name that is none is answered with those there are", async () => {
    expect((await run("news", "--backup", "spare", "--show-secrets")).stdout).toMatch(/-f tee '.*\|.*'/);
    const { status, stderr } = await run("nwes");
    expect([status, stderr]).toEqual([1, expect.stringContaining("Its stream keys are news and spare.")]);
  });
});
