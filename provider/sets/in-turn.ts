/**
 * How many items of a set are under way at once. The account's limiter decides how many calls are; this bounds what a kill
 * leaves open, each of which the next run has to look for.
 */
const AT_ONCE = 32;

/** Does something with each, so many at once, in order of their beginning. `act` must not throw. */
export async function inTurn<T>(all: readonly T[], act: (one: T) => Promise<void>): Promise<void> {
  const queue = all.values();
  const work = async (): Promise<void> => {
    for (const one of queue) await act(one);
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, all.length) }, work));
}
