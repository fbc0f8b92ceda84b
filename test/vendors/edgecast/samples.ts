import type { Answers } from "../../harness/faults";
import type { Samples } from "../../harness/sample";

/** Samples of the three resources. */
export const samples: Samples = {
  Instance: {
    minimal: () => ({ instanceName: "news" }),
    full: () => ({
      instanceName: "news",
      dvrDurationMinutes: 60,
      encrypted: false,
      ssaEnabled: true,
      segmentSize: 5,
    }),
    changes: () => [
      { instanceName: "sports" },
      { dvrDurationMinutes: 180 },
      { ssaEnabled: false },
      { ssaEnabled: false, encrypted: true },
      { ssaEnabled: false, encrypted: true, encryptedKeyRotationSeconds: 120 },
      { segmentSize: 10 },
    ],
    wrong: [
      { inputs: { instanceName: "evening/news" }, path: "instanceName" },
      { inputs: { dvrDurationMinutes: 4 }, path: "dvrDurationMinutes" },
      { inputs: { dvrDurationMinutes: 181 }, path: "dvrDurationMinutes" },
      { inputs: { encryptedKeyRotationSeconds: 9 }, path: "encryptedKeyRotationSeconds" },
      { inputs: { encryptedKeyRotationSeconds: 12 }, path: "encryptedKeyRotationSeconds" },
      { inputs: { encryptedKeyRotationSeconds: 1445 }, path: "encryptedKeyRotationSeconds" },
      { inputs: { encryptedKeyRotationSeconds: 120 }, path: "encryptedKeyRotationSeconds" },
      { inputs: { encrypted: true }, path: "ssaEnabled" },
    ],
  },
  StreamKey: {
    minimal: () => ({ dirPath: "news/main" }),
    full: () => ({ dirPath: "news/cam*", key: "aKeyOfTheCustomersOwnChoice1" }),
    changes: () => [
      { dirPath: "news/studio" },
      { key: "anotherKeyOfTheCustomersOwn2" },
      { dirPath: "sports/main", key: "anotherKeyOfTheCustomersOwn3" },
    ],
    wrong: [
      { inputs: { dirPath: "news" }, path: "dirPath" },
      { inputs: { dirPath: "/news/main" }, path: "dirPath" },
      { inputs: { dirPath: "news/main/hd" }, path: "dirPath" },
      { inputs: { dirPath: "news/main-1" }, path: "dirPath" },
      { inputs: { dirPath: "news/cam*1" }, path: "dirPath" },
      { inputs: { key: "" }, path: "key" },
      { inputs: { key: "not alphanumeric" }, path: "key" },
      { inputs: { key: "x".repeat(257) }, path: "key" },
      { inputs: { keyRotation: { every: "30d" } }, path: "keyRotation" },
    ],
  },
  GlobalKey: {
    minimal: () => ({}),
    full: () => ({ key: "aKeyOfTheCustomersOwnChoice1" }),
    changes: () => [{ key: "anotherKeyOfTheCustomersOwn2" }],
    wrong: [
      { inputs: { key: "not alphanumeric" }, path: "key" },
      { inputs: { keyRotation: { trigger: "left the team" } }, path: "keyRotation" },
    ],
  },
};

/** Where the answers have what. */
export const answers: Answers = {
  id: "Id",
  key: "Key",
  error: { Message: "Access Denied" },
  readsTheList: true,
};
