import type { Definition, Listed, Props } from "../../../provider/define";
import { NotNow, Refused, Unfinished } from "../../../provider/define/errors";
import { openApi } from "../../../provider/calls";
import { resolveAccount } from "../../../provider/calls/account";
import { type Sandbox, startSandbox } from "../../../sandbox";
import { uiza } from "../../../provider/vendors/uiza";
import { failed, succeeded, TestStack } from "../../harness/stack";
import { type Kept, Workbench } from "../../harness/workbench";

/** What is peculiar to Uiza (docs/sheets/uiza.md). */

const resource = (name: string): Definition =>
  uiza.resources.find((definition) => definition.name === name) as Definition;

interface StoredEntity {
  id: string;
  name: string;
  status: string;
  description: string | null;
  dvr: boolean;
  ingest: { url: string; key: string } | null;
}

const entitiesOf = ({ data }: Sandbox): Record<string, StoredEntity> =>
  data.uiza?.entities as Record<string, StoredEntity>;

const behave = ({ data }: Sandbox, behaviour: Props): unknown =>
  Object.assign(data.uiza?.behaviour as Props, behaviour);

describe("a Uiza Stream", () => {
  const program = { name: "news", region: "in-mumbai-1" };
  let bench: Workbench;

  beforeEach(async () => {
    bench = await Workbench.open(uiza, resource("Stream"));
  });
  afterEach(() => bench.sandbox.close());

  const stored = ({ id }: Kept): StoredEntity => entitiesOf(bench.sandbox)[id] as StoredEntity;

  describe("being allocated", () => {
    it("is waited for until it has an ingest", async () => {
      const calls = await bench.callsOf(async () => {
        const kept = await bench.create(program);
        expect(kept.outs.rtmpUrl).toMatch(/^rtmp:/);
      });
      expect(calls).toEqual(["POST 200", "GET 200", "GET 200"]);
    });

    it("for too long is kept, and the next run finishes it without making another", async () => {
      await bench.sandbox.close();
      bench = await Workbench.open(uiza, resource("Stream"), { waitSeconds: 0.5 });
      behave(bench.sandbox, { allocation: "never" });
      const stopped = (await bench.create(program).catch((error: unknown) => error)) as Unfinished;
      expect(stopped).toBeInstanceOf(Unfinished);
      expect(stopped.message).toMatch(/was not ready within 0.5 s.*Run `pulumi up` again/s);

      const kept: Kept = { id: stopped.id, inputs: program, outs: stopped.outputs };
      // A refresh meanwhile changes nothing about that.
      const found = await bench.read(kept);
      behave(bench.sandbox, { allocation: "ready" });
      const finished = await bench.up({ ...kept, outs: found?.props ?? {} }, program);
      expect(finished.outs.rtmpUrl).toMatch(/^rtmp:/);
      expect(bench.sandbox.requests.filter(({ method }) => method === "POST")).toHaveLength(1);
      expect((await bench.up(finished, program)).did).toBe("nothing");
    });

    it("and denied is said to be denied, and nothing of it is kept", async () => {
      behave(bench.sandbox, { allocation: "denied" });
      const error = (await bench.create(program).catch((thrown: unknown) => thrown)) as Error;
      expect(error).not.toBeInstanceOf(Unfinished);
      expect(error.message).toMatch(/answered 404.*Uiza has denied the allocation/);
    });

    it("is trusted over a read that does not find it yet", async () => {
      const lag = { status: 404, body: '{"message":"no","error_type":"invalid_request_error"}' };
      bench.sandbox.faults.push({ method: "GET", path: "/live_entities/", ...lag, times: 1 });
      const kept = await bench.create(program);
      expect(kept.outs.rtmpUrl).toMatch(/^rtmp:/);
      expect(Object.keys(entitiesOf(bench.sandbox))).toEqual([kept.id]);
    });

    it("is kept as unfinished when it is not found for long, but listed", async () => {
      const lag = { status: 404, body: '{"message":"no","error_type":"invalid_request_error"}' };
      bench.sandbox.faults.push({ method: "GET", path: "/live_entities/", ...lag });
      const error = (await bench.create(program).catch((thrown: unknown) => thrown)) as Unfinished;
      expect(error).toBeInstanceOf(Unfinished);
      expect(Object.keys(entitiesOf(bench.sandbox))).toEqual([error.id]);
    });

    it("is deleted without asking whether it is live", async () => {
      behave(bench.sandbox, { allocation: "never" });
      await bench.sandbox.close();
      bench = await Workbench.open(uiza, resource("Stream"), { waitSeconds: 0.3 });
      behave(bench.sandbox, { allocation: "never" });
      const { id, outputs } = (await bench.create(program).catch((error: unknown) => error)) as Unfinished;
      await bench.remove({ id, inputs: program, outs: outputs });
      expect(entitiesOf(bench.sandbox)).toEqual({});
    });
  });

  it("changes in place by a single PUT, which leaves alone what the program does not set", async () => {
    const kept = await bench.create(program);
    stored(kept).description = "written in the dashboard";
    const calls = await bench.callsOf(() => bench.up(kept, { ...program, dvr: true }));
    expect(calls).toEqual(["PUT 200"]);
    expect(stored(kept)).toMatchObject({ dvr: true, description: "written in the dashboard" });
  });

  it("is replaced for another region, which may be one that we have never heard of", async () => {
    const kept = await bench.create(program);
    expect((await bench.up(kept, { ...program, region: "sg-singapore-1" })).did).toBe("replace");
    // Uiza, not we, says which regions there are.
    await expect(bench.create({ ...program, region: "xx-nowhere-1" })).rejects.toThrow(
      /answered 400: region: /,
    );
  });

  describe("with a description", () => {
    const described = { ...program, description: "News" };

    it.each([null, undefined, ""])(
      "that somebody cleared (%p) shows it as drift, and gets it back",
      async (none) => {
        const kept = await bench.create(described);
        stored(kept).description = none as null;
        const found = await bench.read(kept);
        expect(found?.inputs).toEqual({ ...kept.inputs, description: "" });
        await bench.up({ ...kept, inputs: found?.inputs ?? {}, outs: found?.props ?? {} }, described);
        expect(stored(kept).description).toBe("News");
      },
    );

    it("cannot be emptied, and preview says so", () => {
      const { failures } = bench.check({ ...program, description: "" });
      expect(failures).toEqual([
        { property: "", reason: expect.stringMatching(/^description: .*Uiza does not clear/) as string },
      ]);
    });

    it("keeps it at Uiza when it leaves the program", async () => {
      const kept = await bench.create(described);
      const now = await bench.up(kept, program);
      expect(stored(now).description).toBe("News");
      expect((await bench.read(now))?.inputs).toEqual(now.inputs);
    });
  });

  it("says when Uiza takes a request but not its DVR", async () => {
    behave(bench.sandbox, { ignoresDvr: true });
    const kept = await bench.create({ ...program, dvr: true });
    const warning = expect.stringMatching(
      /Uiza reports it otherwise: dvr is false there and true in the program/,
    ) as string;
    expect(bench.warnings).toEqual([warning]);
    await bench.up(kept, { ...program, name: "sports", dvr: true });
    expect(bench.warnings).toEqual([warning, warning]);
  });

  describe("while an encoder is sending", () => {
    it("cannot be deleted even with interruptLive, and the error says who can end the broadcast", async () => {
      const kept = await bench.create({ ...program, interruptLive: true });
      bench.setLive(kept.id, true);
      await expect(bench.remove(kept)).rejects.toThrow(/answered 409.*Stop the encoder and run again/);
      expect(stored(kept)).toBeDefined();
    });

    it("counts as live under any status that is not documented as idle", async () => {
      const kept = await bench.create(program);
      stored(kept).status = "a new status";
      await expect(bench.remove(kept)).rejects.toThrow(/is live/);
    });
  });

  it("that Uiza will remove by itself says so when it cannot be deleted", async () => {
    const kept = await bench.create(program);
    const body = JSON.stringify({ message: "no", error_type: "invalid_request_error" });
    bench.sandbox.faults.push({ method: "DELETE", status: 400, body });
    await expect(bench.remove(kept)).rejects.toThrow(/removes it by itself: run `pulumi refresh`/);
  });

  it("is gone only when Uiza itself says so, not some gateway", async () => {
    const kept = await bench.create(program);
    bench.sandbox.faults.push({ status: 404, body: '{"message":"no route"}', times: 1 });
    await expect(bench.read(kept)).rejects.toThrow(/check the base URL/);
    bench.vanish(kept.id);
    expect(await bench.read(kept)).toBeUndefined();
  });

  it("takes rate_limit_error for throttling under any status, and asks again", async () => {
    await bench.sandbox.close();
    bench = await Workbench.open(uiza, resource("Stream"), { retries: 1 });
    const kept = await bench.create(program);
    const body = JSON.stringify({ message: "slow down", error_type: "rate_limit_error" });
    bench.sandbox.faults.push({ status: 400, body, headers: { "retry-after": "0" }, times: 1 });
    expect(await bench.callsOf(() => bench.read(kept))).toEqual(["GET 400", "GET 200"]);
  });

  it("is listed page by page, and no page is larger than Uiza allows", async () => {
    const { id } = await bench.create(program);
    const entities = entitiesOf(bench.sandbox);
    for (let at = 1; at <= 44; at += 1)
      entities[`copy-${at}`] = { ...(entities[id] as StoredEntity), id: `copy-${at}` };
    bench.sandbox.requests.length = 0;
    const api = openApi(resolveAccount(uiza, undefined, bench.resourceType().host.settings));
    const listed: Listed[] = [];
    for await (const item of bench.definition.list?.(api) ?? []) listed.push(item);
    expect(listed).toHaveLength(45);
    expect(listed.at(-1)).toEqual({ id, name: "news", live: false });
    expect(bench.sandbox.requests.map(({ query }) => query)).toEqual([
      "?page_size=20",
      "?page_size=20&page_token=20",
      "?page_size=20&page_token=40",
    ]);
  });
});

