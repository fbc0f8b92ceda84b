import { z } from "zod";
import type { Api } from "../../define/api";
import { path } from "../../define/api";

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
const page = z.looseObject({
  data: z.array(streamReply),
  meta: z.looseObject({ pagination: z.looseObject({ total_pages: z.number() }) }),
});
/** The envelope around nothing. */
export const done = z.looseObject({ success: z.boolean() });

/** One stream by id. Throws `Gone` when there is none. */
export async function getStream(api: Api, id: string): Promise<StreamReply> {
  return (await api.get(path`/streams/${id}`, oneStream)).data;
}

/** All streams, newest first. List items have neither key nor ladder. */
export async function* listStreams(api: Api): AsyncGenerator<StreamReply> {
  for (let number = 1, pages = 1; number <= pages; number += 1) {
    const reply = await api.get(path`/streams`, page, {
      query: { page: number, per_page: 100, order: "desc" },
    });
    pages = reply.meta.pagination.total_pages;
    yield* reply.data;
  }
}

/** Whether a broadcast may be running. A status that Tenbyte does not send counts as live: the guard fails closed. */
export function mayBeLive({ status }: StreamReply): boolean {
  return status !== "idle" && status !== "errored";
}
