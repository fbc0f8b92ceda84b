import { setTimeout as sleep } from "node:timers/promises";
import type { Definition, Props } from "../../../provider/define";
import {
  LostAnswer,
  OrphanRisk,
  StreamkeysError,
  Unauthorized,
  UnexpectedReply,
  Unfinished,
} from "../../../provider/define/errors";
import { resolveAccount } from "../../../provider/calls/account";
import { openApi } from "../../../provider/calls";
import * as lifecycle from "../../../provider/lifecycle";
import type { Sandbox } from "../../../sandbox";
import { edgecast } from "../../../provider/vendors/edgecast";
import { listAll, streamKeys, writingTo } from "../../../provider/vendors/edgecast/api";
import { succeeded, TestStack } from "../../harness/stack";
import { type Kept, Workbench } from "../../harness/workbench";

/** What is peculiar to Edgecast DCP. The contract suite tries the rest. */

interface Account {
  streamKeys: { Id: number; DirPath: string; Key: string }[];
  instances: { Id: number; InstanceName: string; SegmentSize: number }[];
  globalKey: string;
}

const MAIN = "0001 sandbox-token";
const accountOf = ({ data }: Sandbox, pair = MAIN): Account =>
  (data.edgecast!.accounts as Record<string, Account>)[pair]!;
const lists = ({ requests }: Sandbox, of = "streamkeys"): number =>
  requests.filter(({ method, path }) => method === "GET" && path.endsWith(`/${of}`)).length;

const definitionOf = (name: string): Definition => edgecast.resources.find((one) => one.name === name)!;

let bench: Workbench;
const open = async (name: string, account: Props = {}): Promise<void> => {
  bench = await Workbench.open(edgecast, definitionOf(name), account);
};
const verbs = (): string[] => bench.sandbox.requests.map(({ method }) => method);
const switches = (values: Props): void => {
  bench.sandbox.data.edgecast!.switches = Object.assign(
    bench.sandbox.data.edgecast!.switches as Props,
    values,
  );
};
const reasons = (program: Props, olds: Props = {}): string[] =>
  bench.check(program, olds).failures.map(({ reason }) => reason);

afterEach(() => bench.sandbox.close());

describe("the account", () => {
  it("is a string in the path, and the token goes into the TOK header", async () => {
    await open("StreamKey", { accountNumber: "0042" });
    await bench.create({ dirPath: "news/main" });
    expect(bench.sandbox.requests[0]!.path).toBe(
      "/edgecast/v2/mcc/customers/0042/httpstreaming/dcp/streamkeys",
    );
    expect(accountOf(bench.sandbox, "0042 sandbox-token").streamKeys).toHaveLength(1);
  });

  it("is not taken as a number, which would have lost its zeros", async () => {
    await open("StreamKey", { accountNumber: 42 });
    await expect(bench.create({ dirPath: "news/main" })).rejects.toThrow(
      /accountNumber: must be a string: put it in quotes/,
    );
    expect(verbs()).toEqual([]);
  });

  it("that Edgecast does not know answers 403, in its own words", async () => {
    await open("StreamKey", { token: "not-a-token" });
    const creation = bench.create({ dirPath: "news/main" });
    await expect(creation).rejects.toThrow(Unauthorized);
    await expect(creation).rejects.toThrow(
      /Edgecast DCP: POST \/httpstreaming\/dcp\/streamkeys answered 403: Access Denied/,
    );
  });
});

describe("calls to the vendor", () => {
  const costs = async (program: Props, changed: Props) => {
    let kept: Kept;
    const create = await bench.callsOf(async () => (kept = await bench.create(program)));
    const nothing = await bench.callsOf(() => bench.up(kept, program));
    const refresh = await bench.callsOf(() => bench.read(kept));
    const update = await bench.callsOf(async () => (kept = await bench.up(kept, changed)));
    const remove = await bench.callsOf(() => bench.remove(kept));
    return [create, nothing, refresh, update, remove].map((calls) => calls.join(" "));
  };
  const rotated = { keyRotation: { trigger: "a" } };

  it("of a stream key are few", async () => {
    await open("StreamKey");
    const program = { dirPath: "news/main" };
    expect(await costs(program, { ...program, ...rotated })).toEqual([
      "POST 200",
      "",
      "GET 200",
      "GET 200 PUT 200 GET 200",
      "DELETE 200 GET 200",
    ]);
    // The key in force, which PUT must repeat, comes out of the list: here a list of a moment ago.
    const moved = await costs(program, { dirPath: "news/studio" });
    expect(moved[3]).toBe("PUT 200 GET 200");
  });

  it("of an instance are few", async () => {
    await open("Instance");
    const program = { instanceName: "news" };
    // The list before it says that the name is free; a burst of creates shares one.
    expect(await costs(program, { ...program, segmentSize: 4 })).toEqual([
      "GET 200 POST 200",
      "",
      "GET 200",
      "PUT 200 GET 200",
      "DELETE 200 GET 200",
    ]);
  });

  it("of the global key are few", async () => {
    await open("GlobalKey");
    expect(await costs({}, rotated)).toEqual(["GET 200", "", "GET 200", "GET 200 PUT 200 GET 200", ""]);
  });
});

