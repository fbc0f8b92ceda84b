import type { Answers } from "../../harness/faults";
import type { Samples } from "../../harness/sample";

const video = (resolution: string, bitrate: number) => ({
  resolution,
  type: "hls",
  containerType: "mpegts",
  videoConfig: { codec: "h264", bitrate, index: 0 },
  audioConfig: {
    codec: "aac",
    bitrate: 128_000,
    channels: "2",
    sampleRate: 48_000,
    language: "en",
    index: 0,
  },
});

/** Samples of both resources. */
export const samples: Samples = {
  StreamKey: {
    minimal: () => ({ name: "news" }),
    full: () => ({
      name: "news",
      save: true,
      type: "audio",
      keyRotation: { every: "30d", trigger: "first" },
    }),
    changes: () => [{ name: "sports" }, { save: false }, { type: "video" }],
    wrong: [
      { inputs: { name: "" }, path: "name" },
      { inputs: { name: "   " }, path: "name" },
      { inputs: { name: " news" }, path: "name" },
      { inputs: { name: "news\n" }, path: "name" },
      { inputs: { type: "film" }, path: "type" },
      { inputs: { keyRotation: { every: "soon" } }, path: "keyRotation.every" },
    ],
  },
  Stream: {
    parent: "StreamKey",
    minimal: (keyId) => ({ keyId, title: "Evening news" }),
    full: (keyId) => ({
      keyId,
      title: "Evening news",
      save: true,
      qualities: [video("1080p", 5_000_000), video("720p", 2_800_000)],
      broadcast: "2026-11-22 evening",
    }),
    // Together, because a key takes only one stream that has not ended, and no test may need two beside each other.
    changes: () => [{ title: "Late news", save: false }, { qualities: [video("720p", 3_000_000)] }],
    wrong: [
      { inputs: { title: "" }, path: "title" },
      { inputs: { title: "Evening news " }, path: "title" },
      { inputs: { title: "n".repeat(256) }, path: "title" },
      { inputs: { qualities: [] }, path: "qualities" },
      { inputs: { qualities: [{ ...video("720p", 2_800_000), type: "rtmp" }] }, path: "qualities[0].type" },
      {
        inputs: { qualities: [{ ...video("720p", 2_800_000), containerType: "avi" }] },
        path: "qualities[0].containerType",
      },
      { inputs: { qualities: [video("720p", 2_800_000.5)] }, path: "qualities[0].videoConfig.bitrate" },
    ],
  },
};

/** Where the answers have what. */
export const answers: Answers = {
  id: "data.id",
  key: "data.stream_key",
  error: { status: "error", message: "no" },
  notFound: { status: "fail", message: "record not found" },
};
