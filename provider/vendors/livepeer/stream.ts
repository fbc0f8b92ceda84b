import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import {
  defineResource,
  killSwitch,
  type Known,
  mayHoldSecret,
  namedAfterResource,
  type Problem,
  type Props,
  secret,
  type Seen,
  text,
  unordered,
} from "../../define";
import { type Api, path } from "../../define/api";
import { LiveRefusal, Refused } from "../../define/errors";
import { madeBy } from "../../define/made-by";
import { LONGEST_MARK } from "../../define/mark";
import { noContent } from "../../define/reply";
import { ladderProblems, ladderRulesOff } from "../../ladder/input";
import {
  dateOf,
  getStream,
  listStreams,
  mayBeLive,
  patchStream,
  readAfterWrite,
  stream as streamReply,
  type StreamReply,
} from "./api";
import { checkLivepeerProfiles, H264_PROFILES, LEAST_PIXELS, livepeerRules } from "./ladder";

/** The tag that holds our mark. */
const MARK = "streamkeys";

/** Livepeer takes this many characters of tags as JSON; our own tag is among them. */
const LONGEST_TAGS = 2_048 - `"${MARK}":"",`.length - LONGEST_MARK;

const size = (what: string) =>
  z.number().int().min(LEAST_PIXELS).describe(`${what} in pixels, at least ${LEAST_PIXELS}.`);
const bitrate = z.number().int().min(400).describe("Video bitrate in bit/s, at least 400.");
const fps = z.number().int().min(0).describe("Frames per second, above `fpsDen`; 0: as the source.");
const encoding = {
  fpsDen: z.number().int().min(1).describe("What `fps` is divided by: 29.97 is 30000 and 1001.").optional(),
  quality: z.number().int().min(0).max(44).describe("Constant quality (CRF), 0 to 44.").optional(),
  gop: text("GOP in seconds, as a text (assumed), or `intra`. Livepeer's default when unset.").optional(),
  profile: z.enum(Object.values(H264_PROFILES)).describe("H.264 profile.").optional(),
};

const profile = z.strictObject({
  name: z.string().min(1).max(500).describe("Name of the rung, unique, not `source`."),
  width: size("Width"),
  height: size("Height"),
  bitrate,
  fps,
  ...encoding,
  encoder: z.enum(["H.264"]).describe("Encoder.").optional(),
});

const recordingProfile = z.strictObject({
  name: z.string().min(1).max(500).describe("Name of the rung.").optional(),
  width: size("Width").optional(),
  height: size("Height").optional(),
  bitrate,
  fps: fps.optional(),
  ...encoding,
  encoder: z.enum(["H.264", "HEVC", "VP8", "VP9"]).describe("Encoder.").optional(),
});

const tag = z.union([z.string(), z.number()]);

const inputs = {
  name: namedAfterResource(z.string().min(1).describe("Name, for people. The resource's name when unset.")),
  profiles: z
    .array(profile)
    .describe(
      "Encoding ladder; an empty list: the source alone. Livepeer's four rungs (240p to 720p) when unset, and again when it is " +
        "removed from the program. Changed only while off air.",
    )
    .optional(),
  ladderRulesOff: ladderRulesOff(livepeerRules),
  record: z.boolean().describe("Whether broadcasts are recorded. Changed only while off air.").optional(),
  recordingProfiles: z
    .array(recordingProfile)
    .min(1)
    .describe("Encoding of recordings; needs `record: true`. Livepeer's own when unset.")
    .optional(),
  playbackPolicy: z
    .strictObject({
      type: z.enum(["public", "jwt", "webhook"]).describe("Who may watch."),
      webhookId: text("Id of the webhook that decides, for `webhook`.").optional(),
      webhookContext: mayHoldSecret(z.record(z.string(), z.unknown()))
        .describe("What the webhook is told besides. May hold secrets.")
        .optional(),
      refreshInterval: z.number().min(0).describe("Seconds after which it is asked again.").optional(),
      allowedOrigins: unordered(z.array(z.string()).describe("Web origins that may play it.")).optional(),
    })
    .describe("Who may watch. Removing it from the program makes the stream public.")
    .optional(),
  userTags: z
    .record(z.string(), z.union([tag, z.array(tag)]))
    .refine(
      (tags) => JSON.stringify(tags).length <= LONGEST_TAGS,
      `must have at most ${LONGEST_TAGS} characters as JSON`,
    )
    .describe(
      `Your own tags; at most ${LONGEST_TAGS} characters as JSON. The tag \`${MARK}\` is this provider's.`,
    )
    .optional(),
  creatorId: text("Your id of the creator. Removing it from the program leaves it there.").optional(),
  targets: unordered(
    z.array(
      z.strictObject({
        profile: text("Name of the rung that is passed on, or `source`."),
        targetId: text("Id of a `MultistreamTarget`."),
        videoOnly: z.boolean().describe("Whether the sound is left out.").default(false),
      }),
    ),
  )
    .describe(
      "Where the feed is passed on to, in any order. Removing it from the program ends that. A change while on air may end the " +
        "broadcast (assumed), so it needs `interruptLive`.",
    )
    .optional(),
  enabled: killSwitch("ends a running broadcast at once and refuses encoders (`suspended`)"),
};

