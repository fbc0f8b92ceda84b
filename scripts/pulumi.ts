import { openPlayground } from "./playground";

/** `npm run pulumi -- <arguments>`: the Pulumi CLI on the root program and the sandbox. */
async function main(): Promise<number> {
  const playground = await openPlayground();
  try {
    return await playground.pulumi(...process.argv.slice(2));
  } finally {
    await playground.close();
  }
}

main().then(
  (status) => (process.exitCode = status),
  (error: unknown) => {
    console.error((error as Error).message);
    process.exitCode = 1;
  },
);
