import { defineResource, owner, replaces, secret, type Seen, text } from "../../define";
import type { Api } from "../../define/api";
import { Gone, messageOf } from "../../define/errors";
import {
  accountOf,
  createKey,
  deleteKey,
  getChannel,
  getKey,
  isLive,
  type Key,
  listChannels,
  listKeys,
  MARK,
  stopStream,
} from "./api";

/** Where a channel is published to: it never changes. */
interface Ingest {
  ingestEndpoint?: string | undefined;
  srtEndpoint?: string | undefined;
  srtPassphrase?: string | undefined;
}

/** The key of a channel (docs/sheets/ivs.md, sections 5 to 8). */
export const streamKey = defineResource({
  name: "StreamKey",
  about:
    "The stream key of an Amazon IVS channel, with ready-to-use publish URLs. A channel has room for one key, and AWS makes one " +
    "with the channel: so making this resource takes over the key that is there, and makes one only where there is none " +
    "(channels of CloudFormation). Deleting it deletes the key, and nobody can go on air until there is another; with the " +
    "resource option `retainOnDelete: true` the key stays.",
  notes: [
    "The id, also for an import, is the ARN of the channel: a rotation changes the key and its ARN (`keyArn`), and not the " +
      "resource. The channel may be anybody's, for example `channelArn: channel.arn` of an `aws.ivs.Channel`.",
    "AWS takes a second key only when the first is gone, so a rotation deletes first and creates then. Between the two calls, for " +
      "less than a second, the channel has no key, and an encoder that connects just then is refused: let it connect again. If " +
      "a run is stopped between the two, the next `pulumi up` makes the key.",
    "A deleted key leaves a running broadcast on air, but the encoder cannot come back after a break (assumed). While " +
      "the channel is live, a due rotation is therefore put off, and a delete refused, unless `interruptLive` is true: then " +
      "the broadcast is stopped too, so that nobody stays on air with an old key.",
    "The SRT passphrase belongs to the channel, and only a new channel has another. The key is the SRT stream id, so a " +
      "passphrase alone opens nothing (assumed).",
    "A rotation gives the new key the tags of the old one.",
    "Reading from a list takes a call a channel, so `streamkeys discover` takes its time where there are many: AWS takes five a second.",
  ],
  inputs: {
    channelArn: replaces(text("ARN of the channel that the key opens: the id of a `Channel`.")),
  },
  outputs: {
    streamKey: secret(text("The stream key.")),
    keyArn: text("ARN of the key; a new one after each rotation."),
    ingestEndpoint: text("Host that takes RTMPS.").optional(),
    srtEndpoint: text("Host that takes SRT.").optional(),
    srtPassphrase: secret(text("SRT passphrase of the channel.")).optional(),
    accountId: owner(text("Number of the AWS account that the key is in.")).optional(),
  },
  made: {
    rtmpsPublishUrl: {
      about: "RTMPS URL with the key, for an encoder.",
      from: "rtmps://{ingestEndpoint}:443/app/{streamKey}",
    },
    srtPublishUrl: {
      about: "SRT URL with key and passphrase, for an encoder.",
      from: "srt://{srtEndpoint}:9000?streamid={streamKey}&passphrase={srtPassphrase}",
    },
  },
  rotation:
    "in place: the old key is deleted, then a new one made; for a moment there is none. A running broadcast goes on until its " +
    "encoder has to connect again",
  keyGap:
    "The old key is deleted before the new one is made, so an encoder that connects in between is refused: let it connect again, " +
    "with the new key",

  create: async (api, { channelArn }, { mark }) => {
    const ingest = await ingestOf(api, channelArn);
    const there = await theKey(api, channelArn);
    if (there) return toSeen(there, ingest);
    return { ...toSeen(await createKey(api, channelArn, { [MARK]: mark }), ingest), isNewKey: true };
  },
  read: async (api, id, state) =>
    toSeen(await currentKey(api, id, state.keyArn), await ingestOf(api, id, state)),
  rotate: async (api, id, state, { interruptLive, warn }) => {
    const ingest = await ingestOf(api, id, state);
    // None is there where an earlier rotation did not get further.
    const old = await listKeys(api, id);
    for (const { arn } of old) await deleteKey(api, arn).catch(unlessGone);
    if (interruptLive) await endBroadcast(api, id, warn);
    return toSeen(await createKey(api, id, old[0]?.tags ?? {}), ingest);
  },
  makesNothing: true,
  takesOver: ({ channelArn }) => channelArn,
  deleteBeforeReplace: true,
  delete: async (api, id, _, { interruptLive, warn }) => {
    const keys = await listKeys(api, id);
    if (keys.length === 0) throw noKey(api, id);
    for (const { arn } of keys) await deleteKey(api, arn);
    if (interruptLive) await endBroadcast(api, id, warn);
  },

  isLive,
  cuts: () => ["rotate", "delete"],

  list: async function* (api) {
    for await (const { arn, name } of listChannels(api)) {
      // One that vanishes meanwhile has no key.
      const keys = await listKeys(api, arn).catch(unlessGone);
      if (keys && keys.length > 0) yield { id: arn, name: (name ?? "") || arn };
    }
  },
});

const noKey = (api: Api, id: string): Gone =>
  new Gone({ vendor: api.label, call: "POST /ListStreamKeys", detail: `shows no key of ${id}` });

const unlessGone = (error: unknown): void => {
  if (!(error instanceof Gone)) throw error;
};

/** Nobody stays on air with a key that is gone. That this failed must not keep the next key from being made. */
async function endBroadcast(api: Api, channel: string, warn: (message: string) => void): Promise<void> {
  await stopStream(api, channel).catch((error: unknown) => {
    warn(
      `The old key of ${channel} is gone, but a broadcast with it may be on air still. ${messageOf(error)}`,
    );
  });
}

/** The key that a channel has, where it has one. Throws `Gone` when there is no channel. */
async function theKey(api: Api, channel: string): Promise<Key | undefined> {
  const [key] = await listKeys(api, channel);
  return key && (await getKey(api, channel, key.arn));
}

/**
 * The key that a channel has. The one that state knows is asked for first: there is room for no other while it is there.
 * @throws Gone when the channel has no key, or is gone itself.
 */
async function currentKey(api: Api, channel: string, known: string | undefined): Promise<Key> {
  if (known !== undefined) {
    const key = await getKey(api, channel, known).catch(unlessGone);
    if (key) return key;
  }
  const key = await theKey(api, channel);
  if (!key) throw noKey(api, channel);
  return key;
}

/** Asks AWS only where state does not know it. */
async function ingestOf(api: Api, channel: string, known: Ingest = {}): Promise<Ingest> {
  if (known.ingestEndpoint !== undefined) return known;
  const { ingestEndpoint, srt } = await getChannel(api, channel);
  return {
    ingestEndpoint: ingestEndpoint ?? undefined,
    srtEndpoint: srt?.endpoint ?? undefined,
    srtPassphrase: srt?.passphrase ?? undefined,
  };
}

function toSeen({ arn, value, channelArn }: Key, ingest: Ingest): Seen {
  const { ingestEndpoint, srtEndpoint, srtPassphrase } = ingest;
  return {
    id: channelArn,
    inputs: { channelArn },
    outputs: {
      streamKey: value,
      keyArn: arn,
      ingestEndpoint,
      srtEndpoint,
      srtPassphrase,
      accountId: accountOf(channelArn),
    },
  };
}
