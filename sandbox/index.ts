import type { AddressInfo } from "node:net";
import { type HttpBindings, serve, type ServerType } from "@hono/node-server";
import { type Context, Hono } from "hono";
import { z } from "zod";
import type { Fault } from "./fault";
import { fault, faultInjection } from "./faults";
import { bodyOf, sentenceOf } from "./body";
import { simulators } from "./vendors";
import type { SimulatorData } from "./data";
import { openStore, type Store } from "./store";

export type { Fault } from "./fault";
export { UnusableData } from "./data";

/**
 * The sandbox: one local server that behaves like the vendors' documentation, for demos, for tests of ours and of
 * users. Binds to loopback only.
 */

/** How to start a sandbox. */
export interface SandboxOptions {
  /** Port; 0 takes any free one. */
  port?: number;
  /** File that keeps the data between runs; in memory only when unset. */
  dataFile?: string;
  now?: () => Date;
}

/** One request that came in. Neither headers nor bodies are kept: they hold secrets. */
export interface ReceivedRequest {
  /** HTTP method; of a vendor that takes reads and deletes by POST too, the one that the request stands for. */
  method: string;
  path: string;
  query: string;
  /** Absent while the answer is being made. */
  status?: number;
}

/** A running sandbox. */
export interface Sandbox {
  /** `http://127.0.0.1:<port>`. */
  url: string;
  /** Environment that points every vendor's default account here. */
  environment: Record<string, string>;
  /** The vendors' data, to look at and to change behind the provider's back. */
  data: Record<string, SimulatorData>;
  /** What came in since the start or the last `clear`. */
  requests: ReceivedRequest[];
  /** Faults in force, first match first. Push one to break something, empty it to mend all. */
  faults: Fault[];
  close(): Promise<void>;
}

/** Another program has the port. */
export class PortTaken extends Error {
  override readonly name = "PortTaken";
  constructor(port: number) {
    super(`The sandbox cannot use port ${port}: another program has it. Choose another port.`);
  }
}

/** Path below which the sandbox itself is steered, for users' tests in any language. */
export const CONTROL_PATH = "/_sandbox";

/**
 * Starts the sandbox.
 * @throws PortTaken when another program has the port, UnusableData when the data file cannot be used.
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const store = openStore(options.dataFile, simulators);
  const requests: ReceivedRequest[] = [];
  const faults: Fault[] = [];
  const app = new Hono<{ Bindings: HttpBindings }>();

  app.get(`${CONTROL_PATH}/environment`, (context) =>
    context.json(environment(new URL(context.req.url).origin)),
  );
  app.route(CONTROL_PATH, controls(store, requests, faults));
  app.use(async (context, next) => {
    const { path } = context.req;
    const method = meaningOf(context.req);
    const received: ReceivedRequest = { method, path, query: new URL(context.req.url).search };
    requests.push(received);
    await next();
    if (options.now) context.res.headers.set("date", options.now().toUTCString());
    received.status = context.res.status;
    if (method !== "GET") store.save();
  });
  app.use(faultInjection(faults, meaningOf));
  for (const [vendor, simulator] of Object.entries(simulators)) {
    const data = (store.data[vendor] ??= {});
    app.route(
      `/${vendor}${simulator.basePath}`,
      simulator.app({ data, now: options.now ?? (() => new Date()) }),
    );
  }

  const server = await listen(app, options.port ?? 0);
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    environment: environment(url),
    data: store.data,
    requests,
    faults,
    close: () => close(server),
  };
}

/** The HTTP method that a request stands for. */
function meaningOf({ method, path }: { method: string; path: string }): string {
  const vendor = path.split("/", 2)[1] ?? "";
  const simulator = Object.hasOwn(simulators, vendor) ? simulators[vendor] : undefined;
  return simulator?.meaning?.(method, path) ?? method;
}

function environment(url: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(simulators).flatMap(([vendor, { basePath, credentials }]) => [
      [`${vendor.toUpperCase()}_BASE_URL`, `${url}/${vendor}${basePath}`],
      ...Object.entries(credentials).map(([field, value]) => [
        `${vendor.toUpperCase()}_${constantCase(field)}`,
        value,
      ]),
    ]),
  ) as Record<string, string>;
}

const constantCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();

function listen(app: Hono<{ Bindings: HttpBindings }>, port: number): Promise<ServerType> {
  return new Promise((resolve, reject) => {
    const server = serve({ fetch: app.fetch, port, hostname: "127.0.0.1" }, () => {
      resolve(server);
    });
    server.once("error", (error: NodeJS.ErrnoException) => {
      reject(error.code === "EADDRINUSE" ? new PortTaken(port) : error);
    });
  });
}

function close(server: ServerType): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
    if ("closeAllConnections" in server) server.closeAllConnections();
  });
}

/**
 * `GET environment`; `GET` and `DELETE requests`; `POST` and `DELETE faults`; `PUT` and `DELETE live/<vendor>/<id>`;
 * `GET data`, `PATCH data/<vendor>/<path>`.
 */
function controls({ data, save, problemOf }: Store, requests: ReceivedRequest[], faults: Fault[]): Hono {
  const app = new Hono();
  app
    .get("/health", (context) => context.json({ sandbox: "pulumi-streamkeys" }))
    .get("/requests", (context) => context.json(requests))
    .delete("/requests", (context) => {
      requests.length = 0;
      return context.body(null, 204);
    })
    .post("/faults", async (context) => {
      const { value, wrong } = await bodyOf(context, fault);
      if (!value) return context.text(sentenceOf(wrong), 400);
      faults.push(value);
      return context.json(value, 201);
    })
    .delete("/faults", (context) => {
      faults.length = 0;
      return context.body(null, 204);
    })
    .put("/live/:vendor/:id", (context) => setLive(context, data, true))
    .delete("/live/:vendor/:id", (context) => setLive(context, data, false))
    .get("/data", (context) => context.json(data))
    .patch("/data/*", async (context) => {
      const steps = context.req.path.slice(`${CONTROL_PATH}/data/`.length).split("/").map(decoded);
      const { value: change, wrong } = await bodyOf(context, z.record(z.string(), z.unknown()));
      if (!change) return context.text(sentenceOf(wrong), 400);
      // Tried on a copy first, so that nothing is changed to what the simulators cannot work with.
      const copy = structuredClone(data);
      const tried = objectAt(copy, steps);
      const target = objectAt(data, steps);
      if (!tried || !target) return context.text("There is no such object.", 404);
      Object.assign(tried, change);
      const problem = problemOf(copy);
      if (problem !== undefined) return context.text(problem, 400);
      replaceIn(target, change);
      save();
      return context.json(target);
    });
  return app;
}

/** A step of a path; as it stands where it is not encoded rightly. */
function decoded(step: string): string {
  try {
    return decodeURIComponent(step);
  } catch {
    return step;
  }
}

/** The object at the end of a path, through own members only. */
function objectAt(data: object, steps: string[]): object | undefined {
  return steps.reduce<object | undefined>((owner, step) => {
    const value: unknown =
      owner && Object.hasOwn(owner, step) ? (owner as Record<string, unknown>)[step] : undefined;
    return typeof value === "object" && value !== null ? value : undefined;
  }, data);
}

/** Gives an object new members. A table stays the same object, because a simulator at work holds on to it. */
function replaceIn(target: object, change: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(change)) {
    const table = objectAt(target, [name]);
    if (!table || Array.isArray(table) || Array.isArray(value)) {
      Object.assign(target, { [name]: value });
      continue;
    }
    for (const member of Object.keys(table)) Reflect.deleteProperty(table, member);
    Object.assign(table, value);
  }
}

/** Starts or ends a broadcast, as an encoder would. */
function setLive(context: Context, data: Record<string, SimulatorData>, live: boolean): Response {
  const { vendor = "", id = "" } = context.req.param();
  const simulator = simulators[vendor];
  if (!simulator?.setLive) return context.text(`${vendor} cannot say whether a broadcast runs.`, 404);
  simulator.setLive(data[vendor] ?? {}, id, live);
  return context.body(null, 204);
}
