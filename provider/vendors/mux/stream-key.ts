import { z } from "zod";
import { defineResource, replaces, revokeOnDelete, secret, type Seen, text } from "../../define";
import { type Api, path } from "../../define/api";
import { madeKey, reported, thisId } from "../../define/reply";
import { envelope, getStream, listStreams, liveStream, mayBeLive, withoutMark } from "./api";

/** A stream whose key is there; a reply without one is an error, so that state never loses the key. */
const keyedStream = liveStream.extend({
  stream_key: madeKey,
  srt_passphrase: reported(z.string()),
});
const oneKeyed = (id: string) => envelope(keyedStream.extend({ id: thisId(id) }));

/** The ingest key of a live stream (docs/sheets/mux.md, sections 5 to 7). */
export const streamKey = defineResource({
  name: "StreamKey",
  about:
    "The stream key of a Mux live stream, with its SRT passphrase and ready-to-use publish URLs. A live stream always has " +
    "exactly one key, so making this resource takes over the current one, and deleting it leaves key and live stream as they " +
    "are (see `revokeOnDelete`).",
  notes: [
    "Assumed: a reset may end a running broadcast; Mux only says that the old key stops working at once. While the live stream " +
      "is active, a due rotation is therefore put off unless `interruptLive` is true.",
    "Assumed: a reset may give the SRT passphrase another value too. Both are taken from Mux's answer.",
    "Publish URLs are Mux's global ones; its regional hosts take the same key.",
  ],
  inputs: {
    liveStreamId: replaces(text("Id of the `LiveStream` that the key opens.")),
    revokeOnDelete,
  },
  outputs: {
    streamKey: secret(text("The stream key.")),
    srtPassphrase: secret(text("SRT passphrase.")).optional(),
  },
  made: {
    rtmpsPublishUrl: {
      about: "RTMPS URL with the key, for an encoder.",
      from: "rtmps://global-live.mux.com:443/app/{streamKey}",
    },
    srtPublishUrl: {
      about: "SRT URL with key and passphrase, for an encoder.",
      from: "srt://global-live.mux.com:6001?streamid={streamKey}&passphrase={srtPassphrase}",
    },
  },
  rotation:
    "in place, by `reset-stream-key`; the old key dies at once, and a running broadcast may end (assumed)",

  create: async (api, { liveStreamId }) => getKey(api, liveStreamId),
  read: async (api, id) => getKey(api, id),
  rotate: (api, id) => resetKey(api, id),
  makesNothing: true,
  takesOver: ({ liveStreamId }) => liveStreamId,
  outlivesDelete: true,
  delete: async (api, id, { revokeOnDelete }) => {
    if (revokeOnDelete) await resetKey(api, id);
  },

  isLive: async (api, id) => mayBeLive(await getStream(api, id)),
  cuts: ({ revokeOnDelete }) => (revokeOnDelete ? ["rotate", "delete"] : ["rotate"]),

  // Items of the list are whole, keys included (section 8).
  seeAll: async function* (api) {
    for await (const stream of listStreams(api)) {
      const { data } = keyedStream.safeParse(stream);
      if (data) yield toSeen(data);
    }
  },

  list: async function* (api) {
    for await (const stream of listStreams(api)) {
      const { id, meta, passthrough } = stream;
      yield { id, name: meta?.title ?? (withoutMark(passthrough) || id), live: mayBeLive(stream) };
    }
  },
});

const getKey = async (api: Api, id: string): Promise<Seen> =>
  toSeen((await api.get(path`/video/v1/live-streams/${id}`, oneKeyed(id))).data);

/** Each call makes another key, so it is sent once. The answer is 201, although nothing is made (section 7). */
const resetKey = async (api: Api, id: string): Promise<Seen> =>
  toSeen((await api.post(path`/video/v1/live-streams/${id}/reset-stream-key`, oneKeyed(id))).data);

function toSeen({ id, stream_key: key, srt_passphrase: passphrase }: z.infer<typeof keyedStream>): Seen {
  return {
    id,
    inputs: { liveStreamId: id },
    outputs: { streamKey: key, srtPassphrase: passphrase ?? undefined },
  };
}
