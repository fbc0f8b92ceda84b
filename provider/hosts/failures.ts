import type { Problem } from "../define";

/** A failure as the engine takes it. */
export interface Failure {
  property: string;
  reason: string;
}

/**
 * The path stands in the text. The engine prints the value of a `property` that a failure names, secret or not, and of one
 * within an object it prints `{<nil>}` (docs/engine.md, fact 20); without one it prints the text alone.
 */
export function failureOf({ path, reason }: Problem): Failure {
  return { property: "", reason: path === "" ? reason : `${path}: ${reason}` };
}
