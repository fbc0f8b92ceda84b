/** Ladders that a rule once judged wrongly, by kind: the smallest input, and others like it. */
import {
  checkAiozQualities,
  checkLadder,
  checkTenbyteLadder,
  presets,
  smallestLevel,
} from "../../provider/ladders";
import type { Finding, Ladder, LadderContext, Rung, VideoRung } from "../../provider/ladders";
import { UNKNOWN } from "../../provider/engine-values";

const bare: VideoRung = {
  kind: "video",
  name: "bare",
  width: 1280,
  height: 720,
  fps: 30,
  codec: "h264",
  bitrateKbps: 2800,
};
const aac = { codec: "aac", bitrateKbps: 128, channels: 2, sampleRateHz: 48_000 } as const;

const ladder = (...rungs: Partial<VideoRung>[]): Ladder => ({
  name: "kind",
  rungs: rungs.map((rung, index) => ({ ...bare, name: `r${index}`, ...rung })),
});
const check = (given: Ladder, context?: LadderContext): Finding[] => checkLadder(given, context);
const ids = (found: readonly Finding[]): string[] => found.map(({ rule }) => rule);
const small = { width: 640, height: 360, bitrateKbps: 800 } as const;

describe("two rungs that anything but the name tells apart are no duplicates", () => {
  test.each<[string, Ladder]>([
    ["baseline and high", ladder({ ...small, profile: "baseline" }, { ...small, profile: "high" })],
    [
      "HEVC main and main10",
      ladder({ codec: "h265", profile: "main" }, { codec: "h265", profile: "main10" }),
    ],
    [
      "64 and 192 kbps of audio",
      ladder({ audio: { ...aac, bitrateKbps: 64 } }, { audio: { ...aac, bitrateKbps: 192 } }),
    ],
    ["languages", ladder({ audio: { ...aac, language: "en" } }, { audio: { ...aac, language: "fr" } })],
    ["with audio and silent", ladder({ audio: aac }, {})],
    ["SDR and HDR", ladder({ codec: "h265" }, { codec: "h265", profile: "main10", range: "hdr10" })],
    ["cbr and vbr", ladder({ rateControl: "cbr" }, { rateControl: "vbr" })],
    ["a level that is set and one that is not", ladder({}, { level: "3.1" })],
  ])("%s", (_, given) => {
    expect(check(given)).toEqual([]);
  });

  test("AIOZ's audio in two languages, and its unknown beside a known", () => {
    const audio = (language: unknown) => ({
      resolution: "audio",
      type: "hls",
      containerType: "mpegts",
      audioConfig: { codec: "aac", bitrate: 96_000, channels: "2", sampleRate: 48_000, language },
    });
    expect(checkAiozQualities([audio("en"), audio("fr")])).toEqual([]);
    expect(checkAiozQualities([audio("en"), audio(UNKNOWN)])).toEqual([]);
    expect(checkAiozQualities([audio("en"), audio(undefined)])).toEqual([]);
    expect(ids(checkAiozQualities([audio("en"), audio("en")]))).toEqual(["duplicate-rung"]);
  });

  test("Tenbyte's, alike but for a bitrate that is not known yet", () => {
    const rung = { width: 1280, height: 720, fps: 30, gop: 60, codec: "h264", audio: { codec: "aac" } };
    for (const hole of [UNKNOWN, undefined]) {
      const video = [
        { ...rung, bitrateKbps: hole },
        { ...rung, bitrateKbps: hole },
      ];
      expect(checkTenbyteLadder({ video })).toEqual([]);
    }
  });
});

describe("keyframes that meet at least once a segment are aligned", () => {
  const gops = (...seconds: number[]): Ladder =>
    ladder(
      ...seconds.map((keyframeIntervalSeconds, index) => ({
        keyframeIntervalSeconds,
        bitrateKbps: 2000 * 1.5 ** index,
      })),
    );

  test.each<[string, Ladder, LadderContext]>([
    ["2, 2 and 1 s in segments of 5 s", gops(2, 2, 1), { segmentSeconds: 5 }],
    ["2, 2 and 1 s in segments of 6 s", gops(2, 2, 1), { segmentSeconds: 6 }],
    ["4 and 2 s in segments of 6 s", gops(4, 2), { segmentSeconds: 6 }],
    ["0.5 and 2 s without a segment", gops(0.5, 2), {}],
    [
      "60, 60 and 30 frames at 29.97 in segments of 6 s",
      ladder(
        ...[60, 60, 30].map((gopFrames, at) => ({ gopFrames, fps: 29.97, bitrateKbps: 2000 * 1.5 ** at })),
      ),
      { segmentSeconds: 6 },
    ],
    [
      "H.264 and H.265 that never meet: no player switches between them",
      ladder({ keyframeIntervalSeconds: 2 }, { codec: "h265", keyframeIntervalSeconds: 1.9 }),
      {},
    ],
  ])("%s", (_, given, context) => {
    expect(check(given, context)).toEqual([]);
  });
});

