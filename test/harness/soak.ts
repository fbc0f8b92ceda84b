import { setTimeout as sleep } from "node:timers/promises";
import { rmSync } from "node:fs";
import { definitionOf, vendors } from "../../provider/vendors";
import { type Fault, type Sandbox, startSandbox } from "../../sandbox";
import { streamkeys } from "../cli/command";
import { idsOf } from "./everything";
import { end, EndedByItself, killWhen } from "./kill";
import { randomFrom } from "./random";
import { vanish } from "./simulated";
import { type Run, TestStack } from "./stack";

/**
 * A soak: two stacks on one account, and random steps of what people and networks do to them. The steps come from a seed; at
 * which call of the vendor a kill falls is up to the machine.
 */

/** One channel of a program: what is declared for it depends on its kind. */
interface Channel {
  kind: keyof typeof kinds;
  /** What an edit changes. */
  version: number;
  /** Trigger of the key's rotation. */
  trigger: number;
}

interface Kind {
  /** The type of the objects at the vendor. */
  makes: string;
  /** The type of the resource that has them, of which the program has one a channel; the same when unset. */
  of?: string;
  /** A mark tells its objects apart, so that both stacks may give them the same name; elsewhere an alike one stops a run. */
  isMarked?: true;
  declare(name: string, title: string, rotation: string): string;
}

/**
 * A key that lives with its stream, one that is a stream, one that rotates by replacement, one of which there is no room for
 * two, a create that takes its time, and sets; with marks and without.
 */
const kinds = {
  tenbyte: {
    makes: "tenbyte:Stream",
    declare: (
      name,
      title,
      rotation,
    ) => `const ${name} = new tenbyte.Stream("${name}", { name: "${title}", type: "event",
      mode: "audio", region: "sg-edge-04", ingest: { kind: "push", protocols: ["srt"] }, outputProtocols: ["hls"],
      packaging: { hls: { segmentFormat: "fmp4" } },
      ladder: { audio: [{ codec: "aac", channels: 2, sampleRateHz: 48000, bitrateKbps: 128 }] } });
      new tenbyte.StreamKey("${name}", { streamId: ${name}.id, ${rotation} });`,
  },
  aioz: {
    makes: "aioz:StreamKey",
    declare: (name, title, rotation) => `new aioz.StreamKey("${name}", { name: "${title}", ${rotation} });`,
  },
  edgecast: {
    makes: "edgecast:StreamKey",
    declare: (name, title, rotation) =>
      `new edgecast.StreamKey("${name}", { dirPath: "${title.replace(" ", "/")}", ${rotation} });`,
  },
  cloudflare: {
    makes: "cloudflare:LiveInput",
    isMarked: true,
    declare: (
      name,
      title,
      rotation,
    ) => `const ${name} = new cloudflare.LiveInput("${name}", { name: "${title}" });
      new cloudflare.StreamKey("${name}", { liveInputId: ${name}.id, ${rotation} });`,
  },
  mux: {
    makes: "mux:LiveStream",
    isMarked: true,
    declare: (
      name,
      title,
      rotation,
    ) => `const ${name} = new mux.LiveStream("${name}", { playbackPolicies: ["public"],
      title: "${title}" }); new mux.StreamKey("${name}", { liveStreamId: ${name}.id, ${rotation} });`,
  },
  livepeer: {
    makes: "livepeer:Stream",
    isMarked: true,
    declare: (name, title, rotation) => `new livepeer.Stream("${name}", { name: "${title}", ${rotation} });`,
  },
  ivs: {
    makes: "ivs:Channel",
    isMarked: true,
    declare: (name, title, rotation) => `const ${name} = new ivs.Channel("${name}", { name: "${title}" });
      new ivs.StreamKey("${name}", { channelArn: ${name}.id, ${rotation} });`,
  },
  uiza: {
    makes: "uiza:Stream",
    declare: (
      name,
      title,
      rotation,
    ) => `const ${name} = new uiza.Stream("${name}", { name: "${title}", region: "in-mumbai-1" });
      new uiza.StreamKey("${name}", { streamId: ${name}.id, ${rotation} });`,
  },
  apivideo: {
    makes: "apivideo:LiveStream",
    declare: (name, title, rotation) =>
      `new apivideo.LiveStream("${name}", { name: "${title}", ${rotation} });`,
  },
  /** The items have the version in their names, so that an edit takes one out and puts one in. */
  aiozSet: {
    makes: "aioz:StreamKey",
    of: "aioz:StreamKeySet",
    declare: (
      name,
      title,
      rotation,
    ) => `new aioz.StreamKeySet("${name}", { defaults: { ${rotation} }, items: {
      kept: { name: "${title} kept" }, ["of ${title}"]: { name: "${title} new" } } });`,
  },
  cloudflareSet: {
    makes: "cloudflare:LiveInput",
    of: "cloudflare:LiveInputSet",
    isMarked: true,
    declare: (name, title) => `new cloudflare.LiveInputSet("${name}", { items: {
      kept: { name: "${title} kept" }, ["of ${title}"]: { name: "${title} new" } } });`,
  },
} satisfies Record<string, Kind>;

