import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type Loopback, onLoopback } from "./loopback";

/** A vendor that takes so many requests a second and answers the others with 429, before a sandbox that takes all. */

/** A request that came in. */
export interface Arrival {
  /** Milliseconds since the start. */
  at: number;
  /** Method and path, and the name within the body: all tries of one call have the same. */
  call: string;
  isTaken: boolean;
}

/** What stands before the sandbox. */
export interface Throttle extends Loopback {
  /** What came in since the last `splice`. */
  arrivals: Arrival[];
}

/** Starts it. At most `perSecond` requests come through at once. */
export async function startThrottle(target: string, perSecond: number): Promise<Throttle> {
  const arrivals: Arrival[] = [];
  let left = perSecond;
  let filledAt = performance.now();

  const isTaken = (): boolean => {
    const now = performance.now();
    left = Math.min(perSecond, left + ((now - filledAt) / 1000) * perSecond);
    filledAt = now;
    if (left < 1) return false;
    left -= 1;
    return true;
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const { method = "GET", url = "", headers } = request;
    const arrival = { at: performance.now(), call: `${method} ${url} ${nameIn(body)}`, isTaken: isTaken() };
    arrivals.push(arrival);
    if (!arrival.isTaken) {
      response.writeHead(429).end();
      return;
    }
    const { "content-length": _, host: __, connection: ___, ...passed } = headers;
    const answered = await fetch(target + url, {
      method,
      headers: passed as Record<string, string>,
      ...(body.length > 0 ? { body } : {}),
    });
    response.writeHead(answered.status, { "content-type": answered.headers.get("content-type") ?? "" });
    response.end(Buffer.from(await answered.arrayBuffer()));
  };

  const server = createServer((request, response) => {
    void answer(request, response);
  });
  return { arrivals, ...(await onLoopback(server)) };
}

function nameIn(body: Buffer): string {
  if (body.length === 0) return "";
  const { name = "" } = JSON.parse(body.toString()) as { name?: string };
  return name;
}

/** What a vendor sees of a client under load. */
export interface Seen {
  calls: number;
  refused: number;
  /** The most refusals of one call. */
  mostOfOne: number;
  /** The most requests within a second, once the client has been refused. */
  mostInASecond: number;
  seconds: number;
}

/** Looks at what came in. */
export function seenIn(arrivals: Arrival[]): Seen {
  const refusals = new Map<string, number>();
  for (const { call, isTaken } of arrivals) if (!isTaken) refusals.set(call, (refusals.get(call) ?? 0) + 1);
  const first = arrivals.findIndex(({ isTaken }) => !isTaken);
  // What was on its way when the first was refused does not know of it yet.
  const after =
    first < 0 ? [] : arrivals.filter(({ at }) => at > (arrivals[first]?.at ?? 0) + ON_THEIR_WAY_MS);
  const inASecond = after.map(
    ({ at }) => after.filter((other) => other.at >= at && other.at < at + 1_000).length,
  );
  const [begin = 0, end = 0] = [arrivals[0]?.at, arrivals.at(-1)?.at];
  return {
    calls: new Set(arrivals.map(({ call }) => call)).size,
    refused: [...refusals.values()].reduce((sum, number) => sum + number, 0),
    mostOfOne: Math.max(0, ...refusals.values()),
    mostInASecond: Math.max(0, ...inASecond),
    seconds: Math.round((end - begin) / 1_000),
  };
}

const ON_THEIR_WAY_MS = 200;
