/**
 * Tenbyte's `ladder`: from the portable form, and back far enough to hold what a user wrote against the rules.
 * Source: docs/sheets/tenbyte.md, section 2 (StreamCreateRequest of "Tenbyte Livestream API" 1.0.0) and section 11.
 */
import type { Dialect } from "../../ladder/dialect";
import { audioRungs, LadderError, videoRungs } from "../../ladder/ladder";
import type { Audio, AudioRung, Ladder, LadderProblem, VideoRung } from "../../ladder/ladder";
import { fault, faults, findings, surplus } from "../../ladder/rule";
import type { Fault, Finding, LadderContext, Rule } from "../../ladder/rule";
import { rules } from "../../ladder/rules";
import { items, ladderView, nonZero, number, properties, rungView } from "../../ladder/view";
import type { Form, LadderView, RungField, RungView } from "../../ladder/view";
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
  codec: "h264" | "h265";
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

/** Fields that Tenbyte has none for; what it makes of them is its own choice. */
const WITHOUT_FIELD = ["sampleAspect", "tier", "bitDepth", "range"] as const satisfies (keyof VideoRung)[];

/** What Tenbyte cannot carry and a caller may agree to lose. `audioOnlyRungs`: those beside video rungs. */
export type TenbyteLoss =
  "audioOnlyRungs" | (typeof WITHOUT_FIELD)[number] | "audio.language" | "audio.group";

/** Options of {@link toTenbyteLadder}. */
export interface TenbyteOptions {
  /** Losses the caller agrees to. */
  readonly allow?: readonly TenbyteLoss[];
}

/**
 * A portable ladder as Tenbyte's `ladder` input. What only Tenbyte has (crf, preset, lookahead) stays unset, so Tenbyte
 * chooses it.
 * @throws LadderError listing every rung and field that Tenbyte cannot express or is documented to refuse.
 */
export function toTenbyteLadder(ladder: Ladder, { allow = [] }: TenbyteOptions = {}): TenbyteLadder {
  const video = videoRungs(ladder);
  const dropsAudio = video.length > 0 && allow.includes("audioOnlyRungs");
  const kept: Ladder = dropsAudio ? { ...ladder, rungs: video } : ladder;
  const problems = [
    ...refusals(kept),
    ...video.flatMap((rung, index) => unsayable(rung, ladderView({ ...ladder, rungs: video }).rungs[index])),
    ...kept.rungs.flatMap((rung) =>
      losses(rung).filter(({ field }) => !(allow as readonly string[]).includes(field)),
    ),
  ];
  if (problems.length > 0) throw new LadderError(`ladder "${ladder.name}" does not fit Tenbyte`, problems);
  return video.length > 0
    ? { video: video.filter(hasAudio).map(toVideo) }
    : { audio: audioRungs(kept).map(toAudio) };
}

function refusals(ladder: Ladder): LadderProblem[] {
  const held = [...rules.filter(({ id }) => id === "no-rungs"), ...tenbyteRules];
  return faults(held, ladderView(ladder)).map(({ rung, field, message }) => ({
    ...(rung === undefined ? {} : { rung: rung.label }),
    field: field ?? (rung === undefined ? "rungs" : "kind"),
    message,
  }));
}

/** What the portable form can say and Tenbyte's cannot: GOPs that are no whole number of frames, rungs without rate or audio. */
function unsayable({ name, fps, audio }: VideoRung, view: RungView | undefined): LadderProblem[] {
  const frames = view?.gopFrames ?? view?.gop?.frames;
  const problem = (field: string, message: string): LadderProblem => ({ rung: name, field, message });
  return [
    ...(fps === undefined ? [problem("fps", "Tenbyte needs a frame rate; set it")] : []),
    ...(frames === undefined
      ? [problem("keyframeIntervalSeconds", "Tenbyte needs the length of the GOP; set it")]
      : []),
    ...(frames === undefined || (Number.isInteger(frames) && frames >= 1)
      ? []
      : [
          problem(
            "keyframeIntervalSeconds",
            `${view?.keyframeIntervalSeconds ?? 0} s is no whole number of frames at ${view?.fps ?? 0} fps; use ` +
              `${Math.max(1, Math.round(frames)) / (view?.fps ?? 1)}`,
          ),
        ]),
    ...(audio === undefined ? [problem("audio", "Tenbyte needs audio in every video rung; add it")] : []),
  ];
}

/** What a field says when it is left out: to lose it is to lose nothing. */
const DEFAULTS: Readonly<Record<string, unknown>> = {
  sampleAspect: "1:1",
  tier: "main",
  bitDepth: 8,
  range: "sdr",
};

