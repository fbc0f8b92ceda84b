import { randomUUID } from "node:crypto";
import { type Context, Hono } from "hono";
import type { Simulator, SimulatorContext, SimulatorData } from "../simulator";

/**
 * AIOZ Stream as its documents describe it (docs/sheets/aioz.md, sections 1 to 5, 8 and 9). Accepts any pair of keys that begin with
 * `sandbox` and any bearer token that begins with `sandbox`; each public key and each token is a user of its own.
 *
 * Where AIOZ's published reference and the server code found in public differ on streamings, it follows the reference;
 * with `behaviour.likeServerCode` in its data it follows the code: an ended streaming is hidden and, if not recorded,
 * forgotten; a streaming is deleted only while `created`, and by its two ids swapped.
 */
export const simulator: Simulator = {
  basePath: "/api",
  credentials: { publicKey: "sandbox_public", secretKey: "sandbox_secret" },
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

interface StoredKey {
  id: string;
  user_id: string;
  name: string;
  save: boolean;
  type: string;
  stream_key: string;
  rtmp_url: string;
  created_at: string;
  updated_at: string;
}

interface StoredStreaming {
  id: string;
  live_stream_key_id: string;
  user_id: string;
  title: string;
  save: boolean;
  type: string;
  status: string;
  /** As it was sent; replies show only the names. */
  ladder: Json[];
  created_at: string;
  updated_at: string;
}

interface Store {
  keys: Record<string, StoredKey>;
  streamings: Record<string, StoredStreaming>;
  /** Ids of users, by credential. */
  users: Record<string, string>;
  behaviour: { likeServerCode?: boolean };
}

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
  const key = keys[keyId];
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

function newStreaming(key: StoredKey, body: Json, now: Date): StoredStreaming {
  return {
    id: randomUUID(),
    live_stream_key_id: key.id,
    user_id: key.user_id,
    title: String(body.title),
    save: body.save === true,
    type: key.type,
    status: "created",
    ladder: ladderOf(body),
    created_at: now.toISOString(),
    updated_at: now.toISOString(),
  };
}

/** The ladder that was sent, or AIOZ's own. */
function ladderOf({ qualities }: Json): Json[] {
  const sent = Array.isArray(qualities) ? (qualities as Json[]) : [];
  return sent.length > 0
    ? sent
    : ["1080p", "720p", "360p"].map((resolution) => ({ resolution, type: "hls" }));
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const PATH = "/live_streams";

function aioz({ data, now }: SimulatorContext): Hono {
  const { keys, streamings, users, behaviour } = storeOf(data);
  const app = new Hono();

  const userOf = (context: Context): string | undefined => {
    const bearer = /^Bearer (sandbox.*)$/.exec(context.req.header("authorization") ?? "")?.[1];
    const isPair = context.req.header("stream-secret-key")?.startsWith("sandbox") === true;
    const credential = bearer ?? (isPair ? context.req.header("stream-public-key") : undefined);
    return credential?.startsWith("sandbox") ? (users[credential] ??= randomUUID()) : undefined;
  };

  /** The key that the path names, or the answer that there is none for this user. */
  const keyAt = (context: Context): StoredKey | Response => {
    const id = context.req.param("id") ?? "";
    if (!UUID.test(id)) return fail(context, 400, "Live stream key's id is invalid.");
    const key = keys[id];
    if (!key) return fail(context, 404, "Live stream key not found.");
    // Not 403 or 404 (section 4).
    if (key.user_id !== userOf(context)) return fail(context, 400, "You are not allowed to do this.");
    return key;
  };
  const streamingAt = (keyId: string, id: unknown): StoredStreaming | undefined => {
    const found = streamings[String(id)];
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
    const body = await bodyOf(context);
    const name = trimmed(body.name);
    if (name === "") return fail(context, 400, "Name is required.");
    const made = now().toISOString();
    const key: StoredKey = {
      id: randomUUID(),
      user_id: userOf(context) ?? "",
      name,
      save: body.save === true,
      // Anything else becomes video without a word (section 3.1).
      type: body.type === "audio" ? "audio" : "video",
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
    const { name = "", save = false } = await bodyOf(context);
    // What is left out is emptied; nothing is trimmed and `type` is ignored (section 3.1).
    Object.assign(key, { name, save: save === true, updated_at: now().toISOString() });
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
    const body = await bodyOf(context);
    const key = keyAt(context);
    if (key instanceof Response) return key;
    if (streamingsOf(data, key.id).some((streaming) => !isOver(streaming)))
      return fail(context, 400, "Live stream already created");
    const title = trimmed(body.title);
    const problem = titleProblem(title) ?? ladderProblem(body);
    if (problem) return fail(context, 400, problem);
    const streaming = newStreaming(key, { ...body, title }, now());
    streamings[streaming.id] = streaming;
    // The reply to the create shows no ladder.
    return succeed(context, { ...shownStreaming(streaming), qualities: null });
  });

  app.get(`${PATH}/:id/streamings`, (context) => {
    const key = keyAt(context);
    if (key instanceof Response) return key;
    const shown = streamingsOf(data, key.id).filter(({ id }) => streamingAt(key.id, id));
    const ordered = inOrder(shown, context.req.query("order_by") ?? "asc");
    return succeed(context, {
      media: page(context.req.query(), ordered).map(shownStreaming),
      total: shown.length,
    });
  });

  app.get(`${PATH}/:id/streamings/:stream`, (context) => {
    const key = keyAt(context);
    if (key instanceof Response) return key;
    const streaming = streamingAt(key.id, context.req.param("stream"));
    return streaming ? succeed(context, shownStreaming(streaming)) : fail(context, 404, "record not found");
  });

  app.put(`${PATH}/:id/streamings`, async (context) => {
    const body = await bodyOf(context);
    const key = keyAt(context);
    if (key instanceof Response) return key;
    const title = trimmed(body.title);
    const problem = titleProblem(title) ?? ladderProblem(body);
    if (problem) return fail(context, 400, problem);
    const streaming = streamingAt(key.id, body.stream_id);
    if (!streaming) return fail(context, 404, "record not found");
    if (isOver(streaming)) return fail(context, 400, "This livestream was ended.");
    const changed = {
      title,
      save: body.save === true,
      ladder: ladderOf(body),
      updated_at: now().toISOString(),
    };
    Object.assign(streaming, changed);
    return context.json({ status: "success", message: "Update live stream media success." });
  });

  app.delete(`${PATH}/:id/streamings/:stream`, (context) => {
    const { id, stream } = context.req.param();
    const [keyId, streamId] = behaviour.likeServerCode ? [stream, id] : [id, stream];
    const found = streamings[streamId];
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
    const found = page((await bodyOf(context)) as Query, recorded.reverse());
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

const bodyOf = async (context: Context): Promise<Json> =>
  ((await context.req.json().catch(() => undefined)) ?? {}) as Json;

const trimmed = (value: unknown): string => (typeof value === "string" ? value.trim() : "");

function titleProblem(title: string): string | undefined {
  if (title === "") return "Title is required.";
  return Buffer.byteLength(title) > 255 ? "Title is too long." : undefined;
}

/** Every container that one of AIOZ's documents names passes (section 8). */
function ladderProblem({ qualities }: Json): string | undefined {
  const rungs = Array.isArray(qualities) ? (qualities as Json[]) : [];
  const containers: Record<string, string[]> = {
    hls: ["mpegts", "mp4", "fmp4"],
    dash: ["fmp4", "mp4", "webm"],
  };
  for (const { resolution, type, container_type } of rungs) {
    const allowed = containers[String(type)];
    if (!allowed) return "Invalid quality type.";
    if (!allowed.includes(String(container_type))) return "Invalid container type.";
    if (trimmed(resolution) === "") return "Quality's resolution is required.";
  }
  return undefined;
}

type Query = Partial<Record<string, string | number>>;

/** More than 100 is cut to 100; nothing or less is 25 (section 3.3). */
function page<T>({ limit, offset }: Query, items: T[]): T[] {
  const size = Number(limit ?? 0) > 0 ? Math.min(100, Number(limit)) : 25;
  const from = Math.max(0, Number(offset ?? 0));
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
