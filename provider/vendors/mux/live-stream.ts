import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import {
  defineResource,
  killSwitch,
  type Known,
  type Problem,
  type Props,
  replaces,
  type Seen,
  text,
  unordered,
} from "../../define";
import { type Api, path } from "../../define/api";
import { noContent } from "../../define/reply";
import { toCamelCase, toSnakeCase } from "../../calls/wire";
import {
  anything,
  getStream,
  hlsUrl,
  listStreams,
  type LiveStreamReply,
  LONGEST_PASSTHROUGH,
  markIn,
  mayBeLive,
  newStream,
  oneStream,
  STREAMS,
  withMark,
  withoutMark,
} from "./api";

const LANGUAGES = ["en", "en-US", "es", "fr", "de", "pt", "it"] as const;
const RESOLUTIONS = [
  ...(["highest", "audio-only", "2160p", "1440p", "1080p", "720p", "540p", "480p", "360p", "270p"] as const),
] as const;

const policies = (about: string) => unordered(z.array(z.enum(["public", "signed"])).describe(about));
const subtitleName = text("Name of the track.").optional();
const trackPassthrough = z.string().max(255).describe("Your own text, at most 255 characters.").optional();

const newAssetSettings = z
  .strictObject({
    playbackPolicies: policies("Who may watch the recording. A change replaces the live stream.").optional(),
    videoQuality: z
      .enum(["basic", "plus", "premium"])
      .describe(
        "Quality tier. A change to `basic` replaces the live stream, other changes are made in place.",
      )
      .optional(),
    maxResolutionTier: z
      .enum(["1080p", "1440p", "2160p"])
      .describe("Highest resolution. A change replaces the live stream.")
      .optional(),
    masterAccess: z.enum(["none", "temporary"]).describe("Whether the master can be downloaded.").optional(),
    staticRenditions: z
      .array(
        z.strictObject({
          resolution: z.enum(RESOLUTIONS).describe("Resolution."),
          passthrough: trackPassthrough,
        }),
      )
      .describe("MP4 or M4A files to make of a recording.")
      .optional(),
    passthrough: z
      .string()
      .max(255)
      .describe("Your own text for the recording, at most 255 characters. A change replaces the live stream.")
      .optional(),
    normalizeAudio: z
      .boolean()
      .describe("Whether loudness is normalized. A change replaces the live stream.")
      .optional(),
    meta: z
      .strictObject({
        title: z.string().max(512).describe("Title, which viewers may see.").optional(),
        creatorId: z.string().max(128).describe("Your id of its creator.").optional(),
        externalId: z.string().max(128).describe("Your id of the recording.").optional(),
      })
      .describe("What the recording is.")
      .optional(),
  })
  .describe("How broadcasts are recorded. What is left out is Mux's default, and unmanaged.")
  .optional();

