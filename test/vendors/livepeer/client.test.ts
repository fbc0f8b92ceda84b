import { Livepeer } from "livepeer";
import { Encoder, Profile, TranscodeProfileEncoder, Type } from "livepeer/models/components";
import { SDKError } from "livepeer/models/errors/sdkerror";
import { SDKValidationError } from "livepeer/models/errors/sdkvalidationerror";
import type { Sandbox } from "../../../sandbox";
import { sandboxForClient } from "../../harness/official-client";
import { setLive } from "../../harness/simulated";

/** Livepeer's own client against our simulator: what the vendor's code sends is taken, and what it is sent it can read. */

let now: Date;
let sandbox: Sandbox;
let client: Livepeer;

const clientOf = (apiKey: string): Livepeer =>
  new Livepeer({ apiKey, serverURL: `${sandbox.url}/livepeer/api` });

beforeAll(async () => {
  sandbox = await sandboxForClient("livepeer", { now: () => now });
});
afterAll(() => sandbox.close());
beforeEach(() => {
  now = new Date("2026-01-01T00:00:00Z");
  // A user of its own for each test.
  client = clientOf(`sandbox-${expect.getState().currentTestName}`.replaceAll(/\W+/g, "-"));
});

const rung = (name: string, height: number) => {
  return { name, width: (height * 16) / 9, height, bitrate: height * 3_000, fps: 30 };
};
type Payload = Parameters<Livepeer["stream"]["create"]>[0];
const make = async (payload: Partial<Payload> = {}) => {
  const { stream } = await client.stream.create({ name: "news", ...payload });
  return { ...stream, id: stream?.id ?? "" };
};
const read = async (id: string) => (await client.stream.get(id)).stream;
const makeTarget = async () => {
  const url = "rtmps://platform.example.test/app/key-of-elsewhere";
  const { multistreamTarget } = await client.multistream.create({ url });
  return multistreamTarget?.id ?? "";
};
const thrown = async (act: Promise<unknown>) => (await act.catch((error: unknown) => error)) as object;
/** The vendor's own words in an error of the client's own class. */
const refusal = async (act: Promise<unknown>): Promise<[number, ...string[]]> => {
  const error = await thrown(act);
  expect(error).toBeInstanceOf(SDKError);
  const { statusCode, body } = error as SDKError;
  return [statusCode, ...(JSON.parse(body) as { errors: string[] }).errors];
};

