import { existsSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { Command } from "commander";
import { z } from "zod";
import type { Settings } from "../provider/calls/account";
import type { Definition, Props } from "../provider/define";
import { messageOf, StreamkeysError } from "../provider/define/errors";
import { rememberSecret } from "../provider/calls/redact";
import type { Vendor } from "../provider/define/vendor";
import { SECRET_MARK, TYPE_PREFIX } from "../provider/engine-values";
import { deployment } from "../provider/hosts/deployment";
import { unpacked } from "../provider/sets";
import { definitionOf, type TypeName, typeNameOf } from "../provider/vendors";
import { stackDigest } from "../sdk/origin";
import { say } from "./output";

/** The one place that looks into a Pulumi stack, through the Automation API. It reads, and selects nothing. */

/** Which stack a command looks at. */
export interface StackOptions {
  /** Name of the stack; the current one when unset. */
  stack?: string;
  /** Folder of the Pulumi project, or one below it. */
  cwd: string;
}

/** One resource of ours in the state of a stack. */
export interface StackResource {
  urn: string;
  /** The Pulumi name. */
  name: string;
  type: TypeName;
  vendor: Vendor;
  definition: Definition;
  id: string;
  /** Inputs and outputs, secrets in clear. */
  props: Props;
  /** Already replaced; the next `pulumi up` deletes it. */
  isReplaced: boolean;
  /** Only looked up with `Class.get`, and managed elsewhere. */
  isLookup: boolean;
}

/** A create that a killed run left unfinished: what it made, if it made it, is in no state. */
export interface PendingCreate {
  urn: string;
  /** The Pulumi name. */
  name: string;
  type: TypeName;
  vendor: Vendor;
}

/** What a stack knows, or the environment alone where there is no stack. */
export interface StackView {
  /** Undefined where there is no stack. */
  name: string | undefined;
  /** Name of the project; empty where there is no stack. */
  project: string;
  settings: Settings;
  /** Every key of the stack's config, of any namespace. */
  configKeys: string[];
  resources: StackResource[];
  pendingCreates: PendingCreate[];
}

/** There is no stack to look at; the message says why and what to type. */
export class NoStack extends StreamkeysError {
  override readonly name = "NoStack";
}

/** Adds the options that name a stack. */
export function withStackOptions(command: Command): Command {
  return command
    .option("-s, --stack <name>", "stack to look at (default: the current one)")
    .option("-C, --cwd <folder>", "folder of the Pulumi project", process.cwd());
}

/**
 * Opens a stack: its config and its state.
 * @throws NoStack when there is none; StreamkeysError with the words of the Pulumi CLI when it cannot be read.
 */
export async function openStack({ stack, cwd }: StackOptions): Promise<StackView> {
  if (projectFolder(cwd) === undefined) {
    throw new NoStack(
      `There is no Pulumi project in ${resolve(cwd)}. Run it in a project's folder, or with \`--cwd <folder>\`.`,
    );
  }
  const { LocalWorkspace } = await automation();
  const command = await findEngine();
  return await asPulumiSays(async () => {
    const workspace = await LocalWorkspace.create({ workDir: cwd, pulumiCommand: command });
    const name = stack ?? (await workspace.stack())?.name;
    if (name === undefined) {
      throw new NoStack(
        "No stack is selected. Run `pulumi stack select <name>`, or name one with `--stack <name>`.",
      );
    }
    const [config, exported, { name: project }] = await Promise.all([
      workspace.getAllConfig(name),
      workspace.exportStack(name),
      workspace.projectSettings(),
    ]);
    return {
      name,
      project,
      configKeys: Object.keys(config),
      settings: { config: (key) => config[key]?.value, environment: process.env },
      resources: resourcesOf(exported.deployment),
      pendingCreates: pendingCreatesOf(exported.deployment),
    };
  });
}

/** The digest that every origin of a stack's resources holds, and every mark. */
export function digestOf(project: string, stack: string): string {
  // Pulumi Cloud's names may begin with an organization, and a program's do not.
  return stackDigest(project, stack.split("/").at(-1) ?? stack);
}

/** Opens a stack, and where there is none and none was asked for, says so and takes the environment alone. */
export async function openStackOrEnvironment(options: StackOptions): Promise<StackView> {
  try {
    return await openStack(options);
  } catch (error) {
    if (!(error instanceof NoStack) || options.stack !== undefined) throw error;
    say(`${error.message}\nWithout a stack, credentials come from the environment alone.`);
    return environmentAlone();
  }
}

/** The view where there is no stack. */
export function environmentAlone(): StackView {
  return {
    name: undefined,
    project: "",
    configKeys: [],
    settings: { config: () => undefined, environment: process.env },
    resources: [],
    pendingCreates: [],
  };
}

/**
 * The Pulumi engine that would be used.
 * @throws NoStack saying how to install it.
 */
export async function findEngine() {
  const { PulumiCommand } = await automation();
  try {
    return await PulumiCommand.get();
  } catch (error) {
    const tooOld = /^Minimum version requirement failed.*$/m.exec(messageOf(error))?.[0];
    throw new NoStack(
      `${tooOld ?? "There is no `pulumi` on PATH."} Install Pulumi: https://www.pulumi.com/docs/iac/download-install/`,
    );
  }
}

/** The folder of the program, from which the engine's dynamic host resolves packages; undefined without a project. */
export async function programFolder(cwd: string): Promise<string | undefined> {
  const folder = projectFolder(cwd);
  if (folder === undefined) return undefined;
  const { LocalWorkspace } = await automation();
  const workspace = await LocalWorkspace.create({ workDir: folder, pulumiCommand: await findEngine() });
  const program = resolve(folder, (await workspace.projectSettings()).main ?? "");
  return statSync(program, { throwIfNoEntry: false })?.isFile() ? dirname(program) : program;
}

function projectFolder(cwd: string): string | undefined {
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    if (["yaml", "yml", "json"].some((kind) => existsSync(join(folder, `Pulumi.${kind}`)))) return folder;
    if (folder === dirname(folder)) return undefined;
  }
}

