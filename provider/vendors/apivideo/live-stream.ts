import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { defineResource, namedAfterResource, secret, type Seen, text, unordered } from "../../define";
import { path } from "../../define/api";
import { Refused } from "../../define/errors";
import { madeBy } from "../../define/made-by";
import { noContent } from "../../define/reply";
import {
  getStream,
  liveStream as streamReply,
  type ListedStream,
  listStreams,
  type LiveStreamReply,
  mayBeLive,
  STREAMS,
  thisStream,
} from "./api";

/** api.video refuses others: "Missing app name: [rtmp|rtmps]://[host]/[app name]." (section 8). */
const SERVER_URL = /^rtmps?:\/\/[^/\s]+\/\S+$/;

const restream = z.strictObject({
  name: z.string().min(1).describe("Name of the other platform, for people."),
  serverUrl: z
    .string()
    .regex(SERVER_URL, "must be rtmp://<host>/<app> or rtmps://<host>/<app>, without the key")
    .describe("RTMP(S) address of the other platform with the name of its app, without the key."),
  streamKey: secret(z.string().min(1).describe("Stream key at the other platform.")),
});

const inputs = {
  name: namedAfterResource(
    z.string().min(1).describe("Name, which viewers may see. The resource's name when unset."),
  ),
  public: z
    .boolean()
    .describe(
      "Whether anybody may watch; with false each view needs a token. api.video decides when unset, and removing it from the " +
        "program leaves what is there.",
    )
    .optional(),
  playerId: text("Id of a player theme. Removing it from the program takes the player away.").optional(),
  restreams: unordered(z.array(restream).max(5))
    .describe(
      "Other platforms that the feed is passed on to, at most five, in any order. Removing it from the program ends them all.",
    )
    .optional(),
};

type Inputs = z.infer<z.ZodObject<typeof inputs>>;

/** A live stream with its key (docs/sheets/apivideo.md, sections 2 to 7 and 9). */
export const liveStream = defineResource({
  name: "LiveStream",
  about:
    "An api.video live stream with its stream key: where an encoder sends a feed, where viewers play it, and where it is passed " +
    "on to. Every change is made in place but for a new key.",
  notes: [
    "api.video gives no new key to a live stream. A rotation makes a new one with another id and other playback URLs, and then " +
      "deletes the old one: viewers need the new URL, and an uploaded thumbnail is lost. While a broadcast runs, it waits.",
    "`restreams` is one list at api.video: a change sends all of it, and whatever others have added to it is drift, which the next " +
      "`pulumi up` removes. A program that does not declare it leaves it alone.",
    "Nothing in a live stream can hold a mark. After a lost answer it is found by its exact name, its time of making and " +
      "everything else that was sent; where two could be it, the run stops and names both.",
    "`hlsUrl` and `playerUrl` are there for a public live stream. Those of a private one hold a token that is good for one view, " +
      "so they are in no state: ask api.video for one for each viewer.",
    "Assumed: a change of `restreams` while on air counts from the next broadcast on; null as `playerId` takes the player away.",
    "Assumed: the addresses in the publish URLs. No reply of api.video has them.",
  ],
  inputs,
  outputs: {
    streamKey: secret(text("The stream key.")),
    hlsUrl: text("HLS playback URL of a public live stream.").optional(),
    playerUrl: text("Page with a player, of a public live stream.").optional(),
    createdAt: text("When the live stream was made, RFC 3339 UTC.").optional(),
  },
  made: {
    rtmpPublishUrl: {
      about: "RTMP URL with the key, for an encoder.",
      from: "rtmp://broadcast.api.video:1935/s/{streamKey}",
    },
    rtmpsPublishUrl: {
      about: "RTMPS URL with the key, for an encoder.",
      from: "rtmps://broadcast.api.video:1936/s/{streamKey}",
    },
    srtPublishUrl: {
      about: "SRT URL with the key, for an encoder.",
      from: "srt://broadcast.api.video:6200?streamid={streamKey}",
    },
  },
  rotation:
    "by replacement: a new live stream with a new key, id and playback URLs, then the old one is deleted",

  create: async (api, { name, public: isPublic, playerId, restreams }) =>
    toSeen(await api.post(STREAMS, streamReply, { body: { name, public: isPublic, playerId, restreams } })),

  read: async (api, id) => toSeen(await getStream(api, id)),

  // What is left out stays as it is, but `restreams` is replaced as a whole: sent only where it changes, and then all of it.
  update: async (api, id, stream, previous) => {
    const [now, before] = [toWire(stream), toWire(previous)];
    const changed = Object.keys(now).filter((key) => !isDeepStrictEqual(now[key], before[key]));
    const body = Object.fromEntries(changed.map((key) => [key, now[key]]));
    try {
      return toSeen(await api.patch(path`/live-streams/${id}`, thisStream(id), { body }));
    } catch (error) {
      if (!(error instanceof Refused) || error.status !== 400 || body.playerId !== null) throw error;
      const advice =
        "If api.video does not take a player away, declare another `playerId`, or replace the live stream with " +
        "`pulumi up --replace <urn>`, which gives it another key.";
      throw new Refused({ ...error.failure, advice });
    }
  },

  delete: (api, id) => api.delete(path`/live-streams/${id}`, noContent),

  isLive: async (api, id) => mayBeLive(await getStream(api, id)),
  cuts: () => ["delete"],

  foundBy: "likeness",
  find: async (api, { name }, attempt) => {
    // The filter finds the name within others too.
    const isAlike = (stream: ListedStream): boolean => stream.name === name;
    return (await madeBy(attempt, listStreams(api, name), "newest first", isAlike)).map(toSeen);
  },

  // Its items are complete (docs/sheets/apivideo.md, section 5).
  seeAll: async function* (api) {
    for await (const stream of listStreams(api)) yield toSeen(stream);
  },

  list: async function* (api) {
    for await (const stream of listStreams(api))
      yield { id: stream.id, name: stream.name ?? stream.id, live: mayBeLive(stream) };
  },
});

/** What a program that leaves an input out wants of it: no player, no restreams, and `public` as it is. */
function toWire({
  name,
  public: isPublic,
  playerId = "",
  restreams = [],
}: Partial<Inputs>): Record<string, unknown> {
  return { name, public: isPublic, playerId: playerId || null, restreams };
}

function toSeen(stream: LiveStreamReply): Seen {
  const { liveStreamId: id, streamKey, public: isPublic, restreams, assets } = stream;
  return {
    id,
    inputs: {
      name: stream.name,
      public: isPublic,
      // A live stream without a player does not mention one.
      playerId: stream.playerId ?? "",
      restreams: (restreams ?? []).map(({ name, serverUrl, streamKey }) => ({ name, serverUrl, streamKey })),
    },
    outputs: {
      streamKey,
      hlsUrl: isPublic ? (assets?.hls ?? undefined) : undefined,
      playerUrl: isPublic ? (assets?.player ?? undefined) : undefined,
      createdAt: stream.createdAt ?? undefined,
    },
  };
}
