import { randomInt, randomUUID } from "node:crypto";
import { type Context, Hono } from "hono";
import { z } from "zod";
import { type Body, bodyOf, checked, type WrongField } from "../body";
import type { Simulator, SimulatorContext, SimulatorData } from "../simulator";
import { rowOf } from "../table";

/**
 * Livepeer Studio's streams and multistream targets (docs/sheets/livepeer.md, sections 1 to 7, 9 and 10). Accepts any API key
 * that begins with `sandbox`; each is a user of its own.
 */
export const simulator: Simulator = {
  basePath: "/api",
  credentials: { apiKey: "sandbox-livepeer" },
  stored: z.lazy(() =>
    z.looseObject({
      streams: z.record(z.string(), stored).optional(),
      targets: z.record(z.string(), storedTarget).optional(),
      behaviour: behaviour.partial().optional(),
    }),
  ),
  app: livepeer,
  setLive: (data, id, live) => {
    const row = rowOf(rowsOf(data), id);
    // A suspended stream refuses encoders.
    if (!row || (live && row.stream.suspended)) return;
    for (const stream of [row.stream, row.before]) if (stream) stream.isActive = live;
  },
  remove: (data, id) => {
    delete rowsOf(data)[id];
    delete targetsOf(data)[id];
  },
};

type Json = Record<string, unknown>;

/** How Livepeer behaves; change it at `/_sandbox/data/livepeer/behaviour`. */
const behaviour = z.object({
  /** How long a read shows what was before a write, because it goes to a copy of the database (section 7). */
  replicaLagMs: z.number(),
});
type Behaviour = z.infer<typeof behaviour>;
const DEFAULT_BEHAVIOUR: Behaviour = { replicaLagMs: 0 };

/** Within this time a stream is terminated once (section 2). */
const TERMINATE_MS = 5_000;
const BASE36 = "abcdefghijklmnopqrstuvwxyz0123456789";

