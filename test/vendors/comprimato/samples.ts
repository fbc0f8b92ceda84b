import type { Answers } from "../../harness/faults";
import type { Samples } from "../../harness/sample";

/** Samples of the stream. It has no inputs of its own. */
export const samples: Samples = {
  Stream: {
    minimal: () => ({}),
    full: () => ({ keyRotation: { every: "90d", trigger: "first" } }),
    changes: () => [],
    wrong: [
      { inputs: { keyRotation: { every: "soon" } }, path: "keyRotation.every" },
      { inputs: { name: "news" }, path: "name" },
    ],
  },
};

/** Where the answers have what. */
export const answers: Answers = {
  id: "id",
  key: "streamer_key",
  error: { error: "no" },
};
