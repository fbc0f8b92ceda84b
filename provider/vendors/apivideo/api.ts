import { z } from "zod";
import { type Api, path } from "../../define/api";
import { everyItem } from "../../define/paging";
import { madeKey, objectId, reported, thisId } from "../../define/reply";

/**
 * api.video's replies and calls (docs/sheets/apivideo.md, sections 2, 4, 7 and 8).
 *
 * Assumed, because nothing public says it:
 * - what does not exist is answered by a 404 of api.video's own form (section 8);
 * - null as `playerId` takes the player away (section 3);
 * - a change of `restreams` while on air counts from the next broadcast on (section 6);
 * - the order of `restreams` in a reply means nothing (section 9);
 * - the hosts that take a broadcast (section 4).
 */

const restream = z.looseObject({ name: z.string(), serverUrl: z.string(), streamKey: z.string() });

/** A live stream. Its samples have no `restreams` where there are none, although the schema requires them (section 4). */
export const liveStream = z.looseObject({
  liveStreamId: objectId,
  streamKey: madeKey,
  name: reported(z.string()),
  public: reported(z.boolean()),
  playerId: reported(z.string()),
  restreams: z.array(restream).nullish(),
  broadcasting: reported(z.boolean()),
  createdAt: reported(z.string()),
  assets: reported(z.looseObject({ hls: reported(z.string()), player: reported(z.string()) })),
});
/** This live stream, and no other. */
export const thisStream = (id: string) => liveStream.extend({ liveStreamId: thisId(id) });
/** A live stream. */
export type LiveStreamReply = z.infer<typeof liveStream>;

/** Where live streams are. */
export const STREAMS = path`/live-streams`;

/** One live stream by id. Throws `Gone` when there is none. */
export const getStream = (api: Api, id: string): Promise<LiveStreamReply> =>
  api.get(path`/live-streams/${id}`, thisStream(id));

/** A live stream of a list, with the names that every list here has. */
export type ListedStream = LiveStreamReply & { id: string; created_at: string | null | undefined };

const page = z.looseObject({
  data: z.array(liveStream),
  pagination: z.looseObject({ pagesTotal: reported(z.number()), itemsTotal: reported(z.number()) }),
});

/**
 * Live streams, newest first: all of them, or those with `name` somewhere in their name. They are whole, keys included
 * (section 7).
 */
export function listStreams(api: Api, name?: string): AsyncGenerator<ListedStream> {
  return everyItem(api, "GET /live-streams", 1, async (currentPage) => {
    const query = { ...(name === undefined ? {} : { name }), sortBy: "createdAt", sortOrder: "desc" };
    const { data, pagination } = await api.get(STREAMS, page, {
      query: { ...query, currentPage, pageSize: 100 },
    });
    const isLast = pagination.pagesTotal != null && currentPage >= pagination.pagesTotal;
    return {
      items: data.map((stream) => ({ ...stream, id: stream.liveStreamId, created_at: stream.createdAt })),
      next: isLast ? undefined : currentPage + 1,
      total: pagination.itemsTotal,
    };
  });
}

/** Whether a broadcast may be running. A stream that does not say counts as live: the guard fails closed. */
export const mayBeLive = ({ broadcasting }: LiveStreamReply): boolean => broadcasting !== false;