const whole = z.number().int();
const encoding = {
  fpsDen: whole.min(1).optional(),
  quality: whole.min(0).max(44).optional(),
  gop: z.string().optional(),
  profile: z.enum(["H264Baseline", "H264Main", "H264High", "H264ConstrainedHigh"]).optional(),
};
const profile = z.strictObject({
  name: z.string().min(1).max(500),
  width: whole.min(128),
  height: whole.min(128),
  bitrate: whole.min(400),
  fps: whole.min(0),
  ...encoding,
  encoder: z.enum(["H.264"]).optional(),
});
const transcodeProfile = z.strictObject({
  name: z.string().min(1).max(500).optional(),
  width: whole.min(128).optional(),
  height: whole.min(128).optional(),
  bitrate: whole.min(400),
  fps: whole.min(0).optional(),
  ...encoding,
  encoder: z.enum(["H.264", "HEVC", "VP8", "VP9"]).optional(),
});
const url = z
  .string()
  .regex(/^(srt|rtmps?):\/\//, 'must match pattern "^(srt|rtmps?)://"')
  .refine((text) => /^[^\s<>"\\^`{|}]*$/.test(text), 'must match format "uri"');
const targetBody = z.strictObject({ name: z.string().optional(), url, disabled: z.boolean().optional() });
const streamTarget = z.strictObject({
  profile: z.string().min(1).max(500),
  videoOnly: z.boolean().optional(),
  id: z.string().optional(),
  spec: z.strictObject({ name: z.string().optional(), url }).optional(),
});
type StreamTarget = z.infer<typeof streamTarget>;
const policy = z.strictObject({
  type: z.enum(["public", "jwt", "webhook"]),
  webhookId: z.string().optional(),
  webhookContext: z.record(z.string(), z.unknown()).optional(),
  refreshInterval: z.number().optional(),
  allowedOrigins: z.array(z.string()).optional(),
});
const tag = z.union([z.string(), z.number()]);
const creatorId = z.union([
  z.string().transform((value) => ({ type: "unverified", value })),
  z.strictObject({ type: z.literal("unverified"), value: z.string() }),
]);

const fields = {
  record: z.boolean().optional(),
  recordingSpec: z.strictObject({ profiles: z.array(transcodeProfile).nullish() }).optional(),
  profiles: z.array(profile).nullish(),
  multistream: z.strictObject({ targets: z.array(streamTarget).optional() }).optional(),
  playbackPolicy: policy.optional(),
  userTags: z.record(z.string(), z.union([tag, z.array(tag)])).optional(),
  creatorId: creatorId.optional(),
};
const createBody = z.strictObject({ name: z.string(), ...fields, playbackPolicy: policy.nullish() });
const patchBody = z.strictObject({
  name: z.string().optional(),
  suspended: z.boolean().optional(),
  ...fields,
  playbackPolicy: policy.nullish(),
});
type Change = z.infer<typeof patchBody>;

const stream = z.looseObject({
  id: z.string(),
  name: z.string(),
  streamKey: z.string(),
  createdAt: z.number(),
  isActive: z.boolean(),
  suspended: z.boolean(),
  record: z.boolean(),
  profiles: z.array(profile).nullable(),
  multistream: z.object({ targets: z.array(streamTarget) }),
});
type Stream = z.infer<typeof stream>;
/** A stream, and what reads still show of it. */
const stored = z.object({
  user: z.string(),
  stream,
  changedAt: z.number(),
  /** What was there before the last write; null: nothing. */
  before: stream.nullish(),
  terminatedAt: z.number().optional(),
});
type Stored = z.infer<typeof stored>;
const storedTarget = z.object({
  ...{ id: z.string(), user: z.string(), createdAt: z.number() },
  ...{ name: z.string(), url: z.string(), disabled: z.boolean() },
});
type StoredTarget = z.infer<typeof storedTarget>;

/** The server's own set, which is not quite the schema's (section 3). */
const DEFAULT_PROFILES = (
  [
    ["240p0", 426, 240, 250_000],
    ["360p0", 640, 360, 800_000],
    ["480p0", 854, 480, 1_600_000],
    ["720p0", 1280, 720, 3_000_000],
  ] as const
).map(([name, width, height, bitrate]) => {
  return { name, width, height, bitrate, fps: 0, profile: "H264ConstrainedHigh" as const };
});

/** A rule of the service, as its answer: 400 unless said otherwise. */
class Refusal extends Error {
  constructor(
    message: string,
    readonly status: 400 | 403 | 404 | 422 | 429 = 400,
  ) {
    super(message);
  }
}

function livepeer({ data, now }: SimulatorContext): Hono {
  const rows = rowsOf(data);
  const targets = targetsOf(data);
  data.behaviour = { ...DEFAULT_BEHAVIOUR, ...(data.behaviour as Partial<Behaviour> | undefined) };
  const behaviour = data.behaviour as Behaviour;
  const app = new Hono();
  const time = (): number => now().getTime();

  app.onError((error, context) => {
    if (error instanceof Refusal) return errors(context, error.status, error.message);
    throw error;
  });
  app.use(async (context, next) => {
    const token = tokenOf(context);
    // The answer repeats the token (section 1).
    if (!token.startsWith("sandbox")) return errors(context, 401, `no token ${token} found`);
    await next();
    return undefined;
  });

  app.post("/stream", async (context) => {
    const body = await parsed(context, createBody);
    if (body instanceof Response) return body;
    const user = tokenOf(context);
    const id = randomUUID();
    const made: Stream = {
      id,
      name: body.name,
      // Its first four characters are those of the id (section 6).
      streamKey: [id.slice(0, 4), ...[0, 0, 0].map(() => base36(4))].join("-"),
      playbackId: `${id.slice(0, 4)}${base36(12)}`,
      createdAt: time(),
      lastSeen: 0,
      kind: "stream",
      userId: userIdOf(user),
      isActive: false,
      isHealthy: null,
      issues: null,
      suspended: false,
      record: false,
      profiles: body.profiles ?? DEFAULT_PROFILES,
      multistream: { targets: [] },
      sourceBytes: 0,
    };
    const { profiles: _profiles, ...rest } = body;
    apply(made, rest, user);
    rows[id] = { user, stream: made, changedAt: time(), before: null };
    return context.json(made, 201);
  });

  app.get("/stream", (context) => {
    const { limit = "20", cursor = "skip0", order = "lastSeen-true,createdAt-true" } = context.req.query();
    const size = Number(limit);
    const skip = Number(/^skip(\d+)$/.exec(cursor)?.[1] ?? NaN);
    if (!Number.isInteger(size) || size < 1 || size > 1000) throw new Refusal("invalid limit");
    if (Number.isNaN(skip)) throw new Refusal("invalid cursor");
    const keys = order.split(",").map((key) => key.split("-"));
    if (keys.some(([field]) => field !== "createdAt" && field !== "lastSeen"))
      throw new Refusal("invalid order");
    const mine = Object.values(rows)
      .filter(({ user }) => user === tokenOf(context))
      .map(visible)
      .filter((one) => one !== undefined)
      .reverse()
      .sort((a, b) => {
        const [difference = 0] = keys
          .map(([field = "", down]) => (Number(a[field]) - Number(b[field])) * (down === "true" ? -1 : 1))
          .filter((value) => value !== 0);
        return difference;
      });
    if (context.req.query("count")) context.header("x-total-count", String(mine.length));
    if (skip + size < mine.length) {
      const next = new URL(context.req.url);
      next.searchParams.set("cursor", `skip${skip + size}`);
      context.header("link", `<${next.toString()}>; rel="next"`);
    }
    return context.json(mine.slice(skip, skip + size));
  });

  app.get("/stream/key/:key", (context) =>
    found(context, ({ streamKey }) => streamKey === context.req.param("key")),
  );
  app.get("/stream/playback/:key", (context) =>
    found(context, ({ playbackId }) => playbackId === context.req.param("key")),
  );
  app.get("/stream/:id", (context) => found(context, ({ id }) => id === context.req.param("id")));
  /** Of the copy, unless `main` asks for the primary database (section 2). */
  const found = (context: Context, is: (stream: Stream) => boolean): Response => {
    const ofPrimary = context.req.query("main") === "true";
    const mine = Object.values(rows).filter(({ user }) => user === tokenOf(context));
    const shown = mine.map((row) => (ofPrimary ? row.stream : visible(row)));
    const one = shown.find((candidate) => candidate !== undefined && is(candidate));
    return one ? context.json(one) : notFound(context);
  };

  const onStream =
    (act: (context: Context, row: Stored) => Response | Promise<Response>) => (context: Context) => {
      const row = rowOf(rows, context.req.param("id"));
      return row?.user === tokenOf(context) ? act(context, row) : notFound(context);
    };

  app.patch(
    "/stream/:id",
    onStream(async (context, row) => {
      const body = await parsed(context, patchBody);
      return body instanceof Response ? body : change(context, row, body);
    }),
  );
  // Neither is held against a schema (section 2).
  for (const [field, status, complaint] of [
    ["suspended", 422, "missing suspended property"],
    ["record", 400, "record field required"],
  ] as const) {
    app.patch(
      `/stream/:id/${field}`,
      onStream(async (context, row) => {
        const { value, wrong } = await sentBody(context, z.looseObject({ [field]: z.boolean() }));
        if (value) return change(context, row, { [field]: value[field] });
        return wrong ? errors(context, status, complaint) : noJson(context);
      }),
    );
  }
  app.delete(
    "/stream/:id",
    onStream((context, { stream: { id } }) => {
      delete rows[id];
      return context.body(null, 204);
    }),
  );
  app.delete(
    "/stream/:id/terminate",
    onStream((context, row) => {
      if (time() - (row.terminatedAt ?? -TERMINATE_MS) < TERMINATE_MS)
        throw new Refusal("too many terminate requests", 429);
      row.terminatedAt = time();
      row.stream.isActive = false;
      return context.body(null, 204);
    }),
  );
  app.post(
    "/stream/:id/create-multistream-target",
    onStream(async (context, row) => {
      const body = await parsed(context, streamTarget);
      if (body instanceof Response) return body;
      const there = row.stream.multistream.targets;
      write(row, { multistream: { targets: [...there, body] } });
      // With a body, although the description says 204 (section 2), and it is the target itself.
      const added = rowOf(targets, row.stream.multistream.targets.at(-1)?.id);
      return added ? context.json(shownTarget(added)) : notFound(context);
    }),
  );
  app.delete(
    "/stream/:id/multistream/:target",
    onStream((context, row) => {
      const there = row.stream.multistream.targets;
      // One that is not there is as good as removed (section 2).
      const left = there.filter(({ id }) => id !== context.req.param("target"));
      if (left.length < there.length) write(row, { multistream: { targets: left } });
      return context.body(null, 204);
    }),
  );

  app.post("/multistream/target", async (context) => {
    const body = await parsed(context, targetBody);
    if (body instanceof Response) return body;
    return context.json(shownTarget(newTarget(body, tokenOf(context))), 201);
  });
  app.get("/multistream/target", (context) => {
    // Only administrators need not say whose (section 5).
    const { userId } = context.req.query();
    if (!userId) throw new Refusal("required query parameter: userId");
    if (userId !== userIdOf(tokenOf(context)))
      throw new Refusal("users can only access their own multistream targets", 403);
    return context.json(
      Object.values(targets)
        .filter(({ user }) => user === tokenOf(context))
        .map(shownTarget),
    );
  });
  const onTarget =
    (act: (context: Context, target: StoredTarget) => Response | Promise<Response>) => (context: Context) => {
      const one = rowOf(targets, context.req.param("target"));
      return one?.user === tokenOf(context) ? act(context, one) : notFound(context);
    };
  app.get(
    "/multistream/target/:target",
    onTarget((context, one) => context.json(shownTarget(one))),
  );
  app.patch(
    "/multistream/target/:target",
    onTarget(async (context, one) => {
      const body = await parsed(context, targetBody.partial());
      if (body instanceof Response) return body;
      // An empty text changes nothing (section 5).
      const changed = Object.entries(body).filter(([, value]) => value !== "");
      Object.assign(one, Object.fromEntries(changed));
      return context.body(null, 204);
    }),
  );
  app.delete(
    "/multistream/target/:target",
    onTarget((context, { id }) => {
      delete targets[id];
      return context.body(null, 204);
    }),
  );
  return app;

  /** What reads show: within the lag, what was there before. */
  function visible({ stream, before, changedAt }: Stored): Stream | undefined {
    return time() - changedAt < behaviour.replicaLagMs ? (before ?? undefined) : stream;
  }

  function change(context: Context, row: Stored, body: Change): Response {
    if (row.stream.isActive) {
      if (body.record !== undefined && body.record !== row.stream.record)
        throw new Refusal("cannot change 'record' field while stream is active");
      // Whether it differs or not, but for null (section 4).
      if (body.profiles != null) throw new Refusal("cannot change 'profiles' field while stream is active");
    }
    write(row, body);
    return context.body(null, 204);
  }

  function write(row: Stored, body: Change): void {
    const before = visible(row);
    const next = structuredClone(row.stream);
    apply(next, body, row.user);
    Object.assign(row, { stream: next, before: before ?? null, changedAt: time() });
  }

  /** Section 4: null profiles are stored; of the others only what is truthy counts. */
  function apply(stream: Stream, body: Change, user: string): void {
    const { name, record, suspended, profiles, recordingSpec, multistream, playbackPolicy, userTags } = body;
    if (recordingSpec && !(record ?? stream.record))
      throw new Refusal("recordingSpec is only supported with record=true");
    if (userTags && JSON.stringify(userTags).length > 2_048)
      throw new Refusal("userTags object is too large. Max size is 2048 characters");
    const names = (profiles ?? []).map((one) => one.name);
    const double = names.find((one, index) => names.indexOf(one) < index);
    if (double !== undefined) throw new Refusal(`duplicate profile name "${double}"`);
    if (names.includes("source")) throw new Refusal('profile cannot be named "source"');
    // Against the profiles that were there before.
    const checked = multistream && {
      targets: (multistream.targets ?? []).map((one) => ofId(one, stream, user)),
    };
    const pairs = checked?.targets.map(({ profile, id }) => `${profile} ${id ?? ""}`) ?? [];
    if (new Set(pairs).size < pairs.length)
      throw new Refusal("multistream target {id,profile} must be unique");
    if (name !== undefined) stream.name = name;
    if (record !== undefined) stream.record = record;
    if (suspended !== undefined) stream.suspended = suspended;
    if (suspended) stream.isActive = false;
    if (profiles !== undefined) stream.profiles = profiles;
    if (checked) stream.multistream = checked;
    if (recordingSpec) stream.recordingSpec = recordingSpec.profiles ? recordingSpec : {};
    if (playbackPolicy) stream.playbackPolicy = playbackPolicy;
    if (userTags) stream.userTags = userTags;
    if (body.creatorId) stream.creatorId = body.creatorId;
  }

  /** A target of a stream by its id: an address makes a target of its own, each time that it is sent (section 5). */
  function ofId({ spec, ...one }: StreamTarget, { profiles }: Stream, user: string): StreamTarget {
    const names = [...(profiles ?? []).map(({ name }) => name), "source"];
    if (!names.includes(one.profile))
      throw new Refusal(
        `multistream target profile not found: "${one.profile}". available: ${JSON.stringify(names)}`,
      );
    if ((one.id === undefined) === (spec === undefined))
      throw new Refusal(`multistream target must have either an "id" or a "spec"`);
    if (spec) return { ...one, id: newTarget(spec, user).id };
    if (rowOf(targets, one.id)?.user !== user)
      throw new Refusal(`multistream target not found: "${one.id ?? ""}"`);
    return one;
  }

  function newTarget(body: z.infer<typeof targetBody>, user: string): StoredTarget {
    const { host } = addressOf(body.url);
    const made: StoredTarget = {
      ...{ id: randomUUID(), user, createdAt: time(), url: body.url },
      ...{
        name: body.name === undefined || body.name === "" ? host : body.name,
        disabled: body.disabled ?? false,
      },
    };
    targets[made.id] = made;
    return made;
  }
}

const rowsOf = (data: SimulatorData): Record<string, Stored> =>
  (data.streams ??= {}) as Record<string, Stored>;
const targetsOf = (data: SimulatorData): Record<string, StoredTarget> =>
  (data.targets ??= {}) as Record<string, StoredTarget>;

const tokenOf = (context: Context): string =>
  /^Bearer (.*)$/.exec(context.req.header("authorization") ?? "")?.[1] ?? "";
const userIdOf = (token: string): string => `user-of-${token}`;
const base36 = (length: number): string =>
  Array.from({ length }, () => BASE36[randomInt(BASE36.length)]).join("");

/** A target without its address, which no reply shows (section 5). */
const shownTarget = ({ user, url: _url, ...target }: StoredTarget): Json => ({
  ...target,
  userId: userIdOf(user),
});

/** An address in its parts. What has the form of one may be none all the same. */
function addressOf(url: string): URL {
  try {
    return new URL(url);
  } catch (error) {
    throw new Refusal(`Bad URL ${url}: ${String(error)}`, 422);
  }
}

const errors = (context: Context, status: 400 | 401 | 403 | 404 | 422 | 429, ...texts: string[]): Response =>
  context.json({ errors: texts }, status);
const notFound = (context: Context): Response => errors(context, 404, "not found");

/** The body as its schema has it, or the answer that refuses it. */
async function parsed<T>(context: Context, schema: z.ZodType<T>): Promise<T | Response> {
  const { value, wrong } = await sentBody(context, schema);
  if (value !== undefined) return value;
  return wrong ? errors(context, 422, ...wrong.map(ajvError)) : noJson(context);
}

/** An empty body stands for an empty object (section 1). */
const sentBody = async <T>(context: Context, schema: z.ZodType<T>): Promise<Body<T>> =>
  (await context.req.text()) === "" ? checked({}, schema) : bodyOf(context, schema);
const noJson = (context: Context): Response => errors(context, 400, "Unexpected token in JSON");

/** The words of ajv for the rules of zod. */
const KEYWORDS: Record<string, string> = {
  invalid_type: "type",
  unrecognized_keys: "additionalProperties",
  invalid_value: "enum",
  invalid_union: "oneOf",
  "invalid_format string": "pattern",
  custom: "format",
  "too_small number": "minimum",
  "too_big number": "maximum",
  "too_small string": "minLength",
  "too_big string": "maxLength",
};

/** An error of the schema as ajv has it, as a JSON text (section 1). */
function ajvError({ field, isMissing, message, rule }: WrongField): string {
  const at = field
    .replace(/\[(\d+)\]/g, ".$1")
    .split(".")
    .filter(Boolean);
  const missing = isMissing ? at.pop() : undefined;
  const keyword = missing === undefined ? (KEYWORDS[rule ?? ""] ?? "type") : "required";
  return JSON.stringify({
    instancePath: at.map((step) => `/${step}`).join(""),
    schemaPath: `#/${keyword}`,
    keyword,
    params: missing === undefined ? {} : { missingProperty: missing },
    message: missing === undefined ? message : `must have required property '${missing}'`,
  });
}
