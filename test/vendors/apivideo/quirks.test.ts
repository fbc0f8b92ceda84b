import type { Props } from "../../../provider/define";
import { OrphanRisk } from "../../../provider/define/errors";
import { apivideo } from "../../../provider/vendors/apivideo";
import { type Kept, Workbench } from "../../harness/workbench";

/** What is peculiar to api.video (docs/sheets/apivideo.md, section 9). */

const [liveStream] = apivideo.resources;

let bench: Workbench;
beforeEach(async () => {
  if (!liveStream) throw new Error("no LiveStream");
  bench = await Workbench.open(apivideo, liveStream);
});
afterEach(() => bench.sandbox.close());

const at = ({ id }: Kept): Props => {
  const stream = (bench.sandbox.data.apivideo?.streams as Record<string, Props>)[id];
  if (!stream) throw new Error(`no stream ${id}`);
  return stream;
};
const behave = (behaviour: Props): void => {
  Object.assign(bench.sandbox.data.apivideo?.behaviour as Props, behaviour);
};
const restream = (name: string) => ({
  ...{ name, streamKey: `a-key-of-${name}` },
  serverUrl: `rtmps://${name}.example.test/app`,
});
const twitch = restream("twitch");
const facebook = restream("facebook");

describe("restreams", () => {
  it("are sent whole where one changes, and not at all where none does", async () => {
    const program = { name: "news", restreams: [twitch, facebook] };
    const kept = await bench.create(program);
    const renamed = await bench.up(kept, { ...program, name: "sports" });
    expect(at(renamed).restreams).toEqual([twitch, facebook]);
    const changed = await bench.up(renamed, { name: "sports", restreams: [twitch, restream("kick")] });
    expect([changed.did, changed.id]).toEqual(["update", kept.id]);
    expect(at(changed).restreams).toEqual([twitch, restream("kick")]);
  });

  it("mean the same in any order", async () => {
    const kept = await bench.create({ name: "news", restreams: [twitch, facebook] });
    expect((await bench.up(kept, { name: "news", restreams: [facebook, twitch] })).did).toBe("nothing");
  });

  it("end when they are taken out of the program", async () => {
    const kept = await bench.create({ name: "news", restreams: [twitch] });
    const now = await bench.up(kept, { name: "news" });
    expect([now.did, at(now).restreams]).toEqual(["update", []]);
  });

  it("are left alone by a program that never had any", async () => {
    const kept = await bench.create({ name: "news" });
    at(kept).restreams = [twitch];
    const renamed = await bench.up(kept, { name: "sports" });
    expect(at(renamed)).toMatchObject({ name: "sports", restreams: [twitch] });
  });

  it("that others add are drift, and are removed by the next run", async () => {
    const program = { name: "news", restreams: [twitch] };
    const kept = await bench.create(program);
    at(kept).restreams = [twitch, facebook];
    const found = await bench.read(kept);
    expect(found?.inputs.restreams).toEqual([facebook, twitch]);
    const mended = await bench.up(
      { ...kept, inputs: found?.inputs ?? {}, outs: found?.props ?? {} },
      program,
    );
    expect([mended.did, at(mended).restreams]).toEqual(["update", [twitch]]);
  });

  it("keep their keys out of messages", async () => {
    const kept = await bench.create({ name: "news", restreams: [twitch] });
    const body = JSON.stringify({ title: `no ${twitch.streamKey}`, status: 400 });
    bench.sandbox.faults.push({ method: "PATCH", status: 400, body });
    const error = await bench
      .up(kept, { name: "news", restreams: [twitch, facebook] })
      .catch((thrown: unknown) => thrown);
    expect(String(error)).toMatch(/answered 400: no /);
    expect(String(error)).not.toContain(twitch.streamKey);
  });
});

describe("a player", () => {
  it("is taken away by null", async () => {
    const kept = await bench.create({ name: "news", playerId: "pl1" });
    const now = await bench.up(kept, { name: "news" });
    expect(now.did).toBe("update");
    expect(at(now)).not.toHaveProperty("playerId");
  });

  it("that cannot be taken away is an error that says what to do", async () => {
    const kept = await bench.create({ name: "news", playerId: "pl1" });
    behave({ takesNullPlayer: false });
    await expect(bench.up(kept, { name: "news" })).rejects.toThrow(/playerId.*--replace/s);
  });

  it("that others set is drift only where the program says which", async () => {
    const kept = await bench.create({ name: "news" });
    at(kept).playerId = "pl2";
    expect((await bench.read(kept))?.inputs).toEqual(kept.inputs);
  });
});