const all: Kind[] = Object.values(kinds);
/** The types of the objects at the vendors. */
const types = [...new Set(all.map(({ makes }) => makes))];
const ofKind = ({ makes, of = makes }: Kind): string => of;

const FAULTS: Fault[] = [
  { status: 500 },
  { status: 503, afterWork: true },
  { status: 429, headers: { "retry-after": "1" } },
  { status: 403 },
  { drop: true },
  { drop: true, afterWork: true },
  { cutAfterBytes: 12, afterWork: true },
  { status: 200, body: "<html>welcome</html>", afterWork: true },
  { delayMs: 400 },
  { delayMs: 800, afterWork: true },
];
const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", undefined];
const MOST_CHANNELS = 6;
const DAY_MS = 86_400_000;

/** One of the two stacks, and what its program declares. */
class Soaked {
  readonly channels = new Map<string, Channel>();
  private made = 0;

  constructor(
    readonly name: string,
    readonly stack: TestStack,
  ) {}

  /** Adds a channel under a name that no channel had. */
  add(kind: keyof typeof kinds): void {
    this.channels.set(`c${(this.made += 1)}`, { kind, version: 0, trigger: 0 });
  }

  write(): void {
    const declared = [...this.channels].map(([name, { kind, version, trigger }]) => {
      const { isMarked, declare }: Kind = kinds[kind];
      const title = isMarked ? `${name}v${version}` : `${this.name} ${name}v${version}`;
      return declare(name, title, `keyRotation: { trigger: "${trigger}", every: "30d" }`);
    });
    this.stack.program(declared.join("\n"));
  }
}

/** A soak at work. */
export class Soak {
  /** How often each step was done. */
  readonly steps: Record<string, number> = {};
  /** What was done, for whom reads a failure. */
  readonly log: string[] = [];
  private readonly random: () => number;
  private readonly plugins: number[] = [];
  private constructor(
    seed: number,
    private readonly sandbox: Sandbox,
    private readonly environment: Record<string, string>,
    private readonly all: [Soaked, Soaked],
  ) {
    this.random = randomFrom(seed);
  }

  /** Makes two stacks of one name in two backends, with one home, on one account. */
  static async open(seed: number): Promise<Soak> {
    const sandbox = await startSandbox();
    // As it is, and no longer than a call: Uiza's simulator takes its time otherwise.
    Object.assign(sandbox.data.uiza?.behaviour ?? {}, { polls: 1 });
    const environment = { ...sandbox.environment, STREAMKEYS_TEST_NOW: new Date().toISOString() };
    const a = await TestStack.create("", environment);
    const { HOME = "", PULUMI_HOME = "" } = a.env();
    const b = await TestStack.create("", Object.assign(environment, { HOME, PULUMI_HOME }));
    return new Soak(seed, sandbox, environment, [new Soaked("a", a), new Soaked("b", b)]);
  }

  /** One random step. */
  async step(): Promise<void> {
    const soaked = this.among(this.all);
    const act = this.among([
      () => this.edit(soaked),
      () => this.edit(soaked),
      () => this.spoil(soaked),
      () => this.spoil(soaked),
      () => this.kill(soaked),
      () => this.kill(soaked),
      () => this.together(),
      () => this.wait(soaked),
      () => this.do(soaked, "refresh", () => soaked.stack.refresh()),
    ]);
    await act();
  }

  /** Mends everything, runs `up` until each stack is clean, and deletes what `streamkeys doctor` says was left by a kill. */
  async settle(): Promise<void> {
    this.sandbox.faults.length = 0;
    this.plugins.splice(0).forEach(end);
    for (const soaked of this.all) {
      let run: Run | undefined;
      for (let turn = 0; turn < 4 && run?.status !== 0; turn += 1) {
        run = await this.do(soaked, "settle", () => soaked.stack.up());
        this.followWaysOut(run.text);
      }
      if (run?.status !== 0) throw new Error(`stack ${soaked.name} does not settle:\n${run?.text ?? ""}`);
    }
    for (const soaked of this.all) await this.cleanUp(soaked);
  }

  /** What a user does where a run stops at what a killed one has made, because the program wants another by now. */
  private followWaysOut(text: string): void {
    const ways = /Or delete .+? (\S+) at [^,]+, run `rm '(.+?)'`/g;
    for (const [, id = "", note = ""] of text.replace(/\n\s*/g, " ").matchAll(ways)) {
      for (const { name } of vendors) vanish(this.sandbox, name, id);
      rmSync(note, { force: true });
      this.steps["way out"] = (this.steps["way out"] ?? 0) + 1;
    }
  }

