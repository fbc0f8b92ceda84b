import {
  AccessDeniedException,
  ChannelNotBroadcasting,
  ConflictException,
  CreateChannelCommand,
  CreateStreamKeyCommand,
  BatchGetChannelCommand,
  BatchGetStreamKeyCommand,
  DeleteChannelCommand,
  DeleteStreamKeyCommand,
  GetChannelCommand,
  GetStreamCommand,
  GetStreamKeyCommand,
  IvsClient,
  ListStreamKeysCommand,
  ListStreamsCommand,
  ListTagsForResourceCommand,
  paginateListChannels,
  ListChannelsCommand,
  ResourceNotFoundException,
  ServiceQuotaExceededException,
  StopStreamCommand,
  TagResourceCommand,
  ThrottlingException,
  UntagResourceCommand,
  UpdateChannelCommand,
  ValidationException,
} from "@aws-sdk/client-ivs";
import type { Sandbox } from "../../../sandbox";
import { sandboxForClient } from "../../harness/official-client";
import { setLive } from "../../harness/simulated";

/** AWS's own client against our simulator: what it signs and sends is taken, and what it is sent it can read. */

let sandbox: Sandbox;
let client: IvsClient;

const MAIN = { accessKeyId: "AKIASANDBOX000000001", secretAccessKey: "sandbox-secret-access-key" };
const SECOND = { accessKeyId: "AKIASANDBOX000000002", secretAccessKey: "sandbox-secret-access-key-2" };

const clientOf = (credentials: typeof MAIN, region = "us-west-2"): IvsClient =>
  // The client repeats a create by itself, which no create of ours may be used to.
  new IvsClient({ endpoint: `${sandbox.url}/ivs`, region, credentials, maxAttempts: 1 });

beforeEach(async () => {
  sandbox = await sandboxForClient("ivs");
  client = clientOf(MAIN);
});
afterEach(async () => {
  client.destroy();
  await sandbox.close();
});

const thrown = async (act: Promise<unknown>) => (await act.catch((error: unknown) => error)) as object;

/** A new channel, and the key that it was made with. */
async function make(name: string, tags: Record<string, string> = {}) {
  const { channel, streamKey } = await client.send(new CreateChannelCommand({ name, tags }));
  return { arn: channel?.arn ?? "", keyArn: streamKey?.arn ?? "", channel, streamKey };
}

