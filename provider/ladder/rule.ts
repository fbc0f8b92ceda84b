/** What a rule is, what it finds, and how a set of rules is run. */
import { number } from "./view";
import type { LadderView } from "./view";

/** `error`: a hard fact, the vendor refuses it or players fail. `warning`: taste, a ladder may be meant so. */
export type Severity = "error" | "warning";

/** Something a rule has against a ladder. */
export interface Finding {
  /** Id of the rule, the word that switches it off. */
  readonly rule: string;
  readonly severity: Severity;
  /** Where, relative to the ladder property: `video[2].bitrateKbps`. Empty for the ladder as a whole. */
  readonly path: string;
  /** What is wrong, why, and the value that would pass. */
  readonly message: string;
}

/** What is known of the stream around the ladder. */
export interface LadderContext {
  /** `video` or `audio`, where the vendor has such a mode. */
  readonly mode?: string;
  /** Length of a media segment in seconds, where it is known. */
  readonly segmentSeconds?: number;
  /** Container of the segments: `mpegts` or `fmp4`, where it is known. */
  readonly segmentFormat?: string;
  /** Ids of rules that are switched off. */
  readonly off?: readonly string[];
}

/** A finding before it carries its rule's name. */
export type Fault = Pick<Finding, "path" | "message">;

/** One rule. It never throws, and says nothing about what is unknown or absent. */
export interface Rule {
  /** Stable, kebab-case. */
  readonly id: string;
  readonly severity: Severity;
  /** The rule and its reason, in one sentence. */
  readonly about: string;
  /** Where it comes from: document, section, version. */
  readonly source: string;
  readonly check: (view: LadderView, context: LadderContext) => Fault[];
}

/** Everything that a set of rules has against a ladder, in the order of the rules. */
export function findings(rules: readonly Rule[], view: LadderView, given: LadderContext = {}): Finding[] {
  // At preview the segment length may be the engine's unknown, which is a string.
  const seconds = number(given.segmentSeconds) ?? 0;
  const context = { ...given, segmentSeconds: seconds > 0 ? seconds : undefined };
  return rules
    .filter(({ id }) => !context.off?.includes(id))
    .flatMap(({ id: rule, severity, check }) =>
      check(view, context).map((fault) => ({ rule, severity, ...fault })),
    );
}
