/**
 * Tenbyte's `ladder`: from the portable form, and back far enough to hold what a user wrote against the rules.
 * Source: docs/sheets/tenbyte.md, section 2 (StreamCreateRequest of "Tenbyte Livestream API" 1.0.0) and section 11.
 */
import { audioRungs, LadderError, videoRungs } from "../../ladder/ladder";
import type { Audio, AudioRung, Ladder, LadderProblem, VideoCodec, VideoRung } from "../../ladder/ladder";
import { findings } from "../../ladder/rule";
import type { Fault, Finding, LadderContext, Rule } from "../../ladder/rule";
import { rules } from "../../ladder/rules";
import { fault } from "../../ladder/rules-of-a-rung";
import { isOpen, ladderView, number, nonZero, properties, string, under } from "../../ladder/view";
import type { AudioView, LadderView, RungField, RungView } from "../../ladder/view";
import { isUnknown } from "../../engine-values";

/** The audio of a Tenbyte video rung. */
export interface TenbyteRungAudio {
  codec: "aac";
  channels: number;
  sampleRateHz: number;
  audioBitrateKbps: number;
}

/** A rung of Tenbyte's `ladder.video`. `gop` counts frames. */
export interface TenbyteVideoRung {
  name?: string;
  width: number;
  height: number;
  fps: number;
  gop: number;
  bitrateKbps: number;
  maxBitrateKbps?: number;
  bufSizeKbps?: number;
  crf?: number;
  codec: VideoCodec;
  preset?: string;
  profile?: string;
  level?: string;
  rateControl?: "cbr" | "vbr";
  bframes?: number;
  refFrames?: number;
  rcLookahead?: number;
  audio: TenbyteRungAudio;
}

/** A rung of Tenbyte's `ladder.audio`. Its bitrate is named otherwise than that of a video rung's audio. */
export interface TenbyteAudioRung {
  name?: string;
  codec: "aac";
  channels: number;
  sampleRateHz: number;
  bitrateKbps: number;
}

/** Tenbyte's `ladder` input: `video` for a stream of mode `video`, `audio` for one of mode `audio`, never both. */
export interface TenbyteLadder {
  video?: TenbyteVideoRung[];
  audio?: TenbyteAudioRung[];
}

/** What Tenbyte cannot carry and a caller may agree to lose: audio-only rungs beside video rungs. */
export type TenbyteLoss = "audioOnlyRungs";

/** Options of {@link toTenbyteLadder}. */
export interface TenbyteOptions {
  /** Losses the caller agrees to. */
  readonly allow?: readonly TenbyteLoss[];
}

/**
 * A portable ladder as Tenbyte's `ladder` input. What only Tenbyte has (crf, preset, rate control, reference frames,
 * lookahead) stays unset, so Tenbyte chooses it.
 * @throws LadderError listing every rung and field that Tenbyte cannot express or is documented to refuse.
 */
export function toTenbyteLadder(ladder: Ladder, { allow = [] }: TenbyteOptions = {}): TenbyteLadder {
  const video = videoRungs(ladder);
  const dropsAudio = video.length > 0 && allow.includes("audioOnlyRungs");
  const kept: Ladder = dropsAudio ? { ...ladder, rungs: video } : ladder;
  const problems = [...refusals(kept), ...video.flatMap(unsayable)];
  if (problems.length > 0) throw new LadderError(`ladder "${ladder.name}" does not fit Tenbyte`, problems);
  return video.length > 0
    ? { video: video.filter(hasAudio).map(toVideo) }
    : { audio: audioRungs(kept).map(toAudio) };
}

function refusals(ladder: Ladder): LadderProblem[] {
  return findings(tenbyteRules, ladderView(ladder)).map(({ path, message }) => {
    const [, index, field = "kind"] = /^rungs\[(\d+)\](?:\.(.+))?$/.exec(path) ?? [];
    if (index === undefined) return { field: "rungs", message };
    return {
      rung: ladder.rungs[Number(index)]?.name,
      field,
      message: message.replace(/^rung "[^"]*": /, ""),
    };
  });
}

/** What the portable form can say and Tenbyte's cannot: GOPs that are no whole number of frames, rungs without audio. */
function unsayable({ name, fps, keyframeIntervalSeconds, audio }: VideoRung): LadderProblem[] {
  const frames = keyframeIntervalSeconds * fps;
  const whole = Math.round(frames);
  return [
    ...(Math.abs(frames - whole) > 0.01 || whole < 1
      ? [
          {
            rung: name,
            field: "keyframeIntervalSeconds",
            message: `${keyframeIntervalSeconds} s is no whole number of frames at ${fps} fps; use ${Math.max(1, whole) / fps}`,
          },
        ]
      : []),
    ...(audio === undefined
      ? [{ rung: name, field: "audio", message: "Tenbyte needs audio in every video rung; add it" }]
      : []),
  ];
}

