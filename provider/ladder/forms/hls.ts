/** HLS multivariant (master) playlists: RFC 8216, 4.3.4. */
import * as HLS from "hls-parser";
import { LadderError } from "../ladder";
import type { Ladder, Rung, VideoRange, VideoRung } from "../ladder";
import { asRate, exactRate, framesPerSecond } from "../rate";
import { messageOf } from "../../define/errors";
import { picture, pictureString, sound, soundString } from "./codec-strings";
import { imported, known, lost, Losses, toKbps } from "./form";
import type { Exported, ImportOptions, LadderForm } from "./form";

type Variant = HLS.types.Variant;

/** What sound a playlist does not describe is taken for. */
const USUAL_SOUND = { channels: 2, sampleRateHz: 48_000 } as const;

function read(text: string, options: ImportOptions) {
  const losses = new Losses();
  // I-frame playlists are for seeking, not a choice of quality; a master in which every variant was hidden has none.
  const variants = masterOf(text).variants.filter(({ isIFrameOnly }) => !isIFrameOnly);
  const problems = new Losses();
  const rungs = variants.flatMap((variant) => rungOf(variant, options, losses, problems) ?? []);
  if (problems.all.length > 0) throw new LadderError("the playlist does not say enough", problems.all);
  return imported(rungs, options, losses);
}

function masterOf(text: string): HLS.types.MasterPlaylist {
  let playlist;
  try {
    playlist = HLS.parse(text);
  } catch (error) {
    throw new LadderError("the playlist cannot be read", [{ field: "rungs", message: messageOf(error) }]);
  }
  if (playlist.isMasterPlaylist) return playlist;
  throw new LadderError("the playlist is one rung's", [
    { field: "rungs", message: "give the multivariant (master) playlist, which lists the rungs" },
  ]);
}

function rungOf(
  variant: Variant,
  options: ImportOptions,
  losses: Losses,
  problems: Losses,
): Rung | undefined {
  const codecs = variant.codecs?.split(",").map((text) => text.trim()) ?? [];
  const coded = codecs.map(picture).find((found) => found !== undefined);
  const codec = codecs.map(sound).find((found) => found !== undefined);
  const bitrateKbps = toKbps(variant.averageBandwidth ?? variant.bandwidth);
  if (coded === undefined && codec !== undefined && variant.resolution === undefined) {
    losses.add(
      `audio-${bitrateKbps}k`,
      "audio",
      "channels and sample rate are not said; taken for stereo at 48000 Hz",
    );
    return { kind: "audio", name: "", audio: { codec, bitrateKbps, ...USUAL_SOUND } };
  }
  const size = variant.resolution ?? options.size;
  const place = variant.uri;
  if (size === undefined) {
    problems.add(place, "width", "the variant has no RESOLUTION; say the size (--size 1280x720)");
    return undefined;
  }
  if (coded === undefined)
    losses.add(place, "codec", "CODECS names no video codec that is known; taken for h264");
  if (variant.frameRate === undefined && options.fps === undefined)
    losses.add(place, "fps", "FRAME-RATE is not said; left to the source");
  if (variant.averageBandwidth === undefined)
    losses.add(
      place,
      "bitrateKbps",
      "AVERAGE-BANDWIDTH is not said; BANDWIDTH, which is the peak, stands for it",
    );
  if (codec !== undefined)
    losses.add(place, "audio", `the bitrate of its sound (${codec}) is not said; it counts as the video's`);
  const fps = variant.frameRate ?? options.fps;
  const rate = fps === undefined ? undefined : exactRate(fps);
  return known<VideoRung>({
    kind: "video",
    name: "",
    width: size.width,
    height: size.height,
    fps: rate && asRate(rate),
    ...(coded ?? { codec: "h264" as const }),
    range: rangeOf(variant),
    bitrateKbps,
    peakBitrateKbps: variant.averageBandwidth === undefined ? undefined : toKbps(variant.bandwidth),
  });
}

const RANGES: Readonly<Record<string, VideoRange>> = { PQ: "hdr10", HLG: "hlg" };

const rangeOf = ({ videoRange }: Variant): VideoRange | undefined => RANGES[videoRange as string];

/** What a playlist has no place for. */
const NO_PLACE = [
  "sampleAspect",
  "bufferKbit",
  "rateControl",
  "keyframeIntervalSeconds",
  "gopFrames",
  "bFrames",
  "refFrames",
] as const;

function write(ladder: Ladder): Exported {
  const losses = new Losses();
  const lines = ladder.rungs.flatMap((rung) => [
    streamInf(rung, losses),
    `${encodeURIComponent(rung.name)}/playlist.m3u8`,
  ]);
  return { text: ["#EXTM3U", "#EXT-X-VERSION:6", ...lines, ""].join("\n"), losses: losses.all };
}

function streamInf(rung: Rung, losses: Losses): string {
  lost(
    rung,
    [
      ...NO_PLACE,
      "audio.bitrateKbps",
      "audio.channels",
      "audio.sampleRateHz",
      "audio.language",
      "audio.group",
    ],
    "a variant line",
    losses,
  );
  const isVideo = rung.kind === "video";
  const { average, peak } = bandwidth(rung);
  const coded = isVideo ? pictureString(rung) : undefined;
  if (isVideo && coded === undefined)
    losses.add(rung.name, "codec", "CODECS needs a profile and a level that have a codec string");
  const codecs = [coded, rung.audio && soundString(rung.audio.codec)].filter((text) => text !== undefined);
  const range = isVideo
    ? { hdr10: "PQ", hlg: "HLG", "dolby-vision": "PQ", sdr: undefined }[rung.range ?? "sdr"]
    : undefined;
  const fps = isVideo ? framesPerSecond(rung.fps) : undefined;
  const attributes = [
    `BANDWIDTH=${peak}`,
    ...(average === peak && !hasPeak(rung) ? [] : [`AVERAGE-BANDWIDTH=${average}`]),
    ...(isVideo ? [`RESOLUTION=${rung.width}x${rung.height}`] : []),
    ...(fps === undefined ? [] : [`FRAME-RATE=${fps.toFixed(3)}`]),
    ...(codecs.length > 0 ? [`CODECS="${codecs.join(",")}"`] : []),
    ...(range === undefined ? [] : [`VIDEO-RANGE=${range}`]),
  ];
  return `#EXT-X-STREAM-INF:${attributes.join(",")}`;
}

const hasPeak = (rung: Rung): boolean => rung.kind === "video" && rung.peakBitrateKbps !== undefined;

/** Bits a second of a rung with its sound, on average and at most. */
function bandwidth(rung: Rung): { average: number; peak: number } {
  const audio = rung.audio?.bitrateKbps ?? 0;
  if (rung.kind === "audio") return { average: audio * 1000, peak: audio * 1000 };
  const peak = rung.peakBitrateKbps ?? rung.bitrateKbps;
  return { average: Math.round((rung.bitrateKbps + audio) * 1000), peak: Math.round((peak + audio) * 1000) };
}

/** An HLS multivariant playlist. Out go its variant lines, with a place for each rung's own playlist. */
export const hls: LadderForm = {
  name: "hls",
  recognises: (text) => text.trimStart().startsWith("#EXTM3U"),
  read,
  write,
};
