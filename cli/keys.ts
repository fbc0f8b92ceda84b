import type { Command } from "commander";
import ms from "ms";
import { clock } from "../provider/hosts/clock";
import { resolveAccount } from "../provider/calls/account";
import { messageOf } from "../provider/define/errors";
import { openApi } from "../provider/calls";
import { inputsOf } from "../provider/lifecycle/state";
import { fingerprint, keysOf } from "../provider/lifecycle/fingerprint";
import {
  dueGeneration,
  durationMs,
  isDatedAhead,
  rotateAllOf,
  type RotationInputs,
} from "../provider/define/rotation";
import { withManual } from "./help";
import { printJson, printTable, say } from "./output";
import { openStack, type StackOptions, type StackResource, type StackView, withStackOptions } from "./stack";

interface KeysOptions extends StackOptions {
  showSecrets?: true;
  live?: true;
  json?: true;
}

/** How a key stands. All but the first two are findings: the next `pulumi up`, or somebody, has something to do. */
type Rotation =
  | "not scheduled"
  | "scheduled"
  /** The next `pulumi up` rotates it. */
  | "due"
  /** The last `pulumi up` had to let it wait. */
  | "put off"
  /** Nobody knows whether a reset was done; the next `pulumi up` or `pulumi refresh` looks. */
  | "uncertain"
  /** It is dated ahead of the clock, so its age says nothing. */
  | "dated ahead"
  /** It is replaced and still opens the ingest, until the next `pulumi up` deletes it. */
  | "being deleted";

/** The keys of one resource. */
interface KeyReport {
  urn: string;
  name: string;
  type: string;
  id: string;
  /** Null for the vendor's default account. */
  account: string | null;
  /** When the key was made, RFC 3339; null where nobody knows, as of a key that was taken over. */
  since: string | null;
  ageSeconds: number | null;
  reason: string | null;
  rotation: Rotation;
  /** When the next rotation falls due, RFC 3339; null where none is scheduled. */
  nextRotation: string | null;
  /** Of each key, the first 8 hex digits of its SHA-256. */
  fingerprints: Record<string, string>;
  /** The keys themselves, where they were asked for. */
  values?: Record<string, string>;
  live?: "live" | "not live" | "cannot say" | "failed";
}

/** Adds `streamkeys keys`: an audit of a stack's keys. */
export function addKeys(program: Command): void {
  const command = withStackOptions(
    program
      .command("keys")
      .description(
        "List the keys of a stack: age, next rotation, fingerprint (the first 8 hex digits of the key's SHA-256).",
      ),
  )
    .option("--live", "ask the vendors whether a broadcast is running")
    .option("--show-secrets", "print the keys themselves")
    .option("--json", "print the keys as JSON")
    .action(run);
  withManual(command, {
    examples: [
      ["streamkeys keys --stack prod --live", "who is on air, and whose key is old"],
      ["streamkeys keys || pulumi up --yes", "in a scheduled job: rotates what is due"],
    ],
    fine: "no key is due for rotation, and no key that was replaced is left",
    finding:
      "a key is due, its rotation was put off, or what it replaced is still there, so run `pulumi up`; or something does " +
      "not work",
  });
}

async function run({ showSecrets, live, json, ...options }: KeysOptions): Promise<void> {
  const view = await openStack(options);
  const now = clock(process.env)();
  const holders = view.resources.filter(({ definition }) => definition.rotation !== undefined);
  const reports = await Promise.all(
    holders.map(async (holder) => ({
      ...reportOn(holder, view, now),
      ...(showSecrets ? { values: keysOf(holder.definition, holder.props) } : {}),
      ...(live ? { live: await liveOf(holder, view) } : {}),
    })),
  );
  if (json) printJson(reports);
  else if (reports.length === 0) say(`Stack ${view.name ?? ""} has no keys of ours.`);
  else printReports(reports, now);
  const isFinding = ({ rotation, live }: KeyReport): boolean =>
    !["scheduled", "not scheduled"].includes(rotation) || live === "failed";
  if (reports.some(isFinding)) process.exitCode = 1;
}

function reportOn(holder: StackResource, view: StackView, now: Date): KeyReport {
  const { urn, name, type, id, props, definition } = holder;
  const { keyGeneration } = props as RotationInputs;
  const since = sinceOf(holder, now);
  const keys = Object.entries(keysOf(definition, props));
  return {
    urn,
    name,
    type,
    id,
    account: (props.account as string | undefined) ?? null,
    since: since ?? null,
    ageSeconds: since === undefined ? null : Math.floor((now.getTime() - Date.parse(since)) / 1000),
    reason: keyGeneration ? withoutValue(keyGeneration.reason) : null,
    ...rotationOf(holder, view, now),
    fingerprints: Object.fromEntries(keys.map(([key, value]) => [key, fingerprint(value)])),
  };
}

