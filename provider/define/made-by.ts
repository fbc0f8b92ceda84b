import type { Attempt } from ".";

/** How `find` looks through a list for what a lost create has made. */

/** An item that says when it was made. */
interface Dated {
  /** RFC 3339. */
  created_at?: string | null | undefined;
}

/** How a vendor's list is ordered: only where it is newest first can the rest be left unread. */
type Order = "newest first" | "any order";

/** The items that an attempt can have made, as far as their time of making and `isAlike` tell. */
export async function madeBy<T extends Dated>(
  attempt: Attempt,
  list: AsyncIterable<T>,
  order: Order,
  isAlike: (item: T) => boolean,
): Promise<T[]> {
  const made: T[] = [];
  for await (const item of list) {
    // What follows is older still.
    if (order === "newest first" && attempt.isBefore(item.created_at)) break;
    if (isAlike(item) && attempt.couldHaveMade(item.created_at)) made.push(item);
  }
  return made;
}
