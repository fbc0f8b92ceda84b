import { closest, distance } from "fastest-levenshtein";
import { z } from "zod";
import type { Definition, Problem, Props } from "../define";
import { durationProblem, type RotationInputs } from "../define/rotation";
import { type SchemaNode, schemaOf } from "../define/schema";
import { isUnknownAt, known } from "../engine-values";

/** What is wrong with inputs, each on the path that a user would write. */

/** A problem as found at preview. */
export interface FoundProblem extends Problem {
  isMisspelt?: true;
}

/** Everything that is to be said against inputs, warnings included. */
export function problemsOf(definition: Definition, inputs: Props): FoundProblem[] {
  const result = z.strictObject(definition.inputs).safeParse(inputs);
  const issues = (result.error?.issues ?? []).filter((issue) => !isUnknownAt(inputs, issue.path));
  const usable = known(structuredClone(inputs));
  for (const issue of issues) dropAt(usable, issue);
  return [
    ...issues.flatMap((issue) => problemsOfIssue(issue, inputs, schemaOf(definition.inputs))),
    ...rotationProblems(usable),
    ...(definition.validate?.(usable) ?? []),
  ];
}

function rotationProblems({ keyRotation }: RotationInputs): Problem[] {
  const every = keyRotation?.every;
  const reason = every === undefined ? undefined : durationProblem(every);
  return reason === undefined ? [] : [{ path: "keyRotation.every", reason }];
}

/** Takes a wrong value out, so that rules across fields see only what is well formed. */
function dropAt(root: unknown, issue: z.core.$ZodIssue): void {
  const paths =
    issue.code === "unrecognized_keys" ? issue.keys.map((key) => [...issue.path, key]) : [issue.path];
  for (const path of paths) {
    const parent = path
      .slice(0, -1)
      .reduce<unknown>((value, step) => (value as Props | undefined)?.[step as string], root);
    const last = path.at(-1);
    if (last !== undefined && parent !== null && typeof parent === "object")
      (parent as Props)[last as string] = undefined;
  }
}

function problemsOfIssue(issue: z.core.$ZodIssue, inputs: Props, schema: SchemaNode): FoundProblem[] {
  if (issue.code === "unrecognized_keys") {
    const names = Object.entries(nodeAt(schema, issue.path).properties ?? {})
      .filter(([, node]) => !node.computed)
      .map(([name]) => name);
    return issue.keys.map((key) => ({
      path: formatPath([...issue.path, key]),
      reason: misspelt(key, names),
      isMisspelt: true as const,
    }));
  }
  const value = issue.path.reduce<unknown>(
    (parent, step) => (parent as Props | undefined)?.[step as string],
    inputs,
  );
  const about = nodeAt(schema, issue.path).description;
  const reason =
    value === undefined
      ? `is required${about ? `: ${about}` : ""}`
      : issue.message.replace(/^Invalid input: /, "");
  return [{ path: formatPath(issue.path), reason }];
}

/** More letters apart than this, and a suggestion is a guess. */
const TYPO_DISTANCE = 3;

function misspelt(key: string, names: string[]): string {
  const near = names.length > 0 ? closest(key, names) : "";
  if (near && distance(key, near) <= TYPO_DISTANCE) return `is not an input; did you mean \`${near}\`?`;
  return `is not an input. The inputs here are ${names.join(", ")}`;
}

function nodeAt(schema: SchemaNode, path: readonly PropertyKey[]): SchemaNode {
  return path.reduce<SchemaNode>(
    (node, step) => (typeof step === "number" ? node.items : node.properties?.[String(step)]) ?? {},
    schema,
  );
}

/** A path as a user would write it: `ladder.video[2].fps`. */
export function formatPath(path: readonly PropertyKey[]): string {
  return path
    .map((step, at) => (typeof step === "number" ? `[${step}]` : `${at > 0 ? "." : ""}${String(step)}`))
    .join("");
}
