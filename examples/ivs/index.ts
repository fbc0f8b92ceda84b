import * as pulumi from "@pulumi/pulumi";
import { ivs } from "pulumi-streamkeys";

const config = new pulumi.Config();

// A channel that AWS transcodes. Everything is changed in place, but never while it is live: AWS refuses that.
const news = new ivs.Channel("news", {
  type: "ADVANCED_HD",
  preset: "CONSTRAINED_BANDWIDTH_DELIVERY",
  latencyMode: "LOW",
  tags: { team: "news" },
});

// Its key: AWS makes one with the channel, and this takes it over. It is renewed every 30 days, off air only. The channel may
// be one of `@pulumi/aws` just as well: `channelArn: channel.arn`.
const key = new ivs.StreamKey("news", {
  channelArn: news.id,
  keyRotation: { every: "30d", trigger: config.get("trigger") },
});

export const playback = news.playbackUrl;
export const publishUrl = key.rtmpsPublishUrl;
export const srtPublishUrl = key.srtPublishUrl;
