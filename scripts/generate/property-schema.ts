import type { SchemaNode } from "../../provider/define/schema";
import type { Vendor } from "../../provider/define/vendor";
import { memberType } from "./names";

/** Members of an object, each with its type, for Pulumi's schema. */
export function properties(
  vendor: Vendor,
  owner: string,
  members: [string, SchemaNode][],
): Record<string, object> {
  return Object.fromEntries(
    members.map(([key, node]) => [
      key,
      {
        ...typeOf(vendor, owner, key, node),
        ...(node.description ? { description: node.description } : {}),
        ...(isScalar(node.default) ? { default: node.default } : {}),
        ...(node.secret ? { secret: true } : {}),
      },
    ]),
  );
}

/** Whether Pulumi's schema can hold it as a default: it takes no list and no object. */
const isScalar = (value: unknown): boolean => ["boolean", "number", "string"].includes(typeof value);

function typeOf(vendor: Vendor, owner: string, key: string, node: SchemaNode): Record<string, unknown> {
  if (node.enum) return { $ref: `#/types/streamkeys:${vendor.name}:${memberType(owner, key)}` };
  if (node.const !== undefined) return { type: node.type, const: node.const };
  if (node.properties)
    return { $ref: `#/types/streamkeys:${vendor.name}:${node.title ?? memberType(owner, key)}` };
  switch (node.type) {
    case "array":
      return { type: "array", items: typeOf(vendor, owner, key, node.items ?? {}) };
    case "object": {
      const values = typeof node.additionalProperties === "object" ? node.additionalProperties : {};
      return { type: "object", additionalProperties: typeOf(vendor, owner, key, values) };
    }
    case undefined:
      return { $ref: "pulumi.json#/Any" };
    default:
      return { type: node.type };
  }
}
