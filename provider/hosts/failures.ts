import type { Definition } from "../define";
import { schemaOf, secretPaths } from "../define/schema";
import { formatPath, type FoundProblem } from "../lifecycle";

/** A failure as the engine takes it: it prints `property` with its value. */
export interface Failure {
  property: string;
  reason: string;
}

/**
 * The engine prints the value of a property that a failure names (docs/engine.md, fact 20). So what is or holds a secret is named in
 * the text only, and so is what is no input at all: it may be the misspelt name of a secret.
 */
export function failureOf(definition: Definition, { path, reason, isMisspelt }: FoundProblem): Failure {
  const holdsSecret = secretPaths(schemaOf(definition.inputs)).some((secret) => {
    const secretPath = formatPath(secret);
    return path === secretPath || isWithin(path, secretPath) || isWithin(secretPath, path);
  });
  return holdsSecret || isMisspelt
    ? { property: "", reason: `${path}: ${reason}` }
    : { property: path, reason };
}

const isWithin = (path: string, outer: string): boolean =>
  path.startsWith(`${outer}.`) || path.startsWith(`${outer}[`);