/** Up to version 0.1 a reason told the trigger itself, which may be a secret. */
const withoutValue = (reason: string): string =>
  reason.replace(/^(trigger|rotateAll) (?!#[0-9a-f]{8}$).*/s, "$1");

/** A key that was taken over is as old as its object where only a new object has a new key; else nobody knows. */
function sinceOf({ definition, props }: StackResource, now: Date): string | undefined {
  const { keyGeneration } = props as RotationInputs;
  if (!keyGeneration || isDatedAhead(keyGeneration, now)) return undefined;
  if (keyGeneration.reason !== "adopted") return keyGeneration.since;
  return definition.rotate || typeof props.createdAt !== "string" ? undefined : props.createdAt;
}

/** What the next `pulumi up` would do about the key, by the rule that it would go by. */
function rotationOf(
  { props, isReplaced }: StackResource,
  { settings }: StackView,
  now: Date,
): Pick<KeyReport, "rotation" | "nextRotation"> {
  const { keyGeneration, keyRotation } = props as RotationInputs;
  const every = keyRotation?.every === undefined ? undefined : durationMs(keyRotation.every);
  const slot = keyGeneration && every !== undefined ? Date.parse(keyGeneration.since) + every : undefined;
  const nextRotation = slot === undefined ? null : new Date(slot).toISOString().replace(".000Z", "Z");
  if (isReplaced) return { rotation: "being deleted", nextRotation: null };
  if (keyGeneration?.uncertain !== undefined) return { rotation: "uncertain", nextRotation };
  if (keyGeneration?.pending) return { rotation: "put off", nextRotation };
  const asked = { rotation: keyRotation, rotateAll: rotateAllOf((key) => settings.config(key)) };
  if (keyGeneration && dueGeneration(keyGeneration, keyRotation, asked, now, "")) {
    return { rotation: "due", nextRotation };
  }
  if (keyGeneration && isDatedAhead(keyGeneration, now)) return { rotation: "dated ahead", nextRotation };
  return { rotation: nextRotation === null ? "not scheduled" : "scheduled", nextRotation };
}

async function liveOf(
  { definition, vendor, id, props, name }: StackResource,
  { settings }: StackView,
): Promise<KeyReport["live"]> {
  if (!definition.isLive) return "cannot say";
  try {
    const account = resolveAccount(vendor, props.account as string | undefined, settings);
    const isLive = await definition.isLive(openApi(account), id, inputsOf(definition, props));
    return isLive ? "live" : "not live";
  } catch (error) {
    say(`${name}: ${messageOf(error)}`);
    return "failed";
  }
}

function printReports(reports: KeyReport[], now: Date): void {
  const columns: [header: string, cell: (report: KeyReport) => string][] = [
    ["name", ({ name }) => name],
    ["type", ({ type }) => type],
    ["account", ({ account }) => account ?? "-"],
    ["age", ({ ageSeconds }) => (ageSeconds === null ? "unknown" : ms(ageSeconds * 1000))],
    ["last reason", ({ reason }) => reason ?? "-"],
    ["next rotation", (report) => nextRotation(report, now)],
    ["fingerprint", ({ fingerprints }) => listed(fingerprints)],
    ["live", ({ live = "" }) => live],
    ["key", ({ values = {} }) => listed(values)],
  ];
  const asked = columns.filter(
    ([header]) =>
      (header !== "live" || reports[0]?.live !== undefined) &&
      (header !== "key" || reports[0]?.values !== undefined),
  );
  printTable(
    asked.map(([header]) => header),
    reports.map((report) => asked.map(([, cell]) => cell(report))),
  );
}

/** One key stands alone; of several, each has its name. */
function listed(keys: Record<string, string>): string {
  const entries = Object.entries(keys);
  if (entries.length === 0) return "-";
  return entries.map(([name, value]) => (entries.length === 1 ? value : `${name} ${value}`)).join(", ");
}

function nextRotation({ rotation, nextRotation }: KeyReport, now: Date): string {
  if (rotation !== "scheduled" || nextRotation === null) return rotation;
  return `${nextRotation.slice(0, 10)} (in ${ms(Date.parse(nextRotation) - now.getTime())})`;
}
