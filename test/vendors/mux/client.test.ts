import Mux from "@mux/mux-node";
import type { Sandbox } from "../../../sandbox";
import { sandboxForClient } from "../../harness/official-client";
import { setLive } from "../../harness/simulated";

/** Mux's own client against our simulator: what the vendor's code sends is taken, and what it is sent it can read. */

let sandbox: Sandbox;
let client: Mux;

const clientOf = (tokenId: string, tokenSecret = "sandbox-secret"): Mux =>
  // The client repeats POST by itself, which no create of ours may be used to.
  new Mux({ tokenId, tokenSecret, baseURL: `${sandbox.url}/mux`, maxRetries: 0 });

beforeAll(async () => {
  sandbox = await sandboxForClient("mux");
});
afterAll(() => sandbox.close());
beforeEach(() => {
  // An environment of its own for each test.
  client = clientOf(`sandbox-${expect.getState().currentTestName}`.replaceAll(/\W+/g, "-"));
});

const { BadRequestError, NotFoundError, AuthenticationError } = Mux;
const streams = () => client.video.liveStreams;

describe("Mux's client", () => {
  it("makes a stream with every field of its types, and reads it back", async () => {
    const made = await streams().create({
      playback_policies: ["public", "signed"],
      latency_mode: "reduced",
      reconnect_slate_url: "https://slates.example.test/1.png",
      use_slate_for_standard_latency: false,
      max_continuous_duration: 3600,
      passthrough: "news",
      meta: { title: "News" },
      audio_only: false,
      embedded_subtitles: [{ name: "English", language_code: "en", language_channel: "cc1" }],
      generated_subtitles: [{ name: "English", language_code: "en" }],
      simulcast_targets: [{ url: "rtmps://a.example.test/app", stream_key: "target-key" }],
      new_asset_settings: {
        playback_policies: ["public"],
        video_quality: "plus",
        max_resolution_tier: "1080p",
        static_renditions: [{ resolution: "720p" }],
      },
    });
    expect(made).toMatchObject({ status: "idle", reconnect_window: 0, passthrough: "news" });
    expect(made.id).toMatch(/^[A-Za-z0-9]{44,47}$/);
    expect(made.created_at).toMatch(/^\d{10}$/);
    expect(made.playback_ids?.map(({ policy }) => policy)).toEqual(["public", "signed"]);
    expect(await streams().retrieve(made.id)).toEqual(made);
  });

  it("changes in place what its types let it change, and leaves out what it does not name", async () => {
    const { id } = await streams().create({
      passthrough: "news",
      new_asset_settings: { video_quality: "basic" },
    });
    const changed = await streams().update(id, {
      latency_mode: "low",
      new_asset_settings: { video_quality: "premium", master_access: "temporary" },
    });
    expect(changed).toMatchObject({
      passthrough: "news",
      latency_mode: "low",
      new_asset_settings: { video_quality: "premium", master_access: "temporary" },
    });
    expect((await streams().update(id, { passthrough: "" })).passthrough).toBeUndefined();
    const fixed = { audio_only: true } as object;
    await expect(streams().update(id, fixed)).rejects.toThrow(BadRequestError);
    const backToBasic = { new_asset_settings: { video_quality: "basic" } } as object;
    await expect(streams().update(id, backToBasic)).rejects.toThrow(BadRequestError);
    expect(await streams().retrieve(id)).toMatchObject({ new_asset_settings: { video_quality: "premium" } });
  });

  it("lists every page, newest first, and filters", async () => {
    const ids: string[] = [];
    for (let made = 0; made < 7; made += 1) ids.unshift((await streams().create({})).id);
    const listed: string[] = [];
    for await (const { id } of streams().list({ limit: 3 })) listed.push(id);
    expect(listed).toEqual(ids);
    const [newest] = (await streams().list({ limit: 1 })).data;
    const found = await streams().list({ stream_key: newest?.stream_key ?? "" });
    expect(found.data).toEqual([newest]);
    expect((await streams().list({ status: "active" })).data).toEqual([]);
    await expect(streams().list({ limit: -1 })).rejects.toThrow(BadRequestError);
  });

  it("resets a key with a 201 and the same id", async () => {
    const made = await streams().create({ playback_policies: ["public"] });
    const { data, response } = await streams().resetStreamKey(made.id).withResponse();
    expect(response.status).toBe(201);
    expect(data).toEqual({
      ...made,
      stream_key: expect.not.stringMatching(made.stream_key) as string,
      srt_passphrase: expect.not.stringMatching(made.srt_passphrase ?? "") as string,
    });
  });

  it("disables, enables and completes by verbs", async () => {
    const { id } = await streams().create({});
    const status = async () => (await streams().retrieve(id)).status;
    setLive(sandbox, "mux", id, true);
    await streams().complete(id);
    // The encoder is closed only a minute later.
    expect(await status()).toBe("active");
    await streams().disable(id);
    expect(await status()).toBe("disabled");
    setLive(sandbox, "mux", id, true);
    expect(await status()).toBe("disabled");
    await streams().enable(id);
    expect(await status()).toBe("idle");
  });

  it("adds, reads and removes playback ids and simulcast targets, the latter only while idle", async () => {
    const { id } = await streams().create({});
    const shown = await streams().createPlaybackId(id, { policy: "signed" });
    const target = { url: "rtmps://a.example.test/app", stream_key: "target-key", passthrough: "a" };
    const added = await streams().createSimulcastTarget(id, target);
    expect(added).toMatchObject({ ...target, status: "idle" });
    expect(await streams().retrievePlaybackId(id, shown.id)).toEqual(shown);
    expect(await streams().retrieveSimulcastTarget(id, added.id)).toEqual(added);
    expect(await streams().retrieve(id)).toMatchObject({ playback_ids: [shown], simulcast_targets: [added] });

    setLive(sandbox, "mux", id, true);
    await expect(streams().createSimulcastTarget(id, target)).rejects.toThrow(BadRequestError);
    await expect(streams().deleteSimulcastTarget(id, added.id)).rejects.toThrow(BadRequestError);
    await streams().deletePlaybackId(id, shown.id);
    setLive(sandbox, "mux", id, false);
    await streams().deleteSimulcastTarget(id, added.id);
    await expect(streams().retrievePlaybackId(id, shown.id)).rejects.toThrow(NotFoundError);
    await expect(streams().retrieveSimulcastTarget(id, added.id)).rejects.toThrow(NotFoundError);
  });

  it("sets and clears subtitles and static renditions by calls of their own", async () => {
    const { id } = await streams().create({});
    const subtitles = [{ name: "English", language_code: "en" as const, language_channel: "cc2" as const }];
    await streams().updateEmbeddedSubtitles(id, { embedded_subtitles: subtitles });
    await streams().updateGeneratedSubtitles(id, {
      generated_subtitles: [{ name: "Auto", language_code: "es" }],
    });
    const both = await streams().updateNewAssetSettingsStaticRenditions(id, {
      static_renditions: [{ resolution: "1080p" }],
    });
    expect(both).toMatchObject({
      embedded_subtitles: subtitles,
      generated_subtitles: [{ name: "Auto", language_code: "es" }],
      new_asset_settings: { static_renditions: [{ resolution: "1080p" }] },
    });
    await streams().updateEmbeddedSubtitles(id, { embedded_subtitles: [] });
    await streams().deleteNewAssetSettingsStaticRenditions(id);
    const left = await streams().retrieve(id);
    expect(left.embedded_subtitles).toBeUndefined();
    expect(left.new_asset_settings).toEqual({});
  });

  it("deletes, and finds nothing then", async () => {
    const { id } = await streams().create({});
    await streams().delete(id);
    await expect(streams().retrieve(id)).rejects.toThrow(NotFoundError);
    await expect(streams().delete(id)).rejects.toThrow(NotFoundError);
  });

  it("reads each error as one of its own classes, in Mux's words", async () => {
    const thrown = async (act: Promise<unknown>) => (await act.catch((error: unknown) => error)) as object;
    expect(await thrown(streams().retrieve("not-an-id"))).toMatchObject({
      constructor: BadRequestError,
      error: { error: { type: "invalid_parameters", messages: ["Failed to parse ID"] } },
    });
    expect(await thrown(streams().create({ test: true, max_continuous_duration: 60 }))).toMatchObject({
      constructor: BadRequestError,
      error: { error: { messages: ["Cannot use max continuous duration with test live streams"] } },
    });
    expect(await thrown(clientOf("somebody").video.liveStreams.list())).toMatchObject({
      constructor: AuthenticationError,
      error: { error: { type: "unauthorized" } },
    });
  });

  it("sees nothing of another environment", async () => {
    const { id } = await streams().create({});
    const other = clientOf("sandbox-other").video.liveStreams;
    await expect(other.retrieve(id)).rejects.toThrow(NotFoundError);
    await expect(other.delete(id)).rejects.toThrow(NotFoundError);
    expect((await other.list()).data).toEqual([]);
  });
});
