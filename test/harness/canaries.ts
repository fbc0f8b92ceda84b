import { inspect } from "node:util";
import type { Definition, Props } from "../../provider/define";
import { isDelicate, type SchemaNode, schemaOf } from "../../provider/define/schema";
import { encodings } from "./encodings";

/**
 * Canaries: distinctive values in every place where a secret may stand, and the search for them in whatever is shown. A canary
 * has letters alone, and fewer than what is guessed to be a secret, so nothing but knowing it keeps it out of a message.
 */

/** What makes a value hard to find again once it is written in another form. */
const NASTY = `"&<'/+%é `;
const LETTERS = "bcdfghjkmnpqrstvwxzBCDFGHJKMNPQRSTVWXZ";
const LENGTH = 16;

/** The letters of a canary; never twice the same. */
export function letters(random: () => number): string {
  return Array.from({ length: LENGTH }, () => LETTERS[Math.floor(random() * LETTERS.length)]).join("");
}

/** A place in the inputs where a secret stands or may stand, and the sample's value there. */
export interface Place {
  /** `recording.s3Config.secretAccessKey`. */
  name: string;
  path: (string | number)[];
  sample: string;
  /** The schema does not say that it is one, so the program has to mark this input. */
  marked?: string;
}

/** The places of secrets in inputs: every text at or below what the schema calls secret, or says may hold one. */
export function placesIn({ inputs }: Definition, props: Props): Place[] {
  const walk = (node: SchemaNode, value: unknown, path: Place["path"], above?: SchemaNode): Place[] => {
    const holder = isDelicate(node) ? node : above;
    if (typeof value === "string")
      return holder ? [{ name: nameOf(path), path, sample: value, ...markOf(holder, path) }] : [];
    if (value === null || typeof value !== "object") return [];
    const { properties = {}, items = {}, additionalProperties: others } = node;
    return Object.entries(value).flatMap(([key, item]) => {
      const child = Array.isArray(value)
        ? items
        : (properties[key] ?? (typeof others === "object" ? others : {}));
      return walk(child, item, [...path, Array.isArray(value) ? Number(key) : key], holder);
    });
  };
  return walk(schemaOf(inputs), props, []);
}

const nameOf = (path: Place["path"]): string =>
  path.map((step, at) => (typeof step === "number" ? `[${step}]` : `${at ? "." : ""}${step}`)).join("");

const markOf = ({ secret }: SchemaNode, [root]: Place["path"]): { marked?: string } =>
  secret ? {} : { marked: String(root) };

/** Every text within a value. */
export function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return value !== null && typeof value === "object" ? Object.values(value).flatMap(textsIn) : [];
}

/** The ways of planting letters at a place, the nastiest first: not every vendor takes every text. */
function plantings({ sample }: Place, core: string): string[] {
  if (!sample.includes("://")) return [NASTY + core, core];
  const [, before = "", host = "", path = ""] = /^([^:]+:\/\/)([^/?]+)([^?]*)/.exec(sample) ?? [];
  const written = encodeURIComponent(NASTY + core);
  const other = Array.from(core).reverse().join("");
  return [
    `${before}user:${written}@${host}${path}?token=${other}`,
    `${before}${host}${path}?token=${written}`,
    `${before}${host}${path}/${core}`,
  ];
}

/** What of a planted value is a secret by itself: the whole, and of an address what it carries. */
export function secretsOf(value: string): string[] {
  if (!URL.canParse(value)) return [value];
  const { password, searchParams, pathname } = new URL(value);
  const carried = [decodeURIComponent(password), ...searchParams.values()].filter((part) => part !== "");
  const last = pathname.split("/").at(-1) ?? "";
  return [value, ...(carried.length === 0 && last.length >= LENGTH ? [last] : carried)];
}

