/** For every rule, a good ladder with one thing changed: that rule speaks, on that field, and no other does. */
import {
  aiozLosses,
  aiozRules,
  checkAiozQualities,
  checkLadder,
  checkTenbyteLadder,
  presets,
  rules,
  tenbyteRules,
  toAiozQualities,
  toTenbyteLadder,
} from "../../provider/ladders";
import type {
  AiozQuality,
  Finding,
  Ladder,
  LadderContext,
  TenbyteLadder,
  VideoRung,
} from "../../provider/ladders";

const ladder = presets["h264-1080p30"]; // rungs 0 to 4: 240p, 360p, 480p, 720p, 1080p
const hevc = presets["h265-1080p30"];

interface Case {
  rule: string;
  when: string;
  found: Finding[];
  path: string;
  /** What the message offers instead. */
  offers: string;
}

function changed(rung: number, change: Partial<VideoRung>, base: Ladder = ladder): Ladder {
  return {
    ...base,
    rungs: base.rungs.map((item, index) => (index === rung ? ({ ...item, ...change } as VideoRung) : item)),
  };
}

function portable(
  rule: string,
  when: string,
  path: string,
  offers: string,
  given: Ladder,
  context?: LadderContext,
): Case {
  return { rule, when, path, offers, found: checkLadder(given, context) };
}

const audio = { codec: "aac", bitrateKbps: 128, channels: 2, sampleRateHz: 48_000 } as const;
const last = ladder.rungs[4] as VideoRung;

