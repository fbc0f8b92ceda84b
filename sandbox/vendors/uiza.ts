import { randomBytes, randomUUID } from "node:crypto";
import { type Context, Hono } from "hono";
import { z } from "zod";
import { bodyOf, sentenceOf } from "../body";
import type { Simulator, SimulatorContext } from "../simulator";
import { rowOf } from "../table";

/**
 * Uiza API v5 as documented in March 2020 (docs/sheets/uiza.md, sections 3 to 8), where later documents are stricter as
 * those (pages of at most 20, no clearing of a description, no reset while `init`). Accepts any API key that begins with
 * `uap-sandbox`, in `Authorization` as it is or, as the prose of the documents says, as the user of HTTP Basic; each is an
 * application of its own.
 */
export const simulator: Simulator = {
  basePath: "/v1",
  credentials: { apiKey: "uap-sandbox" },
  stored: z.lazy(() =>
    z.looseObject({
      entities: z.record(z.string(), stored).optional(),
      behaviour: behaviour.partial().optional(),
    }),
  ),
  app: uiza,
  setLive: (data, id, live) => {
    const entity = rowOf(data.entities as Record<string, Stored>, id);
    if (entity) entity.status = live ? "broadcasting" : "ready";
  },
  remove: (data, id) => {
    delete (data.entities as Record<string, Stored>)[id];
  },
};

type Json = Record<string, unknown>;

const REGIONS = [
  ...(["in-bangalore-1", "in-mumbai-1", "sg-singapore-1", "vn-saigon-1"] as const),
  ...(["id-jakarta-1", "us-oregon-1", "aus-sydney-1", "ie-dublin-1"] as const),
];

const name = z.string().min(1).max(100);
const description = z.string().max(1000);

const createBody = z.object({
  name,
  region: z.enum(REGIONS),
  description: description.optional(),
  dvr: z.boolean().optional(),
});

/** Partial: what is left out stays as it is. */
const updateBody = z.object({
  name: name.optional(),
  description: description.min(1, "description cannot be empty").optional(),
  dvr: z.boolean().optional(),
  region: z.undefined("region cannot be changed").optional(),
});

const stored = z.object({
  id: z.string(),
  app_id: z.string(),
  name,
  // What a GET shows of an unset description is not documented (section 11, Q11).
  description: description.nullable(),
  region: z.string(),
  dvr: z.boolean(),
  encode: z.boolean(),
  status: z.string(),
  ingest: z.object({ url: z.string(), key: z.string() }).nullable(),
  playback: z.object({ hls: z.string() }).nullable(),
  /** GETs that still find it in `init`. */
  pollsLeft: z.number(),
  created_at: z.string(),
  updated_at: z.string(),
});
type Stored = z.infer<typeof stored>;

/** How Uiza behaves; change it at `/_sandbox/data/uiza/behaviour`. */
const behaviour = z.object({
  /** How an allocation ends: `never` leaves it in `init`, `denied` removes the entity. */
  allocation: z.enum(["ready", "never", "denied"]),
  /** GETs of one entity that find it in `init` before its allocation ends. */
  polls: z.number(),
  /** From 2020-07-01 on a reset is refused unless the entity is `ready` (section 7). */
  refusesResetWhileLive: z.boolean(),
  /** A later server may ignore `dvr` (section 11, Q10). */
  ignoresDvr: z.boolean(),
});
type Behaviour = z.infer<typeof behaviour>;

const DEFAULT_BEHAVIOUR: Behaviour = {
  allocation: "ready",
  polls: 1,
  refusesResetWhileLive: false,
  ignoresDvr: false,
};

