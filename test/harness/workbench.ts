import { randomUUID } from "node:crypto";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Context, Definition, Props } from "../../provider/define";
import * as lifecycle from "../../provider/lifecycle";
import { openJournal } from "../../provider/lifecycle/journal";
import { type EngineRecord, newMemory } from "../../provider/lifecycle/memory";
import { type Failure, failureOf } from "../../provider/hosts/failures";
import type { ResourceType } from "../../provider/lifecycle";
import { type Sandbox, startSandbox } from "../../sandbox";
import { simulators } from "../../sandbox/vendors";
import type { Answers } from "./faults";
import type { Sample, Samples } from "./sample";
import { vanish } from "./simulated";
import type { Vendor } from "../../provider/define/vendor";

/** A resource type at work against the sandbox, method by method, as the engine would call it. */

/** What the engine keeps of a resource. */
export interface Kept {
  id: string;
  inputs: Props;
  outs: Props;
}

/** The samples of a resource. Every vendor has them in its folder. */
export function sampleOf(vendor: Vendor, { name }: Definition): Sample {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- by convention, so that no list can miss one
  const { samples } = require(`../vendors/${vendor.name}/samples`) as { samples: Samples };
  const sample = samples[name];
  if (!sample) throw new Error(`test/vendors/${vendor.name}/samples.ts has no sample for ${name}`);
  return sample;
}

/** Inputs with a name, where the resource has one and they say none. */
export const named = ({ inputs }: Definition, name: string, program: Props): Props =>
  "name" in inputs ? { name, ...program } : program;

/** Where the answers about a resource have what, where the vendor's samples say so. */
export function answersOf(vendor: Vendor, { name }: Definition): Answers | undefined {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- by convention, so that no list can miss one
  const { answers } = require(`../vendors/${vendor.name}/samples`) as { answers?: Answers };
  return answers && { ...answers, ...answers.of?.[name] };
}

/** One resource type, the sandbox, and the clock. */
export class Workbench {
  now = new Date("2026-01-01T00:00:00Z");
  readonly warnings: string[] = [];
  /** What was said of how it goes on. */
  readonly progress: string[] = [];
  /** Values of the stack config besides the account. */
  readonly config: Record<string, string> = {};

  /** What the engine has on record of the stack, where a test says so. */
  record: EngineRecord | undefined;

  readonly journalFolder = mkdtempSync(join(tmpdir(), "streamkeys-journal-"));

  private constructor(
    readonly sandbox: Sandbox,
    readonly vendor: Vendor,
    readonly definition: Definition,
    /** The settings of the account; to be changed while it is at work. */
    readonly account: Props,
  ) {}

  /** Opens a sandbox with an account of its own. `account` overrides its settings, `vendorNow` its clock. */
  static async open(
    vendor: Vendor,
    definition: Definition,
    account: Props = {},
    vendorNow?: () => Date,
  ): Promise<Workbench> {
    return Workbench.at(await startSandbox(vendorNow ? { now: vendorNow } : {}), vendor, definition, account);
  }

  /** The same on a sandbox that is open already. */
  static at(sandbox: Sandbox, vendor: Vendor, definition: Definition, account: Props = {}): Workbench {
    const base = `${sandbox.url}/${vendor.name}${simulators[vendor.name]?.basePath ?? ""}`;
    const credentials = simulators[vendor.name]?.credentials ?? {};
    // No repeats and a short deadline, so that a fault is seen as it is.
    const settings = { ...credentials, baseUrl: base, retries: 0, timeoutSeconds: 1, ...account };
    return new Workbench(sandbox, vendor, definition, settings);
  }

  /** The same sandbox with other settings of the account, for example somebody else's credentials. */
  as(account: Props): Workbench {
    return new Workbench(this.sandbox, this.vendor, this.definition, { ...this.account, ...account });
  }

