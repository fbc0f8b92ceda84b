import { writeFileSync } from "node:fs";
import { Soak } from "../harness/soak";

/**
 * Two stacks on one account under random edits, faults, kills and rotations. Afterwards the vendors hold exactly what the two
 * programs declare, and nothing once they are destroyed. `SOAK_MINUTES=30 SOAK_SEED=7 npx jest test/engine/soak` is the long form; SOAK_LOG names a file for
 * everything that the engine said.
 */

const { SOAK_MINUTES, SOAK_SEED, SOAK_LOG } = process.env;
const seed = Number(SOAK_SEED ?? 20261126);
const minutes = Number(SOAK_MINUTES ?? 0);
/** Steps of the short form. */
const STEPS = 9;
/** Steps between two looks at what the vendors hold. */
const BETWEEN_LOOKS = 25;

it(
  `ends with what the programs declare (SOAK_SEED=${seed})`,
  async () => {
    const soak = await Soak.open(seed);
    const until = performance.now() + minutes * 60_000;
    try {
      for (let step = 1; step <= STEPS || performance.now() < until; step += 1) {
        await soak.step();
        if (step % BETWEEN_LOOKS === 0) await look(soak);
      }
      await look(soak);
      expect(await soak.leftovers()).toEqual([]);
    } finally {
      if (SOAK_LOG !== undefined) writeFileSync(SOAK_LOG, soak.log.join("\n"));
      if (minutes > 0) console.log(`seed ${seed}:`, soak.steps);
      await soak.close();
    }
  },
  (minutes + 5) * 60_000,
);

async function look(soak: Soak): Promise<void> {
  await soak.settle();
  expect(await soak.problems()).toEqual([]);
}
