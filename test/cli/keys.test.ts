import { createHash } from "node:crypto";
import { tmpdir } from "node:os";
import { type Sandbox, startSandbox } from "../../sandbox";
import { succeeded, TestStack } from "../harness/stack";
import { type Ended, json, streamkeys } from "./command";

/** `streamkeys keys`: an audit of a stack's keys, by fingerprint and age, never by value unless asked. */

const MADE = "2026-01-01T00:00:00Z";

const program = `
  const stream = new tenbyte.Stream("news", {
    type: "event", mode: "audio", region: "sg-edge-04", ingest: { kind: "push", protocols: ["srt"] },
    outputProtocols: ["hls"], packaging: { hls: { segmentFormat: "fmp4" } },
    ladder: { audio: [{ codec: "aac", channels: 2, sampleRateHz: 48000, bitrateKbps: 128 }] },
  });
  out.monthly = new tenbyte.StreamKey("monthly", { streamId: stream.id, keyRotation: { every: "30d" } }).streamKey;
  out.edge = new edgecast.StreamKey("edge", { dirPath: "news/studio" }).streamKey;`;

describe("streamkeys keys", () => {
  let sandbox: Sandbox;
  let stack: TestStack;
  let values: Record<string, string>;
  const keys = (now: string, ...args: string[]): Promise<Ended> =>
    streamkeys({ cwd: stack.folder, env: stack.env({ STREAMKEYS_TEST_NOW: now }) }, "keys", ...args);

  beforeAll(async () => {
    sandbox = await startSandbox();
    stack = await TestStack.create(program, sandbox.environment);
    succeeded(await stack.runWith({ STREAMKEYS_TEST_NOW: MADE }, "up", "--yes", "--skip-preview"));
    values = (await stack.outputs()) as Record<string, string>;
  });
  afterAll(async () => {
    await sandbox.close();
    stack.remove();
  });
  beforeEach(() => {
    sandbox.requests.length = 0;
  });

  const fingerprint = (key: string): string => createHash("sha256").update(key).digest("hex").slice(0, 8);

  it("shows age, last reason, next rotation and fingerprint, without asking any vendor: 0", async () => {
    const { status, stdout } = await keys("2026-01-20T00:00:00Z");
    expect(status).toBe(0);
    expect(stdout).toMatch(/^NAME +TYPE +ACCOUNT +AGE +LAST REASON +NEXT ROTATION +FINGERPRINT$/m);
    expect(stdout).toMatch(
      new RegExp(
        `^monthly +tenbyte:StreamKey +- +19d +created +2026-01-31 \\(in 11d\\) +${fingerprint(values.monthly!)}$`,
        "m",
      ),
    );
    expect(stdout).toMatch(
      new RegExp(
        `^edge +edgecast:StreamKey +- +19d +created +not scheduled +${fingerprint(values.edge!)}$`,
        "m",
      ),
    );
    expect(sandbox.requests).toEqual([]);
  });

  it("says the same for machines", async () => {
    expect(json(await keys("2026-01-20T00:00:00Z", "--json"))).toContainEqual({
      urn: stack.resource("monthly", "tenbyte:StreamKey").urn,
      name: "monthly",
      type: "tenbyte:StreamKey",
      id: stack.resource("news", "tenbyte:Stream").id,
      account: null,
      since: MADE,
      ageSeconds: 19 * 24 * 3600,
      reason: "created",
      rotation: "scheduled",
      nextRotation: "2026-01-31T00:00:00Z",
      fingerprints: { streamKey: fingerprint(values.monthly!) },
    });
  });

  it("ends with 1 when a key is due: by its schedule, or because all are to be rotated", async () => {
    const late = await keys("2026-01-31T00:00:00Z");
    expect(late.status).toBe(1);
    expect(late.stdout).toMatch(/^monthly .* due /m);
    expect(late.stdout).toMatch(/^edge .* not scheduled /m);
    await stack.mustRun("config", "set", "streamkeys:rotateAll", "after the leak");
    const all = await keys("2026-01-20T00:00:00Z");
    await stack.mustRun("config", "rm", "streamkeys:rotateAll");
    expect(all.status).toBe(1);
    expect(all.stdout).toMatch(/^edge .* due /m);
  });

  it("asks who is on air only with --live", async () => {
    const { id } = stack.resource("news", "tenbyte:Stream");
    await fetch(`${sandbox.url}/_sandbox/live/tenbyte/${id}`, { method: "PUT" });
    const { stdout } = await keys("2026-01-20T00:00:00Z", "--live");
    await fetch(`${sandbox.url}/_sandbox/live/tenbyte/${id}`, { method: "DELETE" });
    expect(stdout).toMatch(/^monthly .* live$/m);
    expect(stdout).not.toMatch(/^monthly .* not live$/m);
    // Edgecast has no call that says.
    expect(stdout).toMatch(/^edge .* cannot say$/m);
    const calls = sandbox.requests.filter(({ path }) => !path.startsWith("/_sandbox"));
    expect(calls.map(({ method, path }) => `${method} ${path}`)).toEqual([
      `GET /tenbyte/v1/livestream/streams/${id}`,
    ]);
  });

  it("ends with 1 when a vendor does not answer", async () => {
    const place = {
      cwd: stack.folder,
      env: stack.env({ TENBYTE_API_KEY: "wrong", STREAMKEYS_TEST_NOW: "2026-01-20T00:00:00Z" }),
    };
    const { status, stdout, stderr } = await streamkeys(place, "keys", "--live");
    expect(status).toBe(1);
    expect(stdout).toMatch(/^monthly .* failed$/m);
    expect(stderr).toMatch(/^monthly: Tenbyte: GET .* answered 401/m);
  });

  it("shows a key only with --show-secrets", async () => {
    for (const args of [[], ["--json"], ["--live"]]) {
      const { stdout, stderr } = await keys("2026-01-20T00:00:00Z", ...args);
      for (const key of Object.values(values)) expect(stdout + stderr).not.toContain(key);
    }
    const { stdout } = await keys("2026-01-20T00:00:00Z", "--show-secrets");
    expect(stdout).toMatch(new RegExp(`^monthly .* ${values.monthly!}$`, "m"));
    expect(stdout).toMatch(new RegExp(`^edge .* ${values.edge!}$`, "m"));
  });

  it("takes the stack that is named, and leaves the current one selected", async () => {
    await stack.mustRun("stack", "init", "other");
    expect((await keys(MADE)).stderr).toContain("Stack other has no keys of ours.");
    expect((await keys(MADE, "--stack", "test")).stdout).toMatch(/^monthly /m);
    expect(await stack.mustRun("stack", "--show-name")).toContain("other");
    await stack.mustRun("stack", "rm", "--yes", "other");
    const none = await keys(MADE);
    expect(none.status).toBe(1);
    expect(none.stderr).toMatch(/^streamkeys: No stack is selected\. Run `pulumi stack select <name>`/);
    await stack.mustRun("stack", "select", "test");
  });

  it("says what to do where there is no project, or no passphrase", async () => {
    const nowhere = await streamkeys({ cwd: tmpdir(), env: stack.env() }, "keys");
    expect(nowhere.status).toBe(1);
    expect(nowhere.stderr).toMatch(/^streamkeys: There is no Pulumi project in .*--cwd <folder>`\.\n$/);
    const { PULUMI_CONFIG_PASSPHRASE: _, ...env } = stack.env();
    const locked = await streamkeys({ cwd: stack.folder, env }, "keys");
    expect(locked.status).toBe(1);
    expect(locked.stderr).toMatch(
      /^streamkeys: The stack cannot be read\. Pulumi says: .*PULUMI_CONFIG_PASSPHRASE/,
    );
    expect(locked.stderr).not.toMatch(/^ +at /m);
  });
});
