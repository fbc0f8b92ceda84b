import type { Definition, Props } from "../define";
import { isDelicate, type SchemaNode, schemaOf } from "../define/schema";

/**
 * Which values a message may quote. A value is quoted only when it is known to be harmless: a number, a boolean or a
 * member of an enum, at an input that is no secret, may hold none, and was not marked as one by the program. Free text is
 * never quoted, because nobody can tell what is in it.
 */

/** The value as a message shows it; undefined when it must not be shown. */
export function quoted(
  definition: Definition,
  inputs: Props,
  path: readonly PropertyKey[],
  value: unknown,
): string | undefined {
  if (isSecretAt(definition, inputs, path)) return undefined;
  return isHarmless(value, nodeAt(schemaOf(definition.inputs), path)) ? JSON.stringify(value) : undefined;
}

/** Whether a secret stands at this path or above it, by the schema or by the program's own mark. */
export function isSecretAt(definition: Definition, inputs: Props, path: readonly PropertyKey[]): boolean {
  const root = schemaOf(definition.inputs);
  return path.some((_, at) => {
    const above = path.slice(0, at + 1);
    const node = nodeAt(root, above);
    return isDelicate(node) || markedPaths(inputs).some((marked) => isSame(marked, above));
  });
}

/** Paths of what the program has marked secret where the schema does not, as the class passes them along. */
export function markedPaths({ secretInputs }: Props): (string | number)[][] {
  return Array.isArray(secretInputs)
    ? secretInputs.filter((path): path is (string | number)[] => Array.isArray(path))
    : [];
}

const isSame = (a: readonly PropertyKey[], b: readonly PropertyKey[]): boolean =>
  a.length === b.length && a.every((step, at) => step === b[at]);

function isHarmless(value: unknown, node: SchemaNode): boolean {
  if (value === null) return true;
  if (Array.isArray(value)) return value.every((item) => isHarmless(item, node.items ?? {}));
  if (node.enum ?? node.const) return [node.const, ...(node.enum ?? [])].includes(value as string);
  const isNumeric = node.type === "number" || node.type === "integer";
  return (isNumeric && typeof value === "number") || (node.type === "boolean" && typeof value === "boolean");
}

/** The schema at a path of inputs; an empty one where there is none. */
export function nodeAt(schema: SchemaNode, path: readonly PropertyKey[]): SchemaNode {
  return path.reduce<SchemaNode>((node, step) => {
    if (typeof step === "number") return node.items ?? {};
    const { properties = {}, additionalProperties: others } = node;
    return properties[String(step)] ?? (typeof others === "object" ? others : {});
  }, schema);
}
