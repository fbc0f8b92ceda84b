import type { Props } from "../define";

/**
 * Secrets of items that hold another secret of the same item, as a publish URL holds the key: how they are made of it is kept
 * once for all items, under a name that no item has.
 */

/** Where it is kept among the secrets of the items. */
export const DERIVED = "";

/** What stands before and behind another output of the item. */
export type Derivation = [before: string, output: string, behind: string];

/** Shorter than this, one secret may be within another by chance. */
const SHORTEST = 8;

/** Takes out of the secrets of items what can be made of the rest, and says how; empty where nothing can. */
export function takeDerived(secrets: Record<string, Props>): Record<string, Derivation> {
  const derived: Record<string, Derivation> = {};
  const outputs = [...new Set(Object.values(secrets).flatMap(Object.keys))];
  for (const output of outputs) {
    const usable = outputs.filter((other) => other !== output && !(other in derived));
    if (Object.values(derived).some(([, source]) => source === output)) continue;
    const counts = new Map<string, number>();
    for (const item of Object.values(secrets))
      for (const source of usable) {
        const text = textOf(derivationOf(item, output, source));
        if (text !== undefined) counts.set(text, (counts.get(text) ?? 0) + 1);
      }
    const [most] = [...counts].sort(([, a], [, b]) => b - a);
    if (most && most[1] > 1) derived[output] = JSON.parse(most[0]) as Derivation;
  }
  for (const item of Object.values(secrets))
    for (const [output, derivation] of Object.entries(derived))
      if (item[output] !== undefined && item[output] === derive(item, derivation)) delete item[output];
  return derived;
}

/** The secrets of an item with what is made of them. */
export function withDerived(item: Props, derived: Record<string, Derivation>): Props {
  const made = Object.entries(derived).map(
    ([output, derivation]) => [output, derive(item, derivation)] as const,
  );
  return { ...Object.fromEntries(made.filter(([, value]) => value !== undefined)), ...item };
}

function derive(item: Props, [before, output, behind]: Derivation): string | undefined {
  const source = item[output];
  return typeof source === "string" ? before + source + behind : undefined;
}

function derivationOf(item: Props, output: string, source: string): Derivation | undefined {
  const [whole, part] = [item[output], item[source]];
  if (typeof whole !== "string" || typeof part !== "string" || part.length < SHORTEST) return undefined;
  const at = whole.indexOf(part);
  return at < 0 ? undefined : [whole.slice(0, at), source, whole.slice(at + part.length)];
}

const textOf = (derivation: Derivation | undefined): string | undefined =>
  derivation && JSON.stringify(derivation);
