import { z } from "zod";
import { openApi } from "../../../provider/calls";
import { resolveAccount } from "../../../provider/calls/account";
import type { Definition, Props } from "../../../provider/define";
import { path } from "../../../provider/define/api";
import { OrphanRisk } from "../../../provider/define/errors";
import { cloudflare } from "../../../provider/vendors/cloudflare";
import { simulators } from "../../../sandbox/vendors";
import { type Kept, Workbench } from "../../harness/workbench";

/** What is peculiar to Cloudflare Stream (docs/sheets/cloudflare.md, section 11). */

const definition = (name: string): Definition => {
  const found = cloudflare.resources.find((resource) => resource.name === name);
  if (!found) throw new Error(`no ${name}`);
  return found;
};
const liveInput = definition("LiveInput");
const streamKey = definition("StreamKey");
const liveOutput = definition("LiveOutput");

const ORIGIN = "news#0123456789abcdef";

let bench: Workbench;
const open = async (of: Definition, account: Props = {}): Promise<Workbench> => {
  bench = await Workbench.open(cloudflare, of, account);
  return bench;
};
afterEach(() => bench.sandbox.close());

interface Stored extends Props {
  uid: string;
  meta: Props;
  status: unknown;
}
const inputs = (): Record<string, Stored> => bench.sandbox.data.cloudflare?.inputs as Record<string, Stored>;
const at = ({ id }: Kept): Stored => {
  const input = inputs()[id];
  if (!input) throw new Error(`no input ${id}`);
  return input;
};
const writes = () => bench.sandbox.requests.filter(({ method }) => method !== "GET");

