import { RedundantIngest, tenbyte, uiza } from "pulumi-streamkeys";
import { presets, toTenbyteLadder } from "pulumi-streamkeys/ladder";

// The same channel at two vendors. The encoder sends to both; when a key is rotated, the other target goes on working.
const atTenbyte = new tenbyte.Stream("news", {
  type: "linear",
  mode: "video",
  region: "sg-edge-04",
  ingest: { kind: "push", protocols: ["rtmp"] },
  outputProtocols: ["hls"],
  ladder: toTenbyteLadder(presets["h264-720p30"]),
  packaging: { hls: { segmentFormat: "fmp4" } },
});
const atUiza = new uiza.Stream("news", { region: "in-mumbai-1" });

// Due every 30 days: the primary's key is rotated in one `pulumi up`, the backup's in the next.
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