/**
 * Loaded when it is needed: it takes half a second, and `sandbox` and `ladder` do without Pulumi.
 * @throws NoStack where it is not installed: it is a peer of this package, which not every package manager installs.
 */
async function automation() {
  try {
    return await import("@pulumi/pulumi/automation/index.js");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_MODULE_NOT_FOUND") throw error;
    throw new NoStack("@pulumi/pulumi is not installed here. Run: npm install @pulumi/pulumi");
  }
}

async function asPulumiSays<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof StreamkeysError) throw error;
    throw new StreamkeysError(`The stack cannot be read. Pulumi says: ${wordsOf(messageOf(error))}`);
  }
}

/** The Automation API reports all that a command printed. Its stdout may hold secrets, so only errors are repeated. */
function wordsOf(report: string): string {
  const [, errors] = /^ stderr: [\s\S]*?error: ([\s\S]*?)\n err\?: /m.exec(report) ?? [];
  if (errors === undefined) return "nothing that could be shown. `pulumi stack export` may say more.";
  const words = errors.trim();
  // An engine that finds an empty file says no more than this (docs/engine.md, fact 34).
  if (!/\bEOF$/.test(words)) return words;
  return `${words}. A killed run can leave an empty file beside the state: docs/state.md, "After a kill", says which to delete.`;
}

function resourcesOf(exported: unknown): StackResource[] {
  const { resources = [] } = deployment.parse(exported) ?? {};
  return resources
    .filter(({ type, id }) => type.startsWith(TYPE_PREFIX) && id !== undefined)
    .flatMap((resource) => {
      const { urn, type: token, id = "", inputs, outputs } = resource;
      const { vendor, definition, isSet } = definitionOf(token.slice(TYPE_PREFIX.length));
      const type = typeNameOf(vendor, definition);
      const flags = { isReplaced: resource.delete ?? false, isLookup: resource.external ?? false };
      const common = { urn, type, vendor, definition, ...flags };
      const props = inClear({ ...inputs, ...outputs }) as Props;
      if (!isSet) return [{ ...common, name: nameIn(urn), id, props }];
      return [...unpacked(definition, props)].map(([item, kept]) => ({
        ...common,
        name: `${nameIn(urn)}: ${item}`,
        id: kept.id,
        props: kept.outs,
      }));
    });
}

function pendingCreatesOf(exported: unknown): PendingCreate[] {
  const { pending_operations: operations = [] } = deployment.parse(exported) ?? {};
  return operations
    .filter(({ type, resource }) => type === "creating" && resource.type.startsWith(TYPE_PREFIX))
    .map(({ resource }) => {
      const type = resource.type.slice(TYPE_PREFIX.length) as TypeName;
      return { urn: resource.urn, name: nameIn(resource.urn), type, vendor: definitionOf(type).vendor };
    });
}

const nameIn = (urn: string): string => urn.slice(urn.lastIndexOf("::") + 2);

const secretValue = z.object({
  [SECRET_MARK.key]: z.literal(SECRET_MARK.value),
  plaintext: z.string(),
});

function inClear(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inClear);
  if (value === null || typeof value !== "object") return value;
  const secret = secretValue.safeParse(value);
  if (!secret.success) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, inClear(item)]));
  }
  const plain: unknown = JSON.parse(secret.data.plaintext);
  rememberSecret(plain);
  return plain;
}
