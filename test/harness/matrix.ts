import { inspect } from "node:util";
import type { Definition, Props } from "../../provider/define";
import { OrphanRisk, Refused, StreamkeysError, Unfinished } from "../../provider/define/errors";
import { openApi } from "../../provider/calls";
import { resolveAccount } from "../../provider/calls/account";
import { propertyOf, replacesResource, schemaOf, secretPaths } from "../../provider/define/schema";
import type { Vendor } from "../../provider/define/vendor";
import type { ResourceType } from "../../provider/lifecycle";
import type { ReceivedRequest } from "../../sandbox";
import { vendors } from "../../provider/vendors";
import * as faults from "./faults";
import { answersOf, type Kept, sampleOf, Workbench } from "./workbench";

/**
 * The fault matrix: each resource, each thing that is done with it, each kind of wrong answer. What must follow is one rule
 * for all cells: what is said to be done is done, what goes into state is what the vendor has, nothing is made twice,
 * nothing is dropped that is there, and what is said of it is a sentence without secrets.
 */

/** What came of a call. */
type Outcome<T> = { value: T } | { error: unknown };

/** What became of it: see `legend`. */
export type Mark = keyof typeof legend;

/** The marks of the table. */
export const legend = {
  ok: "it is done all the same, and state holds what the vendor has",
  err: "it fails with a sentence, and state is as it was; the next run does it again",
  kept: "it fails, and state keeps what was made as unfinished; the next run goes on with it",
  later: "it is put off, with a warning, and the next run does it",
  doubt: "it fails and says what to look for, because nobody can find out whether it was made",
  believed: "the answer is what the vendor says when it is done, so it is taken for done",
};

/** One thing that is done with a resource, and how to tell by a look at the healthy vendor that its outcome is wrong. */
interface Operation {
  name: string;
  /** Which of its requests a fault hits: those that look, those that do the work, or both. */
  hits: "looks" | "work" | "all";
  /** The fault stays for good, for every request, instead of once for the first. */
  forGood?: true;
  /** It makes an object, so that one may be left that nobody knows of. */
  makes?: true;
  /** Kinds of faults; those that say nothing of it are left out. */
  faults: faults.AnswerFault[];
  /** Does it while the fault is there; returns what is wrong, or undefined. */
  run(bench: Workbench, withFault: Faulty, process: ResourceType): Promise<string | undefined>;
}

/** Does something while the fault is there. */
type Faulty = <T>(act: () => Promise<T>) => Promise<Outcome<T>>;

/** A resource, and what is done with it. */
export interface Row {
  resource: string;
  vendor: Vendor;
  definition: Definition;
  operation: Operation;
}

/** A cell. */
export interface Cell {
  fault: string;
  mark: Mark;
  /** What is wrong, and undefined where nothing is. */
  wrong: string | undefined;
}

/** The faults that say something of what is done with a resource. */
class FaultsFor {
  private readonly answers: faults.Answers | undefined;
  private readonly isKeyed: boolean;
  /** Not only the answer to the create has the key. */
  private readonly showsKey: boolean;
  /** Last of all, because an account that was throttled goes slowly afterwards. */
  private readonly throttled: faults.AnswerFault[];

  constructor(
    vendor: Vendor,
    definition: Definition,
    private readonly anotherId: string,
  ) {
    this.answers = answersOf(vendor, definition);
    this.isKeyed = definition.rotation !== undefined;
    this.showsKey = !Object.keys(definition.outputs).some(
      (name) => propertyOf(definition.outputs, name).createOnly,
    );
    this.throttled = faults.throttled(vendor.retryAfterHeaders);
  }

  /** What a gateway says as well. */
  get everywhere(): faults.AnswerFault[] {
    return [
      ...faults.unreachable,
      ...faults.lost,
      ...faults.strange.filter(({ name }) => !this.answers?.readsTheList || name !== "an empty list"),
      ...faults.tooMuch,
      ...faults.refused,
      ...faults.strangeNotFound,
    ];
  }

  get list(): faults.AnswerFault[] {
    const all = [...this.everywhere, ...faults.harmless, ...faults.cut, ...this.throttled];
    return all.filter(({ name }) => !this.answers?.bareLists || name !== "an empty list");
  }

  get look(): faults.AnswerFault[] {
    return [
      ...this.everywhere,
      ...faults.harmless,
      ...faults.cut,
      ...this.about(this.isKeyed).filter(({ name }) => this.showsKey || name !== "key left out"),
      ...this.throttled,
    ];
  }