type HeardRung = VideoRung & { audio: Audio };

function hasAudio(rung: VideoRung): rung is HeardRung {
  return rung.audio !== undefined;
}

function toVideo(rung: HeardRung): TenbyteVideoRung {
  const {
    name,
    width,
    height,
    fps,
    codec,
    profile,
    level,
    bitrateKbps,
    peakBitrateKbps,
    bufferKbit,
    bFrames,
    audio,
  } = rung;
  return {
    name,
    width,
    height,
    fps,
    gop: Math.round(rung.keyframeIntervalSeconds * fps),
    bitrateKbps,
    ...set("maxBitrateKbps", peakBitrateKbps),
    ...set("bufSizeKbps", bufferKbit),
    codec,
    ...set("profile", profile),
    ...set("level", level),
    ...set("bframes", bFrames),
    audio: {
      codec: audio.codec,
      channels: audio.channels,
      sampleRateHz: audio.sampleRateHz,
      audioBitrateKbps: audio.bitrateKbps,
    },
  };
}

function toAudio({ name, audio }: AudioRung): TenbyteAudioRung {
  return { name, ...audio };
}

/** A property, or none where its value is unset: the engine takes an undefined property for a changed one. */
function set<K extends string, V>(key: K, value: V | undefined): Partial<Record<K, V>> {
  return value === undefined ? {} : ({ [key]: value } as Record<K, V>);
}

/**
 * Holds Tenbyte's `ladder` input, as the user wrote it, against every rule. At preview any part of it may not be known
 * yet: the engine's unknown, or a member that is there and undefined. Never throws.
 */
export function checkTenbyteLadder(ladder: unknown, context: LadderContext = {}): Finding[] {
  return findings([...tenbyteRules, ...rules], tenbyteView(ladder), context);
}

/** Tenbyte's `ladder` input as the rules see it; paths are the user's: `video[2].bitrateKbps`. */
function tenbyteView(ladder: unknown): LadderView {
  const given = properties(ladder);
  const isOpenMember = (name: string): boolean => name in given && !Array.isArray(given[name]);
  return {
    rungs: [...items(given.video).map(videoView), ...items(given.audio).map(audioView)],
    isOpen: isUnknown(ladder) || isOpenMember("video") || isOpenMember("audio"),
  };
}

