import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Definition, Props } from "../../provider/define";
import { propertyOf, replacesResource, schemaOf, secretPaths } from "../../provider/define/schema";
import { hasSet } from "../../provider/define/set";
import type { Vendor } from "../../provider/define/vendor";
import { vendors } from "../../provider/vendors";
import { type Sandbox, startSandbox } from "../../sandbox";
import { simulators } from "../../sandbox/vendors";
import { letters, placesIn, Search, secretsOf, shownOf, withCanaries } from "./canaries";
import { encodings } from "./encodings";
import { randomFrom } from "./random";
import { answersOf, type Kept, sampleOf } from "./workbench";
import type * as Benches from "./workbench";
import type * as Drift from "../../provider/lifecycle/drift";
import type * as Lifecycle from "../../provider/lifecycle";
import type * as Calls from "../../provider/calls";
import type * as Accounts from "../../provider/calls/account";
import type * as Sets from "../../provider/sets";
import type * as Vendors from "../../provider/vendors";

/**
 * The canary search in one process: each resource, each thing that is done with it, each place of a secret, each form in
 * which a vendor may say that secret back, in an answer to each request by turns. Every cell has secrets of its own, and what
 * is looked at was made by another process: so what is kept out of a message was learnt by the operation itself.
 */

/** The modules of the provider as one process has loaded them. */
interface Process {
  Workbench: typeof Benches.Workbench;
  drift: typeof Drift.drift;
  lifecycle: typeof Lifecycle;
  openApi: typeof Calls.openApi;
  resolveAccount: typeof Accounts.resolveAccount;
  sets: typeof Sets;
  vendors: typeof Vendors.vendors;
}

function newProcess(): Process {
  let loaded: Process | undefined;
  jest.isolateModules(() => {
    loaded = {
      ...jest.requireActual<typeof Benches>("./workbench"),
      ...jest.requireActual<typeof Drift>("../../provider/lifecycle/drift"),
      lifecycle: jest.requireActual<typeof Lifecycle>("../../provider/lifecycle"),
      ...jest.requireActual<typeof Calls>("../../provider/calls"),
      ...jest.requireActual<typeof Accounts>("../../provider/calls/account"),
      sets: jest.requireActual<typeof Sets>("../../provider/sets"),
      ...jest.requireActual<typeof Vendors>("../../provider/vendors"),
    };
  });
  if (!loaded) throw new Error("not loaded");
  return loaded;
}

/** What an operation is done with. */
interface Given {
  process: Process;
  bench: Benches.Workbench;
  /** What was made before; undefined where the operation makes it. */
  kept: Kept | undefined;
  program: Props;
  changed: Props;
}

/** One thing that is done with a resource. What it returns is shown to somebody. */
interface Operation {
  name: string;
  /** It begins with nothing there. */
  makes?: true;
  /** No vendor is asked, so none answers. */
  isSilent?: true;
  /** It is done with a set of one item. */
  ofSet?: true;
  /** What the run cannot know before the vendor has shown it: a key that it has never seen, say. */
  cannotKnow?: ("input" | "output")[];
  /** What the program says next; undefined where this cannot be done with the resource. */
  change(definition: Definition, vendor: Vendor): Props | undefined;
  act(given: Given): Promise<unknown>;
}

const NOTHING = (): Props => ({});
const PARENT = "parent";

/** A change of one input that is made so. */
const changeThat =
  (replaces: boolean) =>
  (definition: Definition, vendor: Vendor): Props | undefined =>
    sampleOf(vendor, definition)
      .changes(PARENT)
      .find((change) => Object.keys(change).some((key) => replacesResource(definition, key)) === replaces);

const keptOf = ({ kept }: Given): Kept => {
  if (!kept) throw new Error("nothing was made");
  return kept;
};
const up = (given: Given): Promise<unknown> =>
  given.bench.up(keptOf(given), given.changed).then(() => undefined);

