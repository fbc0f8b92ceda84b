import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Definition, Props } from "../../../provider/define";
import { ivs } from "../../../provider/vendors/ivs";
import type * as vendor from "../../../provider/vendors/ivs";
import { type Kept, Workbench } from "../../harness/workbench";
import type * as harness from "../../harness/workbench";

/** What is peculiar to Amazon IVS (docs/sheets/ivs.md, sections 1 to 8 and 12). */

const definition = (name: string): Definition => {
  const found = ivs.resources.find((resource) => resource.name === name);
  if (!found) throw new Error(`no ${name}`);
  return found;
};
const channel = definition("Channel");
const streamKey = definition("StreamKey");

interface Store {
  channels: Record<string, Props>;
  keys: Record<string, { arn: string; value: string; tags: Record<string, string> }>;
  sessions: Record<string, Props>;
  behaviour: { makesKey: boolean; throttles: boolean };
}

let bench: Workbench;
const open = async (of: Definition, account: Props = {}): Promise<void> => {
  bench = await Workbench.open(ivs, of, account);
  // What the simulator makes of nothing, so that the store is there.
  await bench.create({ name: "first" }, bench.resourceType(channel)).then((kept) => {
    bench.vanish(kept.id);
  });
};
afterEach(() => bench.sandbox.close());

const store = (): Store => bench.sandbox.data.ivs as unknown as Store;
const keys = (): Store["keys"][string][] => Object.values(store().keys);
/** What was asked for, reads left out. */
const writes = (): string[] =>
  bench.sandbox.requests
    .map(({ path }) => path.split("/")[2] ?? "")
    .filter((operation) => !/^(Get|List)/.test(operation));
const messageOf = (act: Promise<unknown>): Promise<string> =>
  act.then(
    () => "",
    (error: unknown) => (error as Error).message,
  );

describe("a channel", () => {
  const make = (inputs: Props = {}): Promise<Kept> => bench.create({ name: "news", ...inputs });

  it("says each change by what changes alone, tags by calls of their own", async () => {
    await open(channel);
    const kept = await make({ latencyMode: "NORMAL", tags: { team: "news" } });
    bench.sandbox.requests.length = 0;
    const changed = await bench.up(kept, {
      name: "news",
      latencyMode: "LOW",
      tags: { desk: "one" },
    });
    expect(changed.did).toBe("update");
    expect(writes()).toEqual(["UpdateChannel", "tags", "tags"]);
    expect(store().channels[kept.id]).toMatchObject({ latencyMode: "LOW", name: "news" });
    const { tags } = store().channels[kept.id] as { tags: Record<string, string> };
    expect(Object.keys(tags).sort()).toEqual(["desk", "streamkeys:create"]);
  });

  it("is refused a change while live, tags included that come with it, and nothing is done", async () => {
    await open(channel);
    const kept = await make({ tags: { team: "news" } });
    bench.setLive(kept.id, true);
    const before = JSON.stringify(store().channels);
    const refusal = await messageOf(bench.up(kept, { name: "sports", tags: { team: "sports" } }));
    expect(refusal).toMatch(/live/);
    expect(JSON.stringify(store().channels)).toBe(before);
    const tagged = await bench.up(kept, { name: "news", tags: { team: "sports" } });
    expect(tagged.outs.tags).toEqual({ team: "sports" });
  });

  it("is deleted while live only after its broadcast was stopped, where the program lets it", async () => {
    await open(channel);
    const kept = await make();
    bench.setLive(kept.id, true);
    expect(await messageOf(bench.remove(kept))).toMatch(/interruptLive/);
    const allowed = await bench.up(kept, { name: "news", interruptLive: true });
    bench.sandbox.requests.length = 0;
    await bench.remove(allowed);
    expect(writes()).toEqual(["StopStream", "DeleteChannel"]);
    expect(keys()).toEqual([]);
  });

  it("detaches what leaves the program by an empty ARN, and sends the preset along with a type", async () => {
    await open(channel);
    const ads = "arn:aws:ivs:us-west-2:123456789012:ad-configuration/one";
    const advanced = { type: "ADVANCED_HD", preset: "CONSTRAINED_BANDWIDTH_DELIVERY" };
    const kept = await make({ ...advanced, adConfigurationArn: ads });
    const plain = await bench.up(kept, { name: "news", ...advanced, type: "ADVANCED_SD" });
    expect(store().channels[kept.id]).toMatchObject({
      type: "ADVANCED_SD",
      preset: "CONSTRAINED_BANDWIDTH_DELIVERY",
      adConfigurationArn: "",
    });
    expect(plain.id).toBe(kept.id);
  });
});

