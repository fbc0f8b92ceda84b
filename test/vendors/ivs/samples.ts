import type { Answers } from "../../harness/faults";
import type { Samples } from "../../harness/sample";

const arn = (kind: string, id: string): string => `arn:aws:ivs:us-west-2:123456789012:${kind}/${id}`;

/** Samples of the resources. */
export const samples: Samples = {
  Channel: {
    minimal: () => ({ name: "news" }),
    full: () => ({
      name: "news",
      type: "STANDARD",
      latencyMode: "LOW",
      authorized: true,
      insecureIngest: true,
      containerFormat: "FRAGMENTED_MP4",
      multitrackInputConfiguration: { enabled: true, policy: "ALLOW", maximumResolution: "HD" },
      recordingConfigurationArn: arn("recording-configuration", "first"),
      playbackRestrictionPolicyArn: arn("playback-restriction-policy", "first"),
      adConfigurationArn: arn("ad-configuration", "first"),
      failoverSlateConfigurationArn: arn("failover-slate-configuration", "first"),
      tags: { team: "sports", "cost centre": "42" },
    }),
    changes: () => [
      { name: "sports" },
      { type: "BASIC", multitrackInputConfiguration: { enabled: false } },
      {
        type: "ADVANCED_HD",
        preset: "CONSTRAINED_BANDWIDTH_DELIVERY",
        multitrackInputConfiguration: { enabled: false },
      },
      { latencyMode: "NORMAL" },
      { authorized: false },
      { insecureIngest: false },
      { containerFormat: "TS", multitrackInputConfiguration: { enabled: false } },
      { multitrackInputConfiguration: { enabled: true, policy: "REQUIRE", maximumResolution: "FULL_HD" } },
      { recordingConfigurationArn: arn("recording-configuration", "second") },
      { playbackRestrictionPolicyArn: "" },
      { multitrackInputConfiguration: undefined },
      { adConfigurationArn: undefined },
      { adConfigurationArn: arn("ad-configuration", "second") },
      { failoverSlateConfigurationArn: arn("failover-slate-configuration", "second") },
      { tags: { team: "weather" } },
    ],
    wrong: [
      { inputs: { name: "the news" }, path: "name" },
      { inputs: { name: "n".repeat(129) }, path: "name" },
      { inputs: { preset: "CONSTRAINED_BANDWIDTH_DELIVERY" }, path: "preset" },
      { inputs: { type: "BASIC" }, path: "multitrackInputConfiguration" },
      { inputs: { containerFormat: "TS" }, path: "multitrackInputConfiguration" },
      {
        inputs: { multitrackInputConfiguration: { enabled: true, policy: "ALLOW" } },
        path: "multitrackInputConfiguration.maximumResolution",
      },
      { inputs: { recordingConfigurationArn: arn("channel", "first") }, path: "recordingConfigurationArn" },
      { inputs: { tags: { "aws:team": "sports" } }, path: "tags" },
      { inputs: { tags: { "streamkeys:create": "mine" } }, path: "tags" },
      { inputs: { tags: { team: "sports; weather" } }, path: "tags" },
      {
        inputs: { tags: Object.fromEntries(Array.from({ length: 50 }, (_, at) => [`tag${at}`, ""])) },
        path: "tags",
      },
    ],
  },
  StreamKey: {
    parent: "Channel",
    minimal: (channelArn) => ({ channelArn }),
    full: (channelArn) => ({ channelArn, keyRotation: { every: "30d", trigger: "first" } }),
    changes: () => [],
    wrong: [{ inputs: { channelArn: 7 }, path: "channelArn" }],
  },
};

/** Where the answers have what. */
export const answers: Answers = {
  id: "channel.arn",
  key: "streamKey.value",
  error: { exceptionMessage: "no" },
  notFound: { exceptionMessage: "no" },
  of: { StreamKey: { id: "streamKey.channelArn" } },
};
