import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import type { HttpBindings } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import type { Context, MiddlewareHandler } from "hono";
import { z } from "zod";
import type { Fault } from "./fault";

/** Whether these can be sent: names and values of headers are not just any text. */
function areHeaders(headers: Record<string, string>): boolean {
  try {
    new Headers(headers);
    return true;
  } catch {
    return false;
  }
}

const isHeaderValue = (value: string): boolean => areHeaders({ "retry-after": value });

/** Answers of these statuses have no body. */
const BODILESS = [204, 205, 304];

const bodyFor = ({ status = 200, body = "" }: Fault): string | null =>
  BODILESS.includes(status) ? null : body;

/** Faults that can be put into the sandbox, to see what a client does about them. */
export const fault: z.ZodType<Fault> = z.strictObject({
  method: z.string().optional(),
  path: z.string().optional(),
  pathEnds: z.string().optional(),
  status: z.number().int().min(200).max(599).optional(),
  body: z.string().optional(),
  headers: z.record(z.string(), z.string()).refine(areHeaders, "no HTTP headers").optional(),
  set: z.record(z.string(), z.unknown()).optional(),
  rate: z
    .strictObject({
      perSecond: z.number().positive(),
      retryAfter: z.string().refine(isHeaderValue, "no value of an HTTP header").optional(),
      burst: z.number().int().positive().optional(),
    })
    .optional(),
  delayMs: z.number().min(0).max(600_000).optional(),
  drop: z.boolean().optional(),
  gzip: z.boolean().optional(),
  dripMs: z.number().min(0).max(600_000).optional(),
  endless: z.boolean().optional(),
  cutAfterBytes: z.number().int().min(0).optional(),
  afterWork: z.boolean().optional(),
  times: z.number().int().positive().optional(),
});

interface Bindings {
  Bindings: HttpBindings;
}

/**
 * The middleware that spoils what the current faults match, first match first.
 * @param meaningOf the HTTP method that a request stands for
 */
export function faultInjection(
  faults: Fault[],
  meaningOf: (request: { method: string; path: string }) => string,
): MiddlewareHandler<Bindings> {
  const buckets = new WeakMap<Fault, Bucket>();
  return async (context, next) => {
    const hit = take(faults, context.req.path, meaningOf(context.req), buckets);
    if (!hit) {
      await next();
      return;
    }
    const answersItself = hit.drop ?? (hit.status !== undefined || hit.rate !== undefined);
    if ((hit.afterWork ?? false) || !answersItself) await next();
    if (hit.delayMs !== undefined) await sleep(hit.delayMs);
    if (hit.drop) cut(context);
    else if (hit.rate) context.res = throttled(hit.rate.retryAfter);
    else if (hit.status !== undefined)
      context.res = new Response(bodyFor(hit), { status: hit.status, headers: hit.headers ?? {} });
    else for (const [name, value] of Object.entries(hit.headers ?? {})) context.res.headers.set(name, value);
    if (hit.set) context.res = await changed(context.res, hit.set);
    if (hit.gzip) context.res = await compressed(context.res);
    if (hit.endless !== undefined || hit.dripMs !== undefined) context.res = await slowed(context.res, hit);
    if (hit.cutAfterBytes !== undefined) await cutAfter(context, hit.cutAfterBytes);
  };
}

function take(
  faults: Fault[],
  path: string,
  method: string,
  buckets: WeakMap<Fault, Bucket>,
): Fault | undefined {
  const at = faults.findIndex(
    (candidate) =>
      (candidate.method ?? method) === method &&
      path.includes(candidate.path ?? "") &&
      path.endsWith(candidate.pathEnds ?? "") &&
      !(candidate.rate && hasRoom(candidate, candidate.rate, buckets)),
  );
  const hit = faults[at];
  if (!hit) return undefined;
  if (hit.times === 1) faults.splice(at, 1);
  else if (hit.times !== undefined) hit.times -= 1;
  return hit;
}

/** What is left of a rate: it fills up with time, and each request takes one. */
interface Bucket {
  left: number;
  filledAt: number;
}

function hasRoom(
  fault: Fault,
  { perSecond, burst = Math.max(1, perSecond) }: NonNullable<Fault["rate"]>,
  buckets: WeakMap<Fault, Bucket>,
): boolean {
  const now = performance.now();
  const before = buckets.get(fault) ?? { left: burst, filledAt: now };
  const left = Math.min(burst, before.left + ((now - before.filledAt) / 1000) * perSecond);
  const isTaken = left >= 1;
  buckets.set(fault, { left: isTaken ? left - 1 : left, filledAt: now });
  return isTaken;
}

const throttled = (retryAfter: string | undefined): Response =>
  new Response(null, {
    status: 429,
    headers: retryAfter === undefined ? {} : { "retry-after": retryAfter },
  });

function cut(context: Context<Bindings>): void {
  context.env.outgoing.destroy();
  context.res = RESPONSE_ALREADY_SENT;
}

/** Promises the whole answer, sends the beginning of it, and hangs up. */
async function cutAfter(context: Context<Bindings>, bytes: number): Promise<void> {
  const { outgoing } = context.env;
  const body = Buffer.from(await context.res.arrayBuffer());
  // Without a body there is a promise all the same, so that the client can tell.
  outgoing.writeHead(context.res.status === 204 ? 200 : context.res.status, {
    ...Object.fromEntries(context.res.headers),
    "content-length": Math.max(body.length, bytes + 1),
  });
  outgoing.write(body.subarray(0, bytes));
  await sleep(10);
  cut(context);
}

async function compressed(answer: Response): Promise<Response> {
  const { status, headers } = answer;
  const body = gzipSync(await answer.arrayBuffer());
  return new Response(body, {
    status,
    headers: { ...Object.fromEntries(headers), "content-encoding": "gzip" },
  });
}

/** The answer byte by byte, or its body again and again. */
async function slowed(answer: Response, { dripMs, endless }: Fault): Promise<Response> {
  const whole = new Uint8Array(await answer.arrayBuffer());
  const body = whole.length === 0 ? new TextEncoder().encode(" ") : whole;
  let at = 0;
  const stream = new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      if (dripMs !== undefined) await sleep(dripMs);
      const end = dripMs === undefined ? body.length : at + 1;
      controller.enqueue(body.slice(at, end));
      at = end % body.length;
      if (at === 0 && !endless) controller.close();
    },
  });
  const headers = Object.fromEntries([...answer.headers].filter(([name]) => name !== "content-length"));
  return new Response(stream, { status: answer.status === 204 ? 200 : answer.status, headers });
}

/** The JSON answer with other members. */
async function changed(answer: Response, set: Record<string, unknown>): Promise<Response> {
  const body = JSON.parse((await answer.text()) || "{}") as object;
  for (const [path, value] of Object.entries(set)) {
    const steps = path.split(".");
    const last = steps.pop() ?? "";
    const owner = steps.reduce<Record<string, unknown> | undefined>(
      (parent, step) => parent?.[step] as Record<string, unknown> | undefined,
      body as Record<string, unknown>,
    );
    if (owner && value === null) Reflect.deleteProperty(owner, last);
    else if (owner) owner[last] = value;
  }
  const status = answer.status === 204 ? 200 : answer.status;
  return new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json" } });
}
