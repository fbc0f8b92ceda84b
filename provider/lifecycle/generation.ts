import type { Props } from "../define";
import { dueGeneration, type KeyRotation } from "../define/rotation";
import { known } from "../engine-values";
import type { ResourceType } from "./resource-type";
import { inputsOf } from "./state";

/** Which key a resource should have: the computed input `keyGeneration`. */

/** The generation for these inputs, the one planned by `diff` where this is the create half of a replacement. */
export function generationFor(type: ResourceType, olds: Props, inputs: Props): unknown {
  const { definition, host, plannedGenerations } = type;
  const planned = plannedGenerations.get(programKey(type, inputs));
  const isNew = Object.keys(inputsOf(definition, olds)).length === 0;
  if (isNew && planned) return planned;
  return dueGeneration(
    olds,
    known(inputs.keyRotation) as KeyRotation | undefined,
    host.settings.config("streamkeys:rotateAll"),
    host.now(),
  );
}

/**
 * Identifies what the program declared. The engine checks the create half of a replacement afresh, without the old
 * inputs and without saying which resource it is (docs/engine.md, fact 10); what the program wrote is all that ties the two together.
 */
export function programKey({ definition }: ResourceType, inputs: Props): string {
  const { keyGeneration: _, ...program } = inputsOf(definition, inputs);
  return JSON.stringify(Object.entries(program).sort(([a], [b]) => (a < b ? -1 : 1)));
}