const operations: Operation[] = [
  {
    name: "preview of a create",
    makes: true,
    isSilent: true,
    change: NOTHING,
    act: async ({ bench, program }) => {
      const { wrong } = sampleOf(bench.vendor, bench.definition);
      const said: string[] = await bench.preview(program);
      for (const { inputs } of wrong) said.push(...(await bench.preview({ ...program, ...inputs })));
      return said;
    },
  },
  {
    name: "create",
    makes: true,
    change: NOTHING,
    act: ({ bench, program }) => bench.create(program).then(() => undefined),
  },
  { name: "read", change: NOTHING, act: (given) => given.bench.read(keptOf(given)).then(() => undefined) },
  {
    name: "drift",
    change: NOTHING,
    act: (given) => {
      const { id, outs } = keptOf(given);
      return given.process.drift(given.bench.resourceType(), id, outs);
    },
  },
  {
    name: "preview of a change",
    isSilent: true,
    change: (definition, vendor) =>
      changeThat(false)(definition, vendor) ?? changeThat(true)(definition, vendor),
    act: (given) => {
      const { id, inputs: olds, outs } = keptOf(given);
      const { inputs } = given.bench.check(given.changed, olds);
      return given.process.lifecycle.diff(given.bench.resourceType(), id, outs, inputs);
    },
  },
  {
    name: "update",
    change: (definition, vendor) => (definition.update ? changeThat(false)(definition, vendor) : undefined),
    act: up,
  },
  { name: "replace", change: changeThat(true), act: up },
  {
    name: "rotate",
    change: ({ rotation }) => (rotation ? { keyRotation: { trigger: "leak" } } : undefined),
    act: up,
  },
  {
    name: "preview of an import",
    cannotKnow: ["output"],
    change: NOTHING,
    act: (given) => given.bench.preview(adopting(given)),
  },
  {
    name: "import",
    cannotKnow: ["output"],
    change: NOTHING,
    act: (given) => given.bench.create(adopting(given)).then(() => undefined),
  },
  {
    name: "delete",
    change: ({ outlivesDelete }) => (outlivesDelete ? undefined : {}),
    act: (given) => given.bench.remove(keptOf(given)),
  },
  {
    name: "list",
    cannotKnow: ["input", "output"],
    change: ({ list }) => (list ? {} : undefined),
    act: async ({ bench, process }) => {
      const { definition, vendor } = bench.resourceType();
      const account = process.resolveAccount(vendor, undefined, bench.resourceType().host.settings);
      const listed: unknown[] = [];
      for await (const one of definition.list?.(process.openApi(account)) ?? []) listed.push(one);
      return listed;
    },
  },
  {
    name: "create of a set",
    makes: true,
    ofSet: true,
    change: (definition) => (hasSet(definition) ? {} : undefined),
    act: ({ process, bench, program }) => madeSet(process, bench, program).then(() => undefined),
  },
  {
    name: "read of a set",
    ofSet: true,
    change: (definition) => (hasSet(definition) ? {} : undefined),
    act: (given) => {
      const { id, outs } = keptOf(given);
      return given.process.sets.read(setTypeOf(given.process, given.bench), id, outs).then(() => undefined);
    },
  },
  {
    name: "change of a set",
    ofSet: true,
    change: (definition, vendor) =>
      hasSet(definition)
        ? (changeThat(false)(definition, vendor) ?? changeThat(true)(definition, vendor))
        : undefined,
    act: async ({ process, bench, changed, ...given }) => {
      const { id, inputs: olds, outs } = keptOf({ process, bench, changed, ...given });
      const type = setTypeOf(process, bench);
      const { inputs } = process.sets.check(type, olds, setOf(changed));
      const { changes } = await process.sets.diff(type, id, outs, inputs);
      if (changes === false) throw new Error("nothing to change");
      await process.sets.update(type, id, outs, inputs);
    },
  },
  {
    name: "delete of a set",
    ofSet: true,
    change: (definition) => (hasSet(definition) && !definition.outlivesDelete ? {} : undefined),
    act: (given) => {
      const { id, outs } = keptOf(given);
      return given.process.sets.remove(setTypeOf(given.process, given.bench), id, outs);
    },
  },
];

