import { randomBytes, randomInt, randomUUID } from "node:crypto";
import { type Context, Hono } from "hono";
import { z } from "zod";
import type { Simulator, SimulatorContext, SimulatorData } from "../simulator";
import { rowOf } from "../table";

/**
 * Mux Video's live streams (docs/sheets/mux.md, sections 1 to 5 and 7 to 12). Accepts any access token whose id and secret
 * both begin with `sandbox`; each token id is an environment of its own.
 */
export const simulator: Simulator = {
  basePath: "",
  credentials: { tokenId: "sandbox-token", tokenSecret: "sandbox-token-secret" },
  stored: z.lazy(() =>
    z.looseObject({
      streams: z.record(z.string(), stored).optional(),
      behaviour: behaviour.partial().optional(),
    }),
  ),
  app: mux,
  setLive: (data, id, live) => {
    const stream = rowOf(streamsOf(data), parentOf(id));
    // A disabled stream refuses encoders.
    if (stream && stream.status !== "disabled") stream.status = live ? "active" : "idle";
  },
  remove: (data, id) => {
    const [stream = "", child] = id.split("/");
    if (child === undefined) delete streamsOf(data)[stream];
    else removeChild(rowOf(streamsOf(data), stream), child);
  },
};

type Json = Record<string, unknown>;

const child = z.looseObject({ id: z.string() });
type Child = z.infer<typeof child>;

/** A live stream as it is kept. */
const stored = z.looseObject({
  id: z.string(),
  environment: z.string(),
  /** A string of Unix seconds (section 5). */
  created_at: z.string(),
  status: z.enum(["idle", "active", "disabled"]),
  stream_key: z.string(),
  playback_ids: z.array(child),
  simulcast_targets: z.array(child),
  new_asset_settings: z.record(z.string(), z.unknown()),
  /** When a broadcast that was told to end is over, in milliseconds. */
  endsAt: z.number().optional(),
});
type Stored = z.infer<typeof stored>;

/** How Mux behaves where its documents say nothing; change it at `/_sandbox/data/mux/behaviour`. */
const behaviour = z.object({
  /** Whether a reset gives the SRT passphrase a new value too (section 7). */
  resetRotatesPassphrase: z.boolean(),
});
type Behaviour = z.infer<typeof behaviour>;

const DEFAULT_BEHAVIOUR: Behaviour = { resetRotatesPassphrase: true };

const PATH = "/video/v1/live-streams";
/** The encoder of a completed stream is closed this long after (section 2). */
const COMPLETE_MS = 60_000;
/** A test stream may be on air this long, and is disabled then (section 3). */
const TEST_MS = 300_000;
const BASE62 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

const passthrough = z.string().max(255);
const policy = z.enum(["public", "signed", "drm"]);
const policies = z.union([policy.transform((one) => [one]), z.array(policy)]);
const playbackId = z.strictObject({
  policy: policy.default("public"),
  drm_configuration_id: z.string().optional(),
});
const simulcastTarget = z.strictObject({
  url: z.string().min(1),
  stream_key: z.string().optional(),
  passthrough: passthrough.optional(),
});
const title = z.string().refine((text) => Array.from(text).length <= 512, "at most 512 code points");
const assetMeta = z.strictObject({
  title: title.optional(),
  creator_id: z.string().max(128).optional(),
  external_id: z.string().max(128).optional(),
});
const mp4Support = z.enum(["none", "standard", "capped-1080p", "audio-only", "audio-only,capped-1080p"]);
const resolution = z.enum(
  "highest audio-only 2160p 1440p 1080p 720p 540p 480p 360p 270p".split(" ") as [string, ...string[]],
);
const staticRenditions = z.array(z.strictObject({ resolution, passthrough: passthrough.optional() }));
const masterAccess = z.enum(["none", "temporary"]);
const embeddedSubtitles = z.array(
  z.strictObject({
    name: z.string().optional(),
    passthrough: passthrough.optional(),
    language_code: z.enum(["en"]).default("en"),
    language_channel: z.enum(["cc1", "cc2", "cc3", "cc4"]).default("cc1"),
  }),
);
const generatedSubtitles = z
  .array(
    z.strictObject({
      name: z.string().optional(),
      passthrough: passthrough.optional(),
      language_code: z.enum(["en", "en-US", "es", "fr", "de", "pt", "it"]).default("en"),
      transcription_vocabulary_ids: z.array(z.string()).optional(),
    }),
  )
  .max(1);

