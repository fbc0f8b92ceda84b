import type { Definition } from "../../provider/define";
import { type SchemaNode, schemaOf } from "../../provider/define/schema";
import type { Vendor } from "../../provider/define/vendor";
import { memberType, objectTypes, writable } from "./names";

/** Writes `schema.json`: the package in Pulumi's schema language, for tools and for SDKs in other languages. */
export function packageSchema(vendors: Vendor[], version: string): unknown {
  const all = vendors.flatMap((vendor) => vendor.resources.map((definition) => ({ vendor, definition })));
  return {
    name: "streamkeys",
    displayName: "Stream keys",
    version,
    license: "Apache-2.0",
    types: Object.fromEntries(all.flatMap(({ vendor, definition }) => typeEntries(vendor, definition))),
    resources: Object.fromEntries(
      all.map(({ vendor, definition }) => [
        `streamkeys:${vendor.name}:${definition.name}`,
        resource(vendor, definition),
      ]),
    ),
  };
}

function typeEntries(vendor: Vendor, { name, inputs }: Definition): [string, unknown][] {
  return objectTypes(name, schemaOf(inputs)).map((type) => [
    `streamkeys:${vendor.name}:${type.name}`,
    {
      type: "object",
      ...(type.node.description ? { description: type.node.description } : {}),
      properties: properties(vendor, type.name, writable(type.node)),
      required: type.node.required ?? [],
    },
  ]);
}

function resource(vendor: Vendor, { name, about, inputs, outputs }: Definition): unknown {
  const inputNode = schemaOf(inputs);
  const outputNode = schemaOf(outputs);
  const required = (inputNode.required ?? []).filter(
    (key) => inputNode.properties?.[key]?.default === undefined,
  );
  return {
    description: about,
    inputProperties: properties(vendor, name, writable(inputNode)),
    requiredInputs: required.filter((key) => !inputNode.properties?.[key]?.namedAfterResource),
    properties: {
      ...properties(vendor, name, writable(inputNode)),
      ...properties(vendor, name, Object.entries(outputNode.properties ?? {})),
    },
    required: [...(inputNode.required ?? []), ...(outputNode.required ?? [])],
  };
}

function properties(vendor: Vendor, owner: string, members: [string, SchemaNode][]): Record<string, unknown> {
  return Object.fromEntries(
    members.map(([key, node]) => [
      key,
      {
        ...typeOf(vendor, owner, key, node),
        ...(node.description ? { description: node.description } : {}),
        ...(node.default === undefined ? {} : { default: node.default }),
        ...(node.secret ? { secret: true } : {}),
        ...(node.replaces ? { replaceOnChanges: true } : {}),
      },
    ]),
  );
}

function typeOf(vendor: Vendor, owner: string, key: string, node: SchemaNode): Record<string, unknown> {
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