describe("rates are rational, and a segment is a whole number of GOPs", () => {
  const at = (fps: VideoRung["fps"], gop: Partial<VideoRung>): Ladder =>
    ladder(...[800, 1400, 2400].map((bitrateKbps) => ({ fps, bitrateKbps, ...gop })));

  test.each<[string, Ladder, number]>([
    ["60 frames at 30000/1001, segments of 6 s", at("30000/1001", { gopFrames: 60 }), 6],
    ["60 frames at 29.97", at(29.97, { gopFrames: 60 }), 6],
    ["120 frames at 59.94", at(59.94, { gopFrames: 120 }), 6],
    ["48 frames at 23.976", at(23.976, { gopFrames: 48 }), 6],
    ["2 s said of 29.97", at(29.97, { keyframeIntervalSeconds: 2 }), 6],
    ["2.002 s said of 29.97", at(29.97, { keyframeIntervalSeconds: 2.002 }), 2],
    ["50 frames at 25", at(25, { gopFrames: 50 }), 6],
    [
      "1.92 s at 25 and 50",
      ladder({ fps: 50, keyframeIntervalSeconds: 1.92, bitrateKbps: 4000 }, { fps: 25, gopFrames: 48 }),
      5.76,
    ],
  ])("%s", (_, given, segmentSeconds) => {
    expect(check(given, { segmentSeconds })).toEqual([]);
  });

  test.each([
    [14.99, 29.97],
    [23.98, 47.95],
    [23.976, 47.952],
    [29.97, 59.94],
    ["30000/1001", "60000/1001"],
    [29.97, "60000/1001"],
    [12.5, 25],
    [7.49, 29.97],
  ] as const)("%s and %s fps are one family", (slow, fast) => {
    expect(ids(check(ladder({ fps: slow }, { fps: fast, bitrateKbps: 4000 })))).toEqual([]);
  });

  test.each([
    [30, 59.94],
    [29.97, 30],
    [24, 30],
    [25, 60],
    [23.976, 24],
  ] as const)("%s and %s fps are not", (slow, fast) => {
    expect(ids(check(ladder({ fps: slow }, { fps: fast, bitrateKbps: 4000 })))).toEqual(["fps-family"]);
  });

  test.each([
    [25, 1.5, "use 1.48 s (37 frames) or 1.52 s (38 frames)"],
    [50, 0.51, "use 0.5 s (25 frames) or 0.52 s (26 frames)"],
    [30, 1.99, "use 1.967 s (59 frames) or 2 s (60 frames)"],
    [24, 2.02, "use 2 s (48 frames) or 2.042 s (49 frames)"],
  ])("a GOP that is no whole number of frames: %d fps, %d s", (fps, keyframeIntervalSeconds, offers) => {
    const found = check(ladder({ fps, keyframeIntervalSeconds }));
    expect(ids(found)).toEqual(["gop-whole-frames"]);
    expect(found[0]?.message).toContain(offers);
  });
});

describe("tiers of H.265 and AV1", () => {
  const fast = { codec: "h265", width: 1920, height: 1080, fps: 60, level: "4.1" } as const;
  const at = (bitrateKbps: number, more: Partial<VideoRung> = {}): string[] =>
    ids(check(ladder({ ...fast, bitrateKbps, ...more })));

  test.each<[string, string[], string[]]>([
    ["within Main", at(20_000), []],
    ["beyond Main, unsaid", at(45_000), ["tier-unset"]],
    ["beyond Main, said high", at(45_000, { tier: "high" }), []],
    ["beyond Main, said main", at(45_000, { tier: "main" }), ["level-bitrate"]],
    ["beyond High", at(51_000), ["level-bitrate"]],
    ["a buffer beyond Main, unsaid", at(19_000, { bufferKbit: 25_000 }), ["tier-unset"]],
    ["AV1 beyond Main, unsaid", at(45_000, { codec: "av1" }), ["tier-unset"]],
    ["AV1 within Main", at(20_000, { codec: "av1" }), []],
  ])("%s", (_, found, right) => {
    expect(found).toEqual(right);
  });
});

