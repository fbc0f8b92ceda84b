import type { Props } from "../define";
import { propertyOf } from "../define/schema";
import { keyOf } from "./ownership";
import type { ResourceType } from "./resource-type";

/**
 * Creates of one run that ask a vendor for the same, such as two keys of one display name. What one of them has made looks
 * like what another has lost, so whoever looks waits for the answers of the rest.
 */

/** What a create asks of the vendor, as text: equal for two resources between which the vendor sees no difference. */
export function askedFor({ definition }: ResourceType, inputs: Props): string {
  const sent = Object.keys(definition.inputs)
    .filter((name) => inputs[name] !== undefined)
    .filter((name) => {
      const { ours, computed } = propertyOf(definition.inputs, name);
      return !ours && !computed;
    });
  return JSON.stringify(sent.sort().map((name) => [name, inputs[name]]));
}

/** Makes a request that creates; until it has ended, those that ask for the same can wait for it. */
export async function ask<T>(type: ResourceType, inputs: Props, request: () => Promise<T>): Promise<T> {
  const { asking } = type.host.memory;
  const key = keyOf(type, askedFor(type, inputs));
  const others = asking.get(key) ?? new Set();
  asking.set(key, others);
  const answer = request();
  others.add(answer);
  try {
    return await answer;
  } finally {
    others.delete(answer);
  }
}

/** Waits until every create of this run that asks for the same has its answer, or has lost it. */
export async function othersAnswered(type: ResourceType, inputs: Props): Promise<void> {
  await Promise.allSettled([...(type.host.memory.asking.get(keyOf(type, askedFor(type, inputs))) ?? [])]);
}
