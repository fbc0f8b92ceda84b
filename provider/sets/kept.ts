import { isDeepStrictEqual } from "node:util";
import type { Definition, Props } from "../define";
import { isDelicate, propertyOf } from "../define/schema";
import { markedPaths } from "../lifecycle/harmless";
import { type Kept, stateOf } from "../lifecycle";
import { DERIVED, type Derivation, takeDerived, withDerived } from "./derived";
import { inputsOfItem, itemsOf, type SetInputs } from "./program";

/**
 * How the state of a set holds its items. The inputs are there as the program has them, and of each item just what they do
 * not say: its id, its outputs, and where it is not as the program wants it, because it has failed, say. What many items
 * have in common is written once. Secrets are apart, because a whole output is secret or none of it (docs/engine.md,
 * fact 7).
 */

/** The items of a set by name, each with the state that a resource of its own would have. */
export type Items = Map<string, Kept>;

/** What differs from what can be told otherwise. */
interface Rest {
  own?: Props;
  /** Names of what is absent. */
  without?: string[];
}

/** The outputs of a set. */
export interface SetOutputs {
  ids: Record<string, string>;
  /** Outputs that more than one item has with this value. */
  shared: Props;
  kept: Record<string, Rest>;
  /** As JSON: from its logs the engine takes secrets that are texts, and none that is within another secret. */
  secrets: string;
}

/** The state of a set. */
export function packed(definition: Definition, inputs: SetInputs, items: Items): Props {
  const shared = commonOutputs(definition, items);
  const outputs: SetOutputs = { ids: {}, shared, kept: {}, secrets: "" };
  const secrets: Record<string, Props> = {};
  for (const [name, { id, outs }] of items) {
    const base = { ...shared, ...inputsOfItem(definition, inputs, name) };
    const { own = {}, without } = rest(base, outs);
    const [secret, open] = split(own, (key) => isSecretHere(definition, outs, key));
    outputs.ids[name] = id;
    if (Object.keys(open).length > 0 || without)
      outputs.kept[name] = {
        ...(Object.keys(open).length > 0 ? { own: open } : {}),
        ...(without ? { without } : {}),
      };
    if (Object.keys(secret).length > 0) secrets[name] = secret;
  }
  const derived = takeDerived(secrets);
  for (const [name, { outs }] of items) {
    const absent = Object.entries(withDerived(secrets[name] ?? {}, derived))
      .filter(([output]) => outs[output] === undefined)
      .map(([output]) => output);
    const kept = outputs.kept[name];
    if (absent.length > 0) outputs.kept[name] = { ...kept, without: [...(kept?.without ?? []), ...absent] };
    if (Object.keys(secrets[name] ?? {}).length === 0) delete secrets[name];
  }
  const isDerived = Object.keys(derived).length > 0;
  outputs.secrets = JSON.stringify(isDerived ? { [DERIVED]: derived, ...secrets } : secrets);
  return stateOf(inputs, outputs as unknown as Props);
}

/** The items that a state holds. */
export function unpacked(definition: Definition, state: Props): Items {
  const { ids = {}, shared = {}, kept = {}, secrets: text = "{}" } = state as Partial<SetOutputs>;
  const { [DERIVED]: derived = {}, ...secrets } = JSON.parse(text) as Record<string, Props>;
  return new Map(
    Object.entries(ids).map(([name, id]) => {
      const { own, without = [] } = kept[name] ?? {};
      const base = {
        ...shared,
        ...inputsOfItem(definition, state as SetInputs, name),
        ...own,
        ...withDerived(secrets[name] ?? {}, derived as Record<string, Derivation>),
      };
      const [, outs] = split(base, (key) => without.includes(key));
      return [name, { id, outs: stateOf(outs) }];
    }),
  );
}

/** The inputs of a set in which each item is as the vendor has it, and what is gone is gone. */
export function drifted(
  definition: Definition,
  inputs: SetInputs,
  found: Map<string, Props>,
  gone: string[],
): SetInputs {
  const items = Object.fromEntries(
    Object.entries(itemsOf(inputs))
      .filter(([name]) => !gone.includes(name))
      .map(([name, item]) => {
        const { own = {} } = rest(inputsOfItem(definition, inputs, name), found.get(name) ?? {});
        // What nobody writes cannot drift.
        const [, written] = split(own, (key) => propertyOf(definition.inputs, key).computed === true);
        return [name, { ...item, ...written }];
      }),
  );
  return { ...inputs, items };
}

function rest(base: Props, actual: Props): Rest {
  const present = Object.entries(actual).filter(([, value]) => value !== undefined);
  const own = Object.fromEntries(present.filter(([key, value]) => !isDeepStrictEqual(base[key], value)));
  const without = Object.keys(base).filter((key) => base[key] !== undefined && actual[key] === undefined);
  return { own, ...(without.length > 0 ? { without } : {}) };
}

/** Of each output that is no secret, the value that most items have, where more than one has it. */
function commonOutputs(definition: Definition, items: Items): Props {
  const names = [...Object.keys(definition.outputs), ...(definition.rotation ? ["keyGeneration"] : [])];
  return Object.fromEntries(
    names
      .filter((name) => !propertyOf(definition.outputs, name).secret)
      .flatMap((name) => {
        const counts = new Map<string, number>();
        for (const { outs } of items.values()) {
          const text = JSON.stringify(outs[name]) as string | undefined;
          if (text !== undefined) counts.set(text, (counts.get(text) ?? 0) + 1);
        }
        const [most] = [...counts].sort(([, a], [, b]) => b - a);
        return most && most[1] > 1 ? [[name, JSON.parse(most[0]) as unknown]] : [];
      }),
  );
}

/** Whether a property of an item must be stored encrypted: by the schema, or because the program has marked it. */
function isSecretHere({ inputs, outputs }: Definition, state: Props, key: string): boolean {
  if (propertyOf(outputs, key).secret) return true;
  if (markedPaths(state).some(([first]) => first === key)) return true;
  return key in inputs && holdsDelicate(propertyOf(inputs, key));
}

function holdsDelicate(node: ReturnType<typeof propertyOf>): boolean {
  const below = [...Object.values(node.properties ?? {}), ...(node.items ? [node.items] : [])];
  return isDelicate(node) || below.some(holdsDelicate);
}

function split(props: Props, isFirst: (key: string) => boolean): [Props, Props] {
  const entries = Object.entries(props);
  return [
    Object.fromEntries(entries.filter(([key]) => isFirst(key))),
    Object.fromEntries(entries.filter(([key]) => !isFirst(key))),
  ];
}
