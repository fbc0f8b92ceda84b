/** Channels of AWS Elemental MediaLive as JSON: `aws medialive describe-channel`, or the `EncoderSettings` alone. */
import { LadderError } from "../ladder";
import type { Audio, AudioCodec, Ladder, Rung, VideoCodec, VideoRung } from "../ladder";
import { findLevel } from "../levels";
import { asRate, exact, exactRate } from "../rate";
import type { Fraction } from "../rate";
import { number, properties, items, string } from "../view";
import { imported, known, lost, Losses, toKbps } from "./form";
import type { Exported, ImportOptions, LadderForm } from "./form";

type Props = Readonly<Record<string, unknown>>;

/** The same with names that begin with a capital letter, as the AWS command writes them; SDKs and templates differ. */
function capitals(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(capitals);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key.charAt(0).toUpperCase() + key.slice(1), capitals(item)]),
  );
}

function settingsOf(text: string): Props {
  const channel = properties(capitals(JSON.parse(text)));
  const settings = properties(
    channel.EncoderSettings ?? properties(channel.Channel).EncoderSettings ?? channel,
  );
  if (Array.isArray(settings.VideoDescriptions) || Array.isArray(settings.AudioDescriptions)) return settings;
  throw new LadderError("the channel cannot be read", [
    {
      field: "VideoDescriptions",
      message: "there is none; give a channel of MediaLive, or its EncoderSettings",
    },
  ]);
}

function read(text: string, options: ImportOptions) {
  const settings = settingsOf(text);
  const losses = new Losses();
  const problems = new Losses();
  const sounds = new Map(
    items(settings.AudioDescriptions).map((raw) => [
      string(properties(raw).Name) ?? "",
      audioOf(properties(raw), losses),
    ]),
  );
  const outputs = items(settings.OutputGroups).flatMap((group) =>
    items(properties(group).Outputs).map(properties),
  );
  const used = new Set<string>();
  const video = items(settings.VideoDescriptions).flatMap((raw) => {
    const description = properties(raw);
    const name = string(description.Name) ?? "";
    const output = outputs.find((item) => item.VideoDescriptionName === name);
    const [soundName] = items(output?.AudioDescriptionNames).map((item) => string(item) ?? "");
    if (soundName !== undefined) used.add(soundName);
    const rung = videoOf(name, description, options, losses, problems);
    const audio = soundName === undefined ? undefined : sounds.get(soundName);
    return rung === undefined ? [] : [known<VideoRung>({ ...rung, audio })];
  });
  const audio = [...sounds]
    .filter(([name]) => !used.has(name))
    .flatMap(([name, sound]): Rung[] => (sound === undefined ? [] : [{ kind: "audio", name, audio: sound }]));
  if (problems.all.length > 0) throw new LadderError("the channel does not say enough", problems.all);
  return imported([...video, ...audio], options, losses);
}

const CODECS = { H264Settings: "h264", H265Settings: "h265", Av1Settings: "av1" } as const satisfies Record<
  string,
  VideoCodec
>;

const PROFILES: readonly [string, string][] = [
  ["BASELINE", "baseline"],
  ["MAIN", "main"],
  ["HIGH", "high"],
  ["HIGH_10BIT", "high10"],
  ["HIGH_422", "high422"],
  ["HIGH_422_10BIT", "high422"],
  ["MAIN_10BIT", "main10"],
];

