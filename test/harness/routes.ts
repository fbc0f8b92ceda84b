import { simulators } from "../../sandbox/vendors";

/** The endpoints that a simulator has, by its own word. */

/** An endpoint: method and path below the base URL, with `:name` for what differs from object to object. */
export interface Route {
  method: string;
  path: string;
}

/** The endpoints of a simulator, without what stands before all of them. */
export function routesOf(name: string): Route[] {
  const app = simulators[name]?.app({ data: {}, now: () => new Date() });
  const routes = (app?.routes ?? []).filter(({ method }) => method !== "ALL");
  // A parameter with a pattern stands for another way to write an endpoint that is there as well.
  return routes.filter(({ path }) => !path.includes("{")).map(({ method, path }) => ({ method, path }));
}

/** The endpoint that a path below the base URL is one of. Where two are alike, the simulator takes the first. */
export const routeAt = (routes: Route[], method: string, path: string): Route | undefined =>
  routes.find(
    (route) =>
      route.method === method &&
      new RegExp(`^${route.path.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(/:\w+/g, "[^/]+")}$`).test(
        path,
      ),
  );