describe("a stream key", () => {
  beforeEach(() => open("StreamKey"));

  const only = (): Account["streamKeys"][number] => {
    const { streamKeys } = accountOf(bench.sandbox);
    expect(streamKeys).toHaveLength(1);
    return streamKeys[0]!;
  };

  it("is generated, and comes with the setting for the encoder", async () => {
    const { id, outs } = await bench.create({ dirPath: "news/main" });
    expect(only()).toEqual({ Id: Number(id), DirPath: "news/main", Key: outs.streamKey });
    expect(outs.streamKey).toMatch(/^[A-Za-z0-9]{48}$/);
    expect(outs.encoderStreamSetting).toBe(`main?${String(outs.streamKey)}`);
  });

  it("for many streams has no single setting", async () => {
    const { outs } = await bench.create({ dirPath: "news/cam*", key: "chosen1" });
    expect(outs).toEqual({
      dirPath: "news/cam*",
      key: "chosen1",
      keyGeneration: outs.keyGeneration,
      seenWith: outs.seenWith,
      streamKey: "chosen1",
    });
  });

  it("that a program only looks up, by `StreamKey.get`, is a secret output and no input", async () => {
    const { id, outs } = await bench.create({ dirPath: "news/main", key: "chosen1" });
    const found = await lifecycle.read(bench.resourceType(), id, {});
    expect(found?.inputs).toEqual({ dirPath: "news/main" });
    expect(found?.props.streamKey).toBe(outs.streamKey);
  });

  it("takes nothing after the `*`, which Edgecast would ignore", () => {
    expect(reasons({ dirPath: "news/cam*1" })).toEqual([
      expect.stringMatching(/^dirPath: must be .* Edgecast silently ignores what follows a `\*`/),
    ]);
  });

  it("that is given cannot have a schedule; the refusal says what to do instead", () => {
    const [reason, ...others] = reasons({
      dirPath: "news/main",
      key: "chosen1",
      keyRotation: { every: "30d" },
    });
    expect(reason).toMatch(/keyRotation.*To rotate, change `key`; or remove `key`/);
    expect(others).toEqual([]);
  });

  it("keeps its key when the path changes, and its path when the key does: PUT carries both", async () => {
    const first = await bench.create({ dirPath: "news/main" });
    const moved = await bench.up(first, { dirPath: "news/studio" });
    expect(only()).toMatchObject({ DirPath: "news/studio", Key: first.outs.streamKey });
    expect(moved.outs.encoderStreamSetting).toBe(`studio?${String(first.outs.streamKey)}`);
    const rotated = await bench.up(moved, { dirPath: "news/studio", keyRotation: { trigger: "a" } });
    expect(only()).toMatchObject({ DirPath: "news/studio", Key: rotated.outs.streamKey });
    expect(rotated.outs.streamKey).not.toBe(first.outs.streamKey);
  });

  it("changed by somebody else is not changed back by a change of the path", async () => {
    const kept = await bench.create({ dirPath: "news/main" });
    only().Key = "rotatedByHand";
    const { outs } = await bench.up(kept, { dirPath: "news/studio" });
    expect(only().Key).toBe("rotatedByHand");
    expect(outs.streamKey).toBe("rotatedByHand");
  });

  it("that is given shows as drift when somebody changes it, a generated one as a new output", async () => {
    const given = await bench.create({ dirPath: "news/main", key: "chosen1" });
    only().Key = "rotatedByHand";
    expect((await bench.read(given))?.inputs).toMatchObject({ key: "rotatedByHand" });
    const { inputs, outs } = await bench.up(given, { dirPath: "news/main" });
    expect(inputs).not.toHaveProperty("key");
    expect(outs.streamKey).toMatch(/^[A-Za-z0-9]{48}$/);
    expect(only().Key).toBe(outs.streamKey);
  });

  it("that is given is never rotated by rotateAll, which says so at every run until `key` changes", async () => {
    const program = { dirPath: "news/main", key: "chosen1" };
    const first = await bench.create(program);
    bench.config["streamkeys:rotateAll"] = "leak";
    let kept: Kept & { did?: string } = first;
    for (const run of [1, 2]) {
      kept = await bench.up(kept, program);
      expect(kept.did).toBe("update");
      expect(bench.warnings).toHaveLength(run);
    }
    expect(bench.warnings[1]).toMatch(
      /The stream key for news\/main still has its old key: `streamkeys:rotateAll` cannot rotate .* Change `key`, or remove it/,
    );
    expect(only().Key).toBe("chosen1");

    const changed = { ...program, key: "chosen2" };
    kept = await bench.up(kept, changed);
    expect(only().Key).toBe("chosen2");
    expect(kept.outs.streamKey).toBe("chosen2");
    expect(bench.warnings[2]).toMatch(/another key, and that counts as the rotation that was due/);
    expect((await bench.up(kept, changed)).did).toBe("nothing");
  });

  it("is made once when `key` is removed while a rotation is due", async () => {
    const kept = await bench.create({ dirPath: "news/main", key: "chosen1" });
    bench.config["streamkeys:rotateAll"] = "leak";
    bench.sandbox.requests.length = 0;
    const { outs } = await bench.up(kept, { dirPath: "news/main" });
    expect(verbs()).toEqual(["PUT", "GET"]);
    expect(only().Key).toBe(outs.streamKey);
  });

  it("is not taken for rotated when the list goes on showing the old one", async () => {
    const kept = await bench.create({ dirPath: "news/main" });
    // A proxy that answers 200 to everything.
    bench.sandbox.faults.push({ method: "PUT", status: 200, body: "<html>hello</html>" });
    const rotation = bench.up(kept, { dirPath: "news/main", keyRotation: { trigger: "a" } });
    await expect(rotation).rejects.toThrow(Unfinished);
    expect(only().Key).toBe(kept.outs.streamKey);
  });

  describe("that the list does not show", () => {
    let kept: Kept;
    beforeEach(async () => {
      kept = await bench.create({ dirPath: "news/main" });
      switches({ omitKeyOnRead: true });
    });

    it("stays in state, through refresh, a change of the path and a rotation", async () => {
      expect((await bench.read(kept))?.props).toEqual(kept.outs);
      const moved = await bench.up(kept, { dirPath: "news/studio" });
      expect(moved.outs.streamKey).toBe(kept.outs.streamKey);
      const rotated = await bench.up(moved, { dirPath: "news/studio", keyRotation: { trigger: "a" } });
      expect(only()).toMatchObject({ DirPath: "news/studio", Key: rotated.outs.streamKey });
      expect(rotated.outs.streamKey).not.toBe(kept.outs.streamKey);
    });

    it("is imported with `key` only", async () => {
      await expect(bench.create({ dirPath: "news/main", adopt: kept.id })).rejects.toThrow(
        /does not show the key of stream key \d+.* Set `key` to the key in force/,
      );
      const key = only().Key;
      const { outs } = await bench.create({ dirPath: "news/main", key, adopt: kept.id });
      expect(outs.streamKey).toBe(key);
    });

    it("is not guessed after a lost answer to a create", async () => {
      bench.sandbox.faults.push({ method: "POST", drop: true, afterWork: true, times: 1 });
      const creation = bench.create({ dirPath: "news/main" });
      await expect(creation).rejects.toThrow(OrphanRisk);
      await expect(creation).rejects.toThrow(/none can be told apart/);
    });
  });

  it("is taken over after a lost answer by path and key, not by path alone", async () => {
    const other = await bench.create({ dirPath: "news/main" });
    bench.sandbox.faults.push({ method: "POST", drop: true, afterWork: true, times: 1 });
    const made = await bench.create({ dirPath: "news/main" });
    expect(made.id).not.toBe(other.id);
    expect(accountOf(bench.sandbox).streamKeys.map(({ Id }) => String(Id))).toEqual([other.id, made.id]);
  });

  it("that could be either of two after a lost answer is nobody's guess", async () => {
    const program = { dirPath: "news/main", key: "chosen1" };
    const other = await bench.create(program);
    bench.sandbox.faults.push({ method: "POST", drop: true, afterWork: true, times: 1 });
    await expect(bench.create(program)).rejects.toThrow(
      new RegExp(`More than one Edgecast DCP StreamKey could be what it made: ${other.id}, `),
    );
  });

  it.each([400, 404])("unknown to DELETE (%d) counts as deleted once a list lacks it", async (status) => {
    switches({ unknownIdOnWrite: status });
    const kept = await bench.create({ dirPath: "news/main" });
    bench.vanish(kept.id);
    expect(await bench.callsOf(() => bench.remove(kept))).toEqual([`DELETE ${status}`, "GET 200"]);
  });

  it("is not deleted because of a 400 while the list still has it, or when no list comes", async () => {
    const kept = await bench.create({ dirPath: "news/main" });
    const refusal = { status: 400, body: '{"Message":"Bad Request"}' };
    bench.sandbox.faults.push({ method: "DELETE", ...refusal });
    await expect(bench.remove(kept)).rejects.toThrow(/DELETE .* answered 400: Bad Request/);
    // A wrong account number answers 400 to everything.
    bench.sandbox.faults.push(refusal);
    await expect(bench.remove(kept)).rejects.toThrow(/GET .* answered 400: Bad Request/);
    await expect(bench.read(kept)).rejects.toThrow(StreamkeysError);
  });

  describe("in the list that reads share", () => {
    const readAll = (all: Kept[]) => Promise.all(all.map((kept) => bench.read(kept)));
    let all: Kept[];
    beforeEach(async () => {
      all = await Promise.all([1, 2, 3, 4, 5].map((n) => bench.create({ dirPath: `news/cam${n}` })));
      bench.sandbox.requests.length = 0;
    });
    afterEach(() => jest.restoreAllMocks());

    it("costs one call for a burst of reads", async () => {
      expect((await readAll(all)).map((found) => found?.id)).toEqual(all.map(({ id }) => id));
      await readAll(all);
      expect(verbs()).toEqual(["GET"]);
    });

    it("is never older than our last write, even a failed one", async () => {
      await readAll(all);
      await bench.remove(all[0]!);
      expect(await bench.read(all[0]!)).toBeUndefined();
      expect(verbs()).toEqual(["GET", "DELETE", "GET"]);

      bench.sandbox.faults.push({ method: "DELETE", afterWork: true, status: 500, times: 1 });
      await expect(bench.remove(all[1]!)).rejects.toThrow(/answered 500/);
      expect(await bench.read(all[1]!)).toBeUndefined();
    });

    it("is not one that was asked for while a write was under way", async () => {
      const api = openApi(resolveAccount(edgecast, undefined, bench.resourceType().host.settings));
      await writingTo(api, streamKeys.path, () => listAll(api, streamKeys));
      await listAll(api, streamKeys);
      expect(verbs()).toEqual(["GET", "GET"]);
    });

    it("is asked for again after five seconds", async () => {
      await readAll(all);
      bench.vanish(all[0]!.id);
      const later = performance.now() + 5_000;
      jest.spyOn(performance, "now").mockReturnValue(later);
      expect(await bench.read(all[0]!)).toBeUndefined();
      expect(lists(bench.sandbox)).toBe(2);
    });

    it("is asked for again after it failed", async () => {
      bench.sandbox.faults.push({ method: "GET", status: 500, times: 1 });
      await expect(readAll(all)).rejects.toThrow(/answered 500/);
      expect(await readAll(all)).not.toContain(undefined);
    });
  });
});

