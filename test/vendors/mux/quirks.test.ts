import type { Definition, Props } from "../../../provider/define";
import { mux } from "../../../provider/vendors/mux";
import { type Kept, Workbench } from "../../harness/workbench";

/** What is peculiar to Mux Video (docs/sheets/mux.md, section 10). */

const definition = (name: string): Definition => {
  const found = mux.resources.find((resource) => resource.name === name);
  if (!found) throw new Error(`no ${name}`);
  return found;
};
const liveStream = definition("LiveStream");
const streamKey = definition("StreamKey");
const playbackId = definition("PlaybackId");
const simulcastTarget = definition("SimulcastTarget");

const ORIGIN = "news#0123456789abcdef";
const minimal = { playbackPolicies: ["public"] };

let bench: Workbench;
const open = async (of: Definition): Promise<void> => {
  bench = await Workbench.open(mux, of);
};
afterEach(() => bench.sandbox.close());

const streams = (): Record<string, Props> => bench.sandbox.data.mux?.streams as Record<string, Props>;
const at = ({ id }: Kept): Props => {
  const stream = streams()[id];
  if (!stream) throw new Error(`no stream ${id}`);
  return stream;
};
const writes = () =>
  bench.sandbox.requests
    .filter(({ method }) => method !== "GET")
    .map(({ method, path }) => `${method} ${path.split("/").slice(6).join("/")}`);

describe("a live stream", () => {
  it("carries a mark behind the user's own passthrough, and keeps it", async () => {
    await open(liveStream);
    const kept = await bench.create({ ...minimal, passthrough: "news", origin: ORIGIN });
    const marked = /^news streamkeys:0123456789abcdef[0-9a-f]{8}\.[0-9a-f]{12}$/;
    expect(at(kept).passthrough).toMatch(marked);
    const mark = String(at(kept).passthrough).replace("news ", "");
    const changed = await bench.up(kept, { ...minimal, passthrough: "sports", origin: ORIGIN });
    expect(at(changed).passthrough).toBe(`sports ${mark}`);
    const bare = await bench.up(changed, { ...minimal, origin: ORIGIN });
    expect(at(bare).passthrough).toBe(mark);
    expect((await bench.read(bare))?.inputs).toEqual(bare.inputs);
  });

  it("is found by its mark, whatever others are like", async () => {
    await open(liveStream);
    const twin = await bench.create({ ...minimal, passthrough: "news" });
    bench.sandbox.faults.push({ method: "POST", drop: true, afterWork: true, times: 1 });
    const kept = await bench.create({ ...minimal, passthrough: "news", origin: ORIGIN });
    expect(kept.id).not.toBe(twin.id);
    bench.sandbox.faults.push({ method: "POST", drop: true, times: 1 });
    await expect(bench.create({ ...minimal, passthrough: "news" })).rejects.toThrow(
      /No Mux LiveStream was made/,
    );
  });

  it.each([
    ["a field of the PATCH", { latencyMode: "low" }, ["PATCH "]],
    ["subtitles", { embeddedSubtitles: [{ name: "English" }] }, ["PUT embedded-subtitles"]],
    ["generated subtitles", { generatedSubtitles: [{ name: "Auto" }] }, ["PUT generated-subtitles"]],
    [
      "renditions",
      { newAssetSettings: { videoQuality: "plus", staticRenditions: [{ resolution: "720p" }] } },
      ["PUT new-asset-settings/static-renditions"],
    ],
    ["the kill switch", { enabled: false }, ["PUT disable"]],
    ["a better quality", { newAssetSettings: { videoQuality: "premium" } }, ["PATCH "]],
  ])("changes %s in place, by the call that does it", async (_, change: Props, expected) => {
    await open(liveStream);
    const program = { ...minimal, newAssetSettings: { videoQuality: "plus" } };
    const kept = await bench.create(program);
    bench.sandbox.requests.length = 0;
    const now = await bench.up(kept, { ...program, ...change });
    expect([now.did, now.id, writes()]).toEqual(["update", kept.id, expected]);
    expect(now.outs.playbackIds).toEqual(kept.outs.playbackIds);
  });

  it.each([
    ["back to basic", { videoQuality: "basic" }],
    ["another resolution tier", { videoQuality: "plus", maxResolutionTier: "2160p" }],
    ["other policies of recordings", { videoQuality: "plus", playbackPolicies: ["signed"] }],
  ])("is replaced for %s, which no update can do", async (_, newAssetSettings) => {
    await open(liveStream);
    const program = { ...minimal, newAssetSettings: { videoQuality: "plus" } };
    const kept = await bench.create(program);
    expect((await bench.up(kept, { ...program, newAssetSettings })).did).toBe("replace");
  });

  it("is made disabled by two calls, and stays known when the second fails", async () => {
    await open(liveStream);
    const program = { ...minimal, enabled: false };
    bench.sandbox.faults.push({ method: "PUT", status: 500, times: 1 });
    const failure = (await bench.create(program).catch((error: unknown) => error)) as {
      id: string;
      outputs: Props;
    };
    expect(failure.outputs.enabled).toBe(true);
    const { inputs } = bench.check(program);
    const mended = await bench.up({ id: failure.id, inputs, outs: failure.outputs }, program);
    expect(at(mended).status).toBe("disabled");
  });

  it("shows no drift of playback ids that other resources add, and drift of one that is taken away", async () => {
    await open(liveStream);
    const kept = await bench.create(minimal);
    const list = at(kept).playback_ids as Props[];
    list.push({ id: "anotherPlaybackId", policy: "signed" });
    expect(await bench.read(kept)).toEqual({ id: kept.id, props: kept.outs, inputs: kept.inputs });
    list.shift();
    expect((await bench.read(kept))?.inputs.playbackPolicies).toEqual(["signed"]);
  });

  it("shows the end of a test as drift only where `enabled` is declared", async () => {
    await open(liveStream);
    const quiet = await bench.create({ ...minimal, test: true });
    const watched = await bench.create({ ...minimal, test: true, enabled: true });
    for (const kept of [quiet, watched]) at(kept).status = "disabled";
    expect((await bench.read(quiet))?.inputs).toEqual(quiet.inputs);
    expect((await bench.read(watched))?.inputs.enabled).toBe(false);
  });

  it("dates its making in RFC 3339, of Mux's string of seconds", async () => {
    await open(liveStream);
    const kept = await bench.create(minimal);
    at(kept).created_at = "1609937654";
    expect((await bench.read(kept))?.props.createdAt).toBe("2021-01-06T12:54:14.000Z");
  });

  it.each([
    ["idle", false],
    ["disabled", false],
    ["active", true],
    ["warming-up", true],
    [undefined, true],
  ])("with the status %s is live: %s", async (status, isLive) => {
    await open(liveStream);
    const kept = await bench.create(minimal);
    at(kept).status = status;
    const outcome = await bench.remove(kept).catch((error: unknown) => (error as Error).name);
    expect(outcome).toBe(isLive ? "LiveRefusal" : undefined);
  });

  it("with an id that Mux cannot parse does not exist, and cannot be imported", async () => {
    await open(liveStream);
    const kept = await bench.create(minimal);
    expect(await bench.read({ ...kept, id: "no-such-id" })).toBeUndefined();
    await expect(bench.create({ ...minimal, adopt: "no-such-id" })).rejects.toThrow(/cannot be imported/);
  });
});

