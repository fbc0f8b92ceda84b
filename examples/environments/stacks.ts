import { type EngineEvent, LocalWorkspace, type PulumiCommand, type Stack } from "@pulumi/pulumi/automation";
import { type Environment, variablesOf } from "./list";
import { programOf } from "./program";

/** One stack for each environment, through Pulumi's Automation API. The state is what makes a run resumable. */

const PROJECT = "environments";

/** Where the stacks are. */
export interface Place {
  /** A folder whose `node_modules` has pulumi-streamkeys: the engine resolves the provider from there. */
  workDir: string;
  /** Found once, for every stack. */
  pulumiCommand: PulumiCommand;
  variables: NodeJS.ProcessEnv;
}

/** Told how an operation is getting on: how many resources are done, what the engine or a vendor says, what went wrong. */
export type Progress = (words: string, kind: "count" | "message" | "error") => void;

/** What an operation did, in a few words. */
export type Did = string;

/** Opens the stack of an environment; makes it when there is none. */
export function stackOf(entry: Environment, { workDir, pulumiCommand, variables }: Place): Promise<Stack> {
  const { vendor, name } = entry;
  // By the environment, so that no credential is written to a file.
  const envVars = Object.fromEntries(
    Object.entries(variablesOf(entry)).map(([field, variable]) => [
      `${vendor}_${field.replace(/[A-Z]/g, (letter) => `_${letter}`)}`.toUpperCase(),
      variables[variable] ?? "",
    ]),
  );
  return LocalWorkspace.createOrSelectStack(
    { stackName: name, projectName: PROJECT, program: withEntry(entry) },
    { workDir, pulumiCommand, envVars },
  );
}

/** The program, which also remembers its entry: an environment that has left the list must still be destroyed. */
function withEntry(entry: Environment) {
  const program = programOf(entry);
  return async () => {
    await program();
    return { entry };
  };
}

/** Who is logged in at the backend; an error where nobody is. */
export async function loggedIn({ workDir, pulumiCommand }: Place): Promise<string> {
  const workspace = await LocalWorkspace.create({ workDir, pulumiCommand });
  return (await workspace.whoAmI()).user;
}

/** The names of all stacks of this project. */
export async function stackNames({ workDir, pulumiCommand }: Place): Promise<string[]> {
  const workspace = await LocalWorkspace.create({ workDir, pulumiCommand });
  return (await workspace.listStacks()).map(({ name }) => name.split("/").at(-1) ?? name);
}

/** The entry that a stack was made from. */
export async function entryOf(stackName: string, { workDir, pulumiCommand }: Place): Promise<Environment> {
  const stack = await LocalWorkspace.selectStack({ stackName, workDir }, { pulumiCommand });
  const entry = (await stack.outputs()).entry?.value as Environment | undefined;
  if (!entry)
    throw new Error(
      "It never came to its end, so nothing says whose credentials it needs: destroy it by hand.",
    );
  return entry;
}

/** Brings an environment to what the list says. */
export async function up(stack: Stack, progress: Progress): Promise<Did> {
  const { summary } = await stack.up({ onEvent: counting(progress), suppressOutputs: true });
  return changes(summary.resourceChanges);
}

/** Says what `up` would do. */
export async function preview(stack: Stack, progress: Progress): Promise<Did> {
  const { changeSummary } = await stack.preview({ onEvent: counting(progress), suppressOutputs: true });
  return changes(changeSummary);
}

/** Destroys an environment, and forgets its stack. */
export async function remove(stack: Stack, progress: Progress): Promise<Did> {
  const { summary } = await stack.destroy({ onEvent: counting(progress), suppressOutputs: true });
  await stack.workspace.removeStack(stack.name);
  return changes(summary.resourceChanges);
}

/** Severities of what a user is meant to see. */
const SHOWN = ["info", "info#err", "warning", "error"];

function counting(progress: Progress): (event: EngineEvent) => void {
  let done = 0;
  return ({ resOutputsEvent, diagnosticEvent }) => {
    if (resOutputsEvent) progress(`${(done += 1)} done`, "count");
    // The SDK's debug events, which its types do not know, hold every property in clear: stream keys, too.
    if (diagnosticEvent && SHOWN.includes(diagnosticEvent.severity))
      progress(diagnosticEvent.message.trim(), diagnosticEvent.severity === "error" ? "error" : "message");
  };
}

function changes(counts: Partial<Record<string, number>> = {}): Did {
  const changed = Object.entries(counts).filter(([operation]) => operation !== "same");
  return changed.length === 0
    ? "unchanged"
    : changed.map(([operation, count]) => `${operation} ${count ?? 0}`).join(", ");
}
