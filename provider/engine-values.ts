/** What Pulumi puts on the wire: values that are not known yet, secrets, and type tokens. */

/** Before the name of a resource type of ours (`tenbyte:Stream`) in a type token. */
export const TYPE_PREFIX = "pulumi-nodejs:dynamic/streamkeys/";

/** How an exported stack and an import file write a secret: a mark of special values, and that of secrets. */
export const SECRET_MARK = {
  key: "4dabf18193072939515e22adb298388d",
  value: "1b47061264138c4ac30d75fd1eb44270",
} as const;

/** A secret as an import file has it (docs/engine.md, fact 23). */
export function asSecret(value: unknown): Record<string, string> {
  return { [SECRET_MARK.key]: SECRET_MARK.value, plaintext: JSON.stringify(value) };
}

/**
 * Values that are not known yet. At preview the engine sends, in place of any value at any depth that depends on a
 * resource still to be made, this fixed string (docs/engine.md, fact 9).
 */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Whether a value is wholly unknown. */
export function isUnknown(value: unknown): boolean {
  return value === UNKNOWN;
}

/** Whether an unknown stands at `path` or above it. */
export function isUnknownAt(root: unknown, path: readonly PropertyKey[]): boolean {
  let value = root;
  for (const step of path) {
    if (isUnknown(value)) return true;
    value = (value as Record<PropertyKey, unknown> | null | undefined)?.[step];
  }
  return isUnknown(value);
}

/** A copy in which every unknown is absent: what a rule across fields may look at. Array places are kept. */
export function known<T>(value: T): T {
  if (isUnknown(value)) return undefined as T;
  if (Array.isArray(value)) return value.map((item: unknown) => known(item)) as T;
  if (value !== null && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, known(item as unknown)])) as T;
  }
  return value;
}
