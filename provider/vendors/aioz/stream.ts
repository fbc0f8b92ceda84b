import { z } from "zod";
import { defineResource, echoed, ours, replaces, type Seen, text, writeOnly } from "../../define";
import { Gone, Refused, StreamkeysError } from "../../define/errors";
import { type Api, path } from "../../define/api";
import { madeBy } from "../../define/made-by";
import { aiozRules, checkAiozQualities } from "./ladder";
import { ladderProblems, ladderRulesOff } from "../../ladder/input";
import { toSnakeCase } from "../../calls/wire";
import {
  deleteStreaming,
  done,
  getStreaming,
  hasEnded,
  idOf,
  listAllKeys,
  listStreamings,
  mayBeLive,
  newStreaming,
  partsOf,
  refusedDelete,
  type StreamingReply,
  trimmedText,
  userId,
} from "./api";

const integer = (least: number, about: string) => z.number().int().min(least).describe(about);

const quality = z.strictObject({
  resolution: z
    .string()
    .min(1)
    .describe(
      "Height as AIOZ writes it, for example `720p`; 144p to 2160p are documented. Any label for audio.",
    ),
  type: z.enum(["hls", "dash"]).describe("Delivery protocol: `hls` or `dash`."),
  // AIOZ's documents disagree on which container goes with which type; what one of them names passes.
  containerType: z
    .string()
    .regex(/^(mpegts|mp4|fmp4|webm)$/, "must be mpegts, mp4, fmp4 or webm")
    .describe(
      "Container of the segments: `mpegts`, `mp4` or `fmp4` for hls; `fmp4`, `mp4` or `webm` for dash.",
    ),
  videoConfig: z
    .strictObject({
      codec: text("Video codec, for example `h264`."),
      bitrate: integer(1, "Video bitrate in bit/s (assumed), for example 2800000."),
      index: integer(0, "Video track of the feed, from 0.").optional(),
    })
    .describe(
      "Video of the rung. When a rung has neither video nor audio, AIOZ takes its defaults for the resolution.",
    )
    .optional(),
  audioConfig: z
    .strictObject({
      codec: text("Audio codec, for example `aac`."),
      bitrate: integer(1, "Audio bitrate in bit/s (assumed), for example 128000."),
      channels: text('Audio channels, as text, for example `"2"`.').optional(),
      sampleRate: integer(1, "Sample rate in Hz, for example 48000.").optional(),
      language: text("Language of the audio, for example `en`.").optional(),
      index: integer(0, "Audio track of the feed, from 0.").optional(),
    })
    .describe("Audio of the rung.")
    .optional(),
});

const inputs = {
  keyId: replaces(text("Id of the `StreamKey` that the broadcast comes in with.")),
  title: echoed(
    trimmedText(
      "Title of the broadcast, at most 255 characters. Blank and padded titles are refused, because AIOZ would trim them.",
    ).max(255),
  ),
  save: z
    .boolean()
    .describe("Whether the broadcast is recorded; AIOZ wants a balance for that. False when unset.")
    .default(false),
  // AIOZ reports no more than the names of the rungs.
  qualities: writeOnly(
    z
      .array(quality)
      .min(1)
      .describe("Encoding ladder, a rung each. AIOZ's own (1080p, 720p and 360p) when unset."),
  ).optional(),
  ladderRulesOff: ladderRulesOff(aiozRules),
  broadcast: replaces(
    ours(
      text(
        'Any text that tells this broadcast from the next, for example "2026-11-22 evening". A stream that has ended ' +
          "cannot go on air again: a change of this text declares the next one, in its place.",
      ),
    ),
  ).optional(),
};

type Inputs = z.infer<z.ZodObject<typeof inputs>>;

const NEXT_BROADCAST =
  "To declare the next broadcast, change the input `broadcast`, for example to its date.";

