import type { ClientRequest } from "node:http";
import { TLSSocket } from "node:tls";
import axios, { type AxiosResponse, isAxiosError } from "axios";
import type { Path, Method, CallOptions, Reply } from "../define/api";
import {
  type CallFailure,
  LostAnswer,
  type StreamkeysError,
  UnexpectedReply,
  Unreachable,
} from "../define/errors";
import { type Account, isLoopback } from "./account";

/**
 * The only file that imports axios: one request, signed, with a deadline. An `AxiosError` (which holds headers and
 * bodies) never leaves it.
 */

/** Stream objects are a few kB; more than this is no answer of these APIs. */
const LARGEST_REPLY_BYTES = 16 * 1024 * 1024;

const client = axios.create({
  // A redirect would carry the credentials to another place.
  maxRedirects: 0,
  maxContentLength: LARGEST_REPLY_BYTES,
  responseType: "text",
  // By itself axios parses a JSON text, and writes it anew.
  transformRequest: (body: string) => body,
  transformResponse: (body: string) => body,
  validateStatus: () => true,
});

/**
 * Sends one request, and returns whatever answer came.
 * @throws Unreachable when nothing was sent, LostAnswer when it may have been carried out, UnexpectedReply when the
 * answer is too large.
 */
export async function sendOnce(
  account: Account,
  method: Method,
  at: Path,
  { query = {}, body, headers = {}, idempotencyKey }: CallOptions,
): Promise<Reply<string>> {
  const url = new URL(account.baseUrl + at.encoded);
  for (const [name, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? value : [value]) url.searchParams.append(name, String(one));
  }
  const request = {
    method,
    url: url.toString(),
    headers: {
      accept: "application/json",
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...(idempotencyKey === undefined ? {} : { "idempotency-key": idempotencyKey }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  };
  const signature = await account.vendor.sign(request, account.credentials);
  let response: AxiosResponse<string>;
  try {
    response = await client.request<string>({
      method,
      url: request.url,
      // Without a body axios would name a content type of its own.
      headers: { "content-type": false, ...request.headers, ...signature },
      data: request.body,
      // What is meant for this machine stays on it; all else is https, which a proxy only tunnels.
      ...(isLoopback(url) ? { proxy: false as const } : {}),
      signal: AbortSignal.timeout(account.timeoutSeconds * 1000),
    });
  } catch (error) {
    throw networkError(
      { vendor: account.label, call: `${method} ${at.encoded}`, detail: "" },
      error,
      account,
    );
  }
  if (url.protocol === "https:" && !isEncrypted(response)) {
    throw new Unreachable({
      vendor: account.label,
      call: `${method} ${at.encoded}`,
      detail: `could not be sent, because the proxy refused to open a tunnel (${response.status})`,
      advice: "Check HTTPS_PROXY, and NO_PROXY for hosts that are reached without it.",
    });
  }
  return replyOf(response);
}

/** Whether an answer came by TLS. The answer to https that did not is of the proxy, which axios hands over as if it were the vendor's. */
function isEncrypted({ request }: AxiosResponse): boolean {
  return (request as ClientRequest).socket instanceof TLSSocket;
}

function replyOf({ status, headers, data }: AxiosResponse<string>): Reply<string> {
  const texts = Object.entries(headers).filter(
    (entry): entry is [string, string] => typeof entry[1] === "string",
  );
  return { status, headers: Object.fromEntries(texts), body: data };
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

/** What Node calls a certificate that does not hold: no request is sent over such a connection. */
const UNTRUSTED =
  /CERT|SELF_SIGNED|TLS|UNABLE_TO|CRL|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH|HOSTNAME_MISMATCH/;

function networkError(failure: CallFailure, error: unknown, account: Account): StreamkeysError {
  const { code = "", message } = isAxiosError(error) ? error : { message: "" };
  if (NEVER_SENT.includes(code) || UNTRUSTED.test(code)) {
    const detail = `could not be sent (${code})`;
    const advice = `Check that ${new URL(account.baseUrl).origin} is right and reachable.`;
    return new Unreachable({ ...failure, detail, advice });
  }
  if (message.includes("maxContentLength")) {
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
