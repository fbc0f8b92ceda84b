import { z } from "zod";
import {
  defineResource,
  provesRotation,
  replaces,
  revokeOnDelete,
  secret,
  type Seen,
  text,
} from "../../define";
import { type Api, path } from "../../define/api";
import { madeKey, reported, thisId } from "../../define/reply";
import { envelope, isOnAir, listInputs, liveInput } from "./api";
import { nameIn } from "./live-input";

/** A live input with its keys. A reply without them is an error, so that state never loses a key. */
const keyedInput = liveInput.extend({
  rtmps: z.looseObject({ url: z.string().min(1), streamKey: madeKey }),
  srt: reported(
    z.looseObject({
      url: reported(z.string()),
      streamId: reported(z.string()),
      passphrase: reported(z.string()),
    }),
  ),
  webRTC: reported(z.looseObject({ url: reported(z.string()) })),
});
const oneKeyed = (uid: string) => envelope(keyedInput.extend({ uid: thisId(uid) }));

/** The keys of a live input (docs/sheets/cloudflare.md, sections 4 and 6). */
export const streamKey = defineResource({
  name: "StreamKey",
  about:
    "The keys of a Cloudflare live input, for RTMPS, SRT and WebRTC, with ready-to-use publish URLs. A live input always has " +
    "exactly one set of keys, so making this resource takes over the current one, and deleting it leaves keys and live " +
    "input as they are (see `revokeOnDelete`).",
  notes: [
    "A rotation renews all of them at once. The old ones die at once, and a running broadcast is disconnected; while the " +
      "live input is on air, a due rotation is therefore put off unless `interruptLive` is true. Outputs and playback URLs stay.",
    "Cloudflare dates the last rotation (`keysRotatedAt`). After a lost answer that date tells whether the keys were rotated.",
    "This is the key to publish. `StreamKey` of `@pulumi/cloudflare` is another thing: a key that signs playback URLs.",
    "A broadcast by WebRTC that is not recorded may not show anywhere; the live guard cannot see it then (assumed).",
  ],
  inputs: {
    liveInputId: replaces(text("Id of the `LiveInput` that the keys open.")),
    revokeOnDelete,
  },
  outputs: {
    streamKey: secret(text("The RTMPS stream key.")),
    rtmpsPublishUrl: secret(text("RTMPS URL with the key, for an encoder.")),
    srtStreamId: text("SRT stream id.").optional(),
    srtPassphrase: secret(text("SRT passphrase.")).optional(),
    srtPublishUrl: secret(text("SRT URL with stream id and passphrase, for an encoder.")).optional(),
    webRtcPublishUrl: secret(
      text("WebRTC (WHIP) URL, for an encoder. Secret: who has it needs nothing more."),
    ).optional(),
    keysRotatedAt: provesRotation(
      text("When the keys were last rotated, RFC 3339 UTC; unset until the first time."),
    ).optional(),
  },
  rotation: "in place, by `rotate_keys`; the old keys die at once and a running broadcast is disconnected",

  create: async (api, { liveInputId }) => getKeys(api, liveInputId),
  read: async (api, id) => getKeys(api, id),
  rotate: (api, id) => rotateKeys(api, id),
  makesNothing: true,
  takesOver: ({ liveInputId }) => liveInputId,
  outlivesDelete: true,
  delete: async (api, id, { revokeOnDelete }) => {
    if (revokeOnDelete) await rotateKeys(api, id);
  },

  isLive: isOnAir,
  cuts: ({ revokeOnDelete }) => (revokeOnDelete ? ["rotate", "delete"] : ["rotate"]),

  list: async function* (api) {
    for await (const { uid, meta } of listInputs(api)) yield { id: uid, name: nameIn(meta) ?? uid };
  },
});

const getKeys = async (api: Api, uid: string): Promise<Seen> =>
  toSeen((await api.get(path`/live_inputs/${uid}`, oneKeyed(uid))).result);

/** Each call makes other keys, so it is sent once. */
const rotateKeys = async (api: Api, uid: string): Promise<Seen> =>
  toSeen((await api.post(path`/live_inputs/${uid}/rotate_keys`, oneKeyed(uid))).result);

function toSeen({ uid, rtmps, srt, webRTC, keysRotatedAt }: z.infer<typeof keyedInput>): Seen {
  return {
    id: uid,
    inputs: { liveInputId: uid },
    outputs: {
      streamKey: rtmps.streamKey,
      rtmpsPublishUrl: `${rtmps.url.replace(/\/$/, "")}/${rtmps.streamKey}`,
      srtStreamId: srt?.streamId ?? undefined,
      srtPassphrase: srt?.passphrase ?? undefined,
      srtPublishUrl: srtUrl(srt),
      webRtcPublishUrl: webRTC?.url ?? undefined,
      keysRotatedAt: keysRotatedAt ?? undefined,
    },
  };
}

function srtUrl(srt: z.infer<typeof keyedInput>["srt"]): string | undefined {
  if (!srt?.url || !srt.streamId || !srt.passphrase) return undefined;
  return `${srt.url}?${new URLSearchParams({ streamid: srt.streamId, passphrase: srt.passphrase }).toString()}`;
}
