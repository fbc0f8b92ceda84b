import type { Definition, Listed, Props } from "../../../provider/define";
import { resolveAccount } from "../../../provider/calls/account";
import { Refused, StreamkeysError } from "../../../provider/define/errors";
import { openApi } from "../../../provider/calls";
import { type Api } from "../../../provider/define/api";
import { type Sandbox, startSandbox } from "../../../sandbox";
import { aioz } from "../../../provider/vendors/aioz";
import { failed, succeeded, TestStack } from "../../harness/stack";
import { type Kept, Workbench } from "../../harness/workbench";

/** What is peculiar to AIOZ Stream (docs/sheets/aioz.md). */

const resource = (name: string): Definition =>
  aioz.resources.find((definition) => definition.name === name) as Definition;

interface StoredKey {
  id: string;
  name: string;
  save: boolean;
  type: string;
  stream_key: string;
  created_at: string;
}

interface StoredStreaming {
  id: string;
  title: string;
  save: boolean;
  status: string;
  ladder: Props[];
}

const keysOf = ({ data }: Sandbox) => data.aioz?.keys as Record<string, StoredKey>;
const streamingsOf = ({ data }: Sandbox) => data.aioz?.streamings as Record<string, StoredStreaming>;
const behaveLikeServerCode = ({ data }: Sandbox): unknown =>
  Object.assign(data.aioz?.behaviour as Props, { likeServerCode: true });

const apiOf = (bench: Workbench): Api =>
  openApi(resolveAccount(aioz, undefined, bench.resourceType().host.settings));

async function listed(bench: Workbench): Promise<Listed[]> {
  const all: Listed[] = [];
  for await (const item of bench.definition.list?.(apiOf(bench)) ?? []) all.push(item);
  return all;
}

/** Another account at the vendor of `bench`, or another way to reach it. */
const beside = (bench: Workbench, account: Props): Promise<Workbench> =>
  Workbench.open(aioz, bench.definition, { baseUrl: `${bench.sandbox.url}/aioz/api`, ...account });

describe("an AIOZ account", () => {
  const settings = (account: Props) => ({ config: () => JSON.stringify(account), environment: {} });
  const signed = (account: Props) =>
    aioz.sign(
      { method: "GET", url: "https://host/", headers: {} },
      resolveAccount(aioz, undefined, settings(account)).credentials,
    );

  it("signs with the two key headers alone, or with a bearer token alone", () => {
    const pair = { "stream-public-key": "public", "stream-secret-key": "secret" };
    expect(signed({ publicKey: "public", secretKey: "secret" })).toEqual(pair);
    expect(signed({ bearerToken: "token" })).toEqual({ authorization: "Bearer token" });
  });

  it("signs with HTTP Basic where the account says so, as AIOZ's Go client does", () => {
    const basic = { authorization: `Basic ${Buffer.from("public:secret").toString("base64")}` };
    const pair = { publicKey: "public", secretKey: "secret" };
    expect(signed({ ...pair, keyPairIn: "basic" })).toEqual(basic);
    expect(signed({ ...pair, keyPairIn: "headers" })).toHaveProperty("stream-public-key");
    expect(() => signed({ ...pair, keyPairIn: "Basic" })).toThrow(/keyPairIn/);
  });

  it("takes the way of signing from the environment beside the keys in the stack config, and refuses a wrong one", () => {
    const withEnvironment = (AIOZ_KEY_PAIR_IN: string) =>
      resolveAccount(aioz, undefined, {
        config: () => JSON.stringify({ publicKey: "public", secretKey: "secret" }),
        environment: { AIOZ_KEY_PAIR_IN },
      }).credentials.keyPairIn;
    expect(withEnvironment("basic")).toBe("basic");
    expect(withEnvironment("")).toBeUndefined();
    expect(() => withEnvironment("basc")).toThrow(/AIOZ_KEY_PAIR_IN in the environment is not right/);
  });

  it.each([
    ["the two headers", { "stream-public-key": "sandbox", "stream-secret-key": "sandbox" }, 200],
    [
      "the headers of before the change of name",
      { "w3stream-public-key": "sandbox", "w3stream-secret-key": "sandbox" },
      200,
    ],
    ["HTTP Basic", { authorization: `Basic ${Buffer.from("sandbox:sandbox").toString("base64")}` }, 200],
    [
      "Basic and headers, as the Node client",
      {
        authorization: `Basic ${Buffer.from("sandbox:sandbox").toString("base64")}`,
        "stream-public-key": "sandbox",
        "stream-secret-key": "sandbox",
      },
      200,
    ],
    ["a bearer token", { authorization: "Bearer sandbox" }, 200],
    ["half a pair", { "stream-public-key": "sandbox" }, 401],
    ["a Basic value that is none", { authorization: "Basic ?" }, 401],
    ["a stranger's pair", { authorization: `Basic ${Buffer.from("a:b").toString("base64")}` }, 401],
  ])("is signed in to the sandbox by %s", async (_, headers, status) => {
    const sandbox = await startSandbox();
    const answer = await fetch(`${sandbox.url}/aioz/api/live_streams`, { headers });
    await sandbox.close();
    expect(answer.status).toBe(status);
  });

  it("never sends an empty bearer token, to which AIOZ answers 500", () => {
    expect(signed({ publicKey: "public", secretKey: "secret", bearerToken: "" })).not.toHaveProperty(
      "authorization",
    );
  });

  it("refuses both at once, and half a pair", () => {
    expect(() => signed({ publicKey: "public", secretKey: "secret", bearerToken: "token" })).toThrow(
      /publicKey with secretKey and bearerToken are both set; keep one/,
    );
    expect(() => signed({ publicKey: "public" })).toThrow(
      /no credentials.*AIOZ_PUBLIC_KEY and AIOZ_SECRET_KEY/,
    );
  });
});

