import { z } from "zod";
import type { Finding } from "./rule";
import { rules } from "./rules";

/** How a resource with a ladder takes part: the input that switches rules off, and findings on the user's own paths. */

/** The input `ladderRulesOff` of a resource whose vendor adds `vendorRules`. */
export function ladderRulesOff(vendorRules: readonly { readonly id: string }[]) {
  const ids = [...rules, ...vendorRules].map(({ id }) => id);
  return z
    .array(z.enum(ids))
    .describe("Ladder rules that are not to be reported, by id; docs/ladders.md lists them.")
    .meta({ ours: true, unordered: true })
    .optional();
}

/** What is wrong with the ladder in the input called `property`. */
export function ladderProblems(
  property: string,
  findings: readonly Finding[],
): { path: string; reason: string; severity?: "warning" }[] {
  return findings.map(({ path, message, rule, severity }) => ({
    path: `${property}${path === "" || path.startsWith("[") ? "" : "."}${path}`,
    reason: `${message} (${rule})`,
    ...(severity === "warning" ? { severity } : {}),
  }));
}
