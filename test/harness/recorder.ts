import { createServer, request } from "node:http";
import { type Loopback, onLoopback } from "./loopback";

/** A server between a client and the sandbox that keeps what each says, which the sandbox itself never does. */

/** One call, as it went by. */
export interface Exchange {
  method: string;
  path: string;
  /** What the request says; undefined where it is no JSON. */
  sent: unknown;
  status: number;
  /** What the answer says; undefined where it is no JSON. */
  reply: unknown;
}

/** A recorder at work. */
export interface Recorder extends Loopback {
  exchanges: Exchange[];
}

/** Answers a request, so that it never gets to the server; undefined where it is to. */
export type Instead = (
  method: string,
  path: string,
  sent: string,
) => { status: number; body: string } | undefined;

/** Stands before a server of this machine. Headers go through as they are, because a signature is of the host too. */
export async function record(target: string, instead?: Instead): Promise<Recorder> {
  const exchanges: Exchange[] = [];
  const { hostname, port } = new URL(target);
  const server = createServer((incoming, outgoing) => {
    const { method = "GET", url: path = "/", headers } = incoming;
    void textOf(incoming).then((sent) => {
      const other = instead?.(method, path, sent);
      if (other) {
        outgoing.writeHead(other.status, { "content-type": "application/json" }).end(other.body);
        return;
      }
      const onward = request({ hostname, port, method, path, headers }, (answer) => {
        const { statusCode: status = 0 } = answer;
        void textOf(answer).then((reply) => {
          exchanges.push({ method, path, sent: jsonOf(sent), status, reply: jsonOf(reply) });
          outgoing.writeHead(status, answer.headers).end(reply);
        });
      });
      onward.on("error", () => outgoing.destroy()).end(sent);
    });
  });
  return { exchanges, ...(await onLoopback(server)) };
}

async function textOf(stream: AsyncIterable<Buffer>): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts).toString();
}

/** The JSON of a body; undefined where it is none. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
