import { readdirSync } from "node:fs";
import { type Sandbox, startSandbox } from "../../sandbox";
import { succeeded, TestStack } from "../harness/stack";

/** What released versions left in users' state must be a clean preview with the code of today. */

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
});
