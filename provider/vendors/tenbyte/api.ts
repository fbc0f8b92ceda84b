import { z } from "zod";
import { owner, text } from "../../define";
import { type Api, path } from "../../define/api";
import { everyItem } from "../../define/paging";
import { madeKey, objectId, reported, thisId } from "../../define/reply";

/** Tenbyte's replies and calls that both resources share (docs/sheets/tenbyte.md, sections 1 and 3). */

const shownText = reported(z.string());
const endpoint = reported(z.looseObject({ protocol: shownText, url: shownText }));

/** A stream as Tenbyte sends it. Only `id` is relied on: zero and null fields are dropped (docs/sheets/tenbyte.md, section 11). */
export const streamReply = z.looseObject({
  id: objectId,
  organization_id: shownText,
  name: shownText,
  type: shownText,
  mode: shownText,
  status: shownText,
  region: shownText,
  stream_key: shownText,
  ingest: reported(
    z.looseObject({
      kind: shownText,
      protocols: reported(z.array(z.string())),
      primary: endpoint,
      backup: endpoint,
      rtmp: shownText,
      srt: shownText,
    }),
  ),
  output_protocols: reported(z.array(z.string())),
  packaging: z.unknown().optional(),
  ladder: z.unknown().optional(),
  playback: reported(z.looseObject({ hls: shownText, dash: shownText })),
  recording: reported(z.looseObject({})),
  webhook_url: shownText,
  meta: reported(z.record(z.string(), z.unknown())),
  created_at: shownText,
});
/** A stream as Tenbyte sends it. */
export type StreamReply = z.infer<typeof streamReply>;

const success = z.literal(true).optional();

/** The envelope around a new stream. */
export const newStream = z.looseObject({ success, data: streamReply });
/** The envelope around one stream, and no other. */
export const oneStream = (id: string) =>
  z.looseObject({ success, data: streamReply.extend({ id: thisId(id) }) });
/** The same with its key; a reply without one is an error, so that state never loses the key. */
export const keyedStream = (id: string) =>
  z.looseObject({ success, data: streamReply.extend({ id: thisId(id), stream_key: madeKey }) });
/** The envelope around one stream with its key. */
export type KeyedStream = z.infer<ReturnType<typeof keyedStream>>;
/** The error that says that there is no such object: all of it, because other servers have errors much like it. */
export const notFound = z.strictObject({
  success: z.literal(false),
  code: z.literal("NOT_FOUND"),
  message: z.string(),
  errors: z.array(z.unknown()).max(0).nullish(),
});
/** Without numbers in it the list goes on until a page brings nothing new. */
const pagination = z.looseObject({ total: reported(z.number()), total_pages: reported(z.number()) });
const page = z.looseObject({
  success,
  data: z.array(streamReply),
  meta: reported(z.looseObject({ pagination: reported(pagination) })),
});
/** The envelope around nothing. */
export const done = z.looseObject({ success: z.literal(true) });

/** The output that says whose an object is. */
export const organizationId = owner(text("Organization that owns the stream.")).optional();

/** One stream by id. Throws `Gone` when there is none. */
export async function getStream(api: Api, id: string): Promise<StreamReply> {
  return (await api.get(path`/streams/${id}`, oneStream(id))).data;
}

/** The organization that the credentials open; undefined where there is no stream to tell. */
export async function organizationOf(api: Api): Promise<string | undefined> {
  const { data } = await api.get(path`/streams`, page, { query: { per_page: 1 } });
  return data[0]?.organization_id ?? undefined;
}

/** All streams, newest first. List items have neither key nor ladder. */
export function listStreams(api: Api): AsyncGenerator<StreamReply> {
  return everyItem(api, "GET /streams", 1, async (number) => {
    const query = { page: number, per_page: 100, order: "desc" };
    const { data: items, meta } = await api.get(path`/streams`, page, { query });
    const { total, total_pages: pages } = meta?.pagination ?? {};
    return { items, total, next: number < (pages ?? Infinity) ? number + 1 : undefined };
  });
}

/** Whether a broadcast may be running. A status that Tenbyte does not send counts as live: the guard fails closed. */
export function mayBeLive({ status }: StreamReply): boolean {
  return status !== "idle" && status !== "errored";
}
