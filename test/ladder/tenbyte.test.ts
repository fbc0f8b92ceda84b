import { checkTenbyteLadder, LadderError, presets, toTenbyteLadder } from "../../provider/ladders";
import type { Ladder, LadderProblem, VideoRung } from "../../provider/ladders";
import { UNKNOWN } from "../../provider/engine-values";
import { publishedLadder } from "./published";

const preset = presets["h264-720p60"];
const top = preset.rungs[3] as VideoRung;

function problems(convert: () => unknown): readonly LadderProblem[] {
  try {
    convert();
  } catch (error) {
    if (error instanceof LadderError) return error.problems;
    throw error;
  }
  throw new Error("it converted");
}

test("a video rung in Tenbyte's words, its GOP in frames", () => {
  expect(toTenbyteLadder(preset).video?.[3]).toEqual({
    name: "720p60",
    width: 1280,
    height: 720,
    fps: 60,
    gop: 120,
    bitrateKbps: 3360,
    maxBitrateKbps: 3696,
    bufSizeKbps: 5040,
    codec: "h264",
    profile: "high",
    level: "3.2",
    bframes: 2,
    audio: { codec: "aac", channels: 2, sampleRateHz: 48_000, audioBitrateKbps: 128 },
  });
});

test("what a rung leaves open stays absent", () => {
  const { profile, level, peakBitrateKbps, bufferKbit, bFrames, ...bare } = top;
  expect([profile, level, peakBitrateKbps, bufferKbit, bFrames]).not.toContain(undefined);
  const [rung] = toTenbyteLadder({ name: "bare", rungs: [bare] }).video ?? [];
  expect(Object.keys(rung ?? {})).toEqual([
    "name",
    "width",
    "height",
    "fps",
    "gop",
    "bitrateKbps",
    "codec",
    "audio",
  ]);
});

test("audio-only rungs in Tenbyte's words", () => {
  expect(toTenbyteLadder(presets.audio)).toEqual({
    audio: [64, 96, 160].map((bitrateKbps) => ({
      name: `audio-${bitrateKbps}k`,
      codec: "aac",
      channels: 2,
      sampleRateHz: 48_000,
      bitrateKbps,
    })),
  });
});

/** Tenbyte takes 24, 25, 30 and 60 fps. */
const taken = Object.entries(presets).filter(([name]) => !/p(50|59\.94)$/.test(name));

test.each(taken)("preset %s converts and passes Tenbyte's rules", (name, ladder) => {
  expect(checkTenbyteLadder(toTenbyteLadder(ladder), { mode: name === "audio" ? "audio" : "video" })).toEqual(
    [],
  );
});

test("Tenbyte's own template converts", () => {
  expect(toTenbyteLadder(publishedLadder("Tenbyte Balanced")).video?.map(({ gop }) => gop)).toEqual([
    60, 60, 60,
  ]);
});

test("every rung and field that Tenbyte cannot take is named, all at once", () => {
  const odd: Ladder = {
    name: "odd",
    rungs: [
      { ...top, name: "a", width: 960, height: 540, fps: 50 },
      { ...top, name: "b", fps: 25, keyframeIntervalSeconds: 1.99 },
      { ...top, name: "c", audio: undefined },
    ],
  };
  expect(problems(() => toTenbyteLadder(odd)).map(({ rung, field }) => [rung, field])).toEqual([
    ["a", "height"],
    ["a", "fps"],
    ["b", "keyframeIntervalSeconds"],
    ["c", "audio"],
  ]);
  expect(() => toTenbyteLadder(odd)).toThrow(
    /ladder "odd" does not fit Tenbyte[^]*rung "a", height: Tenbyte takes 240/,
  );
});

test("audio-only rungs beside video rungs are lost only when the caller says so", () => {
  const mixed: Ladder = { name: "mixed", rungs: [...presets.audio.rungs.slice(0, 1), top] };
  expect(problems(() => toTenbyteLadder(mixed))).toMatchObject([{ rung: "audio-64k", field: "kind" }]);
  expect(toTenbyteLadder(mixed, { allow: ["audioOnlyRungs"] })).toEqual({
    video: [expect.objectContaining({ name: "720p60" })],
  });
});