describe("a private live stream", () => {
  it("has no playback URL in state, because the vendor's holds a token", async () => {
    const kept = await bench.create({ name: "news", public: false });
    expect(JSON.stringify(kept.outs)).not.toContain("token");
    expect(kept.outs).not.toHaveProperty("hlsUrl");
    const shown = await bench.up(kept, { name: "news", public: true });
    expect(shown.outs.hlsUrl).toBe(`https://live.api.video/${kept.id}.m3u8`);
    const hidden = await bench.up(shown, { name: "news", public: false });
    expect(hidden.outs.hlsUrl).toBeUndefined();
    expect((await bench.read(hidden))?.props).toEqual(hidden.outs);
  });
});

describe("a lost create", () => {
  const lose = (afterWork: boolean): unknown =>
    bench.sandbox.faults.push({ method: "POST", drop: true, afterWork, times: 1 });

  it("is found by its exact name, although the vendor's filter takes a part of it", async () => {
    await bench.create({ name: "news at ten" });
    lose(true);
    const kept = await bench.create({ name: "news", restreams: [twitch, facebook] });
    expect(at(kept)).toMatchObject({ name: "news", restreams: [twitch, facebook] });
  });

  it("is not taken for another of the same name and moment that differs in what was sent", async () => {
    await bench.create({ name: "news", restreams: [facebook] });
    lose(false);
    await expect(bench.create({ name: "news", restreams: [twitch] })).rejects.toThrow(
      /not quite as it was asked for: api\.video LiveStream li/,
    );
  });

  it("stops the run where two could be it, and names both", async () => {
    const other = await bench.create({ name: "news" });
    const theirs = { ...at(other), id: "liTheirs", streamKey: "their-key-0000" };
    lose(true);
    // Somebody else makes the like within the same moment.
    (bench.sandbox.data.apivideo?.streams as Record<string, Props>).liTheirs = theirs;
    const failure = await bench
      .as({ apiKey: "sandbox-apivideo" })
      .create({ name: "news" })
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(OrphanRisk);
    expect(String(failure)).toContain("liTheirs");
  });
});

describe("api.video", () => {
  it("is waited for as its own header says, and not when it says so on every reply", async () => {
    const patient = bench.as({ retries: 2 });
    const kept = await patient.create({ name: "news" });
    const headers = { "x-ratelimit-retry-after": "1", "retry-after": "3600" };
    bench.sandbox.faults.push({ method: "GET", status: 429, headers, times: 1 });
    const before = Date.now();
    expect((await patient.read(kept))?.id).toBe(kept.id);
    expect(Date.now() - before).toBeGreaterThanOrEqual(900);
    expect(Date.now() - before).toBeLessThan(30_000);
  });

  it.each([
    ["older", "https://docs.api.video/docs/resourcenot_found"],
    ["newer", "https://docs.api.video/reference/resource-not-found"],
  ])("says that a live stream is gone in its %s words", async (_, type) => {
    const kept = await bench.create({ name: "news" });
    bench.vanish(kept.id);
    const body = { type, title: "The requested resource was not found.", name: "liveStreamId", status: 404 };
    bench.sandbox.faults.push({ method: "GET", pathEnds: kept.id, status: 404, body: JSON.stringify(body) });
    expect(await bench.read(kept)).toBeUndefined();
  });

  it("does not say so of the live stream when another object is missing", async () => {
    const kept = await bench.create({ name: "news" });
    const type = "https://docs.api.video/reference/resource-not-found";
    const body = { type, title: "The requested resource was not found.", name: "playerId", status: 404 };
    bench.sandbox.faults.push({ method: "GET", status: 404, body: JSON.stringify(body) });
    await expect(bench.read(kept)).rejects.toThrow(/playerId/);
  });

  it("tells everything that it found wrong", async () => {
    const body = {
      ...{ type: "https://docs.api.video/reference/invalid-attribute", title: "An attribute is invalid." },
      ...{ status: 400, name: "restreams[0][name]", detail: "This value should not be blank." },
      problems: [{ title: "An attribute is invalid.", name: "playerId" }],
    };
    bench.sandbox.faults.push({ method: "POST", status: 400, body: JSON.stringify(body) });
    await expect(bench.create({ name: "news" })).rejects.toThrow(
      /restreams\[0\]\[name\]: This value should not be blank\.; playerId: An attribute is invalid\./,
    );
  });
});

describe("api.video's own sandbox", () => {
  it("forgets after a day, and the stream is made again", async () => {
    let vendorNow = new Date("2026-01-01T00:00:00Z");
    await bench.sandbox.close();
    if (!liveStream) throw new Error("no LiveStream");
    bench = await Workbench.open(apivideo, liveStream, {}, () => vendorNow);
    behave({ forgetsAfterADay: true });
    const kept = await bench.create({ name: "news" });
    vendorNow = new Date("2026-01-01T23:59:00Z");
    expect(await bench.read(kept)).toBeDefined();
    vendorNow = new Date("2026-01-02T00:01:00Z");
    expect(await bench.read(kept)).toBeUndefined();
  });
});
