import { randomBytes, randomUUID } from "node:crypto";
import { type Context, Hono } from "hono";
import { z } from "zod";
import { type Body, bodyOf, type WrongField } from "../body";
import type { Simulator, SimulatorContext, SimulatorData } from "../simulator";
import { rowOf } from "../table";

/**
 * api.video's live streams (docs/sheets/apivideo.md, sections 1 to 5 and 7 to 10). Accepts any API key that begins with
 * `sandbox`, as the user of HTTP Basic or exchanged for a token; each is a project of its own.
 */
export const simulator: Simulator = {
  basePath: "",
  credentials: { apiKey: "sandbox-apivideo" },
  stored: z.lazy(() =>
    z.looseObject({
      streams: z.record(z.string(), stored).optional(),
      tokens: z.record(z.string(), token).optional(),
      behaviour: behaviour.partial().optional(),
    }),
  ),
  app: apivideo,
  setLive: (data, id, live) => {
    const stream = rowOf(streamsOf(data), id);
    if (!stream) return;
    stream.broadcasting = live;
    delete stream.endsAt;
  },
  remove: (data, id) => {
    delete streamsOf(data)[id];
  },
};

type Json = Record<string, unknown>;

/** How api.video behaves where its documents say nothing; change it at `/_sandbox/data/apivideo/behaviour`. */
const behaviour = z.object({
  /** Whether null clears `playerId` (section 3). */
  takesNullPlayer: z.boolean(),
  /** The sandbox that api.video itself has: what is older than 24 hours is gone (section 1). */
  forgetsAfterADay: z.boolean(),
});
type Behaviour = z.infer<typeof behaviour>;
const DEFAULT_BEHAVIOUR: Behaviour = { takesNullPlayer: true, forgetsAfterADay: false };

const DAY_MS = 86_400_000;
/** A broadcast that is told to end takes a while to (section 2). */
const COMPLETE_MS = 5_000;
const TOKEN_S = 3_600;

const REQUIRED = "This value should not be null.";
const required = z.string(REQUIRED).refine((text) => text.trim() !== "", "This value should not be blank.");
const serverUrl = required
  .refine(
    (url) => /^rtmps?:\/\/[^/]+/.test(url),
    "RTMP URL should have the following format: [rtmp|rtmps]://[host]/[app name].",
  )
  .refine((url) => !/^rtmps?:\/\/[^/]+\/?$/.test(url), "Missing app name: [rtmp|rtmps]://[host]/[app name].");
const restream = z.object({ name: required, serverUrl, streamKey: required });
const restreams = z.array(restream).max(5, "This collection should contain 5 elements or less.");

const createBody = z.object({
  name: required,
  public: z.boolean().optional(),
  playerId: z.string().optional(),
  restreams: restreams.optional(),
});
const updateBody = createBody.partial().extend({ playerId: z.string().nullish() });

const stored = z.object({
  /** `liveStreamId` in replies. */
  id: z.string(),
  project: z.string(),
  name: z.string(),
  public: z.boolean(),
  playerId: z.string().optional(),
  restreams: z.array(restream),
  streamKey: z.string(),
  broadcasting: z.boolean(),
  hasThumbnail: z.boolean(),
  createdAt: z.string(),
  updatedAt: z.string(),
  /** When a broadcast that was told to end is over, in milliseconds. */
  endsAt: z.number().optional(),
});
type Stored = z.infer<typeof stored>;
const token = z.object({ project: z.string(), expiresAt: z.number() });
type Token = z.infer<typeof token>;

const SORTS = ["name", "createdAt", "updatedAt"] as const;