describe("the key of a channel", () => {
  let channelArn: string;
  const openWithChannel = async (account: Props = {}): Promise<void> => {
    await open(streamKey, account);
    channelArn = (await bench.create({ name: "news" }, bench.resourceType(channel))).id;
    bench.sandbox.requests.length = 0;
  };
  const make = (inputs: Props = {}): Promise<Kept> => bench.create({ channelArn, ...inputs });
  const rotated = (kept: Kept, inputs: Props = {}) =>
    bench.up(kept, { channelArn, keyRotation: { trigger: "leak" }, ...inputs });

  it("is the one that AWS has made with the channel", async () => {
    await openWithChannel();
    const [made] = keys();
    const kept = await make();
    expect([kept.id, kept.outs.streamKey, kept.outs.keyArn]).toEqual([channelArn, made?.value, made?.arn]);
    expect(writes()).toEqual([]);
    const host = (store().channels[channelArn] as { ingestEndpoint: string }).ingestEndpoint;
    expect(kept.outs.ingestEndpoint).toBe(host);
  });

  it("is made where the channel has none, as with CloudFormation", async () => {
    await open(streamKey);
    store().behaviour.makesKey = false;
    channelArn = (await bench.create({ name: "news" }, bench.resourceType(channel))).id;
    const kept = await make();
    expect(keys().map(({ value }) => value)).toEqual([kept.outs.streamKey]);
  });

  it("is rotated by a delete and then a create, keeps its tags, and stays the same resource", async () => {
    await openWithChannel();
    const kept = await make();
    Object.assign(keys()[0]?.tags ?? {}, { team: "news" });
    bench.sandbox.requests.length = 0;
    const now = await rotated(kept);
    expect(writes()).toEqual(["DeleteStreamKey", "CreateStreamKey"]);
    expect([now.did, now.id]).toEqual(["update", channelArn]);
    expect(now.outs.streamKey).not.toBe(kept.outs.streamKey);
    expect(keys()).toEqual([
      expect.objectContaining({ arn: now.outs.keyArn, value: now.outs.streamKey, tags: { team: "news" } }),
    ]);
  });

  it("is announced as a gap, in the preview of its rotation", async () => {
    await openWithChannel();
    const kept = await make();
    await rotated(kept);
    expect(bench.progress.join("\n")).toMatch(
      /old key is deleted before the new one is made.*let it connect again/,
    );
  });

  it.each([
    ["refused", { status: 503 }],
    ["lost", { drop: true, afterWork: true }],
  ])("is there after the next run where the making of the new one was %s", async (_, fault) => {
    await openWithChannel();
    const kept = await make();
    bench.sandbox.faults.push({ path: "/CreateStreamKey", times: 1, ...fault });
    await rotated(kept).catch(() => undefined);
    const now = await rotated(kept);
    expect(keys().map(({ value }) => value)).toEqual([now.outs.streamKey]);
    expect(now.outs.streamKey).not.toBe(kept.outs.streamKey);
  });

  it("waits while the channel is live, and cuts the broadcast where the program lets it", async () => {
    await openWithChannel();
    const kept = await make();
    bench.setLive(channelArn, true);
    const waiting = await rotated(kept);
    expect(waiting.outs.streamKey).toBe(kept.outs.streamKey);
    bench.sandbox.requests.length = 0;
    const now = await rotated(kept, { interruptLive: true });
    expect(writes()).toEqual(["DeleteStreamKey", "StopStream", "CreateStreamKey"]);
    expect([now.outs.streamKey === kept.outs.streamKey, store().sessions]).toEqual([false, {}]);
  });

  it.each([
    ["OFFLINE", { status: 200, body: '{"stream":{"state":"OFFLINE"}}' }, ""],
    [
      "no such broadcast",
      { status: 404, body: "{}", headers: { "x-amzn-errortype": "ChannelNotBroadcasting:http://aws/" } },
      "",
    ],
    ["a state that nobody knows", { status: 200, body: '{"stream":{"state":"STARTING"}}' }, "interruptLive"],
    ["a 404 of something else", { status: 404, body: '{"message":"no route"}' }, "no route"],
  ])("takes %s for what it is before a delete", async (_, fault, refusal) => {
    await openWithChannel();
    const kept = await make();
    bench.sandbox.faults.push({ path: "/GetStream", ...fault });
    const message = await messageOf(bench.remove(kept));
    expect(message).toContain(refusal);
    expect(keys()).toHaveLength(refusal === "" ? 0 : 1);
  });

  it("that somebody made anew is drift of the key, not a missing resource", async () => {
    await openWithChannel();
    const kept = await make();
    const old = keys()[0]?.arn ?? "";
    bench.vanish(old);
    expect(await bench.read(kept)).toBeUndefined();
    const theirs = await rotated(kept);
    const read = await bench.read({ ...kept, outs: { ...kept.outs, keyArn: old } });
    expect(read?.props.streamKey).toBe(theirs.outs.streamKey);
  });
});

