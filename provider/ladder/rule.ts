/** What a rule is, what it finds, and how a set of rules is run. */
import { isUnknown } from "../engine-values";
import { number } from "./view";
import type { LadderView, RungField, RungView, Value } from "./view";

/**
 * `error`: a hard fact, the vendor refuses it or players fail. `warning`: taste, a ladder may be meant so. `note`: nothing is
 * wrong, but it is worth knowing.
 */
export type Severity = "error" | "warning" | "note";

/** A change that makes a finding go away. Several of one finding go together. */
export interface Suggestion {
  /** Where, as the finding's own path. */
  readonly path: string;
  /** The value to write there; without one the property, or the rung, is to be taken out. */
  readonly value?: Value;
}

/** Something a rule has against a ladder. One cause is one finding, however many rungs show it. */
export interface Finding {
  /** Id of the rule, the word that switches it off. */
  readonly rule: string;
  readonly severity: Severity;
  /** Where, relative to the ladder property: `video[2].bitrateKbps`. Empty for the ladder as a whole. */
  readonly path: string;
  /** What is wrong, why, and the value that would pass. */
  readonly message: string;
  /** Names of all the rungs that show it, the first where `path` is. Empty for the ladder as a whole. */
  readonly rungs: readonly string[];
  /** What would pass, for a program to apply: every change of it. Absent where there is more than one good way. */
  readonly suggest?: readonly Suggestion[];
}

/** What is known of the stream around the ladder. A member that is there and undefined is not known yet. */
export interface LadderContext {
  /** `video` or `audio`, where the vendor has such a mode. */
  readonly mode?: string;
  /** Length of a media segment in seconds, where it is known. */
  readonly segmentSeconds?: number;
  /** Container of the segments: `mpegts` or `fmp4`, where it is known. */
  readonly segmentFormat?: string;
  /** Rules that are switched off: `bits-per-pixel` everywhere, `bits-per-pixel@240p30` for the rung of that name or path. */
  readonly off?: readonly string[];
}

/** One rung's share in what a rule has found. */
export interface Fault {
  readonly path: string;
  /** What is wrong, without the name of the rung. */
  readonly message: string;
  /** The rung that is meant; undefined for the ladder as a whole. */
  readonly rung?: RungView;
  readonly field?: RungField;
  /** Faults of a rule with the same cause are one finding. Without one, each is its own. */
  readonly cause?: string;
  readonly suggest?: readonly Suggestion[];
  /** Where it is not the rule's own. */
  readonly severity?: Severity;
}

/** One rule. It never throws, and finds nothing that an unknown value could make right. */
export interface Rule {
  /** Stable, kebab-case. */
  readonly id: string;
  readonly severity: Severity;
  /** The rule and its reason, in one sentence. */
  readonly about: string;
  /** Where it comes from: document, section, version. */
  readonly source: string;
  /** Fields it decides by. It is not shown rungs in which one of them is not known yet. */
  readonly reads: readonly RungField[];
  /** It only speaks when nothing of `reads` is unknown in any rung: a rung yet unknown could make it right. */
  readonly needsAll?: true;
  /** It is not shown rungs in which one of these rules, which come before it, has found something: one cause, one finding. */
  readonly unless?: readonly string[];
  readonly check: (view: LadderView, context: KnownContext) => Fault[];
}

/** The context as rules see it. */
export interface KnownContext extends LadderContext {
  /** True when the length of a segment is not known yet, rather than not stated. */
  readonly isSegmentOpen: boolean;
}

/** A fault with its rule. */
export interface FoundFault extends Fault {
  readonly rule: string;
  readonly severity: Severity;
}

/** What a set of rules has against each rung of a ladder, in the order of the rules. */
export function faults(rules: readonly Rule[], view: LadderView, given: LadderContext = {}): FoundFault[] {
  const context = knownContext(given);
  const found: FoundFault[] = [];
  for (const rule of rules) {
    const { id, severity, unless = [] } = rule;
    const explained = found.filter((fault) => unless.includes(fault.rule)).map(({ rung }) => rung);
    const rungs = view.rungs.filter((rung) => !explained.includes(rung));
    for (const fault of check(rule, { ...view, rungs }, context)) {
      if (!isOff(id, fault.rung, context.off ?? [])) found.push({ rule: id, severity, ...fault });
    }
  }
  return found;
}

