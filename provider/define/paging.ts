import type { Api } from "./api";
import { UnexpectedReply } from "./errors";

/** The one way to walk a list page by page: it ends, whatever the vendor answers. */

/** One page of a list. */
export interface Page<T, At> {
  items: readonly T[];
  /** Where the next page begins; absent when the vendor says that this is the last. */
  next?: At | undefined;
  /** How many items the vendor says there are on all pages together. */
  total?: number | null | undefined;
}

/** No account is known to have as much as a tenth of it: 100,000 items where a page has 100. */
const MOST_PAGES = 1_000;

/**
 * Every item of a list, once each. The end is the page that has no `next`, that makes the `total` complete, or that
 * brings nothing new: a server that ignores where a page should begin answers with the same one for ever.
 * @throws UnexpectedReply when there is no end within `MOST_PAGES`: what has not been seen must not count as absent.
 */
export async function* everyItem<T extends { id: string }, At>(
  { label }: Api,
  call: string,
  first: At,
  pageAt: (at: At) => Promise<Page<T, At>>,
): AsyncGenerator<T> {
  const seen = new Set<string>();
  let at: At | undefined = first;
  for (let pages = 0; at !== undefined; pages += 1) {
    if (pages === MOST_PAGES) {
      const detail = `has answered with ${MOST_PAGES} pages, and there is no end`;
      throw new UnexpectedReply({ vendor: label, call, detail, advice: "Check the base URL." });
    }
    const { items, next, total }: Page<T, At> = await pageAt(at);
    const before = seen.size;
    for (const item of items) {
      if (seen.has(item.id)) continue;
      seen.add(item.id);
      yield item;
    }
    const isLast = seen.size === before || seen.size === total;
    at = isLast ? undefined : next;
  }
}