function videoOf(
  name: string,
  description: Props,
  options: ImportOptions,
  losses: Losses,
  problems: Losses,
): VideoRung | undefined {
  const [kind, raw] = Object.entries(properties(description.CodecSettings))[0] ?? [];
  const codec = CODECS[kind as keyof typeof CODECS] as VideoCodec | undefined;
  if (codec === undefined) {
    problems.add(name, "codec", `${kind ?? "CodecSettings"} is no codec that a ladder knows`);
    return undefined;
  }
  const settings = properties(raw);
  const width = number(description.Width) ?? options.size?.width;
  const height = number(description.Height) ?? options.size?.height;
  const bitrate = number(settings.Bitrate) ?? number(settings.MaxBitrate);
  if (width === undefined || height === undefined)
    problems.add(name, "width", "its size is not said; say it (--size 1280x720)");
  if (bitrate === undefined) problems.add(name, "bitrateKbps", "its bitrate is not said");
  if (width === undefined || height === undefined || bitrate === undefined) return undefined;
  if (settings.Bitrate === undefined)
    losses.add(name, "bitrateKbps", "QVBR says no average; its peak stands for it");
  const rate = rateOf(settings) ?? (options.fps === undefined ? undefined : exactRate(options.fps));
  if (rate === undefined) losses.add(name, "fps", "the rate follows the source");
  const level = string(settings.Level);
  const found =
    level === undefined
      ? undefined
      : findLevel(codec, level.replace(/^H26[45]_LEVEL_/, "").replace("_", "."));
  const bits = (value: unknown): number | undefined =>
    number(value) === undefined ? undefined : toKbps(Number(value));
  return known<VideoRung>({
    kind: "video",
    name,
    width,
    height,
    sampleAspect: shapeOf(settings),
    fps: rate && asRate(rate),
    codec,
    profile: PROFILES.find(([theirs]) => theirs === settings.Profile)?.[1],
    level: found?.name,
    tier: settings.Tier === "HIGH" ? "high" : undefined,
    bitrateKbps: toKbps(bitrate),
    peakBitrateKbps: settings.Bitrate === undefined ? undefined : bits(settings.MaxBitrate),
    bufferKbit: bits(settings.BufSize),
    rateControl: ({ CBR: "cbr", VBR: "vbr" } as const)[settings.RateControlMode as "CBR"],
    ...gopOf(settings),
    bFrames: number(settings.GopNumBFrames),
    refFrames: number(settings.NumRefFrames),
  });
}

function rateOf({ FramerateNumerator: over, FramerateDenominator: under }: Props): Fraction | undefined {
  const [top, bottom = 1] = [number(over), number(under)];
  return top === undefined ? undefined : exact(top, bottom);
}

function shapeOf({ ParNumerator: across, ParDenominator: down }: Props): string | undefined {
  return number(across) === undefined || number(down) === undefined || across === down
    ? undefined
    : `${Number(across)}:${Number(down)}`;
}

function gopOf({
  GopSize: size,
  GopSizeUnits: unit,
}: Props): Pick<VideoRung, "gopFrames" | "keyframeIntervalSeconds"> {
  const length = number(size);
  if (length === undefined || length <= 0) return {};
  return unit === "SECONDS" ? { keyframeIntervalSeconds: length } : { gopFrames: length };
}

const MODES: readonly [string, number][] = [
  ["CODING_MODE_1_0", 1],
  ["CODING_MODE_2_0", 2],
  ["CODING_MODE_5_1", 6],
  ["CODING_MODE_3_2_LFE", 6],
];
const SOUNDS: Readonly<Record<string, AudioCodec>> = {
  AacSettings: "aac",
  Ac3Settings: "ac-3",
  Eac3Settings: "e-ac-3",
};
const AAC: Readonly<Record<string, AudioCodec>> = { LC: "aac", HEV1: "he-aac", HEV2: "he-aac-v2" };

function audioOf(description: Props, losses: Losses): Audio | undefined {
  const name = string(description.Name);
  const [kind = "", raw] = Object.entries(properties(description.CodecSettings))[0] ?? [];
  const settings = properties(raw);
  const bitrate = number(settings.Bitrate);
  const codec = SOUNDS[kind];
  if (codec === undefined || bitrate === undefined) {
    losses.add(
      name,
      "audio",
      `${kind || "its codec"} is none that a ladder knows, or says no bitrate; the sound is left out`,
    );
    return undefined;
  }
  const channels = MODES.find(([mode]) => mode === settings.CodingMode)?.[1];
  if (channels === undefined)
    losses.add(name, "audio.channels", "the coding mode is not said; taken for stereo");
  return known({
    codec: codec === "aac" ? (AAC[string(settings.Profile) ?? "LC"] ?? "aac") : codec,
    bitrateKbps: toKbps(bitrate),
    channels: channels ?? 2,
    sampleRateHz: number(settings.SampleRate) ?? 48_000,
    language: string(description.LanguageCode),
  });
}

