import type { Definition, Props } from "../../../provider/define";
import { StreamkeysError, Unfinished } from "../../../provider/define/errors";
import { replacesResource, schemaOf, secretPaths } from "../../../provider/define/schema";
import { openApi } from "../../../provider/calls";
import { resolveAccount } from "../../../provider/calls/account";
import type { ResourceType } from "../../../provider/lifecycle";
import { type Failures, ItemsFailed } from "../../../provider/sets/failures";
import type { AnswerFault } from "../faults";
import type { Workbench } from "../workbench";

/** What all operations of the fault matrix have in common. */

/** What came of a call. */
export type Outcome<T> = { value: T } | { error: unknown };

/** What became of it: see `legend`. */
export type Mark = keyof typeof legend;

/** The marks of the table. */
export const legend = {
  ok: "it is done all the same, and state holds what the vendor has",
  err: "it fails with a sentence, and state is as it was; the next run does it again",
  kept: "it fails, and state keeps what was made as unfinished; the next run goes on with it",
  later: "it is put off, with a warning, and the next run does it",
  doubt: "it fails and says what to look for, because nobody can find out whether it was made",
  believed: "the answer is what the vendor says when it is done, so it is taken for done",
};

/** One thing that is done with a resource, and how to tell by a look at the healthy vendor that its outcome is wrong. */
export interface Operation {
  name: string;
  /** Which of its requests a fault hits. */
  hits: keyof typeof requests;
  /** The fault stays for good, for every request, instead of once for the first. */
  forGood?: true;
  /** It makes an object, so that one may be left that nobody knows of. */
  makes?: true;
  /** Where it fails, it has made something before, so it is never as if nothing had been done. */
  neverUndone?: true;
  /** Kinds of faults; those that say nothing of it are left out. */
  faults: AnswerFault[];
  /** Does it while the fault is there; returns what is wrong, or undefined. */
  run(bench: Workbench, withFault: Faulty, process: ResourceType): Promise<string | undefined>;
}

/** The requests of an operation, by what they do, and the methods by which one tells them. */
export const requests = {
  looks: (method: string) => method === "GET",
  work: (method: string) => method !== "GET",
  making: (method: string) => method !== "GET" && method !== "DELETE",
  deleting: (method: string) => method === "DELETE",
  all: () => true,
};

/** Does something while the fault is there. */
export type Faulty = <T>(act: () => Promise<T>) => Promise<Outcome<T>>;

export const SAID_AND_NOT_DONE = "said to be done, and is not";
export const PUT_OFF = "put off, and done by the next run";
export const ELSEWISE = "something else in state than at the vendor";

/** What follows where the vendor's own word is not true. */
export const BELIEVED = [SAID_AND_NOT_DONE, ELSEWISE];

/** Whether two states of an object say the same of it. */
export const isSame = (a: Props, b: Props): boolean => {
  const text = ({ seenWith: _, ...props }: Props): string => JSON.stringify(Object.entries(props).sort());
  return text(a) === text(b);
};

/** What is wrong with an error of itself. */
export const thrown = (error: unknown): string | undefined =>
  error instanceof StreamkeysError ? undefined : `threw ${String(error)}`;

/** What an error says of items of a set; empty where it is about none. */
export function failuresOf(error: unknown): Failures {
  if (error instanceof ItemsFailed) return error.failures;
  return error instanceof Unfinished ? failuresOf(error.cause) : new Map<string, never>();
}

/** The keys of an object, to be compared. */
export const keysOf = (definition: Definition, props: Props = {}): string =>
  JSON.stringify(secretPaths(schemaOf(definition.outputs)).map(([name = ""]) => props[name]));

/** The place of the first of the sample's changes that is made in place, or that needs a new object. */
export const changeOf = (definition: Definition, changes: Props[], how: "in place" | "replaces"): number =>
  changes.findIndex((change) =>
    how === "in place"
      ? Object.keys(change).every((key) => !replacesResource(definition, key))
      : Object.keys(change).some((key) => replacesResource(definition, key)),
  );

/** The ids of all that is at the vendor; none where it has no list. */
export async function listed(bench: Workbench): Promise<string[]> {
  const ids: string[] = [];
  const account = resolveAccount(bench.vendor, undefined, bench.resourceType().host.settings);
  for await (const { id } of bench.definition.list?.(openApi(account)) ?? []) ids.push(id);
  return ids;
}
