import * as pulumi from "@pulumi/pulumi";
import { mux } from "pulumi-streamkeys";

const config = new pulumi.Config();

// A live stream that anybody may watch. Without a policy nobody could.
const news = new mux.LiveStream("news", {
  playbackPolicies: ["public"],
  title: "News",
  latencyMode: "low",
  newAssetSettings: { playbackPolicies: ["public"], videoQuality: "plus" },
  enabled: !config.getBoolean("offAir"), // the kill switch: pulumi config set offAir true && pulumi up
});

// Its key and SRT passphrase, renewed every 30 days. That may end a broadcast, so it waits for its end.
const key = new mux.StreamKey("news", {
  liveStreamId: news.id,
  keyRotation: { every: "30d", trigger: config.get("trigger") },
});

// A second address, for viewers with a token. Its URL would never come back: protect it in a program of yours.
const members = new mux.PlaybackId("members", { liveStreamId: news.id, policy: "signed" });

// Where Mux passes the feed on to.
new mux.SimulcastTarget("news-elsewhere", {
  liveStreamId: news.id,
  url: "rtmps://ingest.example.com/app",
  streamKey: config.getSecret("otherKey") ?? pulumi.secret("a-key-of-the-other-platform"),
});

export const playback = news.hlsUrl;
export const membersPlayback = members.hlsUrl;
export const publishUrl = key.rtmpsPublishUrl;
