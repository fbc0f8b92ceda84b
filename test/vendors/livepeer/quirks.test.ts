import { openApi } from "../../../provider/calls";
import { resolveAccount } from "../../../provider/calls/account";
import type { Definition, Props } from "../../../provider/define";
import { livepeer } from "../../../provider/vendors/livepeer";
import { type Kept, Workbench } from "../../harness/workbench";

/** What is peculiar to Livepeer Studio (docs/sheets/livepeer.md, section 9). */

const definition = (name: string): Definition => {
  const found = livepeer.resources.find((resource) => resource.name === name);
  if (!found) throw new Error(`no ${name}`);
  return found;
};
const stream = definition("Stream");
const multistreamTarget = definition("MultistreamTarget");

let bench: Workbench;
beforeEach(async () => {
  bench = await Workbench.open(livepeer, stream);
});
afterEach(() => bench.sandbox.close());

interface Row {
  stream: Props;
}
const rows = (): Record<string, Row> => bench.sandbox.data.livepeer?.streams as Record<string, Row>;
const targets = (): Record<string, Props> => bench.sandbox.data.livepeer?.targets as Record<string, Props>;
const at = ({ id }: Kept): Props => {
  const row = rows()[id];
  if (!row) throw new Error(`no stream ${id}`);
  return row.stream;
};
const lagBy = (replicaLagMs: number): void => {
  Object.assign(bench.sandbox.data.livepeer?.behaviour as Props, { replicaLagMs });
};
const patches = (act: () => Promise<unknown>): Promise<string[]> =>
  bench.callsOf(act).then((calls) => calls.filter((call) => call.startsWith("PATCH")));
const rung = (name: string, height: number) => {
  return { name, width: (height * 16) / 9, height, bitrate: height * 3_000, fps: 30 };
};
const newTarget = async (): Promise<string> => {
  const inputs = { name: "elsewhere", url: "rtmps://platform.example.test/app/key-of-elsewhere" };
  return (await bench.create(inputs, bench.resourceType(multistreamTarget))).id;
};

describe("a change on air", () => {
  const program = { name: "news", profiles: [rung("720p", 720)] };
  let kept: Kept;
  beforeEach(async () => {
    kept = await bench.create(program);
    bench.setLive(kept.id, true);
  });

  it("sends no profiles that have not changed, which Livepeer would refuse", async () => {
    const renamed = await bench.up(kept, { ...program, name: "sports", userTags: { room: "b" } });
    expect([renamed.did, at(renamed).name]).toEqual(["update", "sports"]);
  });

  it.each([
    ["profiles", { profiles: [rung("360p", 360)] }],
    ["record", { record: true }],
  ])("of %s is refused, and says what to do", async (field, change: Props) => {
    await expect(bench.up(kept, { ...program, ...change, interruptLive: true })).rejects.toThrow(
      new RegExp(`cannot change '${field}' field while stream is active.*Stop the encoder and run again`),
    );
    expect(at(kept).isActive).toBe(true);
  });

  it("of targets is not made unasked, because it may end the broadcast", async () => {
    const targeted = { ...program, targets: [{ profile: "source", targetId: await newTarget() }] };
    const refused = await patches(() =>
      expect(bench.up(kept, targeted)).rejects.toThrow(/is live.*nothing was done.*interruptLive/),
    );
    expect(refused).toEqual([]);
    const allowed = await bench.up(kept, { ...targeted, interruptLive: true });
    expect(at(allowed).multistream).toMatchObject({ targets: [{ profile: "source" }] });
  });

  it("by the kill switch ends the broadcast at once, and keeps stream and key", async () => {
    const off = await bench.up(kept, { ...program, enabled: false });
    expect([off.id, off.outs.streamKey]).toEqual([kept.id, kept.outs.streamKey]);
    expect(at(off)).toMatchObject({ suspended: true, isActive: false });
    bench.setLive(off.id, true);
    expect(at(off).isActive).toBe(false);
    expect(at(await bench.up(off, { ...program, enabled: true })).suspended).toBe(false);
  });
});