  /** The resource type as a process sees it: what one run remembers, another does not. */
  resourceType(definition: Definition = this.definition): ResourceType {
    return lifecycle.resourceTypeOf(this.vendor, definition, {
      settings: {
        config: (key) =>
          key === `streamkeys:${this.vendor.name}`
            ? JSON.stringify({ ...this.account, accounts: { another: this.account } })
            : this.config[key],
        environment: {},
      },
      now: () => this.now,
      isRehearsal: false,
      run: lifecycle.newRun(),
      journal: openJournal(this.journalFolder),
      memory: newMemory(),
      readRecord: () => Promise.resolve(this.record),
      warn: (message) => this.warnings.push(message),
      progress: (message) => this.progress.push(message),
    });
  }

  /** The context of a call, for functions of a Definition. */
  get context(): Context {
    const { warn, progress } = this.resourceType().host;
    return { warn, progress, interruptLive: false };
  }

  /** Makes what the resource needs first, and returns its id; an empty string when it needs nothing. */
  async parent(definition: Definition = this.definition): Promise<string> {
    const { parent } = sampleOf(this.vendor, definition);
    if (parent === undefined) return "";
    const needed = this.vendor.resources.find(({ name }) => name === parent);
    if (!needed) throw new Error(`${definition.name} names an unknown parent ${parent}`);
    const sample = sampleOf(this.vendor, needed);
    const kept = await this.create(sample.minimal(await this.parent(needed)), this.resourceType(needed));
    return kept.id;
  }

  /** Check and create, as the engine does for a new resource. */
  async create(program: Props, type: ResourceType = this.resourceType()): Promise<Kept> {
    const inputs = this.checked(type, {}, program);
    const { id, outs } = await lifecycle.create(type, inputs);
    return { id, inputs, outs };
  }

  /** Check, diff and then whatever diff asks for, as the engine does in an `up`. */
  async up(
    kept: Kept,
    program: Props,
    type: ResourceType = this.resourceType(),
  ): Promise<Kept & { did: lifecycle.Reconciled["did"] }> {
    let inputs = this.checked(type, kept.inputs, program);
    const ofNew = (): Props => (inputs = this.checked(type, {}, program));
    return { ...(await lifecycle.reconcile(type, kept, inputs, ofNew)), inputs };
  }

  /** What a refresh finds; undefined when the object is gone. */
  read({ id, outs }: Kept, type: ResourceType = this.resourceType()): Promise<lifecycle.Found | undefined> {
    return lifecycle.read(type, id, outs);
  }

  remove({ id, outs }: Kept, type: ResourceType = this.resourceType()): Promise<void> {
    return lifecycle.remove(type, id, outs);
  }

  /** The requests of `act`, as `VERB status`. */
  async callsOf(act: () => Promise<unknown>): Promise<string[]> {
    this.sandbox.requests.length = 0;
    await act();
    return this.sandbox.requests.map(({ method, status }) => [method, status].join(" "));
  }

  setLive(id: string, live: boolean): void {
    simulators[this.vendor.name]?.setLive?.(this.sandbox.data[this.vendor.name] ?? {}, id, live);
  }

  /** Deletes the object behind the provider's back. */
  vanish(id: string): void {
    vanish(this.sandbox, this.vendor.name, id);
  }

  /** The inputs as `check` leaves them, and the failures as the engine would print them. */
  check(
    program: Props,
    olds: Props = {},
    type: ResourceType = this.resourceType(),
  ): { inputs: Props; failures: Failure[] } {
    const { inputs, problems } = lifecycle.check(type, olds, program);
    return { inputs, failures: problems.map(failureOf) };
  }

  /** Check as a preview does, the look at what an `import` names included; the reasons of all failures. */
  async preview(program: Props, type: ResourceType = this.resourceType()): Promise<string[]> {
    const { inputs, failures } = this.check({ ...program, thisRun: { preview: true } }, {}, type);
    const refused = failures.length > 0 ? [] : await lifecycle.foreseeAdoption(type, inputs);
    return [...failures, ...refused].map(({ reason }) => reason);
  }

  private checked(type: ResourceType, olds: Props, program: Props): Props {
    const { inputs, failures } = this.check(
      type.definition === this.definition
        ? named(this.definition, `unnamed-${randomUUID().slice(0, 4)}`, program)
        : program,
      olds,
      type,
    );
    if (failures.length > 0) throw new Error(JSON.stringify(failures));
    return inputs;
  }
}
