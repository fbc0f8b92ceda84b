import {
  aiozLosses,
  checkAiozQualities,
  LadderError,
  presets,
  toAiozQualities,
} from "../../provider/ladders";
import type { Ladder, VideoRung } from "../../provider/ladders";
import { UNKNOWN } from "../../provider/engine-values";

const top = presets["h264-720p30"].rungs[3] as VideoRung;
const one: Ladder = { name: "one", rungs: [top] };

test("a rung in AIOZ's words, bitrates in bit/s", () => {
  expect(toAiozQualities(one, { allow: aiozLosses, language: "en" })).toEqual([
    {
      resolution: "720p",
      type: "hls",
      containerType: "mpegts",
      videoConfig: { codec: "h264", bitrate: 2_800_000, index: 0 },
      audioConfig: {
        codec: "aac",
        bitrate: 128_000,
        channels: "2",
        sampleRate: 48_000,
        language: "en",
        index: 0,
      },
    },
  ]);
});

test("an audio-only rung keeps its name as the label AIOZ asks for", () => {
  expect(toAiozQualities(presets.audio)[0]).toEqual({
    resolution: "audio-64k",
    type: "hls",
    containerType: "mpegts",
    audioConfig: { codec: "aac", bitrate: 64_000, channels: "2", sampleRate: 48_000, index: 0 },
  });
});

test("the container follows type and codec, unless the caller names one", () => {
  const container = (options: object, ladder = one) =>
    toAiozQualities(ladder, { allow: aiozLosses, ...options })[0]?.containerType;
  expect(container({ type: "dash" })).toBe("fmp4");
  expect(container({}, presets["h265-720p30"])).toBe("mp4");
  expect(container({ containerType: "fmp4" })).toBe("fmp4");
});

test("what AIOZ has no field for is named, field by field, and lost only when the caller says so", () => {
  expect(() => toAiozQualities(one)).toThrow(LadderError);
  expect(() => toAiozQualities(one, { allow: aiozLosses.filter((field) => field !== "bFrames") })).toThrow(
    /ladder "one" does not fit AIOZ:\n {2}- rung "720p30", bFrames: [^\n]*$/,
  );
});

test.each<[string, Partial<VideoRung>, string]>([
  ["a height that no document lists", { width: 960, height: 540 }, "height"],
  ["a shape other than 16:9", { width: 960, height: 720 }, "width"],
])("%s does not fit", (_, change, field) => {
  const odd: Ladder = { name: "odd", rungs: [{ ...top, ...change }] };
  expect(() => toAiozQualities(odd, { allow: aiozLosses })).toThrow(new RegExp(`rung "720p30", ${field}: `));
});

test("two rungs of one height and codec cannot be told apart", () => {
  const twice: Ladder = { name: "twice", rungs: [top, { ...top, name: "720p-high", bitrateKbps: 4000 }] };
  expect(() => toAiozQualities(twice, { allow: aiozLosses })).toThrow(/rung "720p-high", height: /);
});

test.each(Object.entries(presets))("preset %s converts and passes AIOZ's rules", (_, ladder) => {
  expect(checkAiozQualities(toAiozQualities(ladder, { allow: aiozLosses }))).toEqual([]);
});

test("the documented samples pass: bare qualities, and the same in hls and dash", () => {
  const bare = ["360p", "480p", "720p", "1080p"].map((resolution) => ({
    resolution,
    type: "hls",
    containerType: "mpegts",
  }));
  const dash = bare.map((quality) => ({ ...quality, type: "dash", containerType: "fmp4" }));
  expect(checkAiozQualities(bare)).toEqual([]);
  expect(checkAiozQualities([...bare, ...dash])).toEqual([]);
});

test("rules across rungs speak on AIOZ's paths", () => {
  const [low, high] = toAiozQualities(
    { name: "two", rungs: presets["h264-720p30"].rungs.slice(2) },
    { allow: aiozLosses },
  );
  const swapped = [
    { ...low, videoConfig: high?.videoConfig },
    { ...high, videoConfig: low?.videoConfig },
    { ...high, videoConfig: low?.videoConfig },
  ];
  expect(checkAiozQualities(swapped).map(({ rule, path }) => [rule, path])).toEqual([
    ["duplicate-rung", "[2].videoConfig.bitrate"],
    ["bitrate-falls-with-size", "[1].videoConfig.bitrate"],
  ]);
});

test("H.265 in a transport stream is found without being told the segment format", () => {
  const found = checkAiozQualities(
    toAiozQualities(presets["h265-480p30"], { allow: aiozLosses, containerType: "mpegts" }),
  );
  expect(new Set(found.map(({ rule }) => rule))).toEqual(new Set(["hevc-container"]));
});

test.each([
  undefined,
  null,
  7,
  UNKNOWN,
  [UNKNOWN, null, 7, [], {}],
  [
    {
      resolution: UNKNOWN,
      type: UNKNOWN,
      containerType: UNKNOWN,
      videoConfig: UNKNOWN,
      audioConfig: UNKNOWN,
    },
  ],
  [
    {
      resolution: "720p",
      type: "hls",
      videoConfig: { codec: UNKNOWN, bitrate: UNKNOWN },
      audioConfig: { channels: UNKNOWN },
    },
  ],
])("odd and unknown input is neither crash nor finding: %j", (odd) => {
  expect(checkAiozQualities(odd)).toEqual([]);
});
