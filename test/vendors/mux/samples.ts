import type { Answers } from "../../harness/faults";
import type { Samples } from "../../harness/sample";

/** Samples of the resources. */
export const samples: Samples = {
  LiveStream: {
    minimal: () => ({ playbackPolicies: ["public"] }),
    full: () => ({
      playbackPolicies: ["public", "signed"],
      title: "News",
      passthrough: "news, round the clock",
      enabled: true,
      latencyMode: "reduced",
      reconnectWindow: 30,
      reconnectSlateUrl: "https://slates.example.test/1.png",
      useSlateForStandardLatency: true,
      maxContinuousDuration: 3600,
      audioOnly: false,
      test: false,
      embeddedSubtitles: [{ name: "English", languageCode: "en", languageChannel: "cc1" }],
      generatedSubtitles: [{ name: "Auto", languageCode: "es" }],
      newAssetSettings: {
        playbackPolicies: ["public"],
        videoQuality: "plus",
        maxResolutionTier: "1080p",
        masterAccess: "none",
        staticRenditions: [{ resolution: "720p" }],
        passthrough: "recording",
        normalizeAudio: true,
        meta: { title: "News", creatorId: "news-team", externalId: "news-1" },
      },
    }),
    settles: { enabled: false },
    changes: () => [
      { playbackPolicies: ["signed"] },
      { title: "Sports" },
      { passthrough: "sports" },
      { enabled: false },
      { latencyMode: "low" },
      { reconnectWindow: 0 },
      { reconnectSlateUrl: "https://slates.example.test/2.png" },
      { useSlateForStandardLatency: false },
      { maxContinuousDuration: 7200 },
      { audioOnly: true },
      { test: true, maxContinuousDuration: undefined },
      { embeddedSubtitles: [] },
      { generatedSubtitles: [{ name: "Auto", languageCode: "fr" }] },
      { newAssetSettings: { videoQuality: "premium", staticRenditions: [{ resolution: "1080p" }] } },
      { newAssetSettings: { videoQuality: "basic" } },
      { newAssetSettings: { maxResolutionTier: "2160p" } },
    ],
    wrong: [
      { inputs: { test: true }, path: "maxContinuousDuration" },
      { inputs: { playbackPolicies: ["public", "public"] }, path: "playbackPolicies" },
      { inputs: { playbackPolicies: ["drm"] }, path: "playbackPolicies[0]" },
      { inputs: { reconnectWindow: 1801 }, path: "reconnectWindow" },
      { inputs: { maxContinuousDuration: 59 }, path: "maxContinuousDuration" },
      { inputs: { passthrough: "p".repeat(216) }, path: "passthrough" },
      { inputs: { title: "t".repeat(513) }, path: "title" },
    ],
  },
  StreamKey: {
    parent: "LiveStream",
    minimal: (liveStreamId) => ({ liveStreamId }),
    full: (liveStreamId) => ({
      liveStreamId,
      revokeOnDelete: true,
      keyRotation: { every: "30d", trigger: "first" },
    }),
    changes: () => [],
    wrong: [{ inputs: { liveStreamId: 7 }, path: "liveStreamId" }],
  },
  PlaybackId: {
    parent: "LiveStream",
    minimal: (liveStreamId) => ({ liveStreamId, policy: "signed" }),
    full: (liveStreamId) => ({ liveStreamId, policy: "drm", drmConfigurationId: "drm-1" }),
    changes: () => [{ policy: "public" }, { drmConfigurationId: "drm-2" }],
    wrong: [
      { inputs: { policy: "everybody" }, path: "policy" },
      { inputs: { drmConfigurationId: 7 }, path: "drmConfigurationId" },
    ],
  },
  SimulcastTarget: {
    parent: "LiveStream",
    minimal: (liveStreamId) => ({
      liveStreamId,
      url: "srt://platform.example.test:7001?passphrase=a-passphrase",
    }),
    full: (liveStreamId) => ({
      liveStreamId,
      url: "rtmps://platform.example.test/app",
      streamKey: "a-key-of-the-other-platform",
      passthrough: "elsewhere",
    }),
    changes: () => [
      { url: "rtmps://other.example.test/app" },
      { streamKey: "another-key-of-the-other-platform" },
      { passthrough: "somewhere" },
    ],
    wrong: [
      { inputs: { url: "" }, path: "url" },
      { inputs: { passthrough: "p".repeat(216) }, path: "passthrough" },
    ],
  },
};

/** Where the answers have what. */
export const answers: Answers = {
  id: "data.id",
  key: "data.stream_key",
  error: { error: { type: "internal_error", messages: ["no"] } },
  notFound: { error: { type: "not_found", messages: ["no"] } },
};
