import {
  cap,
  checkLadder,
  compareLadders,
  costTable,
  dropRung,
  formatChange,
  join,
  ladderCost,
  LadderError,
  portrait,
  presets,
  rung,
  withFps,
  withinSource,
} from "../../provider/ladders";
import type { Ladder } from "../../provider/ladders";

const names = (ladder: Ladder) => ladder.rungs.map(({ name }) => name);
const ladder = presets["h264-1080p30"];

test("presets are rising 16:9 ladders in the sizes every vendor takes", () => {
  expect(names(presets["h264-1440p60"])).toEqual([
    "240p30",
    "360p30",
    "480p30",
    "720p60",
    "1080p60",
    "1440p60",
  ]);
  expect(names(presets["h265-480p30"])).toEqual(["240p30", "360p30", "480p30"]);
  expect(names(presets.audio)).toEqual(["audio-64k", "audio-96k", "audio-160k"]);
});

test("a preset cannot be changed in place", () => {
  expect(() => Object.assign(presets.audio.rungs, { 0: undefined })).toThrow(TypeError);
  expect(() => Object.assign(ladder.rungs[0] ?? {}, { name: "mine" })).toThrow(TypeError);
});

test("cap drops the rungs above a height and above a bitrate, and leaves the given ladder alone", () => {
  expect(names(cap(ladder, { height: 480 }))).toEqual(["240p30", "360p30", "480p30"]);
  expect(names(cap(ladder, { bitrateKbps: 2800 }))).toEqual(["240p30", "360p30", "480p30", "720p30"]);
  expect(names(cap(presets.audio, { bitrateKbps: 100 }))).toEqual(["audio-64k", "audio-96k"]);
  expect(ladder.rungs).toHaveLength(5);
});

test("dropRung takes one rung out by name", () => {
  expect(names(dropRung(ladder, "360p30"))).toEqual(["240p30", "480p30", "720p30", "1080p30"]);
});

test("a ladder is never left without a rung, and a misspelt name is not taken for a dropped one", () => {
  expect(() => cap(ladder, { height: 100 })).toThrow(LadderError);
  expect(() => dropRung(ladder, "4K")).toThrow(/no rung "4K"[^]*240p30, 360p30/);
  expect(() => dropRung(cap(ladder, { height: 240 }), "240p30")).toThrow(LadderError);
});

describe("withFps", () => {
  const at = (name: keyof typeof presets, fps: number | string) =>
    withFps(presets[name], fps).rungs.map(
      (rung) => rung.kind === "video" && [rung.name, rung.fps, rung.bitrateKbps],
    );

  test("renames, and recomputes level, bitrate, peak and buffer", () => {
    expect(withFps(ladder, 60).rungs[4]).toEqual({
      ...presets["h264-1080p60"].rungs[4],
      audio: ladder.rungs[4]?.audio,
    });
  });

  test("60 becomes 50 where 30 becomes 25", () => {
    expect(at("h264-720p60", 50)).toEqual([
      ["240p25", 25, 400],
      ["360p25", 25, 800],
      ["480p25", 25, 1400],
      ["720p50", 50, 3173],
    ]);
  });

  test("a part that would be too slow is not taken: 60 and 30 become 30", () => {
    expect(at("h264-720p60", 30).map((rung) => rung && rung[1])).toEqual([30, 30, 30, 30]);
  });

  test("broadcast rates are exact, and GOPs stay whole", () => {
    const [low, , , top] = withFps(presets["h264-720p60"], 59.94).rungs;
    expect([low, top]).toMatchObject([
      { name: "240p29.97", fps: "30000/1001", keyframeIntervalSeconds: 2.002 },
      { name: "720p59.94", fps: "60000/1001", keyframeIntervalSeconds: 2.002 },
    ]);
    expect(withFps(presets["h264-720p30"], 23.976).rungs[3]).toMatchObject({
      fps: "24000/1001",
      name: "720p23.976",
    });
  });

  test("lowers no level, and refuses what is no rate", () => {
    expect(withFps(ladder, 25).rungs[4]).toMatchObject({ fps: 25, level: "4.0", bitrateKbps: 5000 });
    expect(() => withFps(ladder, "fast")).toThrow(/write it like 25/);
  });

  test.each([24, 25, 30, 50, 60, 23.976, 29.97, 59.94, "30000/1001"])(
    "what it makes passes the rules: %s",
    (fps) => {
      for (const preset of Object.values(presets)) expect(checkLadder(withFps(preset, fps))).toEqual([]);
    },
  );
});

test("withinSource drops what is larger or faster than the source, whichever way round it stands", () => {
  const fast = presets["h264-1080p60"];
  expect(names(withinSource(fast, { width: 1280, height: 720, fps: 60 }))).toHaveLength(4);
  expect(names(withinSource(portrait(fast), { width: 720, height: 1280 }))).toHaveLength(4);
  expect(names(withinSource(fast, { height: 720 }))).toHaveLength(4);
  expect(names(withinSource(fast, { fps: 29.97 }))).toEqual(["240p30", "360p30", "480p30"]);
  expect(() => withinSource(fast, { height: 100 })).toThrow(LadderError);
});