describe("reference frames", () => {
  const most = (given: Partial<VideoRung>): number => {
    for (let refFrames = 1; refFrames <= 17; refFrames++) {
      if (ids(check(ladder({ ...given, refFrames }))).includes("level-ref-frames")) return refFrames - 1;
    }
    return 17;
  };
  const full = { width: 1920, height: 1080 } as const;

  test.each<[string, Partial<VideoRung>, number]>([
    ["H.264 1080p, level 4.0: 32768 / 8160", { ...full, level: "4.0" }, 4],
    ["H.264 1080p, level 5.1", { ...full, level: "5.1" }, 16],
    ["H.264 720p, level 3.1: 18000 / 3600", { level: "3.1" }, 5],
    ["H.264 1088 lines, level 4.2: 34816 / 8160", { ...full, fps: 60, level: "4.2" }, 4],
    ["H.265 1080p, level 4.1: 6 less the one being decoded", { ...full, codec: "h265", level: "4.1" }, 5],
    ["H.265 720p, level 4.1: half of the largest picture", { codec: "h265", level: "4.1" }, 11],
  ])("%s", (_, given, right) => {
    expect(most(given)).toBe(right);
  });
});

describe("combinations that contradict each other", () => {
  const tenbyte = {
    width: 1280,
    height: 720,
    fps: 30,
    gop: 60,
    codec: "h264",
    bitrateKbps: 2800,
    audio: { codec: "aac" },
  };

  test.each<[string, Finding[], string]>([
    [
      "cbr with crf",
      checkTenbyteLadder({ video: [{ ...tenbyte, rateControl: "cbr", crf: 20 }] }),
      "tenbyte-cbr-crf",
    ],
    [
      "cbr with a peak",
      checkTenbyteLadder({ video: [{ ...tenbyte, rateControl: "cbr", maxBitrateKbps: 3000 }] }),
      "cbr-peak",
    ],
    [
      "16 B-frames in a GOP of 15",
      checkTenbyteLadder({ video: [{ ...tenbyte, gop: 15, bframes: 16 }] }),
      "bframes-in-gop",
    ],
    ["half a B-frame", check(ladder({ bFrames: 1.5 })), "whole-number"],
    ["half a kbit", check(ladder({ bitrateKbps: 2069.5 })), "whole-number"],
    ["half a frame of a GOP", check(ladder({ gopFrames: 30.5 })), "whole-number"],
    [
      "B-frames in constrainedhigh",
      check(ladder({ profile: "constrainedhigh", bFrames: 1 })),
      "bframes-of-profile",
    ],
    [
      "B-frames in Constrained High",
      check(ladder({ profile: "Constrained High", bFrames: 1 })),
      "bframes-of-profile",
    ],
    ["no rung", check({ name: "none", rungs: [] }), "no-rungs"],
    ["no quality", checkAiozQualities([]), "no-rungs"],
  ])("%s", (_, found, rule) => {
    expect(ids(found)).toEqual([rule]);
  });
});

test("the first rung is where players start, wherever it stands in the order", () => {
  // Apple, bipbop advanced (fMP4 and TS masters), H.264 variants in their order.
  const sizes = [
    [960, 540, 2177],
    [1920, 1080, 8001],
    [1920, 1080, 6313],
    [1280, 720, 4944],
    [1280, 720, 3216],
    [768, 432, 1270],
    [640, 360, 902],
    [480, 270, 541],
  ] as const;
  const found = check(
    ladder(...sizes.map(([width, height, bitrateKbps]) => ({ width, height, bitrateKbps, fps: 60 }))),
  );
  expect(found).toMatchObject([{ rule: "rung-order", severity: "note", path: "rungs[0].height" }]);
  expect(found[0]?.message).toMatch(/players start with the first/);
  expect(found[0]?.message).not.toMatch(/order them/);
});

