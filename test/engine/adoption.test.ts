import { type Sandbox, startSandbox } from "../../sandbox";
import { failed, succeeded, TestStack } from "../harness/stack";

/** `import` on the real engine: it takes over what exists, although a dynamic host cannot import. */

const stream = (bitrateKbps: number, options: string): string => `
  const stream = new tenbyte.Stream("news", {
    type: "event", mode: "audio", region: "sg-edge-04", ingest: { kind: "push", protocols: ["srt"] },
    outputProtocols: ["hls"], packaging: { hls: { segmentFormat: "fmp4" } },
    ladder: { audio: [{ codec: "aac", channels: 2, sampleRateHz: 48000, bitrateKbps: ${bitrateKbps} }] },
  }, ${options});
  out.key = new tenbyte.StreamKey("news", { streamId: stream.id }).streamKey;`;

describe("import", () => {
  let sandbox: Sandbox;
  let first: TestStack;
  let second: TestStack;
  let id: string;

  beforeEach(async () => {
    sandbox = await startSandbox();
    first = await TestStack.create(stream(128, "{}"), sandbox.environment);
    succeeded(await first.up());
    ({ id } = first.resource("news", "tenbyte:Stream"));
    second = await TestStack.create(stream(128, `{ import: "${id}" }`), sandbox.environment);
    sandbox.requests.length = 0;
  });
  afterEach(async () => {
    await sandbox.close();
    first.remove();
    second.remove();
  });

  it("takes over what matches without a write; dropping it is clean; the key is a secret like any other", async () => {
    expect(succeeded(await second.preview())).toContain(
      `tenbyte:Stream news: takes over ${id}, writes nothing`,
    );
    expect(sandbox.requests.map(({ method }) => method)).toEqual(["GET"]);
    sandbox.requests.length = 0;
    succeeded(await second.up("--skip-preview"));
    expect(sandbox.requests.map(({ method }) => method)).toEqual(["GET", "GET"]);
    expect(second.resource("news", "tenbyte:Stream").id).toBe(id);
    expect(await second.outputs()).toEqual(await first.outputs());
    second.program(stream(128, "{}"));
    expect(succeeded(await second.preview())).toMatch(/3 unchanged/);
    expect(succeeded(await second.refresh())).toMatch(/3 unchanged/);
    expect(succeeded(await second.preview())).toMatch(/3 unchanged/);
    const { key } = await first.outputs();
    expect(second.files().filter(({ text }) => text.includes(key as string))).toEqual([]);
  });

  it("lists each difference where only a new stream could match", async () => {
    second.program(stream(96, `{ import: "${id}" }`));
    const text = failed(await second.preview());
    expect(text).toMatch(
      /cannot be imported, because it differs .*ladder\.audio\[0\]\.bitrateKbps is 128 there and 96 in the program/,
    );
    expect(sandbox.requests.map(({ method }) => method)).toEqual(["GET"]);
  });

  it("says that a wrong id is wrong", async () => {
    second.program(stream(128, '{ import: "no-such-id" }'));
    expect(failed(await second.preview())).toMatch(/There is no Tenbyte Stream no-such-id in this account/);
  });
});
