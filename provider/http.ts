import { setTimeout as sleep } from "node:timers/promises";
import axios, { type AxiosError, type AxiosInstance, type AxiosResponse } from "axios";
import { bulkhead, ExponentialBackoff, handleWhen, type IPolicy, retry, wrap } from "cockatiel";
import type { z } from "zod";
import type { Account } from "./config";
import {
  type CallFailure,
  Gone,
  LostAnswer,
  Refused,
  StreamkeysError,
  Throttled,
  Unauthorized,
  UnexpectedReply,
  Unreachable,
} from "./errors";
import { redact } from "./redact";

/**
 * The only file that talks to the network: signing, deadlines, retries, one limiter per account, and errors that read
 * as a sentence. An `AxiosError` (which holds headers and bodies) never leaves it.
 */

/** Stream objects are a few kB; more than this is no answer of these APIs. */
const LARGEST_REPLY_BYTES = 16 * 1024 * 1024;
/** A pause longer than this is reported instead of waited for. */
const LONGEST_PAUSE_MS = 60_000;
/** The pause after a 429 that names none. */
const DEFAULT_PAUSE_MS = 1_000;

/** A path below the base URL, its values encoded. Made by the `path` tag only. */
export interface Path {
  readonly encoded: string;
}

/** Builds a path: `path\`/streams/${id}\``. An empty value, `.` or `..` would name another object and is refused. */
export function path(strings: TemplateStringsArray, ...values: string[]): Path {
  const encoded = values.map((value) => {
    if (value === "" || value === "." || value === "..") {
      throw new StreamkeysError(`The id "${value}" cannot be part of a path.`);
    }
    return encodeURIComponent(value);
  });
  return { encoded: String.raw({ raw: strings }, ...encoded) };
}

/** Query parameters and body of a call. */
export interface CallOptions {
  query?: Record<string, string | number>;
  body?: unknown;
  /** Whether a lost answer may be answered by asking again. True for GET, PUT and DELETE unless said otherwise. */
  repeatable?: boolean;
}

/** The calls a Definition may make. Replies are checked against a schema; what is no such reply throws. */
export interface Api {
  readonly account: Account;
  /** What a vendor's code keeps for this account within the process, for example one list for a burst of reads. */
  readonly kept: Map<string, unknown>;
  get<T>(path: Path, reply: z.ZodType<T>, options?: CallOptions): Promise<T>;
  /** Sent once: a lost answer throws `LostAnswer`. */
  post<T>(path: Path, reply: z.ZodType<T>, options?: CallOptions): Promise<T>;
  put<T>(path: Path, reply: z.ZodType<T>, options?: CallOptions): Promise<T>;
  /** The body of the answer is not read. */
  delete(path: Path, options?: CallOptions): Promise<void>;
}

type Method = "GET" | "POST" | "PUT" | "DELETE";

/** What all calls to one account share within the process. */
interface Line {
  slots: IPolicy;
  pausedUntil: number;
  client: AxiosInstance;
  kept: Map<string, unknown>;
}

const lines = new Map<string, Line>();

function lineTo(account: Account): Line {
  const identity = JSON.stringify([account.vendor.name, account.baseUrl, account.credentials]);
  let line = lines.get(identity);
  if (!line) {
    line = {
      slots: bulkhead(account.concurrency, Infinity),
      pausedUntil: 0,
      kept: new Map(),
      client: axios.create({
        baseURL: account.baseUrl,
        headers: { accept: "application/json", ...account.vendor.headers(account.credentials) },
        // A redirect would carry the credentials to another place.
        maxRedirects: 0,
        maxContentLength: LARGEST_REPLY_BYTES,
        responseType: "text",
        transformResponse: (body: string) => body,
        validateStatus: () => true,
      }),
    };
    lines.set(identity, line);
  }
  return line;
}

/** Opens an account. Every Api of one account shares its limiter and its pauses. */
export function openApi(account: Account): Api {
  const call = async <T>(
    method: Method,
    at: Path,
    reply: z.ZodType<T> | undefined,
    options: CallOptions = {},
  ) => {
    const body = await send(account, method, at, options);
    return reply ? parsed(account, `${method} ${at.encoded}`, body, reply) : undefined;
  };
  return {
    account,
    kept: lineTo(account).kept,
    get: (at, reply, options) => call("GET", at, reply, options) as Promise<never>,
    post: (at, reply, options) =>
      call("POST", at, reply, { repeatable: false, ...options }) as Promise<never>,
    put: (at, reply, options) => call("PUT", at, reply, options) as Promise<never>,
    delete: async (at, options) => {
      await call("DELETE", at, undefined, options);
    },
  };
}

async function send(account: Account, method: Method, at: Path, options: CallOptions): Promise<string> {
  const line = lineTo(account);
  const { repeatable = true } = options;
  const mayRepeat = (error: Error): boolean =>
    error instanceof Throttled || error instanceof Unreachable || (repeatable && error instanceof LostAnswer);
  const patience = retry(handleWhen(mayRepeat), {
    maxAttempts: account.retries,
    backoff: new ExponentialBackoff({ initialDelay: 250, maxDelay: 5_000 }),
  });
  return wrap(patience, line.slots).execute(async () => {
    await pauseOver(line);
    try {
      return await once(account, line, method, at, options);
    } catch (error) {
      if (error instanceof Throttled) pause(line, error);
      throw error;
    }
  });
}

