import type { Fault } from "../../sandbox/fault";

/**
 * The faults of the fault matrix: everything that may come back instead of the right answer. Each says when the work is done
 * and what the answer looks like; what must follow is the same for all of them, and the tests derive it: what is said to
 * be done is done, what is put into state is what the vendor has, nothing is made twice and nothing is dropped.
 */

/**
 * What an answer may be taken for: that nothing was done, that it is to be asked again in a moment, that it is done; and
 * "unknown" where it says nothing of the work, which may have been done.
 */
export type Meaning = "not done" | "not yet" | "done" | "unknown";

/** One kind of wrong answer. */
export interface AnswerFault {
  name: string;
  means: Meaning;
  /** How the sandbox makes it. */
  fault: Omit<Fault, "method" | "path" | "pathEnds" | "times">;
  /** Nothing listens there. */
  unreachable?: true;
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
  /** One object is read from the list of all: what that leaves out or changes, nobody says otherwise. */
  readsTheList?: true;
  /** A list is an array and nothing else, so an empty one is an answer. */
  bareLists?: true;
  /** What is otherwise for a resource, by its name. */
  of?: Record<string, Partial<Answers>>;
}

/** Faults, and what they mean. */
const meaning = (means: Meaning, faults: Omit<AnswerFault, "means">[]): AnswerFault[] =>
  faults.map((fault) => ({ ...fault, means }));

const json = (status: number, body: unknown): AnswerFault["fault"] => ({
  status,
  body: JSON.stringify(body),
});

/** No answer, or none that a client can use: the work may have been done. */
export const lost: AnswerFault[] = meaning("unknown", [
  { name: "a cut connection", fault: { drop: true } },
  { name: "a timeout", fault: { delayMs: 1_000 } },
  { name: "a slow drip", fault: { status: 200, body: "{}".padEnd(100), dripMs: 50 } },
  { name: "500", fault: json(500, { message: "no" }) },
  { name: "502 in HTML", fault: { status: 502, body: "<html>bad gateway</html>" } },
  { name: "503 without a body", fault: { status: 503 } },
  { name: "408", fault: { status: 408 } },
  { name: "599", fault: { status: 599, body: "no" } },
]);

/** No request leaves. */
export const unreachable: AnswerFault[] = meaning("not done", [
  { name: "a refused connection", fault: {}, unreachable: true },
]);

const MANY = 50_000_000;

/** More than an answer can be. */
export const tooMuch: AnswerFault[] = meaning("unknown", [
  {
    name: "an answer that never ends",
    fault: { status: 200, body: `{"data":"${"x".repeat(100_000)}`, endless: true },
  },
  { name: "a drip that never ends", fault: { status: 200, body: " ", dripMs: 50, endless: true } },
  { name: "50 MB", fault: { status: 200, body: `{"data":"${"x".repeat(MANY)}"}` } },
  {
    name: "a gzip bomb of 50 MB",
    fault: { status: 200, body: `{"data":"${"x".repeat(MANY)}"}`, gzip: true },
  },
]);

/** A success that is none, or not that of the vendor. */
export const strange: AnswerFault[] = meaning("unknown", [
  { name: "an HTML page", fault: { status: 200, body: "<html>welcome</html>" } },
  { name: "an empty body", fault: { status: 200, body: "" } },
  { name: "202 without a body", fault: { status: 202 } },
  { name: "204", fault: { status: 204 } },
  { name: "an empty object", fault: json(200, {}) },
  { name: "an empty list", fault: json(200, []) },
  { name: "null", fault: json(200, null) },
  { name: "a text", fault: json(200, "ok") },
  { name: "half an object", fault: { status: 200, body: '{"data":{"id":"abc' } },
  { name: "an error in a 200", fault: json(200, { error: "no", message: "no" }) },
  { name: "a redirect", fault: { status: 302, headers: { location: "/login" } } },
  ...[301, 307, 308].map((status) => ({
    name: `${status} to another host`,
    fault: { status, headers: { location: "https://elsewhere.example.test/" } },
  })),
]);

/** The right answer, but for what does not matter. */
export const harmless: AnswerFault[] = meaning("done", [
  { name: "the wrong content type", fault: { headers: { "content-type": "text/html" } } },
]);

