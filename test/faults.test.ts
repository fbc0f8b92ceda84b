import { readFileSync, writeFileSync } from "node:fs";
import { vendors } from "../provider/vendors";
import { type Cell, faultsOf, legend, type Mark, type Row, rows, tryRow } from "./harness/matrix";

/**
 * The fault matrix (`test/harness/matrix`) and its tables, docs/fault-matrix.md. Each run tries a part of the cells, so
 * that every fault, every operation and every resource has its turn, and holds them against the tables. `FAULTS=mux` tries
 * all cells of one vendor and writes its table; `FAULTS=all` those of every vendor. What `-t` leaves out stays as it was.
 */

const PAGE = "docs/fault-matrix.md";
const { FAULTS = "" } = process.env;
/** Of so many cells one is tried; an item of a set is brought by the same rules as a resource, so of them fewer are. */
const shareOf = ({ isOfSet }: Row): number => (FAULTS ? 1 : isOfSet ? 24 : 8);

const isOf = (name: string) => (row: Row) => row.vendor.name === name;
const tables = vendors.map(({ name, title }) => ({ name, title, rows: rows.filter(isOf(name)) }));
type Table = (typeof tables)[number];
const chosen = tables.filter(({ name }) => !FAULTS || FAULTS === "all" || FAULTS.split(",").includes(name));

/** What the page says of each fault, by vendor, operation and fault. */
function written(): Map<string, string> {
  const marks = new Map<string, string>();
  for (const section of readFileSync(PAGE, "utf8").split("\n<!-- ").slice(1)) {
    const [vendor = ""] = section.split(" ", 1);
    const lines = section.split("\n").filter((line) => line.startsWith("|"));
    const [[, ...columns] = [], , ...faults] = lines.map((line) => line.split(" | ").map(bare));
    for (const [fault, ...its] of faults)
      columns.forEach((column, at) => marks.set(`${vendor} ${column} ${fault}`, its[at] ?? ""));
  }
  return marks;
}
const atStart = written();

const tried = new Map<string, Set<Mark>>();

describe("whatever the vendor answers", () => {
  it.each(
    chosen
      .flatMap((table) => table.rows)
      .map((row, at) => [row.resource, row.operation.name, row, at] as const),
  )(
    "%s, %s: nothing is lost, shared or made up",
    async (_, __, row, at) => {
      const cells = await tryRow(row, (place) => (place + at) % shareOf(row) === 0);
      for (const cell of cells) remember(row, cell);
      expect(cells.filter(({ wrong }) => wrong !== undefined)).toEqual([]);
      if (FAULTS) return;
      const unseen = cells.filter((cell) => !marksOf(row, cell.fault).includes(cell.mark));
      expect(unseen).toEqual([]);
    },
    600_000,
  );

  it.each(tables.map((table) => [table.name, table] as const))(
    "%s has its table in docs/fault-matrix.md; `FAULTS=<vendor> npx jest test/faults` writes it",
    (name, table) => {
      if (FAULTS && chosen.includes(table)) write(table);
      expect(readFileSync(PAGE, "utf8")).toContain(headOf(table));
      if (FAULTS) return;
      const names = [...atStart.keys()].filter((key) => key.startsWith(`${name} `));
      expect(new Set(names)).toEqual(new Set(cellsOf(table).map(({ key }) => key)));
    },
  );
});

/** A field of the page, without what Markdown needs. */
function bare(field: string): string {
  return field
    .replace(/^\| | \|$/g, "")
    .replaceAll("\\|", "|")
    .replaceAll("`", "")
    .trim();
}

const keyOf = ({ vendor, operation }: Row, fault: string): string =>
  `${vendor.name} ${operation.name} ${bare(fault)}`;

const marksOf = (row: Row, fault: string): string[] => (atStart.get(keyOf(row, fault)) ?? "").split(" ");

