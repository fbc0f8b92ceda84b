import type { Context } from "hono";
import type { z } from "zod";

/** Reads the body of a request against what a vendor documents of it. */

/** One field that is not as documented. */
export interface WrongField {
  /** As a path with dots: `ladder.video[2].fps`; empty for the body itself. */
  field: string;
  /** It is required, and was not sent. */
  isMissing: boolean;
  /** A code that the schema gives to a rule of its own. */
  code?: string;
  /** The rule in zod's words, and of what kind of value it is, where the rule is for more than one: `too_small string`. */
  rule?: string;
  message: string;
}

/** A body: its value, or what is wrong with it. `undefined` is no JSON at all. */
export type Body<T> = { value: T; wrong?: never } | { value?: never; wrong: WrongField[] | undefined };

/** The body as `schema` describes it. What the schema does not know is dropped. */
export async function bodyOf<T>(context: Context, schema: z.ZodType<T>): Promise<Body<T>> {
  let sent: unknown;
  try {
    sent = JSON.parse(await context.req.text());
  } catch {
    return { wrong: undefined };
  }
  return checked(sent, schema);
}

/** Holds a value against its schema. */
export function checked<T>(sent: unknown, schema: z.ZodType<T>): Body<T> {
  const result = schema.safeParse(sent);
  if (result.success) return { value: result.data };
  return {
    wrong: result.error.issues.map(({ path, message, ...issue }) => ({
      field: formatPath(path),
      isMissing: valueAt(sent, path) === undefined,
      message,
      rule: "origin" in issue ? `${issue.code} ${String(issue.origin)}` : issue.code,
      ...("params" in issue && typeof issue.params?.code === "string" ? { code: issue.params.code } : {}),
    })),
  };
}

const formatPath = (path: PropertyKey[]): string =>
  path
    .map((step, at) => (typeof step === "number" ? `[${step}]` : `${at > 0 ? "." : ""}${String(step)}`))
    .join("");

const valueAt = (value: unknown, path: PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (owner, step) =>
      owner !== null && typeof owner === "object" ? (owner as Record<PropertyKey, unknown>)[step] : undefined,
    value,
  );

/** What is wrong, in a sentence for people. */
export const sentenceOf = (wrong: WrongField[] | undefined): string =>
  wrong
    ? wrong.map(({ field, message }) => `${field || "body"}: ${message}`).join("; ")
    : "The body is not JSON.";
