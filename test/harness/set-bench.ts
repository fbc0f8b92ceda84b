import type { Props } from "../../provider/define";
import { Unfinished } from "../../provider/define/errors";
import * as sets from "../../provider/sets";
import type { Kept, Workbench } from "./workbench";

/** Inputs of an item that has of its own what vendors want to be each object's own. */
export const apart = (inputs: Props, name: string): Props =>
  Object.fromEntries(
    Object.entries(inputs).map(([key, value]) => [
      key,
      ["instanceName", "dirPath"].includes(key) ? `${String(value).replace("*", "")}${name}` : value,
    ]),
  );

/** A set at work: what the engine calls, in the engine's order. */
export class SetBench {
  constructor(
    readonly bench: Workbench,
    private readonly origin = "channels#0123456789abcdef",
  ) {}

  /** The set as a process sees it; what is said to the user lands in `said`. */
  type(said: string[] = []): sets.SetType {
    const { vendor, definition } = this.bench;
    const say = (message: string): unknown => said.push(message);
    return sets.setTypeOf(vendor, definition, {
      ...this.bench.resourceType().host,
      progress: say,
      warn: say,
    });
  }

  check(program: Props, olds: Props = {}, type = this.type()): { inputs: Props; problems: string[] } {
    const { inputs, problems } = sets.check(type, olds, { ...program, origin: this.origin });
    return { inputs, problems: problems.map(({ path, reason }) => `${path}: ${reason}`) };
  }

  async create(program: Props, type = this.type()): Promise<Kept> {
    const inputs = this.checked(type, {}, program);
    return this.recorded(
      inputs,
      sets.create(type, inputs).then(({ id, outs }) => ({ id, outs })),
    );
  }

  /** Check, diff and what diff asks for; whether anything was asked for. */
  async up(kept: Kept, program: Props, type = this.type()): Promise<Kept & { did: boolean }> {
    const inputs = this.checked(type, kept.inputs, program);
    const { changes, replaces } = await sets.diff(type, kept.id, kept.outs, inputs);
    expect(replaces).toEqual([]);
    if (changes === false) return { ...kept, inputs, did: false };
    const outs = sets.update(type, kept.id, kept.outs, inputs);
    return {
      ...(await this.recorded(
        inputs,
        outs.then((done) => ({ id: kept.id, outs: done })),
      )),
      did: true,
    };
  }

  /** What the engine keeps also of a step that failed half-way, with the failure. */
  failure: Error | undefined;
  private async recorded(inputs: Props, act: Promise<{ id: string; outs: Props }>): Promise<Kept> {
    this.failure = undefined;
    try {
      return { ...(await act), inputs };
    } catch (error) {
      if (!(error instanceof Unfinished)) throw error;
      this.failure = error;
      return { id: error.id, outs: error.outputs, inputs };
    }
  }

  read({ id, outs }: Kept, type = this.type()): ReturnType<typeof sets.read> {
    return sets.read(type, id, outs);
  }

  remove({ id, outs }: Kept, type = this.type()): Promise<void> {
    return sets.remove(type, id, outs);
  }

  items({ outs }: Kept): Map<string, { id: string; outs: Props }> {
    return sets.unpacked(this.type().of, outs);
  }

  private checked(type: sets.SetType, olds: Props, program: Props): Props {
    const { inputs, problems } = this.check(program, olds, type);
    expect(problems).toEqual([]);
    return inputs;
  }
}
