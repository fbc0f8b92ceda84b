import type { z } from "zod";

/**
 * A field of a reply that nothing depends on: absent, null and of another type all mean that the vendor does not report
 * it. Only what is needed may make a reply unreadable.
 */
export const reported = <S extends z.ZodType>(schema: S): z.ZodCatch<z.ZodOptional<z.ZodNullable<S>>> =>
  schema.nullish().catch(undefined);
