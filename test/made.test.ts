import { made, madeOf, withMade } from "../provider/define/made";
import { schemaOf } from "../provider/define/schema";
import { vendors } from "../provider/vendors";

/** Outputs that the program makes of those in state. */

describe("what is made of outputs", () => {
  it.each([
    ["{server}/{key}", { server: "rtmp://a/live", key: "k" }, "rtmp://a/live/k"],
    ["{server}/{key}", { server: "rtmp://a/live/", key: "k" }, "rtmp://a/live/k"],
    ["{server}/{key}", { server: "rtmp://a/live//", key: "k" }, "rtmp://a/live/k"],
    ["rtmp://a/{key}", { key: "k/l?m=n" }, "rtmp://a/k/l?m=n"],
    [
      "srt://{host}:9000?streamid={key}&passphrase={pass}",
      { host: "h", key: "a&b", pass: "c d" },
      "srt://h:9000?streamid=a%26b&passphrase=c%20d",
    ],
  ])("of %s and %j is %s", (from, outputs, text) => {
    expect(made(from, outputs)).toBe(text);
  });

  it.each([{}, { server: "rtmp://a" }, { server: "", key: "k" }, { server: null, key: "k" }])(
    "is not there while one of them is not: %j",
    (outputs) => {
      expect(made("{server}/{key}", outputs)).toBeUndefined();
      expect(withMade({ url: { about: "", from: "{server}/{key}" } }, outputs)).toEqual(outputs);
    },
  );

  it("holds a secret output, and nothing that the resource has not", () => {
    for (const { made: all = {}, outputs } of vendors.flatMap(({ resources }) => resources))
      for (const [name, { from }] of Object.entries(all)) {
        expect(Object.keys(outputs)).toEqual(expect.arrayContaining(madeOf(from)));
        expect(madeOf(from).filter((of) => schemaOf(outputs).properties?.[of]?.secret)).not.toEqual([]);
        expect(outputs).not.toHaveProperty(name);
      }
  });
});
