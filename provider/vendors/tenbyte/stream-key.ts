import { defineResource, replaces, revokeOnDelete, secret, type Seen, text } from "../../define";
import { path } from "../../define/api";
import { getStream, keyedStream, listStreams, mayBeLive, type KeyedStream, organizationId } from "./api";

/** The ingest key of a stream (docs/sheets/tenbyte.md, section 7). */
export const streamKey = defineResource({
  name: "StreamKey",
  about:
    "The stream key of a Tenbyte stream, with ready-to-use publish URLs. A stream always has exactly one key, so making " +
    "this resource takes over the current key, and deleting it leaves key and stream as they are (see `revokeOnDelete`).",
  notes: [
    "A reset kills the old key at once and disconnects a running broadcast; there is no time in which both keys work. " +
      "While the stream is live, a due rotation is therefore put off unless `interruptLive` is true.",
    "Assumed: a reset keeps the stream's id.",
  ],
  inputs: {
    streamId: replaces(text("Id of the stream that the key opens.")),
    revokeOnDelete,
  },
  outputs: {
    streamKey: secret(text("The stream key.")),
    rtmpPublishUrl: secret(text("RTMP URL with the key, for an encoder. Unset for pull streams.")).optional(),
    srtPublishUrl: secret(text("SRT URL with the key, for an encoder. Unset for pull streams.")).optional(),
    organizationId,
  },
  rotation: "in place, by `reset-key`; the old key dies at once and a running broadcast is disconnected",

  create: async (api, { streamId }) =>
    toSeen(await api.get(path`/streams/${streamId}`, keyedStream(streamId))),
  read: async (api, id) => toSeen(await api.get(path`/streams/${id}`, keyedStream(id))),
  rotate: async (api, id) => toSeen(await api.post(path`/streams/${id}/reset-key`, keyedStream(id))),
  makesNothing: true,
  takesOver: ({ streamId }) => streamId,
  outlivesDelete: true,
  delete: async (api, id, { revokeOnDelete }) => {
    if (revokeOnDelete) await api.post(path`/streams/${id}/reset-key`, keyedStream(id));
  },

  isLive: async (api, id) => mayBeLive(await getStream(api, id)),
  cuts: ({ revokeOnDelete }) => (revokeOnDelete ? ["rotate", "delete"] : ["rotate"]),

  list: async function* (api) {
    for await (const { id, name, ...item } of listStreams(api)) {
      yield { id, name: name ?? id, live: mayBeLive({ id, ...item }) };
    }
  },
});

function toSeen({ data: { id, stream_key: key, ingest, organization_id } }: KeyedStream): Seen {
  return {
    id,
    inputs: { streamId: id },
    outputs: {
      streamKey: key,
      rtmpPublishUrl: ingest?.rtmp ? `${ingest.rtmp.replace(/\/$/, "")}/${key}` : undefined,
      srtPublishUrl: ingest?.srt ?? undefined,
      organizationId: organization_id ?? undefined,
    },
  };
}
