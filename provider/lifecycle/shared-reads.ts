import type { Api, CallOptions, Method, Path } from "../define/api";
import { isAtWork, type Note } from "./journal";
import type { Memory } from "./memory";

/**
 * One list for all creates that a killed run has left open. What a process has made is in every list that is asked for once
 * it has ended, so whoever looks for a part of it can share that list, however many there are.
 */

/** The account, its reads shared by all who want to know how things were at a moment of `performance.now()` or later. */
export function withSharedReads(api: Api, since: number): Api {
  const shared = <T>(method: Method, at: Path, { query, body }: CallOptions, load: () => Promise<T>) =>
    api.shared(`${method} ${at.encoded} ${JSON.stringify([query, body])}`, performance.now() - since, load);
  return {
    ...api,
    get: (at, reply, options = {}) => shared("GET", at, options, () => api.get(at, reply, options)),
    ask: (at, reply, options = {}) => shared("POST", at, options, () => api.ask(at, reply, options)),
    request: (method, at, reply, options = {}) => {
      const load = () => api.request(method, at, reply, options);
      return method === "GET" ? shared(method, at, options, load) : load();
    },
  };
}

/** The account to look in for what a noted create has made: with shared reads once its process has ended. */
export function apiToLookFor(note: Note, api: Api, { ended }: Memory): Api {
  const { pid } = note;
  if (pid === undefined || pid === process.pid || isAtWork(note)) return api;
  const since = ended.get(pid) ?? performance.now();
  ended.set(pid, since);
  return withSharedReads(api, since);
}
