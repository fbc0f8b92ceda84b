import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Sandbox, startSandbox } from "../../sandbox";
import { dataOf } from "../harness/recorded";
import { idsAt } from "../harness/simulated";
import { succeeded, TestStack } from "../harness/stack";

/**
 * What released versions left in users' state must be a clean preview with the code of today, and must be kept up by it:
 * refreshed, rotated and destroyed.
 */

const versions = readdirSync(__dirname, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

describe.each(versions)("a stack that %s made", (version) => {
  const folder = `test/state/${version}`;
  let sandbox: Sandbox;
  let stack: TestStack;

  beforeEach(async () => {
    sandbox = await startSandbox();
    stack = await TestStack.copyOf(`${folder}/program`, sandbox.environment);
    await stack.import(`${folder}/stack.json`);
  });
  afterEach(async () => {
    await sandbox.close();
    stack.remove();
  });

  it("plans nothing, and asks the vendors nothing", async () => {
    const preview = await stack.runWith({ STREAMKEYS_TEST_NOW: "2026-01-02T00:00:00Z" }, "preview", "--diff");
    expect(succeeded(preview)).toMatch(/Resources:\n\s+\d+ unchanged\n/);
    expect(stack.resources().length).toBeGreaterThan(0);
    expect(sandbox.requests).toEqual([]);
  });

  it("still rotates its keys when they are due", async () => {
    const preview = await stack.runWith({ STREAMKEYS_TEST_NOW: "2026-02-01T00:00:00Z" }, "preview", "--diff");
    expect(succeeded(preview)).toMatch(/reason: "created" => "every 30d"/);
  });

  it("is refreshed, rotated and destroyed, where its objects are", async () => {
    const AT = { STREAMKEYS_TEST_NOW: "2026-01-02T00:00:00Z" };
    const anew = await TestStack.copyOf(`${folder}/program`, sandbox.environment);
    succeeded(await anew.up());
    const data = await dataOf(`${folder}/stack.json`, anew, sandbox.data);
    const dataFile = join(anew.folder, "vendors.json");
    writeFileSync(dataFile, JSON.stringify(data));
    const seeded = await startSandbox({ dataFile });
    try {
      const env = { ...AT, ...seeded.environment };
      const run = async (...args: string[]): Promise<string> => succeeded(await stack.runWith(env, ...args));
      const count = stack.resources().length;
      const keys = keysOf(await stack.exported());
      expect(keys.size).toBeGreaterThan(0);
      const urls = urlsOf(await stack.exported());
      expect(urls.length).toBeGreaterThan(0);

      await run("refresh", "--yes", "--skip-preview", "--run-program");
      expect(stack.resources()).toHaveLength(count);
      expect(keysOf(await stack.exported())).toEqual(keys);
      expect(urlsOf(await stack.exported()).length).toBe(urls.length);
      expect(await run("preview", "--diff")).toMatch(/Resources:\n\s+\d+ unchanged\n/);

      await run("config", "set", "streamkeys:rotateAll", "a leak");
      await run("up", "--yes", "--skip-preview");
      const rotated = keysOf(await stack.exported());
      expect(urlsOf(await stack.exported())).not.toEqual([]);
      expect(rotated.size).toBe(keys.size);
      expect([...rotated].filter((key) => keys.has(key))).toEqual([]);
      expect(await run("preview", "--diff")).toMatch(/Resources:\n\s+\d+ unchanged\n/);

      await run("destroy", "--yes", "--skip-preview");
      expect(stack.resources()).toEqual([]);
      for (const vendor of Object.keys(seeded.data))
        expect([vendor, idsAt(seeded, vendor)]).toEqual([vendor, []]);
    } finally {
      await seeded.close();
      anew.remove();
    }
  });
});

/** The publish URLs in state, all of which must be encrypted: later versions make some of them in the program. */
function urlsOf(resources: Awaited<ReturnType<TestStack["exported"]>>): string[] {
  const urls = resources.flatMap(({ outputs }) => outputs.rtmpPublishUrl ?? []);
  return urls.map((url) => {
    expect(url).toHaveProperty("plaintext");
    return (url as { plaintext: string }).plaintext;
  });
}

/** The keys in state that we rotate. */
function keysOf(resources: Awaited<ReturnType<TestStack["exported"]>>): Set<string> {
  return new Set(
    resources.flatMap(({ outputs }) => {
      const { plaintext } = (outputs.streamKey ?? outputs.streamerKey ?? {}) as { plaintext?: string };
      return outputs.keyGeneration && plaintext ? [plaintext] : [];
    }),
  );
}
