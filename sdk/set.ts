import * as pulumi from "@pulumi/pulumi";
import type { SetKeyRotation } from "./key-rotation";
import { madeOutputs, type ResourceSpec, StreamkeysResource } from "./resource";

/** Base class of every set, by hand. The classes themselves are generated from the Definitions. */

/** What the generated class knows of its set. */
export interface SetSpec {
  /** Name in state, for example `tenbyte:StreamSet`. */
  type: string;
  /** The resource class of a single item. */
  of: ResourceSpec;
  /** What an item has besides its inputs. */
  outputs: string[];
}

/** Arguments of a set, of whatever items. */
export interface SetArgs<Inputs> {
  /**
   * The items, by name. A name stands for the item for ever: another name is another item. What an item leaves out is taken
   * from `defaults`. `import: "<vendor id>"` takes over an object that exists.
   */
  items: pulumi.Input<Record<string, pulumi.Input<Partial<Inputs> & { import?: pulumi.Input<string> }>>>;
  /** Inputs of every item that does not write them itself. */
  defaults?: pulumi.Input<Defaults<Inputs>>;
}

/** What all items share, and of keys how many are renewed at once. */
type Defaults<Inputs> = "keyRotation" extends keyof Inputs
  ? Omit<Partial<Inputs>, "keyRotation"> & { keyRotation?: pulumi.Input<SetKeyRotation> }
  : Partial<Inputs>;

type Values = Record<string, unknown>;

/** What state has of an item beside its inputs, as `provider/sets/kept.ts` writes it. */
interface Rest {
  own?: Values;
  without?: string[];
}

/** An output of an item: its own, or the one that most items have. */
function outputOf(output: string, shared: Values, { own = {}, without = [] }: Rest = {}): unknown {
  return without.includes(output) ? undefined : (own[output] ?? shared[output]);
}

/** A secret output of an item: its own, or made of another one as `provider/sets/derived.ts` has it. */
function secretOf(
  output: string,
  secrets: Record<string, Values>,
  name: string,
  { without = [] }: Rest = {},
): unknown {
  const own = secrets[name]?.[output];
  const derivation = secrets[""]?.[output] as [before: string, of: string, behind: string] | undefined;
  if (own !== undefined || !derivation || without.includes(output)) return own;
  const [before, of, behind] = derivation;
  const source = secrets[name]?.[of];
  return typeof source === "string" ? before + source + behind : undefined;
}

/**
 * Many objects of one kind as one resource of the engine, for hundreds and thousands of them: each passes through the same
 * rules as a resource of its own. The engine sees one row, so there is no `--target` and no `dependsOn` for an item.
 */
export abstract class StreamkeysSet<Item extends object> extends StreamkeysResource {
  /** The vendor's id of each item, by the item's name. */
  declare readonly ids: pulumi.Output<Record<string, string>>;
  /** Outputs that many items share. Read them with `item`. */
  declare readonly shared: pulumi.Output<Values>;
  /** Outputs of the items. Read them with `item`. */
  declare readonly kept: pulumi.Output<Record<string, Rest>>;
  /** Secret outputs of the items, as JSON. Read them with `item`. Secret. */
  declare readonly secrets: pulumi.Output<string>;

  readonly #spec: SetSpec;
  /** Read once, for however many items. */
  readonly #secrets: pulumi.Output<Record<string, Values>>;
  /** Names of the items, where the program writes them out. */
  readonly #names: string[] | undefined;

  protected constructor(
    spec: SetSpec,
    name: string,
    args: { items: unknown; defaults?: unknown },
    opts: pulumi.CustomResourceOptions = {},
  ) {
    if (opts.import !== undefined || opts.id !== undefined)
      throw new pulumi.RunError(
        `${spec.type} ${name}: a set is not imported; write \`import\` on its items.`,
      );
    const names = isPlainObject(args.items) ? Object.keys(args.items) : undefined;
    if (names?.includes("__proto__"))
      throw new pulumi.RunError(
        `${spec.type} ${name}: "__proto__" is no name for an item: JavaScript loses it.`,
      );
    super(
      {
        type: spec.type,
        properties: ["items", "defaults", "ids", "shared", "kept", "secrets"],
        secretOutputs: ["secrets"],
        secretInputs: spec.of.secretInputs.flatMap((path) => [
          ["defaults", ...path],
          ...(names ?? [""]).map((item) => ["items", item, ...path]),
        ]),
        secretInLookups: [],
      },
      name,
      args,
      opts,
    );
    this.#spec = spec;
    this.#names = names;
    this.#secrets = this.secrets.apply(
      (text: string | undefined) => JSON.parse(text ?? "{}") as Record<string, Values>,
    );
  }

  /**
   * One item: its id and its outputs. Undefined, all of them, in a unit test whose mocks know of no item.
   * @throws RunError when the set has no item of this name
   */
  item(name: string): Item {
    if (this.#names && !this.#names.includes(name)) throw noItem(this.#spec, name, this.#names);
    const { type, outputs, of } = this.#spec;
    const shared = this.shared as pulumi.Output<Values | undefined>;
    const kept = this.kept as pulumi.Output<Record<string, Rest> | undefined>;
    const valueOf = (output: string): pulumi.Output<unknown> =>
      of.secretOutputs.includes(output)
        ? pulumi
            .all([this.#secrets, kept])
            .apply(([secrets, rest]) => secretOf(output, secrets, name, rest?.[name]))
        : pulumi.all([shared, kept]).apply(([all, rest]) => outputOf(output, all ?? {}, rest?.[name]));
    const id = this.ids.apply((ids: Record<string, string> | undefined) => {
      if (ids && !Object.hasOwn(ids, name)) throw noItem({ type }, name, Object.keys(ids));
      return ids?.[name];
    });
    const values = Object.fromEntries(outputs.map((output) => [output, valueOf(output)]));
    return { id, ...values, ...madeOutputs(of, (output) => values[output]) } as unknown as Item;
  }

  /**
   * Something for each item by its name, for example the items of a set of keys from a set of streams.
   * @throws RunError when the program does not write the items out, so that their names are not known yet
   */
  each<T>(make: (item: Item, name: string) => T): Record<string, T> {
    if (!this.#names)
      throw new pulumi.RunError(
        `${this.#spec.type}: the names of items that are computed are not known yet.`,
      );
    return Object.fromEntries(this.#names.map((name) => [name, make(this.item(name), name)]));
  }
}

function noItem({ type }: Pick<SetSpec, "type">, name: string, names: string[]): pulumi.RunError {
  const some =
    names.length > 20 ? `${names.slice(0, 20).join(", ")} and ${names.length - 20} more` : names.join(", ");
  return new pulumi.RunError(`This ${type} has no item "${name}". It has ${some || "none"}.`);
}

const isPlainObject = (value: unknown): value is Values =>
  typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