function apivideo({ data, now }: SimulatorContext): Hono {
  const streams = streamsOf(data);
  const tokens = (data.tokens ??= {}) as Record<string, Token>;
  data.behaviour = { ...DEFAULT_BEHAVIOUR, ...(data.behaviour as Partial<Behaviour> | undefined) };
  const behaviour = data.behaviour as Behaviour;
  const app = new Hono();

  const projectOf = (context: Context): string | undefined => {
    const [scheme = "", sent = ""] = (context.req.header("authorization") ?? "").split(" ");
    if (scheme === "Basic") {
      const [user = "", password] = Buffer.from(sent, "base64").toString().split(":");
      return user.startsWith("sandbox") && password === "" ? user : undefined;
    }
    const known = scheme === "Bearer" ? rowOf(tokens, sent) : undefined;
    return known && known.expiresAt > now().getTime() ? known.project : undefined;
  };

  app.use(async (context, next) => {
    await next();
    // On every reply, throttled or not (section 8).
    const isRead = context.req.method === "GET";
    context.res.headers.set("x-ratelimit-limit", isRead ? "500" : "200");
    context.res.headers.set("x-ratelimit-remaining", isRead ? "499" : "199");
    context.res.headers.set("x-ratelimit-retry-after", "60");
  });
  app.use("/live-streams/*", async (context: Context, next) => {
    if (projectOf(context) === undefined)
      return problem(context, 401, "authentication-error", "Authentication error.");
    await next();
    return undefined;
  });

  app.post("/auth/api-key", async (context) => {
    const { value } = await bodyOf(context, z.object({ apiKey: z.string() }));
    // Not a 401 (section 1).
    return value?.apiKey.startsWith("sandbox") ? grant(context, value.apiKey) : badCredentials(context);
  });
  app.post("/auth/refresh", async (context) => {
    const { value } = await bodyOf(context, z.object({ refreshToken: z.string() }));
    const known = rowOf(tokens, value?.refreshToken);
    return known ? grant(context, known.project) : badCredentials(context);
  });
  const grant = (context: Context, project: string): Response => {
    const [access, refresh] = [newToken(), newToken()];
    tokens[access] = { project, expiresAt: now().getTime() + TOKEN_S * 1000 };
    tokens[refresh] = { project, expiresAt: 0 };
    return context.json({
      token_type: "Bearer",
      expires_in: TOKEN_S,
      access_token: access,
      refresh_token: refresh,
    });
  };

  app.post("/live-streams", async (context) => {
    const body = await bodyOf(context, createBody);
    if (!body.value) return refused(context, body);
    const at = atom(now());
    const stream: Stored = {
      public: true,
      restreams: [],
      ...body.value,
      id: `li${randomBytes(18).toString("base64").replace(/[+/]/g, "x")}`,
      project: projectOf(context) ?? "",
      streamKey: randomUUID(),
      broadcasting: false,
      hasThumbnail: false,
      createdAt: at,
      updatedAt: at,
    };
    streams[stream.id] = stream;
    return context.json(shown(stream));
  });

  app.get("/live-streams", (context) => {
    const { streamKey, name, sortBy = "createdAt", sortOrder = "desc", ...query } = context.req.query();
    const [currentPage, pageSize] = [Number(query.currentPage ?? 1), Number(query.pageSize ?? 25)];
    const by = SORTS.find((field) => field === sortBy);
    if (!isCount(currentPage)) return wrongQuery(context, "currentPage");
    if (!isCount(pageSize) || pageSize > 100) return wrongQuery(context, "pageSize");
    if (!by) return wrongQuery(context, "sortBy");
    const order = { asc: 1, desc: -1 }[sortOrder];
    if (order === undefined) return wrongQuery(context, "sortOrder");
    const mine = Object.values(streams)
      .filter(({ project }) => project === projectOf(context))
      .filter((stream) => current(stream) !== undefined)
      .filter((stream) => streamKey === undefined || stream.streamKey === streamKey)
      // A part of the name is enough (section 7).
      .filter((stream) => name === undefined || stream.name.includes(name))
      .map((stream, made) => ({ stream, made }))
      // Dates are to the second, so what was made in one is told apart by its turn.
      .sort((a, b) => order * (a.stream[by].localeCompare(b.stream[by]) || a.made - b.made))
      .map(({ stream }) => stream);
    const items = mine.slice((currentPage - 1) * pageSize, currentPage * pageSize);
    const pagesTotal = Math.max(1, Math.ceil(mine.length / pageSize));
    return context.json({
      data: items.map(shown),
      pagination: {
        ...{ currentPage, currentPageItems: items.length, pageSize, pagesTotal, itemsTotal: mine.length },
        links: linksOf(currentPage, pagesTotal, pageSize),
      },
    });
  });

  /** The stream as time has left it; undefined when it is gone by now. */
  const current = (stream: Stored): Stored | undefined => {
    const time = now().getTime();
    if (behaviour.forgetsAfterADay && time - Date.parse(stream.createdAt) >= DAY_MS) return undefined;
    if (stream.endsAt !== undefined && time >= stream.endsAt) {
      stream.broadcasting = false;
      delete stream.endsAt;
    }
    return stream;
  };
  const onStream =
    (act: (context: Context, stream: Stored) => Response | Promise<Response>) => (context: Context) => {
      const row = rowOf(streams, context.req.param("id"));
      const stream = row?.project === projectOf(context) ? row && current(row) : undefined;
      return stream ? act(context, stream) : notFound(context);
    };

  app.get(
    "/live-streams/:id",
    onStream((context, stream) => context.json(shown(stream))),
  );
  app.patch(
    "/live-streams/:id",
    onStream(async (context, stream) => {
      const body = await bodyOf(context, updateBody);
      if (!body.value) return refused(context, body);
      const { playerId, ...rest } = body.value;
      if (playerId === null && !behaviour.takesNullPlayer) {
        const wrong = { field: "playerId", isMissing: false, message: REQUIRED };
        return refused(context, { wrong: [wrong] });
      }
      // `restreams` is replaced as a whole: what is left out of it is gone (section 3).
      Object.assign(stream, rest, { updatedAt: atom(now()) });
      if (playerId === null) delete stream.playerId;
      else if (playerId !== undefined) stream.playerId = playerId;
      return context.json(shown(stream));
    }),
  );
  app.delete(
    "/live-streams/:id",
    onStream((context, { id }) => {
      delete streams[id];
      return nothing(context, 204);
    }),
  );
  app.put(
    "/live-streams/:id/complete",
    onStream((context, stream) => {
      if (stream.broadcasting) stream.endsAt ??= now().getTime() + COMPLETE_MS;
      return nothing(context, 202);
    }),
  );
  app.post(
    "/live-streams/:id/thumbnail",
    onStream((context, stream) => {
      stream.hasThumbnail = true;
      return context.json(shown(stream), 201);
    }),
  );
  app.delete(
    "/live-streams/:id/thumbnail",
    onStream((context, stream) => {
      stream.hasThumbnail = false;
      return context.json(shown(stream));
    }),
  );
  return app;
}

