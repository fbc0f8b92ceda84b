import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { stackKeys, vendorKeys } from "../sdk/config-keys";
import { doubtfulConfig, unreadConfig } from "../sdk/stack-config";

/** Config that nobody reads; test/engine/credentials.test.ts has it on the real engine. */
describe("config that nobody reads", () => {
  it.each([
    [
      "streamkeys:rotateall",
      /did you mean streamkeys:rotateAll\? Run: pulumi config set streamkeys:rotateAll/,
    ],
    ["streamkeys:rotate-all", /did you mean streamkeys:rotateAll\?/],
    ["streamkeys:rotatAll", /did you mean streamkeys:rotateAll\?/],
    ["streamkeys:uzia.apiKey", /did you mean streamkeys:uiza\? .*--path 'streamkeys:uiza.apiKey' <value>/],
    ["streamkeys:uzia", /did you mean streamkeys:uiza\? .*--path 'streamkeys:uiza.<field>' <value>/],
    ["streamkeys:Uiza", /did you mean streamkeys:uiza\?/],
    [
      "streamkeys:uiza.apiKey",
      /without --path it is a key of its own.*--path 'streamkeys:uiza.apiKey' <value> && pulumi config rm 'streamkeys:uiza.apiKey'/,
    ],
    ["streamkeys:tenbyte.accounts.eu.apiKey", /without --path.*'streamkeys:tenbyte.accounts.eu.apiKey'/],
    ["streamkeys:interval", /there is no such key. To remove it: pulumi config rm 'streamkeys:interval'/],
    ["streamkey:rotateAll", /did you mean streamkeys:rotateAll\?/],
    ["stream-keys:uiza", /did you mean streamkeys:uiza\?/],
    ["pulumi-streamkeys:rotateAll", /did you mean streamkeys:rotateAll\?/],
  ])("%s", (key, words) => {
    const text = unreadConfig([key, "project:region", "aws:region"], "project") ?? "";
    expect(text).toMatch(words);
    expect(text).toMatch(/streamkeys:tenbyte, .*streamkeys:rotateAll\.$/);
  });

  it("is told of in one message, whatever the number of keys", () => {
    const text = unreadConfig(["streamkeys:rotateall", "streamkeys:uiza.apiKey"], "project") ?? "";
    expect(text.match(/^- /gm)).toHaveLength(2);
  });

  it("is no key that is read, nor one of another namespace", () => {
    const read = [...vendorKeys, ...stackKeys].map((name) => `streamkeys:${name}`);
    const others = ["aws:region", "project:rotate", "streams:tenbyte", "keys:rotateAll", "pulumi:tags"];
    expect(unreadConfig([...read, ...others], "project")).toBeUndefined();
  });

  it("of a project that bears our name is only what looks like ours", () => {
    expect(unreadConfig(["streamkeys:region"], "streamkeys")).toBeUndefined();
    expect(unreadConfig(["streamkeys:rotateall"], "streamkeys")).toMatch(/rotateAll/);
    expect(unreadConfig(["streamkey:rotateAll"], "streamkey")).toBeUndefined();
  });

  it("may be `rotateAll` without our namespace, which is in doubt", () => {
    expect(doubtfulConfig(["project:rotateAll"], "project")).toMatch(
      /pulumi config set streamkeys:rotateAll/,
    );
    expect(doubtfulConfig(["project:rotateall"], "project")).toMatch(/rotates no key/);
    expect(doubtfulConfig(["project:rotateAll", "streamkeys:rotateAll"], "project")).toBeUndefined();
    expect(doubtfulConfig(["other:rotateAll"], "project")).toBeUndefined();
  });

  it("cannot come about by a key that the provider reads and that is not in the list", () => {
    const sources = readdirSync("provider", { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts"))
      .map((file) => readFileSync(join("provider", file), "utf8"));
    const read = sources.flatMap((text) =>
      [...text.matchAll(/config\(\s*"streamkeys:(\w+)"/g)].map(([, key]) => key),
    );
    expect(read).not.toEqual([]);
    for (const key of read) expect(stackKeys).toContain(key);
  });
});
