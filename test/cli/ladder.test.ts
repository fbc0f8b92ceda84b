import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ladderSvg, presets, toTenbyteLadder } from "../../provider/ladders";
import { texts } from "../ladder/forms";
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

  it("shows a preset as a table of at most 80 columns", async () => {
    const { status, stdout } = await run("h264-1080p60", "--cost");
    expect(status).toBe(0);
    expect(stdout).toMatch(/^RUNG +SIZE +FPS +CODEC +LEVEL +KBPS +PEAK +BIT\/PX +AUDIO$/m);
    expect(stdout).toMatch(/^1080p60 +1920x1080 +60 +h264 high +4\.2 +6000 +6600 +0\.048 +aac 192$/m);
    expect(stdout).toMatch(/^5 encode\(s\) +\d/m);
    expect(stdout).toContain("Nothing is to be said against it.");
  });

  it("keeps to 80 columns whatever there is to show", async () => {
    const wide = {
      ...rung,
      name: "a rung with a name that is far too long",
      width: 2560,
      height: 1440,
      fps: "60000/1001",
      codec: "h265",
      profile: "main42210",
      bitrateKbps: 16_800,
      peakBitrateKbps: 168_000,
    };
    write({ name: "news", rungs: [wide, rung] });
    for (const args of [["news.json"], ["h265-1440p59.94"], ["--list"], ["h264-1080p50", "--cost"]]) {
      const { stdout } = await run(...args);
      expect(stdout.split("\n").filter((line) => line.length > 80)).toEqual([]);
    }
  });

  it("lists the presets", async () => {
    const { stdout } = await run("--list");
    for (const name of Object.keys(presets)) expect(stdout).toMatch(new RegExp(`^${name} `, "m"));
    expect(json(await run("--json"))).toEqual(presets);
  });

  it("takes segments into account", async () => {
    const { stdout } = await run("h265-720p30", "--segment", "1", "--segment-format", "mpegts");
    expect(stdout).toMatch(/keyframe-divides-segment/);
    expect(stdout).toMatch(/hevc-container/);
    expect((await run("h265-720p30", "--segment", "0")).status).toBe(2);
  });

  it("tells two ladders apart", async () => {
    write({ ...presets["h264-720p30"], rungs: presets["h264-720p30"].rungs.slice(1) });
    const text = await run("diff", "h264-720p30", "news.json");
    expect([text.status, text.stdout]).toEqual([1, "- 240p30: 426x240 h264 400 kbps\n"]);
    expect(json(await run("diff", "h264-720p30", "news.json", "--json"))).toMatchObject([
      { kind: "removed", rung: "240p30" },
    ]);
    expect((await run("diff", "h264-720p30", "h264-720p30")).status).toBe(0);
  });

  it("imports what another program wrote, says what was lost, and exports it again", async () => {
    writeFileSync(join(folder, "master.m3u8"), texts.bipbop);
    const { status, stderr } = await run("import", "master.m3u8", "--out", "news.json", "--name", "bipbop");
    expect([status, stderr]).toEqual([
      0,
      expect.stringMatching(/audio: the bitrate of its sound[^]*Written to news\.json/),
    ]);
    expect((await run("news.json")).stdout).toMatch(/^note +rungs\[0\]\.height +rung-order$/m);
    expect((await run("export", "news.json", "--to", "hls")).stdout).toContain("BANDWIDTH=2177000");
    writeFileSync(join(folder, "encoder.json"), texts.obs);
    expect((await run("import", "encoder.json")).stderr).toContain("--size 1280x720");
    expect(json(await run("import", "encoder.json", "--size", "1920x1080", "--fps", "59.94"))).toMatchObject({
      rungs: [{ fps: "60000/1001" }],
    });
    expect((await run("import", "none.m3u8")).stderr).toMatch(/none\.m3u8 cannot be read/);
  });

  it("imports a playlist from the address that is given", async () => {
    const server = createServer((_, response) => response.end(texts.bipbop)).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const ladder = json(await run("import", `http://127.0.0.1:${port}/master.m3u8`)) as { rungs: unknown[] };
    server.close();
    expect(ladder.rungs).toHaveLength(8);
  });

  it("says what a misspelt codec means", async () => {
    write({ name: "news", rungs: [{ ...rung, codec: "hevc" }] });
    expect((await run("news.json")).stderr).toContain("did you mean h265?");
    expect((await run("h264-720")).stderr).toContain("Did you mean h264-720p30?");
  });

  it("reports an error with 1, and not when its rule is off", async () => {
    write({ name: "news", rungs: [{ ...rung, level: "3.0" }] });
    const found = await run("news.json");
    expect(found.status).toBe(1);
    expect(found.stdout).toMatch(/^error +rungs\[0\]\.level +level-size-rate$/m);
    const off = ["--off", "level-size-rate", "level-bitrate", "level-buffer"];
    expect((await run("news.json", ...off)).status).toBe(0);
    expect((await run("news.json", ...off.map((id) => id.replace(/^level.*/, "$&@720p30")))).status).toBe(0);
  });

  it("reports a warning with 0", async () => {
    write({ name: "news", rungs: [{ ...rung, peakBitrateKbps: 6000, bufferKbit: 6000, level: "4.0" }] });
    const { status, stdout } = await run("news.json");
    expect(status).toBe(0);
    expect(stdout).toMatch(/^warning +rungs\[0\]\.peakBitrateKbps +peak-above-double$/m);
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
    expect(stdout).toMatch(/^error +720p30, fps +to tenbyte\n +Tenbyte takes 24, 25, 30, 60, not 50$/m);
  });

  it("draws it", async () => {
    await run("h264-1080p60", "--svg", "news.svg");
    expect(readFileSync(join(folder, "news.svg"), "utf8")).toBe(ladderSvg(presets["h264-1080p60"]));
  });
});
