import type { Answers } from "../../harness/faults";
import type { Samples } from "../../harness/sample";

const restream = (name: string, streamKey: string) => ({
  ...{ name, streamKey },
  serverUrl: `rtmps://${name}.example.test/app`,
});

/** Samples of the resource. */
export const samples: Samples = {
  LiveStream: {
    minimal: () => ({ name: "news" }),
    full: () => ({
      name: "news",
      public: true,
      playerId: "pl4k0jvEUuaTdRAEjQ4Jfrgz",
      // Not in the order in which the vendor shows them.
      restreams: [restream("twitch", "a-key-of-twitch-0001"), restream("facebook", "a-key-of-facebook-0001")],
    }),
    changes: () => [
      { name: "sports" },
      { public: false },
      { playerId: "pl45KFKdlddgk654dspkze" },
      { restreams: [restream("facebook", "a-key-of-facebook-0002")] },
    ],
    wrong: [
      { inputs: { name: "" }, path: "name" },
      { inputs: { public: "true" }, path: "public" },
      { inputs: { restreams: Array(6).fill(restream("twitch", "key")) }, path: "restreams" },
      {
        inputs: { restreams: [{ ...restream("twitch", "key"), serverUrl: "rtmp://host.example.test" }] },
        path: "restreams[0].serverUrl",
      },
      {
        inputs: { restreams: [{ ...restream("twitch", "key"), serverUrl: "srt://host.example.test/app" }] },
        path: "restreams[0].serverUrl",
      },
      { inputs: { restreams: [restream("twitch", "")] }, path: "restreams[0].streamKey" },
    ],
  },
};

/** Where the answers have what. */
export const answers: Answers = {
  id: "liveStreamId",
  key: "streamKey",
  error: {
    type: "https://docs.api.video/reference/invalid-attribute",
    title: "An attribute is invalid.",
    status: 400,
    detail: "This value should not be blank.",
    name: "name",
  },
  notFound: {
    type: "https://docs.api.video/docs/resourcenot_found",
    title: "The requested resource was not found.",
    name: "liveStreamId",
    status: 404,
  },
};
