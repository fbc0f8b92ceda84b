import { closest, distance } from "fastest-levenshtein";
import { z } from "zod";
import type { Definition, Problem, Props } from "../define";
import { durationProblem, type RotationInputs } from "../define/rotation";
import { schemaOf } from "../define/schema";
import { unkeepable } from "./state";
import { isUnknownAt, known } from "../engine-values";
import { markedPaths, nodeAt, quoted } from "./harmless";

/** What is wrong with inputs, each on the path that a user would write. */

const validators = new WeakMap<Definition, z.ZodObject>();

/** What validates inputs; made once a Definition, because each check asks for it. */
function validatorOf(definition: Definition): z.ZodObject {
  let validator = validators.get(definition);
  if (!validator) validators.set(definition, (validator = z.strictObject(definition.inputs)));
  return validator;
}

/** Everything that is to be said against inputs, warnings included. */
export function problemsOf(definition: Definition, inputs: Props): Problem[] {
  const unheld = unkeepable(inputs);
  if (unheld.length > 0) return unheld.map(({ path, reason }) => ({ path: formatPath(path), reason }));
  const result = validatorOf(definition).safeParse(inputs);
  const issues = (result.error?.issues ?? []).filter((issue) => !isUnknownAt(inputs, issue.path));
  const usable = known(structuredClone(inputs));
  for (const issue of issues) dropAt(usable, issue);
  return [
    ...issues.flatMap((issue) => problemsOfIssue(definition, issue, inputs)),
    ...rotationProblems(usable),
    ...(definition.validate?.(usable) ?? []).map((problem) => withoutSecret(problem, inputs)),
  ];
}

/** A rule may quote what it judges, so where that is or holds something marked secret, only the place is told. */
function withoutSecret(problem: Problem, inputs: Props): Problem {
  const isMarked = markedPaths(inputs)
    .map(formatPath)
    .some((marked) => isWithin(problem.path, marked) || isWithin(marked, problem.path));
  if (!isMarked) return problem;
  return { ...problem, reason: "is not right. The program marks it as secret, so more is not shown" };
}

const isWithin = (path: string, outer: string): boolean =>
  path === outer || path.startsWith(`${outer}.`) || path.startsWith(`${outer}[`);

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

function problemsOfIssue(definition: Definition, issue: z.core.$ZodIssue, inputs: Props): Problem[] {
  const node = nodeAt(schemaOf(definition.inputs), issue.path);
  if (issue.code === "unrecognized_keys") {
    const names = Object.entries(node.properties ?? {})
      .filter(([, child]) => !child.computed)
      .map(([name]) => name);
    return issue.keys.map((key) => ({
      path: formatPath([...issue.path, key]),
      reason: strayReason(issue.path, key) ?? misspelt(key, names),
    }));
  }
  const value = issue.path.reduce<unknown>(
    (parent, step) => (parent as Props | undefined)?.[step as string],
    inputs,
  );
  const path = formatPath(issue.path);
  if (value === undefined)
    return [{ path, reason: `is required${node.description ? `: ${node.description}` : ""}` }];
  const near = issue.code === "invalid_value" ? nearest(value, issue.values.map(String)) : undefined;
  // What is nearly a member of an enum is meant as one.
  const isShown = quoted(definition, inputs, issue.path, near ?? value) !== undefined;
  const written = isShown ? ` (it is ${JSON.stringify(value)})` : "";
  const hint = near === undefined ? "" : `; did you mean ${JSON.stringify(near)}?`;
  return [{ path, reason: `${allowed(issue)}${written}${hint}` }];
}

/** What is right elsewhere. */
function strayReason(path: readonly PropertyKey[], key: string): string | undefined {
  const isAtOnce = formatPath([...path, key]) === "keyRotation.atOnce";
  return isAtOnce
    ? "is for sets, in their `defaults.keyRotation`: a single key has nobody to wait for"
    : undefined;
}

/** What would be right, in words. */
function allowed(issue: z.core.$ZodIssue): string {
  if (issue.code !== "invalid_value") return issue.message.replace(/^Invalid input: /, "");
  return `must be ${inWords(issue.values.map((value) => JSON.stringify(value)))}`;
}

const inWords = (words: string[]): string =>
  words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} or ${words.at(-1) ?? ""}`;

/** More letters apart than this, and a suggestion is a guess. */
const TYPO_DISTANCE = 3;

function misspelt(key: string, names: string[]): string {
  const near = nearest(key, names);
  if (near !== undefined) return `is not an input; did you mean \`${near}\`?`;
  return `is not an input. The inputs here are ${names.join(", ")}`;
}

/** The word that was probably meant: of a short word, less than half may be wrong. */
function nearest(written: unknown, words: string[]): string | undefined {
  if (typeof written !== "string" || words.length === 0) return undefined;
  const [low, near] = [written.toLowerCase(), closest(written, words)];
  const same = words.find((word) => word.toLowerCase() === low);
  if (same !== undefined) return same;
  const allowed = Math.min(TYPO_DISTANCE, near.length / 2);
  return distance(written, near) <= allowed || lettersOf(written) === lettersOf(near) ? near : undefined;
}

/** Letters in order: "fsp" has those of "fps", which no distance would call near in so short a word. */
const lettersOf = (word: string): string => Array.from(word.toLowerCase()).sort().join("");

/** A path as a user would write it: `ladder.video[2].fps`, `meta["some key"]`. */
export function formatPath(path: readonly PropertyKey[]): string {
  return path
    .map((step, at) => {
      if (typeof step === "number") return `[${step}]`;
      const name = String(step);
      return at > 0 && !/^[\w$]+$/.test(name) ? `[${JSON.stringify(name)}]` : `${at > 0 ? "." : ""}${name}`;
    })
    .join("");
}
