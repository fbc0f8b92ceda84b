import Table from "cli-table3";

/** Results go to stdout, where a pipeline reads them; everything else goes to stderr. Neither is ever coloured. */

/** Prints a result. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Prints a result for machines. */
export function printJson(value: unknown): void {
  print(JSON.stringify(value, undefined, 2));
}

/** Says on stderr how it goes, or what is wrong. */
export function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

const NO_BORDERS = Object.fromEntries(
  [
    ...["top", "bottom", "mid", "left", "right"].flatMap((edge) => [edge, `${edge}-mid`]),
    ...["top-left", "top-right", "bottom-left", "bottom-right", "left-mid", "mid-mid", "right-mid", "middle"],
  ].map((part) => [part, ""]),
);

/** Prints a table in columns, a row a line, headers in capitals. */
export function printTable(headers: readonly string[], rows: readonly (readonly string[])[]): void {
  const table = new Table({
    head: headers.map((header) => header.toUpperCase()),
    chars: NO_BORDERS,
    style: { head: [], border: [], "padding-left": 0, "padding-right": 2 },
  });
  table.push(...rows.map((row) => row.map(oneLine)));
  print(table.toString().replace(/ +$/gm, ""));
}

/** Widest line of a text that is broken into lines. */
const LINE = 80;

/** Prints a heading, and below it a text in lines of at most 80 characters, set in. */
export function printParagraph(heading: string, text: string): void {
  const lines = oneLine(text)
    .split(" ")
    .reduce<string[]>((done, word) => {
      const last = done.at(-1);
      if (last === undefined || last.length + 1 + word.length > LINE) return [...done, `  ${word}`];
      return [...done.slice(0, -1), `${last} ${word}`];
    }, []);
  print([heading, ...lines].join("\n"));
}

/** What a vendor says may hold anything; in a table, a comment or a line of progress it is one line of text. */
export function oneLine(text: string): string {
  return text.replace(/[\s\p{Cc}]+/gu, " ").trim();
}
