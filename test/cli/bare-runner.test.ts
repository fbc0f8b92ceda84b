import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installFlat, pack } from "../harness/installed";
import { type Ended, run } from "./command";

/** `streamkeys doctor` on a runner that has Node and nothing else: an empty home, no PATH, no credentials. */

const LINES_OF_A_SCREEN = 24;

describe("streamkeys doctor on a bare runner", () => {
  let runner: string;
  const doctor = (): Promise<Ended> =>
    run(
      join(runner, "tool/node_modules/pulumi-streamkeys/dist/cli/index.js"),
      { cwd: join(runner, "job"), env: { HOME: join(runner, "home"), PATH: "" } },
      "doctor",
    );

  beforeAll(() => {
    runner = mkdtempSync(join(tmpdir(), "streamkeys-bare-"));
    for (const folder of ["home", "job"]) mkdirSync(join(runner, folder));
    writeFileSync(join(runner, "job/Pulumi.yaml"), "name: project\nruntime: nodejs\n");
    const packed = join(runner, "packed");
    pack(packed);
    installFlat(packed, join(runner, "tool"));
  });
  afterAll(() => {
    rmSync(runner, { recursive: true, force: true });
  });

  it("says in one screen that engine, modules and credentials are missing, and what to type: 1", async () => {
    const { status, stdout } = await doctor();
    expect(status).toBe(1);
    expect(stdout).toMatch(/^Pulumi engine +fails +There is no `pulumi` on PATH. Install Pulumi: https/m);
    expect(stdout).toMatch(
      /^package pulumi-streamkeys +fails .*npm install pulumi-streamkeys @pulumi\/pulumi/m,
    );
    expect(stdout).toMatch(/^credentials +fails +no vendor has any/m);
    expect(stdout.trimEnd().split("\n").length).toBeLessThanOrEqual(LINES_OF_A_SCREEN);
  });

  it("does so without Pulumi's SDK too, which is a peer that not every installer brings: 1", async () => {
    rmSync(join(runner, "tool/node_modules/@pulumi"), { recursive: true });
    const { status, stdout, stderr } = await doctor();
    expect(status).toBe(1);
    expect(stdout).toMatch(/^Pulumi engine +fails +@pulumi\/pulumi is not installed here. Run: npm install/m);
    expect(stdout + stderr).not.toContain("at Module.");
  });
});
