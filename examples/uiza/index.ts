import * as pulumi from "@pulumi/pulumi";
import { uiza } from "pulumi-streamkeys";

// A live entity. Uiza takes up to a minute to allocate one; `pulumi up` waits for it and shows how it gets on.
const news = new uiza.Stream("news", {
  region: "in-mumbai-1", // another region makes another stream
  description: "News, round the clock",
  dvr: true, // viewers can go back in a running broadcast
});

// Its key, renewed every 30 days, or at once when the text of `trigger` changes:
//   pulumi config set trigger "left the team"
// A reset at Uiza does not end a running broadcast; the encoder needs the new key the next time it connects.
const key = new uiza.StreamKey("news", {
  streamId: news.id,
  keyRotation: { every: "30d", trigger: new pulumi.Config().get("trigger") },
  revokeOnDelete: true, // when this leaves the program, nobody who knows the key can go on air
});

export const playback = news.hlsUrl;
export const publishUrl = key.rtmpPublishUrl;
