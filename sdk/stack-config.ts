import { closest, distance } from "fastest-levenshtein";
import { stackKeys, vendorKeys } from "./config-keys";

/**
 * Config that nobody reads. Pulumi takes any key, so a misspelt `rotateAll` would look like a rotation of every key, and
 * rotate none. That is an error of the program's run, once, before anything is made.
 */

const OURS = "streamkeys";
const allKeys = [...vendorKeys, ...stackKeys];

/**
 * What is wrong with the keys (`namespace:name`) of a stack's config: a sentence and a command for each key that was
 * meant for this package and that nothing reads. Undefined when there is none.
 */
export function unreadConfig(keys: Iterable<string>, project: string): string | undefined {
  const problems = [...keys].flatMap((key) => problemOf(key, project) ?? []);
  if (problems.length === 0) return undefined;
  const known = allKeys.map((name) => `${OURS}:${name}`).join(", ");
  return `The stack config holds what nobody reads.\n${problems.join("\n")}\nThe keys are: ${known}.`;
}

/** What is suspicious, and may be right: a key of the program's own that is called like one of ours. */
export function doubtfulConfig(keys: Iterable<string>, project: string): string | undefined {
  const all = [...keys];
  const meant = all.find((key) => key.toLowerCase() === `${project}:rotateAll`.toLowerCase());
  if (meant === undefined || project === OURS || all.includes(`${OURS}:rotateAll`)) return undefined;
  return `${meant} is a setting of the program's own, and rotates no key. To rotate every key: pulumi config set ${OURS}:rotateAll <text>`;
}

function problemOf(key: string, project: string): string | undefined {
  const [namespace, name] = split(key);
  if (namespace === OURS ? allKeys.includes(name) : namespace === project || !looksLikeOurs(namespace))
    return;
  const [head = "", ...field] = name.split(".");
  const near = closest(
    head.toLowerCase(),
    allKeys.map((known) => known.toLowerCase()),
  );
  const meant = allKeys.find((known) => known.toLowerCase() === near && isNear(head, known));
  const remove = `pulumi config rm '${key}'`;
  if (meant !== undefined) {
    const isField = namespace === OURS && meant === head && field.length > 0;
    const why = isField ? "without --path it is a key of its own." : `did you mean ${OURS}:${meant}?`;
    return `- ${key}: ${why} Run: ${setCommand(meant, field)} && ${remove}`;
  }
  // A project that bears our name has settings of its own, and only what looks like one of ours is in doubt.
  return project === OURS ? undefined : `- ${key}: there is no such key. To remove it: ${remove}`;
}

function setCommand(key: string, field: string[]): string {
  if (!vendorKeys.includes(key)) return `pulumi config set ${OURS}:${key} <text>`;
  const path = [`${OURS}:${key}`, ...(field.length > 0 ? field : ["<field>"])].join(".");
  return `pulumi config set --secret --path '${path}' <value>`;
}

/** Namespace and name. The name may hold further colons. */
function split(key: string): [string, string] {
  const colon = key.indexOf(":");
  return [key.slice(0, colon), key.slice(colon + 1)];
}

/** More letters apart than these, and a suggestion is a guess. */
const isNear = (written: string, known: string): boolean =>
  distance(written.toLowerCase(), known.toLowerCase()) <= Math.min(3, known.length / 2);

/** `streamkey`, `stream-keys`, `StreamKeys`, and the name of the package. */
const looksLikeOurs = (namespace: string): boolean =>
  distance(namespace.toLowerCase().replace(/^pulumi-/, ""), OURS) <= 2;