/** What both create and update take (section 4, first row). */
const changeable = {
  latency_mode: z.enum(["low", "reduced", "standard"]).optional(),
  max_continuous_duration: z.number().int().min(60).max(43_200).optional(),
  reconnect_window: z.number().min(0).max(1_800).optional(),
  reconnect_slate_url: z.string().optional(),
  use_slate_for_standard_latency: z.boolean().optional(),
  passthrough: passthrough.optional(),
  meta: z.strictObject({ title: title.optional() }).optional(),
};

/** Section 3. */
const createBody = z
  .strictObject({
    ...changeable,
    playback_policies: policies.optional(),
    playback_policy: policies.optional(),
    advanced_playback_policies: z.array(playbackId).optional(),
    new_asset_settings: z
      .strictObject({
        playback_policies: policies.optional(),
        playback_policy: policies.optional(),
        advanced_playback_policies: z.array(playbackId).optional(),
        video_quality: z.enum(["basic", "plus", "premium"]).optional(),
        max_resolution_tier: z.enum(["1080p", "1440p", "2160p"]).optional(),
        master_access: masterAccess.optional(),
        mp4_support: mp4Support.optional(),
        static_renditions: staticRenditions.optional(),
        passthrough: passthrough.optional(),
        normalize_audio: z.boolean().optional(),
        meta: assetMeta.optional(),
      })
      .refine(
        ({ static_renditions: renditions, mp4_support: mp4 }) => !renditions || !mp4,
        "static_renditions and mp4_support exclude each other",
      )
      .optional(),
    low_latency: z.boolean().optional(),
    reduced_latency: z.boolean().optional(),
    audio_only: z.boolean().optional(),
    embedded_subtitles: embeddedSubtitles.optional(),
    generated_subtitles: generatedSubtitles.optional(),
    simulcast_targets: z.array(simulcastTarget).optional(),
    test: z.boolean().optional(),
  })
  .refine(
    ({ test, max_continuous_duration: duration }) => !(test && duration !== undefined),
    "Cannot use max continuous duration with test live streams",
  )
  .refine(
    ({ playback_policies: simple = [], advanced_playback_policies: advanced = [] }) =>
      !simple.includes("drm") &&
      advanced.every(({ policy, drm_configuration_id: id }) => policy !== "drm" || id),
    "The drm policy needs advanced_playback_policies with a drm_configuration_id",
  );

/** Section 4: everything else is fixed at creation; of `video_quality` there is no way back to `basic`. */
const updateBody = z.strictObject({
  ...changeable,
  new_asset_settings: z
    .strictObject({
      master_access: masterAccess.optional(),
      meta: assetMeta.optional(),
      mp4_support: mp4Support.optional(),
      video_quality: z.enum(["plus", "premium"]).optional(),
    })
    .optional(),
});

