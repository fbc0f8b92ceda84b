import { z } from "zod";
import { defineResource, namedAfterResource, replaces, type Seen, text } from "../../define";
import { Gone, Refused } from "../../define/errors";
import { path } from "../../define/api";
import { madeBy } from "../../define/made-by";
import {
  deleted,
  getEntity,
  listEntities,
  liveEntity,
  type LiveEntity,
  mayBeLive,
  thisEntity,
  whenReady,
} from "./api";

/** What a refused delete means, by status (docs/sheets/uiza.md, sections 3, 9 and 11). */
const REFUSED_DELETE: Record<number, string> = {
  400:
    "Uiza answers so for a stream whose allocation failed, and then removes it by itself: run `pulumi refresh` in some " +
    "minutes. If an encoder is still sending, stop it first.",
  409:
    "An encoder is sending to the stream, and Uiza has no call that stops it, so not even `interruptLive` can delete it " +
    "now. Stop the encoder and run again.",
};

/** A live entity (docs/sheets/uiza.md, sections 3 to 5). */
export const stream = defineResource({
  name: "Stream",
  about:
    "A Uiza live entity: where an encoder sends a feed, and where viewers play it. Making one takes up to a minute, until " +
    "Uiza has allocated it; a stream that takes longer than the account's `waitSeconds` stays in state and the next " +
    "`pulumi up` goes on waiting. The stream key is not an output here: declare a `StreamKey`.",
  notes: [
    "Uiza refuses to delete a stream while an encoder is sending, and no call of its API stops an encoder: stop it " +
      "yourself. With `interruptLive: true` a replacement makes the new stream at once, and the old one stays, to be deleted " +
      "by the next run that finds it idle.",
    "A description cannot be cleared: Uiza refuses an empty one from May 2020 on, so preview refuses it too. Removing " +
      "`description` or `dvr` from the program leaves at Uiza what is there.",
    "Uiza may drop `dvr` from an update without an error in later versions. What it reports after a create or an update " +
      "is therefore compared with the program, and a difference is a warning.",
    "Assumed: a stream that vanishes while it is allocated was denied by Uiza.",
    "Assumed: name, description and DVR can be changed in every status.",
  ],
  inputs: {
    name: namedAfterResource(
      z
        .string()
        .min(1)
        .max(100)
        .describe("Name of the stream, 1 to 100 characters. The resource's name when unset."),
    ),
    region: replaces(
      z
        .string()
        .min(1)
        .describe(
          "Region of the servers. Known: `in-bangalore-1`, `in-mumbai-1`; in later documentation also `sg-singapore-1`, " +
            "`vn-saigon-1`, `id-jakarta-1`, `us-oregon-1`, `aus-sydney-1`, `ie-dublin-1`. Uiza refuses an unknown one.",
        ),
    ),
    description: z
      .string()
      .min(1, "must not be empty, because Uiza does not clear a description; leave it out instead")
      .max(1000)
      .describe(
        "Description, 1 to 1000 characters. Removing it from the program leaves the text at Uiza, which cannot be cleared.",
      )
      .optional(),
    dvr: z
      .boolean()
      .describe(
        "Whether viewers can go back in a running broadcast. Uiza's default is false; unset leaves it as it is.",
      )
      .optional(),
  },
  outputs: {
    rtmpUrl: text("RTMP ingest URL, without the key."),
    hlsUrl: text("HLS playback URL.").optional(),
    dashUrl: text("DASH playback URL, where Uiza reports one.").optional(),
    createdAt: text("When the stream was made, RFC 3339 UTC.").optional(),
  },

  create: async (api, { name, region, description, dvr }) =>
    toSeen(await api.post(path`/live_entities`, liveEntity, { body: { name, region, description, dvr } })),

  settle: async (api, { id }, _, { progress }) => {
    try {
      return toSeen(await whenReady(api, id, progress));
    } catch (error) {
      if (!(error instanceof Gone)) throw error;
      throw new Gone({
        ...error.failure,
        advice:
          "Uiza has denied the allocation of this stream and removed it. Check the region and the limits of your " +
          "account, and run `pulumi up --refresh`.",
      });
    }
  },

  read: async (api, id) => toSeen(await getEntity(api, id)),

  // Partial: what is left out stays as it is.
  update: async (api, id, { name, description, dvr }) =>
    toSeen(await api.put(path`/live_entities/${id}`, thisEntity(id), { body: { name, description, dvr } })),

  delete: async (api, id) => {
    try {
      await api.delete(path`/live_entities/${id}`, deleted(id));
    } catch (error) {
      const advice = error instanceof Refused ? REFUSED_DELETE[error.status ?? 0] : undefined;
      throw error instanceof Refused && advice ? new Refused({ ...error.failure, advice }) : error;
    }
  },

  isLive: async (api, id) => mayBeLive(await getEntity(api, id)),
  lockedWhileLive: true,
  cuts: () => ["delete"],

  foundBy: "likeness",
  find: async (api, { name, region }, attempt) => {
    const isAlike = (entity: LiveEntity): boolean => entity.name === name && entity.region === region;
    return (await madeBy(attempt, listEntities(api), "newest first", isAlike)).map(toSeen);
  },

  list: async function* (api) {
    for await (const entity of listEntities(api)) {
      yield { id: entity.id, name: entity.name ?? entity.id, live: mayBeLive(entity) };
    }
  },
});

function toSeen({ id, ingest, playback, created_at, ...entity }: LiveEntity): Seen {
  return {
    id,
    inputs: {
      name: entity.name,
      region: entity.region,
      // Null, absent and empty are one at Uiza: no description.
      description: entity.description ?? "",
      dvr: entity.dvr,
    },
    outputs: {
      rtmpUrl: ingest?.url ?? undefined,
      hlsUrl: playback?.hls ?? undefined,
      dashUrl: playback?.mpd ?? undefined,
      createdAt: created_at ?? undefined,
    },
  };
}
