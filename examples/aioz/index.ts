import * as pulumi from "@pulumi/pulumi";
import { aioz } from "pulumi-streamkeys";

const config = new pulumi.Config();

// The key that the encoder publishes with. AIOZ cannot give a key a new secret, so every 30 days, or at once when the
// text of `trigger` changes, another key is made and the old one deleted:
//   pulumi config set trigger "left the team"
// While a broadcast runs, that waits for the next `pulumi up`.
const key = new aioz.StreamKey("news", {
  keyRotation: { every: "30d", trigger: config.get("trigger") },
});

const rung = (resolution: string, bitrate: number) => ({
  resolution,
  type: "hls" as const,
  containerType: "mpegts",
  videoConfig: { codec: "h264", bitrate },
  audioConfig: { codec: "aac", bitrate: 128_000, channels: "2", sampleRate: 48_000 },
});

// One broadcast on that key, with its ladder. When it has ended it cannot go on air again; the next one is declared by
// another text here:
//   pulumi config set broadcast "2026-11-23 evening"
const broadcast = new aioz.Stream("evening", {
  keyId: key.id,
  title: "Evening news",
  save: true,
  qualities: [rung("1080p", 5_000_000), rung("720p", 2_800_000), rung("360p", 750_000)],
  broadcast: config.get("broadcast") ?? "2026-11-22 evening",
});

export const publishUrl = key.rtmpPublishUrl;
export const keySince = key.keyGeneration.since;
export const playback = broadcast.hlsUrl;
