import { type Sandbox, startSandbox } from "../../sandbox";
import { failed, succeeded, TestStack } from "../harness/stack";

/** Tenbyte on the real engine: what a user sees in preview, up, refresh and destroy. */

interface StoredStream {
  id: string;
  status: string;
  stream_key: string;
  ladder: { video: { bitrate_kbps: number }[] };
}

const rung = (fields: string): string =>
  `{ width: 1280, height: 720, fps: 30, gop: 60, codec: "h264", audio, ${fields} }`;

const channel = (fields = "bitrateKbps: 3000", stream = "", key = ""): string => `
  const audio = { codec: "aac", channels: 2, sampleRateHz: 48000, audioBitrateKbps: 128 };
  const stream = new tenbyte.Stream("news", {
    type: "linear", mode: "video", region: "sg-edge-04",
    ingest: { kind: "push", protocols: ["rtmp", "srt"] }, outputProtocols: ["hls"],
    ladder: { video: [${rung(fields)}] }, packaging: { hls: { segmentFormat: "fmp4" } }, ${stream}
  });
  const key = new tenbyte.StreamKey("news", { streamId: stream.id, ${key} });
  out.key = key.streamKey;
  out.publishUrl = key.rtmpPublishUrl;`;

describe("Tenbyte on the real engine", () => {
  let sandbox: Sandbox;
  let stack: TestStack;

  beforeEach(async () => {
    sandbox = await startSandbox();
    stack = await TestStack.create(channel(), sandbox.environment);
  });
  afterEach(async () => {
    await sandbox.close();
    stack.remove();
  });

  const stored = (): StoredStream[] =>
    Object.values(sandbox.data.tenbyte?.streams as Record<string, StoredStream>);
  const onlyStream = (): StoredStream => {
    expect(stored()).toHaveLength(1);
    return stored()[0]!;
  };
  const calls = (): string[] => {
    const made = sandbox.requests.map(
      ({ method, path }) => `${method} ${path.replace(/[0-9a-f-]{36}/, ":id").split("/livestream")[1] ?? ""}`,
    );
    sandbox.requests.length = 0;
    return made;
  };

  it("makes, keeps, looks at and deletes with the fewest calls", async () => {
    succeeded(await stack.up());
    expect(calls()).toEqual(["POST /streams", "GET /streams/:id"]);
    expect(succeeded(await stack.preview())).toMatch(/3 unchanged/);
    expect(succeeded(await stack.up())).toMatch(/3 unchanged/);
    expect(calls()).toEqual([]);
    expect(succeeded(await stack.refresh())).toMatch(/3 unchanged/);
    expect(calls()).toEqual(["GET /streams/:id", "GET /streams/:id"]);
    expect(succeeded(await stack.preview())).toMatch(/3 unchanged/);
    expect(calls()).toEqual([]);
    succeeded(await stack.destroy());
    expect(calls()).toEqual(["GET /streams/:id", "DELETE /streams/:id"]);
    expect(stored()).toEqual([]);
  });

  describe("preview", () => {
    it("names every wrong input on its path, several at once, with a suggestion for a misspelt one", async () => {
      stack.program(channel('bitrateKbps: "fast", fsp: 30', "regoin: 'sg', webhookUrl: 'nowhere'"));
      const text = failed(await stack.preview());
      expect(text).toMatch(/ladder\.video\[0\]\.bitrateKbps: expected number, received string/);
      expect(text).toMatch(/ladder\.video\[0\]\.fsp: is not an input; did you mean `fps`/);
      expect(text).toMatch(/regoin: is not an input; did you mean `region`/);
      expect(text).toMatch(/webhookUrl: Invalid URL/);
      expect(calls()).toEqual([]);
    });

    it("lets an unknown of another resource pass, also within a rung", async () => {
      const unknown = "bitrateKbps: other.id.apply(() => 3000)";
      stack.program(
        `const other = new tenbyte.StreamKey("other", { streamId: "not-made-yet" });${channel(unknown)}`,
      );
      const text = succeeded(await stack.preview());
      expect(text).toMatch(/bitrateKbps: \[unknown\]/);
    });

    it("skips a ladder rule where a value is unknown, and the rule speaks when the value is known", async () => {
      const other = `const other = new aioz.StreamKey("other");`;
      stack.program(`${other}${channel('level: "3.1", bitrateKbps: other.id.apply(() => 90000)')}`);
      succeeded(await stack.preview());
      expect(failed(await stack.up())).toMatch(/ladder\.video\[0\]\.bitrateKbps: .*\(level-bitrate\)/);
      expect(stored()).toEqual([]);
    });

    it("of a changed rung shows just the rung's change, as a replacement", async () => {
      succeeded(await stack.up());
      stack.program(channel("bitrateKbps: 3500"));
      const text = succeeded(await stack.preview());
      expect(text).toMatch(/tenbyte:Stream: \(replace\)/);
      expect(changesOf(text, "tenbyte:Stream")).toEqual([
        "ladder: {",
        "video: [",
        "[0]: {",
        "bitrateKbps: 3000 => 3500",
      ]);
    });

    it("of a rotation shows just the rotation", async () => {
      succeeded(await stack.up());
      stack.program(channel(undefined, "", 'keyRotation: { trigger: "left the team" }'));
      const text = succeeded(await stack.preview());
      expect(text).toMatch(/tenbyte:StreamKey: \(update\)/);
      expect(changesOf(text, "tenbyte:StreamKey")).toEqual([
        "keyGeneration: {",
        expect.stringMatching(/^reason: "created" => "trigger #[0-9a-f]{8}"$/),
        expect.stringMatching(/^since : ".*" => \[unknown\]$/),
        "keyRotation  : {",
        'trigger: "left the team"',
      ]);
      expect(text).toMatch(/1 to update\n\s+2 unchanged/);
    });
  });

  it("rotates the key in place, and gives dependants the new one in the same up", async () => {
    succeeded(await stack.up());
    const before = await stack.outputs();
    const { id } = onlyStream();
    calls();
    stack.program(channel(undefined, "", 'keyRotation: { trigger: "leaked" }'));
    succeeded(await stack.up());
    // Is it live, asked by `diff` for the preview's line and by the guard; then the key, to know it from the new one.
    const look = "GET /streams/:id";
    expect(calls()).toEqual([look, look, look, "POST /streams/:id/reset-key"]);
    const after = await stack.outputs();
    expect(onlyStream()).toMatchObject({ id, stream_key: after.key });
    expect(after.key).not.toBe(before.key);
    expect(after.publishUrl).toContain(after.key);
  });

  it("shows drift as exactly that drift, and mends it", async () => {
    succeeded(await stack.up());
    onlyStream().ladder.video[0]!.bitrate_kbps = 9000;
    expect(succeeded(await stack.refresh("--diff"))).toMatch(/bitrateKbps: 3000 => 9000/);
    const text = succeeded(await stack.preview());
    expect(changesOf(text, "tenbyte:Stream")).toEqual([
      "ladder: {",
      "video: [",
      "[0]: {",
      "bitrateKbps: 9000 => 3000",
    ]);
    succeeded(await stack.up());
    expect(onlyStream().ladder.video[0]!.bitrate_kbps).toBe(3000);
    expect(succeeded(await stack.preview())).toMatch(/3 unchanged/);
  });

  it("makes again what was deleted at the vendor", async () => {
    succeeded(await stack.up());
    delete (sandbox.data.tenbyte?.streams as Record<string, StoredStream>)[onlyStream().id];
    expect(succeeded(await stack.refresh())).toMatch(/2 deleted/);
    expect(succeeded(await stack.up())).toMatch(/2 created/);
    expect(succeeded(await stack.refresh())).toMatch(/3 unchanged/);
    onlyStream();
  });

  it("leaves the state as it was on an answer that says nothing, and says why", async () => {
    // Before the first up: refresh gets the config that the last up had.
    await stack.mustRun("config", "set", "--path", "streamkeys:tenbyte.timeoutSeconds", "1");
    await stack.mustRun("config", "set", "--path", "streamkeys:tenbyte.retries", "0");
    await stack.mustRun("config", "set", "--path", "streamkeys:tenbyte.waitSeconds", "2");
    succeeded(await stack.up());
    const before = (await stack.exported()).map(({ outputs }) => outputs);
    const faults = [
      {
        fault: { status: 401, body: '{"success":false,"message":"key expired"}' },
        why: /answered 401: key expired/,
      },
      { fault: { status: 403 }, why: /answered 403/ },
      { fault: { status: 429, headers: { "retry-after": "0" } }, why: /answered 429/ },
      { fault: { status: 500 }, why: /answered 500/ },
      { fault: { delayMs: 1500 }, why: /no answer within 1 s/ },
      { fault: { status: 200, body: "<html></html>" }, why: /an HTML page/ },
      { fault: { status: 404, body: "<html></html>" }, why: /not the vendor's not-found/ },
      { fault: { status: 200, body: "" }, why: /no body/ },
    ];
    for (const { fault, why } of faults) {
      sandbox.faults.splice(0, Infinity, fault);
      expect(failed(await stack.refresh())).toMatch(why);
      expect((await stack.exported()).map(({ outputs }) => outputs)).toEqual(before);
    }
  });

  it("refuses to delete or replace a live stream, and says how to go on", async () => {
    succeeded(await stack.up());
    onlyStream().status = "live";
    stack.program(channel("bitrateKbps: 3500"));
    expect(failed(await stack.preview())).toMatch(
      /is live\. Replacing it would cut the broadcast.*interruptLive: true/,
    );
    expect(failed(await stack.destroy())).toMatch(
      /is live\. Deleting it would cut the broadcast.*interruptLive: true/,
    );
    expect(onlyStream().status).toBe("live");
  });

  it("stops and deletes a live stream when interruptLive says so, in a replacement at once", async () => {
    succeeded(await stack.up());
    const [live] = stored();
    live!.status = "live";
    calls();
    stack.program(channel("bitrateKbps: 3500", "interruptLive: true"));
    succeeded(await stack.up());
    expect(calls()).toEqual([
      "POST /streams",
      "GET /streams/:id",
      "DELETE /streams/:id",
      "POST /streams/:id/stop",
      "GET /streams/:id",
      "DELETE /streams/:id",
    ]);
    onlyStream().status = "live";
    succeeded(await stack.destroy());
    expect(stored()).toEqual([]);
  });

  it("puts a due rotation off while the stream is live, and does it when it is idle", async () => {
    succeeded(await stack.up());
    const { key } = await stack.outputs();
    onlyStream().status = "live";
    stack.program(channel(undefined, "", 'keyRotation: { trigger: "a" }'));
    expect(succeeded(await stack.up())).toMatch(/warning: .*is live, so its due key rotation is put off/);
    expect(onlyStream().stream_key).toBe(key);
    onlyStream().status = "idle";
    expect(succeeded(await stack.preview())).toMatch(/1 to update/);
    succeeded(await stack.up());
    expect(onlyStream().stream_key).not.toBe(key);
    expect(succeeded(await stack.preview())).toMatch(/3 unchanged/);
  });

  it("makes no second stream when the answer to the POST is lost", async () => {
    sandbox.faults.push({ method: "POST", afterWork: true, drop: true, times: 1 });
    expect(succeeded(await stack.up())).toMatch(/was found and taken over/);
    const { id } = onlyStream();
    expect(stack.resource("news", "tenbyte:Stream").id).toBe(id);
    expect(succeeded(await stack.preview())).toMatch(/3 unchanged/);
  });

  it("resets the key on delete only when asked", async () => {
    succeeded(await stack.up());
    const { key } = await stack.outputs();
    const withoutKey = channel().split("const key")[0]!;
    stack.program(withoutKey);
    succeeded(await stack.up());
    expect(onlyStream().stream_key).toBe(key);
    stack.program(channel(undefined, "", "revokeOnDelete: true"));
    succeeded(await stack.up());
    stack.program(withoutKey);
    succeeded(await stack.up());
    expect(onlyStream().stream_key).not.toBe(key);
  });

  it("looks up an existing stream and its key with get", async () => {
    succeeded(await stack.up());
    const { id } = onlyStream();
    const { key } = await stack.outputs();
    const other = await TestStack.create(
      `out.region = tenbyte.Stream.get("theirs", "${id}").region; out.key = tenbyte.StreamKey.get("theirs", "${id}").streamKey;`,
      sandbox.environment,
    );
    succeeded(await other.up());
    expect(await other.outputs()).toEqual({ region: "sg-edge-04", key });
    succeeded(await other.destroy());
    other.remove();
    expect(onlyStream().id).toBe(id);
  });

  it("keeps a StreamKey's state within 2 kB, and the provider's line within 120 bytes", async () => {
    succeeded(await stack.up());
    const { inputs, outputs } = stack.resource("news", "tenbyte:StreamKey");
    expect(JSON.stringify({ inputs, outputs }).length).toBeLessThan(2048);
    expect((outputs.__provider as string).length).toBeLessThan(120);
  });
});

/** The changed lines of one resource in a `--diff` preview. */
function changesOf(text: string, type: string): string[] {
  const [, rest = ""] = text.split(`/${type}: (`);
  const lines = rest.split("\n").slice(3);
  const end = lines.findIndex((line) => /^ {4}\S|^Resources:|pulumi-nodejs/.test(line));
  return lines
    .slice(0, end)
    .map((line) => /^\s*[~+-] (.*)$/.exec(line)?.[1]?.trim())
    .filter((line): line is string => line !== undefined);
}