const portableCases: Case[] = [
  portable(
    "positive-number",
    "a bitrate of 0",
    "rungs[0].bitrateKbps",
    "above zero",
    changed(0, { bitrateKbps: 0, peakBitrateKbps: undefined, bufferKbit: undefined }),
  ),
  portable(
    "positive-number",
    "negative B-frames",
    "rungs[0].bFrames",
    "0 passes",
    changed(0, { bFrames: -1 }),
  ),
  portable("even-size", "480p as 853 wide", "rungs[2].width", "use 852 or 854", changed(2, { width: 853 })),
  portable(
    "peak-below-average",
    "peak 4999 under an average of 5000",
    "rungs[4].peakBitrateKbps",
    "at least 5000",
    changed(4, { peakBitrateKbps: 4999 }),
  ),
  portable(
    "peak-above-double",
    "peak 10001 over an average of 5000",
    "rungs[4].peakBitrateKbps",
    "at most 10000",
    changed(4, { peakBitrateKbps: 10_001 }),
  ),
  portable(
    "buffer-against-peak",
    "three seconds of buffer",
    "rungs[4].bufferKbit",
    "2750 to 11000",
    changed(4, { bufferKbit: 16_500 }),
  ),
  portable(
    "bits-per-pixel",
    "5 kbps where 5 Mbps is meant, alone in its codec",
    "rungs[0].bitrateKbps",
    "is the unit right",
    {
      name: "one rung",
      rungs: [{ ...last, bitrateKbps: 5, peakBitrateKbps: undefined, bufferKbit: undefined }],
    },
  ),
  portable(
    "profile-of-codec",
    "high on H.265",
    "rungs[4].profile",
    "main or main10",
    changed(4, { profile: "high" }, hevc),
  ),
  portable(
    "profile-of-codec",
    "main10 on H.264",
    "rungs[4].profile",
    "baseline, main or high",
    changed(4, { profile: "Main 10" }),
  ),
  portable(
    "profile-known",
    "an unheard-of profile",
    "rungs[4].profile",
    "baseline, main or high",
    changed(4, { profile: "ultra" }),
  ),
  portable(
    "bframes-of-profile",
    "B-frames with Baseline",
    "rungs[0].bFrames",
    "use 0",
    changed(0, { profile: "baseline" }),
  ),
  portable("level-known", "level 7.7", "rungs[0].level", '"4.1"', changed(0, { level: "7.7" })),
  portable(
    "level-size-rate",
    "854x480 at 30 fps in level 3: 48600 of 40500 macroblocks a second",
    "rungs[2].level",
    "use level 3.1",
    changed(2, { level: "3.0" }),
  ),
  portable(
    "level-size-rate",
    "1080p in level 3.2: the frame is too large",
    "rungs[4].level",
    "use level 4.0",
    changed(4, { level: "3.2" }),
  ),
  portable(
    "level-size-rate",
    "H.265 1080p in level 3.1",
    "rungs[4].level",
    "use level 4.0",
    changed(4, { level: "3.1" }, hevc),
  ),
  portable(
    "level-bitrate",
    "360p with peaks of 1300 kbps in level 3, Baseline (10000) passes; in 2.2, no: size; so 240p in 1.3 (960 with High)",
    "rungs[0].peakBitrateKbps",
    "use level 2.0",
    changed(
      0,
      {
        width: 352,
        height: 198,
        fps: 30,
        level: "1.3",
        bitrateKbps: 550,
        peakBitrateKbps: 961,
        bufferKbit: 961,
      },
      { ...ladder, rungs: ladder.rungs.slice(0, 1) },
    ),
  ),
  portable(
    "level-buffer",
    "a buffer of 2501 kbit in level 2 (2000, High 2500)",
    "rungs[0].bufferKbit",
    "use level 2.1",
    changed(
      0,
      { width: 352, height: 198, level: "2.0", bitrateKbps: 1000, peakBitrateKbps: 1500, bufferKbit: 2501 },
      { ...ladder, rungs: ladder.rungs.slice(0, 1) },
    ),
  ),
  portable(
    "keyframe-interval-length",
    "a keyframe every 5 s in every rung",
    "rungs[0].keyframeIntervalSeconds",
    "use 2 s (60 frames)",
    {
      ...ladder,
      rungs: [{ ...last, keyframeIntervalSeconds: 5 }],
    },
  ),
  portable(
    "hevc-container",
    "H.265 in a transport stream",
    "rungs[0].codec",
    "MP4 segments",
    { ...hevc, rungs: hevc.rungs.slice(0, 1) },
    { segmentFormat: "mpegts" },
  ),
  portable(
    "audio-bitrate-ceiling",
    "192 kbps mono at 22050 Hz",
    "rungs[0].audio.bitrateKbps",
    "at most 132",
    {
      ...ladder,
      rungs: [{ ...last, audio: { ...audio, channels: 1, sampleRateHz: 22_050, bitrateKbps: 192 } }],
    },
  ),
  portable("audio-bitrate-floor", "64 kbps for six channels", "rungs[0].audio.bitrateKbps", "at least 96", {
    ...ladder,
    rungs: [{ ...last, audio: { ...audio, channels: 6, bitrateKbps: 64 } }],
  }),

  portable("rung-order", "240p at the end of a rising ladder", "rungs[4].height", "order them all one way", {
    ...ladder,
    rungs: [...ladder.rungs.slice(1), ...ladder.rungs.slice(0, 1)],
  }),
  portable("duplicate-rung", "1080p twice", "rungs[5].bitrateKbps", "drop one", {
    ...ladder,
    rungs: [...ladder.rungs, { ...last, name: "again" }],
  }),
  portable("duplicate-rung", "an audio-only rung twice", "rungs[1].audio.bitrateKbps", "drop one", {
    name: "audio",
    rungs: [
      { kind: "audio", name: "a", audio },
      { kind: "audio", name: "b", audio },
    ],
  }),
  portable(
    "duplicate-name",
    "two rungs called 720p30",
    "rungs[4].name",
    "its own",
    changed(4, { name: "720p30" }),
  ),
  portable("aspect-ratio", "480p as 640x480", "rungs[2].width", "use width 854", changed(2, { width: 640 })),
  portable(
    "bitrate-falls-with-size",
    "1080p at 2100 kbps over 720p at 2800",
    "rungs[4].bitrateKbps",
    "at least 2800",
    changed(4, { bitrateKbps: 2100, peakBitrateKbps: 3000, bufferKbit: 3000 }),
  ),
  portable("bitrate-step", "nothing between 480p and 1080p", "rungs[3].bitrateKbps", "add a rung between", {
    ...ladder,
    rungs: ladder.rungs.filter(({ name }) => name !== "720p30"),
  }),
  portable(
    "bitrate-step",
    "1080p at 3000 kbps beside 720p at 2800",
    "rungs[4].bitrateKbps",
    "drop one",
    changed(4, { bitrateKbps: 3000, peakBitrateKbps: 3300, bufferKbit: 4500 }),
  ),
  portable(
    "fps-family",
    "240p at 25 fps in a 30 fps ladder",
    "rungs[0].fps",
    "use 30 or 15",
    changed(0, { fps: 25 }),
  ),
  portable(
    "keyframe-alignment",
    "1.92 s beside 2 s (first met after 48 s)",
    "rungs[0].keyframeIntervalSeconds",
    "use 2 s (60 frames)",
    changed(0, { keyframeIntervalSeconds: 1.92 }),
  ),
  portable(
    "keyframe-interval-equal",
    "1 s beside 2 s",
    "rungs[0].keyframeIntervalSeconds",
    "use 2 s (60 frames)",
    changed(0, { keyframeIntervalSeconds: 1 }),
  ),
  portable(
    "keyframe-divides-segment",
    "2 s in segments of 5 s",
    "rungs[0].keyframeIntervalSeconds",
    "use 1.667 s (50 frames)",
    { ...ladder, rungs: ladder.rungs.slice(0, 1) },
    { segmentSeconds: 5 },
  ),
  portable(
    "audio-layout-equal",
    "one mono rung among stereo ones",
    "rungs[0].audio.channels",
    "use 2",
    changed(0, { audio: { ...audio, channels: 1 } }),
  ),
  portable(
    "audio-layout-equal",
    "one rung at 44100 Hz",
    "rungs[0].audio.sampleRateHz",
    "use 48000",
    changed(0, { audio: { ...audio, sampleRateHz: 44_100 } }),
  ),
];