type Inputs = z.infer<z.ZodObject<typeof inputs>>;

/** What Livepeer is told, and tells. */
const sent = Object.keys(inputs).filter((name) => name !== "ladderRulesOff");

/** What Livepeer encodes to when nothing is said (section 3). */
const DEFAULT_PROFILES: NonNullable<Inputs["profiles"]> = (
  [
    ["240p0", 426, 240, 250_000],
    ["360p0", 640, 360, 800_000],
    ["480p0", 854, 480, 1_600_000],
    ["720p0", 1280, 720, 3_000_000],
  ] as const
).map(([name, width, height, bitrate]) => ({
  ...{ name, width, height, bitrate },
  fps: 0,
  profile: "H264ConstrainedHigh",
}));

/** A stream with its key and its ladder (docs/sheets/livepeer.md, sections 2 to 7). */
export const stream = defineResource({
  name: "Stream",
  about:
    "A Livepeer Studio stream with its stream key and its encoding ladder: where an encoder sends a feed, how it is encoded, and " +
    "where it is passed on to. Every change is made in place but for a new key.",
  notes: [
    "Livepeer gives no new key to a stream. A rotation makes a new stream with another id and playback id, and then deletes the " +
      "old one: viewers need the new URL. While a broadcast runs, it waits. When a key has leaked, `enabled: false` is first aid: it " +
      "refuses encoders at once, and the stream stays.",
    "Livepeer refuses a change of `profiles` or `record` on air, and even unchanged `profiles` then: only what changes is sent. " +
      "Stop the encoder to change them.",
    "A rung and a target that names it are made by two calls, because Livepeer looks for the rung among those that were there " +
      "before.",
    "Targets are named by id alone. Livepeer would make another target each time that an address was sent with the stream.",
    "Reads at Livepeer may lag a write by seconds. After a change the stream is read until it shows, for five seconds at most; what does " +
      "not show by then is a warning.",
    "The user tag `streamkeys` holds a mark by which a stream is found again after a lost answer or a killed run. It names nothing.",
    "The first four characters of the key are those of the id: a key has twelve that nobody knows.",
    "Assumed: the addresses in `rtmpPublishUrl` and `hlsUrl`. No reply has them.",
  ],
  inputs,
  outputs: {
    streamKey: secret(text("The stream key.")),
    playbackId: text("Livepeer's id for players.").optional(),
    hlsUrl: text("HLS playback URL.").optional(),
    createdAt: text("When the stream was made, RFC 3339 UTC.").optional(),
  },
  made: {
    rtmpPublishUrl: {
      about: "RTMP URL with the key, for an encoder.",
      from: "rtmp://rtmp.livepeer.com/live/{streamKey}",
    },
  },
  rotation: "by replacement: a new stream with a new key, id and playback id, then the old one is deleted",
  validate,

  create: async (api, given, { mark }) => {
    const { suspended: _, ...wire } = toWire(given);
    const body = { ...wire, userTags: { ...given.userTags, [MARK]: mark } };
    return toSeen(await api.post(path`/stream`, streamReply, { body }));
  },

  // A create does not take `suspended`.
  settle: async (api, made, { enabled }) => {
    if (enabled !== false) return made;
    await patchStream(api, made.id, { suspended: true });
    return { ...made, inputs: { ...made.inputs, enabled } };
  },

  read: async (api, id) => toSeen(await getStream(api, id)),

  update: async (api, id, given, previous) => {
    const changed = changes(given, previous);
    if ("userTags" in changed) changed.userTags = await tagsAround(api, id, given);
    for (const body of inTurn(changed, previous)) await patchInTurn(api, id, body, given);
    const wanted = sent.filter(
      (name) => !isDeepStrictEqual(given[name as keyof Inputs], previous[name as keyof Inputs]),
    );
    const shows = (seen: StreamReply): boolean => {
      const shown = toSeen(seen).inputs;
      return wanted.every((name) => holds(shown[name], given[name as keyof Inputs]));
    };
    return toSeen(await readAfterWrite(api, () => getStream(api, id), shows));
  },

  delete: (api, id) => api.delete(path`/stream/${id}`, noContent),

  isLive: async (api, id) => mayBeLive(await getStream(api, id)),
  cuts: () => ["delete"],

  foundBy: "mark",
  find: async (api, _, attempt) => {
    const isMarked = (one: StreamReply): boolean => attempt.isOwnMark(markIn(one));
    return (await madeBy(attempt, listStreams(api), "newest first", isMarked)).map(toSeen);
  },

  // Its items are complete (docs/sheets/livepeer.md, section 7).
  seeAll: async function* (api) {
    for await (const one of listStreams(api)) yield toSeen(one);
  },

  list: async function* (api) {
    for await (const one of listStreams(api))
      yield { id: one.id, name: one.name ?? one.id, live: mayBeLive(one), mark: markIn(one) };
  },
  markField: `userTags.${MARK}`,
});

