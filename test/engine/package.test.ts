import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Sandbox, startSandbox } from "../../sandbox";
import { failed, succeeded, TestStack } from "../harness/stack";

/** The package as a user gets it: packed, installed outside of the clone, used by a TypeScript program. */

const PROGRAM = `
import { tenbyte } from "pulumi-streamkeys";
import { presets, toTenbyteLadder } from "pulumi-streamkeys/ladder";

const stream = new tenbyte.Stream("news", {
  type: "linear",
  mode: "video",
  region: "sg-edge-04",
  ingest: { kind: "push", protocols: ["rtmp"] },
  outputProtocols: ["hls"],
  ladder: toTenbyteLadder(presets["h264-720p30"]),
  packaging: { hls: { segmentFormat: "fmp4" } },
});
export const publishUrl = new tenbyte.StreamKey("news", { streamId: stream.id }).rtmpPublishUrl;
`;

describe("the packed package", () => {
  let sandbox: Sandbox;
  let stack: TestStack;
  let tarballs: string;

  beforeAll(async () => {
    sandbox = await startSandbox();
    tarballs = mkdtempSync(join(tmpdir(), "streamkeys-pack-"));
    execFileSync("npm", ["pack", "--ignore-scripts", "--pack-destination", tarballs], { stdio: "pipe" });
    const [tarball = ""] = readdirSync(tarballs);
    stack = await TestStack.empty(sandbox.environment);
    writeFileSync(join(stack.folder, "package.json"), JSON.stringify({ private: true, main: "index.ts" }));
    writeFileSync(join(stack.folder, "Pulumi.yaml"), "name: project\nruntime: nodejs\n");
    writeFileSync(join(stack.folder, "index.ts"), PROGRAM);
    const wanted = [join(tarballs, tarball), "@pulumi/pulumi@3.248.0", "typescript@5"];
    execFileSync("npm", ["install", "--no-audit", "--no-fund", "--prefer-offline", ...wanted], {
      cwd: stack.folder,
      stdio: "pipe",
    });
    await stack.mustRun("stack", "init", "test");
  }, 300_000);

  afterAll(async () => {
    await sandbox.close();
    stack.remove();
    rmSync(tarballs, { recursive: true, force: true });
  });

  it("carries no test, sample or source", () => {
    const files = readdirSync(join(stack.folder, "node_modules/pulumi-streamkeys"), {
      recursive: true,
      encoding: "utf8",
    });
    expect(files.filter((file) => /(^|\/)(test|examples|scripts)\/|samples|[^d]\.ts$/.test(file))).toEqual(
      [],
    );
    expect(files).toEqual(
      expect.arrayContaining(["LICENSE", "README.md", "schema.json", "dist/provider/hosts/dynamic.js"]),
    );
  });

  it("goes up, previews clean, refreshes, and, after `npm ci` was forgotten, says so; then goes down", async () => {
    succeeded(await stack.up());
    expect(succeeded(await stack.preview())).toMatch(/3 unchanged/);
    expect(succeeded(await stack.refresh())).toMatch(/3 unchanged/);
    const installed = join(stack.folder, "node_modules/pulumi-streamkeys");
    renameSync(installed, `${installed}-away`);
    expect(failed(await stack.destroy())).toMatch(
      /Cannot find module 'pulumi-streamkeys\/host, installed by npm ci'/,
    );
    renameSync(`${installed}-away`, installed);
    succeeded(await stack.destroy());
    expect(stack.resources()).toEqual([]);
  });
});