const tenbyteLadder = toTenbyteLadder(presets["h264-720p30"]); // video[0] to video[3]

function tenbyte(
  rule: string,
  when: string,
  path: string,
  offers: string,
  given: unknown,
  mode = "video",
): Case {
  return { rule, when, path, offers, found: checkTenbyteLadder(given, { mode }) };
}

function tenbyteRung(index: number, change: object): TenbyteLadder {
  return { video: tenbyteLadder.video?.map((rung, at) => (at === index ? { ...rung, ...change } : rung)) };
}

const tenbyteAudio = toTenbyteLadder(presets.audio).audio ?? [];

const tenbyteCases: Case[] = [
  tenbyte("tenbyte-mode", "no rungs", "", 'under "video"', {}),
  tenbyte("tenbyte-mode", "an audio-only rung beside video rungs", "audio[0]", "drop it", {
    ...tenbyteLadder,
    audio: tenbyteAudio.slice(0, 1),
  }),
  tenbyte(
    "tenbyte-mode",
    "a video rung in mode audio",
    "video[0]",
    'give "audio"',
    { video: tenbyteLadder.video?.slice(0, 1) },
    "audio",
  ),
  tenbyte(
    "tenbyte-rung-count",
    "a fourth audio-only rung",
    "audio[3]",
    "at most 3",
    { audio: [...tenbyteAudio, { ...tenbyteAudio[0], name: "fourth", bitrateKbps: 200 }] },
    "audio",
  ),
  tenbyte(
    "tenbyte-size",
    "540p",
    "video[3].height",
    "720",
    tenbyteRung(3, { width: 960, height: 540, bitrateKbps: 1900, maxBitrateKbps: 2000, bufSizeKbps: 2000 }),
  ),
  tenbyte("tenbyte-fps", "50 fps, in every rung", "video[0].fps", "24, 25, 30, 60", {
    video: [{ ...tenbyteLadder.video?.[0], fps: 50, gop: 100, level: "3.0" }],
  }),
  tenbyte("tenbyte-codec", "vp9", "video[0].codec", "h264, h265", tenbyteRung(0, { codec: "vp9" })),
  tenbyte("tenbyte-crf", "crf 52", "video[0].crf", "0 to 51", tenbyteRung(0, { crf: 52 })),
  tenbyte(
    "tenbyte-audio",
    "320 kbps",
    "audio[2].bitrateKbps",
    "64 to 256",
    { audio: [...tenbyteAudio.slice(0, 2), { ...tenbyteAudio[2], bitrateKbps: 320 }] },
    "audio",
  ),
  tenbyte(
    "tenbyte-audio",
    "four channels",
    "audio[0].channels",
    "1, 2, 6",
    { audio: [{ ...tenbyteAudio[0], channels: 4 }] },
    "audio",
  ),
];

const qualities = toAiozQualities(presets["h264-720p30"], { allow: aiozLosses });

function aioz(rule: string, when: string, path: string, offers: string, change: Partial<AiozQuality>): Case {
  return { rule, when, path, offers, found: checkAiozQualities([{ ...qualities[0], ...change }]) };
}

const aiozCases: Case[] = [
  aioz("aioz-resolution", "540p", "[0].resolution", "480p, 720p", { resolution: "540p" }),
  aioz("aioz-type", "smooth streaming", "[0].type", "hls or dash", { type: "smooth" as "hls" }),
  aioz("aioz-container", "dash in mpegts", "[0].containerType", "fmp4, mp4, webm", { type: "dash" }),
  aioz("aioz-bitrate-unit", "kbps for bit/s", "[0].videoConfig.bitrate", "Use 2800000", {
    videoConfig: { codec: "h264", bitrate: 2800, index: 0 },
  }),
];

const cases = [...portableCases, ...tenbyteCases, ...aiozCases];
const all = [...rules, ...tenbyteRules, ...aiozRules];

test.each(cases)("$rule: $when", ({ rule, found, path, offers }) => {
  expect(found.map((finding) => [finding.rule, finding.path])).toEqual([[rule, path]]);
  expect(found[0]?.message).toContain(offers);
  expect(found[0]?.severity).toBe(all.find(({ id }) => id === rule)?.severity);
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

test("a known segment length decides whether keyframes that differ still meet", () => {
  const slow = changed(0, { keyframeIntervalSeconds: 4 });
  const at = (segmentSeconds: number) =>
    checkLadder(slow, { segmentSeconds }).map(({ rule, path }) => [rule, path]);
  expect(at(4)).toEqual([["keyframe-interval-equal", "rungs[0].keyframeIntervalSeconds"]]);
  expect(at(6)).toEqual([
    ["keyframe-alignment", "rungs[0].keyframeIntervalSeconds"],
    ["keyframe-divides-segment", "rungs[0].keyframeIntervalSeconds"],
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
          ...last,
          name: level,
          level,
          bitrateKbps: 3000 * 1.3 ** index,
          peakBitrateKbps: undefined,
          bufferKbit: undefined,
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
