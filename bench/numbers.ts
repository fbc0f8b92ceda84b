import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { format, type Options, resolveConfig } from "prettier";
import { vendors } from "../provider/vendors";
import { countClients } from "./clients";
import { costOf, costRow, STEPS } from "./costs";

/** `npx tsx bench/numbers.ts`: writes docs/numbers.md. It takes a minute. */

const PAGE = "docs/numbers.md";

const linesOf = (file: string): number => readFileSync(file, "utf8").split("\n").length - 1;
const linesIn = (folder: string): number =>
  readdirSync(folder)
    .map((name) => linesOf(`${folder}/${name}`))
    .reduce((sum, lines) => sum + lines, 0);

const table = (head: string[], rows: string[]): string =>
  [`| ${head.join(" | ")} |`, `|${" --- |".repeat(head.length)}`, ...rows].join("\n");
const row = (...cells: (string | number)[]): string => `| ${cells.join(" | ")} |`;

async function main(): Promise<void> {
  const costs: string[] = [];
  for (const vendor of vendors) {
    for (const definition of vendor.resources)
      costs.push(costRow(vendor, definition, await costOf(vendor, definition)));
  }
  const clients = countClients();
  const lines = vendors.map(({ name, title, resources }) =>
    row(
      ...[title, resources.length, linesIn(`provider/vendors/${name}`)],
      ...[linesOf(`sandbox/vendors/${name}.ts`), linesIn(`test/vendors/${name}`)],
    ),
  );
  const text = `# Numbers

Written by \`npx tsx bench/numbers.ts\`, not by hand. \`test/numbers.test.ts\` holds the calls to it.

## What a resource costs

Calls to the vendor for each step of a resource's life, counted against the simulators: \`2 GET, POST\` is three calls. The look
whether a broadcast runs is among them, and so is the second look at what is gone. Bytes of state are those of the smallest sample, with its
inputs and outputs, before encryption. A step that a resource does not have is empty; a no-op \`up\` calls nobody.

${table(["resource", ...STEPS, "state bytes"], costs)}

## What the official clients ask of the simulators

The tests run each vendor's own client against our simulator: what it sends must be taken, and what it is sent it must be able to read.
Refused are requests with an answer of 400 and above, which the client's own error classes read. Endpoints are those of the simulator
that were asked for, of those that it has. The other vendors are held against their documents alone.

${table(
  ["vendor", "client", "requests", "refused", "endpoints"],
  clients.map(({ vendor, client, requests, refused, endpoints: [used, all] }) =>
    row(vendor, client, requests, refused, `${used} of ${all}`),
  ),
)}

## Lines of code

What a vendor takes: its Definitions, its simulator, and its own tests. Everything else is common to all.

${table(["vendor", "resources", "`provider/vendors`", "`sandbox/vendors`", "`test/vendors`"], lines)}
`;
  const options: Options = (await resolveConfig("package.json")) ?? {};
  writeFileSync(PAGE, await format(text, { ...options, filepath: PAGE }));
  console.log(PAGE);
}

void main();