function uiza({ data, now }: SimulatorContext): Hono {
  const entities = (data.entities ??= {}) as Record<string, Stored>;
  data.behaviour = { ...DEFAULT_BEHAVIOUR, ...(data.behaviour as Partial<Behaviour> | undefined) };
  const behaviour = data.behaviour as Behaviour;
  const app = new Hono();

  const application = (context: Context): string | undefined => {
    const sent = context.req.header("authorization") ?? "";
    const basic = /^Basic (.*)$/i.exec(sent)?.[1];
    const key = basic === undefined ? sent : Buffer.from(basic, "base64").toString().split(":")[0];
    return key?.startsWith("uap-sandbox") ? key : undefined;
  };
  const own = (context: Context): Stored | undefined => {
    const entity = rowOf(entities, context.req.param("id"));
    return entity?.app_id === application(context) ? entity : undefined;
  };

  app.use(async (context, next) => {
    if (application(context) !== undefined) {
      await next();
      return;
    }
    return invalid(context, 401, "You did not provide a valid API key.");
  });

  app.post("/live_entities", async (context) => {
    const { value: body, wrong } = await bodyOf(context, createBody);
    if (!body) return invalid(context, 400, sentenceOf(wrong));
    const entity: Stored = {
      id: randomUUID(),
      app_id: application(context) ?? "",
      name: body.name,
      description: body.description ?? null,
      region: body.region,
      dvr: behaviour.ignoresDvr ? false : (body.dvr ?? false),
      encode: false,
      status: "init",
      ingest: null,
      playback: null,
      pollsLeft: behaviour.polls,
      created_at: now().toISOString(),
      updated_at: now().toISOString(),
    };
    entities[entity.id] = entity;
    return context.json(shown(entity));
  });

  app.get("/live_entities", (context) => {
    const size = Number(context.req.query("page_size") ?? 10);
    if (!(Number.isInteger(size) && size >= 1 && size <= 20))
      return invalid(context, 400, "page_size must be between 1 and 20");
    // Insertion order is creation order; the list is newest first.
    const mine = Object.values(entities)
      .filter(({ app_id }) => app_id === application(context))
      .reverse();
    const start = Number(context.req.query("page_token") ?? 0);
    if (!(Number.isInteger(start) && start >= 0)) return invalid(context, 400, "page_token is invalid");
    const next = start + size < mine.length ? String(start + size) : "";
    return context.json({ data: mine.slice(start, start + size).map(shown), next_page_token: next });
  });

  app.get("/live_entities/:id", (context) => {
    const entity = own(context);
    if (entity) allocate(entity);
    const left = own(context);
    return left ? context.json(shown(left)) : notFound(context);
  });

  app.put("/live_entities/:id", async (context) => {
    const entity = own(context);
    if (!entity) return notFound(context);
    const { value: body, wrong } = await bodyOf(context, updateBody);
    if (!body) return invalid(context, 400, sentenceOf(wrong));
    const { name = entity.name, description = entity.description, dvr = entity.dvr } = body;
    Object.assign(entity, { name, description, updated_at: now().toISOString() });
    if (!behaviour.ignoresDvr) entity.dvr = dvr;
    return context.json(shown(entity));
  });

  app.delete("/live_entities/:id", (context) => {
    const entity = own(context);
    if (!entity) return notFound(context);
    if (entity.status === "broadcasting") {
      const message = "The live entity is broadcasting.";
      return context.json({ message, error_type: "video_error" }, 409);
    }
    delete entities[entity.id];
    return context.json({ id: entity.id, deleted: true });
  });

  app.put("/live_entities/:id/stream_key", (context) => {
    const entity = own(context);
    if (!entity) return notFound(context);
    const refused = entity.status === "broadcasting" && behaviour.refusesResetWhileLive;
    if (!entity.ingest || refused) return invalid(context, 400, "The live entity is not ready.");
    // A running broadcast is not interrupted (section 7).
    entity.ingest.key = newKey();
    entity.updated_at = now().toISOString();
    return context.json(shown(entity));
  });

  return app;

  /** Allocation goes on with every look, so that tests need no clock. */
  function allocate(entity: Stored): void {
    if (entity.status !== "init" || behaviour.allocation === "never") return;
    entity.pollsLeft -= 1;
    if (entity.pollsLeft >= 0) return;
    if (behaviour.allocation === "denied") {
      delete entities[entity.id];
      return;
    }
    const host = entity.id.slice(0, 8);
    entity.status = "ready";
    entity.ingest = { url: `rtmp://${host}.ingest.uiza.example.test/live`, key: newKey() };
    entity.playback = { hls: `https://${host}.play.uiza.example.test/master.m3u8` };
  }
}

const newKey = (): string => `live_${randomBytes(5).toString("hex")}`;

const invalid = (context: Context, status: 400 | 401 | 404, message: string): Response =>
  context.json({ message, error_type: "invalid_request_error" }, status);

const notFound = (context: Context): Response => invalid(context, 404, "The live entity does not exist.");

/** The entity as replies show it. */
function shown({ app_id: _app, pollsLeft: _polls, ...entity }: Stored): Json {
  return entity;
}
