import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import {
  defineResource,
  type Known,
  namedAfterResource,
  owner,
  type Problem,
  secret,
  type Seen,
  text,
  type Values,
} from "../../define";
import { type Api, path } from "../../define/api";
import { Refused } from "../../define/errors";
import { noContent } from "../../define/reply";
import {
  accountOf,
  type Channel,
  getChannel,
  isLive,
  listChannels,
  MARK,
  newChannel,
  oneChannel,
  stopStream,
  untilOffline,
  withoutMark,
} from "./api";

/** One of the 50 tags is ours. */
const MOST_TAGS = 49;

/** Characters of a tag: letters, spaces and numbers of any script, and a few signs (section 8). */
const TAG_KEY = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/u;
const TAG_VALUE = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u;

/** ARN of another IVS object, or the empty text for none. */
const arnOrNone = (kind: string, about: string) =>
  z
    .string()
    .regex(
      new RegExp(`^$|^arn:aws[a-z-]*:ivs:[a-z0-9-]+:[0-9]+:${kind}/[a-zA-Z0-9-]+$`),
      `must be the ARN of a ${kind}, or "" for none`,
    )
    .describe(`${about} Taking it out of the program, or \`""\`, detaches it.`)
    .optional();

const inputs = {
  name: namedAfterResource(
    z
      .string()
      .max(128)
      .regex(/^[a-zA-Z0-9-_]*$/, "must be of letters, digits, - and _ only")
      .describe("Name, at most 128 letters, digits, `-` and `_`. The resource's own name when unset."),
  ),
  type: z
    .enum(["BASIC", "STANDARD", "ADVANCED_SD", "ADVANCED_HD"])
    .describe(
      "What AWS makes of the feed: passed on as it is, or transcoded, and how well. STANDARD when unset.",
    )
    .optional(),
  preset: z
    .enum(["HIGHER_BANDWIDTH_DELIVERY", "CONSTRAINED_BANDWIDTH_DELIVERY"])
    .describe(
      "Quality or bandwidth first, for the ADVANCED types only. HIGHER_BANDWIDTH_DELIVERY when unset.",
    )
    .optional(),
  latencyMode: z.enum(["NORMAL", "LOW"]).describe("LOW when unset.").optional(),
  authorized: z.boolean().describe("Whether players need a signed token. False when unset.").optional(),
  insecureIngest: z
    .boolean()
    .describe(
      "Whether RTMP without TLS and SRT without a passphrase are taken: the key crosses the network in clear then.",
    )
    .optional(),
  containerFormat: z
    .enum(["TS", "FRAGMENTED_MP4"])
    .describe("Container of the segments. TS when unset.")
    .optional(),
  multitrackInputConfiguration: z
    .strictObject({
      enabled: z.boolean().describe("Whether an encoder may send several tracks.").optional(),
      policy: z.enum(["ALLOW", "REQUIRE"]).describe("Whether it must.").optional(),
      maximumResolution: z.enum(["SD", "HD", "FULL_HD"]).describe("The most that it may send.").optional(),
    })
    .describe(
      "Multitrack ingest. Needs `type: STANDARD` and `containerFormat: FRAGMENTED_MP4`. Taking it out of the program disables it.",
    )
    .optional(),
  recordingConfigurationArn: arnOrNone("recording-configuration", "Recording to S3."),
  playbackRestrictionPolicyArn: arnOrNone(
    "playback-restriction-policy",
    "Who may watch, by country and origin.",
  ),
  adConfigurationArn: arnOrNone("ad-configuration", "Ads."),
  failoverSlateConfigurationArn: arnOrNone(
    "failover-slate-configuration",
    "What is shown when the feed breaks off.",
  ),
  tags: z
    .record(z.string(), z.string())
    .describe(
      `AWS tags, at most ${MOST_TAGS}. Tags that the program does not name count as drift where it names any.`,
    )
    .optional(),
};
type Inputs = Values<typeof inputs>;

/** What takes an input away that the program names no more: null would leave it (section 12). */
const CLEARED: Partial<Inputs> = {
  multitrackInputConfiguration: { enabled: false },
  recordingConfigurationArn: "",
  playbackRestrictionPolicyArn: "",
  adConfigurationArn: "",
  failoverSlateConfigurationArn: "",
};

