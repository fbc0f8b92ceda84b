import { z } from "zod";
import { defineResource, namedAfterResource, replaces, secret, type Seen, text } from "../../define";
import { Gone, Refused } from "../../define/errors";
import { type Api, path } from "../../define/api";
import { madeBy } from "../../define/made-by";
import {
  deleteStreaming,
  done,
  type KeyReply,
  listAllKeys,
  listKeys,
  listStreamings,
  mayBeLive,
  newKey,
  oneKey,
  refusedDelete,
  type StreamingReply,
  trimmedText,
  userId,
  wholeKey,
} from "./api";

/** A stream key, AIOZ's `live_streams` (docs/sheets/aioz.md, section 3). */
export const streamKey = defineResource({
  name: "StreamKey",
  about:
    "An AIOZ stream key (AIOZ's `live_streams`): the secret that opens the RTMP ingest, and whether what is broadcast " +
    "with it is recorded. One broadcast runs on a key at a time. AIOZ cannot give a key a new secret: rotating makes " +
    "another key, and then deletes the old one.",
  notes: [
    "A rotation changes the `id`, so a `Stream` below the key is replaced along with it.",
    "Deleting a key, and so rotating it, also deletes the streamings below it. Assumed: recordings stay in the media " +
      "library.",
    "A key is live while one of its streamings is. A status of a streaming that is not documented counts as live.",
    "Assumed: AIOZ refuses to delete a key while it is live. With `interruptLive: true` a refused delete is followed by " +
      "deleting the running streaming, and another delete of the key. Where AIOZ refuses that too, a rotation leaves both " +
      "keys in state, the broadcast goes on with the old one, and the next `pulumi up` after its end deletes it.",
    "AIOZ answers 400, not 404, for a key of another account, so that never counts as gone.",
  ],
  inputs: {
    name: namedAfterResource(
      trimmedText(
        "Name of the key; need not be unique. Blank and padded names are refused, because AIOZ would trim them. The " +
          "resource's name when unset.",
      ),
    ),
    save: z
      .boolean()
      .describe(
        "Whether broadcasts on this key are recorded; a `Stream` decides for itself. False when unset.",
      )
      .default(false),
    type: replaces(z.enum(["video", "audio"]))
      .describe("What is broadcast: `video` or `audio`. Fixed at creation. `video` when unset.")
      .default("video"),
  },
  outputs: {
    streamKey: secret(text("The stream key.")),
    rtmpUrl: text("RTMP server URL, without the key, the same for every key.").optional(),
    userId,
    createdAt: text("When the key was made, RFC 3339 UTC.").optional(),
  },
  made: {
    // Assumed: server and key are joined by one slash (docs/sheets/aioz.md, section 6).
    rtmpPublishUrl: {
      about: "RTMP URL with the key, for an encoder that takes server and key in one.",
      from: "{rtmpUrl}/{streamKey}",
    },
  },
  rotation:
    "by replacement: a new key is made, then the old one is deleted; while the key is live it waits for the next run",

  create: async (api, { name, save, type }) =>
    toSeen(await api.post(path`/live_streams`, newKey, { body: { name, save, type } })),

  read: async (api, id) => toSeen(await getKey(api, id)),

  // PUT replaces both fields: one that is left out would be emptied (docs/sheets/aioz.md, section 3.1).
  update: async (api, id, { name, save }) =>
    toSeen(await api.put(path`/live_streams/${id}`, oneKey(id), { body: { name, save } })),

  delete: async (api, id, _, { interruptLive }) => {
    try {
      await deleteKey(api, id);
    } catch (error) {
      if (!(error instanceof Refused && interruptLive)) throw error;
      await deleteLiveStreamings(api, id);
      await deleteKey(api, id);
    }
  },

  isLive: async (api, id) => (await liveStreamings(api, id)).length > 0,
  cuts: () => ["delete"],

  foundBy: "likeness",
  find: async (api, { name, save, type }, attempt) => {
    const isAlike = (key: KeyReply): boolean => key.name === name && (key.save ?? false) === save;
    const made = await madeBy(attempt, listKeys(api, type), "newest first", isAlike);
    return Promise.all(made.map(async ({ id }) => toSeen(await getKey(api, id))));
  },

  // The list shows the key too (docs/sheets/aioz.md, section 3).
  seeAll: async function* (api) {
    for await (const key of listAllKeys(api)) {
      const { data } = wholeKey.safeParse(key);
      if (data) yield toSeen({ data });
    }
  },

  list: async function* (api) {
    for await (const { id, name, total_live_streaming: live } of listAllKeys(api)) {
      yield { id, name: name ?? id, ...(typeof live === "number" ? { live: live > 0 } : {}) };
    }
  },
});

const getKey = (api: Api, id: string) => api.get(path`/live_streams/${id}`, oneKey(id));

const deleteKey = (api: Api, id: string) => api.delete(path`/live_streams/${id}`, done).catch(refusedDelete);

async function liveStreamings(api: Api, keyId: string): Promise<StreamingReply[]> {
  const live: StreamingReply[] = [];
  for await (const streaming of listStreamings(api, keyId)) if (mayBeLive(streaming)) live.push(streaming);
  return live;
}

/** Deletes what runs, as far as AIOZ lets it; whether that was enough, the delete of the key will say. */
async function deleteLiveStreamings(api: Api, keyId: string): Promise<void> {
  for (const { id: streamId } of await liveStreamings(api, keyId)) {
    await deleteStreaming(api, { keyId, streamId }).catch((error: unknown) => {
      if (!(error instanceof Refused || error instanceof Gone)) throw error;
    });
  }
}

function toSeen({ data: key }: z.infer<typeof newKey>): Seen {
  return {
    id: key.id,
    inputs: { name: key.name ?? undefined, save: key.save ?? undefined, type: key.type ?? undefined },
    outputs: {
      streamKey: key.stream_key,
      rtmpUrl: key.rtmp_url ?? undefined,
      userId: key.user_id ?? undefined,
      createdAt: key.created_at ?? undefined,
    },
  };
}