const ITEM = "one";

/** A set whose only item is this. */
function setOf({ secretInputs = [], ...item }: Props): Props {
  const marks = (secretInputs as string[][]).map((path) => ["items", ITEM, ...path]);
  return {
    items: { [ITEM]: item },
    origin: "channels#0123456789abcdef",
    ...(marks.length > 0 ? { secretInputs: marks } : {}),
  };
}

const setTypeOf = ({ sets }: Process, bench: Benches.Workbench): Sets.SetType =>
  sets.setTypeOf(bench.vendor, bench.definition, bench.resourceType().host);

async function madeSet(process: Process, bench: Benches.Workbench, program: Props): Promise<Kept> {
  const type = setTypeOf(process, bench);
  const { inputs, problems } = process.sets.check(type, {}, setOf(program));
  if (problems.length > 0) throw new Error(JSON.stringify(problems));
  return { ...(await process.sets.create(type, inputs)), inputs };
}

const adopting = (given: Given): Props => ({
  ...given.changed,
  adopt: keptOf(given).id,
});

/** A resource, and what is done with it. */
export interface Row {
  vendor: Vendor;
  definition: Definition;
  operation: Operation;
  program: Props;
  /** Where its secrets stand: `credential token`, `input url`, `output streamKey`. */
  secrets: string[];
}

/** An answer that says a secret back in some form. */
interface Cell {
  secret: string;
  form: string;
}

const secretNamesOf = (definition: Definition): string[] =>
  Object.keys(definition.outputs).filter((name) => propertyOf(definition.outputs, name).secret);

/** Secret credentials with a canary in them, by their names in config. */
export function canaryCredentials(vendor: Vendor, core: () => string): Record<string, string> {
  const known = simulators[vendor.name]?.credentials ?? {};
  const more = (): string => (TAKES_ANY.includes(vendor.name) ? `-${core()}` : "");
  return Object.fromEntries(credentialsOf(vendor).map((field) => [field, `${known[field] ?? ""}${more()}`]));
}

const credentialsOf = ({ name, credentials }: Vendor): string[] =>
  secretPaths(schemaOf(credentials))
    .map(([field = ""]) => field)
    .filter((field) => field in (simulators[name]?.credentials ?? {}));

/** The programs of a resource: one with all that can stand together, and one more for each secret that cannot. */
function programsOf(vendor: Vendor, definition: Definition): Props[] {
  const sample = sampleOf(vendor, definition);
  const full = sample.full(PARENT);
  const known = new Set(placesIn(definition, full).map(({ name }) => name));
  const others = sample.changes(PARENT).flatMap((change) => {
    const more = placesIn(definition, change).filter(({ name }) => !known.has(name));
    more.forEach(({ name }) => known.add(name));
    return more.length > 0 ? [{ ...full, ...change }] : [];
  });
  return [full, ...others];
}

/** Everything that is done with every resource. */
export const rows: Row[] = vendors.flatMap((vendor) =>
  vendor.resources.flatMap((definition) =>
    operations.flatMap((operation) => {
      const change = operation.change(definition, vendor);
      if (!change) return [];
      // A key of the user's own is not rotated.
      const programs = programsOf(vendor, definition).map((program) =>
        operation.name === "rotate" && "key" in program
          ? sampleOf(vendor, definition).minimal(PARENT)
          : program,
      );
      return programs.map((program): Row => {
        const places = [...placesIn(definition, program), ...placesIn(definition, change)];
        return {
          ...{ vendor, definition, operation, program },
          secrets: [
            ...credentialsOf(vendor).map((name) => `credential ${name}`),
            ...new Set(places.map((place) => `input ${place.name}`)),
            ...(operation.makes ? [] : secretNamesOf(definition).map((name) => `output ${name}`)),
          ],
        };
      });
    }),
  ),
);

