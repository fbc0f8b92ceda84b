import { isDeepStrictEqual } from "node:util";
import type { Definition, Props } from "../provider/define";
import { schemaOf } from "../provider/define/schema";
import { hasSet, setNameOf } from "../provider/define/set";
import type { Source } from "./adoptable";
import type { Declaration } from "./declaration";
import { literal } from "./literal";
import { pulumiName, unique, variableName } from "./names";

/** Objects as items of sets: a set a type, each item with `import`, and what all of them have as `defaults`. */

/** A set of a program. */
export interface DeclaredSet {
  definition: Definition;
  /** Its name in the program. */
  name: string;
  variable: string;
  items: Declaration[];
  /** What all items have. */
  defaults: Props;
}

/**
 * Gathers into sets what can be in one, and names items as their objects are named: then none of them has to write its name.
 * The declarations are changed; what cannot be in a set is left as it is.
 */
export function intoSets(declarations: Declaration[], source: Source): (Declaration | DeclaredSet)[] {
  const variables = new Set(declarations.map(({ variable }) => variable));
  return source.vendor.resources.flatMap((definition): (Declaration | DeclaredSet)[] => {
    const items = declarations.filter(({ object }) => object.definition === definition);
    if (items.length === 0 || !hasSet(definition)) return items;
    const words = wordsOf(definition.name);
    const taken = new Set(source.view.resources.map(({ urn }) => urn.slice(urn.lastIndexOf("::") + 2)));
    const name = unique(words.join("-").toLowerCase(), "-", taken);
    const variable = unique(variableName(words), "_", variables);
    nameItems(items, definition, variable);
    return [{ definition, name, variable, items, defaults: takeShared(items) }];
  });
}

/** The set as a statement. Whether something refers to one of its items decides whether it has a variable. */
export function setStatement(
  { definition, name, variable, items, defaults }: DeclaredSet,
  vendor: string,
): string {
  const start = items.some(({ isReferredTo }) => isReferredTo) ? `const ${variable} = ` : "";
  const args = {
    items: Object.fromEntries(items.map((item) => [item.name, { import: item.object.id, ...item.inputs }])),
    ...(Object.keys(defaults).length > 0 ? { defaults } : {}),
  };
  return `${start}new ${vendor}.${setNameOf(definition.name)}(${literal(name)}, ${literal(args, 0, Infinity)});`;
}

/** "StreamKey" as words, of which the last is in the plural. */
const wordsOf = (type: string): string[] => `${type}s`.split(/(?=[A-Z])/);

/** Names that a set can keep for an item as they are. */
const PLAIN = /^[\p{L}\p{M}\p{N}._]([\p{L}\p{M}\p{N}._ /&+-]{0,98}[\p{L}\p{M}\p{N}._])?$/u;

function nameItems(items: Declaration[], definition: Definition, set: string): void {
  const taken = new Set<string>();
  const { properties = {} } = schemaOf(definition.inputs);
  const [named] = Object.keys(properties).filter((input) => properties[input]?.namedAfterResource);
  for (const item of items) {
    const theirs = item.object.name.normalize("NFC");
    // What every object of JavaScript has is no member that a program could tell from an item.
    const isPlain = PLAIN.test(theirs) && !(theirs in {});
    item.name = unique(
      isPlain ? theirs : `${definition.name.toLowerCase()}-${pulumiName(theirs, "item")}`,
      "-",
      taken,
    );
    item.reference = `${set}.item(${literal(item.name)}).id`;
    if (named !== undefined && item.inputs[named] === item.name) delete item.inputs[named];
  }
}

/** Takes out of several items what all of them have. */
function takeShared(items: Declaration[]): Props {
  const [first, ...others] = items;
  if (!first || others.length === 0) return {};
  const shared = Object.entries(first.inputs).filter(([input, value]) =>
    others.every(({ inputs }) => isDeepStrictEqual(inputs[input], value)),
  );
  for (const { inputs } of items) for (const [input] of shared) delete inputs[input];
  return Object.fromEntries(shared);
}
