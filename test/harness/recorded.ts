import { readFileSync } from "node:fs";
import type { StateResource, TestStack } from "./stack";

/** The objects at the vendors of which a recorded state tells. */

interface Recorded {
  deployment: { resources?: StateResource[] };
}

/**
 * Data of the sandbox in which the objects of a recorded state are: those that the same program has made anew, with the ids,
 * keys and dates of the recorded ones.
 * @param made a stack with what the program of the recorded state has made
 * @param data the sandbox's data after that
 */
export async function dataOf(recorded: string, made: TestStack, data: object): Promise<object> {
  const { deployment } = JSON.parse(readFileSync(recorded, "utf8")) as Recorded;
  const then = new Map((deployment.resources ?? []).map((resource) => [nameOf(resource), resource]));
  const pairs = new Map<string, string>();
  for (const resource of await made.exported()) {
    const before = then.get(nameOf(resource));
    if (!before) throw new Error(`${resource.urn} is not in the recorded state`);
    pair(inClear(resource), inClear(before), pairs);
  }
  // The longest first: an id may be part of an address.
  const all = [...pairs].sort(([a], [b]) => b.length - a.length);
  const text = all.reduce(
    (rest, [now, before]) => rest.replaceAll(quoted(now), quoted(before)),
    JSON.stringify(data),
  );
  return JSON.parse(text) as object;
}

const nameOf = ({ urn }: StateResource): string => urn.split("::").slice(2).join("::");
const quoted = (text: string): string => JSON.stringify(text).slice(1, -1);

/** Id and outputs. */
const inClear = ({ id, outputs }: StateResource): unknown =>
  JSON.parse(JSON.stringify({ id, outputs }), (_, value: unknown) => {
    const { plaintext } = (value ?? {}) as { plaintext?: string };
    return plaintext === undefined ? value : (JSON.parse(plaintext) as unknown);
  });

/** Notes each text that stands in the place of another. */
function pair(now: unknown, before: unknown, pairs: Map<string, string>): void {
  if (typeof now === "string" && typeof before === "string") {
    if (now !== before && now.length >= SHORTEST) pairs.set(now, before);
  } else if (now !== null && typeof now === "object" && before !== null && typeof before === "object") {
    for (const [key, value] of Object.entries(now))
      if (!OURS.includes(key)) pair(value, (before as Record<string, unknown>)[key], pairs);
  }
}

const SHORTEST = 3;
/** What the vendors do not know. */
const OURS = ["__provider", "origin", "seenWith", "keyGeneration"];
