/** What no client should send. */

/** What JSON can say. */
export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** What is no JSON, or not all of it. */
export const MALFORMED = ["", "{", "nul", '{"name":', "<html>", '{"name":"a"}}', "\u0000", "[1,"];

const WRONG: Json[] = [
  ...[null, true, 0, -1, 1.5, "", "x", "x".repeat(2_000)],
  ...[[], [null], [7], {}, { a: null }],
  // Not the prototype, but a member of that name.
  JSON.parse('{"__proto__":{"status":"polluted"}}') as Json,
];

/** Ids of nothing: names of what every object has, steps of a path, half a letter, much too long. */
export const STRANGE_IDS = [
  ...["__proto__", "constructor", "toString", "0", "-1", "null", "undefined"],
  ...["%E0%A4%A", "..%2f..", "a%2Fb", "%00", "%20", "%F0%9F%93%BA", "a/b", "..", ".", "x".repeat(4_000)],
];

/** A body with one place of it changed. */
export interface Mutation {
  body: Json;
  /** Where, in dots; empty for the body itself. */
  place: string;
  /** What stands there now, where it is of another kind than what is right: a text for a number, say. */
  otherKind?: { value: Json };
}

/** A body with one place of it changed, in every way. */
export function mutations(body: Json, place = ""): Mutation[] {
  const here = WRONG.map((wrong) => ({
    ...{ body: wrong, place },
    ...(kindOf(wrong) !== kindOf(body) && { otherKind: { value: wrong } }),
  }));
  if (body === null || typeof body !== "object") return here;
  const entries: [string | number, Json][] = Array.isArray(body) ? [...body.entries()] : Object.entries(body);
  const without = entries.map(([key]) => ({ body: changed(body, key, undefined), place }));
  const below = entries.flatMap(([key, value]) =>
    mutations(value, [place, key].filter((step) => step !== "").join(".")).map((wrong) => ({
      ...wrong,
      body: changed(body, key, wrong.body),
    })),
  );
  const more = Array.isArray(body) ? [] : [{ body: { ...body, noSuchField: 1 }, place }];
  return [...here, ...more, ...without, ...below];
}

const kindOf = (value: Json): string =>
  value === null ? "null" : Array.isArray(value) ? "list" : typeof value;

function changed(body: Json, key: string | number, value: Json | undefined): Json {
  const copy = structuredClone(body) as Record<string | number, Json>;
  if (value === undefined) {
    if (Array.isArray(copy)) copy.splice(Number(key), 1);
    else Reflect.deleteProperty(copy, key);
  } else copy[key] = value;
  return copy;
}
