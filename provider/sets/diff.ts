import type { Props } from "../define";
import { messageOf, StreamkeysError } from "../define/errors";
import { isUnknown } from "../engine-values";
import { diff as diffItem, type Difference, type Kept, recall } from "../lifecycle";
import { named } from "./failures";
import { inTurn } from "./in-turn";
import { unpacked } from "./kept";
import { asFarAsKnown, checked, membership } from "./plan";
import type { SetInputs } from "./program";
import { itemTypeOf, type SetType } from "./set-type";
import { turnsOf } from "./turns";

/**
 * Compares item by item, and says what the inputs do not show: which items are replaced, which keys are due. A set itself
 * is never replaced. What keeps one item from its change, such as a running broadcast, is warned of: the others go on.
 */
export async function diff(set: SetType, _id: string, olds: Props, news: Props): Promise<Difference> {
  const unchanged = { replaces: [], deleteBeforeReplace: false, rotates: false };
  if (isUnknown(news.items) || isUnknown(news.defaults)) return { ...unchanged, changes: undefined };
  const inputs = news as SetInputs;
  const items = unpacked(set.of, olds);
  const { added, kept, removed } = membership(items, inputs);
  const said = new Sayings();
  const replaced: string[] = [];
  let changed = added.length + removed.length;
  const turns = turnsOf(set, inputs, items, kept);
  const renewed = new Set<string>();
  const look = (names: string[]): Promise<void> =>
    inTurn(names, async (name) => {
      const isLater = turns.isLater(name);
      const { changes, replaces, rotates } = await diffOf(set, inputs, name, items.get(name), said, isLater);
      if (changes !== false) changed += 1;
      if (replaces.length > 0) replaced.push(name);
      if (rotates || replaces.length > 0) renewed.add(name);
    });
  await look(kept);
  const handOn = (): string[] => turns.next({ used: (name) => renewed.has(name), out: () => false });
  for (let next = handOn(); next.length > 0; next = handOn()) await look(next);
  said.tell(set.host.progress);
  const left = turns.sentence(`${renewed.size} keys are renewed`);
  if (left !== undefined) set.host.progress(left);
  if (changed === 0) return { ...unchanged, changes: false };
  const declaration = set.declarations.get(String(inputs.origin));
  await recall(set, declaration ?? {});
  if (declaration?.protect && removed.length + replaced.length > 0)
    throw isProtected([...removed, ...replaced]);
  return { ...unchanged, changes: declaration?.isAnnounced === false ? true : undefined };
}

/** What is to be done about an item. */
async function diffOf(
  set: SetType,
  inputs: SetInputs,
  name: string,
  kept: Kept | undefined,
  said: Sayings,
  isLater: boolean,
): Promise<Omit<Difference, "deleteBeforeReplace">> {
  const unknown = { changes: undefined, replaces: [], rotates: false };
  if (!kept || isUnknown(inputs.items[name])) return unknown;
  const type = itemTypeOf(set, name, {
    progress: (message) => {
      said.add(message, name);
    },
  });
  const now = asFarAsKnown(checked(set, type, inputs, name, { kept, isLater }), kept);
  try {
    const { changes, replaces, rotates } = await diffItem(type, kept.id, kept.outs, now.inputs);
    if (replaces.length > 0) said.add(`replaced, by a change of ${replaces.join(", ")}`, name);
    return { changes: now.hasUnknown ? undefined : changes, replaces, rotates };
  } catch (error) {
    type.host.warn(messageOf(error));
    return unknown;
  }
}

/** The engine protects a set from being deleted, and knows nothing of its items. */
function isProtected(names: string[]): StreamkeysError {
  return new StreamkeysError(
    `The set is protected, and this would delete what is there of ${named(names)}. Nothing was done. ` +
      "Remove `protect`, run `pulumi up`, and set it again.",
  );
}

/** What is to be said of items; the same of several is said once. */
class Sayings {
  private readonly names = new Map<string, string[]>();

  add(message: string, name: string): void {
    this.names.set(message, [...(this.names.get(message) ?? []), name]);
  }

  tell(say: (message: string) => void): void {
    for (const [message, names] of this.names) say(`${message}: ${named(names)}`);
  }
}
