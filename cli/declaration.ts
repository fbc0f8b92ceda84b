import type { Props } from "../provider/define";
import type { Discovered } from "./discovered";

/** One resource of the program. */
export interface Declaration {
  object: Discovered;
  outputs: Props;
  /** Values, and code where a value comes from the config or from another resource. */
  inputs: Props;
  name: string;
  variable: string;
  /** What another resource writes to have its id. */
  reference: string;
  isReferredTo: boolean;
}
