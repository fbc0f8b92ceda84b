/* eslint-disable @typescript-eslint/no-unsafe-class-instance-assignment -- its types are classes, and plain objects are how it is used */
import ApiVideoClient from "@api.video/nodejs-client";
import ApiVideoError from "@api.video/nodejs-client/lib/ApiVideoError";
import type { Sandbox } from "../../../sandbox";
import { sandboxForClient } from "../../harness/official-client";
import { setLive } from "../../harness/simulated";

/** api.video's own client against our simulator: what the vendor's code sends is taken, and what it is sent it can read. */

let sandbox: Sandbox;
let client: ApiVideoClient;

const clientOf = (apiKey: string): ApiVideoClient =>
  new ApiVideoClient({ apiKey, baseUri: `${sandbox.url}/apivideo` });

beforeAll(async () => {
  sandbox = await sandboxForClient("apivideo");
});
afterAll(() => sandbox.close());
beforeEach(() => {
  // A project of its own for each test.
  client = clientOf(`sandbox-${expect.getState().currentTestName}`.replaceAll(/\W+/g, "-"));
});

const streams = () => client.liveStreams;
const restream = (name: string) => ({
  ...{ name, streamKey: `key-of-${name}` },
  serverUrl: `rtmp://${name}.example.test/app`,
});
const thrown = async (act: Promise<unknown>): Promise<unknown> => act.catch((error: unknown) => error);

