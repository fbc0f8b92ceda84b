import type { Answers } from "../../harness/faults";
import type { Samples } from "../../harness/sample";

/** Samples of both resources. */
export const samples: Samples = {
  Stream: {
    minimal: () => ({ name: "news", region: "in-mumbai-1" }),
    full: () => ({ name: "news", region: "in-mumbai-1", description: "News, round the clock", dvr: true }),
    changes: () => [
      { name: "sports" },
      { region: "sg-singapore-1" },
      { description: "Sports, at weekends" },
      { dvr: false },
    ],
    wrong: [
      { inputs: { name: "" }, path: "name" },
      { inputs: { name: "n".repeat(101) }, path: "name" },
      { inputs: { region: "" }, path: "region" },
      { inputs: { description: "" }, path: "description" },
      { inputs: { description: "d".repeat(1001) }, path: "description" },
      { inputs: { dvr: "true" }, path: "dvr" },
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
    ],
  },
};

/** Where the answers have what. */
export const answers: Answers = {
  id: "id",
  key: "ingest.key",
  error: { message: "no", error_type: "api_error" },
  notFound: { message: "The live entity does not exist.", error_type: "invalid_request_error" },
};
