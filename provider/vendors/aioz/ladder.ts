/**
 * AIOZ's `qualities`: from the portable form, and back as far as rules can say anything about them.
 * Source: docs/sheets/aioz.md, section 8. Its documents disagree on resolutions and containers; each place says which
 * one is followed.
 */
import { LadderError } from "../../ladder/ladder";
import type { Audio, AudioRung, Ladder, LadderProblem, Rung, VideoRung } from "../../ladder/ladder";
import { afterUnit, kbpsForBits } from "../../ladder/bitrate-unit";
import type { Dialect } from "../../ladder/dialect";
import { eachRung, fault, findings } from "../../ladder/rule";
import type { Fault, Finding, LadderContext, Rule } from "../../ladder/rule";
import { videoCodecNamed } from "../../ladder/codecs";
import { rules } from "../../ladder/rules";
import { items, number, properties, rungView, string } from "../../ladder/view";
import type { Form, LadderView, RungView, Value } from "../../ladder/view";

/**
 * AIOZ counts bitrates in bit/s. [assumed] No document states the unit. Its samples show 750000 for a 360p H.264 video
 * (docs page live-streamings/videos) and 5000000 with 192000 of audio for 1080p (its published agent skill).
 */
const BITS_PER_KBIT = 1000;

/** One entry of AIOZ's `qualities`. Bitrates in bit/s. */
export interface AiozQuality {
  /** `720p`; of an audio-only quality any label. */
  resolution: string;
  type: AiozType;
  containerType: string;
  videoConfig?: AiozVideoConfig;
  audioConfig?: AiozAudioConfig;
}

/** Delivery protocol of an AIOZ quality. */
export type AiozType = "hls" | "dash";

/** Video of an AIOZ quality. `index` is the video track of the source. */
export interface AiozVideoConfig {
  codec: "h264" | "h265";
  bitrate: number;
  index: number;
}

/** Audio of an AIOZ quality. `index` is the audio track of the source; channels are text at AIOZ. */
export interface AiozAudioConfig {
  codec: "aac";
  bitrate: number;
  channels: string;
  sampleRate: number;
  language?: string;
  index: number;
}

/** What AIOZ has no field for and chooses itself. */
export const aiozLosses = [
  "fps",
  "sampleAspect",
  "profile",
  "level",
  "tier",
  "bitDepth",
  "range",
  "peakBitrateKbps",
  "bufferKbit",
  "rateControl",
  "keyframeIntervalSeconds",
  "gopFrames",
  "bFrames",
  "refFrames",
] as const satisfies readonly (keyof VideoRung)[];

/** A field of a rung that AIOZ cannot carry. */
export type AiozLoss = (typeof aiozLosses)[number];

/** Options of {@link toAiozQualities}. */
export interface AiozOptions {
  /** Default `hls`. */
  readonly type?: AiozType;
  /** Default: `fmp4` for dash; for hls `mpegts`, and `mp4` with H.265, which Apple does not play from a transport stream. */
  readonly containerType?: string;
  /** Language of the audio where a rung names none, e.g. `en`. Unset: AIOZ's choice. */
  readonly language?: string;
  /** Fields the caller leaves to AIOZ; `aiozLosses` is all of them. */
  readonly allow?: readonly AiozLoss[];
}

// The union of what the documents list: the request schema 144p to 2160p without 480p, the SDK's own tests 480p, the
// encoding guide up to 4320p.
const HEIGHTS = [144, 240, 360, 480, 720, 1080, 1440, 2160, 4320];

/**
 * A portable ladder as AIOZ's `qualities`. AIOZ takes a height, a codec and a bitrate, nothing more: every other field
 * that a rung sets must be named in `allow`. A 16:9 width is not lost: AIOZ follows the source's shape.
 * @throws LadderError listing every rung and field that AIOZ cannot express and the caller has not agreed to lose.
 */
export function toAiozQualities(ladder: Ladder, options: AiozOptions = {}): AiozQuality[] {
  const problems = [
    ...ladder.rungs.flatMap((rung) => losses(rung, options.allow ?? [])),
    ...clashes(ladder.rungs),
  ];
  if (problems.length > 0) throw new LadderError(`ladder "${ladder.name}" does not fit AIOZ`, problems);
  return ladder.rungs.map((rung) => quality(rung, options));
}

function losses(rung: Rung, allow: readonly AiozLoss[]): LadderProblem[] {
  const problem = (field: string, message: string): LadderProblem => ({ rung: rung.name, field, message });
  const sound =
    rung.audio === undefined || rung.audio.codec === "aac"
      ? []
      : [problem("audio.codec", `AIOZ's documents show aac only, not ${rung.audio.codec}`)];
  if (rung.kind === "audio") return sound;
  const { width, height, codec } = rung;
  return [
    ...(HEIGHTS.includes(height)
      ? []
      : [problem("height", `AIOZ takes ${HEIGHTS.join(", ")}, not ${height}`)]),
    ...(Math.abs(width / height / (16 / 9) - 1) <= 0.02
      ? []
      : [problem("width", `AIOZ has no width, and ${width}x${height} is not 16:9`)]),
    ...(isAiozCodec(codec) ? [] : [problem("codec", `AIOZ takes ${CODECS.join(" or ")}, not ${codec}`)]),
    ...sound,
    ...aiozLosses
      .filter((field) => rung[field] !== undefined && !allow.includes(field))
      .map((field) =>
        problem(field, `AIOZ has no field for it and chooses it; leave it unset or allow "${field}"`),
      ),
  ];
}

