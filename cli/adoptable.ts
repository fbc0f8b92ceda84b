import { isDeepStrictEqual } from "node:util";
import type { Context, Definition, Problem, Props } from "../provider/define";
import { messageOf } from "../provider/define/errors";
import type { Api } from "../provider/define/api";
import { problemsOf } from "../provider/lifecycle";
import { isDelicate, type SchemaNode, schemaOf } from "../provider/define/schema";
import type { Vendor } from "../provider/define/vendor";
import type { Discovered } from "./discovered";
import { say } from "./output";
import type { StackView } from "./stack";

/** What an object at the vendor would be written as in a program. */

/** An object with the inputs that declare it and its outputs, secrets in clear; or why it cannot be declared. */
export type Adoptable =
  { object: Discovered; inputs: Props; outputs: Props } | { object: Discovered; problem: string };

/** What reading objects takes. */
export interface Source {
  vendor: Vendor;
  api: Api;
  /** Name of the account; undefined for the default one. */
  account: string | undefined;
  view: StackView;
  /** Whether optional secrets belong into the program. */
  showSecrets: boolean;
}

/** Reads an object and turns what the vendor reports into inputs that `check` accepts. */
export async function adoptable(object: Discovered, source: Source): Promise<Adoptable> {
  const { definition } = object;
  try {
    const seen = await definition.read(source.api, object.id, {}, context);
    const reported = declarable(schemaOf(definition.inputs), seen.inputs, source.showSecrets) as Props;
    const account = source.account;
    const inputs = accepted(definition, account === undefined ? reported : { ...reported, account });
    const [problem] = errorsIn(definition, inputs);
    return problem
      ? { object, problem: `${problem.path} ${problem.reason}` }
      : { object, inputs, outputs: seen.outputs };
  } catch (error) {
    return { object, problem: messageOf(error) };
  }
}

const context: Context = { progress: say, warn: say, interruptLive: false };

/** The reported value as a user would write it: without what is unset, empty, a default, computed, or a secret one may omit. */
function declarable(node: SchemaNode, value: unknown, showSecrets: boolean): unknown {
  if (value === null || value === undefined || isDeepStrictEqual(value, node.default)) return undefined;
  if (Array.isArray(value))
    return value.map((item: unknown) => declarable(node.items ?? {}, item, showSecrets));
  if (typeof value !== "object" || !node.properties) return value;
  const members = Object.entries(node.properties)
    .filter(([, child]) => !child.computed)
    .filter(([name, child]) => !isDelicate(child) || showSecrets || node.required?.includes(name))
    .map(([name, child]) => [name, declarable(child, (value as Props)[name], showSecrets)] as const)
    .filter(([name, member]) => Boolean(node.required?.includes(name)) || !isDeepStrictEqual(member, {}));
  return Object.fromEntries(members.filter(([, member]) => member !== undefined));
}

/** Without the optional inputs that stand in the way: what a program leaves unset stays at the vendor as it is. */
function accepted(definition: Definition, reported: Props): Props {
  const required = schemaOf(definition.inputs).required ?? [];
  let inputs = reported;
  for (const name of Object.keys(reported).filter(
    (input) => !required.includes(input) && input !== "account",
  )) {
    const problems = errorsIn(definition, inputs).length;
    if (problems === 0) break;
    const { [name]: _, ...rest } = inputs;
    if (errorsIn(definition, rest).length < problems) inputs = rest;
  }
  return inputs;
}

/** What preview would refuse. */
const errorsIn = (definition: Definition, inputs: Props): Problem[] =>
  problemsOf(definition, inputs).filter(({ severity }) => severity !== "warning");