describe("a live input", () => {
  it("is asked for again with the same Idempotency-Key after a lost answer, and is made once", async () => {
    await open(liveInput, { retries: 2 });
    bench.sandbox.faults.push({ method: "POST", drop: true, afterWork: true, times: 1 });
    const kept = await bench.create({ name: "news", origin: ORIGIN });
    expect(writes()).toHaveLength(2);
    expect(Object.keys(inputs())).toEqual([kept.id]);
    const [key] = Object.keys(bench.sandbox.data.cloudflare?.idempotency as Props);
    expect(key).toMatch(/ 0123456789abcdef[0-9a-f]{8}\.[0-9a-f]{12}$/);
    expect(at(kept).meta.streamkeys).toBe(key?.split(" ")[1]);
  });

  it("is made anew after it was deleted within the six hours of its key", async () => {
    await open(liveInput);
    const first = await bench.create({ name: "news", origin: ORIGIN });
    await bench.remove(first);
    expect((await bench.create({ name: "news", origin: ORIGIN })).id).not.toBe(first.id);
  });

  it("is found by its mark, whatever others are called", async () => {
    await open(liveInput);
    const twin = await bench.create({ name: "news" });
    bench.sandbox.faults.push({ method: "POST", drop: true, afterWork: true, times: 1 });
    const kept = await bench.create({ name: "news", origin: ORIGIN });
    expect(kept.id).not.toBe(twin.id);
    bench.sandbox.faults.push({ method: "POST", drop: true, times: 1 });
    // Nothing was made: the twin is nobody's substitute.
    await expect(bench.create({ name: "news" })).rejects.toThrow(/No Cloudflare LiveInput was made/);
  });

  it("counts as absent only when all of the list has been seen", async () => {
    await open(liveInput);
    bench.sandbox.faults.push({ method: "POST", drop: true, times: 1 });
    bench.sandbox.faults.push({ path: "live_inputs", method: "GET", set: { "result.total": 1001 } });
    await expect(bench.create({ name: "news" })).rejects.toThrow(OrphanRisk);
  });

  it("keeps what the program does not manage of `meta`, and the mark", async () => {
    await open(liveInput);
    const kept = await bench.create({ name: "news", origin: ORIGIN });
    const { streamkeys: mark } = at(kept).meta;
    at(kept).meta.colour = "red";
    await bench.up(kept, { name: "sports", origin: ORIGIN });
    expect(at(kept).meta).toEqual({ name: "sports", colour: "red", streamkeys: mark });
  });

  it("is sent only what has changed", async () => {
    await open(liveInput);
    const kept = await bench.create({ name: "news", deleteRecordingAfterDays: 30, preferLowLatency: false });
    at(kept).preferLowLatency = undefined;
    const now = await bench.up(kept, { name: "news", preferLowLatency: false });
    expect(at(now)).toMatchObject({ deleteRecordingAfterDays: null, preferLowLatency: undefined });
    expect(writes()).toHaveLength(2);
  });

  it("says at preview that it will neither record nor play, unless the program says so itself", async () => {
    await open(liveInput);
    expect(bench.check({ name: "news" }).failures).toEqual([]);
    expect(bench.warnings).toEqual([expect.stringContaining("neither records nor serves HLS")]);
    bench.warnings.length = 0;
    bench.check({ name: "news", recording: { mode: "off" } });
    expect(bench.warnings).toEqual([]);
  });

  it("says when it goes that its recordings stay", async () => {
    await open(liveInput);
    const recording = { mode: "automatic" };
    await bench.remove(await bench.create({ name: "news", recording, deleteRecordingAfterDays: 30 }));
    expect(bench.warnings).toEqual([]);
    const kept = await bench.create({ name: "news", recording });
    bench.setLive(kept.id, true);
    bench.setLive(kept.id, false);
    await bench.remove(kept);
    expect(bench.warnings).toEqual([expect.stringContaining("recordings of Cloudflare LiveInput")]);
    expect(bench.sandbox.data.cloudflare?.videos).toMatchObject([{ liveInput: kept.id, state: "ready" }]);
  });

  it("takes no difference from null, an empty list or none for `allowedOrigins`", async () => {
    await open(liveInput);
    const program = { name: "news", recording: { mode: "automatic" } };
    const kept = await bench.create(program);
    for (const allowedOrigins of [null, [], undefined]) {
      Object.assign(at(kept).recording as Props, { allowedOrigins });
      expect((await bench.read(kept))?.inputs).toEqual(kept.inputs);
    }
  });

  it("ends a broadcast by the kill switch, without asking", async () => {
    await open(liveInput);
    const kept = await bench.create({ name: "news" });
    bench.setLive(kept.id, true);
    await bench.up(kept, { name: "news", enabled: false });
    expect(at(kept)).toMatchObject({ enabled: false, status: "client_disconnect" });
  });

  it.each([
    ["null", null, false],
    ["none", undefined, false],
    ["a string that says on air", "reconnected", true],
    ["a string that says reconnecting", "reconnecting", true],
    ["a string that says off air", "ttl_exceeded", false],
    ["a string that nobody documents", "paused", true],
    ["an object that says on air", { current: { state: "connected" } }, true],
    ["an object that says off air", { current: { state: "disconnected" } }, false],
    ["an object that nobody documents", { state: "connected" }, true],
  ])("with the status %s is live or not", async (_, status, isLive) => {
    await open(liveInput);
    const kept = await bench.create({ name: "news" });
    at(kept).status = status;
    const outcome = await bench.remove(kept).catch((error: unknown) => (error as Error).name);
    expect(outcome).toBe(isLive ? "LiveRefusal" : undefined);
  });

  it("is live when only its videos say so, as with WebRTC", async () => {
    await open(liveInput);
    const kept = await bench.create({ name: "news", recording: { mode: "automatic" } });
    bench.setLive(kept.id, true);
    at(kept).status = null;
    await expect(bench.remove(kept)).rejects.toThrow(/is live/);
  });
});