const CODECS = ["h264", "h265"] as const;

function isAiozCodec(codec: string): codec is (typeof CODECS)[number] {
  return (CODECS as readonly string[]).includes(codec);
}

function clashes(rungs: readonly Rung[]): LadderProblem[] {
  const seen = new Set<string>();
  return rungs.flatMap((rung) => {
    if (rung.kind === "audio") return [];
    const key = `${rung.codec} ${rung.height}`;
    if (!seen.has(key)) {
      seen.add(key);
      return [];
    }
    return [
      {
        rung: rung.name,
        field: "height",
        message: `AIOZ tells ${rung.codec} rungs apart by height only, and ${rung.height} is taken`,
      },
    ];
  });
}

function quality(rung: Rung, { type = "hls", containerType, language }: AiozOptions): AiozQuality {
  const audioConfig = rung.audio && toAudioConfig(rung.audio, language);
  const common = { type, containerType: containerType ?? container(type, rung) };
  if (rung.kind === "audio") return { resolution: rung.name, ...common, audioConfig };
  const codec = rung.codec === "h265" ? "h265" : "h264";
  return {
    resolution: `${rung.height}p`,
    ...common,
    videoConfig: { codec, bitrate: rung.bitrateKbps * BITS_PER_KBIT, index: 0 },
    ...(audioConfig && { audioConfig }),
  };
}

function container(type: AiozType, rung: VideoRung | AudioRung): string {
  if (type === "dash") return "fmp4";
  return rung.kind === "video" && rung.codec === "h265" ? "mp4" : "mpegts";
}

function toAudioConfig(
  { bitrateKbps, channels, sampleRateHz, language: own }: Audio,
  otherwise?: string,
): AiozAudioConfig {
  const language = own ?? otherwise;
  return {
    codec: "aac",
    bitrate: bitrateKbps * BITS_PER_KBIT,
    channels: String(channels),
    sampleRate: sampleRateHz,
    ...(language !== undefined && { language }),
    index: 0,
  };
}

/**
 * Holds AIOZ's `qualities` input, as the user wrote it, against every rule. They state no width, rate or GOP, so few
 * rules have anything to say. At preview any part may be the engine's unknown: pass it as it is. Never throws.
 */
export function checkAiozQualities(qualities: unknown, context: LadderContext = {}): Finding[] {
  return findings([...aiozRules, ...afterUnit("aioz-bitrate-unit", rules)], aiozView(qualities), context);
}

/** AIOZ's `qualities` as the rules see them; paths are the user's: `[2].videoConfig.bitrate`. */
function aiozView(qualities: unknown): LadderView {
  return { rungs: items(qualities).map(qualityView), isOpen: !Array.isArray(qualities) };
}

const toKbps = (bitrate: unknown): unknown => {
  const bits = number(bitrate);
  return bits === undefined ? undefined : bits / BITS_PER_KBIT;
};
const toBits = (kbps: Value): Value => Math.round(Number(kbps) * BITS_PER_KBIT);
const toCount = (text: unknown): unknown =>
  typeof text === "string" && /^\d+$/.test(text) ? Number(text) : text;

const form: Form = {
  height: {
    at: "resolution",
    read: (resolution) => heightOf(resolution),
    write: (height) => `${height}p`,
  },
  codec: "videoConfig.codec",
  bitrateKbps: { at: "videoConfig.bitrate", read: toKbps, write: toBits },
  container: "containerType",
  protocol: "type",
  audio: "audioConfig",
  "audio.codec": "audioConfig.codec",
  "audio.bitrateKbps": { at: "audioConfig.bitrate", read: toKbps, write: toBits },
  "audio.channels": { at: "audioConfig.channels", read: toCount, write: String },
  "audio.sampleRateHz": "audioConfig.sampleRate",
  "audio.language": "audioConfig.language",
};

function heightOf(resolution: unknown): number | undefined {
  const [, height] = /^(\d+)p$/i.exec(string(resolution) ?? "") ?? [];
  return height === undefined ? undefined : Number(height);
}

function qualityView(raw: unknown, index: number): RungView {
  const { resolution, videoConfig, audioConfig } = properties(raw);
  const isAudio =
    heightOf(resolution) === undefined && videoConfig === undefined && audioConfig !== undefined;
  const kind = isAudio && !("videoConfig" in properties(raw)) ? "audio" : "video";
  return rungView({
    raw,
    kind,
    place: `[${index}]`,
    form,
    label: string(resolution) ?? `[${index}]`,
    // Of an audio-only quality the resolution is any label.
    nameProperty: kind === "audio" ? "resolution" : "",
  });
}