test("a ladder without rungs is refused", () => {
  expect(problems(() => toTenbyteLadder({ name: "none", rungs: [] }))).toMatchObject([{ field: "rungs" }]);
});

test("findings stand on the user's own paths", () => {
  const input = {
    video: [{ ...toTenbyteLadder(preset).video?.[3], maxBitrateKbps: 1, gop: 2, level: "3.0" }],
  };
  expect(checkTenbyteLadder(input, { mode: "video" }).map(({ rule, path }) => [rule, path])).toEqual([
    ["peak-below-average", "video[0].maxBitrateKbps"],
    ["level-size-rate", "video[0].level"],
    ["bframes-in-gop", "video[0].bframes"],
    ["keyframe-interval-length", "video[0].gop"],
  ]);
});

test("the classic slip: one GOP in frames for rungs of 25 and 30 fps", () => {
  const video = toTenbyteLadder(presets["h264-480p30"]).video ?? [];
  const slip = { video: video.map((rung, index) => (index === 0 ? { ...rung, fps: 25 } : rung)) };
  const found = checkTenbyteLadder(slip, { mode: "video" });
  expect(found.map(({ rule, path }) => [rule, path])).toEqual([
    ["fps-family", "video[0].fps"],
    ["keyframe-alignment", "video[0].gop"],
  ]);
  expect(found[1]?.message).toContain("use 2 s (50 frames)");
});

test("a zero that Tenbyte takes for unset is no finding", () => {
  const [rung] = toTenbyteLadder(preset).video ?? [];
  expect(checkTenbyteLadder({ video: [{ ...rung, maxBitrateKbps: 0, bufSizeKbps: 0, bframes: 0 }] })).toEqual(
    [],
  );
});

describe("at preview", () => {
  const input = toTenbyteLadder(presets["h264-1080p30"]);

  /** Every copy of a value with one part of it replaced by the engine's unknown. */
  function holes(value: unknown): unknown[] {
    if (Array.isArray(value)) {
      const items: unknown[] = value;
      return [UNKNOWN, ...items.flatMap((item, at) => holes(item).map((hole) => items.with(at, hole)))];
    }
    if (typeof value === "object" && value !== null) {
      const entries = Object.entries(value);
      return [
        UNKNOWN,
        ...entries.flatMap(([key, item]) => holes(item).map((hole) => ({ ...value, [key]: hole }))),
      ];
    }
    return [UNKNOWN];
  }

  test("an unknown anywhere in a good ladder is no finding", () => {
    const all = holes(input);
    expect(all.length).toBeGreaterThan(90);
    for (const hole of all)
      expect(checkTenbyteLadder(hole, { mode: "video", segmentSeconds: 4 })).toEqual([]);
  });

  test("what is known is still checked beside what is not", () => {
    const partly = { video: [UNKNOWN, { ...input.video?.[1], fps: 50, gop: UNKNOWN, level: UNKNOWN }] };
    expect(checkTenbyteLadder(partly).map(({ path }) => path)).toEqual(["video[1].fps"]);
  });

  test("two rungs that are equal so far are no duplicates while part of one is unknown", () => {
    const [rung] = input.video ?? [];
    expect(
      checkTenbyteLadder({ video: [rung, { ...rung, name: "b", profile: UNKNOWN }] }).map(({ rule }) => rule),
    ).toEqual([]);
  });

  test("an unknown context is no finding", () => {
    const context = { mode: UNKNOWN, segmentSeconds: UNKNOWN as unknown as number, segmentFormat: UNKNOWN };
    expect(checkTenbyteLadder(input, context)).toEqual([]);
  });
});

test.each([
  undefined,
  null,
  7,
  "ladder",
  [],
  {},
  { video: 7 },
  { video: [null, 7, "x", [], {}] },
  { audio: [undefined] },
])("odd input is no crash: %j", (odd) => {
  expect(Array.isArray(checkTenbyteLadder(odd))).toBe(true);
});
