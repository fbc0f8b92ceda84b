import type { Answers } from "../../harness/faults";
import type { Samples } from "../../harness/sample";

const audio = { codec: "aac", channels: 2, sampleRateHz: 48000, audioBitrateKbps: 128 };
const rung = (height: number, width: number, bitrateKbps: number) => ({
  name: `${height}p`,
  width,
  height,
  fps: 30,
  gop: 60,
  bitrateKbps,
  maxBitrateKbps: bitrateKbps * 1.5,
  bufSizeKbps: bitrateKbps * 2,
  crf: 23,
  codec: "h264",
  preset: "veryfast",
  profile: "main",
  level: "4.0",
  rateControl: "vbr",
  // Tenbyte drops zeros from its replies (docs/sheets/tenbyte.md, section 11); that must not show as drift.
  bframes: 0,
  refFrames: 3,
  rcLookahead: 20,
  audio,
});

const minimal = {
  name: "news",
  type: "event",
  mode: "audio",
  region: "sg-edge-04",
  ingest: { kind: "push", protocols: ["srt"] },
  outputProtocols: ["hls"],
  ladder: { audio: [{ codec: "aac", channels: 2, sampleRateHz: 44100, bitrateKbps: 96 }] },
  packaging: { hls: { segmentFormat: "mpegts" } },
};

const recordingToS3 = {
  enabled: true,
  target: "s3",
  prefix: "live/",
  s3Config: {
    endpoint: "https://s3.example.test",
    bucket: "recordings",
    region: "ap-southeast-1",
    accessKeyId: "AKIAEXAMPLEEXAMPLE",
    secretAccessKey: "an-s3-secret-access-key",
    prefix: "news/",
    storageClass: "STANDARD",
  },
};

const full = {
  name: "news",
  type: "linear",
  mode: "video",
  region: "sg-edge-04",
  ingest: {
    kind: "push",
    protocols: ["rtmp", "srt"],
    backup: { protocol: "srt", url: "srt://backup.example.test:9000?passphrase=a-backup-passphrase" },
  },
  outputProtocols: ["hls", "dash"],
  ladder: { video: [rung(1080, 1920, 5000), rung(720, 1280, 3000), rung(360, 640, 800)] },
  packaging: {
    hls: { segmentFormat: "fmp4", playlistSize: 6, preservedSegments: 3, lowLatency: false },
    dash: { segmentFormat: "fmp4", windowS: 30, minBufferS: 4 },
  },
  recording: recordingToS3,
  webhookUrl: "https://hooks.example.test/tenbyte",
  meta: { team: "news", contacts: ["a@example.test"], snake_case: true },
  ladderRulesOff: ["fps-family"],
};

/** Samples of both resources. */
export const samples: Samples = {
  Stream: {
    minimal: () => minimal,
    full: () => full,
    changes: () => [
      { name: "sports" },
      { type: "event" },
      { mode: "audio", ladder: minimal.ladder, outputProtocols: ["hls"], packaging: minimal.packaging },
      { region: "bd-edge-01" },
      { ingest: { kind: "pull", primary: { protocol: "rtsp", url: "rtsp://camera.example.test/1" } } },
      { outputProtocols: ["hls"], packaging: { hls: { segmentFormat: "fmp4" } } },
      { ladder: { video: [{ ...rung(720, 1280, 3200), bframes: 2 }] } },
      { packaging: { hls: { segmentFormat: "mpegts" }, dash: { segmentFormat: "fmp4" } } },
      { recording: { enabled: true, target: "library", libraryId: "lib-1", folderId: "fld-1" } },
      { webhookUrl: "https://hooks.example.test/other" },
      { meta: { team: "sports" } },
    ],
    wrong: [
      { inputs: { name: "" }, path: "name" },
      { inputs: { ingest: { kind: "push" } }, path: "ingest.protocols" },
      { inputs: { ingest: { kind: "pull" } }, path: "ingest.primary" },
      { inputs: { outputProtocols: ["hls", "hls"] }, path: "outputProtocols" },
      { inputs: { mode: "audio" }, path: "outputProtocols" },
      { inputs: { ladder: { video: [], audio: minimal.ladder.audio } }, path: "ladder.video" },
      { inputs: { ladder: minimal.ladder }, path: "ladder.audio[0]" },
      {
        inputs: { ladder: { video: [rung(720, 1280, 3000), rung(720, 1280, 3000)] } },
        path: "ladder.video[1].bitrateKbps",
      },
      { inputs: { ladderRulesOff: ["no-such-rule"] }, path: "ladderRulesOff[0]" },
      {
        inputs: { ladder: { video: [{ ...rung(720, 1280, 3000), height: 721 }] } },
        path: "ladder.video[0].height",
      },
      { inputs: { packaging: { hls: { segmentFormat: "fmp4" } } }, path: "packaging.dash" },
      { inputs: { recording: { enabled: true, target: "library" } }, path: "recording.libraryId" },
      { inputs: { recording: { enabled: true, target: "s3" } }, path: "recording.s3Config" },
    ],
  },
  StreamKey: {
    parent: "Stream",
    minimal: (streamId) => ({ streamId }),
    full: (streamId) => ({ streamId, revokeOnDelete: true, keyRotation: { every: "30d", trigger: "first" } }),
    changes: () => [],
    wrong: [
      { inputs: { streamId: 7 }, path: "streamId" },
      { inputs: { keyRotation: { every: "soon" } }, path: "keyRotation.every" },
      { inputs: { keyRotation: { every: "5s" } }, path: "keyRotation.every" },
    ],
  },
};

/** Where the answers have what. */
export const answers: Answers = {
  id: "data.id",
  key: "data.stream_key",
  error: { success: false, code: "INTERNAL_ERROR", message: "no" },
  notFound: { success: false, code: "NOT_FOUND", message: "Stream not found" },
};
