import { hasSet } from "../../provider/define/set";
import type { Props } from "../../provider/define";
import type { Vendor } from "../../provider/define/vendor";
import { vendors } from "../../provider/vendors";
import { placesIn } from "./canaries";
import { canaryCredentials } from "./canary-search";
import { changeOf, everything, type Kind, kinds, PARENT } from "./everything";
import { sampleOf } from "./workbench";

/** The program of the canary search on the real engine: a resource of every Definition with all it can have, and every set. */

/** How much of it is declared. */
export interface Declared {
  /** Only what others cannot be without. */
  isBase?: boolean;
  /** Each taken over by this id, and no sets. */
  imports?: Record<string, string>;
  inputs(kind: Kind): Props;
}

/** The program. What it says may hold a secret is marked as one where `secretInputs` names it. */
export function canaryProgram({ isBase = false, imports, inputs }: Declared): string {
  const isIn = (kind: Kind): boolean => !isBase || kinds.some(({ parent }) => parent === kind.type);
  return everything({
    ...{ inputs, as: "secretly", isIn },
    before: `const secretly = ({ secretInputs = [], ...props }) => ({ ...props,
      ...Object.fromEntries(secretInputs.map(([key]) => [key, pulumi.secret(props[key])])) }), apart = {};`,
    ...(imports
      ? { options: `{ import: ${JSON.stringify(imports)}[type] }` }
      : {
          after: [
            ...parentsOfItems.map(apartFor),
            ...(isBase ? [] : kinds.filter(isInSet).map((kind) => setOf(kind, inputs(kind)))),
            ...kinds.filter(isIn).map(madeOutputsOf),
          ].join("\n"),
        }),
  });
}

/** What is declared of each at first, and the change of it later. */
export const programsOf = (kind: Kind): { full: Props; change: Props } => ({
  full: withoutMissing(kind, sampleOf(kind.vendor, kind.definition).full(PARENT)),
  change: withoutMissing(kind, changeOf(kind) ?? {}),
});

/** How many canaries stand in credentials and in inputs. */
export function plantedInputs(): { credentials: number; inputs: number } {
  const credentials = vendors.map((vendor) => Object.keys(canaryCredentials(vendor, () => "")).length);
  const inputs = kinds.map((kind) => {
    const { full, change } = programsOf(kind);
    return [full, change].flatMap((props) => placesIn(kind.definition, props)).length;
  });
  return { credentials: sum(credentials), inputs: sum(inputs) };
}

const sum = (numbers: number[]): number => numbers.reduce((total, number) => total + number, 0);

/** The kinds that there are sets of. */
export const isInSet = ({ definition }: Kind): boolean => hasSet(definition);

/** What a sample needs of a resource that the program does not have is left out. */
function withoutMissing({ parent }: Kind, props: Props): Props {
  if (parent !== undefined) return props;
  return Object.fromEntries(
    Object.entries(props).filter(([, value]) => !JSON.stringify([value]).includes(PARENT)),
  );
}

/** Items of sets live in other objects than the resources do: some vendors have room for one in each. */
const parentsOfItems = kinds.filter(({ type }) =>
  kinds.some((kind) => isInSet(kind) && kind.parent === type),
);

const apartFor = ({ vendor, definition, parent, type }: Kind): string =>
  `apart["${type}"] = new ${classOf(vendor, definition.name)}("apart-${type.replace(":", "-")}",
    ${written(sampleOf(vendor, definition).minimal(PARENT), "apart", parent)});`;

/** A set of one item, which is like the resource but for what the vendor has only once. */
const setOf = ({ vendor, definition, parent, type }: Kind, inputs: Props): string =>
  `new ${classOf(vendor, `${definition.name}Set`)}("set-${type.replace(":", "-")}",
    { items: { one: secretly(${written(inputs, "set", parent)}) } });`;

const classOf = ({ name }: Vendor, type: string): string => `${name}.${type}`;

/** Inputs as JavaScript, with another name where the vendor has each only once. */
function written(inputs: Props, suffix: string, parent: string | undefined): string {
  const renamed = Object.entries(inputs).map(([key, value]) => [
    key,
    ["instanceName", "dirPath"].includes(key) ? `${String(value).replace("*", "")}${suffix}` : value,
  ]);
  const json = JSON.stringify(Object.fromEntries(renamed));
  return json.replaceAll(`"${PARENT}"`, `apart[${JSON.stringify(parent)}].id`);
}

/** The outputs that no state of the resource has, because the program makes them: as outputs of the stack. */
const madeOutputsOf = ({ type, definition: { made = {} } }: Kind): string =>
  Object.keys(made)
    .map((name) => `out["${type} ${name}"] = made["${type}"].${name};`)
    .join("\n");