  /** For one request only, so that what the vendor says of it is believed only where the list agrees. */
  get oneLook(): faults.AnswerFault[] {
    return [...(this.answers?.readsTheList ? [] : this.notFound), ...this.look];
  }

  work(answersWith: "key" | "object" | "nothing" = this.isKeyed ? "key" : "object"): faults.AnswerFault[] {
    return [
      ...this.everywhere,
      ...(answersWith === "nothing" ? this.misplaced : this.about(answersWith === "key")),
      ...faults.afterWork([...faults.lost, ...faults.strange]),
      ...faults.harmless,
      ...faults.cut,
      ...this.throttled,
    ];
  }

  get notFound(): faults.AnswerFault[] {
    return this.answers ? faults.ownNotFound(this.answers) : [];
  }

  private get misplaced(): faults.AnswerFault[] {
    return this.answers ? faults.misplaced(this.answers) : [];
  }

  private about(keyed: boolean): faults.AnswerFault[] {
    const { answers, anotherId, misplaced } = this;
    if (!answers || answers.readsTheList) return misplaced;
    const keys = keyed ? faults.wrongKeys(answers) : [];
    return [...misplaced, ...faults.wrongIds(answers, anotherId), ...keys];
  }
}

/** Everything that can be done with a resource. `anotherId` is the id of another object of the kind. */
function operationsOf(vendor: Vendor, definition: Definition, anotherId: string): Operation[] {
  const sample = sampleOf(vendor, definition);
  const its = new FaultsFor(vendor, definition, anotherId);
  let serial = 0;
  /** A resource of its own: no two have one name. */
  const named = (program: Props): Props => {
    const name = `news${++serial}`;
    return {
      ...program,
      ...("name" in definition.inputs ? { name } : {}),
      origin: `${name}#${String(serial).padStart(16, "0")}`,
      ...("instanceName" in definition.inputs ? { instanceName: name } : {}),
    };
  };
  const made = async (bench: Workbench, which: "minimal" | "full" = "minimal"): Promise<Kept> =>
    bench.create(named(sample[which](await bench.parent())));
  const isAsThere = async (bench: Workbench, kept: Kept): Promise<string | undefined> =>
    isSame(kept.outs, (await bench.read(kept))?.props ?? {}) ? undefined : ELSEWISE;

  const read: Operation["run"] = async (bench, withFault) => {
    const kept = await made(bench);
    const outcome = await withFault(() => bench.read(kept));
    if ("error" in outcome) return thrown(outcome.error);
    if (!outcome.value) return "dropped";
    return isSame(kept.outs, outcome.value.props) ? undefined : ELSEWISE;
  };

  const create: Operation["run"] = async (bench, withFault, process) => {
    const program = named(sample.minimal(await bench.parent()));
    const before = (await listed(bench)).length;
    const outcome = await withFault(() => bench.create(program, process));
    const more = (await listed(bench)).length - before;
    if (more > 1) return `made ${more} times`;
    if ("value" in outcome) return isAsThere(bench, outcome.value);
    const { error } = outcome;
    const knows = error instanceof OrphanRisk || error instanceof Unfinished;
    if (!definition.makesNothing && more > 0 && !knows) return "made, and forgotten";
    const again =
      error instanceof Unfinished
        ? bench.up({ id: error.id, inputs: {}, outs: error.outputs }, program)
        : bench.create(program);
    const next = await again.catch((refusal: unknown) => {
      // The user was told to look, and has not; what stands there is in the way, where a vendor takes only one.
      if (error instanceof OrphanRisk && more > 0 && refusal instanceof Refused) return undefined;
      throw refusal;
    });
    if (!next) return thrown(error);
    const leftOver = (await listed(bench)).length - before - 1;
    if (leftOver > (error instanceof OrphanRisk ? more : 0)) return "made twice in the end";
    return (await isAsThere(bench, next)) ?? thrown(error);
  };

  const adopt: Operation["run"] = async (bench, withFault) => {
    const kept = await made(bench);
    const { seenWith: _, ...program } = kept.inputs;
    const adopting = { ...program, origin: undefined, adopt: kept.id };
    const outcome = await withFault(() => bench.create(adopting, bench.resourceType()));
    if ("error" in outcome) {
      const next = await bench.create(adopting);
      return next.id === kept.id ? thrown(outcome.error) : "another one taken over";
    }
    return outcome.value.id === kept.id ? isAsThere(bench, outcome.value) : "another one taken over";
  };

  const list: Operation["run"] = async (bench, withFault) => {
    const kept = await made(bench);
    const outcome = await withFault(async () => await listed(bench));
    if ("error" in outcome) return thrown(outcome.error);
    return outcome.value.includes(kept.id) ? undefined : "not in the list, and there";
  };

  const remove: Operation["run"] = async (bench, withFault) => {
    const kept = await made(bench);
    const outcome = await withFault(() => bench.remove(kept));
    if ("value" in outcome) return (await bench.read(kept)) ? SAID_AND_NOT_DONE : undefined;
    await bench.remove(kept);
    return (await bench.read(kept)) ? "not deleted by the next run" : thrown(outcome.error);
  };

  const revoke: Operation["run"] = async (bench, withFault) => {
    const kept = await made(bench, "full");
    const isValid = async (): Promise<boolean> =>
      keysOf(definition, (await bench.read(kept))?.props) === keysOf(definition, kept.outs);
    const outcome = await withFault(() => bench.remove(kept));
    if ("value" in outcome) return (await isValid()) ? SAID_AND_NOT_DONE : undefined;
    await bench.remove(kept);
    return (await isValid()) ? "not revoked by the next run" : thrown(outcome.error);
  };

  const changed =
    (which: "minimal" | "full", change: (parent: string) => Props): Operation["run"] =>
    async (bench, withFault) => {
      const parent = await bench.parent();
      const program = named(sample[which](parent));
      const kept = await bench.create(program);
      const news = { ...program, ...change(parent) };
      const outcome = await withFault(() => bench.up(kept, news));
      if ("value" in outcome) {
        const done = outcome.value;
        if (which === "full" || keysOf(definition, done.outs) !== keysOf(definition, kept.outs))
          return isAsThere(bench, done);
        const { outs } = await bench.up(done, news);
        return keysOf(definition, outs) === keysOf(definition, kept.outs) ? SAID_AND_NOT_DONE : PUT_OFF;
      }
      const { error } = outcome;
      const next = await bench.up(
        error instanceof Unfinished ? { ...kept, outs: error.outputs } : kept,
        news,
      );
      if (next.id !== kept.id) return "made anew";
      if (which === "minimal" && keysOf(definition, next.outs) === keysOf(definition, kept.outs))
        return "not rotated by the next run";
      const clean = await bench.up(next, news);
      if (clean.did !== "nothing") return `the run after the next does ${clean.did}`;
      return (await isAsThere(bench, next)) ?? thrown(error);
    };
  const inPlace = sample
    .changes("parent")
    .findIndex((change) => Object.keys(change).every((key) => !replacesResource(definition, key)));

  const all: (Operation | false)[] = [
    { name: "read", hits: "looks", forGood: true, faults: its.look, run: read },
    { name: "read once", hits: "looks", faults: its.oneLook, run: read },
    { name: "adopt", hits: "looks", faults: its.oneLook, run: adopt },
    definition.list !== undefined && {
      name: "list",
      hits: "looks",
      forGood: true,
      faults: its.list,
      run: list,
    },
    definition.makesNothing
      ? { name: "create", hits: "looks", faults: its.look, run: create }
      : { name: "create", hits: "work", makes: true, faults: its.work(), run: create },
    !definition.outlivesDelete && {
      name: "delete",
      hits: "work",
      faults: [...its.notFound, ...its.work("nothing")],
      run: remove,
    },
    !definition.outlivesDelete && {
      name: "delete at a gateway",
      hits: "all",
      forGood: true,
      faults: its.everywhere,
      run: remove,
    },
    "revokeOnDelete" in definition.inputs && {
      name: "revoke",
      hits: "work",
      faults: [...its.notFound, ...its.work("key")],
      run: revoke,
    },
    definition.update !== undefined &&
      inPlace >= 0 && {
        name: "update",
        hits: "work",
        faults: its.work(),
        run: changed("full", (parent) => sample.changes(parent)[inPlace] ?? {}),
      },
    definition.rotate !== undefined && {
      name: "rotate",
      hits: "work",
      faults: its.work("key"),
      run: changed("minimal", () => ({ keyRotation: { trigger: "leak" } })),
    },
  ];
  return all.filter((operation) => operation !== false);

  async function listed(bench: Workbench): Promise<string[]> {
    const ids: string[] = [];
    const account = resolveAccount(vendor, undefined, bench.resourceType().host.settings);
    for await (const { id } of definition.list?.(openApi(account)) ?? []) ids.push(id);
    return ids;
  }
}

