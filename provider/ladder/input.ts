import { closest } from "fastest-levenshtein";
import { z } from "zod";
import type { Finding } from "./rule";
import { rules } from "./rules";

/** How a resource with a ladder takes part: the input that switches rules off, and findings on the user's own paths. */

/** The input `ladderRulesOff` of a resource whose vendor adds `vendorRules`. */
export function ladderRulesOff(vendorRules: readonly { readonly id: string }[]) {
  const ids = [...rules, ...vendorRules].map(({ id }) => id);
  return z
    .array(
      z.string().check((issue) => {
        const reason = problemOfOff(issue.value, ids);
        if (reason !== undefined) issue.issues.push({ code: "custom", message: reason, input: issue.value });
      }),
    )
    .describe(
      "Ladder rules that are not to be reported, by id, or for one rung as `<id>@<name or path of the rung>`; " +
        "docs/ladder-reference.md lists them.",
    )
    .meta({ ours: true, unordered: true })
    .optional();
}

/** What is wrong with an entry of `off`: `bits-per-pixel`, or `bits-per-pixel@240p30` for one rung. */
export function problemOfOff(entry: string, ids: readonly string[]): string | undefined {
  const [id = "", ...rung] = entry.split("@");
  if (!ids.includes(id)) return `is no rule; did you mean "${closest(id, [...ids])}"?`;
  return rung.length > 0 && rung.join("@") === "" ? `name the rung behind the @: "${id}@720p30"` : undefined;
}

/** What is wrong with the ladder in the input called `property`. Notes are for whoever looks at a ladder, not for a run. */
export function ladderProblems(
  property: string,
  findings: readonly Finding[],
): { path: string; reason: string; severity?: "warning" }[] {
  return findings
    .filter(({ severity }) => severity !== "note")
    .map(({ path, message, rule, severity }) => ({
      path: `${property}${path === "" || path.startsWith("[") ? "" : "."}${path}`,
      reason: `${message} (${rule})`,
      ...(severity === "warning" ? { severity } : {}),
    }));
}
