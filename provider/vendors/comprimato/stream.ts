import { createOnly, defineResource, secret, type Seen, text } from "../../define";
import { CallError, Refused } from "../../define/errors";
import type { Api } from "../../define/api";
import { createStream, deleteStream, getStream, isNoSuchCall, mayBeLive, type StreamReply } from "./api";

/** A stream with both its keys (docs/sheets/comprimato.md, sections 1 to 6 and 10). */
export const stream = defineResource({
  name: "Stream",
  about:
    "Experimental: a Comprimato stream with its two keys. It has no settings; it is running while an SRT feed comes in. " +
    "One stream takes one feed at a time, so declare a stream for each feed.",
  notes: [
    "Experimental: only making a stream is documented. Assumed: `GET` and `DELETE` on `/streams/{id}` exist. Where " +
      "Comprimato answers 405 or 501, a refresh keeps the state and warns, and a delete fails, because the stream must then " +
      "be removed by hand.",
    "Assumed: a 404 with a JSON object that holds nothing but `error` says that a stream does not exist, where a path that " +
      "no API has is answered otherwise. Any other 404 is an error, and the stream stays in state.",
    "Assumed: `status` is `Stopped` while no feed comes in, in any spelling of case. Every other status, and one that " +
      "cannot be read, counts as live, so a delete is refused until `interruptLive` is true.",
    "Nothing lists streams. When the answer to the create is lost, the run stops. A stream that was made all the same " +
      "stays stopped, costs nothing, and nobody knows its keys, so it does no harm to go on as if there were none.",
    "Whether Comprimato shows the keys of an existing stream is unknown. What state holds is kept; an imported stream may " +
      "have no keys, and a warning says so.",
  ],
  lostCreate:
    "Nothing lists its streams: if you do not know the id of one, go on as if none was made. It stays stopped, costs " +
    "nothing, and nobody knows its keys.",
  inputs: {},
  outputs: {
    streamerKey: createOnly(
      secret(text("Key for sending the SRT feed. It does not expire, and opens one feed at a time.")),
    ),
    playerKey: createOnly(
      secret(text("Key for watching. Secret by default; use `pulumi.unsecret` where players need it.")),
    ),
  },
  rotation: "by replacement: a new stream with new keys and a new id, then the old one is deleted",

  create: async (api) => toSeen(await createStream(api)),

  read: async (api, id, { streamerKey }, { warn }) => {
    const seen = await look(api, id, warn);
    if (streamerKey === undefined && seen.outputs.streamerKey === undefined) {
      warn(
        `Comprimato does not show the keys of stream ${id}, so its outputs are unset. Only a new stream has its keys.`,
      );
    }
    return seen;
  },

  delete: async (api, id) => {
    try {
      await deleteStream(api, id);
    } catch (error) {
      const advice = adviceFor(error);
      throw error instanceof CallError && advice ? new Refused({ ...error.failure, advice }) : error;
    }
  },

  isLive: async (api, id) => {
    try {
      return mayBeLive(await getStream(api, id));
    } catch (error) {
      if (!isNoSuchCall(error)) throw error;
      return true;
    }
  },
  cuts: () => ["delete"],
});

/** What Comprimato says of the stream: nothing, where the assumed call does not exist. */
async function look(api: Api, id: string, warn: (message: string) => void): Promise<Seen> {
  try {
    return toSeen(await getStream(api, id));
  } catch (error) {
    if (!isNoSuchCall(error)) throw error;
    warn(`${error.message} Comprimato cannot show the stream, so the state is left as it was.`);
    return { id, inputs: {}, outputs: {}, isBlind: true };
  }
}

function adviceFor(error: unknown): string | undefined {
  if (isNoSuchCall(error)) {
    return (
      "Comprimato has no call to delete a stream, so it must be removed by hand. Ask Comprimato to remove it, and take it " +
      "out of state with `pulumi state delete`."
    );
  }
  return error instanceof Refused && error.status === 409
    ? "If an encoder is sending, stop it and run again."
    : undefined;
}

function toSeen({ id, streamer_key, player_key }: StreamReply): Seen {
  return {
    id,
    inputs: {},
    outputs: { streamerKey: streamer_key ?? undefined, playerKey: player_key ?? undefined },
  };
}