function items(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

const videoNames: Partial<Record<RungField, string>> = {
  peakBitrateKbps: "maxBitrateKbps",
  bufferKbit: "bufSizeKbps",
  keyframeIntervalSeconds: "gop",
  bFrames: "bframes",
  "audio.bitrateKbps": "audio.audioBitrateKbps",
};

const audioNames: Partial<Record<RungField, string>> = {
  "audio.codec": "codec",
  "audio.bitrateKbps": "bitrateKbps",
  "audio.channels": "channels",
  "audio.sampleRateHz": "sampleRateHz",
};

function videoView(raw: unknown, index: number): RungView {
  const rung = properties(raw);
  const fps = number(rung.fps);
  const gop = number(rung.gop);
  const codec = string(rung.codec);
  const height = number(rung.height);
  const name = string(rung.name);
  const { audioBitrateKbps, ...sound } = properties(rung.audio);
  return {
    kind: "video",
    label: name ?? (height === undefined ? `video[${index}]` : `${height}p`),
    at: under(`video[${index}]`, videoNames),
    group: codec,
    isOpen: raw === undefined || isOpen(raw),
    raw,
    name,
    width: number(rung.width),
    height,
    fps,
    codec,
    profile: string(rung.profile),
    level: string(rung.level),
    bitrateKbps: number(rung.bitrateKbps),
    peakBitrateKbps: nonZero(rung.maxBitrateKbps),
    bufferKbit: nonZero(rung.bufSizeKbps),
    keyframeIntervalSeconds: gop !== undefined && fps !== undefined && fps > 0 ? gop / fps : undefined,
    bFrames: number(rung.bframes),
    audio: soundView(sound, audioBitrateKbps),
  };
}

function audioView(raw: unknown, index: number): RungView {
  const rung = properties(raw);
  const name = string(rung.name);
  return {
    kind: "audio",
    label: name ?? `audio[${index}]`,
    at: under(`audio[${index}]`, audioNames),
    group: "audio",
    isOpen: raw === undefined || isOpen(raw),
    raw,
    name,
    audio: soundView(rung, rung.bitrateKbps),
  };
}

function soundView(sound: Readonly<Record<string, unknown>>, bitrateKbps: unknown): AudioView {
  return {
    codec: string(sound.codec),
    bitrateKbps: number(bitrateKbps),
    channels: number(sound.channels),
    sampleRateHz: number(sound.sampleRateHz),
  };
}

const S1 = "Tenbyte Livestream API 1.0.0, StreamCreateRequest (docs/sheets/tenbyte.md, section 2)";

/** Tenbyte's own limits: what its published schema refuses with a 422. */
export const tenbyteRules = [
  {
    id: "tenbyte-mode",
    severity: "error",
    about:
      "A ladder has video rungs (mode video) or audio-only rungs (mode audio), never both and never none.",
    source: S1,
    check: ({ rungs, isOpen }, { mode }) => {
      if (isOpen) return [];
      const video = rungs.filter(({ kind }) => kind === "video");
      const audio = rungs.filter(({ kind }) => kind === "audio");
      if (rungs.length === 0)
        return [{ path: "", message: `no rungs; give at least one under "${mode ?? "video"}"` }];
      if (video.length > 0 && audio.length > 0) {
        return misfits(audio, "Tenbyte takes audio-only rungs or video rungs, not both; drop it");
      }
      if (mode === "video")
        return misfits(audio, 'a stream of mode "video" takes no audio-only rung; give "video"');
      if (mode === "audio")
        return misfits(video, 'a stream of mode "audio" takes no video rung; give "audio"');
      return [];
    },
  },
  {
    id: "tenbyte-rung-count",
    severity: "error",
    about: "At most 6 video rungs, or 3 audio-only rungs.",
    source: S1,
    check: ({ rungs }) =>
      (["video", "audio"] as const).flatMap((kind) => {
        const most = kind === "video" ? 6 : 3;
        return rungs
          .filter((rung) => rung.kind === kind)
          .slice(most)
          .map((rung) => ({
            path: rung.at(),
            message: `rung "${rung.label}": Tenbyte takes at most ${most} ${kind} rungs; drop it`,
          }));
      }),
  },
  {
    id: "tenbyte-size",
    severity: "error",
    about: "Width is at most 2560 px; height is 240, 360, 480, 720, 1080 or 1440 px.",
    source: S1,
    check: ({ rungs }) =>
      rungs.flatMap((rung) => [
        ...((rung.width ?? 0) > 2560
          ? [fault(rung, "width", `Tenbyte takes at most 2560 px, not ${rung.width ?? 0}`)]
          : []),
        ...oneOf(rung, "height", rung.height, [240, 360, 480, 720, 1080, 1440]),
      ]),
  },
  {
    id: "tenbyte-fps",
    severity: "error",
    about: "The frame rate is 24, 25, 30 or 60.",
    source: S1,
    check: ({ rungs }) => rungs.flatMap((rung) => oneOf(rung, "fps", rung.fps, [24, 25, 30, 60])),
  },
  {
    id: "tenbyte-codec",
    severity: "error",
    about: "The video codec is h264 or h265.",
    source: S1,
    check: ({ rungs }) => rungs.flatMap((rung) => oneOf(rung, "codec", rung.codec, ["h264", "h265"])),
  },
  {
    id: "tenbyte-crf",
    severity: "error",
    about: "crf is 0 to 51.",
    source: S1,
    check: ({ rungs }) =>
      rungs.flatMap((rung) => {
        const crf = rung.kind === "video" ? number(properties(rung.raw).crf) : undefined;
        if (crf === undefined || (crf >= 0 && crf <= 51)) return [];
        return [{ path: `${rung.at()}.crf`, message: `rung "${rung.label}": crf ${crf} is outside 0 to 51` }];
      }),
  },
  {
    id: "tenbyte-audio",
    severity: "error",
    about: "Audio is aac, 1, 2 or 6 channels, 22050, 32000, 44100 or 48000 Hz, 64 to 256 kbps.",
    source: S1,
    check: ({ rungs }) =>
      rungs.flatMap((rung) => {
        const { codec, channels, sampleRateHz, bitrateKbps } = rung.audio ?? {};
        return [
          ...oneOf(rung, "audio.codec", codec, ["aac"]),
          ...oneOf(rung, "audio.channels", channels, [1, 2, 6]),
          ...oneOf(rung, "audio.sampleRateHz", sampleRateHz, [22050, 32000, 44100, 48000]),
          ...(bitrateKbps !== undefined && (bitrateKbps < 64 || bitrateKbps > 256)
            ? [fault(rung, "audio.bitrateKbps", `Tenbyte takes 64 to 256 kbps, not ${bitrateKbps}`)]
            : []),
        ];
      }),
  },
] as const satisfies readonly Rule[];

/** Id of a rule that only Tenbyte adds. */
export type TenbyteRuleId = (typeof tenbyteRules)[number]["id"];

function misfits(rungs: readonly RungView[], message: string): Fault[] {
  return rungs.map((rung) => ({ path: rung.at(), message: `rung "${rung.label}": ${message}` }));
}

function oneOf<T extends string | number>(
  rung: RungView,
  field: RungField,
  value: T | undefined,
  allowed: readonly T[],
): Fault[] {
  if (value === undefined || allowed.includes(value)) return [];
  return [fault(rung, field, `Tenbyte takes ${allowed.join(", ")}, not ${value}`)];
}
