import type { Props } from "../../provider/define";

/** Sample inputs of a resource, by which the contract suite tries it. `parent` is the id of the resource it needs. */
export interface Sample {
  /** Name of the resource of the same vendor that must exist first. */
  parent?: string;
  /** Just what is required. */
  minimal(parent: string): Props;
  /** Every input that can stand together. */
  full(parent: string): Props;
  /** Laid over `full`, what makes a create need more than the request that creates; nothing where it always does. */
  settles?: Props;
  /** Another value for each input of `full`, valid beside the rest; several inputs where they only change together. */
  changes(parent: string): Props[];
  /** What preview must refuse when it is laid over `full`, and the path that the failure must name. */
  wrong: { inputs: Props; path: string }[];
}

/** The samples of a vendor, by resource name. */
export type Samples = Record<string, Sample>;