  /** What a user does with what a killed run was making and no program declares any more: nothing else deletes it. */
  private async cleanUp(soaked: Soaked): Promise<void> {
    const managed = (await Promise.all(this.all.map(({ stack }) => stack.exported())))
      .flat()
      .flatMap(idsHeld);
    for (const { type, id } of await this.namedByDoctor(soaked)) {
      const left = (await this.atVendor(type)).filter((one) => !managed.includes(one));
      // Without an id it is what `streamkeys discover` shows.
      const [first] = id === undefined ? left : left.filter((one) => one === id);
      if (first !== undefined) vanish(this.sandbox, definitionOf(type).vendor.name, first);
    }
    await this.do(soaked, "clean up", () => soaked.stack.refresh("--clear-pending-creates"));
  }

  /** What doctor finds left; the notes of it are deleted, as it says. */
  private async namedByDoctor({ name, stack }: Soaked): Promise<{ type: string; id: string | undefined }[]> {
    const { stdout } = await streamkeys({ cwd: stack.folder, env: stack.env() }, "doctor", "--json");
    const checks = JSON.parse(stdout) as { what: string; status: string; detail: string }[];
    return checks.flatMap(({ what, status, detail }) => {
      const [, type] = /^(?:create of|leftover) (\S+)/.exec(what) ?? [];
      if (type === undefined || detail.startsWith("The stack has it")) return [];
      this.log.push(`== ${name}: doctor, ${status}: ${what}: ${detail}`);
      const [, note] = /rm '(.+)'$/.exec(detail) ?? [];
      if (note !== undefined) rmSync(note);
      this.steps["left over"] = (this.steps["left over"] ?? 0) + 1;
      const [, made, marked] = /had made this, as (\S+?)\.(?: |$)|^(\S+) bears the mark/.exec(detail) ?? [];
      return [{ type, id: made ?? marked }];
    });
  }

  /** What is wrong at the end; nothing where the vendor has just what the programs declare. */
  async problems(): Promise<string[]> {
    const found: string[] = [];
    const keys: string[] = [];
    const ids = new Map<string, string[]>();
    for (const { name, stack, channels } of this.all) {
      const kept = await stack.exported();
      for (const { type, id, outputs } of kept) {
        const [, typeName = ""] = type.split("/streamkeys/");
        const { makes } = all.find(({ of }) => of === typeName) ?? { makes: typeName };
        ids.set(makes, [...(ids.get(makes) ?? []), ...idsHeld({ id, outputs })]);
        keys.push(...keysIn(outputs));
      }
      const declared = [...channels].map(([channel, { kind }]) => `${ofKind(kinds[kind])} ${channel}`);
      const held = kept
        .map(({ urn, type }) => `${type.split("/streamkeys/")[1] ?? ""} ${urn.split("::").at(-1) ?? ""}`)
        .filter((one) => all.some((kind) => one.startsWith(`${ofKind(kind)} `)));
      found.push(...difference(`stack ${name}`, declared, held));
      for (const [what, run] of [
        ["up", await stack.up()],
        ["refresh", await stack.refresh()],
        ["preview", await stack.preview("--expect-no-changes")],
      ] as const)
        if (run.status !== 0 || /[+~-] \d+ |created|updated|deleted|replaced/.test(run.text))
          found.push(`stack ${name}: ${what} is not clean:\n${run.text}`);
    }
    if (new Set(keys).size !== keys.length) found.push("two resources share a key");
    for (const makes of types)
      found.push(...difference(makes, ids.get(makes) ?? [], await this.atVendor(makes)));
    return found;
  }

  /** Destroys both stacks, and says what is left. */
  async leftovers(): Promise<string[]> {
    const found: string[] = [];
    for (const soaked of this.all) {
      const { status, text } = await this.do(soaked, "destroy", () => soaked.stack.destroy());
      if (status !== 0) found.push(`stack ${soaked.name} is not destroyed:\n${text}`);
      found.push(
        ...difference(
          `stack ${soaked.name}`,
          [],
          soaked.stack.resources().map(({ urn }) => urn),
        ),
      );
    }
    for (const makes of types) found.push(...difference(makes, [], await this.atVendor(makes)));
    return found;
  }

  async close(): Promise<void> {
    this.plugins.splice(0).forEach(end);
    await this.sandbox.close();
    for (const { stack } of this.all) stack.remove();
  }

  private among<T>(choices: readonly T[]): T {
    return choices[Math.floor(this.random() * choices.length)] as T;
  }

