import { randomBytes, randomUUID } from "node:crypto";
import { type Context, Hono } from "hono";
import { z } from "zod";
import { bodyOf } from "../body";
import type { Simulator, SimulatorContext } from "../simulator";
import { rowOf } from "../table";

/**
 * Comprimato streams as the documents have them (docs/sheets/comprimato.md, sections 1, 2, 4 and 7) has them: the documented create, and the
 * assumed read and delete. There is no list. Accepts any `Authorization` that begins with `sandbox`; each is an account of
 * its own.
 */
export const simulator: Simulator = {
  basePath: "/v1",
  credentials: { apiKey: "sandbox-comprimato" },
  stored: z.lazy(() => z.looseObject({ streams: z.record(z.string(), stored).optional() })),
  app: comprimato,
  setLive: (data, id, live) => {
    const stream = rowOf(data.streams as Record<string, Stored>, id);
    if (stream) stream.status = live ? "Running" : "Stopped";
  },
  remove: (data, id) => {
    delete (data.streams as Record<string, Stored>)[id];
  },
};

const stored = z.object({
  id: z.string(),
  owner: z.string(),
  streamer_key: z.string(),
  player_key: z.string(),
  status: z.string(),
});
type Stored = z.infer<typeof stored>;

function comprimato({ data }: SimulatorContext): Hono {
  const streams = (data.streams ??= {}) as Record<string, Stored>;
  const app = new Hono();

  const account = (context: Context): string => context.req.header("authorization") ?? "";
  const own = (context: Context): Stored | undefined => {
    const stream = rowOf(streams, context.req.param("id"));
    return stream?.owner === account(context) ? stream : undefined;
  };

  app.use(async (context, next) => {
    if (account(context).startsWith("sandbox")) {
      await next();
      return;
    }
    return context.json({ error: "unauthorized" }, 401);
  });

  app.post("/streams", async (context) => {
    const isJson = context.req.header("content-type")?.startsWith("application/json");
    // Nothing else is documented to be accepted (section 3).
    if (!isJson || !(await bodyOf(context, z.strictObject({}))).value) {
      return context.json({ error: "the body must be an empty JSON object" }, 400);
    }
    const stream: Stored = {
      id: randomUUID(),
      owner: account(context),
      streamer_key: randomUUID(),
      player_key: randomBytes(6).toString("hex"),
      status: "Stopped",
    };
    streams[stream.id] = stream;
    return context.json(shown(stream));
  });

  app.get("/streams/:id", (context) => {
    const stream = own(context);
    return stream ? context.json(shown(stream)) : notFound(context);
  });

  app.delete("/streams/:id", (context) => {
    const stream = own(context);
    if (!stream) return notFound(context);
    delete streams[stream.id];
    return context.body(null, 204);
  });

  return app;
}

const notFound = (context: Context): Response => context.json({ error: "no such stream" }, 404);

/** The stream as replies show it, without an envelope. */
function shown({ owner: _, ...stream }: Stored): Omit<Stored, "owner"> {
  return stream;
}