describe("an instance", () => {
  beforeEach(() => open("Instance"));

  const only = (): Account["instances"][number] => accountOf(bench.sandbox).instances[0]!;

  it("whose DVR was never set reads 1, which neither drifts nor is sent back", async () => {
    const kept = await bench.create({ instanceName: "news" });
    expect(only()).toMatchObject({ DvrDuration: 1 });
    expect((await bench.read(kept))?.inputs).toEqual({ instanceName: "news" });
    // The simulator, like Edgecast, takes 5 to 180 only.
    const { did } = await bench.up(kept, { instanceName: "news", ssaEnabled: true });
    expect(did).toBe("update");
    expect(only()).toMatchObject({ DvrDuration: 1, SsaEnabled: true });
  });

  it("keeps what the program does not manage, although PUT replaces everything", async () => {
    const kept = await bench.create({ instanceName: "news", dvrDurationMinutes: 60 });
    only().SegmentSize = 4;
    await bench.up(kept, { instanceName: "news", dvrDurationMinutes: 90 });
    expect(only()).toMatchObject({ DvrDuration: 90, SegmentSize: 4 });
  });

  it("goes back to the default of what the program drops", async () => {
    const program = { instanceName: "news", encrypted: true, encryptedKeyRotationSeconds: 120 };
    const kept = await bench.create({ ...program, dvrDurationMinutes: 60 });
    const encrypted = await bench.up(kept, program);
    expect(only()).toMatchObject({ DvrDuration: 1, Encrypted: true, EncryptedKeyRotation: 120 });
    const fixed = await bench.up(encrypted, { instanceName: "news", encrypted: true });
    expect(only()).toMatchObject({ Encrypted: true, EncryptedKeyRotation: null });
    await bench.up(fixed, { instanceName: "news" });
    expect(only()).toMatchObject({ Encrypted: false, EncryptedKeyRotation: null });
  });

  it("of a name that is taken is refused before anything is sent: after a lost answer it could not be told from ours", async () => {
    const { id } = await bench.create({ instanceName: "news" });
    bench.sandbox.requests.length = 0;
    await expect(bench.create({ instanceName: "news" })).rejects.toThrow(
      new RegExp(`There is an Edgecast DCP instance news already: ${id}\\..*import: "${id}"`),
    );
    expect(bench.sandbox.requests.map(({ method }) => method)).toEqual(["GET"]);
  });

  it("that could be either of two after a lost answer is nobody's guess", async () => {
    bench.sandbox.faults.push({ method: "POST", drop: true, afterWork: true, delayMs: 300, times: 1 });
    const failure = expect(bench.create({ instanceName: "news" })).rejects.toThrow(
      /More than one Edgecast DCP Instance/,
    );
    const isPosted = (): boolean => bench.sandbox.requests.some(({ method }) => method === "POST");
    while (!isPosted() || accountOf(bench.sandbox).instances.length === 0) await sleep(10);
    accountOf(bench.sandbox).instances.push({ ...only(), Id: 1 });
    await failure;
  });
});

