import { type Sandbox, startSandbox } from "../../sandbox";
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

  it("rotates the primary in one up and the backup in the next, whatever makes them due", async () => {
    expect(await upAt("2026-01-01T00:00:00Z")).toEqual(["primary", "backup"]);
    expect(await upAt("2026-01-02T00:00:00Z")).toEqual([]);

    expect(await upAt("2026-02-01T00:00:00Z")).toEqual(["primary"]);
    expect(await upAt("2026-02-01T00:01:00Z")).toEqual(["backup"]);
    expect(await upAt("2026-02-01T00:02:00Z")).toEqual([]);

    stack.program(program('{ every: "30d", trigger: "staff change" }'));
    expect(await upAt("2026-02-03T00:00:00Z")).toEqual(["primary"]);
    expect(await upAt("2026-02-03T00:01:00Z")).toEqual(["backup"]);
    expect(await upAt("2026-02-03T00:02:00Z")).toEqual([]);

    await stack.mustRun("config", "set", "streamkeys:rotateAll", "a leak");
    expect(await upAt("2026-02-04T00:00:00Z")).toEqual(["primary"]);
    expect(await upAt("2026-02-04T00:01:00Z")).toEqual(["backup"]);
    expect(await upAt("2026-02-04T00:02:00Z")).toEqual([]);
  });

  it("keeps the backup's turn through a refresh", async () => {
    await upAt("2026-01-01T00:00:00Z");
    expect(await upAt("2026-02-01T00:00:00Z")).toEqual(["primary"]);
    succeeded(await stack.refresh());
    expect(await upAt("2026-02-01T00:01:00Z")).toEqual(["backup"]);
    expect(await upAt("2026-02-01T00:02:00Z")).toEqual([]);
  });
});
