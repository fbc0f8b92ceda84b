import { startSandbox, type Sandbox } from "../../sandbox";
import { simulators } from "../../sandbox/vendors";
import { type Run, succeeded, TestStack } from "../harness/stack";
import { seenIn, startThrottle, type Throttle } from "../harness/throttle";

/**
 * Many resources at once at a vendor that takes few requests a second, on the real engine. `LOAD=300 npx jest
 * test/engine/load` is the long form, at 5 requests a second: about five minutes.
 */

const COUNT = Number(process.env.LOAD ?? 40);
const PER_SECOND = process.env.LOAD ? 5 : 20;
/** As many calls as an account has under way at once. */
const FIRST_TO_GO = 8;
const PARALLEL = ["--parallel", "64"];

const program = (save: boolean): string =>
  `for (let at = 0; at < ${COUNT}; at += 1) new aioz.StreamKey("key-" + at, { save: ${save} });`;

describe(`${COUNT} resources at a vendor that takes ${PER_SECOND} requests a second`, () => {
  let sandbox: Sandbox;
  let throttle: Throttle;
  let stack: TestStack;

  beforeAll(async () => {
    sandbox = await startSandbox();
    throttle = await startThrottle(sandbox.url, PER_SECOND);
    stack = await TestStack.create(program(true), {
      ...sandbox.environment,
      AIOZ_BASE_URL: `${throttle.url}/aioz${simulators.aioz?.basePath ?? ""}`,
    });
  });
  afterAll(async () => {
    await throttle.close();
    await sandbox.close();
    stack.remove();
  });

  it.each<[name: string, act: () => Promise<Run>, left: number, calls?: number]>([
    ["up", () => stack.up(...PARALLEL), COUNT],
    // A list shows them all: fewer calls than resources.
    ["refresh", () => stack.refresh(...PARALLEL), COUNT, Math.ceil(COUNT / 100)],
    [
      "up, of other inputs",
      () => {
        stack.program(program(false));
        return stack.up(...PARALLEL);
      },
      COUNT,
    ],
    ["destroy", () => stack.destroy(...PARALLEL), 0],
  ])(
    "%s: nothing fails, no call is refused twice, and none comes in a herd",
    async (name, act, left, calls = COUNT) => {
      throttle.arrivals.length = 0;
      succeeded(await act());
      expect(stack.resources()).toHaveLength(left);
      const seen = seenIn(throttle.arrivals);
      console.log(`load: ${name}, ${COUNT} at ${PER_SECOND} a second: ${JSON.stringify(seen)}`);
      expect(seen.calls).toBeGreaterThanOrEqual(calls);
      expect(seen.mostOfOne).toBeLessThanOrEqual(1);
      expect(seen.mostInASecond).toBeLessThanOrEqual(1.5 * PER_SECOND + 1);
      // The first to go do not know the rate; it is found out by being refused now and then, and held from then on.
      expect(seen.refused).toBeLessThan(FIRST_TO_GO + COUNT / 10);
    },
    900_000,
  );
});
