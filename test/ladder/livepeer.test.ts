import {
  checkLivepeerProfiles,
  LadderError,
  livepeerLosses,
  presets,
  toLivepeerProfiles,
} from "../../provider/ladders";
import type { Ladder, VideoRung } from "../../provider/ladders";
import { UNKNOWN } from "../../provider/engine-values";

const { audio: _sound, ...top } = presets["h264-720p30"].rungs[3] as VideoRung;
const { bitrateKbps } = top;
const bare: VideoRung = { kind: "video", name: "720p", width: 1280, height: 720, codec: "h264", bitrateKbps };
const convert = (change: Partial<VideoRung> = {}) =>
  toLivepeerProfiles({ name: "one", rungs: [{ ...bare, ...change }] });

test("a rung in Livepeer's words: bit/s, the rate above and below the line, the GOP in seconds", () => {
  expect(convert()).toEqual([{ name: "720p", width: 1280, height: 720, bitrate: 2_800_000, fps: 0 }]);
  expect(convert({ fps: 29.97, keyframeIntervalSeconds: 2, profile: "Constrained High" })).toEqual([
    expect.objectContaining({ fps: 30_000, fpsDen: 1001, gop: "2", profile: "H264ConstrainedHigh" }),
  ]);
  expect(convert({ fps: "30000/1001", gopFrames: 60 })[0]?.gop).toBe("2.002");
});

test.each<[string, Partial<VideoRung>, string]>([
  ["H.265", { codec: "h265" }, "codec"],
  ["a picture of 64 px", { width: 114, height: 64 }, "width"],
  ["another profile", { profile: "high 10" }, "profile"],
  ["a GOP in frames of an unknown length", { gopFrames: 60 }, "gopFrames"],
  ["a level", { level: "4.1" }, "level"],
  ["sound", { audio: { codec: "aac", bitrateKbps: 128, channels: 2, sampleRateHz: 48_000 } }, "audio"],
  ["the name of the feed", { name: "source" }, "name"],
])("%s does not fit, and is named", (_, change, field) => {
  expect(() => convert(change)).toThrow(new RegExp(`rung "[^"]+", ${field}: `));
});

test("a rung of sound alone does not fit", () => {
  expect(() => toLivepeerProfiles(presets.audio)).toThrow(LadderError);
});

const pictures = Object.entries(presets).filter(([, { rungs }]) =>
  rungs.every((rung) => rung.kind === "video" && rung.codec === "h264"),
);
test.each(pictures)("preset %s converts, and nothing is to be said against it", (_, ladder: Ladder) => {
  expect(checkLivepeerProfiles(toLivepeerProfiles(ladder, { allow: livepeerLosses }))).toEqual([]);
});

test("Livepeer's own four rungs have no error", () => {
  const own = (
    [
      ["240p0", 426, 240, 250_000],
      ["360p0", 640, 360, 800_000],
      ["480p0", 854, 480, 1_600_000],
      ["720p0", 1280, 720, 3_000_000],
    ] as const
  ).map(([name, width, height, bitrate]) => {
    return { ...{ name, width, height, bitrate }, fps: 0, profile: "H264ConstrainedHigh" };
  });
  expect(checkLivepeerProfiles(own).filter(({ severity }) => severity === "error")).toEqual([]);
  expect(checkLivepeerProfiles([])).toEqual([]);
});

test("rules across rungs speak on Livepeer's paths, in its units", () => {
  const profiles = toLivepeerProfiles(presets["h264-720p30"], { allow: livepeerLosses });
  const [, second] = profiles;
  const odd = profiles.map((profile) => (profile === second ? { ...profile, gop: "3" } : profile));
  const [finding, ...others] = checkLivepeerProfiles(odd);
  expect(others).toEqual([]);
  expect([finding?.path, finding?.suggest]).toEqual(["[1].gop", [{ path: "[1].gop", value: "2" }]]);
});

test.each([
  undefined,
  null,
  7,
  UNKNOWN,
  [UNKNOWN, null, 7, [], {}],
  [{ name: UNKNOWN, width: UNKNOWN, height: 720, bitrate: UNKNOWN, fps: UNKNOWN, gop: UNKNOWN }],
  [
    {
      name: "720p",
      width: 1280,
      height: 720,
      bitrate: 2_800_000,
      fps: 30_000,
      fpsDen: UNKNOWN,
      gop: "intra",
    },
  ],
])("odd and unknown input is neither crash nor finding: %j", (odd) => {
  expect(checkLivepeerProfiles(odd)).toEqual([]);
});
