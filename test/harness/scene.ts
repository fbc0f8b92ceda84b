import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type Sandbox, startSandbox } from "../../sandbox";
import {
  everything,
  idsOf,
  type Kind,
  keyOutputs,
  kindOf,
  kinds,
  type Layout,
  outputsNow,
} from "./everything";
import { failed, type Run, succeeded, type StateResource, TestStack } from "./stack";

/** A stack with one resource of each kind, on which a gesture is tried, and what must be true after it. */

const DAY_MS = 86_400_000;

/** A kind's ids at its vendor. */
type Ids = Map<Kind, string[]>;

interface Deployment {
  resources: (StateResource & { external?: boolean })[];
}

/** The clock of the vendors, and how far it is ahead of this machine's. */
interface Clock {
  aheadMs: number;
}

/** A stack on which a gesture is tried. */
export class Scene {
  /** What state has, as of the last look. */
  private held: StateResource[] = [];
  private environment: Record<string, string> = {};
  /** Objects that their owner makes, and no resource of ours: how many of each kind. */
  private extra = new Map<Kind, number>();

  private constructor(
    readonly sandbox: Sandbox,
    readonly stack: TestStack,
    private readonly vendors: Clock,
  ) {}

  /** Makes the stack and everything in it. */
  static async open(from: Layout): Promise<Scene> {
    const vendors: Clock = { aheadMs: 0 };
    const sandbox = await startSandbox({ now: () => new Date(Date.now() + vendors.aheadMs) });
    const scene = new Scene(sandbox, await TestStack.create(everything(from), sandbox.environment), vendors);
    try {
      succeeded(await scene.stack.up());
      await scene.look();
      const atFirst = await scene.atVendors();
      for (const kind of kinds) scene.extra.set(kind, scene.unheld(kind, atFirst).length);
      return scene;
    } catch (error) {
      await scene.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.sandbox.close();
    this.stack.remove();
  }

  /** A day goes by, and with it every note of a create. */
  letADayPass(): void {
    this.vendors.aheadMs += DAY_MS;
    this.environment = { STREAMKEYS_TEST_NOW: new Date(Date.now() + this.vendors.aheadMs).toISOString() };
    rmSync(join(this.stack.folder, "home/streamkeys/creates"), { recursive: true, force: true });
  }

  declare(layout: Layout): void {
    this.stack.program(everything(layout));
  }

  async up(layout: Layout, ...args: string[]): Promise<void> {
    this.declare(layout);
    await this.run("up", "--yes", "--skip-preview", ...args);
  }

  /** `up` of a program with resource hooks: the language host that is built here does not know them, an inline program has none. */
  async upWithHooks(layout: Layout): Promise<Run> {
    this.declare(layout);
    return this.stack.upInline(this.environment);
  }

  /** What hooks have written down: moment and name. */
  called(): string[] {
    return readFileSync(join(this.stack.folder, "called"), "utf8").split("\n");
  }

  async run(...args: string[]): Promise<string> {
    return succeeded(await this.stack.runWith(this.environment, ...args));
  }

  async refused(why: RegExp, ...args: string[]): Promise<void> {
    const text = failed(await this.stack.runWith(this.environment, ...args));
    if (!why.test(text)) throw new Error(`refused for another reason:\n${text}`);
  }

  urns(which: (kind: Kind) => boolean = () => true): string[] {
    return this.held.filter((resource) => which(kindOf(resource))).map(({ urn }) => urn);
  }

  /** The id that state has of each kind. */
  ids(): Map<Kind, string> {
    return new Map(this.held.map((resource) => [kindOf(resource), resource.id]));
  }

  /** Options that import what is there. */
  importing(): string {
    return `{ import: ${this.idsByType()}[type] }`;
  }

  /** Statements that look up what is there. */
  lookups(): string {
    const ids = this.idsByType();
    return kinds
      .map(
        ({ type, vendor, definition }) =>
          `${vendor.name}.${definition.name}.get("got-" + ${JSON.stringify(type.replace(":", "-"))}, ${ids}[${JSON.stringify(type)}]);`,
      )
      .join("\n");
  }

  private idsByType(): string {
    return JSON.stringify(Object.fromEntries([...this.ids()].map(([{ type }, id]) => [type, id])));
  }

  /** Takes everything out of state; what needs another goes first. */
  async removeFromState(): Promise<void> {
    for (const urn of this.urns().reverse()) await this.run("state", "delete", urn, "--yes");
  }

  otherBackend(): string {
    const folder = join(this.stack.folder, "other");
    mkdirSync(folder, { recursive: true });
    return `file://${folder}`;
  }

  /** Makes everything once more in another stack, and destroys that. */
  async besides(layout: Layout, name: string, environment: Record<string, string>): Promise<void> {
    const there = { ...this.environment, ...environment };
    this.declare(layout);
    for (const args of [
      ["stack", "init", name, "--no-select"],
      ["up", "--yes", "--skip-preview", "--stack", name],
      ["destroy", "--yes", "--skip-preview", "--stack", name],
    ]) {
      succeeded(await this.stack.runWith(there, ...args));
    }
    this.declare({});
  }

  /**
   * What must be true after whatever was done; each line says what is not. `before` may be left over.
   */
  async faults(before: Map<Kind, string>, leavesOld: boolean): Promise<string[]> {
    const outputs = await this.look();
    const atVendors = await this.atVendors();
    const wrong: string[] = [];
    for (const kind of kinds) {
      const { type, definition } = kind;
      const its = this.held.filter((resource) => kindOf(resource) === kind);
      const there = atVendors.get(kind) ?? [];
      if (its.length > 1) wrong.push(`${type}: ${its.length} in state`);
      for (const { id, outputs: kept } of its) {
        if (!there.includes(id) && !definition.singleton) wrong.push(`${type} ${id} is not at the vendor`);
        const now = await outputsNow(kind, id, this.sandbox);
        const program = (outputs[type] ?? {}) as Record<string, unknown>;
        for (const name of keyOutputs(definition)) {
          if (now[name] !== undefined && now[name] !== kept[name])
            wrong.push(`${type}: state has a dead ${name}`);
          if ((program[name] ?? undefined) !== kept[name])
            wrong.push(`${type}: the program has another ${name}`);
        }
        if (program.id !== id) wrong.push(`${type}: the program has another id`);
      }
      if (definition.makesNothing) continue;
      const old = before.get(kind);
      const left =
        this.unheld(kind, atVendors).length - extraOf(its.length, leavesOld, this.extra.get(kind) ?? 0);
      const mayBeLeft = leavesOld && old !== undefined && there.includes(old) && its[0]?.id !== old ? 1 : 0;
      if (left !== mayBeLeft)
        wrong.push(`${type}: ${left} at the vendor that state does not have, and ${mayBeLeft} may`);
    }
    return wrong;
  }

  /** Reads state, and returns the outputs of the program. */
  private async look(): Promise<Record<string, unknown>> {
    const text = await this.stack.mustRun("stack", "export", "--show-secrets");
    const { resources = [] } = (JSON.parse(text, inClear) as { deployment: Partial<Deployment> }).deployment;
    this.held = resources.filter(
      ({ type, external }) => type.startsWith("pulumi-nodejs:dynamic/") && !external,
    );
    return resources.find(({ type }) => type === "pulumi:pulumi:Stack")?.outputs ?? {};
  }

  private async atVendors(): Promise<Ids> {
    const ids: Ids = new Map();
    for (const kind of kinds) ids.set(kind, await idsOf(kind, this.sandbox));
    return ids;
  }

  /** What a vendor has that state does not. */
  private unheld(kind: Kind, atVendors: Ids): string[] {
    const held = this.held.filter((resource) => kindOf(resource) === kind).map(({ id }) => id);
    return (atVendors.get(kind) ?? []).filter((id) => !held.includes(id));
  }
}

/** A secret as its value: the engine writes it as an envelope around JSON (docs/engine.md, fact 23). */
function inClear(_: string, value: unknown): unknown {
  const { plaintext } = (value ?? {}) as { plaintext?: string };
  return plaintext === undefined ? value : JSON.parse(plaintext);
}

/** How many objects their owners have made by themselves: as many for those in state, and for those left over. */
const extraOf = (inState: number, leavesOld: boolean, each: number): number =>
  each * (inState + (leavesOld ? 1 : 0));
