import { z } from "zod";
import { defineResource, secret, type Seen, text } from "../../define";
import { type Api, path } from "../../define/api";
import { noContent, thisId } from "../../define/reply";
import { childId, splitChildId } from "../../define/child";
import { Refused } from "../../define/errors";
import {
  envelope,
  getStream,
  listStreams,
  LONGEST_PASSTHROUGH,
  markIn,
  mayBeLive,
  targetReply,
  type TargetReply,
  withMark,
  withoutMark,
} from "./api";

const newTarget = envelope(targetReply);
const oneTarget = (id: string) => envelope(targetReply.extend({ id: thisId(id) }));

const partsOf = (id: string): { stream: string; own: string } => {
  const { parent, child } = splitChildId(id, "a Mux SimulcastTarget is <liveStreamId>/<targetId>");
  return { stream: parent, own: child };
};

/** A simulcast target of a live stream (docs/sheets/mux.md, sections 2, 5 and 10). */
export const simulcastTarget = defineResource({
  name: "SimulcastTarget",
  about:
    "A simulcast target of a Mux live stream: another platform that Mux passes the feed on to. It cannot be changed, so every " +
    "change makes a new one.",
  notes: [
    "Mux adds and removes targets only while the live stream is idle: neither active nor disabled. On air, a delete or a " +
      "replacement is refused before anything is done, and not even `interruptLive` can help: stop the encoder first.",
    "`passthrough` holds a mark behind your own text, `streamkeys:...`, by which a target is found again after a lost answer.",
  ],
  childOf: "LiveStream",
  inputs: {
    liveStreamId: text("Id of the `LiveStream` whose feed is passed on."),
    url: secret(
      z
        .string()
        .min(1)
        .describe("RTMP(S) or SRT address of the other platform. Secret: an SRT one holds a passphrase."),
    ),
    streamKey: secret(
      z.string().min(1).describe("Stream key at the other platform; part of the address for SRT."),
    ).optional(),
    passthrough: z
      .string()
      .max(LONGEST_PASSTHROUGH)
      .describe(`Your own text, at most ${LONGEST_PASSTHROUGH} characters; shown in webhooks.`)
      .optional(),
  },
  outputs: {
    targetId: text("Mux's own id of the target."),
  },

  create: async (api, { liveStreamId, url, streamKey, passthrough }, { mark }) => {
    const body = { url, stream_key: streamKey, passthrough: withMark(passthrough, mark) };
    const at = path`/video/v1/live-streams/${liveStreamId}/simulcast-targets`;
    const { data } = await onlyWhileIdle(api, liveStreamId, () => api.post(at, newTarget, { body }));
    return toSeen(liveStreamId, data);
  },
  read: async (api, id) => {
    const { stream, own } = partsOf(id);
    const at = path`/video/v1/live-streams/${stream}/simulcast-targets/${own}`;
    return toSeen(stream, (await api.get(at, oneTarget(own))).data);
  },
  delete: async (api, id) => {
    const { stream, own } = partsOf(id);
    const at = path`/video/v1/live-streams/${stream}/simulcast-targets/${own}`;
    await onlyWhileIdle(api, stream, () => api.delete(at, noContent));
  },

  isLive: async (api, id) => mayBeLive(await getStream(api, partsOf(id).stream)),
  cuts: () => ["delete"],
  lockedWhileLive: true,

  foundBy: "mark",
  find: async (api, { liveStreamId }, { isOwnMark }) => {
    const { simulcast_targets: targets } = await getStream(api, liveStreamId);
    return (targets ?? [])
      .filter(({ passthrough }) => isOwnMark(markIn(passthrough)))
      .map((target) => toSeen(liveStreamId, target));
  },

  list: async function* (api) {
    for await (const stream of listStreams(api)) {
      for (const { id, passthrough } of stream.simulcast_targets ?? []) {
        const name = withoutMark(passthrough) || id;
        yield { id: childId(stream.id, id), name, live: mayBeLive(stream), mark: markIn(passthrough) };
      }
    }
  },
  markField: "passthrough",
});

/** Says why Mux refuses a change, where that is because the stream is not idle. */
async function onlyWhileIdle<T>(api: Api, stream: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof Refused) || error.status !== 400) throw error;
    const status = (await getStream(api, stream)).status ?? "in a state that it does not tell";
    if (status === "idle") throw error;
    const advice =
      `Mux changes simulcast targets only while the live stream is idle, and it is ${status}. ` +
      (status === "disabled" ? "Enable it and run again." : "Stop the encoder and run again.");
    throw new Refused({ ...error.failure, advice });
  }
}

function toSeen(stream: string, { id, url, stream_key: streamKey, passthrough }: TargetReply): Seen {
  return {
    id: childId(stream, id),
    inputs: { liveStreamId: stream, url, streamKey, passthrough: withoutMark(passthrough) || undefined },
    outputs: { targetId: id },
  };
}
