import { findEngine } from ".";

/** `tsx scripts/engine/cli.ts`: makes sure that there is an engine, and prints its folder. */
findEngine((line) => {
  console.error(line);
}).then(console.log, (error: unknown) => {
  console.error((error as Error).message);
  process.exitCode = 1;
});
