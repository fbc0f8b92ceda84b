import * as pulumi from "@pulumi/pulumi";
import { LocalWorkspace } from "@pulumi/pulumi/automation";
import { uiza } from "pulumi-streamkeys";
import { encoder } from "./takers";

/**
 * The same by a resource hook, in an inline program: nothing of the hand-over is in state. A hook that fails makes the run
 * fail, but the next run does not call it again, so it is for telling, not for what must arrive: docs/hand-over.md.
 */

async function program(): Promise<void> {
  const tell = new pulumi.ResourceHook("tell the encoder", async ({ newOutputs }) => {
    await encoder.put("news", (newOutputs as { streamKey: string }).streamKey); // in clear here: do not log it
  });
  const news = new uiza.Stream("news", { region: "in-mumbai-1" });
  new uiza.StreamKey(
    "news",
    { streamId: news.id, keyRotation: { every: "30d" } },
    { hooks: { afterCreate: [tell], afterUpdate: [tell] } },
  );
  return Promise.resolve();
}

async function main(): Promise<void> {
  const stack = await LocalWorkspace.createOrSelectStack(
    { projectName: "hand-over-hook", stackName: "eu", program },
    { projectSettings: { name: "hand-over-hook", runtime: "nodejs", main: __dirname } },
  );
  await stack.up({ color: "never", onOutput: (text) => process.stdout.write(text) });
}

main().catch((error: unknown) => {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
});
