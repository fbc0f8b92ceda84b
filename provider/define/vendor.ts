import type { Definition, Shape } from ".";
import type { Api, Method } from "./api";

/** The credentials of one account, by the names of the vendor's `credentials` shape. */
export type Credentials = Record<string, string | undefined>;

/** A request as it is about to be sent. */
export interface SignableRequest {
  method: Method;
  /** Whole URL, query included. */
  url: string;
  headers: Record<string, string>;
  /** JSON text; absent when the request has no body. */
  body?: string;
}

/** A vendor: how to reach it, how to sign a request, how to read its errors, and its resources. */
export interface Vendor {
  /** Name in config, types and imports, for example `tenbyte`. */
  name: string;
  /** Name for people. */
  title: string;
  /** What the vendor is and what to know before using it; the head of its docs page. */
  about: string;
  /** Documented base URL, `{field}` standing for a field of the account; `baseUrl` of an account overrides it. */
  baseUrl: string;
  /** Fields of an account: its credentials, and how they are used (what is in none of the `alternatives`). */
  credentials: Shape;
  /** Environment variable of each of these fields, for the default account. */
  environment: Record<string, string>;
  /** Sets of credentials of which exactly one must be complete; one that holds another is meant where it has been begun. */
  alternatives: string[][];
  /** Headers that sign a request, which is otherwise complete. */
  sign(
    request: SignableRequest,
    credentials: Credentials,
  ): Record<string, string> | Promise<Record<string, string>>;
  /** What the account adds to the base URL, for vendors that keep the account in the path. */
  accountPath?(credentials: Credentials): string;
  /** Whether an answer is the vendor's own not-found, not some gateway's: only that removes a resource from state. */
  isGone(status: number, body: unknown, headers: Record<string, string>): boolean;
  /** The vendor's own name of an error, where it has names: shown before its words, and kept in the error. */
  errorName?(body: unknown, headers: Record<string, string>): string | undefined;
  /**
   * Whose the account is, as its objects name it (the trait `owner`); undefined where nothing there can tell. Absent
   * where the vendor names no owner.
   */
  owner?(api: Api): Promise<string | undefined>;
  /** Whether an answer of any status means throttling. By default 429. */
  isThrottled?(status: number, body: unknown): boolean;
  /** The vendor's own words in an error body. */
  words?(body: unknown): string | undefined;
  /** Headers that say how many seconds to wait, before the standard `Retry-After`. */
  retryAfterHeaders?: string[];
  /** One cheap authenticated read, which fails when the account does not work. */
  probe(api: Api): Promise<unknown>;
  /** What runs out at the account although every call still works, and what to do; undefined where nothing does. */
  shortage?(api: Api): Promise<string | undefined>;
  resources: Definition[];
}