function remember(row: Row, { fault, mark }: Cell): void {
  const key = keyOf(row, fault);
  tried.set(key, (tried.get(key) ?? new Set()).add(mark));
}

/** The fields of a table: every operation of the vendor's resources with every fault that any of them meets. */
function cellsOf(table: Table): { fault: string; operation: string; key: string }[] {
  const faults = [...new Set(table.rows.flatMap(faultsOf))];
  const operations = [...new Set(table.rows.map(({ operation }) => operation.name))];
  return faults.flatMap((fault) =>
    operations.map((operation) => ({ fault, operation, key: `${table.name} ${operation} ${bare(fault)}` })),
  );
}

const headOf = ({ title, rows: its }: Table): string =>
  `## ${title}: ${its.reduce((sum, row) => sum + faultsOf(row).length, 0)} cells`;

function tableOf(table: Table): string {
  const order = Object.keys(legend) as Mark[];
  const line = (fields: string[]): string => `| ${fields.join(" | ")} |`;
  const cells = cellsOf(table);
  const operations = [...new Set(cells.map(({ operation }) => operation))];
  const faults = [...new Set(cells.map(({ fault }) => fault))];
  // Read now: another process may have tried other operations in the meantime.
  const others = written();
  const marks = new Map(
    cells.map(({ key }) => {
      const its = tried.get(key);
      return [key, its ? order.filter((mark) => its.has(mark)).join(" ") : (others.get(key) ?? "")];
    }),
  );
  return [
    `<!-- ${table.name} -->\n\n${headOf(table)}\n`,
    line(["what comes back", ...operations]),
    line(["---", ...operations.map(() => "---")]),
    ...faults.map((fault) =>
      line([
        `\`${fault.replaceAll("|", "\\|")}\``,
        ...operations.map((operation) => marks.get(`${table.name} ${operation} ${bare(fault)}`) ?? ""),
      ]),
    ),
  ].join("\n");
}

/** Puts a table in its place in the page. */
function write(table: Table): void {
  const [, ...sections] = readFileSync(PAGE, "utf8").trimEnd().split("\n<!-- ");
  const there = new Map(sections.map((section) => [section.split(" ", 1)[0], `<!-- ${section.trimEnd()}`]));
  there.set(table.name, tableOf(table));
  const known = tables.flatMap(({ name }) => there.get(name) ?? []);
  writeFileSync(PAGE, `${[introduction(), ...known].join("\n\n")}\n`);
}

function introduction(): string {
  const marks = Object.entries(legend).map(([mark, meaning]) => `- **${mark}**: ${meaning}.`);
  return `# Fault matrix

What becomes of each operation when the vendor, or what stands before it, answers wrongly. Every resource is tried with
each operation that it has and each fault that says something of it. A cell passes when what is said to be done is done,
state holds what the vendor has, nothing is made twice, nothing that exists is dropped, the next run gets there, no more
calls are made than make sense, and the user reads a sentence that names the vendor and tells no secret. Which mark a cell
may have follows from what its answer means (\`Meaning\` in \`test/harness/faults.ts\`), by the rules of \`mayBe\` in
\`test/harness/matrix\`; the tables show what it was.

How to read them: a row is what comes back, a column is what was being done. The faults of \`read\`, \`list\`, \`delete
at a gateway\` and \`read of a set\` stay for good and hit every request; the others hit one. An empty field: the fault says
nothing of that operation. Where resources of a vendor differ, a field holds more than one mark.

A set has two items, and its mark is that of the item which the fault has hit, by the same rules. Besides: the other item is
done and recorded, the message names the item that failed and why, the next run touches that one only and ends with one
object an item, and the run after that calls nobody.

${marks.join("\n")}

Written by \`FAULTS=all npx jest test/faults\`, or for one vendor by \`FAULTS=<vendor> npx jest test/faults\`; not by hand. What the
faults are, to the byte: \`test/harness/faults.ts\`.`;
}