  /** Changes the program in two places, and brings it up. */
  private async edit(soaked: Soaked): Promise<Run> {
    this.change(soaked);
    return this.do(soaked, "edit", () => soaked.stack.up());
  }

  /** The same while calls fail. */
  private async spoil(soaked: Soaked): Promise<void> {
    this.change(soaked);
    for (let number = 0; number < 3; number += 1)
      this.sandbox.faults.push({
        ...this.among(FAULTS),
        method: this.among(METHODS),
        times: 1 + Math.floor(this.random() * 2),
      });
    await this.do(soaked, "fault", () => soaked.stack.up());
    this.sandbox.faults.length = 0;
  }

  /** More changes, killed at a random call of the vendor; at times its plugins, which are on their own then, die too. */
  private async kill(soaked: Soaked): Promise<void> {
    this.change(soaked, 4);
    const { requests, faults } = this.sandbox;
    const from = requests.length;
    const at = 1 + Math.floor(this.random() * 6);
    const killsPlugins = this.random() < 0.5;
    if (this.random() < 0.7) faults.push({ delayMs: 300, afterWork: this.random() < 0.7 });
    const left = await killWhen(soaked.stack, () => requests.length >= from + at).catch(unlessEnded);
    if (killsPlugins) left?.forEach(end);
    else this.plugins.push(...(left ?? []));
    // Their calls may come to an end, and are this step's, not the next one's.
    while (requests.some(({ status }) => status === undefined)) await sleep(20);
    faults.length = 0;
    await this.do(soaked, left ? "kill" : "kill too late", () => soaked.stack.run("cancel", "--yes"));
  }

  /** Both stacks at once. */
  private async together(): Promise<void> {
    await Promise.all(this.all.map(async (soaked) => this.edit(soaked)));
  }

  /** A month goes by, and keys are due. */
  private async wait(soaked: Soaked): Promise<void> {
    const now = Date.parse(this.environment.STREAMKEYS_TEST_NOW ?? "") + 31 * DAY_MS;
    this.environment.STREAMKEYS_TEST_NOW = new Date(now).toISOString();
    await this.do(soaked, "month", () => soaked.stack.up());
  }

  private change(soaked: Soaked, places = 2): void {
    const { channels } = soaked;
    for (let number = 0; number < places; number += 1) {
      const name = this.among([...channels.keys()]);
      const channel = channels.get(name);
      const choice = this.random();
      if (!channel || (choice < 0.4 && channels.size < MOST_CHANNELS))
        soaked.add(this.among(Object.keys(kinds) as (keyof typeof kinds)[]));
      else if (choice < 0.6) channel.version += 1;
      else if (choice < 0.85) channel.trigger += 1;
      else channels.delete(name);
    }
    soaked.write();
  }

  private atVendor(typeName: string): Promise<string[]> {
    return idsOf(definitionOf(typeName), this.sandbox);
  }

  private async do({ name }: Soaked, step: string, act: () => Promise<Run>): Promise<Run> {
    this.steps[step] = (this.steps[step] ?? 0) + 1;
    const run = await act();
    this.log.push(`== ${name}: ${step} ended with ${run.status}\n${run.text}`);
    return run;
  }
}

/** The id of a resource; of a set, those of its items. */
const idsHeld = ({ id, outputs }: { id: string; outputs: object }): string[] =>
  isSet(outputs) ? Object.values(outputs.ids) : [id];

const isSet = (outputs: object): outputs is { ids: Record<string, string> } => "ids" in outputs;

/** The keys that a resource has, of a set those of its items. */
function keysIn(outputs: Record<string, unknown>): string[] {
  if (isSet(outputs)) {
    const { plaintext = '"{}"' } = (outputs as { secrets?: { plaintext?: string } }).secrets ?? {};
    const secrets = JSON.parse(JSON.parse(plaintext) as string) as Record<string, { streamKey?: string }>;
    return Object.values(secrets).flatMap(({ streamKey }) => (streamKey ? [JSON.stringify(streamKey)] : []));
  }
  const { plaintext } = (outputs.streamKey ?? outputs.key ?? {}) as { plaintext?: string };
  return plaintext && outputs.keyGeneration ? [plaintext] : [];
}

function unlessEnded(error: unknown): undefined {
  if (!(error instanceof EndedByItself)) throw error;
}

/** What two lists do not have in common, told in a line. */
function difference(where: string, wanted: string[], found: string[]): string[] {
  const [missing, extra] = [
    wanted.filter((one) => !found.includes(one)),
    found.filter((one) => !wanted.includes(one)),
  ];
  const isSame = missing.length === 0 && extra.length === 0 && wanted.length === found.length;
  return isSame
    ? []
    : [
        `${where}: missing ${missing.join(", ") || "none"}; too many ${extra.join(", ") || "none"}; ${wanted.length} of ${found.length}`,
      ];
}
