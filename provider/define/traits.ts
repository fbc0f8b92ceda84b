import type { z } from "zod";

/** What is known of a property beyond its type: the one list, which schemas, JSON Schema and the marks below share. */
export interface Traits {
  /** The value must never be seen in clear. */
  secret?: true;
  /** A change of this input replaces the resource. */
  replaces?: true;
  /** The array is a set at the vendor: its order means nothing. */
  unordered?: true;
  /** Only the reply to the create shows this output; later reads keep what state has. */
  createOnly?: true;
  /** The vendor takes this input and never shows it, so it cannot drift and an import cannot compare it. */
  writeOnly?: true;
  /** False refuses encoders and ends a running broadcast, at once and unguarded: who writes it asks for that. */
  killSwitch?: true;
  /** The vendor's own date of the last rotation: it says whether one was done, whatever else has changed. */
  provesRotation?: true;
  /** The vendor answers a create with this input as it was sent; with another value it speaks of another object. */
  echoed?: true;
  /** The output that says whose account the object is in, as the vendor names it. */
  owner?: true;
  /** Computed by the provider itself; no user writes it. */
  computed?: true;
  /** The account has only one object with this value. */
  unique?: true;
  /** Unset, it is the resource's own name in the program. */
  namedAfterResource?: true;
  /** May hold a secret (a token within free JSON, say): quoted nowhere, and stored encrypted where no program marks it. */
  mayHoldSecret?: true;
  /** Ours alone: the vendor never sees it, so a change of it is no call. */
  ours?: true;
}

declare module "zod" {
  // eslint-disable-next-line @typescript-eslint/no-empty-object-type -- zod's own interface is extended by merging alone
  interface GlobalMeta extends Traits {}
}

const mark =
  (trait: keyof Traits) =>
  <S extends z.ZodType>(schema: S): S =>
    schema.meta({ [trait]: true });

/** Marks a value that must never be seen in clear. */
export const secret = mark("secret");
/** Marks a value that may hold a secret, for example free JSON. */
export const mayHoldSecret = mark("mayHoldSecret");
/** Marks an input whose change replaces the resource. */
export const replaces = mark("replaces");
/** Marks an array whose order means nothing. */
export const unordered = mark("unordered");
/** Marks an output that only the reply to the create shows. */
export const createOnly = mark("createOnly");
/** Marks an input that stays with us: its change makes no vendor call. */
export const ours = mark("ours");
/** Marks the output that the vendor changes with every rotation, and with nothing else. */
export const provesRotation = mark("provesRotation");
/** Marks an input that the vendor never shows. */
export const writeOnly = mark("writeOnly");
/** Marks the input by which an answer to a create is known to be about the object that was asked for. */
export const echoed = mark("echoed");
/** Marks the input that the account has only once: with the same value, a replacement deletes first. */
export const unique = mark("unique");
/** Marks the output that says whose account the object is in. */
export const owner = mark("owner");
/** Marks the input that is the resource's own name in the program when it is left out. */
export const namedAfterResource = mark("namedAfterResource");
