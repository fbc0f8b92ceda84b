import { type Sandbox, startSandbox } from "../../sandbox";
import { failed, succeeded, TestStack } from "../harness/stack";

/** Accounts on the real engine: what is missing or wrong is named with the command that mends it. */

const key = (args: string): string => `new tenbyte.StreamKey("k", { streamId: "some-id", ${args} });`;

describe("credentials", () => {
  let sandbox: Sandbox;
  let stack: TestStack;
  const open = async (environment: Record<string, string>): Promise<void> => {
    stack = await TestStack.create(key(""), environment);
  };

  beforeEach(async () => {
    sandbox = await startSandbox();
  });
  afterEach(async () => {
    await sandbox.close();
    stack.remove();
  });

  it("that are missing fail at preview, with the command and the environment variable", async () => {
    await open({});
    const text = failed(await stack.preview());
    expect(text).toContain("pulumi config set --secret --path 'streamkeys:tenbyte.apiKey' <apiKey>");
    expect(text).toContain("TENBYTE_API_KEY");
    expect(sandbox.requests).toEqual([]);
  });

  it("are not sent over plain http to another machine", async () => {
    await open({ TENBYTE_API_KEY: "tkb_sandbox", TENBYTE_BASE_URL: "http://tenbyte.example.test/v1" });
    expect(failed(await stack.up())).toMatch(
      /http:\/\/tenbyte\.example\.test is refused, because stream keys would cross/,
    );
  });

  it("fail by name when the config object has a misspelt field", async () => {
    await open(sandbox.environment);
    await stack.mustRun("config", "set", "--path", "streamkeys:tenbyte.apikey", "x");
    expect(failed(await stack.up())).toMatch(/streamkeys:tenbyte.*"apikey".*Its fields are: apiKey, token/);
  });

  it("and what else nobody reads fail in one error, before a key is rotated in vain", async () => {
    await open(sandbox.environment);
    stack.program(`for (const name of ["a", "b"]) new uiza.Stream(name, { region: "in-mumbai-1" });`);
    await stack.mustRun("config", "set", "streamkeys:rotateall", "leak");
    await stack.mustRun("config", "set", "--secret", "streamkeys:uiza.apiKey", "uap-secret");
    for (const text of [failed(await stack.preview()), failed(await stack.up())]) {
      expect(text.match(/streamkeys:rotateall: did you mean streamkeys:rotateAll\?/g)).toHaveLength(1);
      expect(text).toMatch(/streamkeys:uiza.apiKey: without --path it is a key of its own/);
      expect(text).not.toContain("uap-secret");
    }
    expect(sandbox.requests).toEqual([]);
    await stack.mustRun("config", "rm", "streamkeys:rotateall");
    await stack.mustRun("config", "rm", "streamkeys:uiza.apiKey");
    await stack.mustRun("config", "set", "rotateAll", "leak");
    expect(succeeded(await stack.preview())).toMatch(
      /project:rotateAll is a setting of the program's own, and rotates no key/,
    );
  });

  it("of several accounts are kept apart, and a change of account replaces", async () => {
    await open(sandbox.environment);
    const audio = (account: string): string => `new tenbyte.Stream("news", {
      type: "event", mode: "audio", region: "sg", ingest: { kind: "push", protocols: ["srt"] }, outputProtocols: ["hls"],
      ladder: { audio: [{ codec: "aac", channels: 2, sampleRateHz: 48000, bitrateKbps: 96 }] },
      packaging: { hls: { segmentFormat: "fmp4" } }, ${account} });`;
    const base = sandbox.environment.TENBYTE_BASE_URL ?? "";
    await stack.mustRun(
      "config",
      "set",
      "--secret",
      "--path",
      "streamkeys:tenbyte.accounts.eu.apiKey",
      "tkb_sandbox_eu",
    );
    await stack.mustRun("config", "set", "--path", "streamkeys:tenbyte.accounts.eu.baseUrl", base);
    const owners = (): unknown[] =>
      Object.values(sandbox.data.tenbyte?.streams as Record<string, { organization_id: string }>).map(
        (s) => s.organization_id,
      );

    stack.program(audio(""));
    succeeded(await stack.up());
    expect(owners()).toEqual(["org-main"]);
    stack.program(audio('account: "eu"'));
    expect(succeeded(await stack.preview())).toMatch(/tenbyte:Stream: \(replace\)/);
    succeeded(await stack.up());
    expect(owners()).toEqual(["org-eu"]);
    stack.program(audio('account: "us"'));
    expect(failed(await stack.up())).toMatch(/account us.*no such account.*Configured accounts: eu/);
    expect(owners()).toEqual(["org-eu"]);
  });
});
