import { inspect } from "node:util";
import type { Definition, Props } from "../../../provider/define";
import { OrphanRisk, Unfinished } from "../../../provider/define/errors";
import { schemaOf, secretPaths } from "../../../provider/define/schema";
import type { Vendor } from "../../../provider/define/vendor";
import type { ResourceType } from "../../../provider/lifecycle";
import { OldRemains } from "../../../provider/lifecycle/reconcile";
import type { ReceivedRequest } from "../../../sandbox";
import type { AnswerFault } from "../faults";
import { answersOf, sampleOf, Workbench } from "../workbench";
import {
  BELIEVED,
  failuresOf,
  type Faulty,
  type Mark,
  type Operation,
  type Outcome,
  PUT_OFF,
  requests as kinds,
} from "./operation";

/** How a cell of the fault matrix is tried, and what must be true of it. */

/** A resource, and what is done with it. */
export interface Row {
  resource: string;
  vendor: Vendor;
  definition: Definition;
  operation: Operation;
  /** Makes the operations of this kind, given the id of another object. */
  operations(vendor: Vendor, definition: Definition, anotherId: string): Operation[];
  isOfSet: boolean;
}

/** A cell. */
export interface Cell {
  fault: string;
  mark: Mark;
  /** What is wrong, and undefined where nothing is. */
  wrong: string | undefined;
}

/** The deadline of a call while an answer is slow; without that there is time enough, also on a busy machine. */
const HURRY = { timeoutSeconds: 0.7 };
const PATIENCE = { timeoutSeconds: 10 };

/** More calls than this for one thing are too many, besides one for each object that the cells before have left in a list. */
const MOST_CALLS = 40;

/** Tries a row, with those of its faults that `isTried` picks by their place. */
export async function tryRow(row: Row, isTried: (at: number) => boolean): Promise<Cell[]> {
  const { vendor, definition } = row;
  const bench = await Workbench.open(vendor, definition, { ...PATIENCE, waitSeconds: 0.6 });
  // Uiza's simulator takes its time otherwise.
  Object.assign(bench.sandbox.data.uiza?.behaviour ?? {}, { polls: 0 });
  const process = bench.resourceType();
  const another = await bench.create(
    { ...sampleOf(vendor, definition).minimal(await bench.parent()), ...nameOfAnother(definition) },
    process,
  );
  const operation = row
    .operations(vendor, definition, another.id.split("/").at(-1) ?? "")
    .find(({ name }) => name === row.operation.name);
  if (!operation) throw new Error(`${row.resource} has no ${row.operation.name}`);
  const right = await rightRequests(bench, operation, process);
  const cells: Cell[] = [];
  for (const fault of operation.faults.filter((_, at) => isTried(at))) {
    let error: unknown;
    const met = { calls: 0, isHit: false };
    const withFault: Faulty = async (act) => {
      const before = bench.sandbox.requests.length;
      const { outcome, isHit } = await during(bench, operation, right, fault, act);
      if ("error" in outcome) ({ error } = outcome);
      Object.assign(met, { isHit, calls: bench.sandbox.requests.length - before });
      return outcome;
    };
    bench.warnings.length = 0;
    const found = await operation
      .run(bench, withFault, process)
      .catch((thrown: unknown) => `broke: ${String(thrown)}`);
    const isOwnWord = fault.fault.status === 204 && right.every(({ status }) => status === 204);
    const mark = found === PUT_OFF ? "later" : isOwnWord && error === undefined ? "believed" : markOf(error);
    const isExpected =
      found === PUT_OFF ? bench.warnings.length > 0 : mark === "believed" && BELIEVED.includes(found ?? "");
    cells.push({
      fault: fault.name,
      mark,
      wrong:
        (isExpected ? undefined : found) ??
        (met.isHit ? undefined : "no request has met the fault") ??
        (mayBe(operation, fault, mark) ? undefined : `is "${mark}", which the rules do not allow`) ??
        (isSpread(bench, operation, error, fault)
          ? `more than one item failed: ${String(error)}`
          : undefined) ??
        (met.calls > MOST_CALLS + 2 * cells.length ? `${met.calls} calls` : badWords(bench, error)),
    });
  }
  await bench.sandbox.close();
  return cells;
}

/** So that no cell meets an object of its own name. */
const nameOfAnother = ({ inputs }: Definition): Props =>
  Object.fromEntries(
    ["name", "instanceName"].filter((name) => name in inputs).map((name) => [name, "another"]),
  );

