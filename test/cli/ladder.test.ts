import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ladderSvg, presets, toTenbyteLadder } from "../../provider/ladders";
import { type Ended, json, streamkeys } from "./command";

/** `streamkeys ladder`: a look at an encoding ladder before anything is applied. */

const rung = presets["h264-720p30"].rungs[3];

describe("streamkeys ladder", () => {
  let folder: string;
  const run = (...args: string[]): Promise<Ended> =>
    streamkeys({ cwd: folder, env: { PATH: process.env.PATH ?? "" } }, "ladder", ...args);
  const write = (content: unknown): void => {
    writeFileSync(join(folder, "news.json"), JSON.stringify(content));
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "streamkeys-ladder-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it("shows a preset as a table, with pixels a second, bits per pixel and the least level", async () => {
    const { status, stdout } = await run("h264-1080p60");
    expect(status).toBe(0);
    expect(stdout).toMatch(/^RUNG +SIZE +.*MPIXEL\/S +BITS\/PIXEL +LEAST LEVEL/);
    expect(stdout).toMatch(/^1080p60 +1920x1080 +60 +h264 +high +4\.2 +6000 +6600 +124\.4 +0\.048 +4\.2/m);
    expect(stdout).toContain("Nothing is to be said against it.");
  });

  it("lists the presets", async () => {
    const { stdout } = await run("--list");
    for (const name of Object.keys(presets)) expect(stdout).toMatch(new RegExp(`^${name} `, "m"));
    expect(json(await run("--json"))).toEqual(presets);
  });

  it("reports an error with 1, and not when its rule is off", async () => {
    write({ name: "news", rungs: [{ ...rung, level: "3.0" }] });
    const found = await run("news.json");
    expect(found.status).toBe(1);
    expect(found.stdout).toMatch(/^error +rungs\[0\]\.level .* level-size-rate$/m);
    const off = ["--off", "level-size-rate", "level-bitrate", "level-buffer"];
    expect((await run("news.json", ...off)).status).toBe(0);
  });

  it("reports a warning with 0", async () => {
    write({ name: "news", rungs: [{ ...rung, peakBitrateKbps: 6000, bufferKbit: 6000, level: "4.0" }] });
    const { status, stdout } = await run("news.json");
    expect(status).toBe(0);
    expect(stdout).toMatch(/^warning +rungs\[0\]\.peakBitrateKbps .* peak-above-double$/m);
  });

  it("names the path of what is wrong in a file", async () => {
    write({ name: "news", rungs: [{ ...rung, fps: "30", bitrate: 2800 }] });
    const { status, stderr } = await run("news.json");
    expect(status).toBe(1);
    expect(stderr).toMatch(/news\.json is not a ladder/);
    expect(stderr).toMatch(/rungs\[0\]\.fps: .*expected number/);
    expect(stderr).toMatch(/rungs\[0\]: Unrecognized key: "bitrate"/);
    writeFileSync(join(folder, "news.json"), "{");
    expect((await run("news.json")).stderr).toMatch(/^streamkeys: news\.json cannot be read as JSON: .*\n$/);
  });

  it("converts to a vendor's form", async () => {
    const { tenbyte, findings } = json(await run("h264-720p30", "--vendor", "tenbyte", "--json")) as {
      tenbyte: unknown;
      findings: unknown[];
    };
    expect(tenbyte).toEqual(toTenbyteLadder(presets["h264-720p30"]));
    expect(findings).toEqual([]);
    expect((await run("h264-720p30", "--vendor", "aioz")).stderr).toContain("AIOZ has no field for fps");
  });

  it("reports what a vendor cannot take", async () => {
    write({ name: "news", rungs: [{ ...rung, fps: 50, level: "4.0" }] });
    expect((await run("news.json")).status).toBe(0);
    const { status, stdout } = await run("news.json", "--vendor", "tenbyte");
    expect(status).toBe(1);
    expect(stdout).toMatch(/^error +720p30, fps +Tenbyte takes 24, 25, 30, 60, not 50 +to tenbyte$/m);
  });

  it("draws it", async () => {
    await run("h264-1080p60", "--svg", "news.svg");
    expect(readFileSync(join(folder, "news.svg"), "utf8")).toBe(ladderSvg(presets["h264-1080p60"]));
  });
});
