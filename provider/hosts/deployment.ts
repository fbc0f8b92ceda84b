import { z } from "zod";

/** What is read of a stack's state, as `pulumi stack export` prints it. Secrets are encrypted there, or in an envelope. */

const resource = z.looseObject({
  urn: z.string(),
  type: z.string(),
  id: z.string().optional(),
  inputs: z.record(z.string(), z.unknown()).optional(),
  outputs: z.record(z.string(), z.unknown()).optional(),
  delete: z.boolean().optional(),
  external: z.boolean().optional(),
});

/** The `deployment` of an export; nothing where the stack has never been brought up. */
export const deployment = z
  .looseObject({
    manifest: z.looseObject({ time: z.string() }).optional(),
    resources: z.array(resource).optional(),
    pending_operations: z
      .array(
        z.looseObject({ type: z.string(), resource: z.looseObject({ urn: z.string(), type: z.string() }) }),
      )
      .optional(),
  })
  .nullish();