test("a portrait ladder is capped by its shorter side, and passes the rules", () => {
  const upright = portrait(ladder);
  expect(upright.rungs[4]).toMatchObject({ width: 1080, height: 1920 });
  expect(names(cap(upright, { height: 720 }))).toEqual(["240p30", "360p30", "480p30", "720p30"]);
  expect(checkLadder(upright)).toEqual([]);
});

test("join takes the rungs of both, once each, and tells namesakes apart by codec", () => {
  const both = join(presets["h264-480p30"], presets["h265-480p30"]);
  expect(names(both)).toEqual(["240p30", "360p30", "480p30", "h265-240p30", "h265-360p30", "h265-480p30"]);
  expect(join(ladder, presets["h264-720p30"], "same")).toEqual({ ...ladder, name: "same" });
  expect(checkLadder(both)).toEqual([]);
  expect(() =>
    join(ladder, withFps({ ...ladder, rungs: ladder.rungs.map((rung) => ({ ...rung, name: "x" })) }, 25)),
  ).not.toThrow();
});

test("rung fills in what presets have, and keeps what is given", () => {
  expect(rung({ height: 720, fps: 30, bitrateKbps: 2800 })).toEqual(
    Object.fromEntries(
      Object.entries(presets["h264-720p30"].rungs[3] ?? {}).filter(([field]) => field !== "audio"),
    ),
  );
  expect(rung({ height: 1080, fps: "30000/1001", bitrateKbps: 5000 })).toMatchObject({
    name: "1080p29.97",
    gopFrames: 60,
  });
  expect(rung({ height: 2160, bitrateKbps: 12_000, codec: "h265", range: "hdr10" })).toMatchObject({
    profile: "main10",
    level: "5.0",
  });
  expect(rung({ height: 720, bitrateKbps: 2800, level: "4.0", name: "mine" })).toMatchObject({
    level: "4.0",
    name: "mine",
  });
  for (const codec of ["h264", "h265", "av1"] as const)
    for (const fps of [25, 29.97, 50, 60])
      expect(
        checkLadder({ name: "one", rungs: [rung({ height: 1080, fps, bitrateKbps: 5000, codec })] }),
      ).toEqual([]);
});

test("two ladders are compared rung by rung", () => {
  const changed: Ladder = {
    name: ladder.name,
    rungs: [
      ...dropRung(ladder, "240p30").rungs.slice(0, 3),
      rung({ height: 1080, fps: 30, bitrateKbps: 6000 }),
      rung({ height: 1440, bitrateKbps: 9000 }),
    ],
  };
  expect(compareLadders(ladder, ladder)).toEqual([]);
  expect(compareLadders(ladder, changed).map(formatChange)).toEqual([
    "- 240p30: 426x240 h264 400 kbps",
    "~ 1080p30 bitrateKbps: 5000 -> 6000",
    "~ 1080p30 peakBitrateKbps: 5500 -> 6600",
    "~ 1080p30 bufferKbit: 7500 -> 9000",
    "~ 1080p30 audio.codec: aac -> unset",
    "~ 1080p30 audio.bitrateKbps: 192 -> unset",
    "~ 1080p30 audio.channels: 2 -> unset",
    "~ 1080p30 audio.sampleRateHz: 48000 -> unset",
    "+ 1440p30: 2560x1440 h264 9000 kbps",
  ]);
  expect(compareLadders(ladder, { ...ladder, rungs: ladder.rungs.toReversed() })).toMatchObject([
    { kind: "moved" },
  ]);
});

test("what a ladder costs", () => {
  const cost = ladderCost(ladder, {
    shares: { "240p30": 1, "1080p30": 3 },
    pricePerGb: 0.05,
    viewerHours: 1000,
  });
  expect(cost).toMatchObject({ encodes: 5, kbps: 11_008 });
  expect(cost.megapixelsPerSecond).toBeCloseTo(
    (30 * (426 * 240 + 640 * 360 + 854 * 480 + 1280 * 720 + 1920 * 1080)) / 1e6,
  );
  // 464 kbps for a quarter of the time, 5192 kbps for the rest.
  expect(cost.gbPerViewerHour).toBeCloseTo(((0.25 * 464 + 0.75 * 5192) * 3600) / 8 / 1e6);
  expect(cost.price).toBeCloseTo(cost.gbPerViewerHour * 1000 * 0.05);
  expect(costTable(cost).rows.at(-1)).toEqual(["5 encode(s)", "112.1", "11008", "100 %", "1.804"]);
  expect(() => ladderCost(ladder, { shares: { "4K": 1 } })).toThrow(/"4K" is no rung/);
  expect(() => ladderCost(ladder, { shares: { "240p30": 0 } })).toThrow(/not all zero/);
});
