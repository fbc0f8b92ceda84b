import { join } from "node:path";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { type Sandbox, startSandbox } from "../../sandbox";
import { end, killWhen } from "../harness/kill";
import { failed, type Run, succeeded, TestStack } from "../harness/stack";

/** Sets on the real engine: what a user sees, what state holds, and what a killed run leaves. */

const S3_SECRET = "an-s3-secret-access-key";

const channels = (items: string, more = ""): string => `
  const streams = new tenbyte.StreamSet("channels", {
    items: { ${items} },
    defaults: {
      type: "linear", mode: "audio", region: "sg-edge-04", ingest: { kind: "push", protocols: ["rtmp", "srt"] },
      outputProtocols: ["hls"], packaging: { hls: { segmentFormat: "fmp4" } },
      ladder: { audio: [{ codec: "aac", channels: 2, sampleRateHz: 48000, bitrateKbps: 128 }] },
      recording: { enabled: true, target: "s3", s3Config: { endpoint: "https://s3.example.test", bucket: "b",
        region: "r", accessKeyId: "AKIAEXAMPLEEXAMPLE", secretAccessKey: "${S3_SECRET}" } },
    },
  });
  const keys = new tenbyte.StreamKeySet("channels", {
    items: streams.each(({ id }) => ({ streamId: id })), ${more}
  });
  out.ids = streams.ids;
  out.key = keys.item("news").streamKey;
  out.since = keys.item("news").keyGeneration.since;`;

interface StoredStream {
  id: string;
  name: string;
  stream_key: string;
}

