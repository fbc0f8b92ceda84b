import type { Definition, Props } from "../../../provider/define";
import { openApi } from "../../../provider/calls";
import { resolveAccount } from "../../../provider/calls/account";
import { type Sandbox, startSandbox } from "../../../sandbox";
import { comprimato } from "../../../provider/vendors/comprimato";
import { succeeded, TestStack } from "../../harness/stack";
import { type Kept, Workbench } from "../../harness/workbench";

/** What is peculiar to Comprimato, of which little is documented (docs/sheets/comprimato.md). */

interface StoredStream {
  id: string;
  streamer_key: string;
  player_key: string;
  status: string;
}

const streamsOf = ({ data }: Sandbox): StoredStream[] =>
  Object.values(data.comprimato?.streams as Record<string, StoredStream>);

describe("a Comprimato Stream", () => {
  let bench: Workbench;

  beforeEach(async () => {
    bench = await Workbench.open(comprimato, comprimato.resources[0] as Definition);
  });
  afterEach(() => bench.sandbox.close());

  /** What Comprimato answers when a call that we only assume does not exist. */
  const missing = (method: string, status: number): unknown =>
    bench.sandbox.faults.push({ method, status, body: "no such method" });
  /** What Comprimato answers to a read of the stream. */
  const answers = (reply: Props): unknown =>
    bench.sandbox.faults.push({ method: "GET", status: 200, body: JSON.stringify(reply) });

  it("is made by one POST of an empty object, and comes with both keys", async () => {
    let kept: Kept | undefined;
    const calls = await bench.callsOf(async () => {
      kept = await bench.create({});
    });
    expect(calls).toEqual(["POST 200"]);
    const [stored] = streamsOf(bench.sandbox);
    expect(kept?.outs).toMatchObject({ streamerKey: stored?.streamer_key, playerKey: stored?.player_key });
  });

  it("has no address in state, because none is documented", async () => {
    const kept = await bench.create({});
    expect(JSON.stringify(kept.outs)).not.toContain("://");
  });

  it("keeps its keys when a read does not show them", async () => {
    const kept = await bench.create({});
    answers({ id: kept.id, status: "Stopped" });
    expect((await bench.read(kept))?.props).toEqual(kept.outs);
  });

  it("that is imported without its keys says that they cannot be had", async () => {
    const { id } = await bench.create({});
    answers({ id, status: "Stopped" });
    const adopted = await bench.create({ adopt: id });
    expect(adopted.outs).not.toHaveProperty("streamerKey");
    expect(bench.warnings).toEqual([expect.stringMatching(/does not show the keys.*Only a new stream/)]);
    expect((await bench.up(adopted, {})).did).toBe("nothing");
  });

  describe.each([405, 501])("where an assumed call turns out not to exist (%d)", (status) => {
    it("stays in state at a refresh, with a warning", async () => {
      const kept = await bench.create({});
      missing("GET", status);
      expect((await bench.read(kept))?.props).toEqual(kept.outs);
      expect(bench.warnings).toEqual([expect.stringMatching(/cannot show the stream.*state is left/)]);
    });

    it("is not dropped by a delete, which says what to do", async () => {
      const kept = await bench.create({});
      missing("DELETE", status);
      await expect(bench.remove(kept)).rejects.toThrow(/must be removed by hand.*pulumi state delete/);
    });

    it("counts as live, because nobody can say that it is not", async () => {
      const kept = await bench.create({});
      missing("GET", status);
      await expect(bench.remove(kept)).rejects.toThrow(/is live/);
      expect(streamsOf(bench.sandbox)).toHaveLength(1);
    });
  });

  describe("before a delete", () => {
    it.each(["Running", "running", "RUNNING", "Starting", undefined])(
      "is live with status %p",
      async (status) => {
        const kept = await bench.create({});
        answers({ id: kept.id, status });
        await expect(bench.remove(kept)).rejects.toThrow(/is live/);
      },
    );

    it.each(["Stopped", "stopped"])("is idle with status %p", async (status) => {
      const kept = await bench.create({});
      answers({ id: kept.id, status });
      await bench.remove(kept);
      expect(streamsOf(bench.sandbox)).toEqual([]);
    });
  });

  describe("is gone", () => {
    it.each(['{"error":"whatever"}', "{}"])("when a 404 has the JSON object %s", async (body) => {
      const kept = await bench.create({});
      bench.sandbox.faults.push({ status: 404, body, path: kept.id });
      expect(await bench.read(kept)).toBeUndefined();
    });

    it.each(['{"error":"whatever"}', "{}"])("not when every path has a 404 with %s", async (body) => {
      const kept = await bench.create({});
      bench.sandbox.faults.push({ status: 404, body });
      await expect(bench.read(kept)).rejects.toThrow(/answered alike.*check the base URL/);
      await expect(bench.remove(kept)).rejects.toThrow(/answered alike/);
    });

    it.each(["<html>not found</html>", "", "404 page not found", '"not found"', "[]"])(
      "not when a 404 has %p",
      async (body) => {
        const kept = await bench.create({});
        bench.sandbox.faults.push({ status: 404, body });
        await expect(bench.read(kept)).rejects.toThrow(/check the base URL/);
      },
    );
  });

  it("is replaced when its key is due: a new one first, then the old one goes", async () => {
    const kept = await bench.create({});
    const calls = await bench.callsOf(async () => {
      const now = await bench.up(kept, { keyRotation: { trigger: "a" } });
      expect(now.outs.streamerKey).not.toBe(kept.outs.streamerKey);
      expect(now.outs.playerKey).not.toBe(kept.outs.playerKey);
    });
    expect(calls).toEqual(["GET 200", "POST 200", "GET 200", "DELETE 204"]);
  });

  it("is not deleted while Comprimato says that it conflicts", async () => {
    const kept = await bench.create({});
    bench.sandbox.faults.push({ method: "DELETE", status: 409, body: "{}" });
    await expect(bench.remove(kept)).rejects.toThrow(/answered 409.*stop it and run again/);
  });
});

