import { z } from "zod";
import type { Api } from "./api";
import type { Made } from "./made";
import { keyRotation, keyGeneration } from "./rotation";
import { ours, replaces } from "./traits";

export * from "./traits";

/**
 * What a resource is: its inputs and outputs as zod schemas with traits, and what it can do as functions. Everything
 * else (the dynamic provider, the SDK class, the docs page, the package schema, the contract tests) is derived.
 */

/** Named zod schemas of one level. */
export type Shape = Record<string, z.ZodType>;
/** The values a shape describes. */
export type Values<S extends Shape> = z.infer<z.ZodObject<S>>;
/** What state holds of an object: its inputs, and its outputs as far as they are known. */
export type State<I extends Shape, O extends Shape> = Values<I> & Partial<Values<O>>;
/** A plain JSON object, as the engine stores it. */
export type Props = Record<string, unknown>;

/** Inputs as a rule across fields sees them at preview: any member at any depth may be unknown, and is then absent. */
export type Known<T> = T extends (infer Item)[]
  ? (Known<Item> | undefined)[]
  : T extends object
    ? { [K in keyof T]?: Known<T[K]> }
    : T | undefined;

/** A string property with its description. */
export const text = (about: string): z.ZodString => z.string().describe(about);

/** Something wrong with the inputs, on the path a user would write (`ladder.video[2].fps`). */
export interface Problem {
  path: string;
  reason: string;
  /** A warning is shown and does not stop the run. */
  severity?: "warning";
}

/** What the vendor says of one object. */
export interface Seen {
  id: string;
  /** In the names and units of the inputs; what the vendor does not report is absent. */
  inputs: Props;
  /** Outputs; a partial set where the object is still in the making. */
  outputs: Props;
  /** Of a create that may take a key over: it did not, the key is new. */
  isNewKey?: true;
  /** Of a look: the vendor has no call that shows the object, so this says nothing of it. */
  isBlind?: true;
}

/** One object of a listing: enough to show it and to adopt it. */
export interface Listed {
  id: string;
  name: string;
  live?: boolean;
  /** The mark that its create has left with it; see `Attempt.mark`. */
  mark?: string | undefined;
}

/** What would end a running broadcast if it were done. */
export type Cut = "rotate" | "delete";

/** Context of one lifecycle call. */
export interface Context {
  /** Tells the user how a long step is getting on. */
  progress(message: string): void;
  /** Shows a warning; the run goes on. */
  warn(message: string): void;
  /** Whether the user allowed a running broadcast to be cut. */
  interruptLive: boolean;
}

/** One attempt to create, as `create` makes it and `find` looks for what it made. */
export interface Attempt {
  /** When it was begun, by our clock. */
  startedAt: Date;
  /** A key of this attempt alone, for vendors whose customers choose the key. For `create` only. */
  freshKey: string;
  /** Whether a key is this attempt's `freshKey`. */
  isOwnKey(key: string): boolean;
  /**
   * Tells this attempt of this resource from all others, on every machine: for a field of the object that viewers do not
   * see, where `find` looks for it, and for the vendor's idempotency key.
   */
  mark: string;
  /** Whether a mark on an object is this attempt's. */
  isOwnMark(mark: string | undefined): boolean;
  /** Whether an object with this time of making (RFC 3339) can be this attempt's, clocks differing a little. */
  couldHaveMade(createdAt: string | null | undefined): boolean;
  /** Whether an object is older than this attempt: in a listing, newest first, all that follow are too. */
  isBefore(createdAt: string | null | undefined): boolean;
  /** Whether an object was made so long after the request that an alike one of somebody else is as likely. */
  isLate(createdAt: string | null | undefined): boolean;
}

