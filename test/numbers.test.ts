import { readFileSync } from "node:fs";
import { costOf, costRow } from "../bench/costs";
import { vendors } from "../provider/vendors";

/** docs/numbers.md tells the calls that there are; `npx tsx bench/numbers.ts` writes it. */

/** The cells without the padding of a table, and without the last one: bytes of state differ with the length of ids. */
const cellsOf = (row: string): string[] =>
  row
    .split("|")
    .map((cell) => cell.trim())
    .slice(1, -2);

const written = readFileSync("docs/numbers.md", "utf8").split("\n").map(cellsOf);

describe.each(vendors)("$name", (vendor) => {
  it.each(vendor.resources)("$name costs what docs/numbers.md says", async (definition) => {
    const cells = cellsOf(costRow(vendor, definition, await costOf(vendor, definition)));
    expect(written.find(([name]) => name === cells[0])).toEqual(cells);
  });
});
