/** FFmpeg command lines: one output with `-var_stream_map`, or an output a rung, as nginx-rtmp's `exec` has them. */
import { videoCodecNamed, audioCodecNamed } from "../codecs";
import { LadderError } from "../ladder";
import type { Audio, AudioCodec, Ladder, Rung, VideoRung } from "../ladder";
import { asRate, exactRate } from "../rate";
import { imported, known, lost, Losses } from "./form";
import type { Exported, ImportOptions, LadderForm } from "./form";

/** An option as it was written: `-b:v:1 2800k` is `b`, `v:1`, `2800k`. */
interface Option {
  readonly name: string;
  readonly spec: string;
  readonly value: string;
}

/** Options that take no value. */
const FLAGS = new Set([
  "re",
  "y",
  "n",
  "an",
  "vn",
  "sn",
  "dn",
  "shortest",
  "hide_banner",
  "nostdin",
  "nostats",
  "copyts",
  "stats",
]);

/** The words of a shell line, quotes and escapes resolved. */
function words(line: string): string[] {
  const found = line.matchAll(/(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([^\s"']+))(?=\s|$|["'])/g);
  return [...found].map(
    ([, double, single, plain]) => double?.replace(/\\(.)/g, "$1") ?? single ?? plain ?? "",
  );
}

/** The commands in a text: the statements of an nginx-rtmp `exec`, else a line each. */
function commands(text: string): string[] {
  const joined = text.replace(/\\\r?\n/g, " ");
  const statements = [...joined.matchAll(/^\s*exec\w*\s+([^]*?);\s*$/gm)].map(
    ([, statement = ""]) => statement,
  );
  const lines = statements.length > 0 ? statements : joined.split("\n");
  return lines.filter((line) => line.includes("ffmpeg") || line.includes("-var_stream_map"));
}

/** The options of each output of a command. */
function outputs(line: string): Option[][] {
  const all = words(line);
  const tokens = all.slice(all.findIndex((word) => /(^|\/)ffmpeg$/.test(word)) + 1);
  const blocks: Option[][] = [];
  let options: Option[] = [];
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at] ?? "";
    if (/^-[a-z_]/i.test(token)) {
      const [name = "", ...spec] = token.slice(1).split(":");
      const value = FLAGS.has(name) ? "" : (tokens[++at] ?? "");
      // What stands before an input is about the input.
      if (name === "i") options = options.filter((option) => option.name === "filter_complex");
      else options.push({ name, spec: spec.join(":"), value });
    } else {
      blocks.push(options);
      options = [];
    }
  }
  return options.some(({ name }) => name === "var_stream_map") ? [...blocks, options] : blocks;
}

/** The value of an option for a stream, the most exact of those written, the last of equals. */
function valueOf(
  options: readonly Option[],
  names: readonly string[],
  kind: "v" | "a",
  index: number,
): string | undefined {
  const rank = ({ spec }: Option): number => [`${kind}:${index}`, kind, ""].indexOf(spec);
  const [best] = options
    .filter((option) => names.includes(option.name) && rank(option) >= 0)
    .toReversed()
    .toSorted((a, b) => rank(a) - rank(b));
  return best?.value;
}

/** `800k`, `2.8M`, `128000` in kbps. */
function kbps(text: string | undefined): number | undefined {
  const [, number, unit = ""] = /^([\d.]+)([kKmM]?)/.exec(text ?? "") ?? [];
  if (number === undefined) return undefined;
  const bits = Number(number) * ({ "": 1, k: 1e3, m: 1e6 }[unit.toLowerCase()] ?? 1);
  return Math.round(bits / 1000);
}

const integer = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;

/** Width and height in `1280x720`, or in a scale filter, which may leave one to the other. */
function sizeIn(text: string | undefined): { width?: number; height?: number } | undefined {
  const [, w, h] =
    /^(\d+)x(\d+)$/.exec(text ?? "") ??
    /scale(?:_\w+)?=(?:w=)?([^:,[\]]+)(?::(?:h=)?([^:,[\]]+))?/.exec(text ?? "") ??
    [];
  if (w === undefined)
    return {
      hd480: { width: 852, height: 480 },
      hd720: { width: 1280, height: 720 },
      hd1080: { width: 1920, height: 1080 },
    }[text ?? ""];
  return known({ width: integer(w), height: integer(h) });
}

/** The scale filters of a filter graph, in the order of the outputs that `-map` names. */
function graphSizes(options: readonly Option[]): string[] {
  const graph = options.find(({ name }) => name === "filter_complex")?.value ?? "";
  const chains = graph.split(";").map((chain) => ({ chain, label: /\[([^\]]+)\]\s*$/.exec(chain)?.[1] }));
  const mapped = options
    .filter(({ name }) => name === "map")
    .map(({ value }) => value.replace(/^\[|\]$/g, ""));
  const scaled = chains.filter(({ chain }) => chain.includes("scale"));
  const inOrder = mapped.flatMap((label) => scaled.filter((item) => item.label === label));
  return (inOrder.length > 0 ? inOrder : scaled).map(({ chain }) => chain);
}

function read(text: string, options: ImportOptions) {
  const losses = new Losses();
  const problems = new Losses();
  const blocks = commands(text).flatMap(outputs);
  const rungs = blocks.flatMap((block) => {
    const map = block.find(({ name }) => name === "var_stream_map")?.value;
    return map === undefined
      ? streamsOf(
          block,
          { v: 0, a: block.some(({ name }) => name === "an") ? undefined : 0 },
          options,
          losses,
          problems,
        )
      : map
          .split(/\s+/)
          .filter(Boolean)
          .flatMap((entry) => streamsOf(block, entryOf(entry), options, losses, problems));
  });
  if (problems.all.length > 0) throw new LadderError("the command does not say enough", problems.all);
  return imported(rungs, options, losses);
}

/** The streams that make one rung, as `-var_stream_map` numbers them. */
interface Entry {
  readonly v?: number;
  readonly a?: number;
  readonly name?: string;
  readonly group?: string;
  readonly language?: string;
}

function entryOf(text: string): Entry {
  const parts = Object.fromEntries(text.split(",").map((part) => part.split(":") as [string, string]));
  return known({
    v: integer(parts.v),
    a: integer(parts.a),
    name: parts.name,
    group: parts.agroup,
    language: parts.language,
  });
}

function streamsOf(
  block: readonly Option[],
  entry: Entry,
  given: ImportOptions,
  losses: Losses,
  problems: Losses,
): Rung[] {
  const audio = entry.a === undefined ? undefined : audioOf(block, entry, losses);
  if (entry.v === undefined)
    return audio === undefined ? [] : [{ kind: "audio", name: entry.name ?? "", audio }];
  const rung = videoOf(block, entry, entry.v, given, losses, problems);
  return rung === undefined ? [] : [known({ ...rung, audio })];
}

function audioOf(
  block: readonly Option[],
  { a = 0, name = "", language, group }: Entry,
  losses: Losses,
): Audio | undefined {
  const get = (...names: string[]): string | undefined => valueOf(block, names, "a", a);
  const codecName = get("c", "codec", "acodec");
  const bitrateKbps = kbps(get("b", "ab"));
  if (bitrateKbps === undefined) {
    losses.add(name || undefined, "audio", "the bitrate of the sound is not said; the sound is left out");
    return undefined;
  }
  const channels = integer(get("ac"));
  const sampleRateHz = integer(get("ar"));
  if (channels === undefined || sampleRateHz === undefined)
    losses.add(
      name || undefined,
      "audio",
      "channels or sample rate are not said; taken for stereo at 48000 Hz",
    );
  return known({
    codec: soundOf(codecName, get("profile")),
    bitrateKbps,
    channels: channels ?? 2,
    sampleRateHz: sampleRateHz ?? 48_000,
    language,
    group,
  });
}

function soundOf(encoder = "aac", profile?: string): AudioCodec {
  if (profile === "aac_he") return "he-aac";
  return profile === "aac_he_v2" ? "he-aac-v2" : (audioCodecNamed(encoder) ?? "aac");
}

function videoOf(
  block: readonly Option[],
  { name = "" }: Entry,
  index: number,
  given: ImportOptions,
  losses: Losses,
  problems: Losses,
): VideoRung | undefined {
  const get = (...names: string[]): string | undefined => valueOf(block, names, "v", index);
  const place = name || `v:${index}`;
  const size = sizeOf(get, graphSizes(block)[index], given, place, losses);
  const bitrateKbps = kbps(get("b", "vb"));
  if (size === undefined) problems.add(place, "width", "its size is not said; say it (--size 1280x720)");
  if (bitrateKbps === undefined) problems.add(place, "bitrateKbps", "its bitrate is not said (-b:v)");
  if (size === undefined || bitrateKbps === undefined) return undefined;
  const codecName = get("c", "codec", "vcodec");
  const codec = videoCodecNamed(codecName ?? "libx264");
  if (codec === undefined) {
    problems.add(place, "codec", `"${codecName ?? ""}" is no codec that a ladder knows`);
    return undefined;
  }
  const fps = get("r") ?? (given.fps === undefined ? undefined : String(given.fps));
  const rate = fps === undefined ? undefined : exactRate(/^[\d.]+$/.test(fps) ? Number(fps) : fps);
  if (rate === undefined) losses.add(place, "fps", "its rate is not said (-r); left to the source");
  return known<VideoRung>({
    kind: "video",
    name,
    ...size,
    fps: rate && asRate(rate),
    codec,
    profile: get("profile"),
    level: get("level"),
    bitrateKbps,
    peakBitrateKbps: kbps(get("maxrate")),
    bufferKbit: kbps(get("bufsize")),
    ...gopOf(get),
    bFrames: integer(get("bf")),
    refFrames: integer(get("refs")),
  });
}

type Get = (...names: string[]) => string | undefined;

function sizeOf(get: Get, graph: string | undefined, given: ImportOptions, place: string, losses: Losses) {
  const found = sizeIn(get("s")) ?? sizeIn(get("filter", "vf")) ?? sizeIn(graph) ?? given.size;
  if (found?.width !== undefined && found.height !== undefined)
    return { width: found.width, height: found.height };
  const even = (pixels: number): number => Math.round(pixels / 2) * 2;
  if (found?.width === undefined && found?.height === undefined) return undefined;
  losses.add(place, "width", "one side follows the source; taken for 16:9");
  return found.width === undefined
    ? { width: even(((found.height ?? 0) * 16) / 9), height: found.height ?? 0 }
    : { width: found.width, height: even((found.width * 9) / 16) };
}

function gopOf(get: Get): Pick<VideoRung, "gopFrames" | "keyframeIntervalSeconds"> {
  const [, forced] = /n_forced\s*\*\s*([\d.]+)/.exec(get("force_key_frames") ?? "") ?? [];
  const [, params] = /(?:^|:)keyint=(\d+)/.exec(get("x264-params", "x264opts", "x265-params") ?? "") ?? [];
  const gopFrames = integer(get("g") ?? params);
  if (gopFrames !== undefined) return { gopFrames };
  const seconds = forced === undefined ? undefined : Number(forced);
  return seconds === undefined ? {} : { keyframeIntervalSeconds: seconds };
}

/** What a command has no option for that every encoder obeys. */
const NO_OPTION = ["sampleAspect", "tier", "bitDepth", "range", "rateControl"] as const;

const ENCODERS = { h264: "libx264", h265: "libx265", av1: "libsvtav1" } as const;
const SOUND_ENCODERS = {
  aac: "aac",
  "he-aac": "libfdk_aac",
  "he-aac-v2": "libfdk_aac",
  opus: "libopus",
  "ac-3": "ac3",
  "e-ac-3": "eac3",
} as const;

function write(ladder: Ladder): Exported {
  const losses = new Losses();
  for (const rung of ladder.rungs) lost(rung, NO_OPTION, "a command", losses);
  const lines = [
    "ffmpeg -i INPUT",
    ...encoderOptions(ladder),
    `-f hls -hls_flags independent_segments -master_pl_name master.m3u8 -hls_segment_filename '%v/%d.ts' '%v/playlist.m3u8'`,
  ];
  return { text: `${lines.join(" \\\n  ")}\n`, losses: losses.all };
}

/** The options that make a ladder of one input: maps, encoders, rates, and the variant map. A line each. */
export function encoderOptions(ladder: Ladder): string[] {
  let audio = -1;
  let video = -1;
  const maps: string[] = [];
  const variants: string[] = [];
  const options = ladder.rungs.map((rung) => {
    const entry: string[] = [];
    const parts: string[] = [];
    if (rung.kind === "video") {
      video += 1;
      maps.push("-map 0:v:0");
      entry.push(`v:${video}`);
      parts.push(...videoOptions(rung, video));
    }
    if (rung.audio !== undefined) {
      audio += 1;
      maps.push("-map 0:a:0");
      entry.push(`a:${audio}`);
      parts.push(...audioOptions(rung.audio, audio));
      if (rung.audio.group !== undefined) entry.push(`agroup:${rung.audio.group}`);
      if (rung.audio.language !== undefined) entry.push(`language:${rung.audio.language}`);
    }
    variants.push([...entry, `name:${rung.name.replace(/[\s,:]/g, "_")}`].join(","));
    return parts.join(" ");
  });
  return [maps.join(" "), ...options, `-var_stream_map "${variants.join(" ")}"`];
}

function videoOptions(rung: VideoRung, at: number): string[] {
  const option = (name: string, value: string | number | undefined): string[] =>
    value === undefined ? [] : [`-${name}:v:${at} ${value}`];
  const { gopFrames: gop, keyframeIntervalSeconds: seconds } = rung;
  return [
    ...option("c", ENCODERS[rung.codec]),
    ...option("s", `${rung.width}x${rung.height}`),
    ...option("r", rung.fps),
    ...option("profile", rung.profile),
    ...option("level", rung.level),
    ...option("b", `${rung.bitrateKbps}k`),
    ...option("maxrate", rung.peakBitrateKbps === undefined ? undefined : `${rung.peakBitrateKbps}k`),
    ...option("bufsize", rung.bufferKbit === undefined ? undefined : `${rung.bufferKbit}k`),
    ...option("g", gop),
    ...option("keyint_min", gop),
    ...(gop === undefined && seconds !== undefined
      ? [`-force_key_frames:v:${at} 'expr:gte(t,n_forced*${seconds})'`]
      : []),
    ...(gop === undefined && seconds === undefined ? [] : option("sc_threshold", 0)),
    ...option("bf", rung.bFrames),
    ...option("refs", rung.refFrames),
  ];
}

function audioOptions({ codec, bitrateKbps, channels, sampleRateHz }: Audio, at: number): string[] {
  const profile = { "he-aac": "aac_he", "he-aac-v2": "aac_he_v2" }[codec as string];
  return [
    `-c:a:${at} ${SOUND_ENCODERS[codec]}`,
    ...(profile === undefined ? [] : [`-profile:a:${at} ${profile}`]),
    `-b:a:${at} ${bitrateKbps}k`,
    `-ac:a:${at} ${channels}`,
    `-ar:a:${at} ${sampleRateHz}`,
  ];
}

/** An FFmpeg command, or lines of an nginx-rtmp `exec`. Out goes a command that makes HLS. */
export const ffmpeg: LadderForm = {
  name: "ffmpeg",
  recognises: (text) => /(^|\s|\/)ffmpeg\s|-var_stream_map/.test(text),
  read,
  write,
};
