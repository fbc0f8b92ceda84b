/** For every rule, a good ladder with one thing changed: that rule speaks, on that field, and no other does. */
import {
  aiozLosses,
  checkAiozQualities,
  checkLadder,
  checkLivepeerProfiles,
  checkTenbyteLadder,
  presets,
  livepeerLosses,
  toAiozQualities,
  toLivepeerProfiles,
  toTenbyteLadder,
} from "../../provider/ladders";
import type {
  AiozQuality,
  Finding,
  Ladder,
  LadderContext,
  LivepeerProfile,
  Rung,
  TenbyteLadder,
  VideoRung,
} from "../../provider/ladders";

export const ladder = presets["h264-1080p30"]; // rungs 0 to 4: 240p, 360p, 480p, 720p, 1080p
const hevc = presets["h265-1080p30"];

/** How a form is checked. */
export const forms = {
  portable: (given: unknown, context: LadderContext): Finding[] => checkLadder(given as Ladder, context),
  tenbyte: checkTenbyteLadder,
  aioz: checkAiozQualities,
  livepeer: checkLivepeerProfiles,
} as const;

export type Form = keyof typeof forms;

/** A ladder that breaks one rule and no other. */
export interface Case {
  rule: string;
  when: string;
  /** What the ladder is written in. */
  form: Form;
  given: unknown;
  context: LadderContext;
  path: string;
  /** What the message offers instead. */
  offers: string;
}

/** A ladder with one rung changed. A property that is changed to undefined is left out. */
export function changed(rung: number, change: Partial<VideoRung>, base: Ladder = ladder): Ladder {
  return {
    ...base,
    rungs: base.rungs.map((item, index) => (index === rung ? without({ ...item, ...change }) : item)),
  };
}

function without(rung: object): VideoRung {
  return Object.fromEntries(
    Object.entries(rung).filter(([, value]) => value !== undefined),
  ) as unknown as VideoRung;
}

function portable(
  rule: string,
  when: string,
  path: string,
  offers: string,
  given: Ladder,
  context: LadderContext = {},
): Case {
  return { rule, when, path, offers, form: "portable", given, context };
}

const audio = { codec: "aac", bitrateKbps: 128, channels: 2, sampleRateHz: 48_000 } as const;
const last = ladder.rungs[4] as VideoRung;
const hevcTop = hevc.rungs[4] as VideoRung;
const hevcFast = presets["h265-1080p60"].rungs[4] as VideoRung;

/** A ladder of one rung. */
const one = (rung: VideoRung): Ladder => ({ name: "one", rungs: [rung] });

