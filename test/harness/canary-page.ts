import { cellsOf, rows } from "./canary-search";
import { encodings } from "./encodings";

/** docs/canary-search.md: what `test/canaries.test.ts` plants, does, and looks at. */

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

## Where secrets are found, and are known to be

- **The debug messages in an \`--event-log\`, and what \`--debug\` and \`-v 3\` print.** Pulumi's own SDK writes every property into
  them, whatever a provider does. \`test/engine/secrets.test.ts\` leaves those messages out, and looks at all other events. README, "Secrets and state", warns of it.
- **The program**, which holds what its author wrote into it, and **\`streamkeys discover --import-file\`**, which needs the
  keys for the engine's import; it says so, and the file is readable for you alone.
- **What a run has never seen.** When a vendor says a key back that the program does not hold and that was in no
  answer and no state of this run, as it may in the list of an account, the message hides what looks like a key (a UUID; a long word
  with a digit), and in its plain form only.

Written by \`CANARIES=all npx jest test/canaries\`, which tries every cell in a quarter of an hour; \`CANARIES=<vendor>\` those of one
vendor. CI tries a part of them, and fails when this page says something else than the tests do.
`;
}