function check({ reads, needsAll, check }: Rule, view: LadderView, context: KnownContext): Fault[] {
  const rungs = view.rungs.filter((rung) => !reads.some((field) => rung.isOpen(field)));
  if (needsAll && (view.isOpen || rungs.length < view.rungs.length)) return [];
  return check({ ...view, rungs }, context);
}

function knownContext(given: LadderContext): KnownContext {
  // At preview the length may be the engine's unknown, which is a string.
  const seconds = number(given.segmentSeconds) ?? 0;
  return {
    ...given,
    segmentSeconds: seconds > 0 ? seconds : undefined,
    isSegmentOpen:
      "segmentSeconds" in given && (given.segmentSeconds === undefined || isUnknown(given.segmentSeconds)),
  };
}

function isOff(rule: string, rung: RungView | undefined, off: readonly string[]): boolean {
  return off.some((entry) => {
    const [id, ...rest] = entry.split("@");
    if (id !== rule) return false;
    return rest.length === 0 || (rung !== undefined && [rung.label, rung.at()].includes(rest.join("@")));
  });
}

/** Everything that a set of rules has against a ladder, in the order of the rules, one finding a cause. */
export function findings(rules: readonly Rule[], view: LadderView, context: LadderContext = {}): Finding[] {
  const causes = new Map<string, FoundFault[]>();
  faults(rules, view, context).forEach((fault, index) => {
    const key = JSON.stringify([fault.rule, fault.severity, fault.cause ?? index]);
    causes.set(key, [...(causes.get(key) ?? []), fault]);
  });
  return [...causes.values()].flatMap((shares) => finding(shares));
}

function finding(shares: readonly FoundFault[]): Finding[] {
  const [first, ...others] = shares;
  if (first === undefined) return [];
  const { rule, severity, path, message, rung } = first;
  const labels = shares.flatMap((share) => share.rung?.label ?? []);
  const also =
    others.length === 0
      ? ""
      : ` (also ${labels
          .slice(1)
          .map((label) => `"${label}"`)
          .join(", ")})`;
  const suggest = shares.every((share) => share.suggest !== undefined)
    ? shares.flatMap((share) => share.suggest ?? [])
    : undefined;
  return [
    {
      rule,
      severity,
      path,
      message: rung === undefined ? message : `rung "${rung.label}"${also}: ${message}`,
      rungs: labels,
      ...(suggest === undefined ? {} : { suggest }),
    },
  ];
}

/** What a fault says beside its message. */
export interface FaultDetails {
  readonly cause?: string;
  /** The value of the field, in the unit of the portable ladder, that would pass. */
  readonly use?: Value;
  /** Changes of other fields that would pass. */
  readonly suggest?: readonly Suggestion[];
  readonly severity?: Severity;
}

/** A fault at one field of a rung. */
export function fault(
  rung: RungView,
  field: RungField,
  message: string,
  { use, suggest, ...details }: FaultDetails = {},
): Fault {
  const change = use === undefined ? suggest : [...(suggest ?? []), put(rung, field, use)];
  return {
    path: rung.at(field),
    message,
    rung,
    field,
    ...details,
    ...(change === undefined ? {} : { suggest: change }),
  };
}

/** The suggestion to write a value, in the unit of the portable ladder, at a field. */
export function put(rung: RungView, field: RungField, value: Value): Suggestion {
  return { path: rung.at(field), value: rung.write(field, value) };
}

/** A fault of a whole rung, which is to be taken out. */
export function surplus(rung: RungView, message: string, cause?: string): Fault {
  return {
    path: rung.at(),
    message,
    rung,
    suggest: [{ path: rung.at() }],
    ...(cause === undefined ? {} : { cause }),
  };
}

/** A number as people write it: at most three decimals. */
export function formatNumber(value: number): string {
  return String(Math.round(value * 1000) / 1000);
}

/** A check that looks at one rung after the other. */
export function eachRung(check: (rung: RungView, context: KnownContext) => Fault[]): Rule["check"] {
  return ({ rungs }, context) => rungs.flatMap((rung) => check(rung, context));
}

/** Fields of a rung that hold a number. */
export type NumberField =
  | "width"
  | "height"
  | "fps"
  | "bitrateKbps"
  | "peakBitrateKbps"
  | "bufferKbit"
  | "gopFrames"
  | "refFrames"
  | "bFrames";

/** True when a rung has all these numbers, each above zero. */
export function has<F extends NumberField>(
  rung: RungView,
  ...fields: F[]
): rung is RungView & Record<F, number> {
  return fields.every((field) => (rung[field] ?? 0) > 0);
}