describe("a Comprimato account", () => {
  let bench: Workbench;

  beforeEach(async () => {
    bench = await Workbench.open(comprimato, comprimato.resources[0] as Definition);
  });
  afterEach(() => bench.sandbox.close());

  const probe = (apiKey: string): Promise<unknown> => {
    const { settings } = bench.resourceType().host;
    const account = resolveAccount(comprimato, undefined, settings);
    return comprimato.probe(openApi({ ...account, credentials: { apiKey } }));
  };

  it("is tried without making anything, and the key is sent as it is", async () => {
    await probe("sandbox-comprimato");
    // The second asks for a path that no API has, to tell Comprimato's not-found from that of a wrong base URL.
    expect(bench.sandbox.requests.map(({ method }) => method)).toEqual(["GET", "GET"]);
  });

  it("is refused with a wrong key, also a right one behind `Bearer`", async () => {
    await expect(probe("wrong")).rejects.toThrow(/answered 401/);
    await expect(probe("Bearer sandbox-comprimato")).rejects.toThrow(/answered 401/);
  });
});

describe("Comprimato on the real engine", () => {
  const program = (trigger: string): string => `
    const stream = new comprimato.Stream("news", { keyRotation: { trigger: "${trigger}" } });
    out.sendWith = stream.streamerKey;`;
  let sandbox: Sandbox;
  let stack: TestStack;

  beforeEach(async () => {
    sandbox = await startSandbox();
    stack = await TestStack.create(program("first"), sandbox.environment);
  });
  afterEach(async () => {
    await sandbox.close();
    stack.remove();
  });

  it("keeps a broadcast on the air, and gives new keys once it is over", async () => {
    succeeded(await stack.up());
    expect(succeeded(await stack.preview())).toMatch(/2 unchanged/);
    const [first] = streamsOf(sandbox) as [StoredStream];
    expect(await stack.outputs()).toEqual({ sendWith: first.streamer_key });

    first.status = "Running";
    stack.program(program("second"));
    expect(succeeded(await stack.up())).toMatch(/is live, so its due key rotation is put off/);
    expect(streamsOf(sandbox)).toEqual([first]);

    first.status = "Stopped";
    sandbox.requests.length = 0;
    succeeded(await stack.up());
    const writes = sandbox.requests.map(({ method }) => method).filter((method) => method !== "GET");
    expect(writes).toEqual(["POST", "DELETE"]);
    const [second] = streamsOf(sandbox) as [StoredStream];
    expect(await stack.outputs()).toEqual({ sendWith: second.streamer_key });
    expect(succeeded(await stack.preview())).toMatch(/2 unchanged/);

    for (const key of [first.streamer_key, first.player_key, second.streamer_key, second.player_key]) {
      for (const { file, text } of stack.files()) expect([file, text.includes(key)]).toEqual([file, false]);
    }
    succeeded(await stack.destroy());
    expect(streamsOf(sandbox)).toEqual([]);
  });
});
