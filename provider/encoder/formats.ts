/** What to send and where, as each encoder wants to be told. */
import type { Ladder } from "../ladder/ladder";
import { publishUrls, rtmpUrls, serverAndKey } from "./ingest";
import type { Ingest } from "./ingest";
import { whatToSend } from "./send";
import type { Send } from "./send";

/** Writes the settings of one encoder. */
type Format = (ingest: Ingest, send: Send) => string;

const json = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;

/** OBS Studio, `service.json` of a profile: where to send. It has no place for a backup. */
const obsService: Format = ({ url, key }) => {
  const split = serverAndKey(key === undefined ? { url } : { url, key });
  return json({ type: "rtmp_custom", settings: { bwtest: false, ...split, use_auth: false } });
};

/** OBS Studio, `streamEncoder.json` of a profile: what to send with x264. Seconds between keyframes are whole there. */
const obsEncoder: Format = (_, { bitrateKbps, gopFrames, gopSeconds }) => {
  const isWhole = Math.abs(gopSeconds - Math.round(gopSeconds)) < 0.01 && gopSeconds >= 1;
  return json({
    bitrate: bitrateKbps,
    rate_control: "CBR",
    keyint_sec: isWhole ? Math.round(gopSeconds) : 0,
    preset: "veryfast",
    profile: "high",
    tune: "zerolatency",
    x264opts: isWhole ? "scenecut=0" : `keyint=${gopFrames} min-keyint=${gopFrames} scenecut=0`,
  });
};

/** The options by which FFmpeg sends it. */
function encoderOptions({ width, height, fps, bitrateKbps, gopFrames, audio }: Send): string[] {
  return [
    "-map 0:v:0 -map 0:a:0?",
    `-c:v libx264 -preset veryfast -tune zerolatency -profile:v high -pix_fmt yuv420p -s ${width}x${height} -r ${fps}`,
    `-b:v ${bitrateKbps}k -maxrate ${bitrateKbps}k -bufsize ${bitrateKbps}k -x264-params nal-hrd=cbr`,
    `-g ${gopFrames} -keyint_min ${gopFrames} -sc_threshold 0`,
    `-c:a aac -b:a ${audio.bitrateKbps}k -ac ${audio.channels} -ar ${audio.sampleRateHz}`,
  ];
}

const container = (url: string): string => (/^srt:/i.test(url) ? "mpegts" : "flv");

/** FFmpeg: one encode, to the primary and the backup by `tee`; one that fails does not stop the other. */
const ffmpeg: Format = (ingest, send) => {
  const [first = "", ...others] = publishUrls(ingest);
  const target =
    others.length === 0
      ? `-f ${container(first)} '${first}'`
      : `-flags +global_header -f tee '${[first, ...others].map(slave).join("|")}'`;
  return `${["ffmpeg -re -i INPUT", ...encoderOptions(send), target].join(" \\\n  ")}\n`;
};

/** An output of `tee`; what would end it or its options is escaped. */
const slave = (url: string): string => `[f=${container(url)}:onfail=ignore]${url.replace(/[|[\]]/g, "\\$&")}`;

/** GStreamer: a test picture and sound, to be replaced by the source. */
const gstreamer: Format = (ingest, { width, height, fps, bitrateKbps, gopFrames, audio }) => {
  const framerate = fps.includes("/") ? fps : `${fps}/1`;
  const sinks = rtmpUrls(ingest, "GStreamer's rtmp2sink").map(
    (url) => `out. ! queue ! rtmp2sink location='${url}'`,
  );
  return `${[
    `gst-launch-1.0 -e flvmux name=mux streamable=true ! tee name=out`,
    ...sinks,
    `videotestsrc is-live=true ! video/x-raw,width=${width},height=${height},framerate=${framerate}`,
    `  ! x264enc bitrate=${bitrateKbps} key-int-max=${gopFrames} option-string=scenecut=0 pass=cbr tune=zerolatency speed-preset=veryfast`,
    "  ! video/x-h264,profile=high ! h264parse ! queue ! mux.",
    `audiotestsrc is-live=true ! audio/x-raw,rate=${audio.sampleRateHz},channels=${audio.channels}`,
    `  ! avenc_aac bitrate=${audio.bitrateKbps * 1000} ! aacparse ! queue ! mux.`,
  ].join(" \\\n  ")}\n`;
};

/** MediaMTX: a path whose feed is passed on as it is; the encoder in front of it sends what the ladder needs. */
const mediamtx: Format = (ingest, { bitrateKbps, gopFrames, fps }) => {
  const urls = publishUrls(ingest);
  const target =
    urls.length === 1
      ? `-f ${container(urls[0] ?? "")} ${urls[0] ?? ""}`
      : `-map 0 -flags +global_header -f tee ${urls.map(slave).join("|")}`;
  return [
    `# Send ${bitrateKbps} kbps, constant, with a keyframe every ${gopFrames} frames at ${fps} fps.`,
    "paths:",
    "  live:",
    `    runOnReady: "ffmpeg -i rtsp://localhost:$RTSP_PORT/$MTX_PATH -c copy ${target.replace(/[\\"]/g, "\\$&")}"`,
    "    runOnReadyRestart: yes",
    "",
  ].join("\n");
};

/** nginx-rtmp: an application that pushes what it gets, to the primary and the backup. */
const nginxRtmp: Format = (ingest, { bitrateKbps, gopFrames, fps }) =>
  [
    `# Send ${bitrateKbps} kbps, constant, with a keyframe every ${gopFrames} frames at ${fps} fps.`,
    "application live {",
    "  live on;",
    ...rtmpUrls(ingest, "nginx-rtmp").map((url) => `  push "${url}";`),
    "}",
    "",
  ].join("\n");

const formats = {
  "obs-service": obsService,
  "obs-encoder": obsEncoder,
  ffmpeg,
  gstreamer,
  mediamtx,
  "nginx-rtmp": nginxRtmp,
} as const satisfies Record<string, Format>;

/** An encoder, and which of its files where it has several. */
export type EncoderFormat = keyof typeof formats;

/** Every format, by name. */
export const encoderFormats = Object.keys(formats) as readonly EncoderFormat[];

/**
 * The settings of an encoder that feeds a ladder, as text. It holds the stream key: treat it as a secret.
 * @throws LadderError when the ladder has no picture; StreamkeysError when the address is none that this encoder can send to.
 */
export function encoderText(format: EncoderFormat, ingest: Ingest, ladder: Ladder): string {
  return formats[format](ingest, whatToSend(ladder));
}
