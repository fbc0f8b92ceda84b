import { definitionOf } from "../../provider/vendors";
import { type Sandbox, startSandbox } from "../../sandbox";
import { succeeded, TestStack } from "../harness/stack";

/** Publish URLs are no part of state: the class makes them of the server and the key that are. */
describe("what the class makes of outputs", () => {
  let sandbox: Sandbox;
  let stack: TestStack;

  const program = (trigger: string): string => `
    const keyRotation = { trigger: "${trigger}" };
    const one = new aioz.StreamKey("one", { keyRotation });
    const set = new aioz.StreamKeySet("set", { defaults: { keyRotation }, items: { a: {}, b: {} } });
    const live = new apivideo.LiveStream("live", { keyRotation });
    const muxLive = new mux.LiveStream("mux", { playbackPolicies: ["public"] });
    const muxKey = new mux.StreamKey("mux", { liveStreamId: muxLive.id, keyRotation });
    const looked = aioz.StreamKey.get("looked", one.id);
    Object.assign(out, { one: one.rtmpPublishUrl, item: set.item("a").rtmpPublishUrl, looked: looked.rtmpPublishUrl,
      live: live.srtPublishUrl, mux: muxKey.rtmpsPublishUrl });`;

  beforeEach(async () => {
    sandbox = await startSandbox();
    stack = await TestStack.create(program("first"), sandbox.environment);
  });
  afterEach(async () => {
    await sandbox.close();
    stack.remove();
  });

  it("has the key of each turn, and is nowhere on disk", async () => {
    succeeded(await stack.up());
    const first = await stack.outputs();
    expect(first).toEqual({
      one: expect.stringMatching(/^rtmp:.*:1935\/[^/]+$/) as string,
      item: expect.stringMatching(/^rtmp:.*:1935\/[^/]+$/) as string,
      looked: first.one,
      live: expect.stringMatching(/^srt:.*:6200\?streamid=\S+$/) as string,
      mux: expect.stringMatching(/^rtmps:.*:443\/app\/\S+$/) as string,
    });
    for (const url of Object.values(first))
      expect(stack.files().filter(({ text }) => text.includes(String(url)))).toEqual([]);
    for (const { type, outputs } of await stack.exported()) {
      const { made = {} } = definitionOf(type.split("/").at(-1) ?? "").definition;
      expect(Object.keys(made).filter((name) => name in outputs)).toEqual([]);
    }

    stack.program(program("second"));
    succeeded(await stack.up());
    const second = await stack.outputs();
    for (const name of ["one", "item", "live", "mux"]) expect(second[name]).not.toBe(first[name]);
  });
});
