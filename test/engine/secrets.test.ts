import { join } from "node:path";
import { readFileSync } from "node:fs";
import { type Sandbox, startSandbox } from "../../sandbox";
import { failed, type Run, succeeded, TestStack } from "../harness/stack";

/** The stream key, and every other secret, is in clear nowhere: state, backups, history, preview, `--json`, event log. */

const S3_SECRET = "an-s3-secret-access-key";
const PULL_PASSPHRASE = "a-pull-passphrase";
const API_KEY = "tkb_sandbox_secret_account";

const program = (trigger: string): string => `
  const stream = new tenbyte.Stream("news", {
    type: "linear", mode: "audio", region: "sg-edge-04",
    ingest: { kind: "pull", primary: { protocol: "srt", url: "srt://camera.example.test?passphrase=${PULL_PASSPHRASE}" } },
    outputProtocols: ["hls"], packaging: { hls: { segmentFormat: "fmp4" } },
    ladder: { audio: [{ codec: "aac", channels: 2, sampleRateHz: 48000, bitrateKbps: 128 }] },
    recording: { enabled: true, target: "s3", s3Config: { endpoint: "https://s3.example.test", bucket: "b", region: "r",
      accessKeyId: "AKIAEXAMPLEEXAMPLE", secretAccessKey: "${S3_SECRET}" } },
  });
  const push = new tenbyte.Stream("push", {
    type: "linear", mode: "audio", region: "sg-edge-04", ingest: { kind: "push", protocols: ["srt"] },
    outputProtocols: ["hls"], packaging: { hls: { segmentFormat: "fmp4" } },
    ladder: { audio: [{ codec: "aac", channels: 2, sampleRateHz: 48000, bitrateKbps: 128 }] },
  });
  const key = new tenbyte.StreamKey("news", { streamId: push.id, keyRotation: { trigger: "${trigger}" } });
  out.key = key.streamKey;
  out.srt = push.srtUrl;`;

describe("secrets on the real engine", () => {
  let sandbox: Sandbox;
  let stack: TestStack;
  const shown: string[] = [];

  beforeEach(async () => {
    sandbox = await startSandbox();
    stack = await TestStack.create(program("first"), { ...sandbox.environment, TENBYTE_API_KEY: "" });
    await stack.mustRun("config", "set", "--secret", "--path", "streamkeys:tenbyte.apiKey", API_KEY);
  });
  afterEach(async () => {
    await sandbox.close();
    stack.remove();
  });

  const remember = (run: Run): Run => {
    shown.push(run.text);
    return run;
  };
  const keys = (): string[] =>
    Object.values(sandbox.data.tenbyte?.streams as Record<string, { stream_key: string }>).map(
      (stream) => stream.stream_key,
    );

  it("are in no file and no output, through the whole life of a stack", async () => {
    // One a run: the engine writes each log anew.
    const logs = ["made", "changed", "refreshed"].map((name) => join(stack.folder, `${name}.events.json`));
    const [made = "", changed = "", refreshed = ""] = logs;
    remember(await stack.preview("--json", "--show-replacement-steps"));
    succeeded(remember(await stack.up("--event-log", made)));
    const known = new Set(keys());
    remember(await stack.preview());
    stack.program(program("second"));
    remember(await stack.preview("--json"));
    succeeded(remember(await stack.up("--event-log", changed)));
    keys().forEach((key) => known.add(key));
    succeeded(remember(await stack.refresh("--diff", "--event-log", refreshed)));
    sandbox.faults.push({
      status: 500,
      body: JSON.stringify({ success: false, message: [...known].join(" ") }),
    });
    failed(remember(await stack.refresh()));
    sandbox.faults.length = 0;
    remember(await stack.run("stack", "history", "--json"));
    remember(await stack.run("stack", "export"));
    remember(await stack.run("stack"));
    shown.push(...logs.map(eventsIn));

    expect(known.size).toBe(3);
    for (const secret of [...known, S3_SECRET, PULL_PASSPHRASE, API_KEY]) {
      expect(shown.flatMap((text) => text.split("\n").filter((line) => line.includes(secret)))).toEqual([]);
      // The program itself holds what its author wrote into it.
      const holding = stack
        .files()
        .filter(({ file, text }) => text.includes(secret) && !/\/index\.js$|\.events\.json$/.test(file));
      expect(holding.map(({ file }) => file)).toEqual([]);
    }
  });

  it("are not shown when a create fails half-way", async () => {
    sandbox.faults.push({ method: "GET", status: 500 });
    const text = failed(remember(await stack.up()));
    for (const secret of [...keys(), S3_SECRET, PULL_PASSPHRASE, API_KEY]) {
      expect(text).not.toContain(secret);
      const holding = stack
        .files()
        .filter(({ file, text: kept }) => kept.includes(secret) && !file.endsWith("/index.js"));
      expect(holding.map(({ file }) => file)).toEqual([]);
    }
  });
});

/** The events of a log, but for its debug messages: into those Pulumi's own SDK writes every property in clear, as README warns. */
function eventsIn(log: string): string {
  const lines = readFileSync(log, "utf8").split("\n").filter(Boolean);
  const isDebug = (line: string): boolean =>
    (JSON.parse(line) as { diagnosticEvent?: { severity?: string } }).diagnosticEvent?.severity === "debug";
  expect(lines.filter((line) => !isDebug(line)).length).toBeGreaterThan(0);
  return lines.filter((line) => !isDebug(line)).join("\n");
}