describe("sets on the real engine", () => {
  let sandbox: Sandbox;
  let stack: TestStack;
  const plugins: number[] = [];
  const shown: string[] = [];

  beforeEach(async () => {
    sandbox = await startSandbox();
  });
  afterEach(async () => {
    plugins.splice(0).forEach(end);
    await sandbox.close();
    stack.remove();
  });

  const streams = (): StoredStream[] =>
    Object.values((sandbox.data.tenbyte?.streams ?? {}) as Record<string, StoredStream>);
  const calls = (): string[] => sandbox.requests.splice(0).map(({ method }) => method);

  it("live through make, keep, change, rotate, refresh and delete, and show no secret", async () => {
    stack = await TestStack.create(channels("news: {}, sport: {}"), sandbox.environment);
    const log = join(stack.folder, "events.json");
    const say = (text: string): string => {
      shown.push(text);
      return text;
    };
    say(succeeded(await stack.up()));
    const outputs = await stack.outputs();
    const news = streams().find(({ name }) => name === "news");
    expect(outputs).toMatchObject({ key: news?.stream_key, ids: { news: news?.id } });
    const known = new Set(streams().map(({ stream_key: key }) => key));
    calls();
    expect(succeeded(await stack.up())).toMatch(/3 unchanged/);
    expect(calls()).toEqual([]);

    stack.program(channels("news: {}, sport: { regoin: 's' }, film: {}"));
    const wrong = failed(await stack.preview());
    expect(say(wrong)).toMatch(/items\.sport\.regoin: is not an input; did you mean `region`/);

    stack.program(channels("news: {}, film: {}", `defaults: { keyRotation: { trigger: "leaked" } }`));
    const preview = say(succeeded(await stack.preview()));
    expect(preview).toMatch(/\+ film/);
    expect(preview).toMatch(/- sport/);
    expect(preview).toMatch(/rotates: trigger #\w+: news/);
    calls();
    say(succeeded(await stack.up()));
    streams().forEach(({ stream_key: key }) => known.add(key));
    expect(
      streams()
        .map(({ name }) => name)
        .sort(),
    ).toEqual(["film", "news"]);
    expect((await stack.outputs()).key).toBe(streams().find(({ name }) => name === "news")?.stream_key);
    expect((await stack.outputs()).key).not.toBe(outputs.key);
    expect(succeeded(await stack.preview())).toMatch(/3 unchanged/);

    expect(say(succeeded(await stack.refresh("--diff", "--event-log", log)))).toMatch(/3 unchanged/);
    expect(succeeded(await stack.preview())).toMatch(/3 unchanged/);
    for (const shownText of [await stack.run("stack", "export"), await stack.run("stack")])
      say(shownText.text);
    shown.push(readFileSync(log, "utf8"));
    for (const secret of [...known, S3_SECRET]) {
      expect(shown.flatMap((text) => text.split("\n").filter((line) => line.includes(secret)))).toEqual([]);
      const holding = stack
        .files()
        .filter(({ file, text }) => text.includes(secret) && !file.endsWith("/index.js"));
      expect(holding.map(({ file }) => file)).toEqual([]);
    }
    succeeded(await stack.destroy());
    expect(streams()).toEqual([]);
  });

  const keysMade = (): number => Object.keys((sandbox.data.aioz as { keys?: object }).keys ?? {}).length;

  it("end with one object an item after a kill in the middle, and after some have failed", async () => {
    stack = await TestStack.create(manyKeys(120), sandbox.environment);
    sandbox.faults.push({ method: "POST", delayMs: 20, afterWork: true });
    plugins.push(
      ...(await killWhen(
        stack,
        () => sandbox.requests.filter(({ status }) => status !== undefined).length > 50,
      )),
    );
    plugins.splice(0).forEach(end);
    while (sandbox.requests.some(({ status }) => status === undefined)) await sleep(20);
    sandbox.faults.length = 0;
    expect(keysMade()).toBeGreaterThan(40);
    expect(keysMade()).toBeLessThan(120);
    await stack.mustRun("cancel", "--yes");
    succeeded(await stack.up());
    expect(keysMade()).toBe(120);

    stack.program(manyKeys(130));
    sandbox.faults.push({ method: "POST", status: 422, times: 3 });
    const text = failed(await stack.up());
    expect(text).toMatch(/3 of 130 items failed/);
    expect(text).toMatch(/channel-\d+: AIOZ[^\n]*422/);
    expect(keysMade()).toBe(127);
    calls();
    succeeded(await stack.up());
    expect(calls()).toEqual(["POST", "POST", "POST"]);
    expect(succeeded(await stack.preview())).toMatch(/2 unchanged/);
  });

  it("rotate a few at once, the oldest first, and say how many are left", async () => {
    const rotation = "defaults: { keyRotation: { every: '30d', atOnce: 4 } }";
    stack = await TestStack.create(manyKeys(10, rotation), sandbox.environment);
    const on = (day: string, ...command: string[]): Promise<Run> =>
      stack.runWith({ STREAMKEYS_TEST_NOW: `${day}T00:00:00Z` }, ...command);
    succeeded(await on("2030-01-01", "up", "--yes", "--skip-preview"));
    calls();
    const preview = succeeded(await on("2030-02-01", "preview", "--diff"));
    expect(preview).toMatch(/replaced, by a change of keyGeneration: (channel-\d, ){3}channel-\d\n/);
    expect(preview).toMatch(/4 keys are renewed, the oldest first.* 6 more are due and wait for the next/);
    expect(calls().filter((method) => method !== "GET")).toEqual([]);
    for (const [made, left] of [
      [4, /6 more are due/],
      [4, /2 more are due/],
      [2, undefined],
    ] as const) {
      const text = succeeded(await on("2030-02-01", "up", "--yes", "--skip-preview"));
      if (left) expect(text).toMatch(left);
      else expect(text).not.toMatch(/due/);
      expect(calls().filter((method) => method === "POST")).toHaveLength(made);
    }
    expect(keysMade()).toBe(10);
    expect(succeeded(await on("2030-02-01", "preview"))).toMatch(/2 unchanged/);

    stack.program('new aioz.StreamKey("one", { keyRotation: { every: "30d", atOnce: 4 } });');
    expect(failed(await stack.preview())).toMatch(/keyRotation\.atOnce.*is for sets/s);
  });
});

const manyKeys = (count: number, more = ""): string => `
  const items = Object.fromEntries(Array.from({ length: ${count} }, (_, at) => ["channel-" + at, {}]));
  const keys = new aioz.StreamKeySet("channels", { items, ${more} });
  out.key = keys.item("channel-1").streamKey;`;
