import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Sandbox, startSandbox } from "../../sandbox";
import { simulators } from "../../sandbox/vendors";
import { succeeded, TestStack } from "../harness/stack";
import { type Ended, json, streamkeys } from "./command";

/** `streamkeys drift`: 0 clean, 1 drift, 2 could not tell; it changes neither state nor vendor nor notes. */

const program = `
  const stream = (name) => new tenbyte.Stream(name, {
    type: "event", mode: "audio", region: "sg-edge-04", ingest: { kind: "push", protocols: ["srt"] },
    outputProtocols: ["hls"], packaging: { hls: { segmentFormat: "fmp4" } },
    ladder: { audio: [{ codec: "aac", channels: 2, sampleRateHz: 48000, bitrateKbps: 128 }] },
  });
  const news = stream("news"), lost = stream("lost");
  out.key = new tenbyte.StreamKey("news", { streamId: news.id }).streamKey;
  tenbyte.Stream.get("looked-up", news.id);
  out.uiza = new uiza.Stream("side", { region: "in-mumbai-1" }).id;`;

interface Row {
  name: string;
  type: string;
  status: string;
  detail: string[];
}

describe("streamkeys drift", () => {
  let sandbox: Sandbox;
  let stack: TestStack;
  const drift = (...args: string[]): Promise<Ended> =>
    streamkeys({ cwd: stack.folder, env: stack.env() }, "drift", ...args);
  const note = (): string => join(stack.folder, "home/streamkeys/creates/00000000-note.json");
  const trace = (): string =>
    JSON.stringify([
      readFileSync(join(stack.folder, "state/.pulumi/stacks/project/test.json"), "utf8"),
      readFileSync(note(), "utf8"),
      sandbox.data,
    ]);

  beforeAll(async () => {
    sandbox = await startSandbox();
    stack = await TestStack.create(program, sandbox.environment);
    succeeded(await stack.up());
    mkdirSync(join(stack.folder, "home/streamkeys/creates"), { recursive: true });
    writeFileSync(note(), "{}");
  });
  afterAll(async () => {
    await sandbox.close();
    stack.remove();
  });

  it("finds nothing in a stack that is as it was made: 0", async () => {
    const before = trace();
    const { status, stdout } = await drift();
    expect(stdout).toBe("Stack test: 4 as in state.\n");
    expect(status).toBe(0);
    expect(trace()).toBe(before);
  });

  it("names a changed field, a deleted object and a key that was reset, and shows no key: 1", async () => {
    const { key } = await stack.outputs();
    const { id } = stack.resource("news", "tenbyte:Stream");
    const streams = sandbox.data.tenbyte?.streams as Record<string, { region: string; stream_key: string }>;
    await fetch(`${sandbox.environment.TENBYTE_BASE_URL}/streams/${id}/reset-key`, {
      method: "POST",
      headers: { "x-api-key": sandbox.environment.TENBYTE_API_KEY ?? "" },
    });
    const other = await fetch(`${sandbox.url}/_sandbox/data`).then((reply) => reply.text());
    expect(other).not.toContain(String(key));
    streams[id]!.region = "us-edge-01";
    simulators.tenbyte?.remove(sandbox.data.tenbyte ?? {}, stack.resource("lost", "tenbyte:Stream").id);

    const before = trace();
    sandbox.requests.length = 0;
    const [words, machines] = [await drift(), await drift("--json", "--stack", "test")];
    expect(trace()).toBe(before);
    expect(sandbox.requests.filter(({ method }) => method !== "GET")).toEqual([]);
    expect([words.status, machines.status]).toEqual([1, 1]);
    expect(words.stdout).toMatch(
      /^news +tenbyte:StreamKey +differs +streamKey has fingerprint [0-9a-f]{8} there and [0-9a-f]{8} in state/m,
    );
    expect(words.stdout).toMatch(/^lost +tenbyte:Stream +gone +Tenbyte no longer has it$/m);
    expect(words.stdout).toMatch(/^news +tenbyte:Stream +differs +region /m);
    expect(words.stdout).toMatch(/^Stack test: 1 as in state, 2 differs, 1 gone\.$/m);
    const rows = json(machines) as Row[];
    expect(rows.map(({ name, status }) => `${name} ${status}`).sort()).toEqual([
      "lost gone",
      "news differs",
      "news differs",
      "side as in state",
    ]);
    const now = streams[id]!.stream_key;
    for (const { stdout, stderr } of [words, machines])
      for (const secret of [String(key), now]) expect(stdout + stderr).not.toContain(secret);
  });

  it("tells what it found, and that it could not tell the rest: 2", async () => {
    const env = stack.env({ UIZA_API_KEY: "wrong" });
    const { status, stdout } = await streamkeys({ cwd: stack.folder, env }, "drift");
    expect(status).toBe(2);
    expect(stdout).toMatch(/^side +uiza:Stream +failed +Uiza: GET .* answered 401/m);
    expect(stdout).toMatch(/^lost +tenbyte:Stream +gone /m);
    const { UIZA_API_KEY: _, ...without } = stack.env();
    const missing = await streamkeys({ cwd: stack.folder, env: without }, "drift");
    expect(missing.status).toBe(2);
    expect(missing.stdout).toMatch(/^side +uiza:Stream +failed +Uiza: /m);
  });

  it("is clean again after a refresh and an up: 0", async () => {
    succeeded(await stack.refresh());
    succeeded(await stack.up());
    expect((await drift()).status).toBe(0);
  });

  it("could not tell where the stack cannot be read: 2, never 1", async () => {
    const { PULUMI_CONFIG_PASSPHRASE: _, ...locked } = stack.env();
    const wrong: [cwd: string, env: Record<string, string>, args: string[], says: RegExp][] = [
      [tmpdir(), stack.env(), [], /There is no Pulumi project/],
      [stack.folder, locked, [], /The stack cannot be read.*PULUMI_CONFIG_PASSPHRASE/],
      [stack.folder, stack.env(), ["--stack", "nobody"], /The stack cannot be read.*nobody/],
      [stack.folder, { PATH: "", HOME: tmpdir() }, [], /pulumi/i],
      [stack.folder, stack.env(), ["--no-such-option"], /unknown option/],
    ];
    for (const [cwd, env, args, says] of wrong) {
      const { status, stdout, stderr } = await streamkeys({ cwd, env }, "drift", ...args);
      expect(stderr).toMatch(says);
      expect([status, stdout]).toEqual([2, ""]);
    }
  });

  it("says what to do where a killed run has left an empty file, and it helps", async () => {
    const left = join(stack.folder, "state/.pulumi/stacks/project/test.json.attrs");
    writeFileSync(left, "");
    const { status, stderr } = await drift();
    expect([status, stderr]).toEqual([2, expect.stringMatching(/EOF\. A killed run.*docs\/state\.md/)]);
    rmSync(left);
    expect((await drift()).status).toBe(0);
  });
});
