import * as pulumi from "@pulumi/pulumi";
import { edgecast } from "pulumi-streamkeys";

// The publishing point. Its name is part of every URL; another name makes another instance.
const news = new edgecast.Instance("news", {
  instanceName: "news",
  dvrDurationMinutes: 60,
  encrypted: true,
  encryptedKeyRotationSeconds: 120, // of HLS encryption: this has nothing to do with stream keys
});

// A key for one stream. The provider generates it and renews it every 30 days, or at once for a new `trigger`:
//   pulumi config set trigger "left the team"
// Give the encoder an hour: so long may Edgecast take to honour a new key.
const studio = new edgecast.StreamKey("studio", {
  dirPath: pulumi.interpolate`${news.instanceName}/studio`,
  keyRotation: { every: "30d", trigger: new pulumi.Config().get("trigger") },
});

// One key for every camera: news/cam1, news/cam2, ...
const cameras = new edgecast.StreamKey("cameras", { dirPath: pulumi.interpolate`${news.instanceName}/cam*` });

// The account has one global key, for every path without a stream key. Declaring it changes nothing: it takes over the
// key in force. `pulumi destroy` leaves it, too.
const fallback = new edgecast.GlobalKey("fallback");

export const playback = news.hlsPlaybackUrl;
export const studioStreamSetting = studio.encoderStreamSetting; // "studio?<key>", for the encoder
export const studioKeySince = studio.keyGeneration.since;
export const cameraKey = cameras.streamKey;
export const globalKey = fallback.globalKey;
