import { z } from "zod";
import { CallError, Gone, LostAnswer, Refused, Unreachable } from "../../define/errors";
import { type Api, path } from "../../define/api";
import { madeKey, noContent, objectId, reported, thisId } from "../../define/reply";

/**
 * Every call to Comprimato, so that a wrong assumption is mended here (docs/sheets/comprimato.md, sections 1, 2 and 7).
 *
 * Documented: the create, and that every other call needs the id. All else is Assumed:
 * - `GET /streams/{id}` shows a stream, perhaps without its keys (sections 1 and 6);
 * - `DELETE /streams/{id}` deletes it (section 1);
 * - a stream that is not there is a 404 with a JSON object that holds at most `error`, and a path that does not exist is
 *   answered otherwise; 405 and 501 mean that there is no such call (section 10).
 */

const stream = z.looseObject({
  id: objectId,
  streamer_key: madeKey.nullish(),
  player_key: madeKey.nullish(),
  status: reported(z.string()),
});
const newStream = stream.extend({ streamer_key: madeKey, player_key: madeKey });

const thisStream = (id: string) => stream.extend({ id: thisId(id) });
/** What says that a stream is deleted: a 204, or the stream that was. After anything else the lifecycle looks. */
const deleted = (id: string) => z.union([noContent, thisStream(id)]);

/** A stream as Comprimato shows it. */
export type StreamReply = z.infer<typeof stream>;

/** Makes a stream. There is nothing to say about it, so the body is exactly `{}` (section 3). */
export function createStream(api: Api): Promise<StreamReply> {
  return api.post(path`/streams`, newStream, { body: {} });
}

/** One stream by id. Assumed. Throws `Gone` when there is none. */
export function getStream(api: Api, id: string): Promise<StreamReply> {
  return unlessNothingIsThere(api, () => api.get(path`/streams/${id}`, thisStream(id)));
}

/** Deletes a stream. Assumed. Throws `Gone` when there is none. */
export function deleteStream(api: Api, id: string): Promise<void> {
  return unlessNothingIsThere(api, () => api.delete(path`/streams/${id}`, deleted(id)));
}

/**
 * Nothing lists streams, and nobody documents how Comprimato says that one does not exist. So a not-found counts only where
 * a path that no API has is answered otherwise: a gateway or a wrong base URL answers both alike.
 */
async function unlessNothingIsThere<T>(api: Api, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof Gone && (await saysOfNothing(api)) === error.failure.detail) {
      const advice =
        "A path that does not exist is answered alike, so this says nothing of the stream: check the base URL.";
      throw new Refused({ ...error.failure, advice });
    }
    throw error;
  }
}

/** What Comprimato says of a path that does not exist, where that is in the form of a not-found. */
async function saysOfNothing(api: Api): Promise<string | undefined> {
  try {
    await api.get(path`/there-is-no-such-path`, z.unknown());
  } catch (error) {
    if (error instanceof Gone) return error.failure.detail;
    if (!(error instanceof CallError) || error instanceof LostAnswer || error instanceof Unreachable)
      throw error;
  }
  return undefined;
}

/** An error, as far as one can be told. Assumed: a text in `error` (section 7 knows of none). */
export const errorBody = z.strictObject({ error: z.string().optional() });

/** Whether an assumed call turned out not to exist. */
export function isNoSuchCall(error: unknown): error is CallError {
  return error instanceof CallError && (error.status === 405 || error.status === 501);
}

/** Whether a broadcast may be running: only the documented "stopped", in any case, says that none is. */
export function mayBeLive({ status }: StreamReply): boolean {
  return status?.toLowerCase() !== "stopped";
}
