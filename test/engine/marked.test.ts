import { type Sandbox, startSandbox } from "../../sandbox";
import { failed, type Run, succeeded, TestStack } from "../harness/stack";

/** What the program marks as secret is secret everywhere, although the engine hands a dynamic provider every value in clear. */

const IN_META = "CANARY-in-meta";
const IN_URL = "CANARY-in-the-webhook-url";
const IN_NAME = "CANARY-in-the-name";
const IN_TRIGGER = "CANARY-in-the-trigger";
const WRONG = "CANARY-instead-of-an-enum";

const program = (more: string): string => `
  const config = new pulumi.Config();
  const marked = (name) => config.requireSecret(name);
  const stream = new tenbyte.Stream("news", {
    name: marked("name"),
    type: "event", mode: "audio", region: "sg-edge-04", ingest: { kind: "push", protocols: ["srt"] },
    outputProtocols: ["hls"], packaging: { hls: { segmentFormat: "fmp4" } },
    ladder: { audio: [{ codec: "aac", channels: 2, sampleRateHz: 48000, bitrateKbps: 128 }] },
    webhookUrl: pulumi.interpolate\`https://hooks.example.test/\${marked("url")}\`,
    meta: { team: "news", nested: { list: ["plain", marked("meta")] } },
    ${more}
  });
  const key = new tenbyte.StreamKey("news", { streamId: stream.id, keyRotation: { trigger: marked("trigger") } });`;

describe("what the program marks as secret", () => {
  let sandbox: Sandbox;
  let stack: TestStack;
  let shown = "";

  beforeEach(async () => {
    shown = "";
    sandbox = await startSandbox();
    stack = await TestStack.create(program(""), sandbox.environment);
    const values = { name: IN_NAME, url: IN_URL, meta: IN_META, trigger: IN_TRIGGER, wrong: WRONG };
    for (const [key, value] of Object.entries(values))
      await stack.mustRun("config", "set", "--secret", key, value);
  });
  afterEach(async () => {
    await sandbox.close();
    stack.remove();
  });

  const remember = (run: Run): Run => {
    shown += run.text;
    return run;
  };
  const canaries = (): string[] => [
    ...(shown.match(/CANARY[\w-]*/g) ?? []),
    ...stack.files().flatMap(({ file, text }) => (text.includes("CANARY") ? [file] : [])),
  ];

  it("is in no file and no output: check failures, refusals, drift, triggers, lookups", async () => {
    succeeded(remember(await stack.up()));
    const { id, inputs } = stack.resource("news", "tenbyte:Stream");
    expect(inputs.secretInputs).toEqual([["name"], ["meta", "nested", "list", 1]]);
    expect(stack.resource("news", "tenbyte:StreamKey").inputs.secretInputs).toEqual([
      ["keyRotation", "trigger"],
    ]);
    expect(succeeded(remember(await stack.preview()))).toMatch(/3 unchanged/);

    // The trigger changes, and the vendor has another value than the program says.
    await stack.mustRun("config", "set", "--secret", "trigger", `${IN_TRIGGER}-2`);
    const stored = Object.values(sandbox.data.tenbyte?.streams as Record<string, { name: string }>)[0];
    if (stored) stored.name = `${IN_NAME}-there`;
    expect(remember(await stack.preview()).text).toMatch(/trigger #[0-9a-f]{8}/);
    succeeded(remember(await stack.refresh("--diff")));
    await stack.mustRun("config", "set", "--secret", "name", `${IN_NAME}-there`);
    succeeded(remember(await stack.up()));

    const wrong = program(`recording: { enabled: true, target: marked("wrong") },`);
    stack.program(wrong);
    const failure = failed(remember(await stack.preview()));
    expect(failure).toMatch(/recording\.target: must be "library" or "s3"/);
    expect(failure).not.toMatch(/<nil>/);

    stack.program(
      `${program("")}\ntenbyte.Stream.get("theirs", ${JSON.stringify(id)}, {}, { additionalSecretOutputs: ["name"] });`,
    );
    succeeded(remember(await stack.up()));
    remember(await stack.run("stack", "export"));
    remember(await stack.run("stack", "history", "--json"));
    expect(canaries()).toEqual([]);
  });
});
