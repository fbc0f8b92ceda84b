import { aioz, tenbyte } from "pulumi-streamkeys";
import {
  aiozLosses,
  cap,
  dropRung,
  presets,
  toAiozQualities,
  toTenbyteLadder,
} from "pulumi-streamkeys/ladder";

// One ladder for two vendors: a preset, without what this channel does not need. Look at it with
//   npx streamkeys ladder h264-1080p30
const ladder = dropRung(cap(presets["h264-1080p30"], { height: 720 }), "240p30");

const atTenbyte = new tenbyte.Stream("news", {
  type: "event",
  mode: "video",
  region: "sg-edge-04",
  ingest: { kind: "push", protocols: ["srt"] },
  outputProtocols: ["hls"],
  ladder: toTenbyteLadder(ladder),
  packaging: { hls: { segmentFormat: "fmp4" } },
});

// AIOZ chooses frame rate, profile, level, peak and GOP itself. Saying so is required: nothing is dropped in silence.
const key = new aioz.StreamKey("news");
const atAioz = new aioz.Stream("news", {
  keyId: key.id,
  title: "News",
  qualities: toAiozQualities(ladder, { allow: aiozLosses }),
});

export const playback = [atTenbyte.hlsUrl, atAioz.hlsUrl];
