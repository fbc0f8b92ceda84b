import { type Account, isLoopback, resolveAccount, type Settings } from "../calls/account";
import type { Context, Definition, Props } from "../define";
import { ConfigError } from "../define/errors";
import type { Api } from "../define/api";
import { openApi } from "../calls";
import type { Journal } from "./journal";
import type { EngineRecord, Memory } from "./memory";
import type { Declaration, Run } from "./run";
import { rememberSecrets } from "./secrets";
import { withSightings } from "./sighting";
import type { Vendor } from "../define/vendor";

/** What the lifecycle needs of the world around it; a host supplies it. */
export interface Host {
  settings: Settings;
  /** The moment of this run. */
  now(): Date;
  /** Whether that moment is a pretended one, for a rehearsal. */
  isRehearsal: boolean;
  /** What this run has seen; shared by all resource types of the process. */
  run: Run;
  journal: Journal;
  memory: Memory;
  /** Reads the engine's record of a stack, by its full name; undefined where it cannot be read. */
  readRecord(stack: string): Promise<EngineRecord | undefined>;
  /** Shows a warning to the user; the run goes on. */
  warn(message: string): void;
  /** Shows how a long step is getting on. */
  progress(message: string): void;
}

/** One resource type at work in one process. */
export interface ResourceType {
  definition: Definition;
  vendor: Vendor;
  host: Host;
  /** Ids whose running broadcast the program has allowed to be cut, as `diff` saw it in this run. */
  allowedCuts: Set<string>;
  /** What the program declares beside the inputs, by `programKey`. */
  declarations: Map<string, Declaration>;
}

/** Sets a resource type to work. */
export function resourceTypeOf(vendor: Vendor, definition: Definition, host: Host): ResourceType {
  return {
    vendor,
    definition: withSightings(definition),
    host,
    allowedCuts: new Set(),
    declarations: new Map(),
  };
}

/** "Tenbyte Stream abc". */
export function nameOf({ vendor, definition }: ResourceType, id: string): string {
  return `${vendor.title} ${definition.name} ${id}`;
}

/**
 * The resource's name in the program, which the engine does not tell a provider. It is the part of `origin` before the
 * hash; up to version 0.1 it was the part after the last slash.
 */
export function declaredName({ origin }: Props): string | undefined {
  if (typeof origin !== "string") return undefined;
  const hash = origin.lastIndexOf("#");
  return hash >= 0 ? origin.slice(0, hash) : origin.split("/").at(-1);
}

/** The digest of project and stack that `origin` holds, up to version 0.1 none. */
export function declaredIn({ origin }: Props): string | undefined {
  return /#([0-9a-f]{8})[0-9a-f]{8}$/.exec(String(origin))?.[1];
}

/** The resource as the program declares it, for messages: `tenbyte:Stream news`. */
export function declaredAs(type: ResourceType, props: Props): string {
  return [typeOf(type), declaredName(props)].filter((part) => part !== undefined).join(" ");
}

/** "Tenbyte Stream". */
export const kindOf = ({ vendor, definition }: ResourceType): string => `${vendor.title} ${definition.name}`;

/** Type of the resource in the journal. */
export function typeOf({ vendor, definition }: ResourceType): string {
  return `${vendor.name}:${definition.name}`;
}

/** Opens the account that the inputs name. Fails closed when its credentials are missing. */
export function apiFor(type: ResourceType, props: Props): Api {
  rememberSecrets(type.definition, props);
  return openApi(accountFor(type, props));
}

/**
 * Opens the account for what changes something there.
 * @throws ConfigError in a rehearsal, unless the account is a sandbox on this machine.
 */
export function apiToAct(type: ResourceType, props: Props): Api {
  const { baseUrl, label } = accountFor(type, props);
  if (type.host.isRehearsal && !isLoopback(new URL(baseUrl))) {
    throw new ConfigError(
      `${label}: STREAMKEYS_TEST_NOW is set, so this run does not know the real time, and it would change something at ` +
        "a real vendor. Nothing was done. Rehearse with `pulumi preview`, or unset it and run again.",
    );
  }
  return apiFor(type, props);
}

/** The account that the inputs name. */
export function accountFor({ vendor, host }: ResourceType, props: Props): Account {
  return resolveAccount(vendor, props.account as string | undefined, host.settings);
}

/** The context of a call for these inputs. */
export function contextFor({ host, allowedCuts }: ResourceType, inputs: Props, id?: string): Context {
  return {
    progress: (message) => {
      host.progress(message);
    },
    warn: (message) => {
      host.warn(message);
    },
    interruptLive: inputs.interruptLive === true || (id !== undefined && allowedCuts.has(id)),
  };
}
