import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SignableRequest } from "../../provider/define/vendor";
import { type Sandbox, startSandbox } from "../../sandbox";
import { simulators } from "../../sandbox/vendors";
import { type Route, routesOf } from "../harness/routes";
import { filled, type Ids, type Right, VENDORS } from "./endpoints";
import { type Json, MALFORMED, mutations, STRANGE_IDS } from "./wrong";

/**
 * Whatever a client sends, a simulator answers as its vendor would: by a 4xx in the vendor's own form and never by a 500, and
 * it keeps nothing that it could not read again. Each endpoint that a simulator has is tried with every wrong value at every
 * place of its body, with ids of nothing, and by methods that it does not have.
 */

interface Answer {
  status: number;
  text: string;
}

let folder: string;
let sandbox: Sandbox;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "streamkeys-sandbox-"));
  sandbox = await startSandbox();
});
afterEach(async () => {
  await sandbox.close();
  rmSync(folder, { recursive: true });
});

it("stands for every simulator", () => {
  expect(Object.keys(VENDORS).sort()).toEqual(Object.keys(simulators).sort());
});

describe.each(Object.keys(VENDORS))("the simulator of %s", (name) => {
  const vendor = VENDORS[name]!;
  const routes = routesOf(name);
  const isWrite = ({ method }: Route): boolean => !["GET", "DELETE"].includes(method);
  const writes = routes.filter(isWrite);
  const nameOf = ({ method, path }: Route): string => `${method} ${path}`;
  const rightsOf = (route: Route, ids: Ids): Right[] => [vendor.rights(ids)[nameOf(route)] ?? []].flat();
  const deletes = ({ method, path }: Route): boolean =>
    simulators[name]?.meaning?.(method, path) === "DELETE";
  const readsBody = (route: Route): boolean => rightsOf(route, {}).some(({ body }) => body !== undefined);

  const takes = (place: string, value: Json): boolean =>
    (vendor.takesAny?.test(place) ?? false) || (value === null && (vendor.takesNull?.test(place) ?? false));

  /** Sends exactly this path: `fetch` would tidy it up. */
  const raw = async (method: string, path: string, body = "", isSigned = true): Promise<Answer> => {
    const base = sandbox.environment[`${name.toUpperCase()}_BASE_URL`] ?? "";
    const { hostname, port, pathname } = new URL(base);
    const own = isSigned
      ? await vendor.headers({ method: method as SignableRequest["method"], url: base + path, body })
      : {};
    const type = body === "" && method === "GET" ? {} : { "content-type": "application/json" };
    return new Promise((resolve, reject) => {
      const prefix = pathname === "/" ? "" : pathname;
      const sent = request({ hostname, port, method, path: prefix + path, headers: { ...own, ...type } });
      sent.on("error", reject).on("response", (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (part: string) => (text += part));
        response.on("end", () => {
          resolve({ status: response.statusCode ?? 0, text });
        });
      });
      sent.end(body);
    });
  };
  const make = (): Promise<Ids> =>
    vendor.make(async (method, path, body) => {
      const { status, text } = await raw(method, path, JSON.stringify(body));
      expect({ method, path, text, isMade: status < 300 }).toMatchObject({ isMade: true });
      return JSON.parse(text) as unknown;
    });
  const stored = (): string => JSON.stringify(sandbox.data[name]);
  const inForm = (text: string): boolean => vendor.error.safeParse(jsonOf(text)).success;

  /** Every read that there is, and its status. An endpoint that is asked for by POST is a read where its meaning says so. */
  const reads = async (ids: Ids): Promise<Record<string, number>> => {
    const { meaning = (method: string) => method } = simulators[name]!;
    const statuses = routes
      .filter(({ method, path }) => meaning(method, path) === "GET")
      .map(async (route) => {
        const [{ body } = {}] = rightsOf(route, ids);
        const { method, path } = route;
        const answer = await raw(method, filled(path, ids), body === undefined ? "" : JSON.stringify(body));
        return [nameOf(route), answer.status] as const;
      });
    return Object.fromEntries(await Promise.all(statuses));
  };

  it("has a right body for each endpoint that changes something, and for no other", () => {
    expect(Object.keys(vendor.rights({})).sort()).toEqual([...new Set(writes.map(nameOf))].sort());
  });

  it("answers the reads of what there is, and most of them by 200", async () => {
    const statuses = Object.values(await reads(await make()));
    expect(statuses.filter((status) => status >= 500)).toEqual([]);
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThan(0);
  });

  it.each(writes)("takes what is right: $method $path", async (route) => {
    for (let at = 0; at < rightsOf(route, {}).length; at += 1) {
      const ids = await make();
      const before = await reads(ids);
      const { body, status = 200 } = rightsOf(route, ids)[at] ?? {};
      const text = body === undefined ? "" : JSON.stringify(body);
      const answer = await raw(route.method, filled(route.path, ids), text);
      expect(answer).toMatchObject({ status });
      if (!deletes(route)) expect(await reads(ids)).toEqual(before);
    }
  });

  it.each(writes.filter(readsBody))(
    "answers no wrong body by a 500, and stores none: $method $path",
    async (route) => {
      const { method, path } = route;
      const ids = await make();
      const before = await reads(ids);
      let refused = 0;
      for (const { body = {} } of rightsOf(route, ids)) {
        for (const { body: wrong, place, otherKind } of mutations(body as Json)) {
          const was = stored();
          const { status, text } = await raw(method, filled(path, ids), JSON.stringify(wrong));
          expect({ wrong, text, isFailure: status >= 500 }).toMatchObject({ wrong, isFailure: false });
          const mayBe = otherKind === undefined || takes(place, otherKind.value);
          expect({ wrong, isTaken: status < 400 && !mayBe }).toEqual({ wrong, isTaken: false });
          if (status < 400) continue;
          refused += 1;
          expect({ wrong, stored: stored() }).toEqual({ wrong, stored: was });
          expect({ wrong, text, inForm: inForm(text) }).toMatchObject({ wrong, inForm: true });
        }
      }
      expect(refused).toBeGreaterThan(5);
      const after = await reads(ids);
      // A field that the vendor does not know may be nothing to it, and then a deletion is done.
      if (!deletes(route)) expect(after).toEqual(before);
      // Another run of the sandbox can work with all of it.
      const file = join(folder, "data.json");
      writeFileSync(file, JSON.stringify(sandbox.data));
      const again = await startSandbox({ dataFile: file });
      await sandbox.close();
      sandbox = again;
      expect(await reads(ids)).toEqual(after);
      expect(inherited()).toEqual([]);
    },
  );

  it.each(writes.filter(readsBody))(
    "refuses what is no JSON, and changes nothing: $method $path",
    async ({ method, path }) => {
      const ids = await make();
      for (const sent of MALFORMED) {
        if (sent === "" && vendor.takesEmptyBody) continue;
        const before = stored();
        const { status, text } = await raw(method, filled(path, ids), sent);
        expect({ sent, status, stored: stored() }).toEqual({ sent, status: 400, stored: before });
        expect({ sent, text, inForm: inForm(text) }).toMatchObject({ inForm: true });
      }
    },
  );

  it.each(routes.filter(({ path }) => path.includes(":")))(
    "has nothing under a strange id: $method $path",
    async (route) => {
      const { method, path } = route;
      const ids = await make();
      const before = await reads(ids);
      const [{ body } = {}] = rightsOf(route, ids);
      const mayRead = method === "GET" && vendor.readsUnknown;
      const parameters = [...path.matchAll(/:(\w+)/g)].map(([, one = ""]) => one);
      for (const parameter of parameters.filter((one) => one !== vendor.any)) {
        for (const strange of STRANGE_IDS) {
          const was = stored();
          const sent = filled(path, { ...ids, [parameter]: strange });
          const { status } = await raw(method, sent, body === undefined ? "" : JSON.stringify(body));
          const isRefused = (status >= 400 && status < 500) || (mayRead === true && status === 200);
          // A removal of what is not there may be done.
          const isDone = method === "DELETE" && status === 204;
          expect({ sent, status, isFine: isRefused || isDone }).toMatchObject({ isFine: true });
          expect({ sent, stored: stored() }).toEqual({ sent, stored: was });
        }
      }
      expect(await reads(ids)).toEqual(before);
    },
  );

  it("has no other method, and changes nothing by one", async () => {
    const ids = await make();
    const was = stored();
    for (const path of new Set(routes.map((route) => route.path))) {
      const methods = routes.filter((route) => route.path === path).map(({ method }) => method);
      const others = ["GET", "POST", "PUT", "PATCH", "DELETE"].filter((method) => !methods.includes(method));
      for (const method of others) {
        const { status } = await raw(method, filled(path, ids), method === "GET" ? "" : "{}");
        expect({ method, path, status, isRefused: status >= 400 && status < 500 }).toMatchObject({
          isRefused: true,
        });
      }
    }
    expect(stored()).toBe(was);
  });

  it("refuses who does not say who they are, in the vendor's form, and changes nothing", async () => {
    const ids = await make();
    const was = stored();
    for (const route of routes.filter((one) => !vendor.open?.includes(nameOf(one)))) {
      const [{ body } = {}] = rightsOf(route, ids);
      const text = body === undefined ? "" : JSON.stringify(body);
      const answer = await raw(route.method, filled(route.path, ids), text, false);
      expect({
        route,
        ...answer,
        isRefused: [401, 403].includes(answer.status) && inForm(answer.text),
      }).toMatchObject({
        isRefused: true,
      });
    }
    expect(stored()).toBe(was);
  });

  it("takes any value of a query, or refuses it", async () => {
    const ids = await make();
    const values = [
      "",
      "x",
      "-1",
      "0",
      "1.5",
      "1e99",
      "9".repeat(30),
      "%00",
      "%FF",
      "null",
      "a,b-c",
      "x".repeat(4_000),
    ];
    for (const { method, path } of routes.filter((route) => route.method === "GET")) {
      for (const query of vendor.queries ?? []) {
        for (const value of values) {
          const sent = `${filled(path, ids)}?${query}=${value}`;
          const { status } = await raw(method, sent);
          expect({ sent, status, isFailure: status >= 500 }).toMatchObject({ isFailure: false });
        }
      }
    }
  });

  it("goes on whatever encoders and users do to objects that are not there", async () => {
    const ids = await make();
    const before = await reads(ids);
    for (const id of STRANGE_IDS) {
      for (const method of ["PUT", "DELETE"]) {
        const url = `${sandbox.url}/_sandbox/live/${name}/${encodeURIComponent(id)}`;
        expect((await fetch(url, { method })).status).toBeLessThan(500);
      }
      simulators[name]?.remove(sandbox.data[name] ?? {}, id);
      simulators[name]?.remove(sandbox.data[name] ?? {}, `${id}/${id}`);
      simulators[name]?.setLive?.(sandbox.data[name] ?? {}, `${id}/${id}`, true);
    }
    expect(inherited()).toEqual([]);
    expect(await reads(ids)).toEqual(before);
  });

  it("is given only data that it can work with", async () => {
    const ids = await make();
    const before = await reads(ids);
    const change = (path: string, value: object): Promise<Response> =>
      fetch(`${sandbox.url}/_sandbox/data/${name}${path}`, { method: "PATCH", body: JSON.stringify(value) });
    let refused = 0;
    for (const [table, rows] of Object.entries(structuredClone(sandbox.data[name] ?? {}))) {
      for (const { body: wrong } of mutations(rows as Json)) {
        const was = stored();
        const { status } = await change("", { [table]: wrong });
        expect([200, 400]).toContain(status);
        if (status === 400) {
          refused += 1;
          expect(stored()).toBe(was);
          continue;
        }
        const failures = Object.entries(await reads(ids)).filter(([, read]) => read >= 500);
        expect({ table, wrong, failures }).toEqual({ table, wrong, failures: [] });
        expect((await change("", { [table]: rows })).status).toBe(200);
      }
    }
    expect(refused).toBeGreaterThan(5);
    expect(await reads(ids)).toEqual(before);
  });
});

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What every object has by now that it did not have before. */
function inherited(): string[] {
  const names: string[] = [];
  for (const key in {}) names.push(key);
  return names;
}
