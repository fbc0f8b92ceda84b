import { appendFileSync } from "node:fs";
import { type Sandbox, type SandboxOptions, startSandbox } from "../../sandbox";
import { simulators } from "../../sandbox/vendors";
import { routeAt, routesOf } from "./routes";

/** A sandbox for the tests by a vendor's official client. `bench/clients.ts` learns from it what the clients ask for. */

/** The file that is told of each request, as a line of JSON; unset: none is. */
export const COUNT_FILE = "STREAMKEYS_COUNT_CLIENT_REQUESTS";

/** One request of an official client. */
export interface ClientRequest {
  vendor: string;
  /** The simulator's endpoint, as `GET /stream/:id`; absent where it has none such. */
  endpoint?: string;
  status: number;
}

/** Starts a sandbox for the client of a vendor. */
export async function sandboxForClient(vendor: string, options: SandboxOptions = {}): Promise<Sandbox> {
  const sandbox = await startSandbox(options);
  return {
    ...sandbox,
    close: async () => {
      await sandbox.close();
      const file = process.env[COUNT_FILE];
      if (file === undefined) return;
      const { basePath = "", meaning } = simulators[vendor] ?? {};
      const prefix = `/${vendor}${basePath}`;
      const routes = routesOf(vendor);
      const lines = sandbox.requests
        .filter(({ path }) => path.startsWith(prefix))
        .map(({ method, path, status = 0 }): ClientRequest => {
          const below = path.slice(prefix.length);
          // What takes everything by POST is written down by what it stands for.
          const route =
            routeAt(routes, method, below) ?? (meaning ? routeAt(routes, "POST", below) : undefined);
          return { vendor, ...(route && { endpoint: `${route.method} ${route.path}` }), status };
        });
      appendFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
    },
  };
}