const inputs = {
  playbackPolicies: replaces(
    policies(
      "Playback ids that the live stream is made with: `public`, `signed` or both. Without one nobody can watch it. To add " +
        "one later, declare a `PlaybackId`.",
    ),
  ).optional(),
  title: z
    .string()
    .refine((title) => Array.from(title).length <= 512, "must have at most 512 characters")
    .describe("Title (`meta.title`), at most 512 characters. Viewers may see it.")
    .optional(),
  passthrough: z
    .string()
    .max(LONGEST_PASSTHROUGH)
    .describe(
      `Your own text, at most ${LONGEST_PASSTHROUGH} characters; shown in webhooks, with the mark of this provider behind it.`,
    )
    .optional(),
  enabled: killSwitch("ends a running broadcast at once and refuses encoders"),
  latencyMode: z
    .enum(["low", "reduced", "standard"])
    .describe("Latency. Mux's default is `standard`.")
    .optional(),
  reconnectWindow: z
    .number()
    .min(0)
    .max(1800)
    .describe(
      "Seconds to wait for an encoder that was cut off, 0 to 1800. Mux's default depends on `latencyMode`.",
    )
    .optional(),
  reconnectSlateUrl: z
    .url()
    .describe("Image to show meanwhile. Removing it from the program takes it away at Mux.")
    .optional(),
  useSlateForStandardLatency: z.boolean().describe("Whether to show it at standard latency.").optional(),
  maxContinuousDuration: z
    .number()
    .int()
    .min(60)
    .max(43_200)
    .describe("Longest broadcast in seconds, 60 to 43200 (12 hours, Mux's default). Not with `test`.")
    .optional(),
  audioOnly: replaces(z.boolean().describe("Whether the feed has no video.")).optional(),
  test: replaces(
    z.boolean().describe("A free test: watermarked, and disabled after five minutes on air."),
  ).optional(),
  embeddedSubtitles: z
    .array(
      z.strictObject({
        name: subtitleName,
        languageCode: z.enum(["en"]).describe("Language.").default("en"),
        languageChannel: z.enum(["cc1", "cc2", "cc3", "cc4"]).describe("CEA-608 channel.").default("cc1"),
        passthrough: trackPassthrough,
      }),
    )
    .describe("Subtitles within the feed. Removing them from the program takes them away at Mux.")
    .optional(),
  generatedSubtitles: z
    .array(
      z.strictObject({
        name: subtitleName,
        languageCode: z.enum(LANGUAGES).describe("Language.").default("en"),
        transcriptionVocabularyIds: z
          .array(z.string())
          .describe("Vocabularies to help the recognition.")
          .optional(),
        passthrough: trackPassthrough,
      }),
    )
    .max(1)
    .describe(
      "Subtitles made by Mux, one track at most, from the next broadcast on. Removing them takes them away.",
    )
    .optional(),
  newAssetSettings,
};

type Inputs = z.infer<z.ZodObject<typeof inputs>>;
type AssetSettings = NonNullable<Inputs["newAssetSettings"]>;

/** Members that only a create can set (section 4). */
const FIXED_SETTINGS = ["playbackPolicies", "maxResolutionTier", "passthrough", "normalizeAudio"] as const;

/** A live stream (docs/sheets/mux.md, sections 2 to 5, 8 and 10). */
export const liveStream = defineResource({
  name: "LiveStream",
  about:
    "A Mux live stream: where an encoder sends a feed, and how it is recorded and played. The stream key is not an output here: " +
    "declare a `StreamKey`.",
  notes: [
    "`passthrough` at Mux holds a mark behind your own text, `streamkeys:...`, by which a live stream is found again after a lost " +
      "answer or a killed run. Webhooks show it; cut it off with `/ ?streamkeys:\\S+$/`.",
    "`enabled` is a verb at Mux: a live stream that is declared disabled is made, and disabled by a second call.",
    "Mux disables a `test` stream once its five minutes are over; that shows as drift only where `enabled` is declared.",
    "`simulcast_targets`, DRM policies and the deprecated `mp4_support` and `low_latency` have no input here: declare " +
      "a `SimulcastTarget` or a `PlaybackId`.",
    "Removing `title`, `latencyMode`, `reconnectWindow`, `maxContinuousDuration`, `enabled` or a member of `newAssetSettings` from " +
      "the program leaves at Mux what is there.",
    "Assumed: Mux takes a change while on air, for the next broadcast.",
  ],
  inputs,
  outputs: {
    playbackIds: z
      .array(z.string())
      .describe(
        "The playback ids that the live stream was made with; those of `PlaybackId` resources are not among them.",
      ),
    hlsUrl: text("HLS playback URL of the first public one.").optional(),
    createdAt: text("When the live stream was made, RFC 3339 UTC.").optional(),
  },
  validate,

  create: async (api, stream, { mark }) => {
    const { title, passthrough, enabled: _enabled, ...rest } = inputsAlone(stream);
    const body = {
      ...(toSnakeCase(rest) as object),
      passthrough: withMark(passthrough, mark),
      meta: title === undefined ? undefined : { title },
    };
    return toSeen((await api.post(STREAMS, newStream, { body })).data, stream);
  },

  settle: async (api, made, { enabled }) => {
    if (enabled !== false) return made;
    await setEnabled(api, made.id, false);
    return { ...made, inputs: { ...made.inputs, enabled } };
  },

  read: async (api, id, state) => toSeen(await getStream(api, id), state),

  cannotUpdate: ({ newAssetSettings: now = {} }, { newAssetSettings: before = {} }) => {
    const differs = (name: keyof AssetSettings): boolean =>
      now[name] !== undefined && !isDeepStrictEqual(now[name], before[name]);
    const isLowered = now.videoQuality === "basic" && differs("videoQuality");
    return isLowered || FIXED_SETTINGS.some(differs) ? ["newAssetSettings"] : [];
  },

  update: async (api, id, stream, previous) => {
    let reply: LiveStreamReply | undefined;
    for (const call of await callsFor(api, id, stream, previous)) reply = await call();
    return toSeen(reply ?? (await getStream(api, id)), previous);
  },

  delete: (api, id) => api.delete(path`/video/v1/live-streams/${id}`, noContent),

  isLive: async (api, id) => mayBeLive(await getStream(api, id)),
  cuts: () => ["delete"],

  foundBy: "mark",
  find: async (api, _, { isOwnMark }) => {
    const found: Seen[] = [];
    for await (const stream of listStreams(api)) {
      if (isOwnMark(markIn(stream.passthrough))) found.push(toSeen(stream, {}));
    }
    return found;
  },

  list: async function* (api) {
    for await (const stream of listStreams(api)) {
      const { id, meta, passthrough } = stream;
      const name = meta?.title ?? (withoutMark(passthrough) || id);
      yield { id, name, live: mayBeLive(stream), mark: markIn(passthrough) };
    }
  },
  markField: "passthrough",
});