describe("a stream key", () => {
  it.each([true, false])(
    "is rotated with the id kept (the passphrase too: %s)",
    async (resetRotatesPassphrase) => {
      await open(streamKey);
      const program = { liveStreamId: await bench.parent() };
      const kept = await bench.create(program);
      Object.assign(bench.sandbox.data.mux?.behaviour as Props, { resetRotatesPassphrase });
      const rotated = await bench.up(kept, { ...program, keyRotation: { trigger: "a" } });
      expect(rotated.id).toBe(kept.id);
      expect(rotated.outs.streamKey).not.toBe(kept.outs.streamKey);
      expect(rotated.outs.srtPassphrase !== kept.outs.srtPassphrase).toBe(resetRotatesPassphrase);
      expect(rotated.outs).toMatchObject({
        streamKey: at(kept).stream_key,
        srtPassphrase: at(kept).srt_passphrase,
      });
    },
  );
});

describe("a child of a live stream", () => {
  const target = { url: "rtmps://a.example.test/app", streamKey: "a-long-target-key" };

  it("has an id of two parts, and says so", async () => {
    await open(playbackId);
    const kept = await bench.create({ liveStreamId: await bench.parent(), policy: "public" });
    expect(kept.id).toBe(`${String(kept.inputs.liveStreamId)}/${String(kept.outs.playbackId)}`);
    await expect(bench.read({ ...kept, id: "half" })).rejects.toThrow(/is <liveStreamId>\/<playbackId>/);
  });

  it("is gone when the live stream is", async () => {
    await open(simulcastTarget);
    const liveStreamId = await bench.parent();
    const kept = await bench.create({ liveStreamId, ...target });
    bench.vanish(liveStreamId);
    expect(await bench.read(kept)).toBeUndefined();
    await bench.remove(kept);
  });

  it.each([
    ["active", /it is active. Stop the encoder/],
    ["disabled", /it is disabled. Enable it/],
  ])("as a target is not added while the stream is %s, and says what to do", async (status, advice) => {
    await open(simulcastTarget);
    const liveStreamId = await bench.parent();
    Object.assign(streams()[liveStreamId] ?? {}, { status });
    await expect(bench.create({ liveStreamId, ...target })).rejects.toThrow(advice);
  });

  it("as a target is not removed on air, not even with interruptLive", async () => {
    await open(simulcastTarget);
    const liveStreamId = await bench.parent();
    const kept = await bench.create({ liveStreamId, ...target, interruptLive: true });
    bench.setLive(liveStreamId, true);
    await expect(bench.remove(kept)).rejects.toThrow(/Stop the encoder and run again/);
    bench.setLive(liveStreamId, false);
    await bench.remove(kept);
  });
});
