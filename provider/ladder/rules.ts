/** The rules that hold for a ladder at any vendor. */
import type { Ladder } from "./ladder";
import { findings } from "./rule";
import type { Finding, LadderContext, Rule } from "./rule";
import { rulesAcrossRungs } from "./rules-across-rungs";
import { rulesOfARung } from "./rules-of-a-rung";
import { ladderView } from "./view";

/** Every rule that no vendor adds, in the order in which they are reported. */
export const rules: readonly Rule[] = [...rulesOfARung, ...rulesAcrossRungs];

/** Id of a rule that holds at any vendor: what `off` takes. */
export type RuleId = (typeof rulesOfARung)[number]["id"] | (typeof rulesAcrossRungs)[number]["id"];

/** Holds a portable ladder against the rules. Paths are the ladder's own: `rungs[2].bitrateKbps`. */
export function checkLadder(ladder: Ladder, context: LadderContext = {}): Finding[] {
  return findings(rules, ladderView(ladder), context);
}
