import { randomUUID } from "node:crypto";
import { type Context, Hono } from "hono";
import { z } from "zod";
import { bodyOf, sentenceOf } from "../body";
import type { Simulator, SimulatorContext, SimulatorData } from "../simulator";
import { rowOf } from "../table";

/**
 * AIOZ Stream as its documents describe it (docs/sheets/aioz.md, sections 1 to 5, 8 and 9). Accepts any pair of keys that
 * begin with `sandbox`, in every way that one of AIOZ's documents or clients sends them, and any bearer token that begins
 * with `sandbox`; each public key and each token is a user of its own.
 *
 * Where AIOZ's published reference and the server code found in public differ on streamings, it follows the reference:
 * their list takes no query. With `behaviour.likeServerCode` in its data it follows the code: the list has pages; an
 * ended streaming is hidden and, if not recorded, forgotten; a streaming is deleted only while `created`, and by its two
 * ids swapped. By itself it takes the two ids in either order, since AIOZ's reference and the tests of its clients differ.
 */
export const simulator: Simulator = {
  basePath: "/api",
  credentials: { publicKey: "sandbox_public", secretKey: "sandbox_secret" },
  stored: z.lazy(() => z.looseObject(store.partial().shape)),
  app: aioz,
  setLive,
  remove: (data, id) => {
    const { keys, streamings } = storeOf(data);
    const last = id.split("/").at(-1) ?? "";
    delete keys[last];
    delete streamings[last];
    for (const streaming of streamingsOf(data, last)) delete streamings[streaming.id];
  },
};

type Json = Record<string, unknown>;

const storedKey = z.object({
  id: z.string(),
  user_id: z.string(),
  name: z.string(),
  save: z.boolean(),
  type: z.string(),
  stream_key: z.string(),
  rtmp_url: z.string(),
  created_at: z.string(),
  updated_at: z.string(),
});
type StoredKey = z.infer<typeof storedKey>;

/** Every container that one of AIOZ's documents names passes (section 8). */
const CONTAINERS = { hls: ["mpegts", "mp4", "fmp4"], dash: ["fmp4", "mp4", "webm"] };

const quality = z
  .object({
    resolution: z.string().trim().min(1),
    type: z.enum(["hls", "dash"]),
    container_type: z.string(),
    video_config: z
      .object({ codec: z.string().optional(), bitrate: z.int().optional(), index: z.int().optional() })
      .optional(),
    audio_config: z
      .object({
        codec: z.string().optional(),
        bitrate: z.int().optional(),
        channels: z.string().optional(),
        sample_rate: z.int().optional(),
        language: z.string().optional(),
        index: z.int().optional(),
      })
      .optional(),
  })
  .refine(({ type, container_type: container }) => CONTAINERS[type].includes(container), {
    path: ["container_type"],
    message: "Invalid container type.",
  });

const storedStreaming = z.object({
  id: z.string(),
  live_stream_key_id: z.string(),
  user_id: z.string(),
  title: z.string(),
  save: z.boolean(),
  type: z.string(),
  status: z.string(),
  /** As it was sent; replies show only the names. */
  ladder: z.array(z.looseObject({ resolution: z.string() })),
  created_at: z.string(),
  updated_at: z.string(),
});
type StoredStreaming = z.infer<typeof storedStreaming>;

const store = z.object({
  keys: z.record(z.string(), storedKey),
  streamings: z.record(z.string(), storedStreaming),
  /** Ids of users, by credential. */
  users: z.record(z.string(), z.string()),
  behaviour: z.object({ likeServerCode: z.boolean().optional() }),
});
type Store = z.infer<typeof store>;

const createKeyBody = z.object({
  name: z.string().trim().min(1),
  save: z.boolean().default(false),
  // Anything else becomes video without a word (section 3.1).
  type: z
    .string()
    .default("video")
    .transform((type) => (type === "audio" ? "audio" : "video")),
});
/** What is left out is emptied; nothing is trimmed and `type` is ignored (section 3.1). */
const updateKeyBody = z.object({ name: z.string().default(""), save: z.boolean().default(false) });