function mux({ data, now }: SimulatorContext): Hono {
  const streams = streamsOf(data);
  const behaviour = (data.behaviour ??= { ...DEFAULT_BEHAVIOUR }) as Behaviour;
  const app = new Hono();

  app.use(async (context, next) => {
    if (environmentOf(context) === undefined) {
      context.res = problem(context, 401, "unauthorized", "Unauthorized request");
    } else {
      await next();
    }
    context.res.headers.set("x-request-id", randomUUID());
  });
  // The ids in a path are parsed before anything is looked up (section 9).
  app.use(`${PATH}/:id/*`, async (context: Context, next) => {
    const ids = context.req.path.slice(PATH.length).split("/").slice(1);
    const [stream = "", kind, child] = ids;
    const isParsed = BASE62_ONLY.test(stream) && (!kind?.endsWith("s") || BASE62_ONLY.test(child ?? "x"));
    if (!isParsed && kind !== "new-asset-settings")
      return problem(context, 400, "invalid_parameters", "Failed to parse ID");
    await next();
    return undefined;
  });

  app.post(PATH, async (context) => {
    const body = await bodyOf(context, createBody);
    if (body instanceof Response) return body;
    const stream = newStream(body, environmentOf(context) ?? "", now());
    streams[stream.id] = stream;
    return context.json({ data: shown(stream) }, 201);
  });

  app.get(PATH, (context) => {
    const { limit = "25", page = "1", status, stream_key: key } = context.req.query();
    const [size, number] = [Number(limit), Number(page)];
    if (!isCount(size) || !isCount(number)) return invalid(context, "limit and page must be positive");
    const mine = Object.values(streams)
      .filter((stream) => stream.environment === environmentOf(context))
      .map((stream) => settled(stream, now()))
      .filter((stream) => status === undefined || stream.status === status)
      .filter((stream) => key === undefined || stream.stream_key === key)
      // Insertion order is creation order; the list is newest first.
      .reverse();
    const most = Math.min(size, 100);
    return context.json({ data: mine.slice((number - 1) * most, number * most).map(shown) });
  });

  const onStream = (act: (context: Context, stream: Stored) => Response | Promise<Response>) => {
    return (context: Context) => {
      const stream = rowOf(streams, context.req.param("id"));
      const isOwn = stream !== undefined && stream.environment === environmentOf(context);
      return isOwn ? act(context, settled(stream, now())) : notFound(context);
    };
  };
  const replyWith = (context: Context, stream: Stored): Response => context.json({ data: shown(stream) });

  app.get(`${PATH}/:id`, onStream(replyWith));
  app.patch(
    `${PATH}/:id`,
    onStream(async (context, stream) => {
      const body = await bodyOf(context, updateBody);
      if (body instanceof Response) return body;
      if (stream.test && body.max_continuous_duration !== undefined)
        return invalid(context, "Cannot use max continuous duration with test live streams");
      const { new_asset_settings: settings, ...rest } = body;
      Object.assign(stream, rest);
      Object.assign(stream.new_asset_settings, settings);
      return replyWith(context, stream);
    }),
  );
  app.delete(
    `${PATH}/:id`,
    onStream((context, stream) => {
      delete streams[stream.id];
      return context.body(null, 204);
    }),
  );

  app.post(
    `${PATH}/:id/reset-stream-key`,
    onStream((context, stream) => {
      stream.stream_key = randomUUID();
      if (behaviour.resetRotatesPassphrase) stream.srt_passphrase = newPassphrase();
      // 201, although nothing is made (section 2).
      return context.json({ data: shown(stream) }, 201);
    }),
  );
  app.put(
    `${PATH}/:id/complete`,
    onStream((context, stream) => {
      if (stream.status === "active") stream.endsAt ??= now().getTime() + COMPLETE_MS;
      return context.json({ data: {} });
    }),
  );
  app.put(
    `${PATH}/:id/disable`,
    onStream((context, stream) => {
      stream.status = "disabled";
      delete stream.endsAt;
      return context.json({ data: {} });
    }),
  );
  app.put(
    `${PATH}/:id/enable`,
    onStream((context, stream) => {
      if (stream.status === "disabled") stream.status = "idle";
      return context.json({ data: {} });
    }),
  );

  for (const [verb, name, list] of [
    ["embedded-subtitles", "embedded_subtitles", embeddedSubtitles],
    ["generated-subtitles", "generated_subtitles", generatedSubtitles],
  ] as const) {
    app.put(
      `${PATH}/:id/${verb}`,
      onStream(async (context, stream) => {
        const body = await bodyOf(context, z.strictObject({ [name]: z.array(z.unknown()).pipe(list) }));
        if (body instanceof Response) return body;
        stream[name] = body[name];
        return replyWith(context, stream);
      }),
    );
  }
  app.put(
    `${PATH}/:id/new-asset-settings/static-renditions`,
    onStream(async (context, stream) => {
      const body = await bodyOf(context, z.strictObject({ static_renditions: staticRenditions }));
      if (body instanceof Response) return body;
      stream.new_asset_settings.static_renditions = body.static_renditions;
      return replyWith(context, stream);
    }),
  );
  app.delete(
    `${PATH}/:id/new-asset-settings/static-renditions`,
    onStream((context, stream) => {
      delete stream.new_asset_settings.static_renditions;
      return context.body(null, 204);
    }),
  );

  children("playback-ids", "playback_ids", playbackId, () => ({}), false);
  children("simulcast-targets", "simulcast_targets", simulcastTarget, () => ({ status: "idle" }), true);
  return app;

  /** Objects within a stream that are added, read and removed one by one, and never changed. */
  function children(
    path: string,
    field: "playback_ids" | "simulcast_targets",
    schema: z.ZodType<Json>,
    more: () => Json,
    onlyWhileIdle: boolean,
  ): void {
    const busy = ({ status }: Stored): boolean => onlyWhileIdle && status !== "idle";
    const refused = (context: Context): Response =>
      invalid(context, "Simulcast targets can only be changed while the live stream is idle");

    app.post(
      `${PATH}/:id/${path}`,
      onStream(async (context, stream) => {
        const body = await bodyOf(context, schema);
        if (body instanceof Response) return body;
        if (busy(stream)) return refused(context);
        const child = { id: newId(), ...more(), ...body };
        stream[field].push(child);
        return context.json({ data: child }, 201);
      }),
    );
    const onChild = (act: (context: Context, stream: Stored, child: Child) => Response) =>
      onStream((context, stream) => {
        const child = stream[field].find(({ id }) => id === context.req.param("child"));
        return child ? act(context, stream, child) : notFound(context);
      });
    app.get(
      `${PATH}/:id/${path}/:child`,
      onChild((context, _, child) => context.json({ data: child })),
    );
    app.delete(
      `${PATH}/:id/${path}/:child`,
      onChild((context, stream, child) => {
        if (busy(stream)) return refused(context);
        removeChild(stream, child.id);
        return context.body(null, 204);
      }),
    );
  }
}

