import { startSandbox, type Sandbox } from "../../sandbox";
import { failed, succeeded, TestStack } from "../harness/stack";

/** What docs/hand-over.md says of resource hooks that a delete calls. */

const HOOK = `const gone = new pulumi.ResourceHook("gone", () => undefined);`;
const KEY = `new aioz.StreamKey("key", {}, { hooks: { beforeDelete: [gone] } });`;

describe("a resource hook for deletes", () => {
  let sandbox: Sandbox;
  let stack: TestStack;
  const keys = (): string[] => Object.keys(sandbox.data.aioz?.keys as object);

  beforeAll(async () => {
    sandbox = await startSandbox();
    stack = await TestStack.create(HOOK + KEY, sandbox.environment);
    succeeded(await stack.upInline());
  });
  afterAll(async () => {
    await sandbox.close();
    stack.remove();
  });

  it("stops a destroy that does not run the program", async () => {
    expect(failed(await stack.destroy())).toMatch(/--run-program/);
    expect(keys()).toHaveLength(1);
  });

  it("stops a run whose program has neither the resource nor the hook", async () => {
    stack.program("");
    expect(failed(await stack.upInline())).toMatch(/hook "gone" was not registered/);
    expect(keys()).toHaveLength(1);
  });

  it("is taken away by a run of its own", async () => {
    stack.program(`new aioz.StreamKey("key", {});`);
    succeeded(await stack.upInline());
    expect(keys()).toHaveLength(1);
    stack.program(HOOK + KEY);
    succeeded(await stack.upInline());
  });

  it("lets the resource go while the program has the hook still", async () => {
    stack.program(HOOK);
    succeeded(await stack.upInline());
    expect(keys()).toEqual([]);
  });
});