describe("a call", () => {
  it("is held back where AWS throttles, and none fails", async () => {
    await open(channel, { retries: 5 });
    store().behaviour.throttles = true;
    const made = await Promise.all(
      Array.from({ length: 8 }, (_, at) => bench.create({ name: `news-${at}` })),
    );
    expect(new Set(made.map(({ id }) => id)).size).toBe(8);
  });

  it("is signed by what AWS's chain finds, where the config has no access key", async () => {
    const folder = mkdtempSync(join(tmpdir(), "streamkeys-aws-"));
    const credentials = join(folder, "credentials");
    writeFileSync(
      credentials,
      "[studio]\naws_access_key_id = AKIASANDBOX000000001\naws_secret_access_key = sandbox-secret-access-key\n",
    );
    const before = process.env.AWS_SHARED_CREDENTIALS_FILE;
    process.env.AWS_SHARED_CREDENTIALS_FILE = credentials;
    try {
      const chain = { accessKeyId: undefined, secretAccessKey: undefined };
      await open(channel, { ...chain, profile: "studio" });
      const kept = await bench.create({ name: "news" });
      expect(store().channels[kept.id]).toBeDefined();
      bench = bench.as({ ...chain, profile: "nobody" });
      expect(await messageOf(bench.create({ name: "news" }))).toMatch(
        /found none for profile nobody.*aws sso login/,
      );
    } finally {
      if (before === undefined) delete process.env.AWS_SHARED_CREDENTIALS_FILE;
      else process.env.AWS_SHARED_CREDENTIALS_FILE = before;
    }
  });
});

describe("without AWS's packages", () => {
  it.each([
    ["@smithy/signature-v4", {}, /npm install @smithy\/signature-v4/],
    [
      "@aws-sdk/credential-providers",
      { accessKeyId: undefined, secretAccessKey: undefined },
      /npm install @aws-sdk\/credential-providers`, or set `accessKeyId`/,
    ],
  ])("a call says how to install %s", async (name, account, expected) => {
    await open(channel);
    jest.doMock(name, () => {
      throw Object.assign(new Error(`Cannot find module '${name}'`), { code: "MODULE_NOT_FOUND" });
    });
    // The bench and the vendor are one copy of the modules: an error is told by its class.
    await jest.isolateModulesAsync(async () => {
      const { Workbench: Fresh } = jest.requireActual<typeof harness>("../../harness/workbench");
      const { ivs: fresh } = jest.requireActual<typeof vendor>("../../../provider/vendors/ivs");
      const alone = await Fresh.open(fresh, channel, account);
      expect(await messageOf(alone.create({ name: "news" }))).toMatch(expected);
      await alone.sandbox.close();
    });
    jest.dontMock(name);
  });
});
