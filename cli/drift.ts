import type { Command } from "commander";
import { StreamkeysError } from "../provider/define/errors";
import { clock } from "../provider/hosts/clock";
import { type Host, newRun, resourceTypeOf, sentenceOf, speakingFor } from "../provider/lifecycle";
import { drift } from "../provider/lifecycle/drift";
import type { Journal } from "../provider/lifecycle/journal";
import { newMemory } from "../provider/lifecycle/memory";
import { withManual } from "./help";
import { print, printJson, printTable, say } from "./output";
import { openStack, type StackOptions, type StackResource, type StackView, withStackOptions } from "./stack";

interface DriftOptions extends StackOptions {
  json?: true;
}

/** `not shown`: the vendor has no call that shows it. `failed`: nobody could look. */
const STATUSES = ["as in state", "differs", "gone", "not shown", "failed"] as const;

/** What a look at one resource has shown. */
interface DriftReport {
  urn: string;
  name: string;
  type: string;
  id: string;
  /** Null for the vendor's default account. */
  account: string | null;
  status: (typeof STATUSES)[number];
  /** What differs, place by place, or why nobody can tell. No value that could be a secret is told. */
  detail: string[];
}

const DRIFT = 1;
const CANNOT_TELL = 2;

/** Adds `streamkeys drift`: what differs between a stack and its vendors, for a job that runs every night. */
export function addDrift(program: Command): void {
  const command = withStackOptions(
    program
      .command("drift")
      .description("Look whether the vendors have what the stack's state says, and change neither."),
  )
    .option("--json", "print every resource as JSON")
    .action(run);
  withManual(command, {
    examples: [
      ["streamkeys drift --stack prod", "in a nightly job: what was changed by hand, deleted, or reset"],
      ["streamkeys drift --json > drift.json", "for machines"],
    ],
    fine: "nothing differs",
    finding: "something differs, so run `pulumi refresh` and then `pulumi preview`",
    unknown: "could not tell: a vendor, an account or the stack could not be read",
  });
}

async function run({ json, ...options }: DriftOptions): Promise<void> {
  try {
    const view = await openStack(options);
    const reports = await reportsOn(view);
    if (json) printJson(reports);
    else printReports(reports, view);
    process.exitCode = statusOf(reports);
  } catch (error) {
    // Elsewhere 1 stands for a failure too; here it says that something differs.
    say(`streamkeys: ${sentenceOf(error)}`);
    process.exitCode = CANNOT_TELL;
  }
}

function statusOf(reports: DriftReport[]): number {
  const found = new Set(reports.map(({ status }) => status));
  if (found.has("failed")) return CANNOT_TELL;
  return found.has("differs") || found.has("gone") ? DRIFT : 0;
}

/** How many resources pass between two words of progress. */
const STEP = 250;

/** Looks at everything that the stack manages, as many at once as each account allows. */
async function reportsOn(view: StackView): Promise<DriftReport[]> {
  const managed = view.resources.filter(({ isReplaced, isLookup }) => !isReplaced && !isLookup);
  say(`Looking at ${managed.length} resources of stack ${view.name ?? ""} ...`);
  const host = lookingHost(view);
  let looked = 0;
  const reports = await Promise.all(
    managed.map(async (resource) => {
      const report = await reportOn(resource, host);
      looked += 1;
      if (looked % STEP === 0) say(`${looked} of ${managed.length} looked at`);
      return report;
    }),
  );
  return [...reports, ...view.pendingCreates.map(pendingReport)];
}

async function reportOn(resource: StackResource, host: Host): Promise<DriftReport> {
  const { urn, name, type, id, props, vendor, definition } = resource;
  const report = { urn, name, type, id, account: (props.account as string | undefined) ?? null };
  try {
    const its = speakingFor(resourceTypeOf(vendor, definition, host), props);
    const { isGone, isBlind, differences } = await drift(its, id, props);
    if (isGone) return { ...report, status: "gone", detail: [`${vendor.title} no longer has it`] };
    if (isBlind)
      return { ...report, status: "not shown", detail: [`${vendor.title} has no call that shows it`] };
    return { ...report, status: differences.length > 0 ? "differs" : "as in state", detail: differences };
  } catch (error) {
    return { ...report, status: "failed", detail: [sentenceOf(error)] };
  }
}

function pendingReport({ urn, name, type }: StackView["pendingCreates"][number]): DriftReport {
  const detail = [
    "a run was killed while it made this, and may have made it; `streamkeys doctor` says what to do",
  ];
  return { urn, name, type, id: "", account: null, status: "failed", detail };
}

/** The world of a look that leaves no trace: no notes are dropped, and what is secret is masked. */
function lookingHost({ settings }: StackView): Host {
  return {
    settings,
    now: clock(process.env),
    isRehearsal: false,
    run: newRun(),
    journal: noNotes,
    memory: newMemory(),
    readRecord: () => Promise.resolve(undefined),
    warn: say,
    progress: say,
  };
}

const refuse = (): never => {
  throw new StreamkeysError("A look makes nothing. This is a fault of pulumi-streamkeys; please report it.");
};

const noNotes: Journal = {
  place: "",
  isEngineAlive: () => Promise.resolve(true),
  all: () => [],
  of: () => [],
  begin: refuse,
  amend: refuse,
  forget: refuse,
  isKnown: () => undefined,
  handOver: refuse,
  close: () => Promise.resolve(),
};

function printReports(reports: DriftReport[], { name }: StackView): void {
  const found = reports.filter(({ status }) => status !== "as in state");
  if (found.length > 0) {
    printTable(
      ["name", "type", "status", "what differs"],
      found.map((report) => [report.name, report.type, report.status, report.detail.join("; ")]),
    );
    print("");
  }
  const counts = STATUSES.map(
    (status) => [reports.filter((report) => report.status === status).length, status] as const,
  ).filter(([count, status]) => count > 0 || status === "as in state");
  print(`Stack ${name ?? ""}: ${counts.map(([count, status]) => `${count} ${status}`).join(", ")}.`);
}