function losses(rung: VideoRung | AudioRung): LadderProblem[] {
  const video = rung.kind === "video" ? WITHOUT_FIELD.map((field) => [field, rung[field]] as const) : [];
  const audio = (["language", "group"] as const).map(
    (field) => [`audio.${field}`, rung.audio?.[field]] as const,
  );
  return [...video, ...audio]
    .filter(([field, value]) => value !== undefined && value !== DEFAULTS[field])
    .map(([field]) => ({
      rung: rung.name,
      field,
      message: `Tenbyte has no field for it; leave it unset or allow "${field}"`,
    }));
}

type HeardRung = VideoRung & { audio: Audio };

function hasAudio(rung: VideoRung): rung is HeardRung {
  return rung.audio !== undefined;
}

function toVideo(rung: HeardRung): TenbyteVideoRung {
  const { name, width, height, codec, profile, level, bitrateKbps, audio } = rung;
  const { gopFrames, gop, fps = 0 } = ladderView({ name, rungs: [rung] }).rungs[0] ?? {};
  return {
    name,
    width,
    height,
    fps,
    gop: gopFrames ?? gop?.frames ?? 0,
    bitrateKbps,
    ...set("maxBitrateKbps", rung.peakBitrateKbps),
    ...set("bufSizeKbps", rung.bufferKbit),
    codec: codec === "h265" ? "h265" : "h264",
    ...set("profile", profile),
    ...set("level", level),
    ...set("rateControl", rung.rateControl),
    ...set("bframes", rung.bFrames),
    ...set("refFrames", rung.refFrames),
    audio: {
      codec: "aac",
      channels: audio.channels,
      sampleRateHz: audio.sampleRateHz,
      audioBitrateKbps: audio.bitrateKbps,
    },
  };
}

function toAudio({ name, audio: { channels, sampleRateHz, bitrateKbps } }: AudioRung): TenbyteAudioRung {
  return { name, codec: "aac", channels, sampleRateHz, bitrateKbps };
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
    rungs: [
      ...items(given.video).map((raw, index) =>
        rungView({ raw, kind: "video", place: `video[${index}]`, form: videoForm }),
      ),
      ...items(given.audio).map((raw, index) =>
        rungView({ raw, kind: "audio", place: `audio[${index}]`, form: audioForm }),
      ),
    ],
    isOpen: ladder === undefined || isUnknown(ladder) || isOpenMember("video") || isOpenMember("audio"),
  };
}

const videoForm: Form = {
  name: "name",
  width: "width",
  height: "height",
  fps: "fps",
  codec: "codec",
  profile: "profile",
  level: "level",
  bitrateKbps: "bitrateKbps",
  peakBitrateKbps: { at: "maxBitrateKbps", read: nonZero },
  bufferKbit: { at: "bufSizeKbps", read: nonZero },
  rateControl: "rateControl",
  gopFrames: "gop",
  bFrames: "bframes",
  refFrames: "refFrames",
  audio: "audio",
  "audio.codec": "audio.codec",
  "audio.bitrateKbps": "audio.audioBitrateKbps",
  "audio.channels": "audio.channels",
  "audio.sampleRateHz": "audio.sampleRateHz",
};

const audioForm: Form = {
  name: "name",
  "audio.codec": "codec",
  "audio.bitrateKbps": "bitrateKbps",
  "audio.channels": "channels",
  "audio.sampleRateHz": "sampleRateHz",
};

const S1 = "Tenbyte Livestream API 1.0.0, StreamCreateRequest (docs/sheets/tenbyte.md, section 2)";

