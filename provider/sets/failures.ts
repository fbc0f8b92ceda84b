import { messageOf, StreamkeysError } from "../define/errors";

/** What did not go well, item by item. */
export type Failures = Map<string, unknown>;

/** Some items of a set have failed; `failures` says why, for whoever looks into it. */
export class ItemsFailed extends StreamkeysError {
  override readonly name = "ItemsFailed";
  constructor(
    message: string,
    readonly failures: Failures,
  ) {
    super(message);
  }
}

/** More than these are counted only. */
const MOST = 50;

/** One error for all of them: how many, which, and why. */
export function failureOf(what: string, total: number, failures: Failures, more = ""): StreamkeysError {
  const lines = [...failures].slice(0, MOST).map(([name, error]) => `  ${name}: ${messageOf(error)}`);
  const others = failures.size > MOST ? [`  and ${failures.size - MOST} more`] : [];
  const items = total === 1 ? "item" : "items";
  return new ItemsFailed(
    [`${what} ${failures.size} of ${total} ${items} failed.${more}`, ...lines, ...others].join("\n"),
    failures,
  );
}

/** Names as a sentence has them: a few, and how many more. */
export function named(names: string[], most = 10): string {
  const more = names.length > most ? ` and ${names.length - most} more` : "";
  return `${names.slice(0, most).join(", ")}${more}`;
}
