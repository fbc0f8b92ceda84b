import { resolveAccount } from "../calls/account";
import type { Definition, Problem, Props } from "../define";
import { ConfigError } from "../define/errors";
import type { KeyRotation } from "../define/rotation";
import { type SchemaNode, schemaOf } from "../define/schema";
import { isUnknown } from "../engine-values";
import { announce } from "./generation";
import { rememberDeclared, rememberKnown } from "./ownership";
import { problemsOf } from "./problems";
import { declaredName, type ResourceType } from "./resource-type";
import { rememberSecrets } from "./secrets";
import type { ThisRun } from "./run";

/** What `check` answers: the inputs as they will be kept, and what is wrong with them. */
export interface Checked {
  inputs: Props;
  problems: Problem[];
}

/**
 * Validates at preview, several problems at once, each on its path; unknown values pass. Applies defaults and computes
 * the key's generation, so that preview shows a rotation that is due.
 */
export function check(type: ResourceType, olds: Props, news: Props): Checked {
  const { program, thisRun } = taken(type, olds, news);
  const { inputs, problems } = validate(type, olds, program);
  return { inputs: problems.length > 0 ? inputs : withGeneration(type, olds, inputs, thisRun), problems };
}

/** The inputs as `check` leaves them, of a program that has been validated. */
export function recheck(type: ResourceType, olds: Props, news: Props): Props {
  const { program, thisRun } = taken(type, olds, news);
  return withGeneration(type, olds, declared(type, olds, program), thisRun);
}

/** What the program says of the resource, and what it says of this run. */
function taken(type: ResourceType, olds: Props, news: Props): { program: Props; thisRun: ThisRun } {
  // A create has no old inputs; nor has the create half of a replacement (docs/engine.md, fact 10).
  if (Object.keys(olds).length > 0) rememberKnown(type, olds, news);
  const { thisRun = {}, ...program } = news as Props & { thisRun?: ThisRun };
  type.host.run.isPreview = thisRun.preview === true;
  return { program, thisRun };
}

function withGeneration(type: ResourceType, olds: Props, inputs: Props, thisRun: ThisRun): Props {
  if (!type.definition.rotation) return inputs;
  return { ...withoutLeads(inputs), keyGeneration: announce(type, olds, inputs, thisRun) };
}

/** Validates what the program says, and shows the warnings; of a key it says nothing. */
export function validate(type: ResourceType, olds: Props, program: Props): Checked {
  const { definition, host } = type;
  const inputs = declared(type, olds, program);
  const found = problemsOf(definition, inputs);
  for (const { path, reason } of found.filter(isWarning)) {
    host.warn(`${path}: ${reason}`);
  }
  return {
    inputs,
    problems: [...found.filter((problem) => !isWarning(problem)), ...accountProblems(type, inputs)],
  };
}

/** The inputs that the program declares, which the run remembers. */
function declared(type: ResourceType, olds: Props, program: Props): Props {
  rememberSecrets(type.definition, program);
  rememberDeclared(type, program);
  return completed(type.definition, olds, program);
}

/** What the program says, with the name and the defaults that it leaves out. */
export function completed(definition: Definition, olds: Props, program: Props): Props {
  return withDefaults(schemaOf(definition.inputs), withName(definition, olds, program)) as Props;
}

/** That a key leads is kept in its generation: an input that older states lack would be a change to each of them. */
function withoutLeads(inputs: Props): Props {
  const { leads, ...keyRotation } = (inputs.keyRotation ?? {}) as KeyRotation;
  return leads === undefined ? inputs : { ...inputs, keyRotation };
}

const isWarning = ({ severity }: Problem): boolean => severity === "warning";

/** A missing credential is said at preview, with every other problem, and not in the middle of an `up`. */
function accountProblems({ vendor, host }: ResourceType, { account }: Props): Problem[] {
  if (isUnknown(account) || (account !== undefined && typeof account !== "string")) return [];
  try {
    resolveAccount(vendor, account, host.settings);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return [{ path: "", reason: error.message }];
  }
}

/**
 * Where the program leaves the name out, the object keeps the name it has, so that renaming the resource (with an alias)
 * changes nothing at the vendor; a new one is called as the resource is.
 */
function withName({ inputs }: Definition, olds: Props, news: Props): Props {
  const [input] = Object.keys(inputs).filter((name) => inputs[name]?.meta()?.namedAfterResource);
  if (input === undefined || news[input] !== undefined) return news;
  return { ...news, [input]: olds[input] ?? declaredName(news) };
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