/**
 * The inputs in Livepeer's words. What a program leaves out is not there: whether that means anything is decided where it was
 * there before.
 */
function toWire(given: Partial<Inputs>): Props {
  const { name, profiles, record, recordingProfiles, playbackPolicy, creatorId, targets, enabled } = given;
  return Object.fromEntries(
    Object.entries({
      ...{ name, profiles, record, playbackPolicy, creatorId },
      recordingSpec: recordingProfiles && { profiles: recordingProfiles },
      multistream: targets && { targets: targets.map(({ targetId: id, ...rest }) => ({ ...rest, id })) },
      userTags: given.userTags,
      suspended: enabled === undefined ? undefined : !enabled,
    }).filter(([, value]) => value !== undefined),
  );
}

/** What takes a value away: nothing and null never do (section 4). What is not here stays as it is. */
const CLEARED: Props = {
  profiles: DEFAULT_PROFILES,
  recordingSpec: {},
  playbackPolicy: { type: "public" },
  userTags: {},
  multistream: { targets: [] },
};

/** The fields to send: those that change, and no other, because unchanged ones may be refused on air (section 4). */
function changes(given: Inputs, previous: Partial<Inputs>): Props {
  const [now, before] = [toWire(given), toWire(previous)];
  const names = [...new Set([...Object.keys(now), ...Object.keys(before)])];
  const fields = names
    .filter((name) => !isDeepStrictEqual(now[name], before[name]))
    .map((name): [string, unknown] => [name, now[name] ?? CLEARED[name]])
    .filter(([, value]) => value !== undefined);
  const changed = Object.fromEntries(fields);
  // Recordings have an encoding only where there are recordings (section 4).
  if (given.record !== true && isDeepStrictEqual(changed.recordingSpec, {})) delete changed.recordingSpec;
  return changed;
}

/** The mark of a stream, where it has one. */
function markIn({ userTags }: StreamReply): string | undefined {
  const mark = userTags?.[MARK];
  return typeof mark === "string" ? mark : undefined;
}

/** `userTags` are replaced as a whole, so our own is read and sent along. */
async function tagsAround(api: Api, id: string, { userTags }: Inputs): Promise<Props> {
  const there = await readAfterWrite(
    api,
    () => getStream(api, id),
    () => true,
  );
  const mark = there.userTags?.[MARK];
  return { ...userTags, ...(mark === undefined ? {} : { [MARK]: mark }) };
}

interface WireTarget {
  profile: string;
}

/**
 * A change as the calls that make it. Targets are held against the rungs that were there before (section 4): a target of a
 * rung that is made anew comes in a second call, and one of a rung that goes is away with the first.
 */
function inTurn(changed: Props, previous: Partial<Inputs>): Props[] {
  const targets = (changed.multistream as { targets: WireTarget[] } | undefined)?.targets;
  if (Object.keys(changed).length === 0) return [];
  if (!targets || !changed.profiles) return [changed];
  const before = ["source", ...(previous.profiles ?? DEFAULT_PROFILES).map(({ name }) => name)];
  const possible = targets.filter(({ profile }) => before.includes(profile));
  if (possible.length === targets.length) return [changed];
  return [{ ...changed, multistream: { targets: possible } }, { multistream: changed.multistream }];
}

