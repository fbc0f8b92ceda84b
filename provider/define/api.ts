import type { z } from "zod";
import { StreamkeysError } from "./errors";

/** What a vendor's functions may ask of the network. Who they are and how they sign is not theirs to know. */

/** A path below the base URL, its values encoded. Made by the `path` tag only. */
export interface Path {
  readonly encoded: string;
}

/**
 * Builds a path: `path\`/streams/${id}\``.
 * @throws StreamkeysError for an empty value, `.` or `..`, which would name another object, and for half a letter, which cannot
 * be encoded.
 */
export function path(strings: TemplateStringsArray, ...values: string[]): Path {
  const encoded = values.map((value) => {
    if (value === "" || value === "." || value === ".." || HALF_A_LETTER.test(value)) {
      throw new StreamkeysError(`The id ${JSON.stringify(value)} cannot be part of a path.`);
    }
    return encodeURIComponent(value);
  });
  return { encoded: String.raw({ raw: strings }, ...encoded) };
}

/** A surrogate without its other half. */
const HALF_A_LETTER = /\p{Surrogate}/u;

/** HTTP methods that the vendors use. */
export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** Query parameters, body and headers of a call. */
export interface CallOptions {
  query?: Record<string, string | number | string[]>;
  /** Sent as JSON. Unset, the request has no body and no content type. */
  body?: unknown;
  headers?: Record<string, string>;
  /**
   * Sent as `Idempotency-Key`, for vendors that do the same request with the same key once: what was lost may be asked for
   * again. Both are of one attempt: see `Attempt.mark`.
   */
  idempotencyKey?: string;
  /**
   * A look that belongs to the call: made in the same turn of the account's line, before every try. It calls by `direct`,
   * which does not queue. What it throws stops the call; a look that got no answer is repeated together with the call.
   */
  before?: (direct: Api) => Promise<void>;
  /** Whether a lost answer may be answered by asking again. True for all but POST unless said otherwise. */
  repeatable?: boolean;
  /** Completes what the call before it has begun, and must not be stopped any more: no look is made before it. */
  completes?: true;
}

/** An answer as it came. */
export interface Reply<T> {
  status: number;
  /** By lower-case name. */
  headers: Record<string, string>;
  body: T;
}

/** How far a vendor's clock is ahead of ours, in milliseconds; negative when it is behind. */
export interface ClockSkew {
  atLeastMs: number;
  atMostMs: number;
}

/** The calls a Definition may make. Replies are checked against a schema; what is no such reply throws. */
export interface Api {
  /** Whom the calls go to, for sentences: "Tenbyte (account eu)". */
  readonly label: string;
  /** The same for all credentials that surely open the same account: a digest. */
  readonly identity: string;
  /** Deadline of one call, in milliseconds. */
  readonly timeoutMs: number;
  /** How long to wait for what the vendor makes ready by and by, in milliseconds. */
  readonly waitMs: number;
  /** What the vendor's answers so far have told of its clock; undefined before the first. */
  clockSkew(): ClockSkew | undefined;
  get<T>(path: Path, reply: z.ZodType<T>, options?: CallOptions): Promise<T>;
  /** A read that the vendor takes by POST: like `get` it changes nothing, so it is repeated, and no look precedes it. */
  ask<T>(path: Path, reply: z.ZodType<T>, options?: CallOptions): Promise<T>;
  /** Sent once: a lost answer throws `LostAnswer`. */
  post<T>(path: Path, reply: z.ZodType<T>, options?: CallOptions): Promise<T>;
  put<T>(path: Path, reply: z.ZodType<T>, options?: CallOptions): Promise<T>;
  patch<T>(path: Path, reply: z.ZodType<T>, options?: CallOptions): Promise<T>;
  /** `reply` is what says that the object is deleted: any other answer throws, whatever its status. */
  delete(path: Path, reply: z.ZodType, options?: CallOptions): Promise<void>;
  /** For what the calls above do not show: status and headers of the answer. */
  request<T>(method: Method, path: Path, reply: z.ZodType<T>, options?: CallOptions): Promise<Reply<T>>;
  /**
   * One answer for a burst of asks: `load` runs when there is none under this name that was asked for within the last
   * `maxAgeMs`. A failure is not kept.
   */
  shared<T>(name: string, maxAgeMs: number, load: () => Promise<T>): Promise<T>;
  /** When this process last wrote something in the account, by `performance.now()`; 0 before it has. */
  wroteAt(): number;
  /** Drops a shared answer, also one on its way: what is written changes what it would have said. */
  unshare(name: string): void;
}