describe("an AIOZ StreamKey", () => {
  const program = { name: "news" };
  let bench: Workbench;

  beforeEach(async () => {
    bench = await Workbench.open(aioz, resource("StreamKey"));
  });
  afterEach(() => bench.sandbox.close());

  const stored = ({ id }: Kept): StoredKey => keysOf(bench.sandbox)[id] as StoredKey;

  it("takes one call to create, to refresh and to update, and one more to delete, which asks whether it is live", async () => {
    let kept!: Kept;
    expect(await bench.callsOf(async () => (kept = await bench.create(program)))).toEqual(["POST 200"]);
    expect(await bench.callsOf(() => bench.up(kept, program))).toEqual([]);
    expect(await bench.callsOf(() => bench.read(kept))).toEqual(["GET 200"]);
    const sports = { name: "sports" };
    expect(await bench.callsOf(async () => (kept = await bench.up(kept, sports)))).toEqual(["PUT 200"]);
    expect(await bench.callsOf(() => bench.remove(kept))).toEqual(["GET 200", "DELETE 200"]);
  });

  it("keeps its recording when only its name changes, although AIOZ empties what an update leaves out", async () => {
    const kept = await bench.create({ name: "news", save: true });
    await bench.up(kept, { name: "sports", save: true });
    expect(stored(kept)).toMatchObject({ name: "sports", save: true });
  });

  it("is replaced when its type changes, because an update of that would do nothing", async () => {
    const kept = await bench.create(program);
    const now = await bench.up(kept, { ...program, type: "audio" });
    expect(now.did).toBe("replace");
    expect(stored(now).type).toBe("audio");
  });

  describe("that AIOZ does not find", () => {
    it("at a wrong base URL is not taken for gone", async () => {
      const kept = await bench.create(program);
      const lost = await beside(bench, { baseUrl: `${bench.sandbox.url}/aioz/api/v2` });
      await expect(lost.read(kept)).rejects.toThrow(/answered 404.*check the base URL/);
      await expect(lost.remove(kept)).rejects.toThrow(/check the base URL/);
      await lost.sandbox.close();
    });

    it("because it is another user's answers 400, and is neither gone nor deleted", async () => {
      const kept = await bench.create(program);
      const other = await beside(bench, { publicKey: "sandbox_other" });
      await expect(other.read(kept)).rejects.toThrow(/answered 400: You are not allowed to do this/);
      await expect(other.remove(kept)).rejects.toThrow(Refused);
      expect(stored(kept).name).toBe("news");
      await other.sandbox.close();
    });
  });

  describe("throttled by AIOZ", () => {
    const throttled = (seconds: string) => ({
      status: 429,
      headers: { "x-ratelimit-retry-after": seconds, "retry-after": "0" },
      times: 1,
    });

    it("waits for as many seconds as AIOZ's own header says", async () => {
      const patient = await beside(bench, { retries: 1 });
      const kept = await patient.create(program);
      bench.sandbox.faults.push(throttled("0"));
      expect(await patient.read(kept)).toBeDefined();
      bench.sandbox.faults.push(throttled("3600"));
      await expect(patient.read(kept)).rejects.toThrow(/asks to wait 3600 s/);
      await patient.sandbox.close();
    });
  });

  describe("rotating", () => {
    it("makes the new key before it deletes the old one", async () => {
      const kept = await bench.create(program);
      const calls = await bench.callsOf(async () => {
        const now = await bench.up(kept, { ...program, keyRotation: { trigger: "leak" } });
        expect(now.outs.streamKey).not.toBe(kept.outs.streamKey);
      });
      expect(calls.filter((call) => !call.startsWith("GET"))).toEqual(["POST 200", "DELETE 200"]);
      expect(stored(kept)).toBeUndefined();
    });

    it("while live waits, even for a broadcast that nobody declared", async () => {
      const kept = await bench.create(program);
      bench.setLive(kept.id, true);
      const waiting = await bench.up(kept, { ...program, keyRotation: { trigger: "leak" } });
      expect(waiting).toMatchObject({ did: "update", id: kept.id });
      expect(bench.warnings).toEqual([expect.stringContaining("put off to the next run")]);
    });

    it("says to stop the encoder where AIOZ will not let a broadcast be cut, and keeps the new key", async () => {
      behaveLikeServerCode(bench.sandbox);
      const changed = { ...program, interruptLive: true, keyRotation: { trigger: "leak" } };
      const kept = await bench.create({ ...program, interruptLive: true });
      bench.setLive(kept.id, true);
      await expect(bench.up(kept, changed)).rejects.toThrow(
        /AIOZ does not delete while a broadcast runs.*stop the encoder and run again/,
      );
      expect(Object.keys(keysOf(bench.sandbox))).toHaveLength(2);
      bench.setLive(kept.id, false);
      // What the engine does in the next run with what it has marked for deletion.
      await bench.remove(kept);
      expect(Object.keys(keysOf(bench.sandbox))).toEqual([expect.not.stringMatching(kept.id)]);
    });
  });

  it("is found after a lost answer although others are named alike, were made before, or are of another type", async () => {
    await bench.create({ name: "news", type: "audio" });
    const old = await bench.create(program);
    stored(old).created_at = "2020-01-01T00:00:00Z";
    bench.sandbox.faults.push({ method: "POST", drop: true, afterWork: true, times: 1 });
    const found = await bench.create(program);
    expect(found.id).not.toBe(old.id);
    expect(stored(found)).toMatchObject({ name: "news", type: "video" });
  });

  it("is listed with all others: of both types, and beyond the first page", async () => {
    await bench.create({ name: "radio", type: "audio" });
    const one = await bench.create(program);
    for (let number = 0; number < 100; number += 1) {
      const id = `${number}`;
      keysOf(bench.sandbox)[id] = { ...stored(one), id, name: `news ${number}` };
    }
    bench.setLive(one.id, true);
    const all = await listed(bench);
    expect(all).toHaveLength(102);
    expect(all).toContainEqual(expect.objectContaining({ name: "radio", live: false }));
    expect(all).toContainEqual({ id: one.id, name: "news", live: true });
    const queries = bench.sandbox.requests.map(({ query }) => query).filter((query) => query !== "");
    expect(queries).toEqual([
      "?limit=100&offset=0&sort_by=created_at&order_by=desc&type=video",
      "?limit=100&offset=100&sort_by=created_at&order_by=desc&type=video",
      "?limit=100&offset=0&sort_by=created_at&order_by=desc&type=audio",
    ]);
  });
});

