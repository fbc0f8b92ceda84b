import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Sandbox, startSandbox } from "../../sandbox";
import { failed, succeeded, TestStack } from "../harness/stack";

/** The same project and stack name in two backends on one machine: two stacks, which never see each other's notes. */

const body = (name: string): string => `new tenbyte.Stream("main", { name: "${name}",
  type: "event", mode: "audio", region: "sg-edge-04", ingest: { kind: "push", protocols: ["srt"] },
  outputProtocols: ["hls"], packaging: { hls: { segmentFormat: "fmp4" } },
  ladder: { audio: [{ codec: "aac", channels: 2, sampleRateHz: 48000, bitrateKbps: 128 }] },
});`;

describe("one stack name in two backends", () => {
  let sandbox: Sandbox;
  let stack: TestStack;
  beforeEach(async () => {
    sandbox = await startSandbox();
    stack = await TestStack.create(body("here"), sandbox.environment);
  });
  afterEach(async () => {
    await sandbox.close();
    stack.remove();
  });

  it("keeps the notes of one from the other, whether the environment or the project names it", async () => {
    // The work is done, the answer lost, and the search fails: what is known is in a note.
    sandbox.faults.push({ method: "POST", status: 503, afterWork: true, times: 1 });
    sandbox.faults.push({ method: "GET", status: 403 });
    expect(failed(await stack.up())).toMatch(/Looking for what it made failed too/);
    sandbox.faults.length = 0;

    mkdirSync(join(stack.folder, "other"));
    const file = join(stack.folder, "Pulumi.yaml");
    writeFileSync(file, `${readFileSync(file, "utf8")}backend:\n  url: file://./other\n`);
    // The note would be of this very resource; it is not even looked at.
    stack.program(body("there"));
    const other = { PULUMI_BACKEND_URL: "" };
    succeeded(await stack.runWith(other, "stack", "init", "test"));
    expect(succeeded(await stack.runWith(other, "up", "--yes", "--skip-preview"))).not.toMatch(/earlier run/);
    const streams = (): string[] => Object.keys(sandbox.data.tenbyte?.streams as object);
    expect(streams()).toHaveLength(2);

    stack.program(body("here"));
    expect(succeeded(await stack.up())).toMatch(/An earlier run was killed.*taken over/);
    expect(streams()).toHaveLength(2);
    succeeded(await stack.runWith(other, "destroy", "--yes", "--skip-preview"));
    expect(streams()).toEqual([stack.resource("main", "tenbyte:Stream").id]);
  });
});