// Published: hls mpegts or mp4, dash fmp4. The server code (docs/sheets/aioz.md, section 8) takes hls mpegts or fmp4, dash mp4 or
// webm. What either takes passes.
const CONTAINERS: Readonly<Record<string, readonly string[]>> = {
  hls: ["mpegts", "mp4", "fmp4"],
  dash: ["fmp4", "mp4", "webm"],
};

/** AIOZ's own limits, as far as its documents agree. */
export const aiozRules = [
  {
    id: "aioz-resolution",
    severity: "warning",
    about:
      "The resolution of a video quality is one that some AIOZ document lists, 144p to 4320p; they disagree on the list.",
    source:
      "AIOZ docs pages live-streaming and media, OpenAPI CreateStreamingRequest (docs/sheets/aioz.md, section 8)",
    reads: ["height"],
    check: ({ rungs }) =>
      rungs.flatMap((rung) => {
        const resolution = string(properties(rung.raw).resolution);
        if (rung.kind === "audio" || resolution === undefined) return [];
        if (rung.height !== undefined && HEIGHTS.includes(rung.height)) return [];
        return [
          fault(
            rung,
            "height",
            `AIOZ lists ${HEIGHTS.map((height) => `${height}p`).join(", ")}, not "${resolution}"`,
          ),
        ];
      }),
  },
  {
    id: "aioz-codec",
    severity: "warning",
    about: "The video codec is h264 or h265, by that name: AIOZ's documents show no other.",
    source: "AIOZ docs page live-streamings/videos and SDK (docs/sheets/aioz.md, section 8)",
    reads: ["codec"],
    check: ({ rungs }) =>
      rungs.flatMap((rung) => {
        const { codec } = rung;
        if (codec === undefined || isAiozCodec(codec)) return [];
        const meant = videoCodecNamed(codec);
        const isKnown = meant !== undefined && isAiozCodec(meant);
        const message = `AIOZ takes ${CODECS.join(" or ")}, not "${codec}"${isKnown ? `; did you mean ${meant}?` : ""}`;
        return [fault(rung, "codec", message, { cause: codec, ...(isKnown ? { use: meant } : {}) })];
      }),
  },
  {
    id: "aioz-type",
    severity: "error",
    about: "The type is hls or dash.",
    source: "AIOZ docs page media/video, QualityConfig (docs/sheets/aioz.md, section 8)",
    reads: [],
    check: ({ rungs }) =>
      rungs.flatMap((rung) => {
        const type = string(properties(rung.raw).type);
        return type === undefined || type in CONTAINERS
          ? []
          : misfit(rung, "type", `AIOZ takes hls or dash, not "${type}"`);
      }),
  },
  {
    id: "aioz-container",
    severity: "error",
    about: "The container goes with the type: hls in mpegts, mp4 or fmp4; dash in fmp4, mp4 or webm.",
    source: "AIOZ docs page media/video and docs/llms/live-streaming.md (docs/sheets/aioz.md, section 8)",
    reads: ["container", "protocol"],
    check: ({ rungs }) =>
      rungs.flatMap((rung) => {
        const { type, containerType } = properties(rung.raw);
        const takes = CONTAINERS[string(type) ?? ""];
        const container = string(containerType);
        if (takes === undefined || container === undefined || takes.includes(container)) return [];
        return misfit(
          rung,
          "containerType",
          `"${container}" does not go with ${String(type)}; use ${takes.join(", ")}`,
        );
      }),
  },
  {
    id: "aioz-bitrate-unit",
    severity: "warning",
    about: "Bitrates are in bit/s: below 10 000 they are usually meant as kbps.",
    source: "AIOZ samples (750000 for 360p, 192000 for audio); the unit itself is stated nowhere",
    reads: [],
    check: eachRung((rung) => [
      ...kbpsForBits(rung, "bitrateKbps", rung.bitrateKbps),
      ...kbpsForBits(rung, "audio.bitrateKbps", rung.audio?.bitrateKbps),
    ]),
  },
] as const satisfies readonly Rule[];

/** Id of a rule that only AIOZ adds. */
export type AiozRuleId = (typeof aiozRules)[number]["id"];

function misfit(rung: RungView, field: keyof AiozQuality, message: string): Fault[] {
  return [{ path: `${rung.at()}.${field}`, message, rung, cause: message }];
}

/** AIOZ's dialect. */
export const aiozDialect: Dialect = {
  vendor: "aioz",
  title: "AIOZ",
  rules: aiozRules,
  losses: aiozLosses,
  convert: (ladder) => toAiozQualities(ladder, { allow: aiozLosses }),
  check: checkAiozQualities,
};
