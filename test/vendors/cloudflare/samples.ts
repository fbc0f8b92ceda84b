import type { Answers } from "../../harness/faults";
import type { Samples } from "../../harness/sample";

const output = (liveInputId: string) => ({
  liveInputId,
  url: "rtmps://platform.example.test/app",
  streamKey: "a-key-of-the-other-platform",
});

/** Samples of the resources. */
export const samples: Samples = {
  LiveInput: {
    minimal: () => ({ name: "news" }),
    full: () => ({
      name: "news",
      enabled: true,
      meta: { team: "sports", contacts: ["a@example.test"] },
      recording: {
        mode: "automatic",
        timeoutSeconds: 10,
        requireSignedUrls: true,
        allowedOrigins: ["example.com", "example.org"],
        hideLiveViewerCount: true,
      },
      preferLowLatency: true,
      deleteRecordingAfterDays: 45,
      defaultCreator: "news-team",
    }),
    changes: () => [
      { name: "sports" },
      { enabled: false },
      { meta: { team: "weather" } },
      { recording: { mode: "automatic", timeoutSeconds: 0 } },
      { preferLowLatency: false },
      { deleteRecordingAfterDays: 90 },
      { defaultCreator: "weather-team" },
    ],
    wrong: [
      { inputs: { name: "" }, path: "name" },
      { inputs: { meta: { name: "other" } }, path: "meta.name" },
      { inputs: { meta: { streamkeys: "mine" } }, path: "meta.streamkeys" },
      { inputs: { recording: { mode: "off" } }, path: "preferLowLatency" },
      { inputs: { recording: {} }, path: "preferLowLatency" },
      {
        inputs: { recording: { mode: "automatic", requireSignedURLs: true } },
        path: "recording.requireSignedURLs",
      },
      { inputs: { deleteRecordingAfterDays: 7 }, path: "deleteRecordingAfterDays" },
    ],
  },
  StreamKey: {
    parent: "LiveInput",
    minimal: (liveInputId) => ({ liveInputId }),
    full: (liveInputId) => ({
      liveInputId,
      revokeOnDelete: true,
      keyRotation: { every: "30d", trigger: "first" },
    }),
    changes: () => [],
    wrong: [{ inputs: { liveInputId: 7 }, path: "liveInputId" }],
  },
  LiveOutput: {
    parent: "LiveInput",
    minimal: output,
    full: (liveInputId) => ({ ...output(liveInputId), enabled: true }),
    changes: () => [
      { url: "srt://platform.example.test:7001" },
      { streamKey: "another-key-of-the-other-platform" },
      { enabled: false },
    ],
    wrong: [
      { inputs: { url: "" }, path: "url" },
      { inputs: { streamKey: 7 }, path: "streamKey" },
    ],
  },
};

/** Where the answers have what. */
export const answers: Answers = {
  id: "result.uid",
  key: "result.rtmps.streamKey",
  error: { success: false, errors: [{ code: 10000, message: "no" }], messages: [], result: null },
  notFound: { success: false, errors: [{ code: 10003, message: "no" }], messages: [], result: null },
  of: { LiveOutput: { readsTheList: true } },
};
