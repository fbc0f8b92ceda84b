/**
 * Outputs that the program makes of others: a publish URL is a server and a key. No state holds them, because the engine
 * writes every byte of a state twice for every resource that changes, and an encrypted URL is a seventh of a stream key's.
 */

/** One such output. Always secret: who needs no key in it needs no output made. */
export interface Made {
  about: string;
  /** The text, with names of outputs in braces: `{rtmpUrl}/{streamKey}`. */
  from: string;
}

/** Outputs with those that are made of them, as the class has them. */
export function withMade(all: Record<string, Made> = {}, outputs: Record<string, unknown>): typeof outputs {
  const texts = Object.entries(all).map(([name, { from }]) => [name, made(from, outputs)] as const);
  return { ...outputs, ...Object.fromEntries(texts.filter(([, text]) => text !== undefined)) };
}

/** An output in a text, and the slash behind it. */
const OUTPUT = /\{(\w+)\}(\/?)/g;

/** The outputs that a text is made of. */
export const madeOf = (from: string): string[] => [...from.matchAll(OUTPUT)].map(([, name = ""]) => name);

/**
 * The text with its outputs in place; undefined where one of them is. Behind a `?` they are encoded, and two slashes that
 * meet are one.
 */
export function made(from: string, outputs: Record<string, unknown>): string | undefined {
  if (madeOf(from).some((name) => typeof outputs[name] !== "string" || outputs[name] === ""))
    return undefined;
  const query = from.indexOf("?");
  return from.replace(OUTPUT, (_, name: string, slash: string, at: number) => {
    const value = String(outputs[name]);
    if (query >= 0 && at > query) return encodeURIComponent(value) + slash;
    return slash ? value.replace(/\/*$/, "/") : value;
  });
}