const SAID_AND_NOT_DONE = "said to be done, and is not";
const PUT_OFF = "put off, and done by the next run";
const ELSEWISE = "something else in state than at the vendor";

/** What follows where the vendor's own word is not true. */
const BELIEVED = [SAID_AND_NOT_DONE, ELSEWISE];

/** So that no cell meets an object of its own name. */
const nameOfAnother = ({ inputs }: Definition): Props =>
  Object.fromEntries(
    ["name", "instanceName"].filter((name) => name in inputs).map((name) => [name, "another"]),
  );

const isSame = (a: Props, b: Props): boolean => {
  const text = ({ seenWith: _, ...props }: Props): string => JSON.stringify(Object.entries(props).sort());
  return text(a) === text(b);
};

const thrown = (error: unknown): string | undefined =>
  error instanceof StreamkeysError ? undefined : `threw ${String(error)}`;

const keysOf = (definition: Definition, props: Props = {}): string =>
  JSON.stringify(secretPaths(schemaOf(definition.outputs)).map(([name = ""]) => props[name]));

/** Everything that is done with every resource. */
export const rows: Row[] = vendors.flatMap((vendor) =>
  vendor.resources.flatMap((definition) =>
    operationsOf(vendor, definition, "another").map((operation) => ({
      resource: `${vendor.name}.${definition.name}`,
      ...{ vendor, definition, operation },
    })),
  ),
);