/** Apple's way to list a ladder: a middle rung first, then from the highest down. */
const place = (rung: Rung): number => (rung.name === "480p30" ? 0 : -(rung as VideoRung).height + 10_000);

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
    "1.9 s beside 2 s (first met after 38 s)",
    "rungs[0].keyframeIntervalSeconds",
    "use 2 s (60 frames)",
    changed(0, { keyframeIntervalSeconds: 1.9 }),
  ),
  portable(
    "keyframe-interval-equal",
    "3 s beside 2 s: they meet every 6 s",
    "rungs[0].keyframeIntervalSeconds",
    "use 2 s (60 frames)",
    changed(0, { keyframeIntervalSeconds: 3 }),
  ),
  portable(
    "keyframe-divides-segment",
    "2 s in segments of 1 s",
    "rungs[0].keyframeIntervalSeconds",
    "use 1 s (30 frames)",
    { ...ladder, rungs: ladder.rungs.slice(0, 1) },
    { segmentSeconds: 1 },
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
  portable("no-rungs", "no rung at all", "", "give at least one", { name: "none", rungs: [] }),
  portable(
    "whole-number",
    "2069.5 kbps",
    "rungs[3].bitrateKbps",
    "use 2070",
    changed(3, { bitrateKbps: 2069.5 }),
  ),
  portable("whole-number", "bFrames: 1.5", "rungs[0].bFrames", "use 2", changed(0, { bFrames: 1.5 })),
  portable(
    "hdr-bit-depth",
    "HDR10 in 8 bits",
    "rungs[0].bitDepth",
    "use 10",
    one({ ...hevcTop, range: "hdr10", bitDepth: 8 }),
  ),
  portable(
    "hdr-bit-depth",
    "HLG in profile main",
    "rungs[0].profile",
    "use main10",
    one({ ...hevcTop, range: "hlg" }),
  ),
  portable(
    "bit-depth-of-profile",
    "10 bits in profile main",
    "rungs[0].bitDepth",
    "use 8",
    one({ ...hevcTop, bitDepth: 10 }),
  ),
  portable(
    "cbr-peak",
    "cbr with a peak above the average",
    "rungs[4].peakBitrateKbps",
    "use 5000",
    changed(4, { rateControl: "cbr" }),
  ),
  portable(
    "limits-skipped",
    "a profile whose limits are counted otherwise",
    "rungs[4].profile",
    "are not known",
    changed(4, { profile: "Stereo High" }),
  ),
  portable(
    "bframes-of-profile",
    "B-frames with Constrained High",
    "rungs[0].bFrames",
    "use 0",
    changed(0, { profile: "constrainedhigh" }),
  ),
  portable(
    "bframes-of-profile",
    "B-frames with an intra profile",
    "rungs[0].bFrames",
    "use 0",
    changed(0, { profile: "High 10 Intra" }),
  ),
  portable(
    "bframes-in-gop",
    "16 B-frames in a GOP of 15",
    "rungs[0].bFrames",
    "use 2",
    changed(0, { bFrames: 16, keyframeIntervalSeconds: 0.5 }),
  ),
  portable(
    "gop-whole-frames",
    "1.5 s at 25 fps",
    "rungs[0].keyframeIntervalSeconds",
    "use 1.48 s (37 frames) or 1.52 s (38 frames)",
    one({ ...last, fps: 25, keyframeIntervalSeconds: 1.5 }),
  ),
  portable(
    "gop-frames-and-seconds",
    "60 frames and 1 s at 30 fps",
    "rungs[0].gopFrames",
    "leave one of them out",
    one({ ...last, gopFrames: 60, keyframeIntervalSeconds: 1 }),
  ),
  portable(
    "tier-unset",
    "H.265 1080p60 in level 4.1 at 45 Mbps",
    "rungs[0].tier",
    "set tier high, or use level 5.2",
    one({ ...hevcFast, bitrateKbps: 45_000, peakBitrateKbps: 45_000, bufferKbit: 45_000 }),
  ),
  portable(
    "level-bitrate",
    "the same with the Main tier stated",
    "rungs[0].peakBitrateKbps",
    "takes (20000 kbps); use level 5.2",
    one({ ...hevcFast, tier: "main", bitrateKbps: 45_000, peakBitrateKbps: 45_000, bufferKbit: 45_000 }),
  ),
  portable(
    "level-bitrate",
    "and beyond the High tier",
    "rungs[0].peakBitrateKbps",
    "takes (50000 kbps)",
    one({ ...hevcFast, tier: "high", bitrateKbps: 51_000, peakBitrateKbps: 51_000, bufferKbit: 50_000 }),
  ),
  portable(
    "tier-of-level",
    "a High tier at level 3.1",
    "rungs[0].tier",
    "use main",
    changed(0, { tier: "high", level: "3.1" }, { ...hevc, rungs: hevc.rungs.slice(3, 4) }),
  ),
  portable("tier-of-level", "a tier on H.264", "rungs[0].tier", "leave it out", changed(0, { tier: "main" })),
  portable(
    "level-ref-frames",
    "16 reference frames at 1080p in level 4",
    "rungs[4].refFrames",
    "use at most 4",
    changed(4, { refFrames: 16 }),
  ),
  portable(
    "level-ref-frames",
    "the same in H.265: six pictures, one of them being decoded",
    "rungs[4].refFrames",
    "use at most 5",
    changed(4, { refFrames: 16 }, hevc),
  ),
  portable(
    "audio-of-codec",
    "Opus at 44100 Hz",
    "rungs[0].audio.sampleRateHz",
    "use 48000",
    one({ ...last, audio: { ...audio, codec: "opus", sampleRateHz: 44_100 } }),
  ),
  portable(
    "audio-of-codec",
    "HE-AAC v2 in 5.1",
    "rungs[0].audio.channels",
    "use 2",
    one({ ...last, audio: { ...audio, codec: "he-aac-v2", channels: 6, bitrateKbps: 64 } }),
  ),
  portable(
    "rung-order",
    "a first rung in the middle: where players start",
    "rungs[0].height",
    "players start with",
    { ...ladder, rungs: ladder.rungs.toSorted((a, b) => place(a) - place(b)) },
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
  return { rule, when, path, offers, form: "tenbyte", given, context: { mode } };
}

function tenbyteRung(index: number, change: object): TenbyteLadder {
  return { video: tenbyteLadder.video?.map((rung, at) => (at === index ? { ...rung, ...change } : rung)) };
}

const tenbyteAudio = toTenbyteLadder(presets.audio).audio ?? [];

const tenbyteCases: Case[] = [
  tenbyte("no-rungs", "no rungs in a vendor's form", "", "give at least one", {}),
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
    "tenbyte-cbr-crf",
    "cbr with crf",
    "video[3].crf",
    "leave one of them out",
    tenbyteRung(3, { rateControl: "cbr", crf: 23, maxBitrateKbps: 2800 }),
  ),
  tenbyte(
    "tier-unset",
    "H.265 beyond the Main tier, where the vendor has no tier",
    "video[0].maxBitrateKbps",
    "use level 4.1",
    {
      video: [
        {
          ...toTenbyteLadder(hevc).video?.[4],
          bitrateKbps: 13_000,
          maxBitrateKbps: 13_000,
          bufSizeKbps: 12_000,
        },
      ],
    },
  ),
  tenbyte(
    "level-ref-frames",
    "refFrames 16",
    "video[3].refFrames",
    "use at most 5",
    tenbyteRung(3, { refFrames: 16 }),
  ),
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
  return { rule, when, path, offers, form: "aioz", given: [{ ...qualities[0], ...change }], context: {} };
}

