import { setTimeout as sleep } from "node:timers/promises";
import { type Sandbox, startSandbox } from "../../sandbox";
import { end, killWhen } from "../harness/kill";
import { randomFrom } from "../harness/random";
import { succeeded, TestStack } from "../harness/stack";

/**
 * Runs that write their state only at the end, which is how a thousand objects are made fastest. Killed at a seeded moment,
 * they leave a state that knows nothing. `CREATES=1000 npx jest without-checkpoints` is the long form.
 */

const CREATES = Number(process.env.CREATES ?? 24);
const SEED = Number(process.env.SEED ?? 1);
const ENVIRONMENT = { PULUMI_EXPERIMENTAL: "true", PULUMI_SKIP_CHECKPOINTS: "true" };

const many = (type: string, inputs: string): string =>
  `for (let n = 0; n < ${CREATES}; n++) new ${type}(\`channel-\${n}\`, ${inputs});`;

const runs = [
  { type: "mux:LiveStream", inputs: '{ playbackPolicies: ["public"] }', where: "another machine" },
  { type: "cloudflare:LiveInput", inputs: '{ recording: { mode: "off" } }', where: "another machine" },
  { type: "mux:LiveStream", inputs: '{ playbackPolicies: ["public"] }', where: "the same machine" },
  { type: "aioz:StreamKey", inputs: "{}", where: "the same machine" },
];

describe("a run without checkpoints", () => {
  const draw = randomFrom(SEED);
  let sandbox: Sandbox;
  let stack: TestStack;
  const plugins: number[] = [];

  afterEach(async () => {
    plugins.splice(0).forEach(end);
    await sandbox.close();
    stack.remove();
  });

  it.each(runs)(
    `is killed while it makes ${CREATES} $type, and ended on $where: each is there once`,
    async (run) => {
      sandbox = await startSandbox();
      stack = await TestStack.create(many(run.type.replace(":", "."), run.inputs), {
        ...sandbox.environment,
        ...ENVIRONMENT,
      });
      const made = (): number =>
        sandbox.requests.filter(
          ({ method, status = 0 }) => method === "POST" && status >= 200 && status < 300,
        ).length;
      const moment = 1 + Math.floor(draw() * (CREATES - 2));
      plugins.push(...(await killWhen(stack, () => made() >= moment)));
      while (sandbox.requests.some(({ status }) => status === undefined)) await sleep(20);
      if (run.where === "another machine") {
        plugins.splice(0).forEach(end);
        await stack.moveToAnotherMachine();
      }
      const before = made();
      await stack.mustRun("cancel", "--yes");
      succeeded(await stack.up());
      console.log(`${run.type} on ${run.where}: killed with ${before} of ${CREATES} made, now ${made()}`);
      // Counted from the start: a plugin that lives on may still send what it was about to, after everything looked quiet.
      expect(made()).toBe(CREATES);
      expect(new Set(stack.resources().map(({ id }) => id)).size).toBe(CREATES);
      expect(succeeded(await stack.preview())).toMatch(/unchanged/);
    },
  );
});
