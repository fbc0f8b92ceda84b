import { z } from "zod";
import { owner, text } from "../../define";
import { Gone, Refused } from "../../define/errors";
import { type Api, path } from "../../define/api";
import { childId, splitChildId } from "../../define/child";
import { everyItem, type Page } from "../../define/paging";
import { madeKey, objectId, reported, thisId } from "../../define/reply";

/** AIOZ's replies, and the calls that both resources share (docs/sheets/aioz.md, sections 3, 4 and 8). */

/** The body of an error. Either member may be missing (docs/sheets/aioz.md, section 4). */
export const errorReply = z.looseObject({
  status: z.string().min(1).optional().catch(undefined),
  message: z.string().optional().catch(undefined),
});

/** The error that says that there is no such object: all of it, because other servers have errors much like it. */
export const notFound = z.strictObject({ status: z.literal("fail"), message: z.string() });

const keyReply = z.looseObject({
  id: objectId,
  user_id: reported(z.string()),
  name: reported(z.string()),
  save: reported(z.boolean()),
  type: reported(z.string()),
  stream_key: reported(z.string()),
  rtmp_url: reported(z.string()),
  created_at: reported(z.string()),
  total_live_streaming: reported(z.number()),
});
/** A stream key as AIOZ lists it. */
export type KeyReply = z.infer<typeof keyReply>;

const success = z.literal("success").optional();

/** A key with its secret; a reply without one is an error, so that state never loses the key. */
export const wholeKey = keyReply.extend({ stream_key: madeKey });
/** The envelope around a new key. */
export const newKey = z.looseObject({ status: success, data: wholeKey });
/** The envelope around one key, and no other. */
export const oneKey = (id: string) =>
  z.looseObject({ status: success, data: wholeKey.extend({ id: thisId(id) }) });

const streamingReply = z.looseObject({
  id: objectId,
  user_id: reported(z.string()),
  title: reported(z.string()),
  save: reported(z.boolean()),
  status: reported(z.string()),
  assets: reported(z.looseObject({ hls_url: reported(z.string()), player_url: reported(z.string()) })),
  created_at: reported(z.string()),
});
/** A streaming as AIOZ sends it. Its `qualities` are no more than the names of the rungs. */
export type StreamingReply = z.infer<typeof streamingReply>;

/** The envelope around a new streaming. */
export const newStreaming = z.looseObject({ status: success, data: streamingReply });
/** The envelope around one streaming, and no other. */
export const oneStreaming = (id: string) =>
  z.looseObject({ status: success, data: streamingReply.extend({ id: thisId(id) }) });
/** The envelope around nothing. */
export const done = z.looseObject({ status: z.literal("success") });

const total = reported(z.number());
const keyPage = z.looseObject({
  data: z.looseObject({ live_stream_keys: z.array(keyReply).nullable(), total }),
});
const streamingPage = z.looseObject({
  data: z.looseObject({ media: z.array(streamingReply).nullable(), total }),
});

/** The one way to ask for a page that is right under every source (docs/sheets/aioz.md, section 3.3). */
const pageQuery = (offset: number, limit = 100) => ({
  limit,
  offset,
  sort_by: "created_at",
  order_by: "desc",
});

/** A page as it came, and the offset of what follows it: AIOZ may send fewer items than were asked for. */
function pageFrom<T>(offset: number, items: T[] | null, total: number | null | undefined): Page<T, number> {
  return { items: items ?? [], total, next: offset + (items?.length ?? 0) };
}

/** One page of one key: a cheap authenticated read. */
export const firstKeys = (api: Api): Promise<z.infer<typeof keyPage>> =>
  api.get(path`/live_streams`, keyPage, { query: pageQuery(0, 1) });

/** The user whom the credentials are; undefined where there is no key to tell. */
export async function userOf(api: Api): Promise<string | undefined> {
  return (await firstKeys(api)).data.live_stream_keys?.[0]?.user_id ?? undefined;
}

/** The output that says whose an object is. */
export const userId = owner(text("The AIOZ user who owns it.")).optional();

/** The keys of a type, newest first. Without a type AIOZ may list video keys only (docs/sheets/aioz.md, section 3.3). */
export function listKeys(api: Api, type: string): AsyncGenerator<KeyReply> {
  return everyItem(api, "GET /live_streams", 0, async (offset) => {
    const query = { ...pageQuery(offset), type };
    const { data } = await api.get(path`/live_streams`, keyPage, { query });
    return pageFrom(offset, data.live_stream_keys, data.total);
  });
}

