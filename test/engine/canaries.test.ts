import { CanaryStack } from "../harness/canary-stack";
import { steps } from "../harness/canary-steps";

/** The canary search on the real engine (`test/harness/canary-stack.ts`). */

describe("secrets on the real engine", () => {
  let scene: CanaryStack;

  beforeAll(async () => {
    scene = await CanaryStack.open(20261130);
  });
  afterAll(async () => {
    const { search, kept, said } = scene;
    console.log(
      `canaries: ${search.size} secrets searched for, ${kept} of them met in state; ${said} said back`,
    );
    await scene.close();
  });

  it.each(
    steps.map((step) => [step.name, step.refused ? `${step.refused} refused` : "all well", step] as const),
  )("are shown nowhere: %s, %s", async (_, __, step) => {
    expect(await scene.try(step)).toEqual([]);
  });

  it("are in the debug messages of an event log, as README warns; where that ends, the warning can go", () => {
    expect(scene.inDebug).toBe(true);
  });
});
