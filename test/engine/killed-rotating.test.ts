import { setTimeout as sleep } from "node:timers/promises";
import { type Sandbox, startSandbox } from "../../sandbox";
import { end, killWhen } from "../harness/kill";
import { succeeded, TestStack } from "../harness/stack";
import { json, streamkeys } from "../cli/command";

/** SIGKILL while twelve keys are replaced at once: the next `up` finishes what was begun. */

const COUNT = 12;
const program = (trigger: string): string => `
  for (let i = 0; i < ${COUNT}; i++) new aioz.StreamKey("key" + i, { name: "one name", keyRotation: { trigger: "${trigger}" } });`;

/** How many requests have come in when the engine is killed. */
const seeds = [3, 7, 11];

describe("killed while it rotates", () => {
  let sandbox: Sandbox;
  let stack: TestStack;
  const plugins: number[] = [];
  /** The plugins live on, as they do for a user, and end their calls. */
  const kill = async (isTime: () => boolean): Promise<void> => {
    plugins.push(...(await killWhen(stack, isTime, "--parallel", String(COUNT))));
    while (sandbox.requests.some(({ status }) => status === undefined)) await sleep(20);
    sandbox.faults.length = 0;
  };
  const keys = (): string[] => Object.keys(sandbox.data.aioz?.keys as object).sort();
  const held = (): string[] =>
    stack
      .resources()
      .map(({ id }) => id)
      .sort();
  beforeEach(async () => {
    sandbox = await startSandbox();
    stack = await TestStack.create(program("a"), sandbox.environment);
    succeeded(await stack.up());
    stack.program(program("b"));
    sandbox.requests.length = 0;
  });
  afterEach(async () => {
    plugins.splice(0).forEach(end);
    await sandbox.close();
    stack.remove();
  });

  it.each(seeds)(
    "with %d requests out, ends with a key each, none shared and none left over",
    async (posts) => {
      const before = held();
      sandbox.faults.push({ method: "POST", afterWork: true, delayMs: 400 });
      await kill(() => sandbox.requests.filter(({ method }) => method === "POST").length >= posts);

      await stack.mustRun("cancel", "--yes");
      succeeded(await stack.up());
      expect(new Set(held()).size).toBe(COUNT);
      expect(held().filter((id) => before.includes(id))).toEqual([]);
      expect(keys()).toEqual(held());
      succeeded(await stack.destroy());
      expect(keys()).toEqual([]);
    },
    300_000,
  );

  it("and then destroyed: destroy says what it cannot see, and doctor lists it until it is gone", async () => {
    sandbox.faults.push({ method: "POST", afterWork: true, delayMs: 400 });
    await kill(() => sandbox.requests.filter(({ method }) => method === "POST").length >= 3);
    await stack.mustRun("cancel", "--yes");
    const text = succeeded(await stack.destroy());
    expect(text).toMatch(
      /An earlier run was killed while it made aioz:StreamKey key\d+.*`streamkeys doctor`/s,
    );
    const ended = await streamkeys({ cwd: stack.folder, env: stack.env() }, "doctor", "--json");
    const left = (json(ended) as { what: string; detail: string }[]).filter(({ what }) =>
      what.startsWith("create of"),
    );
    expect(ended.status).toBe(1);
    expect(left.length).toBeGreaterThanOrEqual(keys().length);
    for (const { detail } of left) expect(detail).toMatch(/run: rm '/);
  });
});