/** Every key of the account, of both types. */
export async function* listAllKeys(api: Api): AsyncGenerator<KeyReply> {
  // A deployment from before 2026-03 knows no types and lists all keys both times.
  const listed = new Set<string>();
  for (const type of ["video", "audio"]) {
    for await (const key of listKeys(api, type)) {
      if (!listed.has(key.id)) yield key;
      listed.add(key.id);
    }
  }
}

/**
 * The streamings below a key. AIOZ's OpenAPI declares no query for this list, so it may come whole and in any order.
 * Assumed: those that have ended may be missing (see `getStreaming`).
 */
export function listStreamings(api: Api, keyId: string): AsyncGenerator<StreamingReply> {
  const at = path`/live_streams/${keyId}/streamings`;
  return everyItem(api, `GET ${at.encoded}`, 0, async (offset) => {
    const { data } = await api.get(at, streamingPage, { query: pageQuery(offset) });
    return pageFrom(offset, data.media, data.total);
  });
}

/** The recorded broadcasts of a key. It is a search, so a lost answer may be asked for again. */
function listRecordings(api: Api, keyId: string): AsyncGenerator<StreamingReply> {
  const at = path`/live_streams/${keyId}/media`;
  return everyItem(api, `POST ${at.encoded}`, 0, async (offset) => {
    const search = { body: pageQuery(offset), repeatable: true };
    const { data } = await api.post(at, streamingPage, search);
    return pageFrom(offset, data.media, data.total);
  });
}

/** A streaming is named by its key's id and its own. */
export interface StreamingId {
  keyId: string;
  streamId: string;
}

/** The id of a `Stream` in state and for import. */
export const idOf = ({ keyId, streamId }: StreamingId): string => childId(keyId, streamId);

/**
 * The parts of such an id.
 * @throws StreamkeysError when it is not of the form `<keyId>/<streamId>`.
 */
export function partsOf(id: string): StreamingId {
  const { parent: keyId, child: streamId } = splitChildId(id, "an AIOZ Stream is <keyId>/<streamId>");
  return { keyId, streamId };
}

/**
 * One streaming. Assumed (docs/sheets/aioz.md, section 8, and the server code behind it): once it has ended, AIOZ may no longer show
 * it as a streaming, only among the recordings of its key; one that was not recorded is then gone.
 * @throws Gone when it is in neither place.
 */
export async function getStreaming(api: Api, { keyId, streamId }: StreamingId): Promise<StreamingReply> {
  try {
    return (await api.get(path`/live_streams/${keyId}/streamings/${streamId}`, oneStreaming(streamId))).data;
  } catch (error) {
    if (!(error instanceof Gone)) throw error;
    for await (const recording of listRecordings(api, keyId)) if (recording.id === streamId) return recording;
    throw error;
  }
}

/**
 * Deletes a streaming. Assumed (docs/sheets/aioz.md, section 8): the tests of both of AIOZ's SDKs give the two ids swapped and
 * succeed, against the reference. So where the documented order finds nothing, the other one is tried.
 * @throws Gone when neither finds it.
 */
export async function deleteStreaming(api: Api, { keyId, streamId }: StreamingId): Promise<void> {
  try {
    await api.delete(path`/live_streams/${keyId}/streamings/${streamId}`, done);
  } catch (error) {
    if (!(error instanceof Gone)) throw error;
    await api.delete(path`/live_streams/${streamId}/streamings/${keyId}`, done);
  }
}

/** Whether a broadcast is over for good. Assumed: the names of these statuses (docs/sheets/aioz.md, section 8). */
export function hasEnded({ status }: StreamingReply): boolean {
  return status === "end" || status === "uploading";
}

/** Whether a broadcast may be running. A status that AIOZ does not document counts as live: the guard fails closed. */
export function mayBeLive(streaming: StreamingReply): boolean {
  return streaming.status !== "created" && !hasEnded(streaming);
}

/** A name or title: AIOZ trims it when it creates, which would then show as drift (docs/sheets/aioz.md, quirk Q3). */
export const trimmedText = (about: string): z.ZodString =>
  z
    .string()
    .regex(
      /^\S([\s\S]*\S)?$/,
      "must not be blank, nor begin or end with white space, which AIOZ would cut off",
    )
    .describe(about);

/** Rethrows what a delete threw: a refusal with what to do about it. */
export function refusedDelete(error: unknown): never {
  if (!(error instanceof Refused)) throw error;
  const advice =
    "AIOZ does not delete while a broadcast runs or its recording is being processed, and has no call that ends one: " +
    "stop the encoder and run again.";
  throw new Refused({ ...error.failure, advice });
}
