import type { Definition, Listed } from "../provider/define";
import type { StackResource } from "./stack";

/** One object at the vendor. */
export interface Discovered extends Listed {
  definition: Definition;
  /** The resource of the stack that manages it. */
  managedBy?: StackResource;
}
