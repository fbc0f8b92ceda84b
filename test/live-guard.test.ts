import { setTimeout as sleep } from "node:timers/promises";
import { LiveRefusal } from "../provider/define/errors";
import { tenbyte } from "../provider/vendors/tenbyte";
import { sampleOf, Workbench } from "./harness/workbench";

/** The live guard looks in the same turn as the call that would cut, and again before every repeat. */

const definitionOf = (name: string) => {
  const found = tenbyte.resources.find((definition) => definition.name === name);
  if (!found) throw new Error(name);
  return found;
};

describe("a stream that goes live while the vendor has turned down", () => {
  let bench: Workbench;
  afterEach(() => bench.sandbox.close());

  /** The stream goes live as soon as the fault was met. */
  const liveAfterFault = async (id: string): Promise<void> => {
    while (bench.sandbox.faults.length > 0) await sleep(5);
    bench.setLive(id, true);
  };

  it.each<{ status: number; headers?: Record<string, string> }>([
    { status: 429, headers: { "retry-after": "1" } },
    { status: 429 },
  ])("its reset by $status is not reset by the repeat", async (answer) => {
    const definition = definitionOf("StreamKey");
    bench = await Workbench.open(tenbyte, definition, { retries: 3 });
    const program = sampleOf(tenbyte, definition).minimal(await bench.parent());
    const kept = await bench.create(program);
    bench.sandbox.faults.push({ method: "POST", pathEnds: "/reset-key", body: "{}", times: 1, ...answer });
    const rotating = bench.up(kept, { ...program, keyRotation: { trigger: "a" } });
    await liveAfterFault(kept.id);
    expect((await rotating).outs.streamKey).toBe(kept.outs.streamKey);
    expect(bench.warnings).toContainEqual(expect.stringMatching(/waits: it is live/));
  });

  it("its delete by 503 is not deleted by the repeat", async () => {
    const definition = definitionOf("Stream");
    bench = await Workbench.open(tenbyte, definition, { retries: 3 });
    const kept = await bench.create({ name: "news", ...sampleOf(tenbyte, definition).minimal("") });
    bench.sandbox.faults.push({ method: "DELETE", status: 503, body: "{}", times: 1 });
    const removing = bench.remove(kept);
    const refused = expect(removing).rejects.toThrow(LiveRefusal);
    await liveAfterFault(kept.id);
    await refused;
    expect(await bench.read(kept)).toBeDefined();
  });

  it("is asked of in the turn of the reset, whoever else queues", async () => {
    const definition = definitionOf("StreamKey");
    bench = await Workbench.open(tenbyte, definition, { concurrency: 1, timeoutSeconds: 5 });
    const program = sampleOf(tenbyte, definition).minimal(await bench.parent());
    const kept = await bench.create(program);
    const other = await bench.create(sampleOf(tenbyte, definition).minimal(await bench.parent()));
    bench.sandbox.requests.length = 0;
    const rotating = bench.up(kept, { ...program, keyRotation: { trigger: "a" } });
    const others = Array.from({ length: 20 }, () => bench.read(other));
    await Promise.all([...others, rotating]);
    const calls = bench.sandbox.requests.map(({ method, path }) => `${method} ${path}`);
    const reset = calls.findIndex((call) => call.startsWith("POST"));
    // Is it live, which key is in force, and the reset; the others came before, or come after.
    expect(calls.slice(reset - 2, reset + 1).map((call) => call.includes(kept.id))).toEqual([
      true,
      true,
      true,
    ]);
    expect(calls.slice(0, reset).some((call) => call.includes(other.id))).toBe(true);
  });
});