/** One broadcast below a stream key, AIOZ's streaming (docs/sheets/aioz.md, section 8). */
export const stream = defineResource({
  name: "Stream",
  about:
    "One broadcast on an AIOZ stream key (AIOZ's streaming): its title, its ladder and whether it is recorded. It is " +
    "declared before it goes on air. Once it has ended it stays what it was and cannot go on air again; change " +
    "`broadcast` to declare the next one.",
  notes: [
    'The id is that of the key, a slash and the streaming\'s own: `import: "<keyId>/<streamId>"`.',
    "A key takes one stream at a time that has not ended; a second one is refused (400). A replacement therefore deletes " +
      "before it creates.",
    "A refresh that finds the broadcast ended says so and keeps the resource; changing its title, recording or ladder " +
      "then fails, and says to change `broadcast`.",
    "Deleting or replacing a stream that has ended leaves it at AIOZ, with its recording, until its key is deleted.",
    "Assumed: AIOZ may show an ended broadcast only among the recordings of its key, and forget one that was not " +
      "recorded. Then a refresh finds the former there, and the latter gone, and the next `pulumi up` declares it afresh.",
    "AIOZ reports of the ladder no more than the names of its rungs, so `qualities` cannot drift. An update sends the " +
      "whole ladder; without `qualities` it puts AIOZ's own back (assumed).",
    "Assumed: bitrates are in bit/s. AIOZ states no unit; its samples are 750000 for 360p and 192000 for audio.",
    "AIOZ's documents disagree on containers and resolutions; what one of them allows passes here.",
  ],
  childOf: "StreamKey",
  inputs,
  validate: ({ qualities, ladderRulesOff }) =>
    qualities
      ? ladderProblems(
          "qualities",
          checkAiozQualities(qualities, { off: ladderRulesOff?.filter((id) => id !== undefined) ?? [] }),
        )
      : [],
  outputs: {
    streamId: text("AIOZ's id of the streaming."),
    hlsUrl: text("HLS playback URL.").optional(),
    playerUrl: text("Page with AIOZ's player.").optional(),
    userId,
    createdAt: text("When the streaming was made, RFC 3339 UTC.").optional(),
  },

  create: async (api, { keyId, ...stream }) => {
    const body = toWire(stream);
    const { data } = await api.post(path`/live_streams/${keyId}/streamings`, newStreaming, { body });
    return toSeen(keyId, data);
  },

  read: async (api, id, _, { warn }) => {
    const streaming = await getStreaming(api, partsOf(id));
    if (hasEnded(streaming)) warn(`${ended(id)} ${NEXT_BROADCAST}`);
    return toSeen(partsOf(id).keyId, streaming);
  },

  // PUT replaces title, recording and ladder together, and answers without the streaming (docs/sheets/aioz.md, section 8).
  update: async (api, id, { keyId, ...stream }) => {
    const body = { stream_id: partsOf(id).streamId, ...toWire(stream) };
    try {
      await api.put(path`/live_streams/${keyId}/streamings`, done, { body });
    } catch (error) {
      // AIOZ refuses, or no longer finds it as a streaming.
      if (!(error instanceof Refused || error instanceof Gone) || !(await isOver(api, id))) throw error;
      throw new StreamkeysError(`${ended(id)} It cannot be changed any more. ${NEXT_BROADCAST}`);
    }
    return toSeen(keyId, await getStreaming(api, partsOf(id)));
  },

  // What has been broadcast, and perhaps recorded, is not ours to destroy; nor does AIOZ's server code allow it.
  delete: async (api, id, _, { progress }) => {
    if (await isOver(api, id))
      progress(`AIOZ Stream ${id} has ended; it stays at AIOZ until its key is deleted.`);
    else await deleteStreaming(api, partsOf(id)).catch(refusedDelete);
  },
  // A second stream that has not ended is refused, so the old one has to go first.
  deleteBeforeReplace: true,

  isLive: async (api, id) => mayBeLive(await getStreaming(api, partsOf(id))),
  cuts: () => ["delete"],

  foundBy: "likeness",
  find: async (api, { keyId, title }, attempt) => {
    const isAlike = (streaming: StreamingReply): boolean => streaming.title === title;
    const made = await madeBy(attempt, listStreamings(api, keyId), "any order", isAlike);
    return made.map((streaming) => toSeen(keyId, streaming));
  },

  list: async function* (api) {
    for await (const { id: keyId } of listAllKeys(api)) {
      for await (const streaming of listStreamings(api, keyId)) {
        const id = idOf({ keyId, streamId: streaming.id });
        yield { id, name: streaming.title ?? id, live: mayBeLive(streaming) };
      }
    }
  },
});

const ended = (id: string): string => `AIOZ Stream ${id} has ended and cannot go on air again.`;

const isOver = async (api: Api, id: string): Promise<boolean> =>
  hasEnded(await getStreaming(api, partsOf(id)));

const toWire = ({ title, save, qualities }: Omit<Inputs, "keyId">) => ({
  title,
  save,
  ...(qualities ? { qualities: toSnakeCase(qualities) } : {}),
});

function toSeen(keyId: string, { id: streamId, title, save, assets, ...reply }: StreamingReply): Seen {
  return {
    id: idOf({ keyId, streamId }),
    // Of the ladder AIOZ reports only names, and adds rungs of its own: nothing to compare.
    inputs: { keyId, title: title ?? undefined, save: save ?? undefined },
    outputs: {
      streamId,
      hlsUrl: assets?.hls_url ?? undefined,
      playerUrl: assets?.player_url ?? undefined,
      userId: reply.user_id ?? undefined,
      createdAt: reply.created_at ?? undefined,
    },
  };
}