describe("api.video's client", () => {
  it("makes a stream with every field of its types, and reads it back", async () => {
    const { body: made, headers } = await streams().createWithResponseHeaders({
      name: "news",
      _public: true,
      playerId: "pl4k0jvEUuaTdRAEjQ4Jfrgz",
      restreams: [restream("twitch"), restream("facebook")],
    });
    expect(made).toMatchObject({
      ...{ name: "news", _public: true, playerId: "pl4k0jvEUuaTdRAEjQ4Jfrgz", broadcasting: false },
      restreams: [restream("facebook"), restream("twitch")],
    });
    expect(made.liveStreamId).toMatch(/^li[\w=]+$/);
    expect(made.createdAt).toBeInstanceOf(Date);
    expect(Number.isNaN(made.createdAt?.getTime())).toBe(false);
    expect(made.assets?.hls).toBe(`https://live.api.video/${made.liveStreamId}.m3u8`);
    // On a reply that was not throttled too.
    expect(headers["x-ratelimit-retry-after"]).toBe("60");
    expect(await streams().get(made.liveStreamId)).toEqual(made);
  });

  it("changes what it names, and replaces the restreams as a whole", async () => {
    const { liveStreamId: id } = await streams().create({
      name: "news",
      restreams: [restream("twitch"), restream("facebook")],
    });
    expect(await streams().update(id, { name: "sports" })).toMatchObject({
      name: "sports",
      restreams: [restream("facebook"), restream("twitch")],
    });
    const changed = await streams().update(id, { restreams: [restream("kick")], _public: false });
    expect(changed).toMatchObject({ name: "sports", _public: false, restreams: [restream("kick")] });
    expect(changed.assets?.player).toMatch(/\?token=/);
    expect((await streams().update(id, { restreams: [] })).restreams).toBeUndefined();
  });

  it("lists every page in the order that is asked for, and filters by a part of the name", async () => {
    const names = ["news", "news at ten", "sports", "weather", "local news"];
    for (const name of names) await streams().create({ name });
    const { data, pagination } = await streams().list({ pageSize: 2, currentPage: 2 });
    expect(data.map(({ name }) => name)).toEqual(["sports", "news at ten"]);
    expect(pagination).toMatchObject({
      ...{ currentPage: 2, currentPageItems: 2, pageSize: 2, pagesTotal: 3, itemsTotal: 5 },
    });
    expect(pagination.links.map(({ rel }) => rel)).toEqual(["self", "first", "previous", "next", "last"]);
    const found = await streams().list({ name: "news", sortBy: "name", sortOrder: "asc" });
    expect(found.data.map(({ name }) => name)).toEqual(["local news", "news", "news at ten"]);
    const byKey = await streams().list({ streamKey: data[0]?.streamKey ?? "" });
    expect(byKey.data).toEqual([data[0]]);
  });

  it("completes a broadcast, which takes a moment, and deletes a stream on air", async () => {
    const { liveStreamId: id } = await streams().create({ name: "news" });
    setLive(sandbox, "apivideo", id, true);
    expect((await streams().get(id)).broadcasting).toBe(true);
    await streams().complete(id);
    expect((await streams().get(id)).broadcasting).toBe(true);
    await streams().delete(id);
    expect(await thrown(streams().get(id))).toMatchObject({ code: 404 });
    expect(await thrown(streams().delete(id))).toMatchObject({ code: 404 });
    expect(await thrown(streams().complete(id))).toMatchObject({ code: 404 });
  });

  it("uploads and removes a thumbnail, whose host is not the same", async () => {
    const { liveStreamId: id } = await streams().create({ name: "news" });
    const image = Buffer.from("not really an image");
    const withOne = await streams().uploadThumbnail(id, image);
    expect(withOne.assets?.thumbnail).toContain("cdn.api.video");
    expect((await streams().deleteThumbnail(id)).assets?.thumbnail).not.toContain("cdn.api.video");
  });

  it("has no call that gives a stream another key: rotation is a new stream, then the end of the old", async () => {
    const calls = Object.getOwnPropertyNames(Object.getPrototypeOf(streams()) as object);
    expect(calls.filter((call) => /key|reset|rotate/i.test(call))).toEqual([]);
    const old = await streams().create({ name: "news" });
    const successor = await streams().create({ name: "news" });
    await streams().delete(old.liveStreamId);
    expect(successor.streamKey).not.toBe(old.streamKey);
    expect((await streams().list({ name: "news" })).data).toEqual([successor]);
  });

  it("reads each error as one of its own class, in api.video's words", async () => {
    const wrongRestream = { ...restream("twitch"), serverUrl: "rtmp://host.example.test" };
    const problemOf = async (act: Promise<unknown>) => {
      const error = await thrown(act);
      expect(error).toBeInstanceOf(ApiVideoError);
      const { code, problemDetails } = error as { code: number; problemDetails: object };
      return { code, ...problemDetails };
    };
    expect(await problemOf(streams().create({ name: "news", restreams: [wrongRestream] }))).toMatchObject({
      code: 400,
      title: "An attribute is invalid.",
      name: "restreams[0][serverUrl]",
      detail: "Missing app name: [rtmp|rtmps]://[host]/[app name].",
    });
    const six = Array.from({ length: 6 }, () => restream("twitch"));
    expect(await problemOf(streams().create({ name: "news", restreams: six }))).toMatchObject({
      code: 400,
      detail: "This collection should contain 5 elements or less.",
    });
    expect(await problemOf(streams().create({ name: "" }))).toMatchObject({
      detail: "This value should not be blank.",
      name: "name",
    });
    const nothing = JSON.parse("{}") as { name: string };
    expect(await problemOf(streams().create(nothing))).toMatchObject({
      detail: "This value should not be null.",
    });
    expect(await problemOf(streams().list({ pageSize: 101 }))).toMatchObject({ code: 400, name: "pageSize" });
    expect(await problemOf(streams().get("liNone"))).toMatchObject({ code: 404, name: "liveStreamId" });
    expect(await problemOf(clientOf("somebody").liveStreams.list())).toMatchObject({ code: 401 });
  });

  it("exchanges its key for a token, and is told of a wrong one by a 400", async () => {
    const { tokenType, expiresIn, accessToken: token } = await client.getAccessToken();
    expect([tokenType, expiresIn]).toEqual(["Bearer", 3600]);
    const { status } = await fetch(`${sandbox.url}/apivideo/live-streams`, {
      headers: { authorization: `Bearer ${String(token)}` },
    });
    expect(status).toBe(200);
    await expect(clientOf("somebody").getAccessToken()).rejects.toThrow(/400/);
  });

  it("sees nothing of another project", async () => {
    const { liveStreamId: id } = await streams().create({ name: "news" });
    const other = clientOf("sandbox-other").liveStreams;
    expect(await thrown(other.get(id))).toMatchObject({ code: 404 });
    expect((await other.list()).data).toEqual([]);
  });
});
