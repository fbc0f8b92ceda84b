import { isDeepStrictEqual } from "node:util";
import type { Definition, Props, Seen } from "../define";
import { StreamkeysError } from "../define/errors";
import { withMade } from "../define/made";
import { propertyOf, replacesResource, type SchemaNode, schemaOf } from "../define/schema";
import { isUnknown } from "../engine-values";

/** How inputs, outputs and what a vendor reports become the engine's plain properties, and how they are compared. */

/** The declared inputs within properties. */
export function inputsOf({ inputs }: Definition, props: Props): Props {
  return Object.fromEntries(
    Object.keys(inputs).flatMap((key) => (props[key] === undefined ? [] : [[key, props[key]]])),
  );
}

/** The declared outputs within properties. */
export function outputsOf({ outputs }: Definition, props: Props): Props {
  return Object.fromEntries(
    Object.keys(outputs).flatMap((key) => (props[key] === undefined ? [] : [[key, props[key]]])),
  );
}

/** Whether the object was made but not finished: a required output is missing. */
export function isUnfinished({ outputs }: Definition, props: Props): boolean {
  return (schemaOf(outputs).required ?? []).some((key) => props[key] === undefined);
}

/** What goes into state: every input under its own name (docs/engine.md, fact 11), and the outputs. */
export function stateOf(inputs: Props, outputs: Props = {}): Props {
  return plain({ ...inputs, ...outputs }) as Props;
}

/**
 * Outputs after a look at the vendor: what the create alone could show is kept from before. What the program makes stays in
 * the states of version 0.1 that hold it, so that nothing changes there.
 */
export function refreshedOutputs(definition: Definition, before: Props, seen: Seen): Props {
  const kept = Object.keys(definition.outputs).filter(
    (key) => propertyOf(definition.outputs, key).createOnly,
  );
  const remembered = Object.fromEntries(kept.map((key) => [key, before[key]]));
  const reported = Object.entries(seen.outputs).filter(([, value]) => value !== undefined);
  const outputs = { ...remembered, ...Object.fromEntries(reported) };
  const held = Object.entries(definition.made ?? {}).filter(([name]) => before[name] !== undefined);
  return withMade(Object.fromEntries(held), outputs);
}

/** Whether a number comes back from state as it was. */
const isKept = (value: number): boolean =>
  Number.isFinite(value) && (Number.isSafeInteger(value) || !Number.isInteger(value));

/** Without anything undefined; what is not plain JSON would fail in the engine after the vendor call (docs/engine.md, fact 16). */
function plain(value: unknown): unknown {
  const [first] = unkeepable(value);
  if (first)
    throw new StreamkeysError(
      `${first.path.join(".")} ${first.reason}. This is a fault of pulumi-streamkeys; please report it.`,
    );
  return withoutAbsent(value);
}

function withoutAbsent(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutAbsent);
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(entries.map(([key, item]) => [key, withoutAbsent(item)]));
}

/** A value that state cannot hold as it is, and why. */
export interface Unkeepable {
  path: PropertyKey[];
  reason: string;
}

/** Everything within a value that would not come back from state as it went in: what is no plain JSON, and numbers beyond it. */
export function unkeepable(value: unknown, path: PropertyKey[] = []): Unkeepable[] {
  if (Array.isArray(value)) return value.flatMap((item: unknown, at) => unkeepable(item, [...path, at]));
  if (isObject(value) && [Object.prototype, null].includes(Object.getPrototypeOf(value) as null)) {
    return Object.entries(value).flatMap(([key, item]) => unkeepable(item, [...path, key]));
  }
  const reason = whyUnkeepable(value);
  return reason === undefined ? [] : [{ path, reason }];
}

function whyUnkeepable(value: unknown): string | undefined {
  if (value === undefined || value === null || typeof value === "string" || typeof value === "boolean")
    return undefined;
  if (typeof value !== "number")
    return `is a ${nameOfKind(value)}, which state cannot hold; write plain JSON`;
  if (isKept(value)) return undefined;
  return Number.isFinite(value)
    ? "is a whole number beyond 2^53, which loses digits on its way; write it as a text"
    : "is not a finite number (NaN or infinite), which neither a vendor nor the state can hold";
}

const nameOfKind = (value: unknown): string =>
  typeof value === "object" ? (value?.constructor.name ?? "object") : typeof value;

