import { z } from "zod";
import { poll } from "../../calls/poll";
import { type Api, path } from "../../define/api";
import { Gone } from "../../define/errors";
import { everyItem } from "../../define/paging";
import { madeKey, noContent, objectId, reported, thisId } from "../../define/reply";

/**
 * Livepeer Studio's replies and calls (docs/sheets/livepeer.md, sections 2, 4, 6 and 7).
 *
 * Assumed, because nothing public says it:
 * - a change of the targets of a running broadcast may end it (section 4);
 * - a stream that does not say whether it is active counts as live (section 6);
 * - the addresses for sending and watching (section 6).
 */

const profile = z.looseObject({ name: z.string() });
const target = z.looseObject({
  profile: z.string(),
  id: reported(z.string()),
  videoOnly: reported(z.boolean()),
});

/** A stream. Only its id and key are relied on (section 6). */
export const stream = z.looseObject({
  id: objectId,
  streamKey: madeKey,
  playbackId: reported(z.string()),
  name: reported(z.string()),
  isActive: reported(z.boolean()),
  // Milliseconds.
  createdAt: reported(z.number()),
  suspended: reported(z.boolean()),
  record: reported(z.boolean()),
  recordingSpec: reported(z.looseObject({ profiles: reported(z.array(z.looseObject({}))) })),
  profiles: reported(z.array(profile)),
  multistream: reported(z.looseObject({ targets: reported(z.array(target)) })),
  playbackPolicy: reported(z.looseObject({ type: z.string() })),
  userTags: reported(z.record(z.string(), z.unknown())),
  creatorId: reported(z.union([z.string(), z.looseObject({ value: z.string() })])),
});
/** A stream. */
export type StreamReply = z.infer<typeof stream>;

/** One stream by id. Throws `Gone` when there is none; the answer about a session of it is none (section 9). */
export const getStream = (api: Api, id: string): Promise<StreamReply> =>
  api.get(path`/stream/${id}`, stream.extend({ id: thisId(id) }));

/** A stream of a list, with the name of its date that every list here has. */
export type ListedStream = StreamReply & { created_at: string | undefined };

/**
 * All streams, newest first, without the sessions below them. The order is one that does not change while streams go on air,
 * because a page begins at an offset (section 7).
 */
export function listStreams(api: Api): AsyncGenerator<ListedStream> {
  return everyItem(api, "GET /stream", "", async (cursor) => {
    const query = { streamsonly: 1, order: "createdAt-true", limit: 100, ...(cursor ? { cursor } : {}) };
    const { body, headers } = await api.request("GET", path`/stream`, z.array(stream), { query });
    return {
      items: body.map((one) => ({ ...one, created_at: dateOf(one.createdAt) })),
      next: nextCursor(headers.link),
    };
  });
}

/** The cursor in `Link: <https://...?cursor=skip100>; rel="next"`. */
const nextCursor = (link = ""): string | undefined =>
  /[?&]cursor=([^&>]+)[^>]*>;\s*rel="next"/.exec(link)?.[1];

/** Milliseconds as RFC 3339 UTC. */
export const dateOf = (ms: number | null | undefined): string | undefined =>
  ms == null || Math.abs(ms) > 8.64e15 ? undefined : new Date(ms).toISOString();

/** Changes some fields of a stream; what is left out stays. The answer has no body (section 4). */
export const patchStream = (
  api: Api,
  id: string,
  body: Record<string, unknown>,
  before?: (direct: Api) => Promise<void>,
): Promise<undefined> => api.patch(path`/stream/${id}`, noContent, { body, ...(before && { before }) });

/** How long a read may show what was before a write: reads go to a copy of the database (section 7). */
const LAG_MS = 5_000;

/**
 * What is there after a write: the first read that shows it, or the last that does not.
 * @throws Gone when no read finds it.
 */
export async function readAfterWrite<T extends object>(
  { waitMs }: Api,
  read: () => Promise<T>,
  shows: (seen: T) => boolean,
): Promise<T> {
  let seen: T | undefined;
  let gone: unknown;
  const look = async (): Promise<true | undefined> => {
    try {
      seen = await read();
      return shows(seen) || undefined;
    } catch (error) {
      if (!(error instanceof Gone)) throw error;
      gone = error;
      return undefined;
    }
  };
  await poll(look, Math.min(waitMs, LAG_MS), () => undefined);
  if (seen) return seen;
  throw gone;
}

/** Whether a broadcast may be running. A stream that does not say counts as live: the guard fails closed. */
export const mayBeLive = ({ isActive }: StreamReply): boolean => isActive !== false;