const aiozCases: Case[] = [
  aioz("aioz-resolution", "540p", "[0].resolution", "480p, 720p", { resolution: "540p" }),
  aioz("aioz-codec", "hevc", "[0].videoConfig.codec", "did you mean h265", {
    videoConfig: { codec: "hevc" as "h265", bitrate: 300_000, index: 0 },
  }),
  aioz("aioz-type", "smooth streaming", "[0].type", "hls or dash", { type: "smooth" as "hls" }),
  aioz("aioz-container", "dash in mpegts", "[0].containerType", "fmp4, mp4, webm", { type: "dash" }),
  aioz("aioz-bitrate-unit", "kbps for bit/s", "[0].videoConfig.bitrate", "Use 2800000", {
    videoConfig: { codec: "h264", bitrate: 2800, index: 0 },
  }),
];

const profiles = toLivepeerProfiles(presets["h264-720p30"], { allow: livepeerLosses });

function livepeer(
  rule: string,
  when: string,
  path: string,
  offers: string,
  given: Partial<LivepeerProfile>[],
): Case {
  return { rule, when, path, offers, form: "livepeer", given, context: {} };
}

const [lowest, ...others] = profiles;

const livepeerCases: Case[] = [
  livepeer("livepeer-name", "the feed's own name", "[0].name", "the feed itself", [
    { ...lowest, name: "source" },
    ...others,
  ]),
  livepeer("livepeer-name", "a name twice", "[1].name", "must be unique", [
    { ...lowest, name: others[0]?.name ?? "" },
    ...others,
  ]),
  livepeer("livepeer-bitrate-unit", "kbps for bit/s", "[0].bitrate", "Use 300000", [
    { ...lowest, bitrate: 300 },
    ...others,
  ]),
];

/** Every case, of every form. */
export const cases = [...portableCases, ...tenbyteCases, ...aiozCases, ...livepeerCases];

/** What is found in a case. */
export const found = ({ form, given, context }: Case): Finding[] => forms[form](given, context);