/** A channel (docs/sheets/ivs.md, sections 3, 4 and 7 to 9). */
export const channel = defineResource({
  name: "Channel",
  about:
    "An Amazon IVS channel: where a feed goes in, and where it is watched. Every input is changed in place, but not while the " +
    "channel is live: AWS refuses that. AWS makes a stream key with the channel, which `StreamKey` takes over.",
  notes: [
    `The tag \`${MARK}\` is a mark by which a channel is found again after a lost answer. It is kept, and never shown as drift.`,
    "A change while live fails, and nothing is done, except that tags are changed at any time. Stop the encoder and run again.",
    "A delete while live is refused too. With `interruptLive: true` the broadcast is stopped first; an encoder that connects " +
      "again at once is in AWS's way still, so delete the `StreamKey` in the same run.",
    "Deleting a channel deletes its stream key. Recordings in S3 stay.",
    "The id, also for an import, is the ARN.",
  ],
  inputs,
  outputs: {
    arn: text("ARN of the channel: its id."),
    ingestEndpoint: text("Host that takes RTMPS.").optional(),
    playbackUrl: text("HLS playback URL.").optional(),
    srtEndpoint: text("Host that takes SRT.").optional(),
    srtPassphrase: secret(text("SRT passphrase of the channel.")).optional(),
    accountId: owner(text("Number of the AWS account that the channel is in.")).optional(),
  },
  validate,

  create: async (api, { tags, ...fields }, { mark }) => {
    const body = { ...fields, tags: { ...tags, [MARK]: mark } };
    return toSeen((await api.post(path`/CreateChannel`, newChannel, { body })).channel);
  },
  read: async (api, id) => toSeen(await getChannel(api, id)),
  // Fields come first: AWS refuses them while live, and then nothing has been done.
  update: async (api, id, input, previous) => {
    const changed = changedFields(input, previous);
    const areTagsChanged = !isDeepStrictEqual(input.tags ?? {}, previous.tags ?? {});
    if (Object.keys(changed).length > 0) {
      const body = { arn: id, ...changed };
      const update = () => api.post(path`/UpdateChannel`, oneChannel(id), { body, repeatable: true });
      const { channel } = await onlyOffline(update);
      if (!areTagsChanged) return toSeen(channel);
    }
    if (areTagsChanged) await changeTags(api, id, input.tags ?? {}, previous.tags ?? {});
    return toSeen(await getChannel(api, id));
  },
  delete: async (api, id, _, { interruptLive, progress }) => {
    if (interruptLive && (await isLive(api, id))) {
      await stopStream(api, id);
      await untilOffline(api, id, (seconds) => {
        progress(`waits for the end of the broadcast (${seconds} s)`);
      });
    }
    const options = { body: { arn: id }, repeatable: true };
    await onlyOffline(() => api.request("POST", path`/DeleteChannel`, noContent, options));
  },

  isLive,
  cuts: () => ["delete"],

  foundBy: "mark",
  find: async (api, { name }, { isOwnMark }) => {
    const found: Seen[] = [];
    for await (const { arn, tags } of listChannels(api, name ? { filterByName: name } : {})) {
      if (isOwnMark(tags?.[MARK])) found.push(toSeen(await getChannel(api, arn)));
    }
    return found;
  },
  list: async function* (api) {
    for await (const { arn, name, tags } of listChannels(api))
      yield { id: arn, name: (name ?? "") || arn, mark: tags?.[MARK] };
  },
  markField: `tags.${MARK}`,
});

/** What an update has to send: what it leaves out stays as it is. */
function changedFields({ tags: _, ...input }: Inputs, previous: Partial<Inputs>): Record<string, unknown> {
  const names = Object.keys(inputs).filter((name) => name !== "tags") as (keyof typeof input)[];
  const changed = names.filter((name) => !isDeepStrictEqual(input[name], previous[name]));
  // Another type clears the preset, so it is sent along.
  if (changed.includes("type") && !changed.includes("preset")) changed.push("preset");
  const values = changed.map((name): [string, unknown] => [name, input[name] ?? CLEARED[name]]);
  return Object.fromEntries(values.filter(([, value]) => value !== undefined));
}

