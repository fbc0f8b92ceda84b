import { readFileSync } from "node:fs";
import { z } from "zod";

/** The list of environments: read, and everything that is wrong with it said before anything runs. */

/** What each vendor wants to know, by the names of the package's stack config. */
const credentialsOf = {
  aioz: ["publicKey", "secretKey"],
  uiza: ["apiKey"],
} as const;

const environment = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z][a-z0-9-]*$/, "must be lower-case letters, digits and dashes: it names a stack"),
  vendor: z.enum(Object.keys(credentialsOf) as (keyof typeof credentialsOf)[]),
  channels: z
    .array(z.string().min(1))
    .min(1, "must name at least one channel")
    .refine((names) => new Set(names).size === names.length, "names a channel twice"),
  region: z.string().optional(),
  /** Beginning of the names of the variables that hold the credentials: `ACME` stands for `ACME_API_KEY` and so on. */
  credentials: z.string(),
});

/** One environment: a customer, a region, a review app. */
export type Environment = z.infer<typeof environment>;

/** The list is wrong; the message has a line for each thing to mend. */
export class WrongList extends Error {
  override readonly name = "WrongList";
}

/**
 * Reads the list.
 * @throws WrongList with every problem in it: twice the same name, an unknown vendor, a credential that is not set.
 */
export function readList(file: string, variables: NodeJS.ProcessEnv): Environment[] {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new WrongList(`${file} cannot be read as JSON: ${(error as Error).message}`);
  }
  const list = z.array(environment).safeParse(content);
  if (!list.success) throw new WrongList(`${file} is not right:\n${z.prettifyError(list.error)}`);
  const problems = [...twice(list.data), ...list.data.flatMap((entry) => missing(entry, variables))];
  if (problems.length > 0) throw new WrongList(`${file} is not right:\n${problems.join("\n")}`);
  return list.data;
}

function twice(list: Environment[]): string[] {
  const names = list.map(({ name }) => name);
  const repeated = new Set(names.filter((name, at) => names.indexOf(name) < at));
  return [...repeated].map((name) => `✖ two environments are called ${name}; each is a stack of its own`);
}

function missing(entry: Environment, variables: NodeJS.ProcessEnv): string[] {
  return Object.values(variablesOf(entry))
    .filter((variable) => !variables[variable])
    .map((variable) => `✖ ${entry.name}: the environment variable ${variable} is not set`);
}

/** The variable of each credential, by its name in the stack config: `secretKey` is in `ACME_SECRET_KEY`. */
export function variablesOf({ vendor, credentials }: Environment): Record<string, string> {
  const constant = (field: string): string => field.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
  return Object.fromEntries(
    credentialsOf[vendor].map((field) => [field, `${credentials}_${constant(field)}`]),
  );
}