describe("the global key", () => {
  beforeEach(() => open("GlobalKey"));

  const inForce = (): string => accountOf(bench.sandbox).globalKey;

  it("is taken over as it is when it is declared: encoders of the whole account may use it", async () => {
    const { id, outs } = await bench.create({});
    expect(verbs()).toEqual(["GET"]);
    expect(id).toBe("globalkey");
    expect(outs.globalKey).toBe(inForce());
  });

  it("is generated where the account has none", async () => {
    await bench.create({});
    bench.vanish("globalkey");
    const { outs } = await bench.create({});
    expect(outs.globalKey).toMatch(/^[A-Za-z0-9]{48}$/);
    expect(inForce()).toBe(outs.globalKey);
  });

  it("that is given is set once; after a lost answer the next run finds it in force", async () => {
    bench.sandbox.faults.push({ method: "PUT", drop: true, afterWork: true, times: 1 });
    await expect(bench.create({ key: "chosen1" })).rejects.toThrow(LostAnswer);
    expect(inForce()).toBe("chosen1");
    expect(await bench.callsOf(() => bench.create({ key: "chosen1" }))).toEqual(["GET 200"]);
  });

  it("stays in force when the resource is deleted, and the run says so", async () => {
    const kept = await bench.create({ key: "chosen1" });
    expect(await bench.callsOf(() => bench.remove(kept))).toEqual([]);
    expect(bench.warnings).toEqual([expect.stringMatching(/global key .* stays in force/)]);
    expect(inForce()).toBe("chosen1");
  });

  it("is not read out of a reply that has none", async () => {
    const kept = await bench.create({});
    bench.sandbox.faults.push({ method: "GET", status: 200, body: "{}" });
    await expect(bench.read(kept)).rejects.toThrow(UnexpectedReply);
  });
});

