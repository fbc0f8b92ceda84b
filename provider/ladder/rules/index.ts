/** The rules that hold for a ladder at any vendor. */
import type { Ladder } from "../ladder";
import { findings } from "../rule";
import type { Finding, LadderContext, Rule } from "../rule";
import { ladderView } from "../view";
import { audioRules, audiosRules } from "./audio";
import { bitrateRules } from "./bitrate";
import { choiceRules } from "./choice";
import { gopRules, gopsRules } from "./gop";
import { levelRules } from "./level";
import { numberRules } from "./numbers";
import { pictureRules, picturesRules } from "./picture";
import { profileRules } from "./profile";

/** In the order in which they are reported: those that one rung breaks by itself, then those across rungs. */
const all = [
  ...numberRules,
  ...pictureRules,
  ...bitrateRules,
  ...profileRules,
  ...levelRules,
  ...gopRules,
  ...audioRules,
  ...choiceRules,
  ...picturesRules,
  ...gopsRules,
  ...audiosRules,
] as const;

/** Every rule that no vendor adds, in the order in which they are reported. */
export const rules: readonly Rule[] = all;

/** Id of a rule that holds at any vendor: what `off` takes. */
export type RuleId = (typeof all)[number]["id"];

/** Holds a portable ladder against the rules. Paths are the ladder's own: `rungs[2].bitrateKbps`. */
export function checkLadder(ladder: Ladder, context: LadderContext = {}): Finding[] {
  return findings(rules, ladderView(ladder), context);
}
