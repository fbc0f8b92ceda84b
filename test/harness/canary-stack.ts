import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Props } from "../../provider/define";
import type { Vendor } from "../../provider/define/vendor";
import { vendors } from "../../provider/vendors";
import { type Sandbox, startSandbox } from "../../sandbox";
import { simulators } from "../../sandbox/vendors";
import { streamkeys } from "../cli/command";
import { Betrayal } from "./betrayal";
import { letters, placesIn, Search, secretsOf, textsIn, withCanaries } from "./canaries";
import { canaryProgram, programsOf } from "./canary-program";
import { canaryCredentials } from "./canary-search";
import type { Step } from "./canary-steps";
import { type Kind, kinds } from "./everything";
import { randomFrom } from "./random";
import { jsonOf, record, type Recorder } from "./recorder";
import { type Run, type StateResource, TestStack } from "./stack";
import { Workbench } from "./workbench";

/**
 * The canary search on the real engine: one stack with a resource of every Definition and a set of each that has one, with
 * canaries in its config, its environment and its inputs, through its whole life, well and with vendors that say secrets back.
 */

/** Where it is searched. */
export const places = {
  shown: "stdout and stderr",
  events: "the event log",
  files: "state, its backups and history, notes of creates, a saved plan",
} as const;

/** The inputs of each resource, without and with a change. */
interface Planted {
  inputs: Props;
  changed: Props;
}

/** How the program declares everything. */
interface Declared {
  isBase?: boolean;
  isChanged?: boolean;
  isImported?: boolean;
}

/** A shorter text is no key. */
const SHORTEST = 12;

/** The stack, and the search. */
export class CanaryStack {
  readonly search = new Search();
  /** How many secrets it has met in state. */
  kept = 0;
  /** Whether a secret was met in a debug message of an event log: into those Pulumi's own SDK writes every property in clear. */
  inDebug = false;
  private readonly betrayal = new Betrayal();
  private readonly planted = new Map<Kind, Planted>();
  /** What the program says in clear, and what is known already. */
  private readonly known = new Set<string>();
  private logs = 0;
  private events = "";
  private made: StateResource[] = [];
  private vendorsServer!: Recorder;
  private stack!: TestStack;

  private constructor(
    private readonly sandbox: Sandbox,
    private readonly core: () => string,
  ) {}

  static async open(seed: number): Promise<CanaryStack> {
    const random = randomFrom(seed);
    const scene = new CanaryStack(await startSandbox(), () => letters(random));
    // Uiza's simulator takes its time otherwise.
    Object.assign(scene.sandbox.data.uiza?.behaviour ?? {}, { polls: 0 });
    scene.vendorsServer = await record(scene.sandbox.url, scene.betrayal.answer);
    await scene.plantCredentials();
    kinds.forEach((kind) => {
      scene.plant(kind);
    });
    scene.declare({});
    return scene;
  }

  async close(): Promise<void> {
    await this.vendorsServer.close();
    await this.sandbox.close();
    this.stack.remove();
  }

  /** How many secrets vendors have said. */
  get said(): number {
    return this.betrayal.said;
  }

  /** Does it, and says what was found where. */
  async try({ name, refused = "nothing", told = "of one", finds, does }: Step): Promise<string[]> {
    this.events = "";
    Object.assign(this.betrayal, { refused, told });
    const before = this.said;
    const runs = await does(this);
    this.betrayal.refused = "nothing";
    await this.learnFromState();
    const shown = runs.map(({ text }) => text).join("\n");
    const fails = refused !== "nothing";
    return [
      ...runs
        .filter(({ status }) => (status !== 0) !== (fails || finds === true))
        .map((run) => endedWrong(name, run)),
      ...(fails && this.said === before ? ["no vendor was asked"] : []),
      ...(fails && !shown.includes("[secret]") ? [`what was said back is not in\n${shown}`] : []),
      ...this.search.foundIn(shown).map((found) => `${places.shown} has ${found}`),
      ...this.search.foundIn(this.events).map((found) => `${places.events} has ${found}`),
      ...this.filesWith(),
    ];
  }

  /** Runs Pulumi, with an event log where it keeps one. */
  async run(...args: string[]): Promise<Run> {
    if (!["preview", "up", "refresh", "destroy"].includes(args[0] ?? "")) return this.stack.run(...args);
    const log = join(this.stack.folder, `events-${(this.logs += 1)}.json`);
    const run = await this.stack.run(...args, "--event-log", log);
    const { events, debug } = eventsIn(log);
    this.events += events;
    this.inDebug ||= this.search.foundIn(debug).length > 0;
    return run;
  }

  /** Runs our command. */
  async command(...args: string[]): Promise<Run> {
    const place = { cwd: this.stack.folder, env: this.stack.env() };
    const { status, stdout, stderr } = await streamkeys(place, ...args);
    return { status, text: stdout + stderr };
  }

  /** One after another. */
  async each<T>(all: T[], act: (one: T) => Promise<Run>): Promise<Run[]> {
    const runs: Run[] = [];
    for (const one of all) runs.push(await act(one));
    return runs;
  }

  async configure(key: string, value: string): Promise<void> {
    await this.stack.mustRun("config", "set", key, value);
  }

  /** A second stack with the same config, once. */
  async openOther(): Promise<void> {
    const isThere = (await this.stack.mustRun("stack", "ls")).includes("other");
    if (!isThere)
      await this.stack.mustRun("stack", "init", "other", "--no-select", "--copy-config-from", "test");
  }

