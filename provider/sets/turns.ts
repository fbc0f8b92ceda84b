import type { Props } from "../define";
import { isOfRotateAll, type KeyGeneration, type SetKeyRotation } from "../define/rotation";
import { recordOf, rotationPlan } from "../lifecycle/generation";
import type { Items } from "./kept";
import { asFarAsKnown, checked } from "./plan";
import { isPlain, type SetInputs } from "./program";
import { itemTypeOf, type SetType } from "./set-type";

/**
 * Whose turn it is to rotate, where the program lets a set rotate so many keys in one run: the oldest first. A turn that its
 * item cannot use, because it is live, goes to the next one. `rotateAll` is for an emergency, so it asks for no turn.
 */
export class Turns {
  private readonly had: string[] = [];
  private readonly waiting: Set<string>;

  /** @param due names of the items that are due, the oldest key first */
  constructor(
    due: string[],
    private readonly atOnce: number,
  ) {
    this.waiting = new Set(due);
    this.next({ used: () => false, out: () => false });
  }

  /** Whether the item has to leave its rotation for later. */
  isLater(name: string): boolean {
    return this.waiting.has(name);
  }

  /** How many are due and have to wait. */
  get left(): number {
    return this.waiting.size;
  }

  /**
   * Hands on the turns that were not used, and says to whom. Nobody has two.
   * @param used whether an item that had a turn has used it
   * @param out whether an item that waits is out of it, because something of it has failed
   */
  next({ used, out }: Record<"used" | "out", (name: string) => boolean>): string[] {
    for (const name of [...this.waiting].filter(out)) this.waiting.delete(name);
    const free = this.atOnce - this.had.filter(used).length;
    const more = [...this.waiting].slice(0, free);
    this.had.push(...more);
    for (const name of more) this.waiting.delete(name);
    return more;
  }

  /** What is to be said of it: nothing where nobody waits. */
  sentence(done: string): string | undefined {
    if (this.left === 0) return undefined;
    const more = this.left === 1 ? "1 more is due and waits" : `${this.left} more are due and wait`;
    return `${done}, the oldest first, as \`keyRotation.atOnce\` says. ${more} for the next \`pulumi up\`.`;
  }
}

/** The turns of a run. Without `atOnce` nobody has to wait. */
export function turnsOf(set: SetType, inputs: SetInputs, items: Items, names: string[]): Turns {
  const atOnce = atOnceOf(inputs);
  if (atOnce === undefined) return new Turns([], 0);
  const due = names.flatMap((name) => {
    const since = dueSince(set, inputs, items, name);
    return since === undefined ? [] : [{ name, since }];
  });
  due.sort((one, other) => one.since - other.since);
  return new Turns(
    due.map(({ name }) => name),
    atOnce,
  );
}

/** Whether a run has given an item another key, as the record of the key tells. */
export function hasRotated(before: Props | undefined, after: Props | undefined): boolean {
  const [was, is] = [before, after].map((outs) => (outs ? recordOf(outs) : undefined));
  return is?.since !== was?.since || is?.reason !== was?.reason;
}

/** When the key of an item was begun that is due and needs a turn, in milliseconds. */
function dueSince(set: SetType, inputs: SetInputs, items: Items, name: string): number | undefined {
  const kept = items.get(name);
  if (!kept || !isPlain(inputs.items[name])) return undefined;
  const silent = (): void => undefined;
  const type = itemTypeOf(set, name, { warn: silent, progress: silent });
  const now = asFarAsKnown(checked(set, type, inputs, name, { kept }), kept);
  const { due, wait } = rotationPlan(type, kept.id, kept.outs, now.inputs);
  if (!due || wait !== undefined || isOfRotateAll(due)) return undefined;
  return Date.parse((kept.outs.keyGeneration as KeyGeneration).since);
}

function atOnceOf({ defaults }: SetInputs): number | undefined {
  const rotation = defaults?.keyRotation as SetKeyRotation | undefined;
  return isPlain(rotation) && typeof rotation.atOnce === "number" ? rotation.atOnce : undefined;
}
