import type { Definition, Props, Seen } from "../define";
import { propertyOf, type SchemaNode } from "../define/schema";
import { isUnknown } from "../engine-values";
import { isSecretAt, nodeAt, quoted } from "./harmless";
import { formatPath } from "./problems";
import { changedInputs, driftedInputs, means } from "./state";
import type { ResourceType } from "./resource-type";

/** Where the vendor has something else than the program says, in words, place by place. */

/** More places than this, and nobody reads them. */
const MOST = 12;

/** One place where the two disagree; undefined stands for nothing. */
interface Place {
  path: PropertyKey[];
  there: unknown;
  here: unknown;
}

/** Where the inputs are from. */
export type Ours = "the program" | "state";

/** The places within the inputs that differ: what is harmless is quoted, everything else is only named. */
export function differences(
  { definition }: ResourceType,
  changed: string[],
  inputs: Props,
  actual: Props,
  ours: Ours = "the program",
): string[] {
  const places = changed.flatMap((key) =>
    differingPlaces(definition, inputs, { path: [key], there: actual[key], here: inputs[key] }),
  );
  const more = places.length > MOST ? [`and ${places.length - MOST} more`] : [];
  return [...places.slice(0, MOST).map((place) => inWords(definition, inputs, place, ours)), ...more];
}

function differingPlaces(definition: Definition, inputs: Props, place: Place): Place[] {
  const { path, there, here } = place;
  const node = nodeAt(propertyOf(definition.inputs, String(path[0])), path.slice(1));
  // What is not known yet is no difference yet.
  if (isUnknown(here) || means(there, here, node)) return [];
  if (isSecretAt(definition, inputs, path) || !haveMembers(there, here, node)) return [place];
  const at = (step: string | number): Place => ({
    path: [...path, step],
    there: (there as Props)[step],
    here: (here as Props)[step],
  });
  return memberNames(there, here).flatMap((step) => differingPlaces(definition, inputs, at(step)));
}

const haveMembers = (there: unknown, here: unknown, node: SchemaNode): boolean =>
  Array.isArray(there) === Array.isArray(here) &&
  [there, here].every((value) => value !== null && typeof value === "object") &&
  !node.unordered;

function memberNames(there: unknown, here: unknown): (string | number)[] {
  if (Array.isArray(there) && Array.isArray(here))
    return [...Array(Math.max(there.length, here.length)).keys()];
  return [...new Set([...Object.keys(here as Props), ...Object.keys(there as Props)])];
}

function inWords(definition: Definition, inputs: Props, { path, there, here }: Place, ours: Ours): string {
  const at = formatPath(path);
  if (isSecretAt(definition, inputs, path)) return `${at} differs (it is secret)`;
  if (there === undefined) return `${at} is not there, and is in ${ours}`;
  if (here === undefined) return `${at} is there, and not in ${ours}`;
  const [atVendor, inOurs] = [there, here].map((value) => quoted(definition, inputs, path, value));
  return atVendor === undefined || inOurs === undefined
    ? `${at} differs`
    : `${at} is ${atVendor} there and ${inOurs} in ${ours}`;
}

/** A request that was accepted may still not have been obeyed in full; the vendor's own report says so at once. */
export function warnOfDifferences(type: ResourceType, inputs: Props, seen: Seen): void {
  const actual = driftedInputs(type.definition, inputs, seen);
  const changed = changedInputs(type.definition, actual, inputs);
  if (changed.length === 0) return;
  type.host.warn(
    `${seen.id} was accepted, but ${type.vendor.title} reports it otherwise: ` +
      `${differences(type, changed, inputs, actual).join("; ")}. A refresh will show this as drift.`,
  );
}
