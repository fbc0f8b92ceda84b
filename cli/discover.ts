import { existsSync } from "node:fs";
import { Argument, type Command } from "commander";
import { configuredAccounts, resolveAccount } from "../provider/calls/account";
import type { Definition } from "../provider/define";
import { StreamkeysError } from "../provider/define/errors";
import { openApi } from "../provider/calls";
import { type Api } from "../provider/define/api";
import type { Vendor } from "../provider/define/vendor";
import { typeNameOf, vendors } from "../provider/vendors";
import type { Source } from "./adoptable";
import { declare, programOf } from "./adoption-program";
import type { Discovered } from "./discovered";
import { withManual } from "./help";
import { importFileOf, writeImportFile } from "./import-file";
import { print, printJson, printTable, say } from "./output";
import { openStackOrEnvironment, type StackOptions, type StackView, withStackOptions } from "./stack";

interface DiscoverOptions extends StackOptions {
  account?: string;
  emit?: true;
  set?: true;
  showSecrets?: true;
  importFile?: string;
  json?: true;
}

/** Adds `streamkeys discover`: what there is at a vendor, and a program that adopts it. */
export function addDiscover(program: Command): void {
  const command = withStackOptions(
    program
      .command("discover")
      .description("List everything at a vendor, and mark what the stack manages.")
      .addArgument(new Argument("<vendor>").choices(vendors.map(({ name }) => name))),
  )
    .option("-a, --account <name>", "vendor account of the stack config (default: the default account)")
    .option("--emit", "print a TypeScript program that adopts what is unmanaged")
    .option(
      "--set",
      "with --emit: declare sets, each with many objects as its items, instead of a resource each",
    )
    .option(
      "--import-file <file>",
      "write a file for `pulumi import --file`, which takes over what is unmanaged at once",
    )
    .option("--show-secrets", "with --emit: print secret inputs instead of leaving them to the stack config")
    .option("--json", "print the objects as JSON");
  command.action((name: string, options: DiscoverOptions) => run(name, options, command));
  withManual(command, {
    examples: [
      ["streamkeys discover tenbyte", "a table of what there is"],
      ["streamkeys discover tenbyte --emit > adopt.ts", "a program that takes over what is unmanaged"],
      ["streamkeys discover aioz --emit --set > adopt.ts", "the same as sets, for hundreds of objects"],
      [
        "streamkeys discover aioz --emit --import-file import.json > adopt.ts",
        "both, for a whole account at once",
      ],
      ["streamkeys discover uiza --account eu --json", "another account, for machines"],
    ],
    fine: "everything was listed; what is unmanaged is no failure",
    finding: "something could not be listed, or not be put into the program",
  });
}

async function run(name: string, options: DiscoverOptions, command: Command): Promise<void> {
  if ((options.emit || options.importFile) && options.json)
    command.error("error: --emit and --import-file are for taking over; leave out --json.");
  if (options.set && (!options.emit || options.importFile !== undefined))
    command.error(
      "error: --set goes with --emit, and not with --import-file, which takes over a resource each.",
    );
  if (options.importFile !== undefined && existsSync(options.importFile))
    command.error(
      `error: ${options.importFile} exists already. It may hold stream keys: delete it, or name another file.`,
    );
  const vendor = vendors.find((candidate) => candidate.name === name);
  if (!vendor) throw new TypeError(`no vendor ${name}`);
  const view = await openStackOrEnvironment(options);
  const api = openApi(accountOf(vendor, options.account, view));
  const discovered = markManaged(await everythingAt(vendor, api), options.account, view);
  const unmanaged = discovered.filter(({ managedBy }) => managedBy === undefined);
  if (options.emit || options.importFile !== undefined) {
    const { account, showSecrets = false } = options;
    await adoption(unmanaged, { vendor, api, account, view, showSecrets }, options);
  } else if (options.json) printJson(discovered.map((object) => toRow(vendor, object)));
  else printDiscovered(discovered);
  say(summary(discovered.length, unmanaged.length, view));
}

function accountOf(vendor: Vendor, name: string | undefined, { settings }: StackView) {
  const names = configuredAccounts(vendor, settings);
  if (name === undefined && names.length > 0 && !names.includes(undefined)) {
    throw new StreamkeysError(
      `${vendor.title}: there is no default account. Name one: ${names.map((known) => `--account ${known ?? ""}`).join(" or ")}`,
    );
  }
  return resolveAccount(vendor, name, settings);
}