/** The cells of a row: one in which all goes well, and one for each secret in each form. */
export function cellsOf({ operation, secrets }: Row): (Cell | undefined)[] {
  const forms = operation.isSilent ? [] : Object.keys(encodings);
  const known = secrets.filter((secret) => !operation.cannotKnow?.some((kind) => secret.startsWith(kind)));
  return [undefined, ...known.flatMap((secret) => forms.map((form) => ({ secret, form })))];
}

/** What came of a row. */
export interface Tried {
  /** What was found where, and what did not go as it should. */
  wrong: string[];
  /** Answers that said a secret back. */
  echoes: number;
  /** Messages in which that can be seen, with the secret masked. */
  masked: number;
}

const STATUSES = [400, 401, 403, 404, 409, 422, 429, 500, 503, 200];

/** What it has learnt is of no use to the process that is looked at: that is another one. */
let maker: Process | undefined;
/** One for all rows of a resource, because every cell has secrets of its own. */
let looking: { definition: Definition; process: Process } | undefined;

/** Tries those cells of a row that `isTried` picks by their place. */
export async function tryRow(row: Row, seed: number, isTried: (at: number) => boolean): Promise<Tried> {
  const random = randomFrom(seed);
  const sandbox = await startSandbox();
  // Uiza's simulator takes its time otherwise.
  Object.assign(sandbox.data.uiza?.behaviour ?? {}, { polls: 0 });
  maker ??= newProcess();
  const process = looking?.definition === row.definition ? looking.process : newProcess();
  looking = { definition: row.definition, process };
  const tried: Tried = { wrong: [], echoes: 0, masked: 0 };
  const cells = cellsOf(row);
  let requests = 0;
  for (const [at, cell] of cells.entries()) {
    if (at > 0 && !isTried(at)) continue;
    const trial = new Trial(row, sandbox, maker, process, () => letters(random));
    requests = (await trial.run(cell, at, requests, tried)) ?? requests;
  }
  await sandbox.close();
  return tried;
}

/** One cell at work. */
class Trial {
  private readonly search = new Search();
  private readonly account: Props;

  constructor(
    private readonly row: Row,
    private readonly sandbox: Sandbox,
    private readonly maker: Process,
    private readonly process: Process,
    private readonly core: () => string,
  ) {
    this.account = { ...canaryCredentials(row.vendor, core), waitSeconds: 0.3 };
  }

  /** Runs the cell, and returns how many requests the operation made where it was left alone. */
  async run(cell: Cell | undefined, at: number, requests: number, tried: Tried): Promise<number | undefined> {
    const { row, process } = this;
    const made = this.benchOf(this.maker);
    const bench = this.benchOf(process);
    const parent = await made.parent();
    const values = new Map<string, string>();
    const fits = (props: Props): boolean => made.check(props).failures.length === 0;
    const inputs = this.withParent(row.program, parent);
    const program = withCanaries(inputs, placesIn(row.definition, inputs), { fits, core: this.core, values });
    const change = this.withParent(row.operation.change(row.definition, row.vendor) ?? {}, parent);
    const changes = { ...program, ...change };
    const changed = withCanaries(changes, placesIn(row.definition, change), {
      fits,
      core: this.core,
      values,
    });
    const kept = await this.keptFor(made, program);
    const outs = (kept && row.operation.ofSet ? this.itemOf(kept) : kept?.outs) ?? {};
    for (const [place, value] of [...values]) values.set(`input ${place}`, value);
    for (const [field, value] of Object.entries(this.account))
      if (typeof value === "string") values.set(`credential ${field}`, value);
    for (const name of secretNamesOf(row.definition))
      if (typeof outs[name] === "string") values.set(`output ${name}`, outs[name]);
    for (const value of values.values())
      secretsOf(value).forEach((one) => {
        this.search.add(one);
      });

    const value = cell && values.get(cell.secret);
    if (cell && value === undefined) return undefined;
    if (cell && value !== undefined) {
      const parts = secretsOf(value);
      this.echo(encodings[cell.form]?.(parts[at % parts.length] ?? value) ?? "", at, requests);
    }
    const before = this.sandbox.requests.length;
    const given: Given = { process, bench, kept, program, changed };
    const shown: string[] = [];
    try {
      const result = await row.operation.act(given);
      shown.push(JSON.stringify([result]));
    } catch (error) {
      shown.push(shownOf(error));
      if (!cell) tried.wrong.push(`${this.label("all well")}: threw ${String(error)}`);
    }
    if (cell) {
      tried.echoes += 1;
      if (this.sandbox.faults.length > 0)
        tried.wrong.push(`${this.label(cell)}: the answer was not asked for`);
    }
    this.sandbox.faults.length = 0;
    shown.push(...bench.warnings, ...bench.progress, ...notesIn(bench.journalFolder));
    for (const text of shown) {
      if (text.includes("[secret]")) tried.masked += 1;
      for (const found of this.search.foundIn(text))
        tried.wrong.push(`${this.label(cell ?? "all well")}: shows ${found} in ${text.slice(0, 2_000)}`);
    }
    return cell ? undefined : this.sandbox.requests.length - before;
  }

