import { resolve } from "node:path";
import type { Command } from "commander";
import { configuredAccounts, resolveAccount, setCommand, type Settings } from "../provider/calls/account";
import { CallError, messageOf, Unauthorized } from "../provider/define/errors";
import { openApi } from "../provider/calls";
import { markOf } from "../provider/define/mark";
import type { Vendor } from "../provider/define/vendor";
import { backendUrl, notesFolder } from "../provider/hosts/notes-folder";
import { type Entry, type Note, openJournal, placeOf } from "../provider/lifecycle/journal";
import { leftoversOf } from "../provider/lifecycle/leftovers";
import { declaredName } from "../provider/lifecycle/resource-type";
import { definitionOf, typeNameOf, vendors } from "../provider/vendors";
import { installedFor } from "../sdk/installed";
import { unreadConfig } from "../sdk/stack-config";
import { withManual } from "./help";
import { leftAt, type LeftObject } from "./left-objects";
import { print, printJson, printTable, say } from "./output";
import {
  digestOf,
  environmentAlone,
  findEngine,
  NoStack,
  openStack,
  type PendingCreate,
  programFolder,
  type StackOptions,
  type StackView,
  withStackOptions,
} from "./stack";

/** One thing that was looked at. */
interface Check {
  what: string;
  status: "ok" | "fails" | "to look at" | "not configured";
  /** What was found, and what to type where it is not right. */
  detail: string;
}

interface DoctorOptions extends StackOptions {
  json?: true;
}

/** Adds `streamkeys doctor`: what works, what does not, and what to type. */
export function addDoctor(program: Command): void {
  const command = withStackOptions(
    program
      .command("doctor")
      .description("Check the engine, the package, and every configured vendor account with one cheap read."),
  )
    .option("--json", "print the checks as JSON")
    .action(run);
  withManual(command, {
    examples: [
      ["streamkeys doctor", "the current stack's accounts and the environment's"],
      ["streamkeys doctor --stack prod --json", "for a pipeline, before `pulumi up`"],
    ],
    fine: "everything works; a vendor that is not configured is no failure, nor is what is only to be looked at",
    finding: "something does not work",
  });
}

async function run({ json, ...options }: DoctorOptions): Promise<void> {
  const engine = await checked(
    "Pulumi engine",
    async () => `version ${(await findEngine()).version?.version ?? "unknown"}`,
  );
  const { view, check } = await stackAndCheck(options);
  const left = unfinishedCreates(options.cwd, view);
  const place = placeOf(backendUrl(process.env, options.cwd));
  const noted = left.map(({ note }) => markOf(note.origin, place, note.keyDigest));
  const found = [
    nodeCheck(),
    engine,
    await packageCheck(options.cwd),
    check,
    ...pendingCreateChecks(view, left),
  ];
  const asked = vendors.map(async (vendor) => accountChecks(vendor, view, noted));
  const accounts = (await Promise.all(asked)).flat();
  const checks = [...found, ...configChecks(view), ...accounts, ...noAccountCheck(accounts)];
  if (json) printJson(checks);
  else
    printTable(
      ["check", "status", "what was found, and what to type"],
      checks.map(({ what, status, detail }) => [what, status, detail]),
    );
  const failures = checks.filter(({ status }) => status === "fails").length;
  if (failures === 0) return;
  if (!json) print(`\n${failures} of ${checks.length} checks fail.`);
  process.exitCode = 1;
}

async function checked(what: string, look: () => Promise<string> | string): Promise<Check> {
  try {
    return { what, status: "ok", detail: await look() };
  } catch (error) {
    return { what, status: "fails", detail: messageOf(error) };
  }
}

const OLDEST_NODE = 20;

function nodeCheck(): Check {
  const { node } = process.versions;
  const isOldEnough = Number.parseInt(node) >= OLDEST_NODE;
  const detail = isOldEnough ? `version ${node}` : `version ${node}; install Node ${OLDEST_NODE} or later`;
  return { what: "Node", status: isOldEnough ? "ok" : "fails", detail };
}

async function packageCheck(cwd: string): Promise<Check> {
  const what = "package pulumi-streamkeys";
  // Without an engine, and that is a finding of its own, nothing can read the project's settings.
  const folder = await programFolder(cwd).catch(() => cwd);
  if (folder === undefined)
    return { what, status: "not configured", detail: "there is no program that needs it" };
  return checked(what, () => {
    // The engine starts its dynamic host from the one, and loads the provider from the other.
    const needed = ["pulumi-streamkeys", "@pulumi/pulumi"];
    const missing = needed.filter((name) => installedFor(name, resolve(folder)) === undefined);
    if (missing.length > 0) {
      throw new Error(
        `${missing.join(" and ")} cannot be found from ${folder}, where the engine looks; a library of the program ` +
          `that has it is not enough. Run there: npm install ${missing.join(" ")}`,
      );
    }
    const { version = "", folder: place = "" } = installedFor("pulumi-streamkeys", resolve(folder)) ?? {};
    return `version ${version} at ${place}`;
  });
}

