import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Sandbox, startSandbox } from "../../sandbox";
import { succeeded, TestStack } from "../harness/stack";
import { streamkeys } from "./command";

/**
 * A whole account taken over at once: `streamkeys discover --import-file`, then `pulumi import --file`. As many keys as
 * `HOW_MANY` says: `HOW_MANY=1000 npx jest test/cli/import-file -t keys` is the long form.
 */

const HOW_MANY = Number(process.env.HOW_MANY ?? 100);

describe("streamkeys discover --import-file", () => {
  let sandbox: Sandbox;
  let stack: TestStack;
  const file = (): string => join(stack.folder, "import.json");
  const take = (vendor: string) =>
    streamkeys(
      { cwd: stack.folder, env: stack.env() },
      ...["discover", vendor, "--emit", "--show-secrets", "--import-file", file()],
    );
  /** What an emitted program says, as the body of a test program. */
  const body = (program: string): string => program.replace(/^import .*$/gm, "");
  const importIt = () =>
    stack.mustRun("import", "--file", file(), "--generate-code=false", "--protect=false", "--yes");
  const writes = () => sandbox.requests.filter(({ method }) => method !== "GET");

  beforeEach(async () => {
    sandbox = await startSandbox();
    stack = await TestStack.create("", sandbox.environment);
  });
  afterEach(async () => {
    await sandbox.close();
    stack.remove();
  });

  it(`takes over ${HOW_MANY} keys without a write, and the emitted program then plans nothing`, async () => {
    const maker = await TestStack.create(`new aioz.StreamKey("key", { save: true });`, sandbox.environment);
    succeeded(await maker.up());
    maker.remove();
    const keys = (
      sandbox.data.aioz as { keys: Record<string, { id: string; name: string; stream_key: string }> }
    ).keys;
    const [made] = Object.values(keys);
    for (let number = 1; number < HOW_MANY; number += 1) {
      const id = `${made!.id.slice(0, -6)}${String(number).padStart(6, "0")}`;
      keys[id] = { ...made!, id, name: `key ${number}`, stream_key: `${made!.stream_key}${number}` };
    }
    sandbox.requests.length = 0;

    const { status, stdout, stderr } = await take("aioz");
    expect({ status, stderr }).toMatchObject({
      status: 0,
      stderr: expect.stringContaining("pulumi import --file") as string,
    });
    expect(statSync(file()).mode & 0o777).toBe(0o600);
    await importIt();
    expect(writes()).toEqual([]);

    stack.program(body(stdout));
    const preview = succeeded(await stack.preview());
    expect(preview).toMatch(new RegExp(`${HOW_MANY + 1} unchanged`));
    const state = stack.files().filter(({ file: path }) => path.includes("state"));
    for (const { text } of state) expect(text).not.toContain(made!.stream_key);
    expect(
      (await stack.exported()).some(({ outputs }) => JSON.stringify(outputs).includes(made!.stream_key)),
    ).toBe(true);
  });

  it("takes over what holds secrets within its inputs, and resources that name each other", async () => {
    const maker = await TestStack.create(
      `
      const news = new tenbyte.Stream("camera", {
        type: "event", mode: "audio", region: "sg-edge-04",
        ingest: { kind: "pull", primary: { protocol: "rtsp", url: "rtsp://camera:a-camera-password@camera.test/1" } },
        outputProtocols: ["hls"], packaging: { hls: { segmentFormat: "fmp4" } },
        ladder: { audio: [{ codec: "aac", channels: 2, sampleRateHz: 48000, bitrateKbps: 128 }] },
      });
      new tenbyte.StreamKey("camera", { streamId: news.id });`,
      sandbox.environment,
    );
    succeeded(await maker.up());
    maker.remove();
    sandbox.requests.length = 0;

    const { stdout } = await take("tenbyte");
    await importIt();
    stack.program(body(stdout));
    expect(succeeded(await stack.preview())).toMatch(/3 unchanged/);
    expect(succeeded(await stack.refresh())).not.toMatch(/updated|deleted/);
    expect(writes()).toEqual([]);
    for (const { file: path, text } of stack.files().filter(({ file: path }) => path.includes("/state/"))) {
      expect({ path, shown: text.includes("a-camera-password") }).toEqual({ path, shown: false });
    }
    succeeded(await stack.destroy());
    expect(Object.keys((sandbox.data.tenbyte as { streams: object }).streams)).toEqual([]);
  });

  it("never writes over a file, which may hold keys or be somebody else's", async () => {
    writeFileSync(file(), "mine");
    const { status, stderr } = await take("aioz");
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr: expect.stringMatching(/import\.json exists already/) as string,
    });
    expect(readFileSync(file(), "utf8")).toBe("mine");
    rmSync(file());
    expect(existsSync(file())).toBe(false);
  });
});