describe("a stream key", () => {
  it("proves by its date that it was rotated", async () => {
    await open(streamKey);
    const program = { liveInputId: await bench.parent() };
    const kept = await bench.create(program);
    expect(kept.outs.keysRotatedAt).toBeUndefined();
    const rotated = await bench.up(kept, { ...program, keyRotation: { trigger: "a" } });
    expect(rotated.outs.keysRotatedAt).toBe(at(kept).keysRotatedAt);
    for (const output of ["streamKey", "srtPassphrase", "srtStreamId", "webRtcPublishUrl", "srtPublishUrl"])
      expect(rotated.outs[output]).not.toBe(kept.outs[output]);
  });
});

describe("an output", () => {
  it("is switched in place, by `enabled` alone", async () => {
    await open(liveOutput);
    const program = {
      liveInputId: await bench.parent(),
      url: "rtmps://a.example.test/app",
      streamKey: "a-long-key",
    };
    const kept = await bench.create(program);
    bench.sandbox.requests.length = 0;
    const off = await bench.up(kept, { ...program, enabled: false });
    expect([off.did, off.id]).toEqual(["update", kept.id]);
    const moved = await bench.up(off, { ...program, url: "rtmps://b.example.test/app" });
    expect(moved.did).toBe("replace");
  });

  it("is not cut while on air, unless it is switched off", async () => {
    await open(liveOutput);
    const program = {
      liveInputId: await bench.parent(),
      url: "rtmps://a.example.test/app",
      streamKey: "a-long-key",
    };
    const kept = await bench.create(program);
    bench.setLive(kept.id, true);
    await expect(bench.remove(kept)).rejects.toThrow(/is live/);
    await bench.remove(await bench.up(kept, { ...program, enabled: false }));
  });

  it("is deleted by as few calls, however many inputs there are", async () => {
    await open(liveOutput);
    const sample = { url: "rtmps://platform.example.test/app", streamKey: "a-key-of-the-other-platform" };
    const kept = await bench.create({ liveInputId: await bench.parent(), ...sample });
    for (const _ of ["one", "two", "three"]) await bench.parent();
    expect(await bench.callsOf(() => bench.remove(kept))).toEqual([
      "GET 200",
      "GET 200",
      "DELETE 200",
      // Cloudflare does not show what it answers to a delete, so it is looked for.
      "GET 200",
    ]);
  });

  it("is gone when its input is, and only then or when the list lacks it", async () => {
    await open(liveOutput);
    const liveInputId = await bench.parent();
    const kept = await bench.create({
      liveInputId,
      url: "rtmps://a.example.test/app",
      streamKey: "a-long-key",
    });
    bench.vanish(liveInputId);
    expect(await bench.read(kept)).toBeUndefined();
    await expect(bench.read({ ...kept, id: "not-of-this-form" })).rejects.toThrow(
      /is <liveInputId>\/<outputId>/,
    );
  });
});

describe("an account", () => {
  const probe = async (account: Props) => {
    await open(liveInput, account);
    const { settings } = bench.resourceType().host;
    return cloudflare.probe(openApi(resolveAccount(cloudflare, undefined, settings)));
  };

  it("is reached by e-mail and key as well", async () => {
    await probe({ apiToken: undefined, apiEmail: "sandbox@example.test", apiKey: "sandbox-cloudflare-key" });
    expect(bench.sandbox.requests.map(({ status }) => status)).toEqual([200]);
  });

  it("with a wrong id is no reason to take anything for gone", async () => {
    await open(liveInput);
    const kept = await bench.create({ name: "news" });
    const { settings } = bench.resourceType().host;
    const account = resolveAccount(cloudflare, undefined, settings);
    const main = simulators.cloudflare?.credentials.accountId ?? "";
    for (const wrong of ["typo", main.replace(/1$/, "2")]) {
      const api = openApi({ ...account, baseUrl: account.baseUrl.replace(main, wrong) });
      const error = await api
        .get(path`/live_inputs/${kept.id}`, z.unknown())
        .catch((thrown: unknown) => thrown);
      expect((error as Error).name).toMatch(/^(Refused|Unauthorized)$/);
    }
  });
});
