import { defineResource, replaces, revokeOnDelete, secret, type Seen, text } from "../../define";
import { getKeyed, listEntities, mayBeLive, type ReadyEntity, resetKey, whenReady } from "./api";

/** The ingest key of a live entity (docs/sheets/uiza.md, section 7). */
export const streamKey = defineResource({
  name: "StreamKey",
  about:
    "The stream key of a Uiza stream, with a ready-to-use publish URL. A stream always has exactly one key, so making " +
    "this resource takes over the current key, and deleting it leaves key and stream as they are (see `revokeOnDelete`).",
  notes: [
    "A running broadcast goes on after a reset, so a due rotation does not wait for its end. Give the encoder the new key " +
      "all the same: it needs it the next time it connects.",
    "Later versions of Uiza's API reset a key only while the stream is `ready`. Where Uiza refuses a reset (400), the " +
      "rotation is put off to the next run, with a warning.",
    "Assumed: the old key opens no new connection after a reset.",
  ],
  inputs: {
    streamId: replaces(text("Id of the stream that the key opens.")),
    revokeOnDelete,
  },
  outputs: {
    streamKey: secret(text("The stream key.")),
    rtmpPublishUrl: secret(text("RTMP URL with the key, for an encoder.")),
  },
  rotation: "in place, by a reset; a running broadcast goes on, the next connection needs the new key",

  create: async (api, { streamId }) => toSeen(await whenReady(api, streamId, () => undefined)),
  read: async (api, id) => toSeen(await getKeyed(api, id)),
  rotate: async (api, id, _, { progress }) => {
    await whenReady(api, id, progress);
    return toSeen(await resetKey(api, id));
  },
  makesNothing: true,
  takesOver: ({ streamId }) => streamId,
  outlivesDelete: true,
  delete: async (api, id, { revokeOnDelete }) => {
    if (revokeOnDelete) await resetKey(api, id);
  },

  list: async function* (api) {
    for await (const entity of listEntities(api)) {
      yield { id: entity.id, name: entity.name ?? entity.id, live: mayBeLive(entity) };
    }
  },
});

function toSeen({ id, ingest }: ReadyEntity): Seen {
  return {
    id,
    inputs: { streamId: id },
    outputs: {
      streamKey: ingest.key,
      rtmpPublishUrl: `${ingest.url.replace(/\/$/, "")}/${ingest.key}`,
    },
  };
}
