import { cpSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Sandbox, startSandbox } from "../../sandbox";
import { failed, type Run, succeeded, TestStack } from "../harness/stack";

/** The policy pack of examples/policy, run by the real engine against programs that hold to it, and that do not. */

const tenbyteStream = (name: string, more = ""): string => `new tenbyte.Stream("${name}", {
  type: "event", mode: "audio", region: "sg-edge-04", ingest: { kind: "push", protocols: ["srt"] },
  outputProtocols: ["hls"], packaging: { hls: { segmentFormat: "fmp4" } },
  ladder: { audio: [{ codec: "aac", channels: 2, sampleRateHz: 48000, bitrateKbps: 128 }] }, ${more} })`;

/**
 * The engine takes a folder, which the language host of the official download runs, or a program. The language host that is
 * built from the Go module proxy is older and runs no packs, so the program is Pulumi's own runner of packs.
 */
const RUN_PACK = `#!/bin/sh
cd "$(dirname "$0")" || exit 1
PULUMI_NODEJS_TYPESCRIPT=true exec node node_modules/@pulumi/pulumi/cmd/run-policy-pack/index.js "$1" .
`;

describe("examples/policy", () => {
  let sandbox: Sandbox;
  let stack: TestStack;

  beforeAll(async () => {
    sandbox = await startSandbox();
    stack = await TestStack.create("", sandbox.environment);
    cpSync("examples/policy", join(stack.folder, "policy"), { recursive: true });
    symlinkSync(resolve("node_modules"), join(stack.folder, "policy/node_modules"), "junction");
    writeFileSync(pack(), RUN_PACK, { mode: 0o755 });
    await stack.mustRun("stack", "init", "prod");
  });
  afterAll(async () => {
    await sandbox.close();
    stack.remove();
  });

  const pack = (): string => join(stack.folder, "policy/run");
  const preview = (name: string, program: string): Promise<Run> => {
    stack.program(program);
    return stack.run("preview", "--stack", name, "--policy-pack", pack());
  };

  it("lets a program pass that holds to it", async () => {
    const run = await preview(
      "prod",
      `const stream = ${tenbyteStream("news")};
       new tenbyte.StreamKey("news", { streamId: stream.id, keyRotation: { every: "90d" } });
       new edgecast.StreamKey("edge", { dirPath: "news/studio", keyRotation: { every: "12w" } });`,
    );
    expect(succeeded(run)).toContain("✅ streamkeys@v1.0.0");
    expect(sandbox.requests.filter(({ method }) => method !== "GET")).toEqual([]);
  });

  it("names every resource that does not, and stops the run", async () => {
    const text = failed(
      await preview(
        "prod",
        `const stream = ${tenbyteStream("news", 'interruptLive: true, ladderRulesOff: ["bitrate-step"]')};
         new tenbyte.StreamKey("unrotated", { streamId: stream.id });
         new edgecast.StreamKey("triggered", { dirPath: "news/studio", keyRotation: { trigger: "a" } });
         new comprimato.Stream("slow", { keyRotation: { every: "91d" } });
         const key = new aioz.StreamKey("fine", { keyRotation: { every: "30d" } });
         new aioz.Stream("ladder", { keyId: key.id, title: "News", ladderRulesOff: ["bitrate-step"] });
         new aioz.StreamKeySet("many", { items: { a: {}, b: {}, c: {}, d: { keyRotation: { every: "30d" } }, e: {} } });`,
      ),
    );
    const violations = [...text.matchAll(/\[mandatory\] +([\w-]+) +\(([\w:/-]+): ([\w-]+)\)/g)];
    expect(
      violations.map(([, rule, type, name]) => `${rule} ${type?.split("/").at(-1)} ${name}`).sort(),
    ).toEqual([
      "every-key-rotates aioz:StreamKeySet many",
      "every-key-rotates comprimato:Stream slow",
      "every-key-rotates edgecast:StreamKey triggered",
      "every-key-rotates tenbyte:StreamKey unrotated",
      "ladder-rules-at-aioz aioz:Stream ladder",
      "ladder-rules-at-tenbyte tenbyte:Stream news",
      "no-cuts-in-production tenbyte:Stream news",
    ]);
    expect(text).toContain("The key is rotated every 91d: 90d is the longest that is allowed.");
    expect(text).toContain("a, b, c and 1 more: The key is never rotated");
  });

  it("allows a cut outside of production, but not a stack without any live guard", async () => {
    const all = `new uiza.Stream("news", { region: "in-mumbai-1", interruptLive: true });`;
    const one = `${all} ${tenbyteStream("news")};`;
    expect(succeeded(await preview("test", one))).not.toContain("[mandatory]");
    expect(failed(await preview("test", all))).toMatch(/\[mandatory\] +stack-has-a-live-guard/);
  });
});
