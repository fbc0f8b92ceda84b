import { z } from "zod";
import { type Api, path } from "../../define/api";
import { everyItem } from "../../define/paging";

/** Tenbyte's replies and calls that both resources share (docs/sheets/tenbyte.md, sections 1 and 3). */

const endpoint = z.looseObject({ protocol: z.string().nullish(), url: z.string() }).nullish();

/** A stream as Tenbyte sends it. Only `id` is relied on: zero and null fields are dropped (docs/sheets/tenbyte.md, section 11). */
export const streamReply = z.looseObject({
  id: z.string().min(1),
  organization_id: z.string().nullish(),
  name: z.string().nullish(),
  type: z.string().nullish(),
  mode: z.string().nullish(),
  status: z.string().nullish(),
  region: z.string().nullish(),
  stream_key: z.string().nullish(),
  ingest: z
    .looseObject({
      kind: z.string().nullish(),
      protocols: z.array(z.string()).nullish(),
      primary: endpoint,
      backup: endpoint,
      rtmp: z.string().nullish(),
      srt: z.string().nullish(),
    })
    .nullish(),
  output_protocols: z.array(z.string()).nullish(),
  packaging: z.unknown().optional(),
  ladder: z.unknown().optional(),
  playback: z.looseObject({ hls: z.string().nullish(), dash: z.string().nullish() }).nullish(),
  recording: z.looseObject({}).nullish(),
  webhook_url: z.string().nullish(),
  meta: z.record(z.string(), z.unknown()).nullish(),
  created_at: z.string().nullish(),
});
/** A stream as Tenbyte sends it. */
export type StreamReply = z.infer<typeof streamReply>;

/** The envelope around one stream. */
export const oneStream = z.looseObject({ data: streamReply });
/** Without numbers in it the list goes on until a page brings nothing new. */
const pagination = z.looseObject({ total: z.number().nullish(), total_pages: z.number().nullish() });
const page = z.looseObject({
  data: z.array(streamReply),
  meta: z.looseObject({ pagination: pagination.nullish() }).nullish(),
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