describe("Livepeer's client", () => {
  it("makes a stream with every field of its types but `pull`, and reads it back", async () => {
    const id = await makeTarget();
    const fields = {
      name: "news",
      creatorId: "team",
      playbackPolicy: {
        ...{ type: Type.Webhook, webhookId: "w", webhookContext: { room: "a" } },
        ...{ refreshInterval: 60, allowedOrigins: ["https://example.test"] },
      },
      profiles: [
        {
          ...{ ...rung("1080p", 1080), fps: 30_000, fpsDen: 1_001 },
          ...{ quality: 23, gop: "2", profile: Profile.H264High, encoder: Encoder.H264 },
        },
      ],
      record: true,
      recordingSpec: { profiles: [{ bitrate: 3_000_000, encoder: TranscodeProfileEncoder.Hevc }] },
      multistream: { targets: [{ profile: "1080p", id, videoOnly: true }] },
      userTags: { room: "a", numbers: [1, "two"], zero: 0 },
    } as Payload;
    const made = await make(fields);
    expect(made).toMatchObject({
      ...fields,
      creatorId: { type: "unverified", value: "team" },
      ...{ isActive: false, suspended: false, createdAt: now.getTime(), kind: "stream" },
    });
    expect(made.streamKey).toMatch(/^(\w{4}-){3}\w{4}$/);
    expect(made.playbackId).toMatch(/^[a-z0-9]{16}$/);
    for (const text of [made.streamKey, made.playbackId]) expect(text?.slice(0, 4)).toBe(made.id.slice(0, 4));
    expect(await read(made.id)).toEqual(made);
  });

  it("is given four rungs when it names none, and none when it names none on purpose", async () => {
    const names = async (payload: Partial<Payload>) =>
      (await make(payload)).profiles?.map(({ name }) => name);
    const four = ["240p0", "360p0", "480p0", "720p0"];
    expect(await names({})).toEqual(four);
    expect(await names({ profiles: null, playbackPolicy: null })).toEqual(four);
    expect(await names({ profiles: [] })).toEqual([]);
  });

  it("changes what it names, by a reply without a body, and clears by what is empty alone", async () => {
    const { id } = await make({ userTags: { room: "a" }, playbackPolicy: { type: Type.Jwt } });
    const { statusCode } = await client.stream.update({ name: "sports", record: true }, id);
    expect(statusCode).toBe(204);
    expect(await read(id)).toMatchObject({ name: "sports", record: true, userTags: { room: "a" } });
    await client.stream.update({ playbackPolicy: null }, id);
    expect((await read(id))?.playbackPolicy).toEqual({ type: "jwt" });
    await client.stream.update({ userTags: {}, playbackPolicy: { type: Type.Public } }, id);
    expect(await read(id)).toMatchObject({ userTags: {}, playbackPolicy: { type: "public" } });
    expect((await client.stream.update({}, id)).statusCode).toBe(204);
  });

  it("stores profiles of null, which it cannot read any more", async () => {
    const { id } = await make();
    await client.stream.update({ profiles: null }, id);
    expect(await thrown(client.stream.get(id))).toBeInstanceOf(SDKValidationError);
    await client.stream.update({ profiles: [rung("720p", 720)] }, id);
    expect((await read(id))?.profiles).toEqual([rung("720p", 720)]);
  });

  it("lists the streams, twenty at most, those last made first", async () => {
    const ids: string[] = [];
    for (let made = 0; made < 21; made += 1) {
      now = new Date(now.getTime() + 1_000);
      ids.unshift((await make({ name: `news ${made}` })).id);
    }
    const { data, rawResponse } = await client.stream.getAll("1");
    expect(data?.map(({ id }) => id)).toEqual(ids.slice(0, 20));
    expect(rawResponse.headers.get("link")).toMatch(/cursor=skip20.*rel="next"/);
  });

  it("cannot change profiles and record on air, not even to what they are", async () => {
    const profiles = [rung("720p", 720)];
    const { id } = await make({ profiles });
    setLive(sandbox, "livepeer", id, true);
    const isActive = "field while stream is active";
    expect(await refusal(client.stream.update({ profiles }, id))).toEqual([
      400,
      `cannot change 'profiles' ${isActive}`,
    ]);
    expect(await refusal(client.stream.update({ record: true }, id))).toEqual([
      400,
      `cannot change 'record' ${isActive}`,
    ]);
    await client.stream.update({ record: false, name: "sports" }, id);
    expect(await read(id)).toMatchObject({ isActive: true, name: "sports", record: false });
  });

  it("terminates a broadcast, once in five seconds, and ends one by suspending or deleting", async () => {
    const { id } = await make();
    const isActive = async () => (await read(id))?.isActive;
    setLive(sandbox, "livepeer", id, true);
    expect((await client.stream.terminate(id)).statusCode).toBe(204);
    expect(await isActive()).toBe(false);
    expect(await refusal(client.stream.terminate(id))).toEqual([429, "too many terminate requests"]);
    now = new Date(now.getTime() + 5_000);
    setLive(sandbox, "livepeer", id, true);
    await client.stream.update({ suspended: true }, id);
    expect(await read(id)).toMatchObject({ isActive: false, suspended: true });
    await client.stream.delete(id);
    for (const call of [client.stream.get, client.stream.delete, client.stream.terminate])
      expect(await refusal(call.call(client.stream, id))).toEqual([404, "not found"]);
  });

  it("makes, reads, changes and deletes targets, whose address it never sees", async () => {
    const { multistreamTarget: made } = await client.multistream.create({
      url: "srt://platform.example.test:7001?streamid=secret",
      disabled: true,
    });
    const id = made?.id ?? "";
    // The host, where there is no name.
    expect(made).toMatchObject({
      name: "platform.example.test:7001",
      disabled: true,
      createdAt: now.getTime(),
    });
    expect((await client.multistream.get(id)).multistreamTarget).toEqual(made);
    expect(JSON.stringify(made)).not.toContain("secret");
    const url = "rtmp://other.example.test/app/key";
    const { statusCode } = await client.multistream.update({ url, name: "", disabled: false }, id);
    expect(statusCode).toBe(204);
    // An empty name changes nothing.
    expect((await client.multistream.get(id)).multistreamTarget).toEqual({ ...made, disabled: false });
    // The vendor takes a change without an address, as its own tests show; the client's types do not.
    expect(await thrown(client.multistream.update({ disabled: true } as never, id))).toBeInstanceOf(
      SDKValidationError,
    );
    await client.multistream.delete(id);
    expect(await refusal(client.multistream.get(id))).toEqual([404, "not found"]);
    expect(await refusal(client.multistream.delete(id))).toEqual([404, "not found"]);
  });

  it("cannot list targets: it has no place for the id of the user that all but administrators must name", async () => {
    expect(await refusal(client.multistream.getAll())).toEqual([400, "required query parameter: userId"]);
  });

  it("adds a target to a stream, in a reply that it takes for an error, and removes it", async () => {
    const { id } = await make({ profiles: [rung("720p", 720)] });
    const target = { profile: "720p", id: await makeTarget(), videoOnly: false };
    // The description says 204; the server answers 200 with the target (docs/sheets/livepeer.md, section 2).
    const { statusCode, error } = await client.stream.addMultistreamTarget(target, id);
    expect([statusCode, error]).toEqual([200, expect.anything()]);
    expect((await read(id))?.multistream).toEqual({ targets: [target] });
    await client.stream.removeMultistreamTarget(id, target.id);
    await client.stream.removeMultistreamTarget(id, target.id);
    expect((await read(id))?.multistream).toEqual({ targets: [] });
  });

  it("leaves a target behind each time that it sends an address with a stream", async () => {
    const spec = { url: "rtmp://platform.example.test/app/key" };
    const multistream = { targets: [{ profile: "source", spec }] };
    const made = await make({ multistream });
    await client.stream.update({ multistream }, made.id);
    const [first, second] = [made, await read(made.id)].map((one) => one?.multistream?.targets?.[0]?.id);
    expect(first).not.toBe(second);
    for (const id of [first, second]) expect((await client.multistream.get(id ?? "")).statusCode).toBe(200);
  });

  it("holds targets against the rungs that were there before", async () => {
    const { id } = await make({ profiles: [rung("720p", 720)] });
    const multistream = { targets: [{ profile: "360p", id: await makeTarget() }] };
    const profiles = [rung("720p", 720), rung("360p", 360)];
    expect(await refusal(client.stream.update({ profiles, multistream }, id))).toEqual([
      400,
      'multistream target profile not found: "360p". available: ["720p","source"]',
    ]);
    await client.stream.update({ profiles }, id);
    await client.stream.update({ multistream }, id);
    expect((await read(id))?.multistream).toMatchObject(multistream);
  });

  it("reads each error as one of its own class, in Livepeer's words", async () => {
    const { id } = await make();
    const ofSchema = async (payload: object) => {
      const [status, text] = await refusal(client.stream.create(payload as Payload));
      const { keyword, instancePath } = JSON.parse(text ?? "") as Record<string, string>;
      return [status, keyword, instancePath];
    };
    const broken = (change: object) => ({ name: "a", profiles: [{ ...rung("720p", 720), ...change }] });
    expect(await ofSchema(broken({ height: 127 }))).toEqual([422, "minimum", "/profiles/0/height"]);
    expect(await ofSchema(broken({ quality: 45 }))).toEqual([422, "maximum", "/profiles/0/quality"]);
    expect(await ofSchema(broken({ name: "" }))).toEqual([422, "minLength", "/profiles/0/name"]);
    const badTarget = (url: string) => refusal(client.multistream.create({ url }));
    expect(JSON.parse((await badTarget("https://a.example.test"))[1] ?? "")).toMatchObject({
      keyword: "pattern",
    });
    expect(JSON.parse((await badTarget("rtmp://this started well"))[1] ?? "")).toMatchObject({
      keyword: "format",
    });
    expect(await badTarget("rtmps://!@#$%&*()_+")).toEqual([422, expect.stringContaining("Bad URL")]);
    const update = (payload: Parameters<Livepeer["stream"]["update"]>[0]) =>
      refusal(client.stream.update(payload, id));
    const rungs = [rung("720p", 720), rung("720p", 360)];
    expect(await update({ profiles: rungs })).toEqual([400, 'duplicate profile name "720p"']);
    expect(await update({ profiles: [rung("source", 720)] })).toEqual([
      400,
      'profile cannot be named "source"',
    ]);
    expect(await update({ recordingSpec: { profiles: [] } })).toEqual([
      400,
      "recordingSpec is only supported with record=true",
    ]);
    expect(await update({ userTags: { long: "x".repeat(2_048) } })).toEqual([
      400,
      "userTags object is too large. Max size is 2048 characters",
    ]);
    const foreign = { targets: [{ profile: "source", id: "somebodys" }] };
    expect(await update({ multistream: foreign })).toEqual([
      400,
      'multistream target not found: "somebodys"',
    ]);
    // The answer repeats the token.
    expect(await refusal(clientOf("a-token").stream.getAll())).toEqual([401, "no token a-token found"]);
  });

  it("sees nothing of another user", async () => {
    const { id } = await make();
    const targetId = await makeTarget();
    const other = clientOf("sandbox-other");
    expect((await other.stream.getAll("1")).data).toEqual([]);
    expect(await refusal(other.stream.get(id))).toEqual([404, "not found"]);
    expect(await refusal(other.stream.delete(id))).toEqual([404, "not found"]);
    expect(await refusal(other.multistream.get(targetId))).toEqual([404, "not found"]);
  });
});
