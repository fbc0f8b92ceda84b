import { readFileSync, writeFileSync } from "node:fs";
import { canaryPage } from "./harness/canary-page";
import { rows, tryRow } from "./harness/canary-search";

/**
 * The canary search in one process (`test/harness/canary-search.ts`). Each run tries a part of the cells of every row;
 * `CANARIES=mux` tries all of one vendor, `CANARIES=all` those of every vendor, and writes docs/canary-search.md, which says
 * what is tried.
 */

const { CANARIES = "" } = process.env;
/** Of so many cells one is tried, and of each row the one in which all goes well. */
const SHARE = CANARIES ? 1 : 24;
const PAGE = "docs/canary-search.md";
const SEED = 20261130;

const chosen = rows.filter(
  ({ vendor }) => !CANARIES || CANARIES === "all" || CANARIES.split(",").includes(vendor.name),
);

describe("whatever a vendor says back", () => {
  let [echoes, masked] = [0, 0];

  it.each(
    chosen.map(
      (row, at) => [`${row.vendor.name}.${row.definition.name}`, row.operation.name, row, at] as const,
    ),
  )(
    "%s, %s: no secret is shown",
    async (_, __, row, at) => {
      const tried = await tryRow(row, SEED + at, (place) => (place + at) % SHARE === 0);
      echoes += tried.echoes;
      masked += tried.masked;
      expect(tried.wrong).toEqual([]);
    },
    600_000,
  );

  it("is repeated in messages, so that there is something to hide", () => {
    console.log(`canaries: ${echoes} answers said a secret back, ${masked} messages hide one`);
    expect(masked).toBeGreaterThan(echoes / 4);
  });

  it("has its page, docs/canary-search.md", () => {
    if (CANARIES === "all") writeFileSync(PAGE, canaryPage());
    expect(readFileSync(PAGE, "utf8")).toBe(canaryPage());
  });
});