async function everythingAt(vendor: Vendor, api: Api): Promise<Discovered[]> {
  const [listable, others] = [true, false].map((can) =>
    vendor.resources.filter(({ list }) => (list !== undefined) === can),
  ) as [Definition[], Definition[]];
  const unseen = others.map((definition) => definition.name).join(", ");
  if (unseen)
    say(`${vendor.title} offers no way to list ${unseen}; adopt by id, with the resource option \`import\`.`);
  if (listable.length === 0)
    throw new StreamkeysError(`${vendor.title}: there is nothing that can be discovered.`);
  return (await Promise.all(listable.map((definition) => listAll(vendor, definition, api)))).flat();
}

/** How many objects pass between two words of progress. */
const STEP = 250;

async function listAll(vendor: Vendor, definition: Definition, api: Api): Promise<Discovered[]> {
  // By id: what is made while we turn pages can show up twice.
  const found = new Map<string, Discovered>();
  for await (const object of definition.list?.(api) ?? []) {
    found.set(object.id, { ...object, definition });
    if (found.size % STEP === 0) say(`${vendor.title} ${definition.name}: ${found.size} listed so far`);
  }
  return [...found.values()];
}

function markManaged(
  discovered: Discovered[],
  account: string | undefined,
  { resources }: StackView,
): Discovered[] {
  const identity = (definition: Definition, id: string, ofAccount: unknown): string =>
    // What exists once an account has the same id in every account.
    JSON.stringify([definition.name, id, definition.singleton ? ofAccount : undefined]);
  const managed = new Map(
    resources.map((resource) => [
      identity(resource.definition, resource.id, resource.props.account),
      resource,
    ]),
  );
  return discovered.map((object) => {
    const managedBy = managed.get(identity(object.definition, object.id, account));
    return managedBy ? { ...object, managedBy } : object;
  });
}

/** Writes what takes the objects over: a file for `pulumi import`, a program, or both with the same names. */
async function adoption(unmanaged: Discovered[], source: Source, options: DiscoverOptions): Promise<void> {
  const declared = await declare(unmanaged, source);
  if (options.importFile !== undefined) {
    writeImportFile(options.importFile, importFileOf(declared.declarations, source));
    say(howToImport(options.importFile, declared.declarations.length));
  }
  if (options.emit) print(programOf(declared, source, { asSets: options.set }));
  if (declared.leftOut.length === 0) return;
  const reasons = declared.leftOut.map(
    ({ object, problem }) => `  ${object.definition.name} ${object.id}: ${problem}`,
  );
  say([`${declared.leftOut.length} objects cannot be taken over:`, ...reasons].join("\n"));
  process.exitCode = 1;
}

function howToImport(file: string, count: number): string {
  return [
    `${file} takes over ${count} objects, without a call to the vendor. It holds their stream keys IN CLEAR, for your eyes`,
    "only (mode 0600). Run, and then delete it:",
    "",
    `  pulumi import --file '${file}' --generate-code=false --protect=false --yes && rm '${file}'`,
    "",
    "The program that goes with it is printed by --emit. Leave out --protect=false to protect them from deletion.",
  ].join("\n");
}

const toRow = (vendor: Vendor, { id, name, live, definition, managedBy }: Discovered) => ({
  type: typeNameOf(vendor, definition),
  id,
  name,
  live: live ?? null,
  managed: managedBy !== undefined,
  urn: managedBy?.urn ?? null,
});

function printDiscovered(discovered: Discovered[]): void {
  const live = (value: boolean | undefined): string =>
    value === undefined ? "cannot say" : value ? "live" : "not live";
  printTable(
    ["type", "name", "id", "live", "managed as"],
    discovered.map((object) => [
      object.definition.name,
      object.name,
      object.id,
      live(object.live),
      object.managedBy?.name ?? "unmanaged",
    ]),
  );
}

function summary(all: number, unmanaged: number, { name }: StackView): string {
  const by =
    name === undefined
      ? "there is no stack that could manage them"
      : `${unmanaged} that stack ${name} does not manage`;
  return `${all} objects, ${by}.`;
}
