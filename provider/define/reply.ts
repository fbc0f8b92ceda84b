import { z } from "zod";

/**
 * A field of a reply that nothing depends on: absent, null and of another type all mean that the vendor does not report
 * it. Only what is needed may make a reply unreadable.
 */
export const reported = <S extends z.ZodType>(schema: S): z.ZodCatch<z.ZodOptional<z.ZodNullable<S>>> =>
  schema.nullish().catch(undefined);

/**
 * What every vendor's answer is held to, whatever else it says: ids and keys go into paths, into state and into
 * encoders, and an answer about another object is none. The messages begin with "is", by which the error shows them.
 */

/** An id that the vendor has made: one step of a path, and nothing that would need quoting anywhere. */
export const objectId = z.string().regex(/^(?!\.+$)[\w.~:@+=-]{1,200}$/, "is no id");

/** The id of the object that was asked for. */
export const thisId = (id: string): z.ZodType<string> => z.literal(id, "is the id of another object");

/**
 * A stream key that the vendor has made. A short number, a mask such as `****`, and words that stand for nothing are none; that
 * it must be long enough not to be guessed is the vendor's business.
 */
export const madeKey = z
  .string()
  .regex(
    /^(?!(?:\d{1,9}|null|none|undefined|true|false)$)(?=.*[A-Za-z0-9])[!#-)+-;=?-~]{4,512}$/i,
    "is no stream key",
  );

/** Status 204: there is no body. */
export const noContent = z.undefined();

/** Nothing, with a status that could have a body. */
export const emptyBody = z.union([z.literal(""), noContent]);