/** Properties with another text at a place, and what is not secret by the schema marked as a program would. */
function planted(props: Props, { path, marked }: Place, value: string): Props {
  const copy = JSON.parse(JSON.stringify(props)) as Props;
  const owner = path.slice(0, -1).reduce<Props>((above, step) => above[step] as Props, copy);
  owner[path.at(-1) ?? ""] = value;
  if (marked === undefined) return copy;
  const marks = ((copy.secretInputs as string[][] | undefined) ?? []).filter(([root]) => root !== marked);
  return { ...copy, secretInputs: [...marks, [marked]] };
}

/**
 * Properties with a canary at each place, in the nastiest form that fits there.
 * @param values what was planted, by the name of the place
 */
export function withCanaries(
  props: Props,
  places: Place[],
  {
    fits,
    core,
    values,
  }: { fits: (props: Props) => boolean; core: () => string; values: Map<string, string> },
): Props {
  return places.reduce((program, place) => {
    const value = plantings(place, core()).find((one) => fits(planted(program, place, one)));
    if (value === undefined) throw new Error(`no canary fits at ${place.name}`);
    values.set(place.name, value);
    return planted(program, place, value);
  }, props);
}

/** A shorter form is found by chance. */
const SHORTEST = 6;

/** The search. A program leaves many megabytes, so that each text is walked once, however many secrets there are. */
export class Search {
  private readonly secrets = new Set<string>();
  /** Each form of each secret, in small letters, by how it begins. */
  private readonly forms = new Map<string, { form: string; secret: string }[]>();
  /** Whether a form begins with these two letters. */
  private readonly begins = new Uint8Array(1 << 16);

  /** How many secrets it looks for. */
  get size(): number {
    return this.secrets.size;
  }

  /** Looks for this one from now on. Of letters of ours, half of them is already too much. */
  add(secret: string): void {
    if (this.secrets.has(secret)) return;
    this.secrets.add(secret);
    for (const form of new Set(formsOf(secret))) {
      if (form.length < SHORTEST) continue;
      const begin = form.slice(0, SHORTEST);
      this.forms.set(begin, [...(this.forms.get(begin) ?? []), { form, secret }]);
      this.begins[pairAt(form, 0)] = 1;
    }
  }

  /** The secrets that a reader of the text could have. */
  foundIn(text: string): string[] {
    const small = text.toLowerCase();
    const found = new Set<string>();
    for (let at = 0; at <= small.length - SHORTEST; at += 1) {
      if (!this.begins[pairAt(small, at)]) continue;
      for (const { form, secret } of this.forms.get(small.slice(at, at + SHORTEST)) ?? [])
        if (small.startsWith(form, at)) found.add(`${secret} as ${form}`);
    }
    return [...found];
  }
}

const pairAt = (text: string, at: number): number =>
  ((text.charCodeAt(at) & 0xff) << 8) | (text.charCodeAt(at + 1) & 0xff);

/** A secret in every form in which it may be written, in small letters. */
function formsOf(secret: string): string[] {
  const whole = Object.values(encodings).map((encode) => encode(secret));
  // Within something else, Base64 begins at any of three letters; what is shared with its neighbours is left out.
  const within = ["", "x", "xx"].map((before) =>
    Buffer.from(before + secret)
      .toString("base64")
      .replace(/=+$/, "")
      .slice(before ? 4 : 0, -2),
  );
  const cores = secret.match(new RegExp(`[${LETTERS}]{${LENGTH}}`, "g")) ?? [];
  const halves = cores.flatMap((core) => [core.slice(0, LENGTH / 2), core.slice(LENGTH / 2)]);
  return [...whole, ...within, ...halves].map((form) => form.toLowerCase());
}

/** Everything that can be seen of what was thrown. */
export function shownOf(error: unknown): string {
  return [
    String(error),
    inspect(error, { depth: 12, showHidden: true, maxStringLength: null, maxArrayLength: null }),
    inspect(error),
    JSON.stringify([error]),
    error instanceof Error ? JSON.stringify(error, Object.getOwnPropertyNames(error)) : "",
    error instanceof Error ? (error.stack ?? "") : "",
  ].join("\n");
}