/** The requests of an operation, when all goes well, which its faults are to hit. */
async function rightRequests(
  bench: Workbench,
  operation: Operation,
  process: ResourceType,
): Promise<ReceivedRequest[]> {
  let requests: ReceivedRequest[] = [];
  const wrong = await operation.run(
    bench,
    async (act) => {
      const before = bench.sandbox.requests.length;
      const value = await act();
      requests = bench.sandbox.requests.slice(before);
      return { value };
    },
    process,
  );
  if (wrong !== undefined) throw new Error(`wrong without any fault: ${wrong}`);
  const right = requests.filter(({ method }) => kinds[operation.hits](method));
  if (right.length === 0) throw new Error("there is no request that a fault could hit");
  return right;
}

/** Does something while the fault is there, and says also whether a request has met it. */
async function during<T>(
  { account, sandbox }: Workbench,
  { forGood }: Operation,
  right: ReceivedRequest[],
  { fault, unreachable }: AnswerFault,
  act: () => Promise<T>,
): Promise<{ outcome: Outcome<T>; isHit: boolean }> {
  const times = forGood ? {} : { times: 1 };
  const { baseUrl } = account;
  const isSlow = [fault.delayMs, fault.dripMs, fault.endless].some((slow) => slow !== undefined);
  Object.assign(account, isSlow ? HURRY : {}, unreachable ? { baseUrl: NOBODY } : {});
  const methods = new Set(unreachable ? [] : right.map(({ method }) => method));
  for (const method of methods) sandbox.faults.push({ ...fault, method, ...times });
  const before = sandbox.requests.length;
  const outcome = await act().then(
    (value): Outcome<T> => ({ value }),
    (error: unknown): Outcome<T> => ({ error }),
  );
  const isHit = forGood ? sandbox.requests.length > before : sandbox.faults.length < methods.size;
  sandbox.faults.length = 0;
  Object.assign(account, PATIENCE, { baseUrl });
  return { outcome, isHit: unreachable ?? isHit };
}

/** Port 1 is nobody's. */
const NOBODY = "http://127.0.0.1:1";

/** Of the items of a set, that of the one that had it worst. */
function markOf(error: unknown): Mark {
  if (error === undefined) return "ok";
  const its = [error, ...failuresOf(error).values()];
  if (its.some((one) => one instanceof OrphanRisk)) return "doubt";
  const isOfSet = its.length > 1;
  const isKept = its
    .slice(isOfSet ? 1 : 0)
    .some((one) => one instanceof Unfinished || one instanceof OldRemains);
  return isKept ? "kept" : "err";
}

/** Whether items of a set have failed that no fault has hit. Where all are read from one list, it has hit all. */
function isSpread(
  { vendor, definition }: Workbench,
  { forGood, hits }: Operation,
  error: unknown,
  { fault, unreachable }: AnswerFault,
): boolean {
  if (failuresOf(error).size < 2 || forGood || unreachable || fault.status === 429) return false;
  return hits !== "looks" || answersOf(vendor, definition)?.readsTheList !== true;
}

/** The rules: what an answer may lead to, by what it means and by what was being done. Of a set: with the item it hits. */
function mayBe(
  { forGood, hits, makes, neverUndone }: Operation,
  { means }: AnswerFault,
  mark: Mark,
): boolean {
  if (mark === "believed") return true;
  if (mark === "later") return means === "not done";
  if (means === "done") return mark === "ok";
  // Nobody can be asked.
  if (forGood) return mark === "err";
  if (means === "not yet") return mark === "ok";
  // A look may be taken again, or elsewhere.
  if (hits === "looks") return mark === "ok" || mark === "err";
  if (neverUndone) return mark === "kept" || (mark === "ok" && means === "unknown");
  if (means === "not done") return mark === "err";
  // The work is looked for: found, not found, or not to be found out.
  return makes ? mark !== "err" : mark !== "doubt";
}

/** What is wrong with what the user is told. */
function badWords({ account, vendor, warnings }: Workbench, error: unknown): string | undefined {
  const said = error instanceof Error ? [error.message, ...warnings] : warnings;
  if (said.some((text) => /undefined|\[object|\bNaN\b|\bnull\b/.test(text))) return `says ${said.join(" ")}`;
  if (error instanceof Error && !error.message.includes(vendor.title))
    return `does not say where: ${error.message}`;
  const everything = [...said, inspect(error, { depth: 9 }), JSON.stringify(error)].join(" ");
  const secrets = secretPaths(schemaOf(vendor.credentials)).map(([name = ""]) => account[name]);
  const leaked = secrets.some((secret) => typeof secret === "string" && everything.includes(secret));
  return leaked ? `tells a secret: ${everything}` : undefined;
}