describe("the simulator", () => {
  beforeEach(() => open("StreamKey"));

  const call = async (path: string, init: RequestInit = {}): Promise<unknown> => {
    const url = `${bench.sandbox.url}/edgecast/v2/mcc/customers/0001/httpstreaming/dcp/${path}`;
    const reply = await fetch(url, { ...init, headers: { authorization: "tok: sandbox-token" } });
    return [reply.status, await reply.json()];
  };

  it("answers GET in its three forms, and an unknown id either way that Edgecast documents", async () => {
    const body = String.raw`{"DirPath":"myinstance\/secure","Key":"abc123"}`;
    const item = { DirPath: "myinstance/secure", Key: "abc123", Id: 193950 };
    expect(await call("streamkeys", { method: "POST", body })).toEqual([200, item]);
    expect(await call("streamkeys")).toEqual([200, [item]]);
    expect(await call("streamkeys?id=193950")).toEqual([200, item]);
    expect(await call("streamkeys&id=193950")).toEqual([200, item]);
    expect(await call("streamkeys&id=1")).toEqual([200, {}]);
    switches({ unknownIdOnRead: 400 });
    expect(await call("streamkeys?id=1")).toEqual([400, { Message: "Bad Request" }]);
  });

  it("refuses a PUT with one field only", async () => {
    const { id } = await bench.create({ dirPath: "news/main" });
    const body = JSON.stringify({ Key: "abc123" });
    expect(await call(`streamkeys/${id}`, { method: "PUT", body })).toEqual([
      400,
      { Message: expect.stringContaining("DirPath") as string },
    ]);
  });
});

