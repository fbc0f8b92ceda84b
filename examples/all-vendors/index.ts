import * as pulumi from "@pulumi/pulumi";
import { aioz, comprimato, edgecast, tenbyte, uiza } from "pulumi-streamkeys";
import { aiozLosses, presets, toAiozQualities, toTenbyteLadder } from "pulumi-streamkeys/ladder";

// One news channel at five vendors, every key renewed each 30 days. After a leak, all at once:
//   pulumi config set streamkeys:rotateAll "leak of 22 November" && pulumi up
const keyRotation = { every: "30d" };
const ladder = presets["h264-720p30"];

const atTenbyte = new tenbyte.Stream("news", {
  type: "linear",
  mode: "video",
  region: "sg-edge-04",
  ingest: { kind: "push", protocols: ["rtmp"] },
  outputProtocols: ["hls"],
  ladder: toTenbyteLadder(ladder),
  packaging: { hls: { segmentFormat: "fmp4" } },
});
const tenbyteKey = new tenbyte.StreamKey("news", { streamId: atTenbyte.id, keyRotation });

const aiozKey = new aioz.StreamKey("news", { keyRotation });
const atAioz = new aioz.Stream("news", {
  keyId: aiozKey.id,
  title: "News",
  qualities: toAiozQualities(ladder, { allow: aiozLosses }),
});

const atUiza = new uiza.Stream("news", { region: "in-mumbai-1" });
const uizaKey = new uiza.StreamKey("news", { streamId: atUiza.id, keyRotation });

const atEdgecast = new edgecast.Instance("news", { instanceName: "news" });
const edgecastKey = new edgecast.StreamKey("news", {
  dirPath: pulumi.interpolate`${atEdgecast.instanceName}/main`,
  keyRotation,
});

const atComprimato = new comprimato.Stream("news", { keyRotation });

export const playback = [atTenbyte.hlsUrl, atAioz.hlsUrl, atUiza.hlsUrl, atEdgecast.hlsPlaybackUrl];
export const publishUrls = [tenbyteKey.rtmpPublishUrl, aiozKey.rtmpPublishUrl, uizaKey.rtmpPublishUrl];
export const edgecastStreamSetting = edgecastKey.encoderStreamSetting;
export const comprimatoKey = atComprimato.streamerKey;
