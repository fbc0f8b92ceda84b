import { z } from "zod";
import type { Definition, Shape } from ".";
import type { Traits } from "./traits";

/**
 * A shape as JSON Schema, traits included: the one form that the lifecycle, the generator and the docs walk.
 */
export interface SchemaNode extends Traits {
  type?: "string" | "number" | "integer" | "boolean" | "array" | "object";
  description?: string;
  /** Name of a type that several resources share. */
  title?: string;
  properties?: Record<string, SchemaNode>;
  required?: string[];
  items?: SchemaNode;
  additionalProperties?: SchemaNode | boolean;
  enum?: (string | number)[];
  const?: string | number;
  default?: unknown;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  pattern?: string;
}

const nodes = new WeakMap<Shape, SchemaNode>();

/** The schema of a shape; made once a shape. */
export function schemaOf(shape: Shape): SchemaNode {
  let node = nodes.get(shape);
  if (!node) {
    node = z.toJSONSchema(z.strictObject(shape), { io: "input" }) as SchemaNode;
    nodes.set(shape, node);
  }
  return node;
}

/** The schema of one property; an empty one where the shape has no such property. */
export function propertyOf(shape: Shape, name: string): SchemaNode {
  return schemaOf(shape).properties?.[name] ?? {};
}

const secrets = new WeakMap<SchemaNode, string[][]>();

/**
 * The paths of all secrets in a schema, as a user would write them; looked for once a schema. Secrets within arrays make
 * the array secret.
 */
export function secretPaths(node: SchemaNode): string[][] {
  let paths = secrets.get(node);
  if (!paths) secrets.set(node, (paths = pathsOf(node, ({ secret }) => secret === true)));
  return paths;
}

/** The paths of what is or may hold a secret. */
export function delicatePaths(node: SchemaNode): string[][] {
  return pathsOf(node, isDelicate);
}

/** Whether a value is a secret, or may hold one. */
export function isDelicate({ secret, mayHoldSecret }: SchemaNode): boolean {
  return (secret ?? mayHoldSecret) === true;
}

function pathsOf(node: SchemaNode, has: (node: SchemaNode) => boolean, path: string[] = []): string[][] {
  if (has(node)) return [path];
  if (node.items) return pathsOf(node.items, has).length > 0 ? [path] : [];
  return Object.entries(node.properties ?? {}).flatMap(([name, child]) =>
    pathsOf(child, has, [...path, name]),
  );
}

/**
 * Whether a change of this input makes a new object: what the engine is told, and what the docs, the hover text and
 * `schema.json` say.
 */
export function replacesResource(definition: Definition, input: string): boolean {
  if (input === "keyGeneration") return !definition.rotate;
  const { replaces, ours } = propertyOf(definition.inputs, input);
  return replaces ?? (!ours && !definition.update);
}
