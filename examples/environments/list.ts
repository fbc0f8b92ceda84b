import { readFileSync } from "node:fs";
import { z } from "zod";

/** The list of environments: everything that is wrong with it is said before anything runs. */

/** What each vendor wants to know, by the names of the package's stack config. */
const credentialsOf = {
  aioz: ["publicKey", "secretKey"],
  uiza: ["apiKey"],
} as const;

const environment = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z][a-z0-9-]*$/, "must be lower-case letters, digits and dashes: it names a stack"),
  vendor: z.enum(Object.keys(credentialsOf) as (keyof typeof credentialsOf)[], {
    error: `must be one of ${Object.keys(credentialsOf).join(", ")}`,
  }),
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

/** Nothing was run; the message has a line for each thing to mend. */
export class NotStarted extends Error {
  override readonly name = "NotStarted";
}

/**
 * Reads the list.
 * @param chosen the environments whose credentials are needed; all when unset
 * @throws NotStarted with every problem, by the environment's name: a wrong field, an unknown vendor, twice the same name, a
 * credential that is not set.
 */
export function readList(file: string, variables: NodeJS.ProcessEnv, chosen?: string[]): Environment[] {
  const content = contentOf(file);
  const right = content.flatMap((entry) => environment.safeParse(entry).data ?? []);
  const needed = right.filter(({ name }) => chosen?.includes(name) ?? true);
  const problems = [
    ...twice(content.map(nameOf)),
    ...content.flatMap(wrongFields),
    ...needed.flatMap((entry) => missing(entry, variables)),
  ];
  if (problems.length > 0) throw new NotStarted(`${file} is not right:\n${problems.join("\n")}`);
  return right;
}

function contentOf(file: string): unknown[] {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new NotStarted(`${file} cannot be read as JSON: ${(error as Error).message}`);
  }
  if (!Array.isArray(content)) throw new NotStarted(`${file} is not a list: it must begin with [`);
  return content;
}

/** How an entry is spoken of, wrong ones too. */
function nameOf(entry: unknown, at: number): string {
  const named = z.object({ name: z.string() }).safeParse(entry);
  return named.success ? named.data.name : `entry ${at + 1}`;
}

function wrongFields(entry: unknown, at: number): string[] {
  const issues = environment.safeParse(entry).error?.issues ?? [];
  return issues.map(({ path, message }) => `✖ ${[nameOf(entry, at), ...path].join(": ")}: ${message}`);
}

function twice(names: string[]): string[] {
  const repeated = new Set(names.filter((name, at) => names.indexOf(name) < at));
  return [...repeated].map((name) => `✖ two environments are called ${name}; each is a stack of its own`);
}

/** The credentials of an environment that are not set, a line each. */
export function missing(entry: Environment, variables: NodeJS.ProcessEnv): string[] {
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