describe("an AIOZ Stream", () => {
  const rung = { resolution: "720p", type: "hls", containerType: "mpegts" };
  let bench: Workbench;
  let program: { keyId: string; title: string } & Props;

  beforeEach(async () => {
    bench = await Workbench.open(aioz, resource("Stream"));
    program = { keyId: await bench.parent(), title: "Evening news", broadcast: "1 May" };
  });
  afterEach(() => bench.sandbox.close());

  const stored = ({ outs }: Kept): StoredStreaming =>
    streamingsOf(bench.sandbox)[outs.streamId as string] as StoredStreaming;
  const broadcastOnce = (kept: Kept): void => {
    bench.setLive(kept.id, true);
    bench.setLive(kept.id, false);
  };

  it("takes one call to create and to refresh; an update and a delete look at it besides", async () => {
    let kept!: Kept;
    expect(await bench.callsOf(async () => (kept = await bench.create(program)))).toEqual(["POST 200"]);
    expect(await bench.callsOf(() => bench.up(kept, program))).toEqual([]);
    expect(await bench.callsOf(() => bench.read(kept))).toEqual(["GET 200"]);
    const late = { ...program, title: "Late news" };
    expect(await bench.callsOf(async () => (kept = await bench.up(kept, late)))).toEqual([
      "PUT 200",
      "GET 200",
    ]);
    expect(await bench.callsOf(() => bench.remove(kept))).toEqual(["GET 200", "GET 200", "DELETE 200"]);
  });

  it("has an id that is enough to import it", async () => {
    const kept = await bench.create(program);
    expect(kept.id).toBe(`${program.keyId}/${kept.outs.streamId as string}`);
    const adopted = await bench.create({ ...program, adopt: kept.id });
    expect(adopted.outs.hlsUrl).toBe(kept.outs.hlsUrl);
    await expect(bench.create({ ...program, adopt: kept.outs.streamId })).rejects.toThrow(
      /<keyId>\/<streamId>; "[-0-9a-f]+" is not/,
    );
  });

  it("shows a title that somebody else changed as drift", async () => {
    const kept = await bench.create(program);
    stored(kept).title = "Morning news";
    expect((await bench.read(kept))?.inputs).toEqual({ ...kept.inputs, title: "Morning news" });
  });

  it("sends its ladder in AIOZ's words, and all of it again with every update", async () => {
    const audioConfig = { codec: "aac", bitrate: 128_000, sampleRate: 48_000 };
    const ladder = [{ ...rung, videoConfig: { codec: "h264", bitrate: 2_800_000 }, audioConfig }];
    const kept = await bench.create({ ...program, qualities: ladder });
    const sent = [
      {
        resolution: "720p",
        type: "hls",
        container_type: "mpegts",
        video_config: { codec: "h264", bitrate: 2_800_000 },
        audio_config: { codec: "aac", bitrate: 128_000, sample_rate: 48_000 },
      },
    ];
    expect(stored(kept).ladder).toEqual(sent);
    const renamed = await bench.up(kept, { ...program, title: "Late news", qualities: ladder });
    expect(stored(renamed)).toMatchObject({ title: "Late news", ladder: sent });
    const changed = await bench.up(renamed, { ...program, qualities: [rung] });
    expect(stored(changed).ladder).toEqual([{ resolution: "720p", type: "hls", container_type: "mpegts" }]);
    const without = await bench.up(changed, program);
    expect(stored(without).ladder.map(({ resolution }) => resolution)).toEqual(["1080p", "720p", "360p"]);
  });

  it("takes a container that any of AIOZ's documents allows", async () => {
    for (const containerType of ["mpegts", "mp4", "fmp4"]) {
      const made = await bench.create({ ...program, qualities: [{ ...rung, containerType }] });
      expect(stored(made).ladder).toHaveLength(1);
      await bench.remove(made);
    }
    for (const containerType of ["fmp4", "mp4", "webm"]) {
      const made = await bench.create({ ...program, qualities: [{ ...rung, type: "dash", containerType }] });
      expect(stored(made).ladder).toHaveLength(1);
      await bench.remove(made);
    }
  });

  it("beside another that has not ended is refused, in AIOZ's words", async () => {
    await bench.create(program);
    await expect(bench.create(program)).rejects.toThrow(/answered 400: Live stream already created/);
  });

  it("is declared again by another `broadcast`, the old one first deleted", async () => {
    const kept = await bench.create(program);
    const calls = await bench.callsOf(async () => {
      expect(await bench.up(kept, { ...program, broadcast: "2 May" })).toMatchObject({ did: "replace" });
    });
    expect(calls.filter((call) => !call.startsWith("GET"))).toEqual(["DELETE 200", "POST 200"]);
    expect(stored(kept)).toBeUndefined();
  });

  it("that vanished cannot be updated, and nothing is made in its place unseen", async () => {
    const kept = await bench.create(program);
    bench.vanish(kept.id);
    await expect(bench.up(kept, { ...program, title: "Late news" })).rejects.toThrow(/answered 404/);
    expect(Object.keys(streamingsOf(bench.sandbox))).toEqual([]);
  });

  // The reference shows an ended streaming like any other; the server code shows it among the recordings only.
  describe.each(["AIOZ's reference", "AIOZ's server code"])(
    "after it was broadcast and recorded, by %s",
    (source) => {
      let kept: Kept;

      beforeEach(async () => {
        if (source === "AIOZ's server code") behaveLikeServerCode(bench.sandbox);
        program.save = true;
        kept = await bench.create(program);
        broadcastOnce(kept);
      });

      it("stays what it is, and a refresh says how to declare the next one", async () => {
        expect((await bench.read(kept))?.props).toEqual(kept.outs);
        expect(bench.warnings).toEqual([
          `AIOZ Stream ${kept.id} has ended and cannot go on air again. To declare the next broadcast, change the input ` +
            "`broadcast`, for example to its date.",
        ]);
        expect((await bench.up(kept, program)).did).toBe("nothing");
      });

      it("cannot be changed, and the error says what to change instead", async () => {
        const outcome = bench.up(kept, { ...program, title: "Late news" });
        await expect(outcome).rejects.toThrow(StreamkeysError);
        await expect(outcome).rejects.toThrow(
          /has ended.*cannot be changed any more.*change the input `broadcast`/,
        );
        expect(stored(kept).title).toBe("Evening news");
      });

      it("is followed by the next, and its recording is left alone", async () => {
        const next = await bench.up(kept, { ...program, broadcast: "2 May" });
        expect(next).toMatchObject({ did: "replace" });
        expect(stored(next).status).toBe("created");
        expect(stored(kept).status).toBe("end");
      });
    },
  );

  it("that was not recorded may be forgotten by AIOZ, and is then gone", async () => {
    behaveLikeServerCode(bench.sandbox);
    const kept = await bench.create(program);
    broadcastOnce(kept);
    expect(await bench.read(kept)).toBeUndefined();
    await bench.remove(kept);
  });

  it("is deleted even where AIOZ takes the two ids swapped, as the tests of its SDKs do", async () => {
    behaveLikeServerCode(bench.sandbox);
    const kept = await bench.create(program);
    const calls = await bench.callsOf(() => bench.remove(kept));
    expect(calls.filter((call) => call.startsWith("DELETE"))).toEqual(["DELETE 404", "DELETE 200"]);
    expect(stored(kept)).toBeUndefined();
  });

  it("is listed under its key", async () => {
    const kept = await bench.create(program);
    bench.setLive(kept.id, true);
    expect(await listed(bench)).toEqual([{ id: kept.id, name: "Evening news", live: true }]);
  });
});