async function changeTags(
  api: Api,
  id: string,
  wanted: Record<string, string>,
  before: Record<string, string>,
): Promise<void> {
  const at = path`/tags/${id}`;
  const done = z.looseObject({});
  const changed = Object.entries(wanted).filter(([key, value]) => before[key] !== value);
  if (changed.length > 0)
    await api.post(at, done, { body: { tags: Object.fromEntries(changed) }, repeatable: true });
  const tagKeys = Object.keys(before).filter((key) => !(key in wanted));
  if (tagKeys.length > 0) await api.delete(at, done, { query: { tagKeys } });
}

/** Says what to do where AWS refuses because the channel is live. */
async function onlyOffline<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof Refused) || error.status !== 409) throw error;
    const advice =
      "AWS changes and deletes a channel only while nobody broadcasts. Stop the encoder and run again.";
    throw new Refused({ ...error.failure, advice });
  }
}

function toSeen(seen: Channel): Seen {
  const { arn, ingestEndpoint, playbackUrl, srt, tags, multitrackInputConfiguration: multitrack } = seen;
  return {
    id: arn,
    inputs: {
      name: seen.name,
      type: seen.type,
      // Of the types that have none it is the empty text.
      preset: seen.preset === "" ? undefined : seen.preset,
      latencyMode: seen.latencyMode,
      authorized: seen.authorized,
      insecureIngest: seen.insecureIngest,
      containerFormat: seen.containerFormat,
      multitrackInputConfiguration: multitrack && {
        enabled: multitrack.enabled,
        policy: multitrack.policy,
        maximumResolution: multitrack.maximumResolution,
      },
      recordingConfigurationArn: seen.recordingConfigurationArn,
      playbackRestrictionPolicyArn: seen.playbackRestrictionPolicyArn,
      adConfigurationArn: seen.adConfigurationArn,
      failoverSlateConfigurationArn: seen.failoverSlateConfigurationArn,
      tags: withoutMark(tags),
    },
    outputs: {
      arn,
      ingestEndpoint: ingestEndpoint ?? undefined,
      playbackUrl: playbackUrl ?? undefined,
      srtEndpoint: srt?.endpoint ?? undefined,
      srtPassphrase: srt?.passphrase ?? undefined,
      accountId: accountOf(arn),
    },
  };
}

/** Rules across fields (docs/sheets/ivs.md, section 3). */
function validate(given: Known<Inputs>): Problem[] {
  const { type = "STANDARD", containerFormat = "TS", multitrackInputConfiguration: multitrack } = given;
  const isUnknown = (name: keyof Inputs): boolean => name in given && given[name] === undefined;
  const problems: Problem[] = [];
  const refuse = (path: string, reason: string): void => void problems.push({ path, reason });
  if (given.preset !== undefined && !isUnknown("type") && !type.startsWith("ADVANCED"))
    refuse("preset", "is only for `type: ADVANCED_SD` and `ADVANCED_HD`");
  if (multitrack?.enabled) {
    if (!isUnknown("type") && type !== "STANDARD")
      refuse("multitrackInputConfiguration", "needs `type: STANDARD`");
    if (!isUnknown("containerFormat") && containerFormat !== "FRAGMENTED_MP4")
      refuse("multitrackInputConfiguration", "needs `containerFormat: FRAGMENTED_MP4`");
    for (const member of ["policy", "maximumResolution"] as const) {
      if (!(member in multitrack))
        refuse(`multitrackInputConfiguration.${member}`, "is required with `enabled: true`");
    }
  }
  for (const [key, value] of Object.entries(given.tags ?? {})) {
    if (key.startsWith("aws:") || key === MARK)
      refuse("tags", "must not have a key of AWS's own, or the mark's");
    else if (!TAG_KEY.test(key) || (value !== undefined && !TAG_VALUE.test(value)))
      refuse(
        "tags",
        "must be of letters, spaces, digits and _.:/=+-@ only, keys of up to 128, values of up to 256",
      );
  }
  if (Object.keys(given.tags ?? {}).length > MOST_TAGS) refuse("tags", `must be at most ${MOST_TAGS}`);
  return problems;
}