const streamingBody = z.object({
  title: z
    .string()
    .trim()
    .min(1)
    .refine((title) => Buffer.byteLength(title) <= 255, "Title is too long."),
  save: z.boolean().default(false),
  qualities: z.array(quality).default([]),
});
const updateStreamingBody = streamingBody.extend({ stream_id: z.string() });
type Streaming = Pick<z.infer<typeof streamingBody>, "title" | "save"> &
  Partial<z.infer<typeof streamingBody>>;

const searchBody = z.object({
  limit: z.int().optional(),
  offset: z.int().optional(),
  sort_by: z.string().optional(),
  order_by: z.string().optional(),
  search: z.string().optional(),
});

function storeOf(data: SimulatorData): Store {
  for (const table of ["keys", "streamings", "users", "behaviour"]) data[table] ??= {};
  return data as unknown as Store;
}

const streamingsOf = (data: SimulatorData, keyId: string): StoredStreaming[] =>
  Object.values(storeOf(data).streamings).filter((streaming) => streaming.live_stream_key_id === keyId);

const isOver = ({ status }: StoredStreaming): boolean => status === "end" || status === "uploading";

/** An encoder goes on air, or off, on a key or on a streaming. */
function setLive(data: SimulatorData, id: string, live: boolean): void {
  const { keys, streamings, behaviour } = storeOf(data);
  const [keyId = "", streamId] = id.split("/");
  const key = rowOf(keys, keyId);
  if (!key) return;
  const below = streamingsOf(data, keyId).filter(({ id: own }) => streamId === undefined || own === streamId);
  if (!live) {
    for (const streaming of below.filter(({ status }) => status === "streaming")) {
      streaming.status = "end";
      if (behaviour.likeServerCode && !streaming.save) delete streamings[streaming.id];
    }
    return;
  }
  // Publishing without a streaming is accepted, and makes one (section 8, ingest).
  const waiting = below.find(({ status }) => status === "created");
  const streaming = waiting ?? newStreaming(key, { title: key.name, save: key.save }, new Date());
  streaming.status = "streaming";
  streamings[streaming.id] = streaming;
}

function newStreaming(key: StoredKey, { title, save, qualities }: Streaming, now: Date): StoredStreaming {
  return {
    id: randomUUID(),
    live_stream_key_id: key.id,
    user_id: key.user_id,
    title,
    save,
    type: key.type,
    status: "created",
    ladder: ladderOf(qualities),
    created_at: now.toISOString(),
    updated_at: now.toISOString(),
  };
}

/** The ladder that was sent, or AIOZ's own. */
function ladderOf(sent: StoredStreaming["ladder"] = []): StoredStreaming["ladder"] {
  return sent.length > 0
    ? sent
    : ["1080p", "720p", "360p"].map((resolution) => ({ resolution, type: "hls" }));
}

