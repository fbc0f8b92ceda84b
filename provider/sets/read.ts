import type { Props } from "../define";
import { StreamkeysError } from "../define/errors";
import { type Found, read as readItem } from "../lifecycle";
import { type Failures, failureOf } from "./failures";
import { inTurn } from "./in-turn";
import { drifted, type Items, packed, unpacked } from "./kept";
import type { SetInputs } from "./program";
import { itemTypeOf, type SetType } from "./set-type";

/**
 * Looks at every item. One that is gone is gone from the inputs too, so the next preview shows it as added; where a look
 * fails, the state of the whole set stays as it was.
 */
export async function read(set: SetType, id: string, props: Props): Promise<Found> {
  if (typeof props.origin !== "string")
    throw new StreamkeysError("A set cannot be looked up: only a program has it.");
  const before = unpacked(set.of, props);
  // In their order, whichever answer comes first: where the texts of two states differ, a refresh shows a change.
  const items: Items = new Map(before);
  const seen = new Map<string, Props>();
  const failures: Failures = new Map();
  await inTurn([...before], async ([name, kept]) => {
    try {
      const found = await readItem(itemTypeOf(set, name), kept.id, kept.outs);
      if (found) {
        items.set(name, { id: found.id, outs: found.props });
        seen.set(name, found.inputs);
      } else items.delete(name);
    } catch (error) {
      failures.set(name, error);
    }
  });
  if (failures.size > 0) throw failureOf("The state is left as it was.", before.size, failures);
  const gone = [...before.keys()].filter((name) => !items.has(name));
  const { ids: _i, shared: _s, kept: _k, secrets: _x, ...declared } = props;
  const inputs = drifted(set.of, declared as SetInputs, seen, gone);
  return { id, props: packed(set.of, inputs, items), inputs };
}
