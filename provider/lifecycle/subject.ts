import type { Account, Settings } from "../config";
import { resolveAccount } from "../config";
import type { Context, Definition, Props } from "../define";
import type { Api } from "../http";
import { openApi } from "../http";
import type { Journal } from "../journal";
import { rememberSecret } from "../redact";
import type { KeyGeneration } from "../rotation";
import { schemaOf, secretPaths } from "../schema";
import type { Vendor } from "../vendor";

/** What the lifecycle needs of the world around it; a host supplies it. */
export interface World {
  settings: Settings;
  now(): Date;
  journal: Journal;
  /** Shows a warning to the user; the run goes on. */
  warn(message: string): void;
  /** Shows how a long step is getting on. */
  progress(message: string): void;
}

/** One resource type at work in one process. */
export interface Subject {
  definition: Definition;
  vendor: Vendor;
  world: World;
  /** Ids whose running broadcast the program has allowed to be cut, as `diff` saw it in this run. */
  allowedCuts: Set<string>;
  /** Generations planned by `diff` for replacements, by `programKey`. */
  plannedGenerations: Map<string, KeyGeneration>;
}

/** Sets a resource type to work. */
export function subjectOf(vendor: Vendor, definition: Definition, world: World): Subject {
  return { vendor, definition, world, allowedCuts: new Set(), plannedGenerations: new Map() };
}

/** "Tenbyte Stream abc". */
export function nameOf({ vendor, definition }: Subject, id: string): string {
  return `${vendor.title} ${definition.name} ${id}`;
}

/** Type of the resource in the journal. */
export function typeOf({ vendor, definition }: Subject): string {
  return `${vendor.name}:${definition.name}`;
}

/** Opens the account that the inputs name. Fails closed when its credentials are missing. */
export function apiFor(subject: Subject, props: Props): Api {
  rememberSecrets(subject, props);
  return openApi(accountFor(subject, props));
}

function accountFor({ vendor, world }: Subject, props: Props): Account {
  return resolveAccount(vendor, props.account as string | undefined, world.settings);
}

function rememberSecrets({ definition }: Subject, props: Props): void {
  const paths = [...secretPaths(schemaOf(definition.inputs)), ...secretPaths(schemaOf(definition.outputs))];
  for (const path of paths) {
    rememberSecret(path.reduce<unknown>((value, step) => (value as Props | undefined)?.[step], props));
  }
}

/** The context of a call for these inputs. */
export function contextFor({ world, allowedCuts }: Subject, inputs: Props, id?: string): Context {
  return {
    progress: (message) => {
      world.progress(message);
    },
    warn: (message) => {
      world.warn(message);
    },
    interruptLive: inputs.interruptLive === true || (id !== undefined && allowedCuts.has(id)),
  };
}