describe("a Uiza StreamKey", () => {
  let bench: Workbench;
  let streamId: string;

  beforeEach(async () => {
    bench = await Workbench.open(uiza, resource("StreamKey"));
    streamId = await bench.parent();
  });
  afterEach(() => bench.sandbox.close());

  const entity = (): StoredEntity => entitiesOf(bench.sandbox)[streamId] as StoredEntity;
  const rotated = (program: Props = {}): Props => ({ streamId, keyRotation: { trigger: "a" }, ...program });

  it("takes over the key that the stream has, and makes the URL for an encoder of it", async () => {
    const { url, key } = entity().ingest ?? { url: "", key: "" };
    let kept: Kept | undefined;
    expect(
      await bench.callsOf(async () => {
        kept = await bench.create({ streamId });
      }),
    ).toEqual(["GET 200"]);
    expect(kept?.outs).toMatchObject({ streamKey: key, rtmpPublishUrl: `${url}/${key}` });
  });

  it("waits for a stream that is still being allocated", async () => {
    Object.assign(entity(), { status: "init", ingest: null, pollsLeft: 1 });
    const kept = await bench.create({ streamId });
    expect(kept.outs.streamKey).toBe(entity().ingest?.key);
  });

  it("keeps the key it knows when Uiza shows none", async () => {
    const kept = await bench.create({ streamId });
    const body = JSON.stringify({ ...entity(), ingest: null });
    bench.sandbox.faults.push({ method: "GET", status: 200, body });
    await expect(bench.read(kept)).rejects.toThrow(/without a stream key.*the state is left as it was/);
  });

  it("is rotated during a broadcast, which goes on", async () => {
    const kept = await bench.create({ streamId });
    bench.setLive(streamId, true);
    const calls = await bench.callsOf(async () => {
      const now = await bench.up(kept, rotated());
      expect(now.outs.streamKey).not.toBe(kept.outs.streamKey);
      expect(now.outs.streamKey).toBe(entity().ingest?.key);
    });
    expect(calls).toEqual(["GET 200", "GET 200", "PUT 200"]);
    expect(entity().status).toBe("broadcasting");
    expect(bench.warnings).toEqual([]);
  });

  it("keeps the old key and tries again later when Uiza refuses a reset", async () => {
    behave(bench.sandbox, { refusesResetWhileLive: true });
    const kept = await bench.create({ streamId });
    bench.setLive(streamId, true);
    const waiting = await bench.up(kept, rotated());
    expect(waiting.outs.streamKey).toBe(kept.outs.streamKey);
    expect(bench.warnings).toEqual([expect.stringMatching(/answered 400.*only while the stream is `ready`/)]);

    bench.setLive(streamId, false);
    const now = await bench.up(waiting, rotated());
    expect(now.outs.streamKey).not.toBe(kept.outs.streamKey);
    expect((await bench.up(now, rotated())).did).toBe("nothing");
  });

  it("waits until the stream is ready before it resets", async () => {
    const kept = await bench.create({ streamId });
    Object.assign(entity(), { status: "init", ingest: null, pollsLeft: 1 });
    const calls = await bench.callsOf(() => bench.up(kept, rotated()));
    expect(calls).toEqual(["GET 200", "GET 200", "GET 200", "PUT 200"]);
  });

  it("never sends a reset twice by itself, because each makes another key", async () => {
    await bench.sandbox.close();
    bench = await Workbench.open(uiza, resource("StreamKey"), { retries: 4 });
    streamId = await bench.parent();
    const kept = await bench.create({ streamId });
    bench.sandbox.faults.push({ method: "PUT", drop: true, afterWork: true, times: 1 });
    const now = await bench.up(kept, rotated());
    expect(bench.sandbox.requests.filter(({ method }) => method === "PUT")).toHaveLength(1);
    expect(now.outs.streamKey).toBe(entity().ingest?.key);
  });

  it("leaves stream and key as they are when it is deleted", async () => {
    const kept = await bench.create({ streamId });
    expect(await bench.callsOf(() => bench.remove(kept))).toEqual([]);
    expect(entity().ingest?.key).toBe(kept.outs.streamKey);
  });

  describe("with revokeOnDelete", () => {
    it("leaves nobody with a working key", async () => {
      const kept = await bench.create({ streamId, revokeOnDelete: true });
      expect(await bench.callsOf(() => bench.remove(kept))).toEqual(["PUT 200"]);
      expect(entity().ingest?.key).not.toBe(kept.outs.streamKey);
    });

    it("stays when Uiza refuses the reset, because the key still works", async () => {
      behave(bench.sandbox, { refusesResetWhileLive: true });
      const kept = await bench.create({ streamId, revokeOnDelete: true });
      bench.setLive(streamId, true);
      const refusal = await bench.remove(kept).catch((error: unknown) => error);
      expect(refusal).toBeInstanceOf(NotNow);
      expect((refusal as Refused).message).toMatch(/run again when no encoder is sending/);
    });
  });
});