/** Tenbyte's own limits: what its published schema refuses with a 422. */
export const tenbyteRules = [
  {
    id: "tenbyte-mode",
    severity: "error",
    about: "A ladder has video rungs (mode video) or audio-only rungs (mode audio), never both.",
    source: S1,
    reads: [],
    check: ({ rungs, isOpen }, { mode }) => {
      if (isOpen) return [];
      const video = rungs.filter(({ kind }) => kind === "video");
      const audio = rungs.filter(({ kind }) => kind === "audio");
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
    reads: [],
    check: ({ rungs }) =>
      (["video", "audio"] as const).flatMap((kind) => {
        const most = kind === "video" ? 6 : 3;
        return rungs
          .filter((rung) => rung.kind === kind)
          .slice(most)
          .map((rung) => surplus(rung, `Tenbyte takes at most ${most} ${kind} rungs; drop it`, kind));
      }),
  },
  {
    id: "tenbyte-size",
    severity: "error",
    about: "Width is at most 2560 px; height is 240, 360, 480, 720, 1080 or 1440 px.",
    source: S1,
    reads: ["width", "height"],
    check: ({ rungs }) =>
      rungs.flatMap((rung) => [
        ...((rung.width ?? 0) > 2560
          ? [
              fault(rung, "width", `Tenbyte takes at most 2560 px, not ${rung.width ?? 0}`, {
                cause: "width",
              }),
            ]
          : []),
        ...oneOf(rung, "height", rung.height, [240, 360, 480, 720, 1080, 1440]),
      ]),
  },
  {
    id: "tenbyte-fps",
    severity: "error",
    about: "The frame rate is 24, 25, 30 or 60.",
    source: S1,
    reads: ["fps"],
    check: ({ rungs }) => rungs.flatMap((rung) => oneOf(rung, "fps", rung.fps, [24, 25, 30, 60])),
  },
  {
    id: "tenbyte-codec",
    severity: "error",
    about: "The video codec is h264 or h265.",
    source: S1,
    reads: ["codec"],
    check: ({ rungs }) => rungs.flatMap((rung) => oneOf(rung, "codec", rung.codec, ["h264", "h265"])),
  },
  {
    id: "tenbyte-crf",
    severity: "error",
    about: "crf is 0 to 51.",
    source: S1,
    reads: [],
    check: ({ rungs }) =>
      rungs.flatMap((rung) => {
        const crf = rung.kind === "video" ? number(properties(rung.raw).crf) : undefined;
        if (crf === undefined || (crf >= 0 && crf <= 51)) return [];
        const use = crf < 0 ? 0 : 51;
        const path = `${rung.at()}.crf`;
        return [
          {
            path,
            message: `crf ${crf} is outside 0 to 51; use ${use}`,
            rung,
            suggest: [{ path, value: use }],
          },
        ];
      }),
  },
  {
    id: "tenbyte-cbr-crf",
    severity: "warning",
    about:
      "A constant bitrate has no constant rate factor: the two contradict each other, and the encoder obeys one of them.",
    source: "x264 and x265 (--crf and --bitrate exclude each other); Tenbyte does not say which one it obeys",
    reads: ["rateControl"],
    unless: ["tenbyte-crf"],
    check: ({ rungs }) =>
      rungs.flatMap((rung) => {
        const crf = rung.kind === "video" ? number(properties(rung.raw).crf) : undefined;
        if (crf === undefined || rung.rateControl !== "cbr") return [];
        const path = `${rung.at()}.crf`;
        const message = `cbr with a crf of ${crf}; leave one of them out`;
        return [{ path, message, rung, cause: "cbr", suggest: [{ path }] }];
      }),
  },
  {
    id: "tenbyte-audio",
    severity: "error",
    about: "Audio is aac, 1, 2 or 6 channels, 22050, 32000, 44100 or 48000 Hz, 64 to 256 kbps.",
    source: S1,
    reads: [],
    check: ({ rungs }) =>
      rungs.flatMap((rung) => {
        const { codec, channels, sampleRateHz, bitrateKbps } = rung.audio ?? {};
        return [
          ...oneOf(rung, "audio.codec", codec, ["aac"]),
          ...oneOf(rung, "audio.channels", channels, [1, 2, 6]),
          ...oneOf(rung, "audio.sampleRateHz", sampleRateHz, [22050, 32000, 44100, 48000]),
          ...(bitrateKbps !== undefined && (bitrateKbps < 64 || bitrateKbps > 256)
            ? [
                fault(rung, "audio.bitrateKbps", `Tenbyte takes 64 to 256 kbps, not ${bitrateKbps}`, {
                  cause: `${bitrateKbps}`,
                  use: bitrateKbps < 64 ? 64 : 256,
                }),
              ]
            : []),
        ];
      }),
  },
] as const satisfies readonly Rule[];

/** Id of a rule that only Tenbyte adds. */
export type TenbyteRuleId = (typeof tenbyteRules)[number]["id"];

function misfits(rungs: readonly RungView[], message: string): Fault[] {
  return rungs.map((rung) => surplus(rung, message, message));
}

function oneOf<T extends string | number>(
  rung: RungView,
  field: RungField,
  value: T | undefined,
  allowed: readonly T[],
): Fault[] {
  if (value === undefined || allowed.includes(value)) return [];
  const [first] = allowed;
  return [
    fault(rung, field, `Tenbyte takes ${allowed.join(", ")}, not ${value}`, {
      cause: `${field} ${value}`,
      ...(allowed.length === 1 && first !== undefined ? { use: first } : {}),
    }),
  ];
}

/** Tenbyte's dialect. The mode of a stream is that of the rungs which its ladder has. */
export const tenbyteDialect: Dialect = {
  vendor: "tenbyte",
  title: "Tenbyte",
  rules: tenbyteRules,
  losses: [],
  convert: (ladder) => toTenbyteLadder(ladder),
  check: (form, context) =>
    checkTenbyteLadder(form, { ...context, mode: "video" in properties(form) ? "video" : "audio" }),
};