const streamsOf = (data: SimulatorData): Record<string, Stored> =>
  (data.streams ??= {}) as Record<string, Stored>;
const isCount = (value: number): boolean => Number.isInteger(value) && value >= 1;
const newToken = (): string => randomBytes(24).toString("hex");
/** `2020-01-31T10:17:47+00:00`. */
const atom = (moment: Date): string => moment.toISOString().replace(/\.\d+Z$/, "+00:00");

type Status = 400 | 401 | 404;

const problem = (context: Context, status: Status, type: string, title: string, more: Json = {}): Response =>
  context.json({ type: `https://docs.api.video/reference/${type}`, title, ...more, status }, status);

const notFound = (context: Context): Response =>
  problem(context, 404, "resource-not-found", "The requested resource was not found.", {
    name: "liveStreamId",
  });

const badCredentials = (context: Context): Response =>
  problem(context, 400, "invalid-credentials", "The user credentials were incorrect.");

/** No body. The vendor's client reads JSON only, and our server would call an empty answer plain text. */
const nothing = (context: Context, status: 202 | 204): Response =>
  context.body(null, status, { "content-type": "application/json" });

const INVALID = "An attribute is invalid.";
const wrongQuery = (context: Context, name: string): Response =>
  problem(context, 400, "invalid-attribute", INVALID, { name, detail: "This value is not valid." });

/** The first thing that is wrong, and the rest in `problems` (section 8). */
function refused(context: Context, { wrong }: Pick<Body<unknown>, "wrong">): Response {
  if (!wrong) return problem(context, 400, "invalid-request", "The request body is not valid JSON.");
  const [first, ...others] = wrong.map((one) => ({ name: inBrackets(one.field), detail: detailOf(one) }));
  const type = "https://docs.api.video/reference/invalid-attribute";
  const problems = others.map(({ name, detail }) => ({ type, title: INVALID, name, detail }));
  return problem(context, 400, "invalid-attribute", INVALID, {
    ...first,
    ...(problems.length > 0 ? { problems } : {}),
  });
}

const detailOf = ({ isMissing, message }: WrongField): string => (isMissing ? REQUIRED : message);
/** `restreams[0].name` as api.video writes it: `restreams[0][name]`. */
const inBrackets = (field: string): string => field.replace(/\.(\w+)/g, "[$1]");

function linksOf(current: number, last: number, pageSize: number): Json[] {
  const link = (rel: string, page: number): Json => ({
    rel,
    uri: `/live-streams?currentPage=${page}&pageSize=${pageSize}`,
  });
  return [
    ...[link("self", current), link("first", 1)],
    ...(current > 1 ? [link("previous", current - 1)] : []),
    ...(current < last ? [link("next", current + 1)] : []),
    link("last", last),
  ];
}

/**
 * The stream as replies show it. As in the vendor's samples, no restreams are not mentioned, and no player. They come in an
 * order of their own (section 9), and the addresses of a private stream hold a token that is another every time.
 */
function shown(stream: Stored): Json {
  const { id, project: _, endsAt: _endsAt, hasThumbnail, restreams, ...rest } = stream;
  const token = stream.public ? "" : `?token=${randomUUID()}`;
  const player = `https://embed.api.video/live/${id}${token}`;
  return {
    liveStreamId: id,
    ...rest,
    ...(restreams.length > 0
      ? { restreams: [...restreams].sort((a, b) => a.name.localeCompare(b.name)) }
      : {}),
    assets: {
      iframe: `<iframe src="${player}" width="100%" height="100%" frameborder="0" scrolling="no" allowfullscreen=""></iframe>`,
      player,
      hls: `https://live.api.video/${id}.m3u8${token}`,
      // The host differs from reply to reply at api.video.
      thumbnail: `https://${hasThumbnail ? "cdn" : "live"}.api.video/live/${id}/thumbnail.jpg${token}`,
    },
  };
}