describe("shapes", () => {
  const shapes = (...sizes: [number, number, Partial<VideoRung>?][]) =>
    check(
      ladder(
        ...sizes.map(([width, height, more], at) => ({
          width,
          height,
          bitrateKbps: (500 * 1.6 ** at) | 0,
          ...more,
        })),
      ),
    );

  test("one odd rung is one finding, at that rung, also where it is the largest", () => {
    const found = shapes([426, 240], [640, 360], [854, 480], [1280, 720], [1920, 800]);
    expect(found.map(({ rule, path }) => [rule, path])).toEqual([["aspect-ratio", "rungs[4].width"]]);
  });

  test.each<[string, [number, number, Partial<VideoRung>?]]>([
    ["whole macroblocks: 640x352", [640, 352]],
    ["whole macroblocks: 640x368", [640, 368]],
    ["whole macroblocks: 848x480", [848, 480]],
    ["whole macroblocks: 1920x1088", [1920, 1088]],
    ["anamorphic, as SD is: 720x576", [720, 576]],
    ["anamorphic, as SD is: 720x480", [720, 480]],
    ["anamorphic, said: 720x576 of 64:45", [720, 576, { sampleAspect: "64:45" }]],
    ["anamorphic, said: 1440x1080 of 4:3", [1440, 1080, { sampleAspect: "4:3" }]],
    ["anamorphic, said: 960x720 of 4:3", [960, 720, { sampleAspect: "4:3" }]],
  ])("%s", (_, odd) => {
    const found = shapes([426, 240], [1280, 720], [2560, 1440], odd).filter(
      ({ rule }) => rule === "aspect-ratio",
    );
    expect(found).toEqual([]);
  });

  test("a sample aspect that is wrong is found", () => {
    expect(ids(shapes([1280, 720], [1920, 1080], [720, 576, { sampleAspect: "16:15" }]))).toContain(
      "aspect-ratio",
    );
  });
});

test("sound: audio-only rungs are renditions, and only like is compared with like", () => {
  const sound = (name: string, channels: number, bitrateKbps: number): Rung => ({
    kind: "audio",
    name,
    audio: { ...aac, channels, bitrateKbps },
  });
  const { rungs } = presets["h264-480p30"];
  expect(check({ name: "5.1 beside stereo", rungs: [...rungs, sound("5.1", 6, 384)] })).toEqual([]);
  expect(check({ name: "both", rungs: [sound("2.0", 2, 128), sound("5.1", 6, 384)] })).toEqual([]);
  const languages = ladder(
    { audio: { ...aac, language: "en" } },
    { audio: { ...aac, language: "fr", channels: 1 } },
  );
  expect(check(languages)).toEqual([]);
});

describe("profiles are known by name, with their factors", () => {
  test.each<[VideoRung["codec"], string, number]>([
    ["h264", "High 10 Intra", 3],
    ["h264", "high422intra", 4],
    ["h264", "CAVLC 4:4:4", 4],
    ["h264", "CAVLC 4:4:4 Intra", 4],
    ["h264", "High 4:4:4 Predictive", 4],
    ["h264", "Progressive High 10", 3],
    ["h264", "Constrained Baseline", 1],
    ["h265", "main444", 2],
    ["h265", "Main 4:2:2 12", 2],
    ["h265", "main422-10", 1.667],
    ["h265", "main444-16-intra", 4],
    ["h265", "Main 4:4:4 12 Intra", 3],
    ["h265", "Monochrome 12", 1],
    ["h265", "Screen-Extended Main 4:4:4 10", 2.5],
    ["av1", "High", 2],
    ["av1", "Professional", 3],
  ])("%s %s", (codec, profile, factor) => {
    const found = check(ladder({ codec, profile, level: "4.0", bFrames: 0 }));
    expect(found).toEqual([]);
    // The bitrate at which the level is left tells the factor.
    const [least] = codec === "h264" ? [20_000] : [12_000];
    const most = Math.floor(least * factor);
    const level = (bitrateKbps: number) =>
      smallestLevel(codec, { ...small, fps: 30, profile, bitrateKbps })?.name;
    expect([level(most), level(most + 1)].map((name) => Number(name) <= 4)).toEqual([true, false]);
  });

  test("what is not held against a level is said", () => {
    const found = check(
      ladder(
        { profile: "Multiview High", level: "3.1" },
        { profile: "ultra", level: "3.1", bitrateKbps: 5000 },
      ),
    );
    expect(found.map(({ rule, severity }) => [rule, severity])).toEqual([
      ["profile-known", "warning"],
      ["limits-skipped", "note"],
    ]);
    for (const { message } of found) expect(message).toMatch(/not held against/);
  });
});
