import * as pulumi from "@pulumi/pulumi";
import { cloudflare } from "pulumi-streamkeys";

const config = new pulumi.Config();

// A live input. Without `recording` it would only pass the feed on: no HLS, no recording.
const news = new cloudflare.LiveInput("news", {
  recording: { mode: "automatic", allowedOrigins: ["news.example.com"] },
  deleteRecordingAfterDays: 30, // recordings outlive the live input, and cost storage as long as they are kept
  enabled: !config.getBoolean("offAir"), // the kill switch: pulumi config set offAir true && pulumi up
});

// Its keys for RTMPS, SRT and WebRTC, renewed together every 30 days. That would end a broadcast, so it waits for its end.
const keys = new cloudflare.StreamKey("news", {
  liveInputId: news.id,
  keyRotation: { every: "30d", trigger: config.get("trigger") },
});

// Where Cloudflare passes the feed on to. The key of the other platform is secret, and stays so in the state.
new cloudflare.LiveOutput("news-elsewhere", {
  liveInputId: news.id,
  url: "rtmps://ingest.example.com/app",
  streamKey: config.getSecret("otherKey") ?? pulumi.secret("a-key-of-the-other-platform"),
});

export const playback = news.hlsUrl;
export const publishUrl = keys.rtmpsPublishUrl;
export const srtPublishUrl = keys.srtPublishUrl;
