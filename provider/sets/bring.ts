import type { Props } from "../define";
import { EngineGone, type StreamkeysError, Unfinished } from "../define/errors";
import { create as createItem, type Created, type Kept, reconcile, remove as removeItem } from "../lifecycle";
import { OldRemains } from "../lifecycle/reconcile";
import { rememberKnown, rememberOwned } from "../lifecycle/ownership";
import { recordOf } from "../lifecycle/record";
import { declaredName } from "../lifecycle/resource-type";
import { type Failures, failureOf } from "./failures";
import { inTurn } from "./in-turn";
import { type Items, packed, unpacked } from "./kept";
import { checked, membership } from "./plan";
import { itemOrigin, nameOfReplaced, type SetInputs } from "./program";
import { progressOf } from "./progress";
import { itemTypeOf, type SetType } from "./set-type";
import { hasRotated, turnsOf } from "./turns";
import { withHeldNotes } from "./held-notes";

/**
 * Brings the items of a set to what the program says, each as a resource of its own would be. To fail with some is normal:
 * what is done is recorded, the error says the rest, and the next run has just the rest to do.
 */

/** Makes the set with all its items. */
export async function create(set: SetType, inputs: Props): Promise<Created> {
  const id = declaredName(inputs) ?? "set";
  const { items, outs, failure } = await bring(set, new Map(), inputs as SetInputs);
  if (failure && items.size === 0) throw failure;
  if (failure) throw new Unfinished(id, outs, failure);
  return { id, outs };
}

/** Makes, changes, replaces and deletes items, as the program asks for it. */
export async function update(set: SetType, id: string, olds: Props, news: Props): Promise<Props> {
  const { outs, failure } = await bring(set, unpacked(set.of, olds), news as SetInputs);
  if (failure) throw new Unfinished(id, outs, failure);
  return outs;
}

/** Deletes every item. What is gone already counts as deleted, so after a failure the next run deletes the rest. */
export async function remove(set: SetType, _id: string, props: Props): Promise<void> {
  const items = unpacked(set.of, props);
  const failures: Failures = new Map();
  await each(set, [...items], failures, async ([name, kept]) => {
    await removeItem(itemTypeOf(set, name), kept.id, kept.outs);
  });
  if (failures.size > 0) throw failureOf("Deleting", items.size, failures);
}

async function bring(
  set: SetType,
  before: Items,
  inputs: SetInputs,
): Promise<{ items: Items; outs: Props; failure?: StreamkeysError }> {
  const { added, kept, removed } = membership(before, inputs);
  const items: Items = new Map(before);
  // Before anything is made: what an item has is no candidate for what another one has lost.
  for (const [name, { id, outs }] of before) {
    rememberKnown(itemTypeOf(set, name), outs);
    rememberOwned(itemTypeOf(set, name), id, outs);
  }
  await rememberInterrupted(set, inputs, added);
  const failures: Failures = new Map();
  const leave = (): Promise<void> =>
    each(set, removed, failures, (name) => leaveOut(set, inputs, items, name));
  return await withHeldNotes(set, async (holding) => {
    if (set.of.deleteBeforeReplace) await leave();
    const turns = turnsOf(set, inputs, before, kept);
    const bringThem = (names: string[]): Promise<void> =>
      each(set, names, failures, (name) => bringItem(holding, inputs, items, name, turns.isLater(name)));
    await bringThem([...added, ...kept]);
    const renewed = (name: string): boolean => hasRotated(before.get(name)?.outs, items.get(name)?.outs);
    const failed = (name: string): boolean => failures.has(name);
    const handOn = (): string[] => turns.next({ used: (name) => renewed(name) || failed(name), out: failed });
    for (let next = handOn(); next.length > 0; next = handOn()) await bringThem(next);
    const waiting = turns.sentence(`${kept.filter(renewed).length} keys were renewed`);
    if (waiting !== undefined) set.host.progress(waiting);
    // As the engine does: nothing is deleted where something else has failed, which might take its place.
    const left = failures.size > 0 ? removed.filter((name) => items.has(name)) : [];
    if (left.length === 0 && !set.of.deleteBeforeReplace) await leave();
    const outs = packed(set.of, inputs, items);
    if (failures.size === 0) return { items, outs };
    const more = left.length > 0 ? ` ${left.length} to be deleted are left until the others are there.` : "";
    const total = added.length + kept.length + removed.length;
    return { items, outs, failure: failureOf("The others are recorded.", total, failures, more) };
  });
}

/** What a run had made of a set when it was killed, it had made of its items. */
async function rememberInterrupted(set: SetType, { origin }: SetInputs, names: string[]): Promise<void> {
  const { interrupted } = (await recordOf(set)) ?? {};
  if (!interrupted?.has(String(origin))) return;
  for (const name of names) interrupted.add(itemOrigin(String(origin), name));
}

async function bringItem(
  set: SetType,
  inputs: SetInputs,
  items: Items,
  name: string,
  isLater: boolean,
): Promise<void> {
  const type = itemTypeOf(set, name);
  const kept = items.get(name);
  const inputsOfNew = (): Props => checked(set, type, inputs, name);
  try {
    items.set(
      name,
      kept
        ? await reconcile(
            type,
            kept,
            checked(set, type, inputs, name, { kept, isLater }),
            inputsOfNew,
            retireBy(set, inputs),
          )
        : await createItem(type, inputsOfNew()),
    );
  } catch (error) {
    const made = whatIsThere(error);
    if (made) items.set(name, made);
    // The new one is there and the old one still too: the next run deletes it, as an item that the program does not have.
    if (made && kept && made.id !== kept.id && !set.of.deleteBeforeReplace)
      items.set(
        nameOfReplaced(name, (other) => items.has(other)),
        kept,
      );
    throw error;
  }
}

/** What an item that has failed is by now, where that is another than before. */
function whatIsThere(error: unknown): Kept | undefined {
  if (error instanceof Unfinished) return { id: error.id, outs: error.outputs };
  return error instanceof OldRemains ? error.made : undefined;
}

async function leaveOut(set: SetType, inputs: SetInputs, items: Items, name: string): Promise<void> {
  const kept = items.get(name);
  if (kept) await retireBy(set, inputs)(itemTypeOf(set, name), kept.id, kept.outs);
  items.delete(name);
}

/** With `retainOnDelete`, which the engine heeds for the set alone, the objects of items stay too. */
function retireBy(set: SetType, { origin }: SetInputs): typeof removeItem {
  return set.declarations.get(String(origin))?.retainOnDelete ? () => Promise.resolve() : removeItem;
}

/**
 * A killed engine leaves this process running. What is begun is ended, and noted for the next run; nothing more is begun,
 * because the next run may be at it already.
 */
async function refuseWithoutEngine({ host }: SetType): Promise<void> {
  if (!(await host.journal.isEngineAlive()))
    throw new EngineGone("The engine is gone, so this was not begun. The next `pulumi up` does it.");
}

/** Does something with each, and goes on where it fails. */
async function each<T extends string | [string, unknown]>(
  set: SetType,
  all: T[],
  failures: Failures,
  act: (one: T) => Promise<void>,
): Promise<void> {
  const progress = progressOf(all.length, set.host.progress);
  await inTurn(all, async (one) => {
    try {
      await refuseWithoutEngine(set);
      await act(one);
      progress.done();
    } catch (error) {
      progress.failed();
      failures.set(typeof one === "string" ? one : one[0], error);
    }
  });
  progress.end();
}
