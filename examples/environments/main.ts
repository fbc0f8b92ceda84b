import { ConcurrentUpdateError, PulumiCommand, type Stack } from "@pulumi/pulumi/automation";
import { Command } from "commander";
import { Listr } from "listr2";
import { type Environment, missing, NotStarted, readList } from "./list";
import {
  type Did,
  entryOf,
  loggedIn,
  type Place,
  preview,
  type Progress,
  remove,
  stackNames,
  stackOf,
  up,
} from "./stacks";

/**
 * Environments from a list: one stack each, several at once. What failed does not stop the others; run it again, and only
 * what is not done yet is done.
 */

interface Options {
  list: string;
  parallel: number;
  only?: string[];
  unlock?: true;
}

type Operation = (stack: Stack, progress: Progress) => Promise<Did>;

const program = new Command("environments")
  .description("Provision environments from a list, one Pulumi stack each.")
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2));
command("up", "Bring every environment to what the list says.").action((options: Options) =>
  onList(options, up),
);
command("preview", "Say what `up` would do.").action((options: Options) => onList(options, preview));
command("remove", "Destroy the environments that have left the list.").action(removeLeft);
program.addHelpText(
  "after",
  "\nExit status: 0 all is well, 1 an environment failed (run it again), 2 nothing was run, and what to mend is said.",
);
program.parseAsync().catch((error: unknown) => {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = error instanceof NotStarted ? 2 : 1;
});

function command(name: string, about: string): Command {
  return program
    .command(name)
    .description(about)
    .option("-l, --list <file>", "the list of environments", "environments.json")
    .option("-p, --parallel <number>", "stacks at once; each takes about half a core", wholeNumber, 4)
    .option("--only <names...>", "only these environments")
    .option("--unlock", "take away the lock of a run that was killed");
}

async function onList(options: Options, operation: Operation): Promise<void> {
  const list = readList(options.list, process.env, options.only);
  const chosen = only(
    list.map(({ name }) => name),
    options,
  );
  const entries = list.filter(({ name }) => chosen.includes(name));
  const place = await here();
  await all(
    entries.map((entry) => ({ name: entry.name, entry: () => entry })),
    place,
    options,
    operation,
  );
  const left = await leftTheList(list, place);
  if (left.length > 0) say(`Not in the list any more: ${left.join(", ")}. \`remove\` destroys them.`);
}

async function removeLeft(options: Options): Promise<void> {
  const list = readList(options.list, process.env, []);
  const place = await here();
  const names = only(await leftTheList(list, place), options);
  const entry = async (name: string): Promise<Environment> => {
    const found = await entryOf(name, place);
    const [unset] = missing(found, process.env);
    if (unset) throw new Error(unset);
    return found;
  };
  await all(
    names.map((name) => ({ name, entry: () => entry(name) })),
    place,
    options,
    remove,
  );
}

/** The stacks that are there and not in the list. */
async function leftTheList(list: Environment[], place: Place): Promise<string[]> {
  const stacks = await stackNames(place).catch((error: unknown) => {
    throw new Error(`The stacks cannot be listed, so what left the list is not known: ${reasonOf(error)}`);
  });
  return stacks.filter((name) => !list.some((entry) => entry.name === name));
}

/** The names that were asked for: all, or those of `--only`. A name that is not there is a mistake, and nothing is run. */
function only(names: string[], options: Options): string[] {
  const unknown = options.only?.filter((name) => !names.includes(name)) ?? [];
  if (unknown.length > 0)
    throw new NotStarted(`--only: there is no ${unknown.join(", ")} among ${names.join(", ")}`);
  return options.only ?? names;
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d*$/.test(text))
    throw new NotStarted(`--parallel must be a whole number from 1 up, not ${text}`);
  return Number(text);
}

/** Looks for the engine and asks for the backend: what is missing is said here, once, and not of each environment. */
async function here(): Promise<Place> {
  const pulumiCommand = await PulumiCommand.get().catch(() => {
    throw new NotStarted(
      "Nothing was run: `pulumi version` does not work here. Put Pulumi's engine on PATH.",
    );
  });
  const place = { workDir: process.cwd(), pulumiCommand, variables: process.env };
  await loggedIn(place).catch((error: unknown) => {
    throw new NotStarted(`Nothing was run: the backend cannot be reached: ${reasonOf(error)}`);
  });
  return place;
}

/** An environment to work on. What it consists of may still have to be found out. */
interface Wanted {
  name: string;
  entry: () => Environment | Promise<Environment>;
}

interface Ended {
  name: string;
  did?: Did;
  failure?: string;
}

/** Runs the operation on each environment's stack, as many at once as asked for: a live table, or lines in a pipeline. */
async function all(wanted: Wanted[], place: Place, options: Options, operation: Operation): Promise<void> {
  const ended: Ended[] = [];
  const began = performance.now();
  const tasks = wanted.map(({ name, entry }) => ({
    title: name,
    task: async (_: unknown, task: { title: string; output: string }): Promise<void> => {
      let wrong: string | undefined;
      try {
        const stack = await stackOf(await entry(), place);
        if (options.unlock) await stack.cancel();
        const did = await operation(stack, (words, kind) => {
          if (kind === "error") wrong ??= words;
          const [line = ""] = words.split("\n");
          // A table shows how far each has come; among plain lines that would only be in the way of what was said.
          if (process.stdout.isTTY) task.output = line;
          else if (kind !== "count") task.output = `${name}: ${line}`;
        });
        ended.push({ name, did });
        task.title = `${name}: ${did}`;
      } catch (error) {
        const failure = wrong ?? reasonOf(error);
        ended.push({ name, failure });
        throw new Error(failure);
      }
    },
  }));
  await new Listr(tasks, {
    concurrent: options.parallel,
    exitOnError: false,
    fallbackRenderer: "simple",
  }).run();
  summarize(ended, (performance.now() - began) / 1000);
}

function summarize(ended: Ended[], seconds: number): void {
  const failed = ended.filter(({ failure }) => failure !== undefined);
  say(`${ended.length - failed.length} done, ${failed.length} failed, in ${seconds.toFixed(0)} s.`);
  if (failed.length === 0) return;
  // What stopped many of them alike is said once.
  for (const reason of new Set(failed.map(({ failure = "" }) => failure))) {
    const names = failed.filter(({ failure }) => failure === reason).map(({ name }) => name);
    say(`  ${names.join(", ")}: ${reason}`);
  }
  say("Run it again: what is done is not touched.");
  process.exitCode = 1;
}

/** The line that says what was wrong. The Automation API reports all that a command printed. */
function reasonOf(error: unknown): string {
  if (error instanceof ConcurrentUpdateError)
    return "another run holds this stack. If that one was killed, run with --unlock.";
  const { message } = error as Error;
  if (/^error: (.*: )?EOF$/m.test(message))
    return "A killed run has left an empty file beside the state (EOF); README.md says what to do.";
  return /^\s*error: (.*)$/m.exec(message)?.[1] ?? message.trim().split("\n")[0] ?? "";
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
