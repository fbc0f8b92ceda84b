import { z } from "zod";
import { type Api, path } from "../../define/api";
import { everyItem } from "../../define/paging";
import { reported } from "../../define/reply";

/** Tenbyte's replies and calls that both resources share (docs/sheets/tenbyte.md, sections 1 and 3). */

const shownText = reported(z.string());
const endpoint = reported(z.looseObject({ protocol: shownText, url: shownText }));

/** A stream as Tenbyte sends it. Only `id` is relied on: zero and null fields are dropped (docs/sheets/tenbyte.md, section 11). */
export const streamReply = z.looseObject({
  id: z.string().min(1),
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

/** The envelope around one stream. */
export const oneStream = z.looseObject({ data: streamReply });
/** Without numbers in it the list goes on until a page brings nothing new. */
const pagination = z.looseObject({ total: reported(z.number()), total_pages: reported(z.number()) });
const page = z.looseObject({
  data: z.array(streamReply),
  meta: reported(z.looseObject({ pagination: reported(pagination) })),
});
/** The envelope around nothing. */
export const done = z.looseObject({ success: z.boolean() });

/** One stream by id. Throws `Gone` when there is none. */
export async function getStream(api: Api, id: string): Promise<StreamReply> {
  return (await api.get(path`/streams/${id}`, oneStream)).data;
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
