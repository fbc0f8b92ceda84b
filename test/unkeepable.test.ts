import type { Definition, Props } from "../provider/define";
import * as lifecycle from "../provider/lifecycle";
import { vendors } from "../provider/vendors";
import { sampleOf, Workbench } from "./harness/workbench";

/** What state cannot hold as it is, is refused at preview on its path, and never sent. */

const [tenbyte] = vendors;
const stream = tenbyte?.resources.find(({ name }) => name === "Stream") as Definition;

class NotPlain {
  readonly a = 1;
}

const VALUES: [string, unknown][] = [
  ["a whole number beyond what JSON keeps", Number("9007199254740993")],
  ["a negative one", Number("-9007199254740993")],
  ["a large power of ten", 1e21],
  ["NaN", NaN],
  ["infinity", Infinity],
  ["a bigint", 1n],
  ["a date", new Date(0)],
  ["a function", () => 1],
  ["a symbol", Symbol("a")],
  ["a map", new Map()],
  ["an object of a class", new NotPlain()],
];

describe("within meta", () => {
  let bench: Workbench;
  beforeEach(async () => {
    if (!tenbyte) throw new Error("no vendor");
    bench = await Workbench.open(tenbyte, stream);
  });
  afterEach(() => bench.sandbox.close());

  const program = (meta: Props): Props => ({ ...sampleOf(bench.vendor, stream).minimal(""), meta });

  it.each(VALUES)("%s is refused at preview, on its path", (_, value) => {
    const { problems } = lifecycle.check(bench.resourceType(), {}, program({ a: [{ b: value }] }));
    expect(problems.map(({ path }) => path)).toEqual(["meta.a[0].b"]);
  });

  it.each(VALUES)("%s is not sent, even past preview", async (_, value) => {
    const kept = await bench.create(program({ a: 1 }));
    bench.sandbox.requests.length = 0;
    await expect(lifecycle.create(bench.resourceType(), program({ a: value }))).rejects.toThrow();
    await expect(
      lifecycle.update(bench.resourceType(), kept.id, kept.outs, program({ a: value })),
    ).rejects.toThrow();
    expect(bench.sandbox.requests).toEqual([]);
  });

  it("all that JSON keeps goes there and comes back", async () => {
    const meta = { a: 9007199254740991, b: -1.5, c: 1e-9, d: [true, "x"], e: { f: "9007199254740993" } };
    const kept = await bench.create(program(meta));
    expect(kept.outs.meta).toEqual(meta);
    expect((await bench.read(kept))?.props).toEqual(kept.outs);
  });
});
