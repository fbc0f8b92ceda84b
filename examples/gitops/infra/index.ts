import { RedundantIngest, tenbyte, uiza } from "pulumi-streamkeys";

// One channel at two vendors. Pipelines preview it, bring it up, look for drift, and rotate its keys.
const atTenbyte = new tenbyte.Stream("news", {
  type: "event",
  mode: "audio",
  region: "sg-edge-04",
  ingest: { kind: "push", protocols: ["rtmp"] },
  outputProtocols: ["hls"],
  ladder: { audio: [{ codec: "aac", channels: 2, sampleRateHz: 48000, bitrateKbps: 128 }] },
  packaging: { hls: { segmentFormat: "fmp4" } },
});
const atUiza = new uiza.Stream("news", { region: "in-mumbai-1" });

const ingest = new RedundantIngest("news", {
  keyRotation: { every: "30d" },
  primary: (keyRotation, options) => {
    const key = new tenbyte.StreamKey("primary", { streamId: atTenbyte.id, keyRotation }, options);
    return { key, publishUrl: key.rtmpPublishUrl };
  },
  backup: (keyRotation, options) => {
    const key = new uiza.StreamKey("backup", { streamId: atUiza.id, keyRotation }, options);
    return { key, publishUrl: key.rtmpPublishUrl };
  },
});

export const primaryUrl = ingest.primaryUrl;
export const backupUrl = ingest.backupUrl;
