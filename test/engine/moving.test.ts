import {
  CreateChannelCommand,
  GetStreamKeyCommand,
  IvsClient,
  ResourceNotFoundException,
} from "@aws-sdk/client-ivs";
import Mux from "@mux/mux-node";
import { LiveInputs } from "cloudflare/resources/stream/live-inputs";
import { createClient } from "cloudflare/tree-shakable";
import { type Sandbox, startSandbox } from "../../sandbox";
import { succeeded, TestStack } from "../harness/stack";

/** docs/moving.md: what the vendors' own clients have made is taken over as it is, and let go again. */

const account_id = "5a4db0c0000000000000000000000001";

describe("what others have made", () => {
  let sandbox: Sandbox;
  let stack: TestStack;

  beforeAll(async () => {
    sandbox = await startSandbox();
  });
  afterAll(async () => {
    await sandbox.close();
    stack.remove();
  });

  it("is adopted without a write, keeps its keys, stays when the import goes, and is let go by a state delete", async () => {
    const { liveInputs } = createClient({
      resources: [LiveInputs],
      apiToken: "sandbox-cloudflare-token",
      baseURL: `${sandbox.url}/cloudflare/client/v4`,
    }).stream;
    const input = await liveInputs.create({
      account_id,
      meta: { name: "news" },
      recording: { mode: "automatic" },
    });
    const { liveStreams } = new Mux({
      tokenId: "sandbox-token",
      tokenSecret: "sandbox-token-secret",
      baseURL: `${sandbox.url}/mux`,
    }).video;
    const stream = await liveStreams.create({ playback_policies: ["public"], passthrough: "their own" });
    const signed = await liveStreams.createPlaybackId(stream.id, { policy: "signed" });

    const program = (imports: boolean): string => {
      const options = (id: string): string => (imports ? `{ import: "${id}" }` : "{}");
      return `
        const input = new cloudflare.LiveInput("news", { recording: { mode: "automatic" } }, ${options(input.uid ?? "")});
        out.inputKey = new cloudflare.StreamKey("news", { liveInputId: input.id }).streamKey;
        const stream = new mux.LiveStream("news", { playbackPolicies: ["public"] }, ${options(stream.id)});
        out.streamKey = new mux.StreamKey("news", { liveStreamId: stream.id }).streamKey;
        new mux.PlaybackId("members", { liveStreamId: stream.id, policy: "signed" },
          ${options(`${stream.id}/${signed.id}`)});`;
    };
    stack = await TestStack.create(program(true), sandbox.environment);
    sandbox.requests.length = 0;
    succeeded(await stack.up());
    expect(new Set(sandbox.requests.map(({ method }) => method))).toEqual(new Set(["GET"]));
    expect(await stack.outputs()).toMatchObject({
      inputKey: input.rtmps?.streamKey,
      streamKey: stream.stream_key,
    });

    stack.program(program(false));
    expect(succeeded(await stack.preview())).toMatch(/6 unchanged/);
    expect(succeeded(await stack.refresh())).toMatch(/6 unchanged/);

    for (const { urn, type } of stack.resources()) {
      if (type.endsWith("mux:PlaybackId")) succeeded(await stack.run("state", "delete", urn, "--yes"));
    }
    expect(await liveStreams.retrievePlaybackId(stream.id, signed.id)).toEqual(signed);
  });

  it("is adopted at Amazon IVS without a write, and a channel of `@pulumi/aws` stays with it: only the key comes over", async () => {
    const client = new IvsClient({
      endpoint: `${sandbox.url}/ivs`,
      region: "us-west-2",
      credentials: { accessKeyId: "AKIASANDBOX000000001", secretAccessKey: "sandbox-secret-access-key" },
    });
    const make = async (name: string) => {
      const { channel, streamKey } = await client.send(
        new CreateChannelCommand({ name, tags: { team: "news" } }),
      );
      return { arn: channel?.arn ?? "", keyArn: streamKey?.arn ?? "", key: streamKey?.value };
    };
    const [moving, staying] = [await make("moving"), await make("staying")];
    const program = (options: string, rotation = ""): string => `
      const moving = new ivs.Channel("moving", { tags: { team: "news" } }, ${options});
      out.moving = new ivs.StreamKey("moving", { channelArn: moving.id }).streamKey;
      out.staying = new ivs.StreamKey("staying", { channelArn: "${staying.arn}", ${rotation} }).streamKey;`;
    const aws = await TestStack.create(program(`{ import: "${moving.arn}" }`), sandbox.environment);
    sandbox.requests.length = 0;
    succeeded(await aws.up());
    const reads = ["GetChannel", "GetStreamKey", "ListChannels", "ListStreamKeys"];
    const asked = sandbox.requests.map(({ path }) => path.split("/").at(-1) ?? "");
    expect(asked.filter((operation) => !reads.includes(operation))).toEqual([]);
    expect(await aws.outputs()).toMatchObject({ moving: moving.key, staying: staying.key });

    aws.program(program("{}"));
    expect(succeeded(await aws.preview())).toMatch(/4 unchanged/);

    aws.program(program("{}", 'keyRotation: { trigger: "moved" }'));
    succeeded(await aws.up());
    expect((await aws.outputs()).staying).not.toBe(staying.key);
    await expect(client.send(new GetStreamKeyCommand({ arn: staying.keyArn }))).rejects.toThrow(
      ResourceNotFoundException,
    );
    aws.remove();
    client.destroy();
  });
});

