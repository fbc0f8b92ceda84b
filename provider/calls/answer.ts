import type { z } from "zod";
import type { Reply } from "../define/api";
import {
  type CallFailure,
  Gone,
  LostAnswer,
  Refused,
  type StreamkeysError,
  Throttled,
  Unauthorized,
  UnexpectedReply,
} from "../define/errors";
import type { Account } from "./account";
import { clearOfSecrets, redact } from "./redact";

/** What an answer means: the body that its schema describes, or an error that reads as a sentence. */

/** Whether the vendor says that the work was done. */
export function isSuccess({ status }: Reply<string>): boolean {
  return status >= 200 && status < 300;
}

/** The error that an answer which is no success stands for. */
export function answerError(call: string, reply: Reply<string>, account: Account): StreamkeysError {
  const { status, headers, body: raw } = reply;
  const { vendor } = account;
  const body = json(raw);
  const requestId = clearOfSecrets(headers["x-request-id"] ?? headers["x-amzn-requestid"] ?? "").slice(
    0,
    200,
  );
  const name = nameOf(vendor.errorName?.(body, headers));
  const said = words(vendor.words?.(body), raw);
  const failure: CallFailure = {
    vendor: account.label,
    call,
    status,
    ...(name === undefined ? { detail: said } : { name, detail: `${name}: ${said}` }),
    ...(requestId ? { requestId } : {}),
  };
  if (vendor.isThrottled?.(status, body) ?? status === 429) {
    return new Throttled(failure, retryAfterMs(headers, vendor.retryAfterHeaders ?? []));
  }
  // A proxy that gave up waiting says 408, and knows no more than we do.
  if (status >= 500 || status === 408) return new LostAnswer(failure);
  if (status < 400) {
    const advice =
      "An API does not send its callers elsewhere: check the base URL. The state is left as it was.";
    return new UnexpectedReply({ ...failure, advice });
  }
  if (status === 401 || status === 403) {
    const advice =
      "Check the credentials and what they are allowed to do (`streamkeys doctor`). If you have changed them in the stack " +
      "config since the last `pulumi up`, run refresh and destroy with `--run-program`: the engine gives them the old ones." +
      skewAdvice(headers);
    return new Unauthorized({ ...failure, advice });
  }
  if (vendor.isGone(status, body, headers)) return new Gone(failure);
  if (status === 404)
    return new Refused({ ...failure, advice: "This is not the vendor's not-found: check the base URL." });
  return new Refused(failure);
}

/**
 * The body of a success, as its schema describes it: `undefined` for a 204, an empty text for an empty body.
 * @throws UnexpectedReply when it is something else.
 */
export function parsed<T>(call: string, reply: Reply<string>, schema: z.ZodType<T>, account: Account): T {
  const body = bodyOf(reply);
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const where = result.error.issues.slice(0, 3).map(({ path, message }) => {
    const at = path.join(".") || "body";
    // What the house's own shapes say; a message of zod's may repeat what was sent.
    return message.startsWith("is ") ? `${at} ${message}` : at;
  });
  const what =
    typeof body === "symbol" || body === "" || body === undefined
      ? words(undefined, reply.body)
      : `JSON that is not as documented (${where.join(", ")})`;
  throw new UnexpectedReply({
    vendor: account.label,
    call,
    detail: `answered with ${what}`,
    advice: "Check the base URL; the state is left as it was.",
  });
}

/** Stands for a body that is no JSON. */
const NOT_JSON = Symbol("not JSON");

function bodyOf({ status, body }: Reply<string>): unknown {
  if (status === 204) return undefined;
  return body === "" ? "" : (json(body) ?? NOT_JSON);
}

/** The vendor's words for a sentence. What is not JSON is named, not shown: it may hold anything. */
function words(said: string | undefined, raw: string): string {
  if (said)
    return redact(beginning(said))
      .slice(0, 300)
      .replace(/[.\s]+$/, "");
  if (raw === "") return "(no body)";
  return raw.trimStart().startsWith("<") ? "an HTML page" : "no message";
}

/** A name is a word, and no secret; anything else is none. */
const nameOf = (name: string | undefined): string | undefined =>
  name !== undefined && /^[A-Za-z]{1,80}$/.test(name) && clearOfSecrets(name) === name ? name : undefined;

/** Less than this no signature minds. */
const SMALL_SKEW_MS = 60_000;

/** A signature holds the time, so a clock that is wrong is refused like a wrong credential. */
function skewAdvice(headers: Record<string, string>): string {
  const skewMs = Date.now() - (dateOf(headers) ?? Date.now());
  if (Math.abs(skewMs) < SMALL_SKEW_MS) return "";
  const minutes = Math.round(Math.abs(skewMs) / 60_000);
  return ` This machine's clock is ${minutes} min ${skewMs > 0 ? "ahead of" : "behind"} the vendor's; set it right first.`;
}

/** Longer words are not searched for secrets; where they are cut, half a secret may stand. */
const LONGEST_WORDS = 10_000;

const beginning = (said: string): string =>
  said.length <= LONGEST_WORDS ? said : said.slice(0, LONGEST_WORDS).replace(/\S*$/, "");

/** `Retry-After` is a number of seconds or a date (RFC 9110, section 10.2.3); anything else says nothing. */
function retryAfterMs(headers: Record<string, string>, vendorHeaders: string[]): number | undefined {
  for (const name of [...vendorHeaders, "retry-after"]) {
    const value = headers[name]?.trim() ?? "";
    if (/^\d+(\.\d+)?$/.test(value)) return Number(value) * 1000;
    // By the vendor's own clock, where it shows it.
    if (HTTP_DATE.test(value)) return Math.max(0, Date.parse(value) - (dateOf(headers) ?? Date.now()));
  }
  return undefined;
}

/** `Date.parse` takes nearly any text with a number in it for a date. */
const HTTP_DATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

function dateOf({ date = "" }: Record<string, string>): number | undefined {
  return HTTP_DATE.test(date) ? Date.parse(date) : undefined;
}

function json(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return undefined;
  }
}