function write(ladder: Ladder): Exported {
  const losses = new Losses();
  for (const rung of ladder.rungs)
    lost(rung, ["bitDepth", "range", "audio.group"], "MediaLive's form here", losses);
  const sounds = ladder.rungs.flatMap((rung) =>
    rung.audio === undefined ? [] : [{ rung, audio: rung.audio }],
  );
  const soundName = (rung: Rung): string => (rung.kind === "audio" ? rung.name : `${rung.name}-audio`);
  const settings = {
    AudioDescriptions: sounds.map(({ rung, audio }) =>
      audioDescription(soundName(rung), audio, rung.name, losses),
    ),
    VideoDescriptions: ladder.rungs.flatMap((rung) =>
      rung.kind === "video" ? [videoDescription(rung, losses)] : [],
    ),
    OutputGroups: [
      {
        Name: ladder.name,
        Outputs: ladder.rungs.map((rung) => ({
          OutputName: rung.name,
          ...(rung.kind === "video" ? { VideoDescriptionName: rung.name } : {}),
          ...(rung.kind === "video" && rung.audio === undefined
            ? {}
            : { AudioDescriptionNames: [soundName(rung)] }),
        })),
      },
    ],
  };
  return { text: `${JSON.stringify({ EncoderSettings: settings }, undefined, 2)}\n`, losses: losses.all };
}

function videoDescription(rung: VideoRung, losses: Losses) {
  const { name, width, height, codec, profile, level, gopFrames, keyframeIntervalSeconds } = rung;
  const rate = exactRate(rung.fps);
  const [across, down] = rung.sampleAspect?.split(":").map(Number) ?? [];
  const theirs = PROFILES.find(([, ours]) => ours === profile)?.[0];
  if (profile !== undefined && theirs === undefined)
    losses.add(name, "profile", `MediaLive has no profile "${profile}"`);
  const prefix = codec === "h265" ? "H265" : "H264";
  const bits = (kbps: number | undefined): number | undefined =>
    kbps === undefined ? undefined : Math.round(kbps * 1000);
  const kind =
    Object.keys(CODECS).find((key) => CODECS[key as keyof typeof CODECS] === codec) ?? "H264Settings";
  const settings = known({
    Bitrate: bits(rung.bitrateKbps),
    MaxBitrate: bits(rung.peakBitrateKbps),
    BufSize: bits(rung.bufferKbit),
    RateControlMode: rung.rateControl?.toUpperCase(),
    FramerateControl: rate === undefined ? "INITIALIZE_FROM_SOURCE" : "SPECIFIED",
    FramerateNumerator: rate === undefined ? undefined : Number(rate.n),
    FramerateDenominator: rate === undefined ? undefined : Number(rate.d),
    ParControl: across === undefined ? undefined : "SPECIFIED",
    ParNumerator: across,
    ParDenominator: down,
    Profile: theirs,
    Level: level === undefined ? undefined : `${prefix}_LEVEL_${level.replace(/\.0$/, "").replace(".", "_")}`,
    Tier: rung.tier?.toUpperCase(),
    GopSize: gopFrames ?? keyframeIntervalSeconds,
    GopSizeUnits:
      gopFrames !== undefined ? "FRAMES" : keyframeIntervalSeconds === undefined ? undefined : "SECONDS",
    GopNumBFrames: rung.bFrames,
    NumRefFrames: rung.refFrames,
  });
  return { Name: name, Width: width, Height: height, CodecSettings: { [kind]: settings } };
}

function audioDescription(name: string, audio: Audio, rung: string, losses: Losses) {
  const { codec, bitrateKbps, channels, sampleRateHz, language } = audio;
  const aac = Object.keys(AAC).find((key) => AAC[key] === codec);
  const kind = aac === undefined ? Object.keys(SOUNDS).find((key) => SOUNDS[key] === codec) : "AacSettings";
  if (kind === undefined) losses.add(rung, "audio.codec", `MediaLive has no ${codec}`);
  const mode = MODES.find(([, count]) => count === channels)?.[0];
  const settings = known({
    Bitrate: bitrateKbps * 1000,
    CodingMode: mode,
    SampleRate: sampleRateHz,
    Profile: aac,
  });
  return known({
    Name: name,
    AudioSelectorName: "default",
    LanguageCode: language,
    CodecSettings: { [kind ?? "AacSettings"]: settings },
  });
}

/** A channel of MediaLive; out go its `EncoderSettings`. */
export const mediaLive: LadderForm = {
  name: "medialive",
  recognises: (text) => /"(video|audio)descriptions"/i.test(text),
  read,
  write,
};