describe("rungs and targets", () => {
  it("that come together take two calls, the rungs first", async () => {
    const targetId = await newTarget();
    const kept = await bench.create({ name: "news", profiles: [rung("720p", 720)] });
    const program = {
      ...{ name: "news", profiles: [rung("720p", 720), rung("360p", 360)] },
      targets: [{ profile: "360p", targetId }],
    };
    let now: Kept | undefined;
    expect(await patches(async () => (now = await bench.up(kept, program)))).toEqual([
      "PATCH 204",
      "PATCH 204",
    ]);
    expect(at(now!)).toMatchObject({
      multistream: { targets: [{ profile: "360p", id: targetId, videoOnly: false }] },
    });
  });

  it("that go together take one, which names no target of a rung that goes", async () => {
    const targetId = await newTarget();
    const both = { name: "news", profiles: [rung("720p", 720), rung("360p", 360)] };
    const kept = await bench.create({ ...both, targets: [{ profile: "360p", targetId }] });
    const program = {
      name: "news",
      profiles: [rung("720p", 720)],
      targets: [{ profile: "source", targetId }],
    };
    let now: Kept | undefined;
    expect(await patches(async () => (now = await bench.up(kept, program)))).toEqual(["PATCH 204"]);
    expect(at(now!)).toMatchObject({ multistream: { targets: [{ profile: "source" }] } });
  });

  it("leave no targets behind, because none is ever sent by its address", async () => {
    const targetId = await newTarget();
    const program = { name: "news", targets: [{ profile: "source", targetId }] };
    let kept = await bench.create(program);
    for (const videoOnly of [true, false, true])
      kept = await bench.up(kept, { name: "news", targets: [{ profile: "source", targetId, videoOnly }] });
    expect(Object.keys(targets())).toEqual([targetId]);
  });

  it("are warned of where a target names no rung of the ladder that Livepeer would choose", async () => {
    const target = { profile: "360p", targetId: await newTarget() };
    bench.check({ name: "news", targets: [target] });
    expect(bench.warnings.join()).toMatch(
      /names no rung of Livepeer's own ladder.* there are source, 240p0, 360p0, 480p0, 720p0/,
    );
  });

  it("are a clean preview in any order of the targets", async () => {
    const [a, b] = [await newTarget(), await newTarget()].map((targetId) => ({
      profile: "source",
      targetId,
    }));
    const kept = await bench.create({ name: "news", targets: [a, b] });
    expect((await bench.up(kept, { name: "news", targets: [b, a] })).did).toBe("nothing");
  });
});

describe("what is taken out of the program", () => {
  it("is cleared by what Livepeer takes for it: nothing and null are not", async () => {
    const targetId = await newTarget();
    const kept = await bench.create({
      ...{ name: "news", profiles: [rung("720p", 720)], record: true, userTags: { room: "a" } },
      ...{ recordingProfiles: [{ bitrate: 1_000_000 }], playbackPolicy: { type: "jwt" } },
      targets: [{ profile: "source", targetId }],
    });
    const bare = await bench.up(kept, { name: "news", record: true });
    const { profiles, playbackPolicy, multistream, recordingSpec, userTags } = at(bare);
    expect((profiles as Props[]).map(({ name }) => name)).toEqual(["240p0", "360p0", "480p0", "720p0"]);
    expect([playbackPolicy, multistream, recordingSpec]).toEqual([{ type: "public" }, { targets: [] }, {}]);
    expect(Object.keys(userTags as Props)).toEqual(["streamkeys"]);
  });

  it("is left alone where it never was in the program", async () => {
    const kept = await bench.create({ name: "news" });
    at(kept).profiles = [rung("720p", 720)];
    at(kept).playbackPolicy = { type: "jwt" };
    const renamed = await bench.up(kept, { name: "sports" });
    expect(at(renamed)).toMatchObject({ profiles: [rung("720p", 720)], playbackPolicy: { type: "jwt" } });
  });

  it("of no recordings is not sent, because Livepeer refuses it then", async () => {
    const kept = await bench.create({ name: "news", record: true, recordingProfiles: [{ bitrate: 1_000 }] });
    const off = await bench.up(kept, { name: "news", record: false });
    expect([off.did, at(off).record]).toEqual(["update", false]);
  });
});

