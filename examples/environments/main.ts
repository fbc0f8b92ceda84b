import { ConcurrentUpdateError, PulumiCommand, type Stack } from "@pulumi/pulumi/automation";
import { Command } from "commander";
import { Listr } from "listr2";
import { type Environment, readList, WrongList } from "./list";
import {
  type Did,
  entryOf,
  leftTheList,
  type Place,
  preview,
  type Progress,
  remove,
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

const program = new Command("environments").description(
  "Provision environments from a list, one Pulumi stack each.",
);
command("up", "Bring every environment to what the list says.").action((options: Options) =>
  onList(options, up),
);
command("preview", "Say what `up` would do.").action((options: Options) => onList(options, preview));
command("remove", "Destroy the environments that have left the list.").action(removeLeft);
program.addHelpText(
  "after",
  "\nExit status: 0 all is well, 1 an environment failed (run it again), 2 the list is wrong and nothing was run.",
);
program.parseAsync().catch((error: unknown) => {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = error instanceof WrongList ? 2 : 1;
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
  const list = readList(options.list, process.env);
  const chosen = only(
    list.map(({ name }) => name),
    options,
  );
  const place = await here();
  await all(
    list.filter(({ name }) => chosen.includes(name)),
    place,
    options,
    operation,
  );
  const left = await leftTheList(list, place);
  if (left.length > 0)
    say(`Not in the list any more: ${left.join(", ")}. To destroy them: environments remove`);
}

async function removeLeft(options: Options): Promise<void> {
  const place = await here();
  const names = await leftTheList(readList(options.list, process.env), place);
  const entries = await Promise.all(only(names, options).map((name) => entryOf(name, place)));
  await all(entries, place, options, remove);
}

/** The names that were asked for: all, or those of `--only`. A name that is not there is a mistake, and nothing is run. */
function only(names: string[], options: Options): string[] {
  const unknown = options.only?.filter((name) => !names.includes(name)) ?? [];
  if (unknown.length > 0)
    throw new WrongList(`--only: there is no ${unknown.join(", ")} among ${names.join(", ")}`);
  return options.only ?? names;
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d*$/.test(text))
    throw new WrongList(`--parallel must be a whole number from 1 up, not ${text}`);
  return Number(text);
}

async function here(): Promise<Place> {
  return { workDir: process.cwd(), pulumiCommand: await PulumiCommand.get(), variables: process.env };
}

interface Ended {
  name: string;
  did?: Did;
  failure?: string;
}

/** Runs the operation on each environment's stack, as many at once as asked for: a live table, or lines in a pipeline. */
async function all(
  entries: Environment[],
  place: Place,
  options: Options,
  operation: Operation,
): Promise<void> {
  const ended: Ended[] = [];
  const began = performance.now();
  const tasks = entries.map((entry) => ({
    title: entry.name,
    task: async (_: unknown, task: { title: string; output: string }): Promise<void> => {
      let wrong: string | undefined;
      try {
        const stack = await stackOf(entry, place);
        if (options.unlock) await stack.cancel();
        const did = await operation(stack, (words, isError) => {
          task.output = words;
          if (isError) wrong ??= words;
        });
        ended.push({ name: entry.name, did });
        task.title = `${entry.name}: ${did}`;
      } catch (error) {
        const failure = wrong ?? reasonOf(error);
        ended.push({ name: entry.name, failure });
        throw new Error(`${entry.name}: ${failure}`);
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
  for (const { name, failure = "" } of failed) say(`  ${name}: ${failure}`);
  say("Run it again: what is done is not touched.");
  process.exitCode = 1;
}

/** The line that says what was wrong. The Automation API reports all that a command printed. */
function reasonOf(error: unknown): string {
  if (error instanceof ConcurrentUpdateError)
    return "another run holds this stack. If that one was killed, run with --unlock.";
  const { message } = error as Error;
  return /^\s*error: (.*)$/m.exec(message)?.[1] ?? message.trim().split("\n")[0] ?? "";
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
