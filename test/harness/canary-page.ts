import { vendors } from "../../provider/vendors";
import { plantedInputs } from "./canary-program";
import { cellsOf, rows } from "./canary-search";
import { places } from "./canary-stack";
import { steps } from "./canary-steps";
import { encodings } from "./encodings";
import { kinds } from "./everything";

/** docs/canary-search.md: what `test/canaries.test.ts` and `test/engine/canaries.test.ts` plant, do, and look at. */

const line = (fields: (string | number)[]): string => `| ${fields.join(" | ")} |`;

/** The page. That nothing was found is what the tests hold; a page of another text fails them too. */
export function canaryPage(): string {
  const operations = [...new Set(rows.map(({ operation }) => operation.name))].map((name) => {
    const its = rows.filter(({ operation }) => operation.name === name);
    const sum = (of: (row: (typeof rows)[number]) => number): number =>
      its.reduce((total, row) => total + of(row), 0);
    const resources = new Set(its.map(({ vendor, definition }) => `${vendor.name}.${definition.name}`)).size;
    return line([
      name,
      resources,
      sum(({ secrets }) => secrets.length),
      sum((row) => cellsOf(row).length - 1),
      0,
    ]);
  });
  const done = steps.map(({ name, refused }) =>
    line([name, refused ?? "nothing", Object.keys(places).length, 0]),
  );
  const { credentials, inputs } = plantedInputs();
  const forms = Object.keys(encodings);
  const echoes = rows.reduce((total, row) => total + cellsOf(row).length - 1, 0);
  return `# Canary search

Distinctive secrets stand in every place where a secret may stand, everything is done that can be done, and then they are looked
for in everything that somebody could see. A place is what the schema of a resource calls secret or says may hold one, at any
depth; what it only says may hold one is marked by \`pulumi.secret\`, as a program would. A canary is of letters alone, so that
only who knows it can keep it out of a message, and half of one counts as found. An address carries one in its password, its
query or its path.

## In one process

${rows.length} rows, each a resource, an operation and a program; ${echoes} answers of a vendor that say a secret back, in
each of ${forms.length} forms: ${forms.join("; ")}. The answers are 400, 401, 403, 404, 409, 422, 429, 500, 503 and 200; in the
vendor's own form of an error, in another's, in HTML and in plain text; in headers too; and to each request of the operation by turns. Looked
at: what is thrown, by \`inspect\` with hidden properties, \`JSON.stringify\` and its stack; warnings; progress; failures of
check; what drift, diff and list return; and the notes of creates on disk.

| operation | resources | secrets planted | answers that say one back | found |
| --- | --- | --- | --- | --- |
${operations.join("\n")}

## On the real engine

One stack with a resource of each of the ${kinds.length} Definitions, and a set of each that has one. Planted: ${credentials} credentials of
${vendors.length} vendors, half of them in the config and half in the environment, and ${inputs} inputs; and whatever state keeps encrypted
is looked for as soon as it is there, above all every key that a vendor has made. A vendor that refuses says back, each time in
another of the ${forms.length} forms and with another status: a credential, a secret that the request carries, and one of the object that it is
about. Searched: ${Object.values(places).join("; ")}.

| what is done, in this order | what vendors refuse meanwhile | places searched | found |
| --- | --- | --- | --- |
${done.join("\n")}

## Where secrets are found, and are known to be

- **The debug messages in an \`--event-log\`, and what \`--debug\` and \`-v 3\` print.** Pulumi's own SDK writes every property into
  them, whatever a provider does. The tests leave those messages out, and look at all other events. README, "Secrets and state", warns of it.
- **The program**, which holds what its author wrote into it, and **\`streamkeys discover --import-file\`**, which needs the
  keys for the engine's import; it says so, and the file is readable for you alone.
- **What a run has never seen.** When a vendor says a key back that is neither in the program nor in the state of a resource that the
  run has come to, and that no resource of it has got as an output, the message hides what looks like a key (a UUID; a long word with
  a digit), and in its plain form only. So it may be with the list of an account, with what is about to be taken over, and with a
  stream that is refused before its key has had its turn.

Written by \`CANARIES=all npx jest test/canaries\`, which tries every cell in a quarter of an hour; \`CANARIES=<vendor>\` those of one
vendor. \`CANARIES=all npx jest test/engine/canaries\` asks our command for everything on the engine, too. CI tries a part of the cells
and all of the steps, and fails when this page says something else than the tests do.
`;
}