describe("AWS's client", () => {
  it("makes a channel with every field of its types, and reads it back", async () => {
    const fields = {
      name: "news-1",
      latencyMode: "NORMAL",
      type: "STANDARD",
      authorized: true,
      insecureIngest: true,
      containerFormat: "FRAGMENTED_MP4",
      multitrackInputConfiguration: { enabled: true, policy: "ALLOW", maximumResolution: "FULL_HD" },
      recordingConfigurationArn: "arn:aws:ivs:us-west-2:123456789012:recording-configuration/abc",
      playbackRestrictionPolicyArn: "arn:aws:ivs:us-west-2:123456789012:playback-restriction-policy/abc",
      tags: { team: "news" },
    } as const;
    const { channel, streamKey } = await client.send(new CreateChannelCommand(fields));
    expect(channel).toMatchObject({ ...fields, preset: "", adConfigurationArn: "" });
    expect(channel?.arn).toMatch(/^arn:aws:ivs:us-west-2:123456789012:channel\/[a-zA-Z0-9]{12}$/);
    expect(channel?.srt?.passphrase).toBeTruthy();
    expect(streamKey).toMatchObject({ channelArn: channel?.arn, tags: {} });
    expect(streamKey?.value).toMatch(/^sk_us-west-2_[a-zA-Z0-9]+_[a-zA-Z0-9]+$/);
    expect((await client.send(new GetChannelCommand({ arn: channel?.arn }))).channel).toEqual(channel);
    expect((await client.send(new GetStreamKeyCommand({ arn: streamKey?.arn }))).streamKey).toEqual(
      streamKey,
    );
  });

  it("changes what it names and no more; an empty ARN clears", async () => {
    const { arn } = await make("news");
    const change = async (changes: object) =>
      (await client.send(new UpdateChannelCommand({ arn, ...changes }))).channel;
    const recordingConfigurationArn = "arn:aws:ivs:us-west-2:123456789012:recording-configuration/abc";
    expect(await change({ recordingConfigurationArn, authorized: true })).toMatchObject({
      name: "news",
      authorized: true,
      recordingConfigurationArn,
    });
    expect(await change({ recordingConfigurationArn: "" })).toMatchObject({
      authorized: true,
      recordingConfigurationArn: "",
    });
    expect(await change({ type: "ADVANCED_HD" })).toMatchObject({ preset: "HIGHER_BANDWIDTH_DELIVERY" });
    expect(await change({ preset: "CONSTRAINED_BANDWIDTH_DELIVERY", type: "ADVANCED_SD" })).toMatchObject({
      preset: "CONSTRAINED_BANDWIDTH_DELIVERY",
    });
    expect(await change({ name: "other" })).toMatchObject({ preset: "CONSTRAINED_BANDWIDTH_DELIVERY" });
    expect(await change({ type: "BASIC" })).toMatchObject({ preset: "" });
    const invalid = [
      { preset: "HIGHER_BANDWIDTH_DELIVERY" },
      { name: "a b" },
      { latencyMode: "ULTRA" },
      { recordingConfigurationArn: "not-an-arn" },
      { multitrackInputConfiguration: { enabled: true } },
    ];
    for (const changes of invalid) expect(await thrown(change(changes))).toBeInstanceOf(ValidationException);
    expect((await client.send(new GetChannelCommand({ arn }))).channel).toMatchObject({ name: "other" });
  });

  it("lists every page in summaries, filters by one thing, and reads in batches", async () => {
    const arns: string[] = [];
    for (let made = 0; made < 5; made += 1) arns.push((await make(`news-${made}`)).arn);
    const listed: (string | undefined)[] = [];
    for await (const { channels } of paginateListChannels({ client, pageSize: 2 }, {}))
      for (const { arn } of channels ?? []) listed.push(arn);
    expect(listed).toEqual(arns);
    const { channels } = await client.send(new ListChannelsCommand({ filterByName: "news-3" }));
    expect(channels?.map(({ arn }) => arn)).toEqual([arns[3]]);
    expect(channels?.[0]).not.toHaveProperty("ingestEndpoint");
    const two = {
      filterByName: "a",
      filterByAdConfigurationArn: "arn:aws:ivs:us-west-2:1:ad-configuration/a",
    };
    expect(await thrown(client.send(new ListChannelsCommand(two)))).toBeInstanceOf(ConflictException);
    const absent = `${arns[0]}x`;
    const batch = await client.send(new BatchGetChannelCommand({ arns: [arns[1] ?? "", absent] }));
    expect(batch.channels?.[0]).toMatchObject({
      arn: arns[1],
      srt: { passphrase: expect.any(String) as string },
    });
    expect(batch.errors).toMatchObject([{ arn: absent, code: "ResourceNotFoundException" }]);
  });

  it("has one key a channel: a rotation deletes first, and the summary has no value", async () => {
    const { arn, keyArn, streamKey } = await make("news");
    const create = () => client.send(new CreateStreamKeyCommand({ channelArn: arn, tags: { team: "news" } }));
    const list = async () => (await client.send(new ListStreamKeysCommand({ channelArn: arn }))).streamKeys;
    expect(await thrown(create())).toMatchObject({
      constructor: ServiceQuotaExceededException,
      $metadata: { httpStatusCode: 402 },
    });
    expect(await list()).toEqual([{ arn: keyArn, channelArn: arn, tags: {} }]);

    const deleted = await client.send(new DeleteStreamKeyCommand({ arn: keyArn }));
    expect(deleted.$metadata.httpStatusCode).toBe(204);
    expect(await list()).toEqual([]);
    const next = (await create()).streamKey;
    expect(next).toMatchObject({ channelArn: arn, tags: { team: "news" } });
    expect(next?.arn).not.toBe(keyArn);
    expect(next?.value).not.toBe(streamKey?.value);
    const batch = await client.send(new BatchGetStreamKeyCommand({ arns: [keyArn, next?.arn ?? ""] }));
    expect(batch.streamKeys).toEqual([next]);
    expect(batch.errors).toMatchObject([{ arn: keyArn }]);
  });

  it("makes a channel without a key, as CloudFormation does", async () => {
    Object.assign(sandbox.data.ivs?.behaviour as object, { makesKey: false });
    const { arn, streamKey } = await make("news");
    expect(streamKey).toBeUndefined();
    expect((await client.send(new ListStreamKeysCommand({ channelArn: arn }))).streamKeys).toEqual([]);
  });

  it("tells a broadcast, which outlives its key and holds up changes until it is stopped", async () => {
    const { arn, keyArn } = await make("news");
    const stream = () => client.send(new GetStreamCommand({ channelArn: arn }));
    const stop = () => client.send(new StopStreamCommand({ channelArn: arn }));
    expect(await thrown(stream())).toBeInstanceOf(ChannelNotBroadcasting);
    expect(await thrown(stop())).toBeInstanceOf(ChannelNotBroadcasting);

    setLive(sandbox, "ivs", arn, true);
    expect((await stream()).stream).toMatchObject({
      state: "LIVE",
      health: "HEALTHY",
      channelArn: arn,
      startTime: expect.any(Date) as Date,
    });
    expect((await client.send(new ListStreamsCommand({}))).streams).toMatchObject([{ channelArn: arn }]);
    const change = client.send(new UpdateChannelCommand({ arn, authorized: true }));
    expect(await thrown(change)).toBeInstanceOf(ConflictException);
    expect(await thrown(client.send(new DeleteChannelCommand({ arn })))).toBeInstanceOf(ConflictException);

    await client.send(new DeleteStreamKeyCommand({ arn: keyArn }));
    expect((await stream()).stream?.state).toBe("LIVE");
    await stop();
    expect(await thrown(stream())).toBeInstanceOf(ChannelNotBroadcasting);
    // Without a key no encoder comes back.
    setLive(sandbox, "ivs", arn, true);
    expect(await thrown(stream())).toBeInstanceOf(ChannelNotBroadcasting);
  });

  it("deletes a channel with its key, and tells that from a channel that is off air", async () => {
    const { arn, keyArn } = await make("news");
    const deleted = await client.send(new DeleteChannelCommand({ arn }));
    expect(deleted.$metadata.httpStatusCode).toBe(204);
    for (const gone of [
      client.send(new GetChannelCommand({ arn })),
      client.send(new DeleteChannelCommand({ arn })),
      client.send(new GetStreamKeyCommand({ arn: keyArn })),
      client.send(new DeleteStreamKeyCommand({ arn: keyArn })),
      client.send(new GetStreamCommand({ channelArn: arn })),
      client.send(new StopStreamCommand({ channelArn: arn })),
      client.send(new ListStreamKeysCommand({ channelArn: arn })),
    ]) {
      expect(await thrown(gone)).toMatchObject({
        constructor: ResourceNotFoundException,
        exceptionMessage: expect.stringContaining("not found") as string,
        $metadata: { httpStatusCode: 404 },
      });
    }
  });

  it("changes tags by calls of their own, with the ARN in the path", async () => {
    const { arn, keyArn } = await make("news", { team: "news" });
    for (const resourceArn of [arn, keyArn])
      await client.send(new TagResourceCommand({ resourceArn, tags: { "streamkeys:create": "a/b c" } }));
    await client.send(new UntagResourceCommand({ resourceArn: arn, tagKeys: ["team", "no such tag"] }));
    const { tags } = await client.send(new ListTagsForResourceCommand({ resourceArn: arn }));
    expect(tags).toEqual({ "streamkeys:create": "a/b c" });
    expect((await client.send(new GetChannelCommand({ arn }))).channel?.tags).toEqual(tags);
    const [summary] = (await client.send(new ListChannelsCommand({}))).channels ?? [];
    expect(summary?.tags).toEqual(tags);
    const reserved = new TagResourceCommand({ resourceArn: arn, tags: { "aws:a": "b" } });
    expect(await thrown(client.send(reserved))).toBeInstanceOf(ValidationException);
  });

  it("is refused with what a field cannot take, and nothing of it is kept", async () => {
    const { arn, keyArn } = await make("news");
    // The client leaves out what its types do not name, such as `failoverSlateConfigurationArn`.
    const fields = [
      ...["name", "latencyMode", "type", "preset", "containerFormat", "recordingConfigurationArn"],
      ...["playbackRestrictionPolicyArn", "adConfigurationArn", "authorized", "insecureIngest"],
    ];
    const wrong: object[] = fields.flatMap((field) =>
      [[7], -1.5, { no: { such: "member" } }, "a b"].map((value) => ({ [field]: value })),
    );
    const before = JSON.stringify(sandbox.data.ivs);
    const multitrack = { enabled: true, policy: "ALLOW", maximumResolution: "HD" };
    wrong.push({ multitrackInputConfiguration: multitrack });
    wrong.push({ multitrackInputConfiguration: { ...multitrack, policy: "NEVER" } });
    wrong.push({ multitrackInputConfiguration: { enabled: true }, containerFormat: "FRAGMENTED_MP4" });
    const refusal = { error: { name: "ValidationException" } };
    for (const given of wrong) {
      const made = client.send(new CreateChannelCommand(given));
      expect({ given, error: await thrown(made) }).toMatchObject(refusal);
      const changed = client.send(new UpdateChannelCommand({ arn, ...given }));
      expect({ given, error: await thrown(changed) }).toMatchObject(refusal);
    }
    const many = Object.fromEntries(Array.from({ length: 51 }, (_, at) => [`tag-${at}`, ""]));
    for (const tags of [{ "": "a" }, { a: "x".repeat(257) }, { a: "b;c" }, { "a(b)": "c" }, many] as Record<
      string,
      string
    >[]) {
      const made = client.send(new CreateChannelCommand({ tags }));
      expect({ tags, error: await thrown(made) }).toMatchObject(refusal);
    }
    for (const strange of [
      "__proto__",
      "constructor",
      "",
      "..",
      `${arn}/a`,
      keyArn,
      "arn:aws:ivs:a:1:channel/",
    ]) {
      expect(await thrown(client.send(new GetChannelCommand({ arn: strange })))).toMatchObject({
        name: "ValidationException",
      });
      const stop = client.send(new StopStreamCommand({ channelArn: strange }));
      expect(await thrown(stop)).toMatchObject({ name: "ValidationException" });
    }
    for (const page of [{ maxResults: 0 }, { maxResults: 101 }, { nextToken: "nothing" }])
      expect(await thrown(client.send(new ListChannelsCommand(page)))).toMatchObject({
        name: "ValidationException",
      });
    for (const resourceArn of ["__proto__", `${arn}x`]) {
      const tag = client.send(new TagResourceCommand({ resourceArn, tags: { a: "b" } }));
      expect(await thrown(tag)).toBeInstanceOf(ResourceNotFoundException);
    }
    expect(JSON.stringify(sandbox.data.ivs)).toBe(before);
  });

  it("is throttled at the sixth request of a second to one operation", async () => {
    await sandbox.close();
    const now = new Date();
    sandbox = await sandboxForClient("ivs", { now: () => now });
    Object.assign(sandbox.data.ivs?.behaviour as object, { throttles: true });
    client.destroy();
    client = clientOf(MAIN);
    const list = () => client.send(new ListChannelsCommand({}));
    for (let sent = 0; sent < 5; sent += 1) await list();
    expect(await thrown(list())).toMatchObject({
      constructor: ThrottlingException,
      $metadata: { httpStatusCode: 429 },
    });
    await client.send(new ListStreamsCommand({}));
    now.setTime(now.getTime() + 1000);
    await list();
  });

  it("sees nothing of another account or region", async () => {
    const { arn } = await make("news");
    for (const other of [clientOf(SECOND), clientOf(MAIN, "eu-west-1")]) {
      expect((await other.send(new ListChannelsCommand({}))).channels).toEqual([]);
      const read = other.send(new GetChannelCommand({ arn }));
      expect(await thrown(read)).toBeInstanceOf(ResourceNotFoundException);
      other.destroy();
    }
  });

  it.each([
    ["a secret that is not the key's", { ...MAIN, secretAccessKey: "wrong" }, "InvalidSignatureException"],
    ["a key that nobody has", { ...MAIN, accessKeyId: "AKIANOBODY" }, "UnrecognizedClientException"],
  ])("is refused with %s", async (_, credentials, name) => {
    const other = clientOf(credentials);
    const refused = await thrown(other.send(new ListChannelsCommand({})));
    expect(refused).toMatchObject({ name, $metadata: { httpStatusCode: 403 } });
    expect(refused).not.toBeInstanceOf(AccessDeniedException);
    other.destroy();
  });

  it("is refused when its clock is far off", async () => {
    const late = new IvsClient({
      endpoint: `${sandbox.url}/ivs`,
      region: "us-west-2",
      credentials: MAIN,
      maxAttempts: 1,
      systemClockOffset: -3_600_000,
    });
    expect(await thrown(late.send(new ListChannelsCommand({})))).toMatchObject({
      name: "InvalidSignatureException",
    });
    late.destroy();
  });
});
