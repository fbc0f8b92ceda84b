import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { type Sandbox, startSandbox } from "../../sandbox";
import { failed, succeeded, TestStack } from "../harness/stack";

/**
 * A resource that the engine knows is replaced by a new object, and two resources never get one: within the minutes in
 * which a killed run would be continued, on the machine that it ran on.
 */

const stream = (name: string, options = "{}", more = ""): string => `
  new tenbyte.Stream("${name}", {
    type: "event", mode: "audio", region: "sg-edge-04", ingest: { kind: "push", protocols: ["srt"] },
    outputProtocols: ["hls"], packaging: { hls: { segmentFormat: "fmp4" } },
    ladder: { audio: [{ codec: "aac", channels: 2, sampleRateHz: 48000, bitrateKbps: 128 }] }, ${more}
  }, ${options});`;
const inComponent = (type: string, body: string): string => `
  class ${type} extends pulumi.ComponentResource {
    constructor() { super("test:index:${type}", "main"); const parent = this; ${body} }
  }
  new ${type}();`;

describe("a resource that the engine knows", () => {
  let sandbox: Sandbox;
  let stack: TestStack;
  const start = async (body: string): Promise<void> => {
    sandbox = await startSandbox();
    stack = await TestStack.create(body, sandbox.environment);
    succeeded(await stack.up());
  };
  const ids = (): string[] => stack.resources().map(({ id }) => id);
  const existing = (vendor = "tenbyte", of = "streams"): string[] =>
    Object.keys(sandbox.data[vendor]?.[of] as object).sort();
  afterEach(async () => {
    await sandbox.close();
    stack.remove();
  });

  it("leaves no note, and is made anew by --replace and by a trigger", async () => {
    await start(stream("main", '{ replacementTrigger: "a" }'));
    const notes = join(stack.folder, "home/streamkeys/creates");
    expect(existsSync(notes) ? readdirSync(notes) : []).toEqual([]);
    const [first] = ids();
    const { urn } = stack.resource("main", "tenbyte:Stream");
    expect(succeeded(await stack.up("--replace", urn))).not.toMatch(/earlier run/);
    const [second] = ids();
    expect(second).not.toBe(first);
    expect(existing()).toEqual([second]);

    stack.program(stream("main", '{ replacementTrigger: "b" }'));
    succeeded(await stack.up());
    expect(ids()).not.toEqual([second]);
    expect(existing()).toEqual(ids());
    expect(succeeded(await stack.refresh())).toMatch(/unchanged/);
  });

  it("is another one in a component, by its parents, and moves into one as a new object", async () => {
    await start(
      stream("main") +
        inComponent("One", stream("main", "{ parent }")) +
        inComponent("Two", stream("main", "{ parent }")),
    );
    expect(new Set(ids()).size).toBe(3);
    expect(existing()).toEqual(ids().sort());
    const before = ids();
    stack.program(inComponent("Three", stream("main", "{ parent }")));
    expect(succeeded(await stack.up())).not.toMatch(/earlier run/);
    expect(ids()).toHaveLength(1);
    expect(before).not.toContain(ids()[0]);
    expect(existing()).toEqual(ids());
  });

  it("does not adopt once more when `import` is left in and a replacement is due", async () => {
    const key = (options: string, trigger: string, broadcast: string): string => `
      const key = new aioz.StreamKey("news", { keyRotation: { trigger: "${trigger}" } }, ${options});
      new aioz.Stream("show", { keyId: key.id, title: "show", broadcast: "${broadcast}" });`;
    await start(key("{}", "a", "monday"));
    const { id } = stack.resource("news", "aioz:StreamKey");
    const show = stack.resource("show", "aioz:Stream").id;
    await stack.mustRun("state", "delete", "--all", "--yes").catch(() => undefined);
    stack.remove();
    const adopting = (trigger: string, broadcast: string): string => `
      const key = new aioz.StreamKey("news", { keyRotation: { trigger: "${trigger}" } }, { import: "${id}" });
      new aioz.Stream("show", { keyId: key.id, title: "show", broadcast: "${broadcast}" }, { import: "${show}" });`;
    stack = await TestStack.create(adopting("a", "monday"), sandbox.environment);
    succeeded(await stack.up());
    expect(stack.resource("news", "aioz:StreamKey").id).toBe(id);

    stack.program(adopting("a", "tuesday"));
    succeeded(await stack.up());
    const tuesday = stack.resource("show", "aioz:Stream").id;
    expect(tuesday).not.toBe(show);

    stack.program(adopting("b", "tuesday"));
    succeeded(await stack.up());
    const rotated = stack.resource("news", "aioz:StreamKey").id;
    expect(rotated).not.toBe(id);
    expect(stack.resource("show", "aioz:Stream").id).not.toBe(tuesday);
    expect(succeeded(await stack.refresh())).toMatch(/3 unchanged/);
  });

  it("goes on when nobody can tell what a rotation's lost answer was: it says so once", async () => {
    await start('new comprimato.Stream("a", {});');
    const [first] = ids();
    stack.program('new comprimato.Stream("a", { keyRotation: { trigger: "a" } });');
    sandbox.faults.push({ method: "POST", status: 503, times: 1 });
    expect(failed(await stack.up())).toMatch(/offers no way to find out whether it was made/);
    succeeded(await stack.up());
    expect(ids()).toHaveLength(1);
    expect(ids()).not.toEqual([first]);
    expect(succeeded(await stack.preview())).toMatch(/2 unchanged/);
  });
});
