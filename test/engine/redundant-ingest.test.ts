import { type Sandbox, startSandbox } from "../../sandbox";
import { streamkeys } from "../cli/command";
import { succeeded, TestStack } from "../harness/stack";

/** RedundantIngest on the real engine: an encoder always has one target whose key did not change. */

const program = (rotation: string): string => `
  const stream = (name) => new tenbyte.Stream(name, {
    type: "event", mode: "audio", region: "sg-edge-04", ingest: { kind: "push", protocols: ["rtmp"] },
    outputProtocols: ["hls"], packaging: { hls: { segmentFormat: "fmp4" } },
    ladder: { audio: [{ codec: "aac", channels: 2, sampleRateHz: 48000, bitrateKbps: 96 }] } });
  const side = (name, make) => (keyRotation, options) => make(name, keyRotation, options);
  const ingest = new streamkeys.RedundantIngest("news", {
    keyRotation: ${rotation},
    primary: side("primary", (name, keyRotation, options) => {
      const key = new tenbyte.StreamKey(name, { streamId: stream("first").id, keyRotation }, options);
      return { key, publishUrl: key.rtmpPublishUrl };
    }),
    backup: side("backup", (name, keyRotation, options) => {
      const key = new aioz.StreamKey(name, { keyRotation }, options);
      return { key, publishUrl: key.rtmpPublishUrl };
    }),
  });
  out.primary = ingest.primaryUrl;
  out.backup = ingest.backupUrl;`;

describe("RedundantIngest", () => {
  let sandbox: Sandbox;
  let stack: TestStack;

  beforeEach(async () => {
    sandbox = await startSandbox();
    stack = await TestStack.create(program('{ every: "30d" }'), sandbox.environment);
  });
  afterEach(async () => {
    await sandbox.close();
    stack.remove();
  });

  const upAt = async (now: string): Promise<string[]> => {
    const before = await stack.outputs();
    succeeded(await stack.runWith({ STREAMKEYS_TEST_NOW: now }, "up", "--yes", "--skip-preview"));
    const after = await stack.outputs();
    return ["primary", "backup"].filter((side) => before[side] !== after[side]);
  };

  const setLive = async (side: string, live: boolean): Promise<void> => {
    const [vendor, name] = side === "primary" ? ["tenbyte", "first"] : ["aioz", "backup"];
    const type = side === "primary" ? "tenbyte:Stream" : "aioz:StreamKey";
    const { id } = stack.resource(name, type);
    await fetch(`${sandbox.url}/_sandbox/live/${vendor}/${id}`, { method: live ? "PUT" : "DELETE" });
  };
  const keysStatus = async (): Promise<number> =>
    (
      await streamkeys(
        { cwd: stack.folder, env: stack.env({ STREAMKEYS_TEST_NOW: "2026-01-03T00:00:00Z" }) },
        "keys",
      )
    ).status;

  it("rotates the primary in one up and the backup in the next, and says in preview and up which one waits", async () => {
    expect(await upAt("2026-01-01T00:00:00Z")).toEqual(["primary", "backup"]);
    expect(await upAt("2026-01-02T00:00:00Z")).toEqual([]);
    expect(await keysStatus()).toBe(0);

    await stack.mustRun("config", "set", "streamkeys:rotateAll", "a leak");
    expect(await keysStatus()).toBe(1);
    const now = { STREAMKEYS_TEST_NOW: "2026-01-03T00:00:00Z" };
    const waits = /warning: aioz:StreamKey backup: AIOZ StreamKey \S+ waits: this run rotates the key/;
    expect(succeeded(await stack.runWith(now, "preview"))).toMatch(waits);
    const before = await stack.outputs();
    expect(succeeded(await stack.runWith(now, "up", "--yes", "--skip-preview"))).toMatch(waits);
    const after = await stack.outputs();
    expect([before.primary !== after.primary, before.backup !== after.backup]).toEqual([true, false]);
    expect(await keysStatus()).toBe(1);
    expect(await upAt("2026-01-03T00:01:00Z")).toEqual(["backup"]);
    expect(await keysStatus()).toBe(0);
    expect(await upAt("2026-01-03T00:02:00Z")).toEqual([]);
  });

  it("never rotates both when both were live, and keeps the backup's turn through a refresh", async () => {
    await upAt("2026-01-01T00:00:00Z");
    for (const side of ["primary", "backup"]) await setLive(side, true);
    expect(await upAt("2026-02-01T00:00:00Z")).toEqual([]);
    for (const side of ["primary", "backup"]) await setLive(side, false);
    expect(await upAt("2026-02-01T00:01:00Z")).toEqual(["primary"]);
    succeeded(await stack.refresh());
    expect(await upAt("2026-02-01T00:02:00Z")).toEqual(["backup"]);
    expect(await upAt("2026-02-01T00:03:00Z")).toEqual([]);
  });

  it("lets a backup that waits go before a primary that is due again", async () => {
    stack.program(program('{ every: "1d" }'));
    await upAt("2026-01-01T00:00:00Z");
    expect(await upAt("2026-01-02T00:00:00Z")).toEqual(["primary"]);
    expect(await upAt("2026-01-03T00:00:00Z")).toEqual(["backup"]);
    expect(await upAt("2026-01-04T00:00:00Z")).toEqual(["primary"]);
  });
});