  private async keptFor(made: Benches.Workbench, program: Props): Promise<Kept | undefined> {
    const { makes, ofSet } = this.row.operation;
    if (makes) return undefined;
    return ofSet ? madeSet(this.maker, made, program) : made.create(program);
  }

  private itemOf({ outs }: Kept): Props {
    const { sets } = this.maker;
    return sets.unpacked(setTypeOf(this.maker, this.benchOf(this.maker)).of, outs).get(ITEM)?.outs ?? {};
  }

  private label(cell: Cell | string): string {
    const { vendor, definition, operation } = this.row;
    const what = typeof cell === "string" ? cell : `${cell.secret} ${cell.form}`;
    return `${vendor.name}.${definition.name}, ${operation.name}, ${what}`;
  }

  private benchOf({ Workbench, vendors: known }: Process): Benches.Workbench {
    const vendor = known.find(({ name }) => name === this.row.vendor.name)!;
    const definition = vendor.resources.find(({ name }) => name === this.row.definition.name)!;
    return Workbench.at(this.sandbox, vendor, definition, this.account);
  }

  private withParent(props: Props, parent: string): Props {
    return JSON.parse(JSON.stringify(props).replaceAll(`"${PARENT}"`, JSON.stringify(parent))) as Props;
  }

  /** The next answer, or a later one, says it. */
  private echo(written: string, at: number, requests: number): void {
    const { vendor, definition } = this.row;
    const status = STATUSES[at % STATUSES.length] ?? 400;
    const said = at % 3 === 0 ? written : `the value ${written} is wrong`;
    const error = answersOf(vendor, definition)?.error ?? { message: "no" };
    const bodies = [
      JSON.stringify(error, (_, value: unknown) => (typeof value === "string" ? said : value)),
      JSON.stringify(error, (_, value: unknown) => (typeof value === "string" ? said : value)),
      JSON.stringify({ message: said, error: said, code: written, detail: said }),
      `<p>${said}</p>`,
      said,
    ];
    const isHeader = /^[ -~]+$/.test(written);
    const skipped = requests > 0 ? Math.floor(at / 7) % requests : 0;
    for (let number = 0; number < skipped; number += 1) this.sandbox.faults.push({ delayMs: 0, times: 1 });
    this.sandbox.faults.push({
      ...{ status, times: 1, body: bodies[at % bodies.length] ?? "" },
      headers: {
        "retry-after": "3600",
        ...(isHeader ? { "x-request-id": written, "x-amzn-errortype": written, location: written } : {}),
      },
    });
  }
}

/** Vendors whose simulators take any credential that begins like theirs. The others know two accounts. */
const TAKES_ANY = ["tenbyte", "aioz", "comprimato", "uiza", "edgecast", "mux", "apivideo", "livepeer"];

/** The notes of creates on their way, as the disk has them. */
const notesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "latin1"));