async function stackAndCheck(options: StackOptions): Promise<{ view: StackView; check: Check }> {
  const what = "stack";
  try {
    const view = await openStack(options);
    return {
      view,
      check: { what, status: "ok", detail: `${view.name ?? ""}, ${view.resources.length} resources of ours` },
    };
  } catch (error) {
    // Without a project the environment's accounts are all there is to check, unless a stack was asked for.
    const status = error instanceof NoStack && options.stack === undefined ? "not configured" : "fails";
    return {
      view: environmentAlone(),
      check: { what, status, detail: `${messageOf(error)} Accounts come from the environment alone.` },
    };
  }
}

/** Pulumi takes any key, and only those that are read do something. */
function configChecks({ name, project, configKeys }: StackView): Check[] {
  if (name === undefined) return [];
  const unread = unreadConfig(configKeys, project);
  return [{ what: "stack config", status: unread ? "fails" : "ok", detail: unread ?? "every key is read" }];
}

/** Creates of this stack that were begun on this machine, and that no run has gone on with. */
function unfinishedCreates(cwd: string, { project, name, resources }: StackView): Entry[] {
  if (name === undefined) return [];
  const backend = backendUrl(process.env, cwd);
  const all = openJournal(notesFolder(process.env), { backend }).all();
  const stack = digestOf(project, name);
  const inState = new Set(resources.map(({ type, id }) => `${type} ${id}`));
  return leftoversOf(all, stack).filter(({ note: { type, id } }) => !inState.has(`${type} ${id ?? ""}`));
}

/** What a run was making when it was killed, by its notes on this machine, and by the engine's record. */
function pendingCreateChecks({ pendingCreates, resources }: StackView, left: Entry[]): Check[] {
  const noted = left.map(({ file, note }) => ({
    type: note.type,
    name: declaredName(note) ?? "",
    file,
    note,
  }));
  const elsewhere = pendingCreates.filter(
    ({ name, type }) => !noted.some((here) => here.name === name && here.type === type),
  );
  return [
    ...noted.map((create) => createCheck("fails", create, wayOutHere(create.file, create.note))),
    ...elsewhere.map((create) =>
      resources.some(({ urn, isReplaced }) => urn === create.urn && !isReplaced)
        ? createCheck("to look at", create, `The stack has it. The engine drops this record by: ${CLEAR}`)
        : createCheck("fails", create, wayOutElsewhere(create)),
    ),
  ];
}

const CLEAR = "pulumi refresh --clear-pending-creates";

const createCheck = (
  status: Check["status"],
  { type, name }: { type: string; name: string },
  detail: string,
): Check => ({ what: `create of ${type} ${name}`, status, detail });

function wayOutHere(file: string, { type, id, isLeftover }: Note): string {
  const [vendor = ""] = type.split(":");
  const find = `\`streamkeys discover ${vendor}\` shows what nobody manages`;
  const what =
    id === undefined
      ? `A run was killed while it made this, and may have made it; ${find}.`
      : `A run was killed when it had made this, as ${id}.`;
  const goOn = isLeftover
    ? " No later run takes it over."
    : " `pulumi up` goes on with it, if the program still has it.";
  return `${what}${goOn} To be rid of it: delete it at the vendor, or adopt it with the resource option \`import\`, and run: rm '${file}'`;
}

function wayOutElsewhere({ type, vendor }: PendingCreate): string {
  const goOn =
    definitionOf(type).definition.foundBy === "mark"
      ? "`pulumi up` takes over what bears its mark, on any machine."
      : "On the same machine, `pulumi up` goes on with it. Elsewhere it stops where it finds something that may be it.";
  return (
    `A run was killed while it made this, and may have made it. ${goOn} To look first: ` +
    `\`streamkeys discover ${vendor.name}\` shows what nobody manages; adopt that with the resource option \`import\`, or ` +
    `delete it there. Then run: ${CLEAR}`
  );
}

/** One vendor without credentials is one that is not used; all of them without is a runner that was given none. */
function noAccountCheck(accounts: Check[]): Check[] {
  if (accounts.some(({ status }) => status !== "not configured")) return [];
  const detail =
    "no vendor has any, in the stack config or in the environment: type one of the above, or give this runner its secrets";
  return [{ what: "credentials", status: "fails", detail }];
}

