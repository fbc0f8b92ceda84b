import type { Ladder } from "./ladder";
import type { Finding, LadderContext, Rule } from "./rule";

/** How one vendor writes a ladder. */
export interface Dialect {
  /** The vendor's name in programs: `tenbyte`. */
  readonly vendor: string;
  /** The vendor's name for people. */
  readonly title: string;
  /** The rules that the vendor adds to those of every ladder. */
  readonly rules: readonly Rule[];
  /** Fields of a rung that are lost in {@link convert}, because the vendor has none for them. */
  readonly losses: readonly string[];
  /** A portable ladder in the vendor's form. @throws LadderError listing what does not fit. */
  readonly convert: (ladder: Ladder) => unknown;
  /** Holds the vendor's form against every rule. Never throws. */
  readonly check: (form: unknown, context: LadderContext) => Finding[];
}