/** The names of the faults of a row, in their order. */
export const faultsOf = ({ operation }: Row): string[] => operation.faults.map(({ name }) => name);

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
  const operation = operationsOf(vendor, definition, another.id.split("/").at(-1) ?? "").find(
    ({ name }) => name === row.operation.name,
  );
  if (!operation) throw new Error(`${row.resource} has no ${row.operation.name}`);
  const right = await rightRequests(bench, operation, process);
  const cells: Cell[] = [];
  for (const fault of operation.faults.filter((_, at) => isTried(at))) {
    let error: unknown;
    let calls = 0;
    const withFault: Faulty = async (act) => {
      const before = bench.sandbox.requests.length;
      const result = await during(bench, operation, right, fault, act);
      if ("error" in result) ({ error } = result);
      calls = bench.sandbox.requests.length - before;
      return result;
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
        (mayBe(operation, fault, mark) ? undefined : `is "${mark}", which the rules do not allow`) ??
        (calls > MOST_CALLS + 2 * cells.length ? `${calls} calls` : badWords(bench, error)),
    });
  }
  await bench.sandbox.close();
  return cells;
}

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
  const right = requests.filter(
    ({ method }) => operation.hits === "all" || (method === "GET") === (operation.hits === "looks"),
  );
  if (right.length === 0) throw new Error("there is no request that a fault could hit");
  return right;
}

async function during<T>(
  { account, sandbox }: Workbench,
  { forGood }: Operation,
  right: ReceivedRequest[],
  { fault, unreachable }: faults.AnswerFault,
  act: () => Promise<T>,
): Promise<Outcome<T>> {
  const times = forGood ? {} : { times: 1 };
  const { baseUrl } = account;
  const isSlow = [fault.delayMs, fault.dripMs, fault.endless].some((slow) => slow !== undefined);
  Object.assign(account, isSlow ? HURRY : {}, unreachable ? { baseUrl: NOBODY } : {});
  if (!unreachable)
    for (const method of new Set(right.map(({ method }) => method)))
      sandbox.faults.push({ ...fault, method, ...times });
  try {
    return { value: await act() };
  } catch (error) {
    return { error };
  } finally {
    sandbox.faults.length = 0;
    Object.assign(account, PATIENCE, { baseUrl });
  }
}

/** Port 1 is nobody's. */
const NOBODY = "http://127.0.0.1:1";

function markOf(error: unknown): Mark {
  if (error === undefined) return "ok";
  if (error instanceof Unfinished) return "kept";
  return error instanceof OrphanRisk ? "doubt" : "err";
}

/** The rules: what an answer may lead to, by what it means and by what was being done. */
function mayBe({ forGood, hits, makes }: Operation, { means }: faults.AnswerFault, mark: Mark): boolean {
  if (mark === "believed") return true;
  if (mark === "later") return means === "not done";
  if (means === "done") return mark === "ok";
  // Nobody can be asked.
  if (forGood) return mark === "err";
  if (means === "not yet") return mark === "ok";
  // A look may be taken again, or elsewhere.
  if (hits === "looks") return mark === "ok" || mark === "err";
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
