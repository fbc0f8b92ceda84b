import { closest, distance } from "fastest-levenshtein";
import { z } from "zod";
import { resolveAccount } from "../calls/account";
import type { Definition, Problem, Props } from "../define";
import { ConfigError } from "../define/errors";
import { durationMs, dueGeneration, type KeyRotation, type RotationInputs } from "../define/rotation";
import { type SchemaNode, schemaOf, secretPaths } from "../define/schema";
import { isUnknown, isUnknownAt, known } from "../engine-values";
import { inputsOf } from "./state";
import { type ResourceType, typeOf } from "./resource-type";

/** What `check` answers: the inputs as they will be kept, and what is wrong with them. */
export interface Checked {
  inputs: Props;
  failures: { property: string; reason: string }[];
}

/**
 * Validates at preview, several problems at once, each on its path; unknown values pass. Applies defaults and computes
 * the key's generation, so that preview shows a rotation that is due.
 */
export function check(type: ResourceType, olds: Props, news: Props): Checked {
  const { definition, host } = type;
  const schema = schemaOf(definition.inputs);
  const inputs = withDefaults(schema, news) as Props;
  const problems = problemsOf(definition, inputs);
  for (const problem of problems.filter(({ severity }) => severity === "warning")) {
    host.warn(`${typeOf(type)} ${declaredAs(inputs)}${problem.path}: ${problem.reason}`);
  }
  const failures = problems
    .filter(({ severity }) => severity !== "warning")
    .map((problem) => failure(schema, problem));
  failures.push(...accountFailures(type, inputs));
  if (failures.length === 0 && definition.rotation) inputs.keyGeneration = generation(type, olds, inputs);
  return { inputs, failures };
}

/** A missing credential is said at preview, with every other problem, and not in the middle of an `up`. */
function accountFailures({ vendor, host }: ResourceType, { account }: Props): Checked["failures"] {
  if (isUnknown(account) || (account !== undefined && typeof account !== "string")) return [];
  try {
    resolveAccount(vendor, account, host.settings);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return [{ property: "", reason: error.message }];
  }
}

/** The resource's name in the program, which the engine does not tell a provider. */
function declaredAs({ origin }: Props): string {
  return typeof origin === "string" ? `${origin.split("/").at(-1) ?? ""}: ` : "";
}

/** Inputs with the declared defaults, at every depth. */
function withDefaults(node: SchemaNode, value: unknown): unknown {
  if (value === undefined) return node.default;
  if (isUnknown(value) || value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map((item: unknown) => withDefaults(node.items ?? {}, item));
  const completed: Props = { ...(value as Props) };
  for (const [name, child] of Object.entries(node.properties ?? {})) {
    const member = withDefaults(child, completed[name]);
    if (member !== undefined) completed[name] = member;
  }
  return completed;
}

/** A problem as found at preview. */
interface Found extends Problem {
  isMisspelt?: true;
}

/** Everything that is to be said against inputs, warnings included. */
export function problemsOf(definition: Definition, inputs: Props): Found[] {
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
  if (every === undefined || durationMs(every) !== undefined) return [];
  return [
    {
      path: "keyRotation.every",
      reason: 'must be a duration of at least a minute, for example "30d" or "12h"',
    },
  ];
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

function problemsOfIssue(issue: z.core.$ZodIssue, inputs: Props, schema: SchemaNode): Found[] {
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
function formatPath(path: readonly PropertyKey[]): string {
  return path
    .map((step, at) => (typeof step === "number" ? `[${step}]` : `${at > 0 ? "." : ""}${String(step)}`))
    .join("");
}

/**
 * The engine prints the value of a property that a failure names (fact 20). So what is or holds a secret is named in
 * the text only, and so is what is no input at all: it may be the misspelt name of a secret.
 */
function failure(
  schema: SchemaNode,
  { path, reason, isMisspelt }: Found,
): { property: string; reason: string } {
  const holdsSecret = secretPaths(schema).some((secret) => {
    const secretPath = formatPath(secret);
    return path === secretPath || isWithin(path, secretPath) || isWithin(secretPath, path);
  });
  return holdsSecret || isMisspelt
    ? { property: "", reason: `${path}: ${reason}` }
    : { property: path, reason };
}

const isWithin = (path: string, outer: string): boolean =>
  path.startsWith(`${outer}.`) || path.startsWith(`${outer}[`);

function generation(type: ResourceType, olds: Props, inputs: Props): unknown {
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
 * inputs and without saying which resource it is (fact 10); what the program wrote is all that ties the two together.
 */
export function programKey({ definition }: ResourceType, inputs: Props): string {
  const { keyGeneration: _, ...program } = inputsOf(definition, inputs);
  return JSON.stringify(Object.entries(program).sort(([a], [b]) => (a < b ? -1 : 1)));
}