  declare({ isBase = false, isChanged = false, isImported = false }: Declared): void {
    const stateOf = ({ type }: Kind): StateResource | undefined =>
      this.made.find((resource) => resource.urn.endsWith(`/${type}::${type.replace(":", "-")}`));
    const inputs = (kind: Kind): Props => {
      const { inputs: usual, changed } = this.planted.get(kind)!;
      const name = isImported ? stateOf(kind)?.inputs.name : undefined;
      return { ...(isChanged ? changed : usual), ...(name === undefined ? {} : { name }) };
    };
    const imports = Object.fromEntries(kinds.map((kind) => [kind.type, stateOf(kind)?.id ?? ""]));
    this.stack.program(canaryProgram({ isBase, inputs, ...(isImported ? { imports } : {}) }));
  }

  /** Puts the credentials of every other vendor into the environment, and the others into the config. */
  private async plantCredentials(): Promise<void> {
    const all = vendors.map((vendor, at) => {
      const secret = canaryCredentials(vendor, this.core);
      const plain = simulators[vendor.name]?.credentials ?? {};
      return { vendor, secret, fields: { ...plain, ...secret }, inConfig: at % 2 === 1 };
    });
    const variables = all.flatMap(({ vendor, fields, inConfig }) =>
      Object.entries(fields).map(([field, value]) => [variable(vendor, field), inConfig ? "" : value]),
    );
    this.stack = await TestStack.create("", {
      ...Object.fromEntries(
        Object.entries(this.sandbox.environment).map(([name, value]) => [
          name,
          value.replace(this.sandbox.url, this.vendorsServer.url),
        ]),
      ),
      ...(Object.fromEntries(variables) as Record<string, string>),
    });
    for (const { vendor, secret } of all) {
      Object.values(secret).forEach((value) => {
        this.search.add(value);
      });
      this.betrayal.ofAccount(vendor, Object.values(secret));
    }
    const settings = all
      .filter(({ inConfig }) => inConfig)
      .flatMap(({ vendor, secret, fields }) =>
        Object.entries(fields).flatMap(([field, value]) => [
          field in secret ? "--secret" : "--plaintext",
          `streamkeys:${vendor.name}.${field}=${value}`,
        ]),
      );
    await this.stack.mustRun("config", "set-all", "--path", ...settings);
  }

  private plant(kind: Kind): void {
    const bench = Workbench.at(this.sandbox, kind.vendor, kind.definition);
    const fits = (props: Props): boolean => bench.check(props).failures.length === 0;
    const add = (props: Props, of: Props): Props => {
      const values = new Map<string, string>();
      const all = withCanaries(props, placesIn(kind.definition, of), { fits, core: this.core, values });
      for (const value of values.values()) {
        this.betrayal.ofRequests(value);
        secretsOf(value).forEach((one) => {
          this.search.add(one);
        });
      }
      return all;
    };
    const { full, change } = programsOf(kind);
    const inputs = add(full, full);
    const fitting = fits({ ...inputs, ...change }) ? change : {};
    const planted = { inputs, changed: add({ ...inputs, ...fitting }, fitting) };
    textsIn(planted).forEach((text) => this.known.add(text));
    this.planted.set(kind, planted);
  }

  /** What state keeps encrypted and no program says is a secret from now on: keys above all. */
  private async learnFromState(): Promise<void> {
    this.made = await this.stack.exported();
    const all = this.made.map(({ id, outputs }) => ({
      ids: [id, ...textsIn(outputs.ids)],
      secrets: secretsWithin(outputs).filter((secret) => secret.length >= SHORTEST),
    }));
    this.betrayal.ofObjects(
      all.flatMap(({ ids, secrets }) => ids.map((id): [string, string[]] => [id, secrets])),
    );
    for (const secret of all.flatMap(({ secrets }) => secrets).filter((text) => !this.known.has(text))) {
      this.known.add(secret);
      this.kept += 1;
      this.search.add(secret);
    }
  }

  /** Files that hold what they should not. The program holds what its author wrote, and the event log is looked at by itself. */
  private filesWith(): string[] {
    return this.stack
      .files()
      .filter(({ file }) => !file.endsWith("/index.js") && !/events-\d+\.json$/.test(file))
      .flatMap(({ file, text }) => this.search.foundIn(text).map((found) => `${file} has ${found}`));
  }
}

const endedWrong = (name: string, { status, text }: Run): string => `${name} ended with ${status}:\n${text}`;

const variable = ({ name }: Vendor, field: string): string =>
  `${name}_${field.replace(/[A-Z]/g, (letter) => `_${letter}`)}`.toUpperCase();

/** The events that a log has, and apart from them its debug messages. */
function eventsIn(log: string): { events: string; debug: string } {
  const lines = readFileSync(log, "utf8").split("\n").filter(Boolean);
  const isDebug = (line: string): boolean =>
    (JSON.parse(line) as LoggedEvent).diagnosticEvent?.severity === "debug";
  return {
    events: lines.filter((line) => !isDebug(line)).join("\n"),
    debug: lines.filter(isDebug).join("\n"),
  };
}

interface LoggedEvent {
  diagnosticEvent?: { severity?: string };
}

/** Every text in what state holds encrypted; a set holds the secrets of its items as JSON. */
function secretsWithin(value: unknown): string[] {
  if (value === null || typeof value !== "object") return [];
  const { plaintext } = value as { plaintext?: string };
  if (plaintext === undefined) return Object.values(value).flatMap(secretsWithin);
  return textsIn(JSON.parse(plaintext) as unknown).flatMap((text) => {
    const within = textsIn(jsonOf(text));
    return within.length > 0 ? within : [text];
  });
}
