import { setTimeout as sleep } from "node:timers/promises";
import { type Sandbox, startSandbox } from "../../sandbox";
import { failed, succeeded, TestStack } from "../harness/stack";

/** What people do to keys between two runs, on the real engine: lose answers, reset by hand, rename, replace, protect. */

const stream = `const stream = new tenbyte.Stream("stream", {
    type: "event", mode: "audio", region: "sg-edge-04", ingest: { kind: "push", protocols: ["srt"] },
    outputProtocols: ["hls"], packaging: { hls: { segmentFormat: "fmp4" } },
    ladder: { audio: [{ codec: "aac", channels: 2, sampleRateHz: 48000, bitrateKbps: 96 }] } });`;
const ofTenbyte = (name: string, more = ""): string =>
  `${stream} out.key = new tenbyte.StreamKey("${name}", { streamId: stream.id, revokeOnDelete: true, ${more} }).streamKey;
   out.srt = stream.srtUrl;`;

describe("the key of a Tenbyte stream", () => {
  let sandbox: Sandbox;
  let stack: TestStack;

  beforeAll(async () => {
    sandbox = await startSandbox();
    stack = await TestStack.create(ofTenbyte("news"), sandbox.environment);
    succeeded(await stack.up());
  });
  afterAll(async () => {
    await sandbox.close();
    stack.remove();
  });

  const inForce = async (): Promise<string> => {
    const { id } = stack.resource("stream", "tenbyte:Stream");
    const answer = await fetch(`${sandbox.environment.TENBYTE_BASE_URL}/streams/${id}`, {
      headers: { "x-api-key": sandbox.environment.TENBYTE_API_KEY ?? "" },
    });
    return ((await answer.json()) as { data: { stream_key: string } }).data.stream_key;
  };
  const generation = (name = "news"): unknown =>
    stack.resource(name, "tenbyte:StreamKey").outputs.keyGeneration;

  it("is read before anything else after a reset of which nobody knows, and the trigger taken back", async () => {
    const lost = { pathEnds: "/reset-key", drop: true, afterWork: true, delayMs: 2_000, times: 1 };
    sandbox.faults.push(lost);
    stack.program(ofTenbyte("news", 'keyRotation: { trigger: "leak" }'));
    const up = stack.up();
    // The look just before the reset is answered; from the reset on, nothing is.
    while (sandbox.faults.length > 0) await sleep(50);
    sandbox.faults.push({ path: "/streams/", status: 503, body: "{}" });
    expect(failed(await up)).toMatch(/Whether its key was reset is not known/);
    sandbox.faults.length = 0;
    stack.program(ofTenbyte("news"));
    expect(succeeded(await stack.preview())).toMatch(/StreamKey: \(update\)/);
    expect(succeeded(await stack.up())).toMatch(/of which nobody knew had been done/);
    const { key, srt } = await stack.outputs();
    expect(key).toBe(await inForce());
    expect(srt).not.toContain("streamid");
    expect(succeeded(await stack.preview())).toMatch(/\d unchanged/);
  });

  it("that was reset in the vendor's console is told of by a refresh, by fingerprint", async () => {
    const { id } = stack.resource("stream", "tenbyte:Stream");
    await fetch(`${sandbox.environment.TENBYTE_BASE_URL}/streams/${id}/reset-key`, {
      method: "POST",
      headers: { "x-api-key": sandbox.environment.TENBYTE_API_KEY ?? "" },
    });
    expect(succeeded(await stack.refresh())).toMatch(
      /warning: tenbyte:StreamKey news: .* changed outside of this program, from fingerprint [0-9a-f]{8} to [0-9a-f]{8}/,
    );
    expect(generation()).toMatchObject({ reason: "changed outside" });
    expect(succeeded(await stack.preview())).toMatch(/\d unchanged/);
  });

  it("stays the same when its resource is replaced, and preview says so", async () => {
    const { urn } = stack.resource("news", "tenbyte:StreamKey");
    const preview = succeeded(await stack.run("preview", "--target-replace", urn));
    expect(preview).toMatch(/tenbyte:StreamKey news: Takes over the key of .* and makes no new one/);
    const before = await inForce();
    expect(succeeded(await stack.up("--target-replace", urn))).toMatch(/has the same key as before/);
    expect([await inForce(), (await stack.outputs()).key]).toEqual([before, before]);
    expect(generation()).toMatchObject({ reason: "adopted" });
  });

  it("is not revoked under the hands of the resource that took it over by a rename", async () => {
    stack.program(ofTenbyte("renamed"));
    expect(succeeded(await stack.up())).toMatch(/`revokeOnDelete` did not reset the key/);
    expect((await stack.outputs()).key).toBe(await inForce());
  });

  it("stays with its stream when that is renamed with an alias, its name left out", async () => {
    const renamed = ofTenbyte("renamed")
      .replace('"stream", {', '"programme", {')
      .replace(/\}\);/, '}, { aliases: [{ name: "stream" }] });');
    stack.program(renamed);
    expect(succeeded(await stack.preview())).toMatch(/\d unchanged/);
    const before = await stack.outputs();
    succeeded(await stack.up());
    expect((await stack.outputs()).key).toBe(before.key);
  });
});

