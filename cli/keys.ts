import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { Command } from "commander";
import ms from "ms";
import { clock } from "../provider/hosts/clock";
import { resolveAccount } from "../provider/calls/account";
import { messageOf } from "../provider/define/errors";
import { openApi } from "../provider/calls";
import { inputsOf } from "../provider/lifecycle/state";
import { dueGeneration, durationMs, type RotationInputs } from "../provider/define/rotation";
import { propertyOf } from "../provider/define/schema";
import { withManual } from "./help";
import { printJson, printTable, say } from "./output";
import { openStack, type StackOptions, type StackResource, type StackView, withStackOptions } from "./stack";

interface KeysOptions extends StackOptions {
  showSecrets?: true;
  live?: true;
  json?: true;
}

/** The keys of one resource. */
interface KeyReport {
  urn: string;
  name: string;
  type: string;
  id: string;
  /** Null for the vendor's default account. */
  account: string | null;
  /** When the key was made, RFC 3339; null where state does not say. */
  since: string | null;
  ageSeconds: number | null;
  reason: string | null;
  rotation: "not scheduled" | "scheduled" | "due" | "put off" | "being deleted";
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
    fine: "no key is due for rotation",
    finding: "a key is due, or its rotation was put off, so run `pulumi up`; or something does not work",
  });
}

async function run({ showSecrets, live, json, ...options }: KeysOptions): Promise<void> {
  const view = await openStack(options);
  const now = clock(process.env)();
  const holders = view.resources.filter(({ definition }) => definition.rotation !== undefined);
  const reports = await Promise.all(
    holders.map(async (holder) => ({
      ...reportOn(holder, view, now),
      ...(showSecrets ? { values: keysOf(holder) } : {}),
      ...(live ? { live: await liveOf(holder, view) } : {}),
    })),
  );
  if (json) printJson(reports);
  else if (reports.length === 0) say(`Stack ${view.name ?? ""} has no keys of ours.`);
  else printReports(reports, now);
  const isFinding = ({ rotation, live }: KeyReport): boolean =>
    rotation === "due" || rotation === "put off" || live === "failed";
  if (reports.some(isFinding)) process.exitCode = 1;
}

function reportOn(holder: StackResource, view: StackView, now: Date): KeyReport {
  const { urn, name, type, id, props } = holder;
  const { keyGeneration } = props as RotationInputs;
  const keys = Object.entries(keysOf(holder));
  return {
    urn,
    name,
    type,
    id,
    account: (props.account as string | undefined) ?? null,
    since: keyGeneration?.since ?? null,
    ageSeconds: keyGeneration ? Math.floor((now.getTime() - Date.parse(keyGeneration.since)) / 1000) : null,
    reason: keyGeneration ? withoutValue(keyGeneration.reason) : null,
    ...rotationOf(holder, view, now),
    fingerprints: Object.fromEntries(keys.map(([key, value]) => [key, fingerprint(value)])),
  };
}

/** Up to version 0.1 a reason told the trigger itself, which may be a secret. */
const withoutValue = (reason: string): string =>
  reason.replace(/^(trigger|rotateAll) (?!#[0-9a-f]{8}$).*/s, "$1");

/** The keys among the secret outputs; the others are addresses that hold a key. */
function keysOf({ definition, props }: StackResource): Record<string, string> {
  const names = Object.keys(definition.outputs).filter(
    (name) => propertyOf(definition.outputs, name).secret && /key$/i.test(name),
  );
  return Object.fromEntries(
    names.flatMap((name) => (typeof props[name] === "string" ? [[name, props[name]]] : [])),
  );
}

const fingerprint = (key: string): string => createHash("sha256").update(key).digest("hex").slice(0, 8);

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
  if (keyGeneration?.pending) return { rotation: "put off", nextRotation };
  const rotateAll = settings.config("streamkeys:rotateAll");
  const next = dueGeneration(props, keyRotation, rotateAll, now);
  if (keyGeneration && !isDeepStrictEqual(next, keyGeneration)) return { rotation: "due", nextRotation };
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
    ["age", ({ ageSeconds }) => (ageSeconds === null ? "-" : ms(ageSeconds * 1000))],
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
