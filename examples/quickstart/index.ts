import * as pulumi from "@pulumi/pulumi";
import { tenbyte } from "pulumi-streamkeys";

const audio = { codec: "aac", channels: 2, sampleRateHz: 48000, audioBitrateKbps: 128 } as const;

// A channel with a ladder of two rungs. A changed ladder makes a new stream.
const news = new tenbyte.Stream("news", {
  type: "linear",
  mode: "video",
  region: "sg-edge-04",
  ingest: { kind: "push", protocols: ["rtmp", "srt"] },
  outputProtocols: ["hls"],
  ladder: {
    video: [
      { width: 1280, height: 720, fps: 30, gop: 60, bitrateKbps: 3000, codec: "h264", audio },
      { width: 854, height: 480, fps: 30, gop: 60, bitrateKbps: 1400, codec: "h264", audio },
    ],
  },
  packaging: { hls: { segmentFormat: "fmp4" } },
});

// Its key, renewed every 30 days, or at once when the text of `trigger` changes:
//   pulumi config set trigger "left the team"
const key = new tenbyte.StreamKey("news", {
  streamId: news.id,
  keyRotation: { every: "30d", trigger: new pulumi.Config().get("trigger") },
});

export const playback = news.hlsUrl;
export const publishUrl = key.rtmpPublishUrl;
export const keySince = key.keyGeneration.since;