/** One PATCH. It is stopped where it might end a broadcast, and a refusal on air says what to do. */
async function patchInTurn(api: Api, id: string, body: Props, given: Inputs): Promise<void> {
  const { interruptLive } = given as { interruptLive?: boolean };
  const look = async (direct: Api): Promise<void> => {
    if (!mayBeLive(await getStream(direct, id))) return;
    throw new LiveRefusal(
      `Livepeer Studio Stream ${id} is live. A change of \`targets\` may end the broadcast, so nothing was done. Stop the encoder ` +
        "and run again, or set `interruptLive: true` on the resource and run again.",
    );
  };
  try {
    await patchStream(api, id, body, "multistream" in body && !interruptLive ? look : undefined);
  } catch (error) {
    if (!(error instanceof Refused) || error.status !== 400 || !error.failure.detail.includes("is active"))
      throw error;
    throw new Refused({
      ...error.failure,
      advice: "Stop the encoder and run again; `interruptLive` cannot help.",
    });
  }
}

/** Whether a reply has everything of a value; it may have more. What is not wanted any more may be anything. */
function holds(shown: unknown, wanted: unknown): boolean {
  if (wanted === undefined) return true;
  if (Array.isArray(wanted)) {
    if (!Array.isArray(shown) || shown.length !== wanted.length) return false;
    return wanted.every((item: unknown) => shown.some((one) => holds(one, item)));
  }
  if (wanted === null || typeof wanted !== "object") return shown === wanted;
  return Object.entries(wanted).every(([key, item]) => holds((shown as Props | undefined)?.[key], item));
}

function toSeen(reply: StreamReply): Seen {
  const { id, streamKey, playbackId, userTags, creatorId } = reply;
  const { [MARK]: _mark, ...own } = userTags ?? {};
  return {
    id,
    inputs: {
      name: reply.name,
      profiles: reply.profiles,
      record: reply.record,
      recordingProfiles: reply.recordingSpec?.profiles ?? [],
      playbackPolicy: reply.playbackPolicy ?? { type: "public" },
      userTags: own,
      creatorId: typeof creatorId === "object" ? creatorId?.value : creatorId,
      targets: (reply.multistream?.targets ?? []).map(({ profile, id: targetId, videoOnly }) => ({
        ...{ profile, targetId },
        videoOnly: videoOnly ?? false,
      })),
      enabled: !reply.suspended,
    },
    outputs: {
      streamKey,
      playbackId: playbackId ?? undefined,
      hlsUrl: playbackId ? `https://livepeercdn.studio/hls/${playbackId}/index.m3u8` : undefined,
      createdAt: dateOf(reply.createdAt),
    },
  };
}

/** Rules across fields (docs/sheets/livepeer.md, sections 3 to 5). */
function validate(given: Known<Inputs>): Problem[] {
  const { profiles, ladderRulesOff, recordingProfiles, playbackPolicy, userTags, targets } = given;
  const problems: Problem[] = [];
  const names = (profiles ?? []).map((one) => one?.name);
  if (profiles) {
    const off = ladderRulesOff?.filter((id) => id !== undefined) ?? [];
    problems.push(...ladderProblems("profiles", checkLivepeerProfiles(profiles, { off })));
  }
  if (recordingProfiles && (!("record" in given) || given.record === false))
    problems.push({ path: "recordingProfiles", reason: "needs `record: true`" });
  if (playbackPolicy?.type === "webhook" && !("webhookId" in playbackPolicy))
    problems.push({ path: "playbackPolicy.webhookId", reason: "is required for type `webhook`" });
  if (userTags && MARK in userTags)
    problems.push({ path: `userTags.${MARK}`, reason: "is kept for the mark of this provider" });
  // A stream that was imported may have rungs that the program does not name.
  const isAtDefault = !("profiles" in given);
  const rungs = isAtDefault ? DEFAULT_PROFILES.map(({ name }) => name) : names;
  const isKnown = isAtDefault || (profiles && names.every((name) => name !== undefined));
  const pairs = (targets ?? []).map(
    (one) => one?.profile && one.targetId && `${one.profile} ${one.targetId}`,
  );
  (targets ?? []).forEach((one, index) => {
    const rung = one?.profile;
    if (isKnown && rung !== undefined && rung !== "source" && !rungs.includes(rung)) {
      const where = isAtDefault
        ? "Livepeer's own ladder, which a stream without `profiles` gets"
        : "`profiles`";
      problems.push({
        path: `targets[${index}].profile`,
        reason: `names no rung of ${where}; there are ${["source", ...rungs].join(", ")}`,
        ...(isAtDefault && { severity: "warning" }),
      });
    }
    if (pairs[index] && pairs.indexOf(pairs[index]) < index)
      problems.push({
        path: `targets[${index}]`,
        reason: "is there twice: one rung goes to one target once",
      });
  });
  return problems;
}
