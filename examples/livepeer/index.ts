import * as pulumi from "@pulumi/pulumi";
import { livepeer } from "pulumi-streamkeys";

const config = new pulumi.Config();

// Where the feed is passed on to. Livepeer never shows the address, so state holds what is said here, as a secret.
const elsewhere = new livepeer.MultistreamTarget("elsewhere", {
  url:
    config.getSecret("otherUrl") ??
    pulumi.secret("rtmps://ingest.example.com/app/a-key-of-the-other-platform"),
});

// A stream with its ladder and its key. Livepeer gives no new key to an existing stream, so a due rotation makes a new one, with
// another playback URL, and then deletes the old one. While a broadcast runs it waits. Rotate at once with another text:
//   pulumi config set trigger "left the team"
const news = new livepeer.Stream("news", {
  profiles: [
    { name: "720p", width: 1280, height: 720, bitrate: 3_000_000, fps: 30, gop: "2", profile: "H264High" },
    { name: "360p", width: 640, height: 360, bitrate: 800_000, fps: 30, gop: "2", profile: "H264Main" },
  ],
  record: true,
  targets: [{ profile: "source", targetId: elsewhere.id }],
  keyRotation: { trigger: config.get("trigger") },
  enabled: !config.getBoolean("offAir"), // the kill switch: pulumi config set offAir true && pulumi up
});

export const publishUrl = news.rtmpPublishUrl;
export const playback = news.hlsUrl;