describe("AIOZ keys in a leak", () => {
  let sandbox: Sandbox;
  let stack: TestStack;

  beforeAll(async () => {
    sandbox = await startSandbox();
    stack = await TestStack.create(
      `new aioz.StreamKey("free", {}); new aioz.StreamKey("kept", {}, { retainOnDelete: true });
       new aioz.StreamKey("guarded", {}, { protect: true });`,
      sandbox.environment,
    );
    succeeded(await stack.up());
  });
  afterAll(async () => {
    await sandbox.close();
    stack.remove();
  });

  const idOf = (name: string): string => stack.resource(name, "aioz:StreamKey").id;

  it("are rotated but for a protected one, which is named; a retained one is told of", async () => {
    const before = ["free", "kept", "guarded"].map(idOf);
    await stack.mustRun("config", "set", "streamkeys:rotateAll", "a leak");
    const text = succeeded(await stack.up());
    expect(text).toMatch(/warning: aioz:StreamKey guarded: .* waits: it is protected/);
    expect(text).toMatch(
      /warning: aioz:StreamKey kept: `retainOnDelete` keeps what a rotation replaces.*delete AIOZ StreamKey/,
    );
    expect(["free", "kept", "guarded"].map(idOf).map((id, at) => id === before[at])).toEqual([
      false,
      false,
      true,
    ]);
  });

  it("that were adopted are rotated by the run after, because they are old", async () => {
    const old = idOf("free");
    await stack.mustRun("state", "delete", "--yes", stack.resource("free", "aioz:StreamKey").urn);
    stack.program(`new aioz.StreamKey("free", { name: "free" }, { import: "${old}" });`);
    // What the program no longer has stays where it is, for this test.
    const only = ["--target", `**aioz:StreamKey::free`];
    expect(succeeded(await stack.up(...only))).toMatch(
      /Takes over a key that may be older than `streamkeys:rotateAll`/,
    );
    expect(idOf("free")).toBe(old);
    expect(stack.resource("free", "aioz:StreamKey").outputs.keyGeneration).toMatchObject({
      reason: "adopted",
    });
    succeeded(await stack.up(...only));
    expect(idOf("free")).not.toBe(old);
  });

  it("at a real vendor are not made in a pretended time", async () => {
    const real = {
      STREAMKEYS_TEST_NOW: "2030-01-01T00:00:00Z",
      AIOZ_BASE_URL: "https://aioz.example.test/api",
    };
    stack.program('new aioz.StreamKey("another", {});');
    const args = ["--target", "**aioz:StreamKey::another"];
    succeeded(await stack.runWith(real, "preview", ...args));
    expect(failed(await stack.runWith(real, "up", "--yes", "--skip-preview", ...args))).toMatch(
      /STREAMKEYS_TEST_NOW is set.*Nothing was done/,
    );
  });
});