/** Refusals: nothing was done. */
export const refused: AnswerFault[] = [400, 401, 403, 409, 422].map((status) => ({
  name: String(status),
  means: "not done",
  fault: json(status, { message: "no" }),
}));

/** The forms in which a vendor, or what stands before it, asks for a pause. */
export const throttled = ([own]: string[] = []): AnswerFault[] => [
  ...meaning(
    "not done",
    throttling({
      seconds: { "retry-after": "3600" },
      "a date": { "retry-after": "Wed, 21 Oct 2065 07:28:00 GMT" },
      ...(own === undefined ? {} : { "the vendor's own header": { [own]: "3600" } }),
      "an absurd number": { "retry-after": "99999999999999999999" },
    }),
  ),
  ...meaning(
    "not yet",
    throttling({
      "a date that has passed": { "retry-after": "Wed, 21 Oct 2015 07:28:00 GMT" },
      "a negative number": { "retry-after": "-5" },
      nothing: {},
      "a word": { "retry-after": "soon" },
    }),
  ),
];

function throttling(forms: Record<string, Record<string, string>>): Omit<AnswerFault, "means">[] {
  return Object.entries(forms).map(([name, headers]) => ({
    name: `429, ${name}`,
    fault: { status: 429, headers },
  }));
}

/** Some of them, for a test that does not try them all. */
export const faultsNamed = (...names: string[]): AnswerFault[] =>
  names.map((name) => {
    const fault = [...lost, ...strange, ...refused, ...throttled()].find((one) => one.name === name);
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
  means: "not done",
  fault: { status: 404, body: typeof body === "string" ? body : JSON.stringify(body) },
}));

/** An answer that breaks off. */
export const cut: AnswerFault[] = meaning("unknown", [
  { name: "cut before the body", fault: { cutAfterBytes: 0 } },
  { name: "cut within the body", fault: { cutAfterBytes: 12 } },
]);

/** The vendor's own error where a success was due, and the vendor's own not-found for one path only. */
export function misplaced({ error, notFound }: Answers): AnswerFault[] {
  return meaning("unknown", [
    { name: "the vendor's error in a 200", fault: json(200, error) },
    ...(notFound === undefined
      ? []
      : [{ name: "the vendor's not-found, in a 200", fault: json(200, notFound) }]),
  ]);
}

/** The vendor's own not-found, of what is there. */
export const ownNotFound = ({ notFound }: Answers): AnswerFault[] =>
  notFound === undefined
    ? []
    : [{ name: "the vendor's not-found", means: "unknown", fault: json(404, notFound) }];

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
  "ключ",
  "🔑",
  "\u202eabc",
  "a\u0000b",
  "a%2fb",
  "a\r\nx-other: b",
  "x".repeat(10_000),
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
  null,
  "🔑🔑🔑🔑🔑🔑🔑🔑",
  "abcdefgh\u0000",
  "abcdefgh\u202e",
  "x".repeat(10_000),
];

/** In ASCII, and short. */
function shown(value: unknown): string {
  if (value === null) return "left out";
  const text = JSON.stringify(value).replace(
    /[^ -~]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return text.length > 100 ? `of ${text.length - 2} letters` : text;
}

/** The right answer but for the id: another object's, or no id at all. */
export function wrongIds({ id }: Answers, anotherId: string): AnswerFault[] {
  return [anotherId, ...NO_IDS].map((value) => ({
    name: `id ${value === anotherId ? "of another object" : shown(value)}`,
    means: "unknown",
    fault: { set: { [id]: value } },
  }));
}

/** The right answer but for the key. */
export function wrongKeys({ key }: Answers): AnswerFault[] {
  if (key === undefined) return [];
  return NO_KEYS.map((value) => ({
    name: `key ${shown(value)}`,
    means: "unknown",
    fault: { set: { [key]: value } },
  }));
}

/** The same, after the work was done. */
export const afterWork = (faults: AnswerFault[]): AnswerFault[] =>
  faults.map(({ name, fault }) => ({
    name: `${name}, after the work`,
    means: "unknown",
    fault: { ...fault, afterWork: true },
  }));