describe("AIOZ on the real engine", () => {
  let sandbox: Sandbox;
  let stack: TestStack;

  const program = (trigger: string, broadcast: string, title = "Evening news"): string => `
    const key = new aioz.StreamKey("news", { keyRotation: { trigger: "${trigger}" } });
    const stream = new aioz.Stream("evening", { keyId: key.id, title: "${title}", save: true, broadcast: "${broadcast}" });
    out.key = key.streamKey;
    out.publish = key.rtmpPublishUrl;
    out.playback = stream.hlsUrl;`;
  const setLive = (live: boolean) =>
    fetch(
      `${sandbox.url}/_sandbox/live/aioz/${encodeURIComponent(stack.resource("evening", "aioz:Stream").id)}`,
      {
        method: live ? "PUT" : "DELETE",
      },
    );

  beforeEach(async () => {
    sandbox = await startSandbox();
    stack = await TestStack.create(program("none", "1 May"), sandbox.environment);
  });
  afterEach(async () => {
    await sandbox.close();
    stack.remove();
  });

  it("carries a key and its broadcasts through an evening, a leak and the next evening", async () => {
    succeeded(await stack.up());
    const first = await stack.outputs();

    await setLive(true);
    stack.program(program("leak", "1 May"));
    expect(succeeded(await stack.up())).toMatch(/its due key rotation is put off/);
    expect((await stack.outputs()).key).toBe(first.key);
    stack.program(program("leak", "2 May"));
    expect(failed(await stack.preview())).toMatch(/is live. Replacing it would cut the broadcast/);

    await setLive(false);
    stack.program(program("leak", "1 May", "Late news"));
    expect(succeeded(await stack.refresh())).toMatch(/has ended.*change the input `broadcast`/);

    // The rotation that waited now replaces the key, and with it the broadcast below it.
    stack.program(program("leak", "2 May"));
    expect(succeeded(await stack.preview())).toMatch(/broadcast: "1 May" => "2 May"/);
    succeeded(await stack.up());
    const second = await stack.outputs();
    expect(second.key).not.toBe(first.key);
    expect(second.playback).not.toBe(first.playback);
    expect(Object.values(keysOf(sandbox)).map(({ stream_key }) => stream_key)).toEqual([second.key]);
    expect(succeeded(await stack.preview())).toMatch(/3 unchanged/);

    for (const { key } of [first, second]) {
      expect(stack.files().filter(({ text }) => text.includes(key as string))).toEqual([]);
    }
    succeeded(await stack.destroy());
    expect([keysOf(sandbox), streamingsOf(sandbox)]).toEqual([{}, {}]);
  });
});

it("the sandbox deletes a streaming by its two ids in either order, as the tests of AIOZ's clients do", async () => {
  const sandbox = await startSandbox();
  const send = async (
    method: string,
    path: string,
    body?: Props,
  ): Promise<{ status: number; id: string }> => {
    const answer = await fetch(`${sandbox.url}/aioz/api/live_streams${path}`, {
      method,
      headers: { authorization: "Bearer sandbox" },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const { data } = (await answer.json()) as { data?: { id: string } };
    return { status: answer.status, id: data?.id ?? "" };
  };
  const key = await send("POST", "", { name: "news" });
  for (const swap of [false, true]) {
    const streaming = await send("POST", `/${key.id}/streamings`, { title: "evening" });
    const [first, second] = swap ? [streaming.id, key.id] : [key.id, streaming.id];
    expect((await send("DELETE", `/${first}/streamings/${second}`)).status).toBe(200);
    expect(streamingsOf(sandbox)).toEqual({});
  }
  await sandbox.close();
});
