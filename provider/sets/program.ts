import { createHash } from "node:crypto";
import type { Definition, Problem, Props } from "../define";
import { atOnce } from "../define/rotation";
import { completed } from "../lifecycle/check";
import { formatPath } from "../lifecycle/problems";
import type { ThisRun } from "../lifecycle/run";
import { isUnknown } from "../engine-values";

/** What a program writes of a set, and what it means for each item. */

/** The inputs of a set, once `shapeProblems` has found nothing. */
export interface SetInputs extends Props {
  /** What each item is, by its name. Unknown where the program makes it of what is not made yet. */
  items: Record<string, Props>;
  /** What every item is where it says nothing else. */
  defaults?: Props;
  origin?: string;
  secretInputs?: (string | number)[][];
}

/** Inputs of a set. */
const INPUTS = ["items", "defaults", "origin", "secretInputs"];

/** What follows an item's name in the name of an object that it has replaced, while that could not be deleted. */
const REPLACED = " (replaced)";

/** The items by name; none where nothing is known of them. */
export const itemsOf = ({ items }: Props): Record<string, Props> =>
  isPlain(items) ? (items as Record<string, Props>) : {};

/** What the program says of one item, as a single resource would get it. */
export function programOf({ items, defaults, origin, secretInputs = [] }: SetInputs, name: string): Props {
  const { import: adopt, ...item } = items[name] ?? {};
  const marked = secretInputs.flatMap((path) => markedOf(path, name, items[name] ?? {}, defaults ?? {}));
  const shared = withoutAtOnce(defaults ?? {});
  return {
    ...shared,
    ...withoutAtOnce(item),
    ...(adopt === undefined ? {} : { adopt }),
    ...(marked.length > 0 ? { secretInputs: marked } : {}),
    origin: itemOrigin(String(origin), name),
  };
}

/** How many rotate in one run is nothing that one of them could know. */
function withoutAtOnce({ keyRotation, ...inputs }: Props): Props {
  if (!isPlain(keyRotation)) return keyRotation === undefined ? inputs : { ...inputs, keyRotation };
  const { atOnce: _, ...rotation } = keyRotation;
  return Object.keys(rotation).length > 0 ? { ...inputs, keyRotation: rotation } : inputs;
}

/** The inputs of one item, defaults included; none of what the program does not have. */
export function inputsOfItem(definition: Definition, inputs: SetInputs, name: string): Props {
  if (!isPlain(itemsOf(inputs)[name])) return {};
  return completed(definition, {}, programOf(inputs, name));
}

/** The identity of an item: the set's, and the name. It is told apart as a resource of its own would be. */
export function itemOrigin(origin: string, name: string): string {
  const at = origin.lastIndexOf("#") + 1;
  const [stack, set] = [origin.slice(at, at + 8), origin.slice(at + 8)];
  const digest = createHash("sha256")
    .update(JSON.stringify([set, name]))
    .digest("hex");
  return `${name}#${stack}${digest.slice(0, 8)}`;
}

/** The name under which a replaced object is kept until it is deleted; no item of a program has it. */
export function nameOfReplaced(name: string, taken: (name: string) => boolean): string {
  const names = [name + REPLACED];
  while (taken(names[0] ?? "")) names.unshift(`${name} ${names.length + 1}${REPLACED}`);
  return names[0] ?? "";
}

/** The paths within an item that a path of the set marks as secret. */
function markedOf(
  [root, ...path]: (string | number)[],
  name: string,
  item: Props,
  defaults: Props,
): (string | number)[][] {
  if (root === "defaults") return path.length > 0 ? [path] : Object.keys(defaults).map((key) => [key]);
  const [of, ...within] = path;
  if (of !== undefined && of !== name) return [];
  return within.length > 0 ? [within] : Object.keys(item).map((key) => [key]);
}

/** What keeps a look at the items from making sense. */
export function shapeProblems(inputs: Props): Problem[] {
  const { items, defaults } = inputs;
  const strays = Object.keys(inputs).filter((key) => !INPUTS.includes(key));
  return [
    ...strays.map((path) => ({
      path,
      reason: "is not an input of a set; what all items share goes into `defaults`",
    })),
    ...(isUnknown(defaults) || defaults === undefined || isPlain(defaults)
      ? []
      : [{ path: "defaults", reason: "must be an object with inputs that all items share" }]),
    ...(isUnknown(items) ? [] : itemProblems(items)),
  ];
}

function itemProblems(items: unknown): Problem[] {
  if (!isPlain(items))
    return [{ path: "items", reason: "must be an object with the inputs of each item, by its name" }];
  return Object.entries(items).flatMap(([name, item]) => {
    const path = formatPath(["items", name]);
    if (name.trim() !== name || name === "")
      return [{ path, reason: "is no name for an item: it is empty, or begins or ends with a blank" }];
    if (name === "__proto__") return [{ path, reason: "is no name for an item: JavaScript loses it" }];
    if (name.endsWith(REPLACED))
      return [{ path, reason: `is no name for an item: "${REPLACED.trim()}" is ours` }];
    return isPlain(item) || isUnknown(item)
      ? []
      : [{ path, reason: "must be an object with inputs of the item" }];
  });
}

/** What is an input of a resource, and none of an item or of the defaults. */
export function misplaced({ items, defaults }: SetInputs): Problem[] {
  const places = Object.entries(items).map(([name, item]) => ({
    path: formatPath(["items", name]),
    inputs: item,
  }));
  const paired = [{ path: "defaults", inputs: defaults }, ...places]
    .filter(({ inputs }) => isPlain(inputs) && isPaired(inputs))
    .map(({ path }) => ({
      path: `${path}.keyRotation`,
      reason:
        "pairs keys by `notWith` or `leads`, which two resources can do and items cannot; use `RedundantIngest`",
    }));
  const bounded = places
    .filter(({ inputs }) => isPlain(inputs) && isPlain(inputs.keyRotation) && "atOnce" in inputs.keyRotation)
    .map(({ path }) => ({
      path: `${path}.keyRotation.atOnce`,
      reason: "bounds the whole set: write it in `defaults.keyRotation`",
    }));
  const found = [...paired, ...bounded, ...atOnceProblems(defaults)];
  if (defaults?.import === undefined) return found;
  return [
    ...found,
    { path: "defaults.import", reason: "names one object: write it on the item that takes it over" },
  ];
}

function atOnceProblems(defaults: Props | undefined): Problem[] {
  const rotation = defaults?.keyRotation;
  if (!isPlain(rotation) || !("atOnce" in rotation) || isUnknown(rotation.atOnce)) return [];
  const { success } = atOnce.safeParse(rotation.atOnce);
  return success
    ? []
    : [{ path: "defaults.keyRotation.atOnce", reason: "must be a whole number, 1 or more" }];
}

const isPaired = ({ keyRotation }: Props): boolean =>
  isPlain(keyRotation) && (keyRotation.leads !== undefined || keyRotation.notWith !== undefined);

/** What the run says of the resource, beside its inputs. */
export function withoutRun({ thisRun, ...inputs }: Props & { thisRun?: ThisRun }): {
  inputs: Props;
  thisRun: ThisRun;
} {
  return { inputs, thisRun: thisRun ?? {} };
}

/** Whether it is an object with members. */
export const isPlain = (value: unknown): value is Props =>
  value !== null && typeof value === "object" && !Array.isArray(value);