describe("between resources of their own and a set", () => {
  let sandbox: Sandbox;
  let stack: TestStack;

  beforeEach(async () => {
    sandbox = await startSandbox();
  });
  afterEach(async () => {
    await sandbox.close();
    stack.remove();
  });

  const ROTATION = `keyRotation: { every: "30d" }`;
  const STREAM = `type: "linear", mode: "audio", region: "sg-edge-04", ingest: { kind: "push", protocols: ["rtmp"] },
    outputProtocols: ["hls"], packaging: { hls: { segmentFormat: "fmp4" } },
    ladder: { audio: [{ codec: "aac", channels: 2, sampleRateHz: 48000, bitrateKbps: 128 }] }`;
  /** Of each name a stream with its key and a key of AIOZ: as resources, with these options. */
  const singles = (names: string[], options: (name: string, type: string) => string): string =>
    names
      .map(
        (name) => `{
        const stream = new tenbyte.Stream("${name}", { name: "${name}", ${STREAM} }, ${options(name, "tenbyte:Stream")});
        new tenbyte.StreamKey("${name}", { streamId: stream.id, ${ROTATION} }, ${options(name, "tenbyte:StreamKey")});
        new aioz.StreamKey("${name}", { name: "${name}", save: true, ${ROTATION} }, ${options(name, "aioz:StreamKey")});
      }`,
      )
      .join("\n");
  /** As items of sets; `more` is put into each. */
  const sets = (names: string[], more: (name: string, type: string) => string, options = "{}"): string => {
    const items = (type: string, own: (name: string) => string): string =>
      names.map((name) => `${name}: { ${own(name)} ${more(name, type)} }`).join();
    return `
      const streams = new tenbyte.StreamSet("channels",
        { items: { ${items("tenbyte:Stream", () => "")} }, defaults: { ${STREAM} } }, ${options});
      new tenbyte.StreamKeySet("channels", {
        items: { ${items("tenbyte:StreamKey", (name) => `streamId: streams.item("${name}").id,`)} },
        defaults: { ${ROTATION} } }, ${options});
      new aioz.StreamKeySet("channels",
        { items: { ${items("aioz:StreamKey", () => "")} }, defaults: { save: true, ${ROTATION} } }, ${options});`;
  };
  /** What is at the vendors, keys included; a stream's age and such are as they were. */
  const there = (): string => JSON.stringify([sandbox.data.tenbyte?.streams, sandbox.data.aioz?.keys]);
  const writes = (): string[] =>
    sandbox.requests.filter(({ method }) => method !== "GET").map(({ method, path }) => `${method} ${path}`);
  const clean = async (): Promise<void> => {
    expect(succeeded(await stack.preview())).toMatch(/unchanged/);
    expect(succeeded(await stack.preview("--expect-no-changes"))).toMatch(/unchanged/);
  };

  it("go without a write at a vendor, both ways, and keep their keys", async () => {
    const [a, b] = ["news", "sport"];
    stack = await TestStack.create(
      singles([a, b], () => "{}"),
      sandbox.environment,
    );
    succeeded(await stack.up());
    const ids = new Map(stack.resources().map(({ urn, id }) => [urn.split("/").at(-1), id]));
    const idOf = (name: string, type: string): string => ids.get(`${type}::${name}`) ?? "";
    const before = there();
    sandbox.requests.length = 0;

    // Into sets.
    stack.program(singles([a, b], () => "{ retainOnDelete: true }"));
    succeeded(await stack.up());
    stack.program(sets([a, b], (name, type) => `import: "${idOf(name, type)}"`));
    expect(succeeded(await stack.up())).toMatch(/6 deleted/);
    stack.program(sets([a, b], () => ""));
    succeeded(await stack.up());
    await clean();
    // Out of them again, one of the two.
    const adopting = singles([a], (name, type) => `{ import: "${idOf(name, type)}" }`);
    stack.program(`${sets([b], () => "", "{ retainOnDelete: true }")}\n${adopting}`);
    succeeded(await stack.up());
    stack.program(`${sets([b], () => "")}\n${singles([a], () => "{}")}`);
    succeeded(await stack.up());
    await clean();
    expect(writes()).toEqual([]);
    expect(there()).toBe(before);
    // Each is deleted by who has it now.
    stack.program("");
    succeeded(await stack.up());
    expect(JSON.parse(there())).toEqual([{}, {}]);
  });
});
