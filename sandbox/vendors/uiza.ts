import { randomBytes, randomUUID } from "node:crypto";
import { type Context, Hono } from "hono";
import type { Simulator, SimulatorContext } from "../simulator";

/**
 * Uiza API v5 as documented in March 2020 (docs/sheets/uiza.md, sections 3 to 8), where later documents are stricter as
 * those (pages of at most 20, no clearing of a description, no reset while `init`). Accepts any `Authorization` that begins
 * with `uap-sandbox`; each is an application of its own.
 */
export const simulator: Simulator = {
  basePath: "/v1",
  credentials: { apiKey: "uap-sandbox" },
  app: uiza,
  setLive: (data, id, live) => {
    const entity = (data.entities as Record<string, Stored>)[id];
    if (entity) entity.status = live ? "broadcasting" : "ready";
  },
  remove: (data, id) => {
    delete (data.entities as Record<string, Stored>)[id];
  },
};

type Json = Record<string, unknown>;

interface Stored extends Json {
  id: string;
  app_id: string;
  status: string;
  ingest: { url: string; key: string } | null;
  /** GETs that still find it in `init`. */
  pollsLeft: number;
}

/** How Uiza behaves; change it at `/_sandbox/data/uiza/behaviour`. */
interface Behaviour {
  /** How an allocation ends: `never` leaves it in `init`, `denied` removes the entity. */
  allocation: "ready" | "never" | "denied";
  /** GETs of one entity that find it in `init` before its allocation ends. */
  polls: number;
  /** From 2020-07-01 on a reset is refused unless the entity is `ready` (section 7). */
  refusesResetWhileLive: boolean;
  /** A later server may ignore `dvr` (section 11, Q10). */
  ignoresDvr: boolean;
}

const DEFAULT_BEHAVIOUR: Behaviour = {
  allocation: "ready",
  polls: 1,
  refusesResetWhileLive: false,
  ignoresDvr: false,
};

const REGIONS = [
  ...["in-bangalore-1", "in-mumbai-1", "sg-singapore-1", "vn-saigon-1"],
  ...["id-jakarta-1", "us-oregon-1", "aus-sydney-1", "ie-dublin-1"],
];

function uiza({ data, now }: SimulatorContext): Hono {
  const entities = (data.entities ??= {}) as Record<string, Stored>;
  const behaviour = (data.behaviour ??= { ...DEFAULT_BEHAVIOUR }) as Behaviour;
  const app = new Hono();

  const application = (context: Context): string | undefined => {
    const key = context.req.header("authorization") ?? "";
    return key.startsWith("uap-sandbox") ? key : undefined;
  };
  const own = (context: Context): Stored | undefined => {
    const entity = entities[context.req.param("id") ?? ""];
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
    const body = await bodyOf(context);
    const wrong = nameProblem(body.name) ?? regionProblem(body.region) ?? fieldProblem(body);
    if (wrong) return invalid(context, 400, wrong);
    const entity: Stored = {
      id: randomUUID(),
      app_id: application(context) ?? "",
      name: body.name,
      // What a GET shows of an unset description is not documented (section 11, Q11).
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
    if (!(size >= 1 && size <= 20)) return invalid(context, 400, "page_size must be between 1 and 20");
    // Insertion order is creation order; the list is newest first.
    const mine = Object.values(entities)
      .filter(({ app_id }) => app_id === application(context))
      .reverse();
    const start = Number(context.req.query("page_token") ?? 0);
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
    const body = await bodyOf(context);
    const wrong = body.name === undefined ? undefined : nameProblem(body.name);
    if (wrong ?? fieldProblem(body)) return invalid(context, 400, wrong ?? fieldProblem(body) ?? "");
    if (body.region !== undefined) return invalid(context, 400, "region cannot be changed");
    if (body.description === "") return invalid(context, 400, "description cannot be empty");
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

async function bodyOf(context: Context): Promise<Json> {
  return (await context.req.json().catch(() => ({}))) as Json;
}

const invalid = (context: Context, status: 400 | 401 | 404, message: string): Response =>
  context.json({ message, error_type: "invalid_request_error" }, status);

const notFound = (context: Context): Response => invalid(context, 404, "The live entity does not exist.");

function nameProblem(name: unknown): string | undefined {
  const fits = typeof name === "string" && name.length >= 1 && name.length <= 100;
  return fits ? undefined : "name must have 1 to 100 characters";
}

function regionProblem(region: unknown): string | undefined {
  return REGIONS.includes(String(region)) ? undefined : "region is invalid";
}

function fieldProblem({ description, dvr }: Json): string | undefined {
  if (description !== undefined && (typeof description !== "string" || description.length > 1000))
    return "description must have at most 1000 characters";
  if (dvr !== undefined && typeof dvr !== "boolean") return "dvr must be a boolean";
  return undefined;
}

/** The entity as replies show it. */
function shown({ app_id: _app, pollsLeft: _polls, ...entity }: Stored): Json {
  return entity;
}
