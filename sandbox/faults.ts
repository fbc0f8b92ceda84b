import { setTimeout as sleep } from "node:timers/promises";
import type { HttpBindings } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import type { Context, MiddlewareHandler } from "hono";
import { z } from "zod";

/** Faults that can be put into the sandbox, to see what a client does about them. */
export const fault = z.strictObject({
  /** HTTP method; any when unset. */
  method: z.string().optional(),
  /** Part of the path, vendor included: `/tenbyte/v1/livestream/streams`. Any when unset. */
  path: z.string().optional(),
  /** Only a path that ends so. */
  pathEnds: z.string().optional(),
  /** Answer with this status instead. */
  status: z.number().int().optional(),
  /** Body of that answer. */
  body: z.string().optional(),
  /** Headers of that answer. */
  headers: z.record(z.string(), z.string()).optional(),
  /** Answer only after this many milliseconds. */
  delayMs: z.number().optional(),
  /** Cut the connection instead of answering. */
  drop: z.boolean().optional(),
  /** Do the work first, and then spoil the answer. */
  afterWork: z.boolean().optional(),
  /** How many requests it hits; all when unset. */
  times: z.number().int().positive().optional(),
});
/** One fault. */
export type Fault = z.infer<typeof fault>;

type Bound = Context<{ Bindings: HttpBindings }>;

/** The middleware that spoils what the current faults match, first match first. */
export function faultInjection(faults: Fault[]): MiddlewareHandler<{ Bindings: HttpBindings }> {
  return async (context, next) => {
    const hit = take(faults, context);
    if (!hit) {
      await next();
      return;
    }
    if (hit.afterWork) await next();
    if (hit.delayMs !== undefined) await sleep(hit.delayMs);
    if (hit.drop) {
      context.env.outgoing.destroy();
      context.res = RESPONSE_ALREADY_SENT;
    } else if (hit.status !== undefined) {
      context.res = new Response(hit.body ?? "", { status: hit.status, headers: hit.headers ?? {} });
    } else if (!hit.afterWork) {
      await next();
    }
  };
}

function take(faults: Fault[], context: Bound): Fault | undefined {
  const { method, path } = context.req;
  const at = faults.findIndex(
    (candidate) =>
      (candidate.method ?? method) === method &&
      path.includes(candidate.path ?? "") &&
      path.endsWith(candidate.pathEnds ?? ""),
  );
  const hit = faults[at];
  if (!hit) return undefined;
  if (hit.times === 1) faults.splice(at, 1);
  else if (hit.times !== undefined) hit.times -= 1;
  return hit;
}
