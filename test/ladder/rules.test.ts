import { checkLadder, dialects, presets, rules } from "../../provider/ladders";
import type { Ladder, LadderContext, VideoRung } from "../../provider/ladders";
import { cases, changed, found, ladder } from "./cases";

const last = ladder.rungs[4] as VideoRung;
const { peakBitrateKbps: _peak, bufferKbit: _buffer, ...bare } = last;

const all = [...rules, ...dialects.flatMap((dialect) => dialect.rules)];

test.each(cases)("$rule: $when", (item) => {
  const findings = found(item);
  expect(findings.map(({ rule, path }) => [rule, path])).toEqual([[item.rule, item.path]]);
  expect(findings[0]?.message).toContain(item.offers);
});

test("every rule has a ladder that breaks it, and an id of its own", () => {
  const ids = all.map(({ id }) => id);
  expect(new Set(cases.map(({ rule }) => rule))).toEqual(new Set(ids));
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) expect(id).toMatch(/^[a-z0-9]+(-[a-z0-9]+)+$/);
});

test("a rule that is switched off says nothing, and the others still speak", () => {
  const odd = changed(2, { width: 640, height: 481 });
  expect(checkLadder(odd).map(({ rule }) => rule)).toEqual(["even-size", "aspect-ratio"]);
  expect(checkLadder(odd, { off: ["aspect-ratio"] }).map(({ rule }) => rule)).toEqual(["even-size"]);
});

test("a known segment length decides whether keyframes that differ meet in time", () => {
  const slow = changed(0, { keyframeIntervalSeconds: 3 });
  const at = (segmentSeconds: number) =>
    checkLadder(slow, { segmentSeconds }).map(({ rule, path }) => [rule, path]);
  expect(at(6)).toEqual([["keyframe-interval-equal", "rungs[0].keyframeIntervalSeconds"]]);
  expect(at(4)).toEqual([["keyframe-alignment", "rungs[0].keyframeIntervalSeconds"]]);
});

test("a rule that is switched off at one rung still speaks at the others", () => {
  const wide = {
    ...ladder,
    rungs: ladder.rungs.map((rung) => ({ ...rung, bufferKbit: 60_000, level: "5.1" })),
  };
  const names = (off: string[]) => checkLadder(wide as Ladder, { off }).map(({ rungs }) => rungs);
  expect(names([])).toEqual([["240p30", "360p30", "480p30", "720p30", "1080p30"]]);
  expect(names(["buffer-against-peak@240p30", "buffer-against-peak@rungs[4]"])).toEqual([
    ["360p30", "480p30", "720p30"],
  ]);
  expect(names(["buffer-against-peak"])).toEqual([]);
});

test("one cause is one finding, with a change for every rung", () => {
  const [finding, ...others] = checkLadder({
    name: "cause",
    rungs: ladder.rungs.map((rung) => ({ ...rung, bufferKbit: 60_000, level: "5.1" }) as VideoRung),
  });
  expect(others).toEqual([]);
  expect(finding).toMatchObject({ rule: "buffer-against-peak", path: "rungs[0].bufferKbit" });
  expect(finding?.message).toMatch(/^rung "240p30" \(also "360p30", "480p30", "720p30", "1080p30"\): /);
  expect(finding?.suggest?.map(({ path, value }) => [path, value])).toEqual([
    ["rungs[0].bufferKbit", 880],
    ["rungs[1].bufferKbit", 1760],
    ["rungs[2].bufferKbit", 3080],
    ["rungs[3].bufferKbit", 6160],
    ["rungs[4].bufferKbit", 11_000],
  ]);
});

describe("what is close to the line and right", () => {
  test.each<[string, Ladder, LadderContext?]>([
    ["30 and 60 fps together, two-second GOPs of 60 and 120 frames", presets["h264-1080p60"]],
    [
      "29.97 and 59.94 fps",
      {
        name: "ntsc",
        rungs: [
          { ...last, name: "a", fps: 29.97, bitrateKbps: 4000, peakBitrateKbps: 4400, bufferKbit: 4000 },
          { ...last, name: "b", fps: 59.94, bitrateKbps: 5500, peakBitrateKbps: 5500, level: "4.2" },
        ],
      },
    ],
    [
      "2.002 s written in full and in short",
      {
        name: "ntsc",
        rungs: [
          {
            ...last,
            name: "a",
            keyframeIntervalSeconds: 60 / 29.97,
            bitrateKbps: 4000,
            peakBitrateKbps: 4400,
            bufferKbit: 4000,
          },
          { ...last, name: "b", keyframeIntervalSeconds: 2.002 },
        ],
      },
    ],
    [
      "a level written 40, 4 or L4.0",
      {
        name: "levels",
        rungs: ["40", "4", "L4.0"].map((level, index) => ({
          ...bare,
          name: level,
          level,
          bitrateKbps: 3000 * 1.3 ** index,
        })),
      },
    ],
    [
      "no level, no profile, no peak, no buffer",
      {
        name: "bare",
        rungs: [
          {
            kind: "video",
            name: "720p",
            width: 1280,
            height: 720,
            fps: 30,
            codec: "h264",
            bitrateKbps: 2500,
            keyframeIntervalSeconds: 2,
          },
        ],
      },
    ],
    [
      "a portrait ladder",
      {
        name: "portrait",
        rungs: ladder.rungs.map((rung) =>
          rung.kind === "video" ? { ...rung, width: rung.height, height: rung.width } : rung,
        ),
      },
    ],
    [
      "peak equal to average (CBR) and a one-second buffer",
      changed(4, { peakBitrateKbps: 5000, bufferKbit: 5000 }),
    ],
    [
      "H.265 above the Main tier of its level, within the High tier",
      {
        name: "high tier",
        rungs: [
          {
            ...last,
            codec: "h265",
            profile: "main",
            level: "4.0",
            bitrateKbps: 13_000,
            peakBitrateKbps: 20_000,
            bufferKbit: 20_000,
            tier: "high",
          },
        ],
      },
    ],
    [
      "peaks that Main at level 4 would refuse and High takes",
      {
        name: "high",
        rungs: [{ ...last, bitrateKbps: 20_000, peakBitrateKbps: 24_000, bufferKbit: 24_000 }],
      },
    ],
    [
      "keyframes every 4 s in segments of 4 s",
      { name: "gop", rungs: [{ ...last, keyframeIntervalSeconds: 4 }] },
      { segmentSeconds: 4 },
    ],
    [
      "the same size and bitrate in H.264 and H.265",
      {
        name: "codecs",
        rungs: [last, { ...last, name: "hevc", codec: "h265", profile: "main", level: "4.0" }],
      },
    ],
  ])("%s", (...[, given, context]) => {
    expect(checkLadder(given, context)).toEqual([]);
  });
});
