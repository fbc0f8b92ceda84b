import type { Fault } from "../../sandbox/fault";

/**
 * The faults of the contract: everything that may come back instead of the right answer. Each says when the work is done
 * and what the answer looks like; what must follow is the same for all of them, and the tests derive it: what is said to
 * be done is done, what is put into state is what the vendor has, nothing is made twice and nothing is dropped.
 */

/** One kind of wrong answer. */
export interface AnswerFault {
  name: string;
  /** How the sandbox makes it. */
  fault: Omit<Fault, "method" | "path" | "pathEnds" | "times">;
}

/** Where a vendor's answers have what, and what its errors look like: without it only the faults of everybody are tried. */
export interface Answers {
  /** Paths of the id and the key within an answer about one object, for `Fault.set`. */
  id: string;
  key?: string;
  /** An error of the vendor, as it would come with a status of 4xx. */
  error: unknown;
  /** What the vendor says of what does not exist. */
  notFound?: unknown;
}

const json = (status: number, body: unknown): AnswerFault["fault"] => ({
  status,
  body: JSON.stringify(body),
});

/** No answer, or none that a client can use: the work may have been done. */
export const lost: AnswerFault[] = [
  { name: "a cut connection", fault: { drop: true } },
  { name: "a timeout", fault: { delayMs: 700 } },
  { name: "500", fault: json(500, { message: "no" }) },
  { name: "502 in HTML", fault: { status: 502, body: "<html>bad gateway</html>" } },
  { name: "503 without a body", fault: { status: 503 } },
  { name: "408", fault: { status: 408 } },
];

/** A success that is none, or not that of the vendor. */
export const strange: AnswerFault[] = [
  { name: "an HTML page", fault: { status: 200, body: "<html>welcome</html>" } },
  { name: "an empty body", fault: { status: 200, body: "" } },
  { name: "202 without a body", fault: { status: 202 } },
  { name: "an empty object", fault: json(200, {}) },
  { name: "an empty list", fault: json(200, []) },
  { name: "null", fault: json(200, null) },
  { name: "a text", fault: json(200, "ok") },
  { name: "half an object", fault: { status: 200, body: '{"data":{"id":"abc' } },
  { name: "an error in a 200", fault: json(200, { error: "no", message: "no" }) },
  { name: "a redirect", fault: { status: 302, headers: { location: "/login" } } },
];

/** Refusals: nothing was done. */
export const refused: AnswerFault[] = [
  ...[400, 401, 403, 409, 422].map((status) => ({
    name: String(status),
    fault: json(status, { message: "no" }),
  })),
  { name: "429 for an hour", fault: { status: 429, headers: { "retry-after": "3600" } } },
];

/** Some of them, for a test that does not try them all. */
export const faultsNamed = (...names: string[]): AnswerFault[] =>
  names.map((name) => {
    const fault = [...lost, ...strange, ...refused].find((one) => one.name === name);
    if (!fault) throw new Error(`no fault is named "${name}"`);
    return fault;
  });

/** A 404 that is not the vendor's: a gateway's, a framework's, a web server's. */
export const strangeNotFound: AnswerFault[] = Object.entries({
  "an HTML page": "<html>not found</html>",
  nothing: "",
  text: "404 page not found",
  "a JSON text": '"not found"',
  "a list": "[]",
  Laravel: { message: "Not found." },
  "Laravel in debug": { message: "", exception: "NotFoundHttpException", file: "x.php", line: 1, trace: [] },
  Spring: { timestamp: "2026-01-01T00:00:00Z", status: 404, error: "Not Found", path: "/x" },
  Kubernetes: {
    kind: "Status",
    apiVersion: "v1",
    status: "Failure",
    message: "no",
    reason: "NotFound",
    code: 404,
  },
  "problem+json": { type: "about:blank", title: "Not Found", status: 404, detail: "no" },
  Nest: { statusCode: 404, message: "Cannot GET /x", error: "Not Found" },
  FastAPI: { detail: "Not Found" },
  Rails: { status: 404, error: "Not Found" },
  Kong: { message: "no Route matched with those values", request_id: "1" },
  "JSend, almost": { status: "fail", data: { title: "no" } },
  "an envelope": { success: false, message: "no" },
  "an envelope with a code": { success: false, code: "ROUTE_NOT_FOUND", message: "no" },
  Stripe: { error: { type: "invalid_request_error", message: "no" } },
  GraphQL: { errors: [{ message: "no" }] },
}).map(([name, body]) => ({
  name: `404: ${name}`,
  fault: { status: 404, body: typeof body === "string" ? body : JSON.stringify(body) },
}));

/** An answer that breaks off. */
export const cut: AnswerFault[] = [
  { name: "cut before the body", fault: { cutAfterBytes: 0 } },
  { name: "cut within the body", fault: { cutAfterBytes: 12 } },
];

/** The vendor's own error where a success was due, and the vendor's own not-found for one path only. */
export function misplaced({ error, notFound }: Answers): AnswerFault[] {
  return [
    { name: "the vendor's error in a 200", fault: json(200, error) },
    ...(notFound === undefined
      ? []
      : [{ name: "the vendor's not-found, in a 200", fault: json(200, notFound) }]),
  ];
}

/** The vendor's own not-found, of what is there. */
export const ownNotFound = ({ notFound }: Answers): AnswerFault[] =>
  notFound === undefined ? [] : [{ name: "the vendor's not-found", fault: json(404, notFound) }];

const NO_IDS: unknown[] = [
  "..",
  ".",
  "",
  " ",
  "a/b",
  "a b",
  "a\nb",
  "a?b",
  "a#b",
  "%2e%2e",
  12345.5,
  true,
  ["a"],
  null,
];
const NO_KEYS: unknown[] = [
  "      ",
  "",
  "a key",
  "key\n",
  "****************",
  "12345678",
  123456,
  "null",
  {},
  "<b>key</b>",
];

/** The right answer but for the id: another object's, or no id at all. */
export function wrongIds({ id }: Answers, anotherId: string): AnswerFault[] {
  return [anotherId, ...NO_IDS].map((value) => ({
    name: `id ${value === anotherId ? "of another object" : JSON.stringify(value)}`,
    fault: { set: { [id]: value } },
  }));
}

/** The right answer but for the key. */
export function wrongKeys({ key }: Answers): AnswerFault[] {
  if (key === undefined) return [];
  return NO_KEYS.map((value) => ({ name: `key ${JSON.stringify(value)}`, fault: { set: { [key]: value } } }));
}

/** The same, after the work was done. */
export const afterWork = (faults: AnswerFault[]): AnswerFault[] =>
  faults.map(({ name, fault }) => ({
    name: `${name}, after the work`,
    fault: { ...fault, afterWork: true },
  }));