/**
 * Whether two values of an input mean the same: order aside where it means nothing, and a member that is null is absent,
 * as it is to the engine and to most vendors.
 */
export function means(a: unknown, b: unknown, node: SchemaNode): boolean {
  return isDeepStrictEqual(canonical(a, node), canonical(b, node));
}

function canonical(value: unknown, node: SchemaNode): unknown {
  if (Array.isArray(value)) {
    const items = value.map((item: unknown) => canonical(item, node.items ?? {}));
    return node.unordered ? items.map((item) => JSON.stringify(item)).sort() : items;
  }
  if (value !== null && typeof value === "object") {
    const entries = Object.entries(value)
      .map(([key, item]) => [key, canonical(item as unknown, memberOf(node, key))] as const)
      .filter(([, item]) => item !== undefined);
    return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
  }
  return value ?? node.default;
}

const memberOf = (node: SchemaNode, key: string): SchemaNode =>
  node.properties?.[key] ?? (typeof node.additionalProperties === "object" ? node.additionalProperties : {});

/**
 * The vendor's report laid over what the user wrote: what the user left unset stays unset, what the vendor does not
 * report stays as declared, and only a real difference replaces a value.
 */
export function overlay(declared: unknown, reported: unknown, node: SchemaNode): unknown {
  if (declared === undefined || reported === undefined || reported === null) return declared;
  if (means(declared, reported, node)) return declared;
  if (Array.isArray(declared) && Array.isArray(reported)) {
    if (node.unordered) return reported;
    return reported.map((item: unknown, at) =>
      at < declared.length ? overlay(declared[at], item, node.items ?? {}) : item,
    );
  }
  if (isObject(declared) && isObject(reported)) {
    if (isFreeForm(node)) return overlayFreeForm(declared, reported);
    return Object.fromEntries(
      Object.entries(declared).map(([key, value]) => [
        key,
        overlay(value, reported[key], memberOf(node, key)),
      ]),
    );
  }
  return reported;
}

/** JSON that the user makes up, for example `meta`. */
const isFreeForm = (node: SchemaNode): boolean => node.additionalProperties !== false && !node.properties;

/**
 * Here a member that others added or took away is drift. A vendor that leaves out what is empty (zero, false, null, "",
 * and lists and objects of nothing else) has taken nothing away: that would be drift for ever.
 */
function overlayFreeForm(declared: Props, reported: Props): Props {
  const unreported = Object.entries(declared).filter(
    ([key, value]) => isEmpty(value) && isEmpty(reported[key]),
  );
  const seen = Object.entries(reported).map(([key, value]) => [
    key,
    overlay(declared[key] ?? value, value, {}),
  ]);
  return { ...Object.fromEntries(seen), ...Object.fromEntries(unreported) } as Props;
}

const isEmpty = (value: unknown): boolean =>
  typeof value === "object" && value !== null ? Object.values(value).every(isEmpty) : !value;

const isObject = (value: unknown): value is Props =>
  value !== null && typeof value === "object" && !Array.isArray(value);

/** The inputs a user wrote, as the vendor has them now. */
export function driftedInputs(definition: Definition, declared: Props, seen: Seen): Props {
  return Object.fromEntries(
    Object.entries(declared).map(([key, value]) => [
      key,
      overlay(value, seen.inputs[key], propertyOf(definition.inputs, key)),
    ]),
  );
}

/**
 * Inputs that say how to make the object, or how to speak of it, and nothing of what it is; and the one that only announces
 * what the output of its name decides.
 */
const NEVER_A_CHANGE = ["adopt", "origin", "secretInputs", "keyGeneration"];

/**
 * Of the changed inputs, those that only a new object can have.
 * @param inputs as the program has them; at preview a value may be unknown yet, and then it may well be one that fits
 */
export function inputsThatReplace(
  definition: Definition,
  changed: string[],
  inputs: Props,
  previous: Props,
): string[] {
  const refused = definition.cannotUpdate?.(inputs, previous) ?? [];
  return changed.filter(
    (key) => replacesResource(definition, key) || (refused.includes(key) && !isUnknown(inputs[key])),
  );
}

/** The names of the inputs that differ. */
export function changedInputs(definition: Definition, olds: Props, news: Props): string[] {
  return Object.keys(definition.inputs).filter((key) => {
    if (NEVER_A_CHANGE.includes(key)) return false;
    return !means(olds[key], news[key], propertyOf(definition.inputs, key));
  });
}