const BASE62_ONLY = /^[A-Za-z0-9]+$/;

const streamsOf = (data: SimulatorData): Record<string, Stored> =>
  (data.streams ??= {}) as Record<string, Stored>;

const parentOf = (id: string): string => id.split("/")[0] ?? "";

const isCount = (value: number): boolean => Number.isInteger(value) && value >= 1;

function removeChild(stream: Stored | undefined, id: string): void {
  if (!stream) return;
  stream.playback_ids = stream.playback_ids.filter((child) => child.id !== id);
  stream.simulcast_targets = stream.simulcast_targets.filter((child) => child.id !== id);
}

/** The environment that the access token belongs to; undefined when it is no token of the sandbox. */
function environmentOf(context: Context): string | undefined {
  const encoded = /^Basic (.+)$/.exec(context.req.header("authorization") ?? "")?.[1] ?? "";
  const [, user, password] = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded, "base64").toString()) ?? [];
  return user?.startsWith("sandbox") && password?.startsWith("sandbox") ? user : undefined;
}

/** The body as its schema has it, or the answer that refuses it. An absent body is an empty one: no field is required. */
async function bodyOf<T>(context: Context, schema: z.ZodType<T>): Promise<T | Response> {
  const raw = await context.req.text();
  let value: unknown;
  try {
    value = raw === "" ? {} : JSON.parse(raw);
  } catch {
    return invalid(context, "The request body is not valid JSON");
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  return invalid(
    context,
    ...parsed.error.issues.map(({ path, message }) => [path.join("."), message].filter(Boolean).join(": ")),
  );
}

type Status = 400 | 401 | 404;

const problem = (context: Context, status: Status, type: string, ...messages: string[]): Response =>
  context.json({ error: { type, messages } }, status);

const invalid = (context: Context, ...messages: string[]): Response =>
  problem(context, 400, "invalid_parameters", ...messages);

const notFound = (context: Context): Response =>
  problem(context, 404, "not_found", "The requested resource either doesn't exist or you don't have access");

/** 44 to 47 characters in base62, as Mux's are (section 12). */
const newId = (): string => Array.from({ length: 45 }, () => BASE62[randomInt(BASE62.length)]).join("");
const newPassphrase = (): string => randomBytes(16).toString("hex");

function newStream(body: z.infer<typeof createBody>, environment: string, now: Date): Stored {
  const {
    playback_policies: plain,
    playback_policy: alias,
    advanced_playback_policies: advanced = [],
    simulcast_targets: targets = [],
    new_asset_settings: settings = {},
    ...rest
  } = body;
  const { low_latency: low, reduced_latency: reduced } = body;
  const latency = body.latency_mode ?? (low ? "low" : reduced ? "reduced" : "standard");
  const simple = (plain ?? alias ?? []).map((policy) => ({ policy }));
  return {
    ...rest,
    id: newId(),
    environment,
    created_at: String(Math.floor(now.getTime() / 1000)),
    status: "idle",
    stream_key: randomUUID(),
    srt_passphrase: newPassphrase(),
    latency_mode: latency,
    reconnect_window: body.reconnect_window ?? (latency === "standard" ? 60 : 0),
    max_continuous_duration: body.max_continuous_duration ?? 43_200,
    playback_ids: [...simple, ...advanced].map((one) => ({ id: newId(), ...one })),
    simulcast_targets: targets.map((target) => ({ id: newId(), status: "idle", ...target })),
    new_asset_settings: settings,
  };
}

/** The stream as time has left it: a completed broadcast ends, a test stream runs out. */
function settled(stream: Stored, now: Date): Stored {
  if (stream.status !== "active") return stream;
  // A test stream's time runs from the first look that finds it on air.
  if (stream.test && stream.endsAt === undefined) stream.endsAt = now.getTime() + TEST_MS;
  if (stream.endsAt !== undefined && now.getTime() >= stream.endsAt) {
    stream.status = stream.test ? "disabled" : "idle";
    delete stream.endsAt;
  }
  return stream;
}

/** The stream as replies show it: what is unset or empty is missing, never null (section 5). */
function shown({ environment: _environment, endsAt: _endsAt, ...stream }: Stored): Json {
  return Object.fromEntries(
    Object.entries(stream).filter(
      ([, value]) => value !== undefined && value !== "" && !(Array.isArray(value) && value.length === 0),
    ),
  );
}
