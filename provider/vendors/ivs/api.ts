import { z } from "zod";
import { type Api, path } from "../../define/api";
import { CallError } from "../../define/errors";
import { everyItem } from "../../define/paging";
import { madeKey, noContent, reported, thisId } from "../../define/reply";
import { poll } from "../../calls/poll";

/**
 * Amazon IVS's replies and calls that the resources share (docs/sheets/ivs.md, sections 1 to 8). Every operation is a POST,
 * so reads go by `api.ask`.
 *
 * Assumed, because nothing public says it:
 * - a new key has a new ARN (section 5);
 * - a not-found is one only with its name in the header (section 7);
 * - whoever reconnects with a key that is deleted is refused (section 16).
 */

/** The ARN of one kind of object: the last step is AWS's own id. */
const arnOf = (kind: string) =>
  z.string().regex(new RegExp(`^arn:aws[a-z-]*:ivs:[a-z0-9-]+:[0-9]+:${kind}/[a-zA-Z0-9-]+$`), "is no id");

const channelArn = arnOf("channel");
const keyArn = arnOf("stream-key");

/** The tag that tells one attempt to create from all others (section 8). */
export const MARK = "streamkeys:create";

/** Tags, as a vendor's answer has them. */
const tags = reported(z.record(z.string(), z.string()));

/** The tags that are the user's own. */
export function withoutMark(all: z.infer<typeof tags>): Record<string, string> | undefined {
  if (!all) return undefined;
  const { [MARK]: _, ...own } = all;
  return own;
}

/** A channel. Only its ARN is relied on. */
export const channel = z.looseObject({
  arn: channelArn,
  name: reported(z.string()),
  latencyMode: reported(z.string()),
  type: reported(z.string()),
  preset: reported(z.string()),
  authorized: reported(z.boolean()),
  insecureIngest: reported(z.boolean()),
  containerFormat: reported(z.string()),
  multitrackInputConfiguration: reported(
    z.looseObject({
      enabled: reported(z.boolean()),
      policy: reported(z.string()),
      maximumResolution: reported(z.string()),
    }),
  ),
  recordingConfigurationArn: reported(z.string()),
  playbackRestrictionPolicyArn: reported(z.string()),
  adConfigurationArn: reported(z.string()),
  failoverSlateConfigurationArn: reported(z.string()),
  ingestEndpoint: reported(z.string()),
  playbackUrl: reported(z.string()),
  srt: reported(z.looseObject({ endpoint: reported(z.string()), passphrase: reported(z.string()) })),
  tags,
});
/** A channel. */
export type Channel = z.infer<typeof channel>;

/** The answer about a new channel; the key that AWS makes with it is not looked at. */
export const newChannel = z.looseObject({ channel });
/** The answer about one channel, and no other. */
export const oneChannel = (arn: string) => z.looseObject({ channel: channel.extend({ arn: thisId(arn) }) });

/** One channel. Throws `Gone` when there is none. */
export async function getChannel(api: Api, arn: string): Promise<Channel> {
  return (await api.ask(path`/GetChannel`, oneChannel(arn), { body: { arn } })).channel;
}

/** What a list shows of a channel or a key. */
type Summary<T> = T & { id: string };

const channelPage = z.looseObject({
  channels: z.array(z.looseObject({ arn: channelArn, name: reported(z.string()), tags })),
  nextToken: reported(z.string()),
});

/** Every channel of the region, or those of one name. */
export function listChannels(
  api: Api,
  filter: { filterByName?: string } = {},
): AsyncGenerator<Summary<z.infer<typeof channelPage>["channels"][number]>> {
  const call = "POST /ListChannels";
  return everyItem(api, call, "", async (nextToken) => {
    const body = { ...filter, maxResults: 100, ...(nextToken === "" ? {} : { nextToken }) };
    const page = await api.ask(path`/ListChannels`, channelPage, { body });
    return {
      items: page.channels.map((one) => ({ ...one, id: one.arn })),
      next: page.nextToken ?? undefined,
    };
  });
}

/** A stream key, of one channel and no other. */
const keyOf = (channel: string) =>
  z.looseObject({
    streamKey: z.looseObject({ arn: keyArn, value: madeKey, channelArn: thisId(channel), tags }),
  });
/** A stream key. */
export type Key = z.infer<ReturnType<typeof keyOf>>["streamKey"];

/** One key of a channel. Throws `Gone` when there is none. */
export async function getKey(api: Api, channel: string, arn: string): Promise<Key> {
  return (await api.ask(path`/GetStreamKey`, keyOf(channel), { body: { arn } })).streamKey;
}

const keyPage = (channel: string) =>
  z.looseObject({
    streamKeys: z.array(z.looseObject({ arn: keyArn, channelArn: thisId(channel), tags })),
  });

/**
 * The keys of a channel, without their values: there is room for one. Throws `Gone` when there is no channel.
 * A page has one item unless more are asked for (section 8).
 */
export async function listKeys(
  api: Api,
  channel: string,
): Promise<z.infer<ReturnType<typeof keyPage>>["streamKeys"]> {
  const body = { channelArn: channel, maxResults: 50 };
  return (await api.ask(path`/ListStreamKeys`, keyPage(channel), { body })).streamKeys;
}

/** Makes the key of a channel that has none. It completes a rotation, and a channel without a key has no broadcast to cut. */
export async function createKey(api: Api, channel: string, given: Record<string, string>): Promise<Key> {
  const body = { channelArn: channel, tags: given };
  return (await api.post(path`/CreateStreamKey`, keyOf(channel), { body, completes: true })).streamKey;
}

/** Deletes a key. Throws `Gone` when there is none. */
export async function deleteKey(api: Api, arn: string): Promise<void> {
  await api.request("POST", path`/DeleteStreamKey`, noContent, { body: { arn }, repeatable: true });
}

const stream = z.looseObject({ stream: z.looseObject({ state: reported(z.string()) }) });

/** Whether an error says that nobody broadcasts: the second of the two kinds of 404 (section 7). */
const isOffline = (error: unknown): boolean =>
  error instanceof CallError && error.failure.name === "ChannelNotBroadcasting";

/** Whether a broadcast may be running. A state that nobody documents counts as live: the guard fails closed. */
export async function isLive(api: Api, channel: string): Promise<boolean> {
  try {
    const body = { channelArn: channel };
    return (await api.ask(path`/GetStream`, stream, { body })).stream.state !== "OFFLINE";
  } catch (error) {
    if (isOffline(error)) return false;
    throw error;
  }
}

/** Ends the broadcast, where there is one. */
export async function stopStream(api: Api, channel: string): Promise<void> {
  try {
    const options = { body: { channelArn: channel }, repeatable: true, completes: true } as const;
    await api.post(path`/StopStream`, z.looseObject({}), options);
  } catch (error) {
    if (!isOffline(error)) throw error;
  }
}

/** Waits until a stopped broadcast is over, as far as AWS says (section 5); what is asked for next is refused otherwise. */
export async function untilOffline(
  api: Api,
  channel: string,
  waiting: (seconds: number) => void,
): Promise<void> {
  const look = async (): Promise<true | undefined> => ((await isLive(api, channel)) ? undefined : true);
  await poll(look, api.waitMs, waiting);
}

/** The number of the AWS account that an ARN names. */
export const accountOf = (arn: string): string | undefined => arn.split(":")[4];
