import { z } from "zod";
import type { Api, Path } from "../../http";

/**
 * One list for a burst of reads. Edgecast's only safe read is the whole list (sheet, section 7), and a refresh of a
 * hundred keys would ask for it a hundred times. What is handed out is never older than our last write.
 */

/** How old a list may be, counted from when it was asked for. */
const FRESH_MS = 5_000;

interface KeptList {
  askedAt: number;
  /** Still on its way for those who ask during a burst. */
  items: Promise<unknown[]>;
}

/** The whole list at `at`, asked for now or a moment ago. What is not a list of such items throws. */
export async function listAt<T>(api: Api, at: Path, item: z.ZodType<T>): Promise<T[]> {
  const kept = api.kept.get(at.encoded) as KeptList | undefined;
  if (kept && performance.now() - kept.askedAt < FRESH_MS) return (await kept.items) as T[];
  const asked: KeptList = { askedAt: performance.now(), items: api.get(at, z.array(item)) };
  api.kept.set(at.encoded, asked);
  try {
    return (await asked.items) as T[];
  } catch (error) {
    if (api.kept.get(at.encoded) === asked) api.kept.delete(at.encoded);
    throw error;
  }
}

/** Writes something that the list at `at` shows; also a failed write may have changed it. */
export async function writingTo<T>(api: Api, at: Path, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } finally {
    // A list that was asked for while the write was under way goes too: it may be from before.
    api.kept.delete(at.encoded);
  }
}