describe("Edgecast on the real engine", () => {
  let sandbox: Sandbox;
  let stack: TestStack;
  beforeEach(async () => {
    await open("StreamKey");
    ({ sandbox } = bench);
  });
  afterEach(() => {
    stack.remove();
  });

  it("refreshes 100 keys with at most 3 list calls, and finds nothing to do", async () => {
    stack = await TestStack.create(
      'for (let n = 1; n <= 100; n++) new edgecast.StreamKey("cam" + n, { dirPath: "news/cam" + n });',
      sandbox.environment,
    );
    succeeded(await stack.up());
    expect(accountOf(sandbox).streamKeys).toHaveLength(100);
    expect(sandbox.requests.map(({ method }) => method)).toEqual(Array<string>(100).fill("POST"));

    sandbox.requests.length = 0;
    expect(succeeded(await stack.refresh())).toMatch(/101 unchanged/);
    expect(lists(sandbox)).toBe(sandbox.requests.length);
    expect(lists(sandbox)).toBeLessThanOrEqual(3);
    expect(succeeded(await stack.preview())).toMatch(/101 unchanged/);
  });

  it("tells of a given key that rotateAll cannot reach, and keeps it secret in drift", async () => {
    stack = await TestStack.create(
      'new edgecast.StreamKey("given", { dirPath: "news/main", key: "aKeyOfTheCustomersOwn1" });' +
        'new edgecast.StreamKey("ours", { dirPath: "news/studio" });',
      sandbox.environment,
    );
    succeeded(await stack.up());
    const stored = (path: string) => accountOf(sandbox).streamKeys.find(({ DirPath }) => DirPath === path)!;
    const before = stored("news/studio").Key;
    await stack.mustRun("config", "set", "streamkeys:rotateAll", "leak");
    const text = succeeded(await stack.up());
    expect(text).toMatch(/stream key for news\/main still has its old key/);
    expect(stored("news/main").Key).toBe("aKeyOfTheCustomersOwn1");
    expect(stored("news/studio").Key).not.toBe(before);

    stored("news/main").Key = "aKeyOfSomebodyElse2";
    const shown = [succeeded(await stack.refresh()), succeeded(await stack.preview())];
    expect(shown[1]).toMatch(/1 to update/);
    for (const text of [...shown, ...stack.files().map((file) => file.text)]) {
      expect(text).not.toContain("aKeyOfSomebodyElse2");
    }
  });
});

describe("an instance as public callers make and read it", () => {
  beforeEach(() => open("Instance"));

  it("may have a dash in its name, and what cannot be one part of a path is refused", async () => {
    expect(bench.check({ instanceName: "100-live" }).failures).toEqual([]);
    expect((await bench.create({ instanceName: "100-live" })).inputs.instanceName).toBe("100-live");
    for (const instanceName of ["", "a b", "a/b", "a?b", "a#b"]) {
      const reasons = bench.check({ instanceName }).failures.map(({ reason }) => reason);
      expect(reasons).toHaveLength(1);
      expect(reasons[0]).toMatch(/^instanceName: /);
    }
  });

  it("has the two URLs of the reply to its create, and keeps the one that no list shows", async () => {
    const kept = await bench.create({ instanceName: "news" });
    expect(kept.outs).toMatchObject({
      hlsPlaybackUrl: expect.stringContaining("/hls-live/news/") as string,
      publishUrl: "/news/<streamName>",
    });
    expect((await bench.read(kept))?.props).toEqual(kept.outs);
  });
});
