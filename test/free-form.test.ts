import type { Props } from "../provider/define";
import type { SchemaNode } from "../provider/define/schema";
import { means, overlay } from "../provider/lifecycle/state";
import { definitionOf } from "../provider/vendors";
import { sampleOf, Workbench } from "./harness/workbench";

/** JSON that the user makes up (`meta`), and what becomes of it at a vendor. */

const freeForm: SchemaNode = { type: "object", additionalProperties: {} };

describe("a free-form input", () => {
  it.each([
    { left: "zero", declared: { a: 0, b: 1 }, reported: { b: 1 } },
    { left: "null", declared: { a: null, b: 1 }, reported: { b: 1 } },
    { left: "false", declared: { a: false }, reported: {} },
    { left: "an empty text", declared: { a: "" }, reported: {} },
    { left: "an empty list", declared: { a: [] }, reported: {} },
    { left: "an object of nothing but zero", declared: { a: { b: 0 }, c: 1 }, reported: { c: 1 } },
    { left: "zero, two levels down", declared: { a: { b: 0, c: 1 } }, reported: { a: { c: 1 } } },
    { left: "null within a list", declared: { a: [{ b: null }] }, reported: { a: [{}] } },
    { left: "what nobody declared, as null", declared: { a: 1 }, reported: { a: 1, b: null } },
  ])("does not drift when the vendor leaves out $left", ({ declared, reported }) => {
    expect(means(overlay(declared, reported, freeForm), declared, freeForm)).toBe(true);
  });

  it.each([
    { what: "a member that was added", reported: { a: 0, b: 1, c: 2 } },
    { what: "a member that was taken away", reported: { a: 0 } },
    { what: "another value", reported: { a: 0, b: 2 } },
    { what: "a value in place of zero", reported: { a: 5, b: 1 } },
    { what: "a value in place of zero, the rest left out", reported: { a: 5 } },
  ])("drifts for $what", ({ reported }) => {
    expect(overlay({ a: 0, b: 1 }, reported, freeForm)).toEqual(reported);
  });

  it.each([
    [{ a: 0 }, {}],
    [{ a: false }, { a: 0 }],
    [{ a: "" }, {}],
    [{ a: { b: 0 } }, { a: {} }],
  ])("that the program changes from %j to %j is a change", (before, after) => {
    expect(means(before, after, freeForm)).toBe(false);
  });

  it("with zero, null and false in it is made as written, and reads back without a difference", async () => {
    const { vendor, definition } = definitionOf("tenbyte:Stream");
    const bench = await Workbench.open(vendor, definition);
    const meta = { zero: 0, nothing: null, no: false, empty: "", deep: { zero: 0, list: [0, null, {}] } };
    const program: Props = { name: "news", ...sampleOf(vendor, definition).minimal(""), meta };
    const kept = await bench.create(program);
    const found = await bench.read(kept);
    expect(found?.inputs.meta).toEqual(meta);
    expect(await bench.up({ ...kept, outs: found?.props ?? {} }, program)).toMatchObject({ did: "nothing" });
    await bench.sandbox.close();
  });

  it.each([
    { meta: { n: NaN }, path: "meta.n", words: /NaN/ },
    { meta: { deep: { list: [1, Infinity] } }, path: "meta.deep.list[1]", words: /infinite/ },
    { meta: { n: -Infinity }, path: "meta.n", words: /infinite/ },
    // eslint-disable-next-line no-loss-of-precision -- which is the point
    { meta: { n: 9007199254740993 }, path: "meta.n", words: /loses digits.*write it as a text/ },
  ])("that state cannot hold is refused at preview: $path", async ({ meta, path, words }) => {
    const { vendor, definition } = definitionOf("tenbyte:Stream");
    const bench = await Workbench.open(vendor, definition);
    const program: Props = { name: "news", ...sampleOf(vendor, definition).minimal(""), meta };
    const [failure, ...others] = bench.check(program).failures;
    expect(`${failure?.property ?? ""}: ${failure?.reason ?? ""}`).toContain(path);
    expect(failure?.reason).toMatch(words);
    expect(others).toEqual([]);
    await bench.sandbox.close();
  });

  it.each([{ n: 0.1 }, { n: 1e-300 }, { n: -9007199254740991 }, { n: "9007199254740993" }])(
    "that state can hold is not refused: %j",
    async (meta) => {
      const { vendor, definition } = definitionOf("tenbyte:Stream");
      const bench = await Workbench.open(vendor, definition);
      const program: Props = { name: "news", ...sampleOf(vendor, definition).minimal(""), meta };
      expect(bench.check(program).failures).toEqual([]);
      await bench.sandbox.close();
    },
  );
});