/** Without the inputs that every resource has, which Mux does not know. */
function inputsAlone(stream: Inputs): Inputs {
  const names = Object.keys(inputs) as (keyof Inputs)[];
  return Object.fromEntries(names.map((name) => [name, stream[name]]));
}

type Call = () => Promise<LiveStreamReply | undefined>;

/** The calls that a change needs, each of which may be repeated. What is left out stays as it is. */
async function callsFor(api: Api, id: string, now: Inputs, before: Partial<Inputs>): Promise<Call[]> {
  const differs = (name: keyof Inputs): boolean => !isDeepStrictEqual(now[name], before[name]);
  const put = async (at: ReturnType<typeof path>, body: unknown): Promise<LiveStreamReply> =>
    (await api.put(at, oneStream(id), { body })).data;
  const calls: Call[] = [];

  const patch = await patchFor(api, id, now, differs, before);
  if (Object.values(patch).some((value) => value !== undefined)) {
    calls.push(
      async () => (await api.patch(path`/video/v1/live-streams/${id}`, oneStream(id), { body: patch })).data,
    );
  }
  if (differs("embeddedSubtitles")) {
    const body = toSnakeCase({ embeddedSubtitles: now.embeddedSubtitles ?? [] });
    calls.push(() => put(path`/video/v1/live-streams/${id}/embedded-subtitles`, body));
  }
  if (differs("generatedSubtitles")) {
    const body = toSnakeCase({ generatedSubtitles: now.generatedSubtitles ?? [] });
    calls.push(() => put(path`/video/v1/live-streams/${id}/generated-subtitles`, body));
  }
  const { staticRenditions } = now.newAssetSettings ?? {};
  if (staticRenditions && !isDeepStrictEqual(staticRenditions, before.newAssetSettings?.staticRenditions)) {
    const body = toSnakeCase({ staticRenditions });
    calls.push(() => put(path`/video/v1/live-streams/${id}/new-asset-settings/static-renditions`, body));
  }
  const { enabled } = now;
  if (enabled !== undefined && differs("enabled")) calls.push(() => setEnabled(api, id, enabled));
  return calls;
}

