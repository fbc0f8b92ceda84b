import { z } from "zod";
import { CallError } from "../../define/errors";
import { type Api, path } from "../../define/api";
import { reported } from "../../define/reply";

/**
 * Every call to Comprimato, so that a wrong assumption is mended here (docs/sheets/comprimato.md, sections 1, 2 and 7).
 *
 * Documented: the create, and that every other call needs the id. All else is Assumed:
 * - `GET /streams/{id}` shows a stream, perhaps without its keys (sections 1 and 6);
 * - `DELETE /streams/{id}` deletes it (section 1);
 * - a stream that is not there is a 404 with a JSON object; 405 and 501 mean that there is no such call (section 10).
 */

const stream = z.looseObject({
  id: z.string().min(1),
  streamer_key: reported(z.string().min(1)),
  player_key: reported(z.string().min(1)),
  status: reported(z.string()),
});
const newStream = stream.extend({ streamer_key: z.string().min(1), player_key: z.string().min(1) });

/** A stream as Comprimato shows it. */
export type StreamReply = z.infer<typeof stream>;

/** Makes a stream. There is nothing to say about it, so the body is exactly `{}` (section 3). */
export function createStream(api: Api): Promise<StreamReply> {
  return api.post(path`/streams`, newStream, { body: {} });
}

/** One stream by id. Assumed. Throws `Gone` when there is none. */
export function getStream(api: Api, id: string): Promise<StreamReply> {
  return api.get(path`/streams/${id}`, stream);
}

/** Deletes a stream. Assumed. Throws `Gone` when there is none. */
export function deleteStream(api: Api, id: string): Promise<void> {
  return api.delete(path`/streams/${id}`);
}

/** Whether an assumed call turned out not to exist. */
export function isNoSuchCall(error: unknown): error is CallError {
  return error instanceof CallError && (error.status === 405 || error.status === 501);
}

/** Whether a broadcast may be running: only the documented "stopped", in any case, says that none is. */
export function mayBeLive({ status }: StreamReply): boolean {
  return status?.toLowerCase() !== "stopped";
}
