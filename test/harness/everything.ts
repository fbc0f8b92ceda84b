import { resolveAccount } from "../../provider/calls/account";
import { openApi } from "../../provider/calls";
import type { Api } from "../../provider/define/api";
import type { Definition, Listed, Props } from "../../provider/define";
import { propertyOf } from "../../provider/define/schema";
import type { Vendor } from "../../provider/define/vendor";
import { typeNameOf, type TypeName, vendors } from "../../provider/vendors";
import type { Sandbox } from "../../sandbox";
import { idsAt } from "./simulated";
import type { StateResource } from "./stack";
import { sampleOf } from "./workbench";

/** One resource of every Definition in one program, and what the vendors have of each. New vendors are in it by themselves. */

/** A resource type, and the resource of the same vendor that it cannot be without, the same for all who need it. */
export interface Kind {
  type: TypeName;
  vendor: Vendor;
  definition: Definition;
  parent: TypeName | undefined;
}

/** Stands in inputs for the id of what the resource needs. */
export const PARENT = "THE-ID-OF-THE-PARENT";

/** Every Definition of every vendor, each after what it needs. */
export const kinds: Kind[] = vendors.flatMap((vendor) => {
  const all = vendor.resources.map((definition): Kind => {
    const { parent, minimal } = sampleOf(vendor, definition);
    const isNeeded = JSON.stringify(minimal(PARENT)).includes(PARENT);
    return {
      type: typeNameOf(vendor, definition),
      vendor,
      definition,
      parent: parent === undefined || !isNeeded ? undefined : `${vendor.name}:${parent}`,
    };
  });
  return all.sort((a, b) => depth(a, all) - depth(b, all));
});

function depth({ parent }: Kind, all: Kind[]): number {
  const above = all.find(({ type }) => type === parent);
  return above ? 1 + depth(above, all) : 0;
}

/** How a program declares everything. */
export interface Layout {
  /** Behind the name of each resource. */
  suffix?: string;
  /**
   * The options of each resource, as JavaScript. In scope: `type`, `name`, `made` (what is declared so far, by type),
   * `above` (the one that it needs) and `parent`.
   */
  options?: string;
  /** Statements before the resources. */
  before?: string;
  /** Statements after them. */
  after?: string;
  /** Whether all are in one component, which is then `parent`. */
  isInComponent?: boolean;
  /** Put into what must be the only one of its name at a vendor. */
  only?: string;
  /** What is declared of each, where that is not just what it needs. `PARENT` stands for the id of what it needs. */
  inputs?: (kind: Kind) => Props;
  /** Whether a kind is declared; all are when unset. */
  isIn?: (kind: Kind) => boolean;
  /** JavaScript that is called with the inputs of each, and returns them as they are to be. */
  as?: string;
  /** Whether an input of each is another than usual, where one can be. */
  isChanged?: boolean;
  /** Whether nothing is declared. */
  isEmpty?: boolean;
}

/** The program. Its outputs are the ids, and every secret output, by type. */
export function everything(layout: Layout = {}): string {
  if (layout.isEmpty) return "";
  const {
    suffix = "",
    options = "{}",
    before = "",
    after = "",
    isInComponent = false,
    as = "",
    isIn,
  } = layout;
  const resources = kinds.filter(isIn ?? Boolean).map((kind) => {
    const { type, vendor, definition, parent } = kind;
    const inputs = JSON.stringify(inputsOf(kind, layout)).replaceAll(`"${PARENT}"`, "above.id");
    return `{
      const type = ${JSON.stringify(type)}, name = type.replace(":", "-") + suffix, above = made[${JSON.stringify(parent)}];
      const it = made[type] = new ${vendor.name}.${definition.name}(name, ${as}(${inputs}), { parent, ...(${options}) });
      out[type] = { id: it.id, ${keyOutputs(definition)
        .map((output) => `${output}: it.${output}`)
        .join()} };
    }`;
  });
  const component = `class All extends pulumi.ComponentResource { constructor() { super("test:index:All", "all"); } }`;
  return `
    const made = {}, suffix = ${JSON.stringify(suffix)};
    ${isInComponent ? `${component} const parent = new All();` : "const parent = undefined;"}
    ${before}
    ${resources.join("\n")}
    ${after}`;
}

function inputsOf(kind: Kind, { inputs, only = "", isChanged = false }: Layout): Props {
  if (inputs) return inputs(kind);
  const usual = sampleOf(kind.vendor, kind.definition).minimal(PARENT);
  // What a sample calls "news" is what may be there once; the rest of a path stays.
  const named = JSON.parse(JSON.stringify(usual).replace(/"news(?=["/])/g, `"news${only}`)) as Props;
  return isChanged ? { ...named, ...changeOf(kind) } : named;
}

/** A change of an input that stands with the minimal sample; undefined where there is none. */
export function changeOf({ vendor, definition }: Kind): Props | undefined {
  const [change] = sampleOf(vendor, definition).changes(PARENT);
  return change ?? (definition.rotation ? { keyRotation: { trigger: "changed" } } : undefined);
}

/** The outputs of a kind that are keys, or hold one. */
export const keyOutputs = ({ outputs }: Definition): string[] =>
  Object.keys(outputs).filter((name) => propertyOf(outputs, name).secret);

/** The kind of a resource in state. */
export function kindOf({ type }: StateResource): Kind {
  const found = kinds.find((kind) => type.endsWith(`/${kind.type}`));
  if (!found) throw new Error(`${type} is of no vendor`);
  return found;
}

let looks = 0;

/** A line of its own to the account each time, so that no look shares an answer with an earlier one. */
function apiOf(vendor: Vendor, { environment }: Sandbox): Api {
  const account = resolveAccount(vendor, undefined, { config: () => undefined, environment });
  return openApi({ ...account, credentials: { ...account.credentials, look: String(looks++) } });
}

/** The ids of what the vendor has of a kind: by its list, or, where it has none, as the simulator keeps them. */
export async function idsOf(
  { vendor, definition }: Pick<Kind, "vendor" | "definition">,
  sandbox: Sandbox,
): Promise<string[]> {
  if (!definition.list) return idsAt(sandbox, vendor.name).sort();
  const listed: Listed[] = [];
  for await (const one of definition.list(apiOf(vendor, sandbox))) listed.push(one);
  return listed.map(({ id }) => id).sort();
}

/** What the vendor itself says of an object now, keys among it. */
export async function outputsNow({ vendor, definition }: Kind, id: string, sandbox: Sandbox): Promise<Props> {
  const context = { warn: () => undefined, progress: () => undefined, interruptLive: false };
  return (await definition.read(apiOf(vendor, sandbox), id, {}, context)).outputs;
}
