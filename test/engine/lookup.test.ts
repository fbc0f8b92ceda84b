import { type Sandbox, startSandbox } from "../../sandbox";
import { failed, succeeded, TestStack } from "../harness/stack";

/** `Class.get` on the real engine, for every resource of every vendor: it reads, and manages nothing. */
describe("get", () => {
  let sandbox: Sandbox;
  let owner: TestStack;
  let reader: TestStack;

  beforeEach(async () => {
    sandbox = await startSandbox();
    owner = await TestStack.copyOf("examples/all-vendors", sandbox.environment);
    succeeded(await owner.up());
  });
  afterEach(async () => {
    await sandbox.close();
    owner.remove();
    reader.remove();
  });

  it("finds what another stack made, keeps its secrets secret, and leaves it alone", async () => {
    const theirs = await owner.exported();
    const lookups = theirs.map(({ type, id }, at) => {
      const [vendor = "", name = ""] = type.split("/").at(-1)?.split(":") ?? [];
      return `${vendor}.${name}.get("their-${at}", ${JSON.stringify(id)});`;
    });
    reader = await TestStack.create(lookups.join("\n"), sandbox.environment);
    succeeded(await reader.up());
    expect(theirs.length).toBeGreaterThanOrEqual(9);
    const looked = await reader.exported();
    expect(looked.map(({ id }) => id).sort()).toEqual(theirs.map(({ id }) => id).sort());

    const keys = ["streamKey", "streamerKey", "playerKey"].flatMap((name) =>
      looked.map(({ outputs }) => (outputs[name] as { plaintext?: string } | undefined)?.plaintext),
    );
    const known = keys.filter((key) => key !== undefined).map((key) => JSON.parse(key) as string);
    expect(known.length).toBeGreaterThanOrEqual(5);
    for (const key of known) expect(reader.files().filter(({ text }) => text.includes(key))).toEqual([]);

    sandbox.requests.length = 0;
    succeeded(await reader.destroy());
    expect(sandbox.requests.filter(({ method }) => method !== "GET")).toEqual([]);
    expect(succeeded(await owner.refresh())).not.toMatch(/ (updated|deleted)\n/);
  });
});

describe("get of nothing", () => {
  it("is an error that names the resource and the id, at preview already", async () => {
    const sandbox = await startSandbox();
    const reader = await TestStack.create('uiza.Stream.get("theirs", "no-such-id");', sandbox.environment);
    for (const run of [await reader.preview(), await reader.up()]) {
      expect(failed(run)).toMatch(/Uiza Stream no-such-id cannot be looked up: it does not exist/);
    }
    await sandbox.close();
    reader.remove();
  });
});