/** @param noted marks of creates that a note on this machine tells of */
async function accountChecks(vendor: Vendor, view: StackView, noted: string[]): Promise<Check[]> {
  const { settings, resources } = view;
  const used = resources.filter((resource) => resource.vendor === vendor);
  const usedAccounts = used.map(({ props }) => props.account as string | undefined);
  let configured: (string | undefined)[];
  try {
    configured = configuredAccounts(vendor, settings);
  } catch (error) {
    return [{ what: vendor.title, status: "fails", detail: messageOf(error) }];
  }
  const begun = isBegun(vendor, settings) ? [undefined] : [];
  const accounts = [...new Set([...configured, ...usedAccounts, ...begun])];
  if (accounts.length === 0) {
    return [
      { what: vendor.title, status: "not configured", detail: `to use it: ${setCommand(vendor, undefined)}` },
    ];
  }
  const asked = accounts.map(async (account) => {
    const answers = await accountCheck(vendor, account, settings);
    // Where not even the cheap read works, there is nothing more to find out.
    if (answers.status !== "ok") return [answers];
    const left = await leftoverChecks(vendor, account, view, noted);
    return [answers, ...(await shortageCheck(vendor, account, settings)), ...left];
  });
  return (await Promise.all(asked)).flat();
}

/** What runs out at an account that works. No failure: the next broadcast is refused, and no run of ours. */
async function shortageCheck(
  vendor: Vendor,
  account: string | undefined,
  settings: Settings,
): Promise<Check[]> {
  if (!vendor.shortage) return [];
  const what = `what runs out at ${titleOf(vendor, account)}`;
  try {
    const api = openApi({ ...resolveAccount(vendor, account, settings), retries: 0 });
    const detail = await vendor.shortage(api);
    return [{ what, status: detail === undefined ? "ok" : "to look at", detail: detail ?? "nothing" }];
  } catch (error) {
    return [{ what, status: "to look at", detail: `cannot be looked for: ${messageOf(error)}` }];
  }
}

/** Objects that a create of this stack has made, and that the stack does not know. A note tells more than its mark. */
async function leftoverChecks(
  vendor: Vendor,
  account: string | undefined,
  view: StackView,
  noted: string[],
): Promise<Check[]> {
  try {
    const api = openApi({ ...resolveAccount(vendor, account, view.settings), retries: 0 });
    const left = await leftAt(vendor, api, view);
    return left.filter(({ mark }) => !noted.includes(mark)).map((object) => leftoverCheck(vendor, object));
  } catch (error) {
    // An account whose list cannot be had, or not all of it, works all the same.
    const what = `leftovers at ${titleOf(vendor, account)}`;
    return [{ what, status: "to look at", detail: `cannot be looked for: ${messageOf(error)}` }];
  }
}

/** No failure: it may be meant so, and a mark cannot tell whether another stack has the object by now. */
const leftoverCheck = (vendor: Vendor, { definition, id, name }: LeftObject): Check => ({
  what: `leftover ${typeNameOf(vendor, definition)} ${name}`,
  status: "to look at",
  detail:
    `${id} bears the mark of a stack of this project and name, and is not in this stack's state. A killed run may have made it, ` +
    "or it was kept when it left the state. Another stack may have it too: one that it was moved to, or one of the same name " +
    "in another backend or organization. If none has it, adopt it with the resource option `import`, or delete it at the " +
    `vendor. If one has it, take the mark out of its ${definition.markField ?? ""}, and this is not said again.`,
});

const titleOf = ({ title }: Vendor, account: string | undefined): string =>
  account === undefined ? title : `${title} (account ${account})`;

/** Whether something of the default account is set, though it may not be enough. */
function isBegun(vendor: Vendor, { config, environment }: Settings): boolean {
  const fields = Object.keys(JSON.parse(config(`streamkeys:${vendor.name}`) ?? "{}") as object);
  return (
    fields.some((field) => field !== "accounts") ||
    Object.values(vendor.environment).some((variable) => Boolean(environment[variable]))
  );
}

function accountCheck(vendor: Vendor, name: string | undefined, settings: Settings): Promise<Check> {
  return checked(titleOf(vendor, name), async () => {
    // A doctor says what is so now, and does not wait for better times.
    const account = { ...resolveAccount(vendor, name, settings), retries: 0 };
    say(`Asking ${account.label} ...`);
    try {
      await vendor.probe(openApi(account));
    } catch (error) {
      throw error instanceof Unauthorized ? refused(error, vendor, name) : error;
    }
    return `answers at ${account.baseUrl}`;
  });
}

/** The same sentence, with the command that sets other credentials. */
function refused({ failure }: Unauthorized, vendor: Vendor, name: string | undefined): CallError {
  const variables =
    name === undefined ? `, or in the environment ${Object.values(vendor.environment).join(", ")}` : "";
  return new CallError({
    ...failure,
    advice: `Set credentials that are allowed to: ${setCommand(vendor, name)}${variables}`,
  });
}