/** The body of the PATCH: what it takes, of what has changed (section 4). */
async function patchFor(
  api: Api,
  id: string,
  now: Inputs,
  differs: (name: keyof Inputs) => boolean,
  before: Partial<Inputs>,
): Promise<Props> {
  const changed = <T>(name: keyof Inputs, value: T): T | undefined => (differs(name) ? value : undefined);
  const { masterAccess, meta, videoQuality } = now.newAssetSettings ?? {};
  const settings = Object.fromEntries(
    Object.entries({ masterAccess, meta, videoQuality }).filter(
      ([name, value]) =>
        value !== undefined &&
        !isDeepStrictEqual(value, before.newAssetSettings?.[name as keyof AssetSettings]),
    ),
  );
  const passthrough = differs("passthrough")
    ? withMark(now.passthrough, markIn((await getStream(api, id)).passthrough))
    : undefined;
  return {
    passthrough,
    latency_mode: changed("latencyMode", now.latencyMode),
    reconnect_window: changed("reconnectWindow", now.reconnectWindow),
    reconnect_slate_url: changed("reconnectSlateUrl", now.reconnectSlateUrl ?? ""),
    use_slate_for_standard_latency: changed("useSlateForStandardLatency", now.useSlateForStandardLatency),
    max_continuous_duration: changed("maxContinuousDuration", now.maxContinuousDuration),
    meta: differs("title") && now.title !== undefined ? { title: now.title } : undefined,
    new_asset_settings: Object.keys(settings).length > 0 ? toSnakeCase(settings) : undefined,
  };
}

/** Switches on or off. The answer says nothing of the stream. */
async function setEnabled(api: Api, id: string, enabled: boolean): Promise<undefined> {
  const at = enabled ? path`/video/v1/live-streams/${id}/enable` : path`/video/v1/live-streams/${id}/disable`;
  await api.put(at, anything);
  return undefined;
}

/** What of a live stream is known from before: some of it Mux does not report as it was declared. */
interface Before {
  playbackPolicies?: string[] | undefined;
  playbackIds?: string[] | undefined;
}

function toSeen(stream: LiveStreamReply, { playbackPolicies, playbackIds }: Before): Seen {
  const there = (stream.playback_ids ?? []).map(({ id, policy }) => ({ id, policy: policy ?? "" }));
  // Playback ids of `PlaybackId` resources are on the list too, and none of this resource's business.
  const own = playbackIds ? there.filter(({ id }) => playbackIds.includes(id)) : there;
  const policies = [...new Set(there.map(({ policy }) => policy))];
  const arePresent = playbackPolicies?.every((policy) => policies.includes(policy));
  const publicId = own.find(({ policy }) => policy === "public")?.id;
  const seconds = Number(stream.created_at ?? NaN);
  return {
    id: stream.id,
    inputs: {
      playbackPolicies: arePresent ? playbackPolicies : policies,
      title: stream.meta?.title,
      passthrough: withoutMark(stream.passthrough),
      enabled: stream.status !== "disabled",
      latencyMode: stream.latency_mode,
      reconnectWindow: stream.reconnect_window,
      reconnectSlateUrl: stream.reconnect_slate_url ?? "",
      useSlateForStandardLatency: stream.use_slate_for_standard_latency,
      maxContinuousDuration: stream.max_continuous_duration,
      audioOnly: stream.audio_only,
      test: stream.test,
      embeddedSubtitles: toCamelCase(stream.embedded_subtitles ?? []),
      generatedSubtitles: toCamelCase(stream.generated_subtitles ?? []),
      newAssetSettings: toCamelCase(stream.new_asset_settings ?? {}),
    },
    outputs: {
      playbackIds: own.map(({ id }) => id),
      hlsUrl: publicId && hlsUrl(publicId),
      createdAt: Number.isFinite(seconds) ? new Date(seconds * 1000).toISOString() : undefined,
    },
  };
}

/** Rules across fields (docs/sheets/mux.md, sections 3 and 10). */
function validate(given: Known<Inputs>): Problem[] {
  const problems: Problem[] = [];
  if (given.test && given.maxContinuousDuration !== undefined)
    problems.push({ path: "maxContinuousDuration", reason: "is not allowed with `test`" });
  const listed = given.playbackPolicies ?? [];
  if (new Set(listed).size < listed.length)
    problems.push({ path: "playbackPolicies", reason: "must not name a policy twice" });
  if (!("playbackPolicies" in given)) {
    problems.push({
      path: "playbackPolicies",
      reason:
        "is not declared, so nobody can watch it until a `PlaybackId` is made; `[]` says that this is meant",
      severity: "warning",
    });
  }
  return problems;
}