/** A resource. `I` and `O` are the shapes of inputs and outputs; the rest of the house sees it with these erased. */
export interface Definition<I extends Shape = Shape, O extends Shape = Shape> {
  /** Class name in the SDK, for example `StreamKey`. */
  name: string;
  /** What it is, in a paragraph; becomes hover text and the head of the docs page. */
  about: string;
  /** Paragraphs for the docs page: what is only assumed of the vendor, and what to know. */
  notes?: string[];
  inputs: I;
  outputs: O;
  /** Outputs that the program makes of those in state, and no call of the vendor returns. */
  made?: Record<string, Made>;
  /** What "rotate the key" does here, in a phrase. Present exactly when the resource owns a key. */
  rotation?: string;
  /**
   * Of a vendor that takes a new key only once the old one is gone: what to know about the time between, when there is
   * none, in a sentence or two. Preview says it. A look that finds no key is then a rotation to finish, not a loss.
   */
  keyGap?: string;
  /** Rules across fields. Sees only known values; an unknown member is present and undefined. */
  validate?(inputs: Known<Values<I>>): Problem[];
  /** Makes the object: exactly one request that creates. */
  create(api: Api, inputs: Values<I>, attempt: Attempt): Promise<Seen>;
  /** Finishes what `create` began: waits until it is ready, makes the calls that follow. `made` is what is known of it. */
  settle?(api: Api, made: Seen, inputs: Values<I>, context: Context): Promise<Seen>;
  /** Throws `Gone` when the vendor says that the object does not exist. */
  read(api: Api, id: string, state: State<I, O>, context: Context): Promise<Seen>;
  /** Changes the object in place. Without it every change of an input replaces. */
  update?(api: Api, id: string, inputs: Values<I>, previous: State<I, O>): Promise<Seen>;
  /** The changed inputs that `update` can change in general, and cannot change to this: they replace. */
  cannotUpdate?(inputs: Values<I>, previous: State<I, O>): string[];
  /** Gives the object a new key, in place; throws `NotNow` to put it off. Without it a due key replaces the object. */
  rotate?(api: Api, id: string, state: State<I, O>, context: Context): Promise<Seen>;
  /** Throws `Gone` when there is nothing to delete, which counts as done. */
  delete(api: Api, id: string, state: Values<I>, context: Context): Promise<void>;
  /** Whether a broadcast is running. Only called where something of `cuts` is about to be done. */
  isLive?(api: Api, id: string, state: Values<I>): Promise<boolean>;
  /** What would cut a running broadcast, with these inputs. */
  cuts?(inputs: Values<I>): Cut[];
  /** What a lost create with these inputs made: every object that could be it. */
  find?(api: Api, inputs: Values<I>, attempt: Attempt): Promise<Seen[]>;
  /** Everything of this kind in the account. */
  list?(api: Api): AsyncIterable<Listed>;
  /** Everything of this kind, each as `read` sees it: only where the vendor's list shows all that a read shows. */
  seeAll?(api: Api): AsyncIterable<Seen>;
  /**
   * How `find` tells what an attempt has made. By its mark or key, and that is proof; by likeness, where the vendor has no
   * place for a mark, and that is none: an object that somebody else makes with the same inputs looks the same.
   */
  foundBy?: "mark" | "key" | "likeness";
  /** The field of the object that holds its mark, where `list` tells marks in the calls that it makes anyway. */
  markField?: string;
  /** The vendor itself refuses to delete it while a broadcast runs, whatever `interruptLive` says. */
  lockedWhileLive?: true;
  /** What to do about a lost create that cannot be looked for: a sentence or two, for the error. */
  lostCreate?: string;
  /** The resource of the same vendor within which the object lives: its id is `<id of that>/<its own>` (`child.ts`). */
  childOf?: string;
  /** Exists exactly once an account: nothing makes it and nothing deletes it. */
  singleton?: true;
  /** The id of what creating takes over, where the inputs tell it. */
  takesOver?(inputs: Partial<Values<I>>): string | undefined;
  /** Creating takes over what exists, for example the key of a stream; no request makes an object. */
  makesNothing?: true;
  /** Deleting the resource leaves the object at the vendor, for example a key that lives with its stream. */
  outlivesDelete?: true;
  /** Replacement must delete first, because the vendor allows only one. */
  deleteBeforeReplace?: true;
}

/** The input `revokeOnDelete` of a key that lives with its stream. */
export const revokeOnDelete = ours(
  z
    .boolean()
    .describe("Whether deleting this resource resets the key, so that nobody who knows it can go on air.")
    .optional(),
);

/** The input `enabled` of what can be switched off; `off` says what that does at the vendor. */
export const killSwitch = (off: string): z.ZodOptional<z.ZodBoolean> =>
  z
    .boolean()
    .describe(
      `Whether it takes a broadcast. The kill switch: false ${off}, also while live and without \`interruptLive\`. ` +
        "Unset leaves it as it is; a new one is on.",
    )
    .meta({ killSwitch: true })
    .optional();

const account = replaces(
  text(
    "Name of the vendor account to use, one of `accounts` in the vendor's stack config. The default account when unset.",
  ),
).optional();

const interruptLive = ours(
  z
    .boolean()
    .describe(
      "Whether deleting, replacing or rotating may cut a running broadcast. Unset or false: such a delete or " +
        "replacement is refused while the stream is live, and a due rotation waits for the next run.",
    ),
).optional();

const origin = text(
  "The resource's name in the program, and a hash of its identity: organization, project, stack, type and parents. " +
    "Lets a killed run be continued.",
)
  .meta({ computed: true, ours: true })
  .optional();

const adopt = text("Vendor id of the object to take over. Set by the resource option `import`.")
  .meta({ computed: true, ours: true })
  .optional();

const secretInputs = z
  .array(z.array(z.union([z.string(), z.number()])))
  .describe(
    "Paths of what the program marks as secret where the schema does not. Messages quote nothing of it.",
  )
  .meta({ computed: true, ours: true })
  .optional();

const seenWith = text(
  "Digest of the credentials, or of the account where they name it, with which the object was last seen: only there can " +
    "it be found to be gone.",
).optional();

/** Completes a Definition with the properties that every resource has, and those that every resource with a key has. */
export function defineResource<I extends Shape, O extends Shape>(definition: Definition<I, O>): Definition {
  const inputs: Shape = {
    ...definition.inputs,
    ...(definition.rotation ? { keyRotation, keyGeneration } : {}),
    account,
    ...(definition.cuts ? { interruptLive } : {}),
    adopt,
    origin,
    secretInputs,
  };
  const outputs: Shape = { ...definition.outputs, seenWith };
  return { ...(definition as unknown as Definition), inputs, outputs };
}
