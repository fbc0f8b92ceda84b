import { aioz, livepeer, tenbyte } from "pulumi-streamkeys";
import {
  aiozLosses,
  cap,
  dropRung,
  livepeerLosses,
  presets,
  toAiozQualities,
  toLivepeerProfiles,
  toTenbyteLadder,
} from "pulumi-streamkeys/ladder";

// One ladder for three vendors: a preset, without what this channel does not need. Look at it with
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

// Livepeer keeps frame rate, GOP and profile, and passes the sound on as it comes.
const atLivepeer = new livepeer.Stream("news", {
  profiles: toLivepeerProfiles(ladder, { allow: livepeerLosses }),
});

export const playback = [atTenbyte.hlsUrl, atAioz.hlsUrl, atLivepeer.hlsUrl];