describe("Uiza on the real engine", () => {
  const program = `
    const stream = new uiza.Stream("news", { region: "in-mumbai-1" });
    const key = new uiza.StreamKey("news", { streamId: stream.id });
    out.publishUrl = key.rtmpPublishUrl;`;
  let sandbox: Sandbox;
  let stack: TestStack;

  beforeEach(async () => {
    sandbox = await startSandbox();
    stack = await TestStack.create(program, sandbox.environment);
  });
  afterEach(async () => {
    await sandbox.close();
    stack.remove();
  });

  const posts = (): number => sandbox.requests.filter(({ method }) => method === "POST").length;

  it("keeps a stream whose allocation takes too long, and finishes it in the next run", async () => {
    await stack.mustRun("config", "set", "--path", "streamkeys:uiza.waitSeconds", "1");
    behave(sandbox, { allocation: "never" });
    expect(failed(await stack.up())).toMatch(/Waiting for Uiza to allocate.*was not ready within 1 s/s);
    const { id } = stack.resource("news", "uiza:Stream");
    // Still not, also when a refresh has looked at it in between.
    expect(failed(await stack.up("--refresh"))).toMatch(/was not ready within 1 s/);

    behave(sandbox, { allocation: "ready" });
    succeeded(await stack.up());
    expect(stack.resource("news", "uiza:Stream").id).toBe(id);
    expect(posts()).toBe(1);
    const { ingest } = Object.values(entitiesOf(sandbox))[0] as StoredEntity;
    expect(await stack.outputs()).toEqual({ publishUrl: `${ingest?.url}/${ingest?.key}` });
    expect(succeeded(await stack.preview())).toMatch(/3 unchanged/);
    for (const { file, text } of stack.files())
      expect([file, text.includes(ingest?.key ?? "")]).toEqual([file, false]);
  });

  it("starts afresh after a denied allocation, and leaves a broadcast alone until its encoder stops", async () => {
    behave(sandbox, { allocation: "denied" });
    expect(failed(await stack.up())).toMatch(/Uiza has denied the allocation/);
    expect(stack.resources()).toEqual([]);
    behave(sandbox, { allocation: "ready" });
    succeeded(await stack.up());
    const [entity] = Object.values(entitiesOf(sandbox)) as [StoredEntity];

    entity.status = "broadcasting";
    stack.program(program.replace("in-mumbai-1", "sg-singapore-1"));
    expect(failed(await stack.preview())).toMatch(/is live.*nothing was done/);
    expect(failed(await stack.destroy())).toMatch(/is live/);
    entity.status = "ready";
    succeeded(await stack.destroy());
    expect(entitiesOf(sandbox)).toEqual({});
  });
});
