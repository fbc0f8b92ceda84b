import type { Answers } from "../../harness/faults";
import type { Samples } from "../../harness/sample";

const rung = (name: string, height: number, bitrate: number) => ({
  ...{ name, bitrate, width: (height * 16) / 9, height },
  ...{ fps: 30, gop: "2.0", profile: "H264High", encoder: "H.264" },
});
const profiles = [rung("720p", 720, 3_000_000), rung("360p", 360, 800_000)];
const target = (profile: string, targetId: string, videoOnly = false) => ({ profile, targetId, videoOnly });

/** Samples of both resources. */
export const samples: Samples = {
  Stream: {
    parent: "MultistreamTarget",
    minimal: () => ({ name: "news" }),
    full: (targetId) => ({
      name: "news",
      profiles,
      record: true,
      recordingProfiles: [{ bitrate: 2_000_000, width: 1280, height: 720, fps: 30, encoder: "HEVC" }],
      playbackPolicy: {
        type: "webhook",
        webhookId: "hook-1",
        webhookContext: { audience: "members" },
        refreshInterval: 60,
        allowedOrigins: ["https://a.example.test"],
      },
      userTags: { channel: "news", rooms: ["a", 2] },
      creatorId: "news-team",
      targets: [target("source", targetId), target("360p", targetId, true)],
      enabled: true,
    }),
    settles: { enabled: false },
    changes: (targetId) => [
      { name: "sports" },
      // The targets that name a rung change with it.
      {
        profiles: [rung("1080p", 1080, 6_000_000), ...profiles.slice(1)],
        targets: [target("1080p", targetId)],
      },
      { profiles: [], targets: [target("source", targetId)] },
      { record: false, recordingProfiles: undefined },
      { recordingProfiles: [{ bitrate: 4_000_000 }] },
      { playbackPolicy: { type: "jwt" } },
      { userTags: { channel: "sports" } },
      { creatorId: "sports-team" },
      { targets: [target("720p", targetId)] },
      { enabled: false },
    ],
    wrong: [
      { inputs: { name: "" }, path: "name" },
      { inputs: { profiles: [profiles[0], profiles[0], profiles[1]] }, path: "profiles[1].name" },
      { inputs: { profiles: [rung("source", 720, 1_000_000), profiles[1]] }, path: "profiles[0].name" },
      { inputs: { profiles: [{ ...profiles[0], width: 127 }, profiles[1]] }, path: "profiles[0].width" },
      { inputs: { profiles: [{ ...profiles[0], bitrate: 399 }, profiles[1]] }, path: "profiles[0].bitrate" },
      { inputs: { profiles: [{ ...profiles[0], gop: 2 }, profiles[1]] }, path: "profiles[0].gop" },
      { inputs: { record: false }, path: "recordingProfiles" },
      { inputs: { playbackPolicy: { type: "webhook" } }, path: "playbackPolicy.webhookId" },
      { inputs: { userTags: { streamkeys: "mine" } }, path: "userTags.streamkeys" },
      { inputs: { userTags: { long: "x".repeat(2_048) } }, path: "userTags" },
      { inputs: { targets: [target("900p", "target")] }, path: "targets[0].profile" },
      { inputs: { targets: [target("720p", "target"), target("720p", "target")] }, path: "targets[1]" },
    ],
  },
  MultistreamTarget: {
    minimal: () => ({
      name: "elsewhere",
      url: "rtmps://platform.example.test/app/a-key-of-the-other-platform",
    }),
    full: () => ({
      name: "elsewhere",
      url: "srt://platform.example.test:7001?streamid=a-key-of-the-other-platform",
      enabled: true,
    }),
    changes: () => [
      { name: "somewhere" },
      { url: "rtmp://platform.example.test/app/another-key-of-the-other-platform" },
      { enabled: false },
    ],
    wrong: [
      { inputs: { url: "https://platform.example.test/app" }, path: "url" },
      { inputs: { enabled: "yes" }, path: "enabled" },
    ],
  },
};

/** Where the answers have what. */
export const answers: Answers = {
  id: "id",
  key: "streamKey",
  error: { errors: ["no"] },
  notFound: { errors: ["not found"] },
  bareLists: true,
};
