import * as pulumi from "@pulumi/pulumi";
import { tenbyte } from "pulumi-streamkeys";
import { cap, presets, toTenbyteLadder } from "pulumi-streamkeys/ladder";

const config = new pulumi.Config();

// A round-the-clock channel, recorded into a bucket of our own. Tenbyte publishes no call that changes a stream, so a
// changed rung makes a new stream and deletes the old one; while it is live, that is refused.
const news = new tenbyte.Stream("news", {
  type: "linear",
  mode: "video",
  region: "sg-edge-04",
  ingest: { kind: "push", protocols: ["rtmp", "srt"] },
  outputProtocols: ["hls", "dash"],
  ladder: toTenbyteLadder(cap(presets["h264-1080p30"], { height: 720 })),
  packaging: { hls: { segmentFormat: "fmp4", playlistSize: 6 }, dash: { segmentFormat: "fmp4" } },
  recording: {
    enabled: true,
    target: "s3",
    s3Config: {
      endpoint: "https://s3.example.com",
      bucket: "recordings",
      region: "ap-southeast-1",
      accessKeyId: config.getSecret("s3AccessKeyId") ?? "an-access-key-id",
      secretAccessKey: config.getSecret("s3SecretAccessKey") ?? "a-secret-access-key",
    },
  },
  meta: { team: "news" },
});

// An audio-only programme that Tenbyte fetches from a studio.
const radio = new tenbyte.Stream("radio", {
  type: "linear",
  mode: "audio",
  region: "sg-edge-04",
  ingest: {
    kind: "pull",
    primary: { protocol: "srt", url: "srt://studio.example.com:9000?passphrase=a-passphrase" },
  },
  outputProtocols: ["hls"],
  ladder: toTenbyteLadder(presets.audio),
  packaging: { hls: { segmentFormat: "mpegts" } },
});

// The key of the news channel: renewed every 30 days, and worthless as soon as this resource is deleted.
const key = new tenbyte.StreamKey("news", {
  streamId: news.id,
  keyRotation: { every: "30d", trigger: config.get("trigger") },
  revokeOnDelete: true,
});

export const publishUrls = [key.rtmpPublishUrl, key.srtPublishUrl];
export const playback = [news.hlsUrl, radio.hlsUrl];
