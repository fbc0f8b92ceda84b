import * as pulumi from "@pulumi/pulumi";
import { aioz, RedundantIngest, tenbyte } from "../sdk";

/** Programs under Pulumi's own mocks, as people unit-test them: no engine, and no more known than the test says. */

const state: Record<string, Record<string, unknown>> = {};
const valueOf = <T>(output: pulumi.Output<T>): Promise<T> => new Promise((done) => void output.apply(done));

beforeAll(() =>
  pulumi.runtime.setMocks({
    newResource: ({ name, inputs }) => ({ id: `${name}-id`, state: { ...inputs, ...state[name] } as object }),
    call: () => ({}),
  }),
);

describe("under Pulumi's mocks", () => {
  it("a resource is made, and has the outputs that the test gives it", async () => {
    state.news = { streamKey: "key-of-news", rtmpUrl: "rtmp://example.test/live" };
    const key = new aioz.StreamKey("news", { save: true });
    expect(await valueOf(key.id)).toBe("news-id");
    expect(await valueOf(key.save)).toBe(true);
    expect(await valueOf(key.streamKey)).toBe("key-of-news");
    expect(await valueOf(key.rtmpPublishUrl)).toBe("rtmp://example.test/live/key-of-news");
  });

  it("a set has the items that the test gives it, and none where it gives none", async () => {
    state.given = {
      ids: { a: "1" },
      shared: {},
      kept: {},
      secrets: JSON.stringify({ a: { streamKey: "key-of-a" } }),
    };
    const given = new aioz.StreamKeySet("given", { items: { a: {} } }).item("a");
    expect(await valueOf(given.id)).toBe("1");
    expect(await valueOf(given.streamKey)).toBe("key-of-a");
    const bare = new aioz.StreamKeySet("bare", { items: { a: {} } }).item("a");
    expect(await valueOf(bare.id)).toBeUndefined();
    expect(await valueOf(bare.streamKey)).toBeUndefined();
    expect(await valueOf(bare.userId)).toBeUndefined();
  });

  it("a redundant ingest has both sides", async () => {
    const side = (name: string) => (keyRotation: object, options: pulumi.CustomResourceOptions) => {
      const key = new tenbyte.StreamKey(name, { streamId: name, keyRotation }, options);
      return { key, publishUrl: key.rtmpPublishUrl };
    };
    state.backup = { rtmpPublishUrl: "rtmp://example.test/live/key" };
    const ingest = new RedundantIngest("ingest", { primary: side("primary"), backup: side("backup") });
    expect(await valueOf(ingest.backupUrl)).toBe("rtmp://example.test/live/key");
  });
});

describe("a mistake in a program", () => {
  it("is thrown with the line that made it", () => {
    const wrong = (): unknown => new aioz.StreamKey("", {});
    let thrown: unknown;
    try {
      wrong();
    } catch (error) {
      thrown = error;
    }
    expect((thrown as Error).stack).toMatch(/mocks\.test\.ts/);
    expect(Error.stackTraceLimit).toBeGreaterThan(0);
  });
});