async function pauseOver(line: Line): Promise<void> {
  for (let left = line.pausedUntil - Date.now(); left > 0; left = line.pausedUntil - Date.now())
    await sleep(left);
}

function pause(line: Line, { retryAfterMs = DEFAULT_PAUSE_MS, failure }: Throttled): void {
  if (retryAfterMs > LONGEST_PAUSE_MS) {
    const seconds = Math.ceil(retryAfterMs / 1000);
    throw new Refused({ ...failure, advice: `It asks to wait ${seconds} s; run again after that.` });
  }
  line.pausedUntil = Math.max(line.pausedUntil, Date.now() + retryAfterMs);
}

async function once(
  account: Account,
  line: Line,
  method: Method,
  at: Path,
  options: CallOptions,
): Promise<string> {
  const failure: CallFailure = { vendor: account.label, call: `${method} ${at.encoded}`, detail: "" };
  let response: AxiosResponse<string>;
  try {
    response = await line.client.request<string>({
      method,
      url: at.encoded,
      ...(options.query ? { params: options.query } : {}),
      ...(options.body === undefined ? {} : { data: options.body }),
      signal: AbortSignal.timeout(account.timeoutSeconds * 1000),
    });
  } catch (error) {
    throw networkError(failure, error as AxiosError, account);
  }
  if (response.status >= 200 && response.status < 300) return response.data;
  throw answerError(failure, response, account);
}

/** Codes of errors that come before a byte of the request has left. */
const NEVER_SENT = [
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ERR_INVALID_URL",
];

function networkError(failure: CallFailure, error: AxiosError, account: Account): StreamkeysError {
  const code = error.code ?? "";
  if (NEVER_SENT.includes(code) || /CERT|SELF_SIGNED|TLS/.test(code)) {
    const detail = `could not be sent (${code})`;
    const advice = `Check that ${new URL(account.baseUrl).origin} is right and reachable.`;
    return new Unreachable({ ...failure, detail, advice });
  }
  if (error.message.includes("maxContentLength")) {
    return new UnexpectedReply({
      ...failure,
      detail: `answered with more than ${LARGEST_REPLY_BYTES} bytes`,
    });
  }
  const timedOut = code === "ERR_CANCELED" || code === "ECONNABORTED" || code === "ETIMEDOUT";
  const detail = timedOut
    ? `had no answer within ${account.timeoutSeconds} s`
    : `had no answer, the connection was cut${code ? ` (${code})` : ""}`;
  return new LostAnswer({ ...failure, detail });
}

function answerError(start: CallFailure, response: AxiosResponse<string>, account: Account): StreamkeysError {
  const { status, data } = response;
  const { vendor } = account;
  const body = json(data);
  const requestId = header(response, "x-request-id");
  const failure: CallFailure = {
    ...start,
    status,
    detail: words(vendor.words?.(body), data),
    ...(requestId ? { requestId } : {}),
  };
  if (vendor.isThrottled?.(status, body) ?? status === 429) {
    return new Throttled(failure, retryAfterMs(response, vendor.retryAfterHeaders ?? []));
  }
  if (status >= 500) return new LostAnswer(failure);
  if (status === 401 || status === 403) {
    const advice =
      "Check the credentials and what they are allowed to do (`streamkeys doctor`). If you have changed them in the stack " +
      "config since the last `pulumi up`, run refresh and destroy with `--run-program`: the engine gives them the old ones.";
    return new Unauthorized({ ...failure, advice });
  }
  if (vendor.isGone(status, body)) return new Gone(failure);
  if (status === 404)
    return new Refused({ ...failure, advice: "This is not the vendor's not-found: check the base URL." });
  return new Refused(failure);
}

/** The vendor's words for a sentence. What is not JSON is named, not shown: it may hold anything. */
function words(said: string | undefined, raw: string): string {
  if (said)
    return redact(said)
      .slice(0, 300)
      .replace(/[.\s]+$/, "");
  if (raw === "") return "(no body)";
  return raw.trimStart().startsWith("<") ? "an HTML page" : "no message";
}

function retryAfterMs(response: AxiosResponse, vendorHeaders: string[]): number | undefined {
  for (const name of [...vendorHeaders, "retry-after"]) {
    const value = header(response, name);
    if (value === undefined) continue;
    const seconds = Number(value);
    const wait = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(value) - Date.now();
    if (Number.isFinite(wait)) return Math.max(0, wait);
  }
  return undefined;
}

function header(response: AxiosResponse, name: string): string | undefined {
  const value: unknown = response.headers[name];
  return typeof value === "string" ? value : undefined;
}

function json(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return undefined;
  }
}

function parsed<T>(account: Account, call: string, body: string, reply: z.ZodType<T>): T {
  const result = reply.safeParse(json(body));
  if (result.success) return result.data;
  const where = result.error.issues.map((issue) => issue.path.join(".") || "body").slice(0, 3);
  const shown =
    json(body) === undefined
      ? words(undefined, body)
      : `JSON that is not as documented (${where.join(", ")})`;
  throw new UnexpectedReply({
    vendor: account.label,
    call,
    detail: `answered with ${shown}`,
    advice: "Check the base URL; the state is left as it was.",
  });
}