describe("a read that lags", () => {
  it("of the rules that are off is nothing to Livepeer, and is not waited for", async () => {
    const kept = await bench.create({ name: "news", record: false });
    const off = { ladderRulesOff: ["bitrate-step"] };
    const change = await patches(() => bench.up(kept, { name: "news", record: true, ...off }));
    expect(change).toEqual(["PATCH 204"]);
    expect(bench.warnings).toEqual([]);
  });

  it("is waited for after a change, so that state has what is there", async () => {
    const kept = await bench.as({ waitSeconds: 20 }).create({ name: "news" });
    lagBy(500);
    const renamed = await bench.up(kept, { name: "sports" });
    expect(bench.warnings).toEqual([]);
    lagBy(0);
    expect((await bench.read(renamed))?.inputs).toEqual(renamed.inputs);
  });

  it("is a warning where it takes too long", async () => {
    const kept = await bench.create({ name: "news" });
    // Made long ago, so that reads show it.
    Object.assign(rows()[kept.id] as object, { changedAt: 0 });
    lagBy(60_000);
    const hasty = bench.as({ waitSeconds: 1 });
    const renamed = await hasty.up(kept, { name: "sports" });
    expect(hasty.warnings.join()).toMatch(/name/);
    expect(at(renamed).name).toBe("sports");
  });

  it("drops no target that one read does not find", async () => {
    await bench.sandbox.close();
    bench = await Workbench.open(livepeer, multistreamTarget);
    const kept = await bench.create({ name: "elsewhere", url: "rtmp://a.example.test/app/key" });
    const body = JSON.stringify({ errors: ["not found"] });
    bench.sandbox.faults.push({ method: "GET", status: 404, body, times: 1 });
    expect((await bench.read(kept))?.props).toEqual(kept.outs);
    bench.sandbox.faults.push({ method: "DELETE", status: 404, body, times: 1 });
    await expect(bench.remove(kept)).rejects.toThrow(/still shown/);
  });
});

describe("a stream", () => {
  it("is found by its mark, whatever others are like, and keeps it when its tags change", async () => {
    const twin = await bench.create({ name: "news", userTags: { room: "a" } });
    bench.sandbox.faults.push({ method: "POST", drop: true, afterWork: true, times: 1 });
    const program = { name: "news", userTags: { room: "a" }, origin: "news#0123456789abcdef" };
    const kept = await bench.create(program);
    expect(kept.id).not.toBe(twin.id);
    const mark = (at(kept).userTags as Props).streamkeys;
    expect(mark).toMatch(/^0123456789abcdef[0-9a-f]{8}\.[0-9a-f]{12}$/);
    const changed = await bench.up(kept, { ...program, userTags: { room: "b" } });
    expect(at(changed).userTags).toEqual({ room: "b", streamkeys: mark });
    expect((await bench.read(changed))?.inputs).toEqual(changed.inputs);
  });

  it("is found on a later page too, in an order that does not move while streams go on air", async () => {
    for (let made = 0; made < 102; made += 1) await bench.create({ name: `other ${made}` });
    bench.sandbox.requests.length = 0;
    const ids: string[] = [];
    const { list } = stream;
    if (!list) throw new Error("no list");
    const account = resolveAccount(livepeer, undefined, bench.resourceType().host.settings);
    for await (const { id } of list(openApi(account))) ids.push(id);
    expect(new Set(ids).size).toBe(102);
    expect(bench.sandbox.requests.map(({ query }) => query)).toEqual([
      "?streamsonly=1&order=createdAt-true&limit=100",
      "?streamsonly=1&order=createdAt-true&limit=100&cursor=skip100",
    ]);
  });

  it("that a session answers for is none", async () => {
    const kept = await bench.create({ name: "news" });
    const session = { ...at(kept), id: "a-session", parentId: kept.id };
    bench.sandbox.faults.push({ method: "GET", status: 200, body: JSON.stringify(session) });
    await expect(bench.read(kept)).rejects.toThrow(/another object/);
  });
});

describe("an error", () => {
  it("of 401 does not show the token that it repeats", async () => {
    const stranger = bench.as({ apiKey: "a-key-that-is-not-good" });
    const error = await stranger.create({ name: "news" }).catch((thrown: unknown) => thrown);
    expect(String(error)).toMatch(/answered 401: no token \S+ found/);
    expect(String(error)).not.toContain("a-key-that-is-not-good");
  });

  it("of the schema is told in words", async () => {
    const text = JSON.stringify({
      instancePath: "/profiles/0/fps",
      keyword: "type",
      message: "must be integer",
    });
    bench.sandbox.faults.push({ method: "POST", status: 422, body: JSON.stringify({ errors: [text] }) });
    await expect(bench.create({ name: "news" })).rejects.toThrow(/422: \/profiles\/0\/fps must be integer/);
  });
});