/** The public key or the token of a request, in the order in which AIOZ looks for them (section 2). */
function credentialOf(context: Context): string | undefined {
  const authorization = context.req.header("authorization") ?? "";
  const bearer = /^Bearer (sandbox.*)$/.exec(authorization)?.[1];
  if (bearer !== undefined) return bearer;
  const basic = /^Basic (.*)$/i.exec(authorization)?.[1];
  const pairs = [
    basic === undefined ? [] : Buffer.from(basic, "base64").toString().split(":"),
    // The second pair of names is that of the clients from before the change of name.
    ...["stream", "w3stream"].map((brand) =>
      ["public", "secret"].map((half) => context.req.header(`${brand}-${half}-key`)),
    ),
  ];
  return pairs.find((pair) => pair.length === 2 && pair.every((half) => half?.startsWith("sandbox")))?.[0];
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const PATH = "/live_streams";

function aioz({ data, now }: SimulatorContext): Hono {
  const { keys, streamings, users, behaviour } = storeOf(data);
  const app = new Hono();

  const userOf = (context: Context): string | undefined => {
    const credential = credentialOf(context);
    return credential === undefined ? undefined : (users[credential] ??= randomUUID());
  };

  /** The key that the path names, or the answer that there is none for this user. */
  const keyAt = (context: Context): StoredKey | Response => {
    const id = context.req.param("id") ?? "";
    if (!UUID.test(id)) return fail(context, 400, "Live stream key's id is invalid.");
    const key = rowOf(keys, id);
    if (!key) return fail(context, 404, "Live stream key not found.");
    // Not 403 or 404 (section 4).
    if (key.user_id !== userOf(context)) return fail(context, 400, "You are not allowed to do this.");
    return key;
  };
  const streamingAt = (keyId: string, id: unknown): StoredStreaming | undefined => {
    const found = rowOf(streamings, id);
    if (found?.live_stream_key_id !== keyId) return undefined;
    return behaviour.likeServerCode && isOver(found) ? undefined : found;
  };

  app.use(async (context, next) => {
    await next();
    context.header("X-RateLimit-Limit", context.req.method === "GET" ? "500" : "200");
    context.header("X-RateLimit-Remaining", "199");
    context.header("X-RateLimit-Retry-After", "1");
  });
  app.use(async (context, next) => {
    if (userOf(context) !== undefined) {
      await next();
      return;
    }
    return fail(context, 401, "Unauthorized.");
  });

  app.post(PATH, async (context) => {
    const { value: body, wrong } = await bodyOf(context, createKeyBody);
    if (!body) return fail(context, 400, sentenceOf(wrong));
    const made = now().toISOString();
    const key: StoredKey = {
      ...body,
      id: randomUUID(),
      user_id: userOf(context) ?? "",
      stream_key: randomUUID(),
      rtmp_url: "rtmp://live.aioz.example.test:1935",
      created_at: made,
      updated_at: made,
    };
    keys[key.id] = key;
    return succeed(context, shownKey(key));
  });

  app.get(PATH, (context) => {
    const { sort_by = "created_at", order_by = "asc", type = "video", search = "" } = context.req.query();
    if (!["created_at", "name"].includes(sort_by) || !["asc", "desc"].includes(order_by))
      return fail(context, 400, "Unknown sorting.");
    const mine = Object.values(keys).filter(
      ({ user_id, type: own }) => user_id === userOf(context) && own === type,
    );
    // Insertion order is creation order.
    const ordered = sort_by === "name" ? mine.sort((a, b) => (a.name < b.name ? -1 : 1)) : mine;
    const found = inOrder(ordered, order_by).filter(({ name }) => name.includes(search));
    return succeed(context, {
      live_stream_keys: page(context.req.query(), found).map((key) => ({
        ...shownKey(key),
        total_live_streaming: streamingsOf(data, key.id).filter(({ status }) => status === "streaming")
          .length,
      })),
      // Counted before the search (section 3.3).
      total: mine.length,
    });
  });

  app.get(`${PATH}/:id`, (context) => {
    const key = keyAt(context);
    return key instanceof Response ? key : succeed(context, shownKey(key));
  });

  app.put(`${PATH}/:id`, async (context) => {
    const key = keyAt(context);
    if (key instanceof Response) return key;
    const { value: body, wrong } = await bodyOf(context, updateKeyBody);
    if (!body) return fail(context, 400, sentenceOf(wrong));
    Object.assign(key, body, { updated_at: now().toISOString() });
    return succeed(context, shownKey(key));
  });

  app.delete(`${PATH}/:id`, (context) => {
    const key = keyAt(context);
    if (key instanceof Response) return key;
    const below = streamingsOf(data, key.id);
    if (below.some(({ status }) => status === "streaming" || status === "uploading"))
      return fail(context, 400, "You cannot delete this live stream key because it has live stream media.");
    for (const { id } of below) delete streamings[id];
    delete keys[key.id];
    return context.json({ status: "success", message: "Delete live stream key success." });
  });

  app.post(`${PATH}/:id/streamings`, async (context) => {
    const { value: body, wrong } = await bodyOf(context, streamingBody);
    const key = keyAt(context);
    if (key instanceof Response) return key;
    if (streamingsOf(data, key.id).some((streaming) => !isOver(streaming)))
      return fail(context, 400, "Live stream already created");
    if (!body) return fail(context, 400, sentenceOf(wrong));
    const streaming = newStreaming(key, body, now());
    streamings[streaming.id] = streaming;
    // The reply to the create shows no ladder.
    return succeed(context, { ...shownStreaming(streaming), qualities: null });
  });

  app.get(`${PATH}/:id/streamings`, (context) => {
    const key = keyAt(context);
    if (key instanceof Response) return key;
    const shown = streamingsOf(data, key.id).filter(({ id }) => streamingAt(key.id, id));
    const { order_by = "asc", ...query } = behaviour.likeServerCode ? context.req.query() : {};
    const media = behaviour.likeServerCode ? page(query, inOrder(shown, order_by)) : shown;
    return succeed(context, { media: media.map(shownStreaming), total: shown.length });
  });

  app.get(`${PATH}/:id/streamings/:stream`, (context) => {
    const key = keyAt(context);
    if (key instanceof Response) return key;
    const streaming = streamingAt(key.id, context.req.param("stream"));
    return streaming ? succeed(context, shownStreaming(streaming)) : fail(context, 404, "record not found");
  });

  app.put(`${PATH}/:id/streamings`, async (context) => {
    const { value: body, wrong } = await bodyOf(context, updateStreamingBody);
    const key = keyAt(context);
    if (key instanceof Response) return key;
    if (!body) return fail(context, 400, sentenceOf(wrong));
    const streaming = streamingAt(key.id, body.stream_id);
    if (!streaming) return fail(context, 404, "record not found");
    if (isOver(streaming)) return fail(context, 400, "This livestream was ended.");
    const { title, save, qualities } = body;
    const changed = { title, save, ladder: ladderOf(qualities), updated_at: now().toISOString() };
    Object.assign(streaming, changed);
    return context.json({ status: "success", message: "Update live stream media success." });
  });

  app.delete(`${PATH}/:id/streamings/:stream`, (context) => {
    const { id, stream } = context.req.param();
    const swapped = rowOf(streamings, id)?.live_stream_key_id === stream;
    const found = rowOf(streamings, behaviour.likeServerCode || swapped ? id : stream);
    const keyId = behaviour.likeServerCode || swapped ? stream : id;
    if (found?.live_stream_key_id !== keyId || found.user_id !== userOf(context))
      return fail(context, 404, "record not found");
    if (behaviour.likeServerCode && found.status !== "created")
      return fail(context, 400, "You can only delete live stream media when it's created.");
    delete streamings[found.id];
    return context.json({ status: "success", message: "Delete streaming success." });
  });

  // A search for recordings, despite POST.
  app.post(`${PATH}/:id/media`, async (context) => {
    const key = keyAt(context);
    if (key instanceof Response) return key;
    const recorded = streamingsOf(data, key.id).filter(({ status, save }) => status === "end" && save);
    const { value: search, wrong } = await bodyOf(context, searchBody);
    if (!search) return fail(context, 400, sentenceOf(wrong));
    const found = page(search, recorded.reverse());
    return succeed(context, { media: found.map(shownStreaming), total: recorded.length });
  });

  // A route that does not exist answers in another shape than an object that does not (section 1, quirk Q1).
  app.all("*", (context) => {
    const { path, method } = context.req;
    return context.json({ message: "Not Found", path, method }, 404);
  });
  return app;
}

const succeed = (context: Context, found: unknown): Response =>
  context.json({ status: "success", data: found });

const fail = (context: Context, status: 400 | 401 | 404, message: string): Response =>
  context.json({ status: "fail", message }, status);

interface Query {
  limit?: string | number | undefined;
  offset?: string | number | undefined;
}

/** More than 100 is cut to 100; nothing or less is 25 (section 3.3). */
function page<T>({ limit, offset }: Query, items: T[]): T[] {
  const size = Number(limit ?? 0) > 0 ? Math.min(100, Number(limit)) : 25;
  const from = Number(offset ?? 0) > 0 ? Number(offset) : 0;
  return items.slice(from, from + size);
}

const inOrder = <T>(items: T[], order: string): T[] => (order === "desc" ? [...items].reverse() : items);

const shownKey = (key: StoredKey): Json => ({ ...key, total_save_media: 0, total_live_streaming: 0 });

function shownStreaming({ ladder, ...streaming }: StoredStreaming): Json {
  const player = `https://player.aioz.example.test/live/${streaming.id}`;
  return {
    ...streaming,
    duration: 0,
    assets: {
      thumbnail_url: "",
      hls_url: `https://live.aioz.example.test/${streaming.id}/index.m3u8`,
      iframe: `<iframe src="${player}"></iframe>`,
      player_url: player,
    },
    media: null,
    qualities: [...new Set(ladder.map(({ resolution }) => resolution))],
    frame_rate: 0,
    audio_bitrate: 0,
    current_view: 0,
    total_view: 0,
  };
}
