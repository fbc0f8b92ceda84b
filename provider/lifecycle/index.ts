/** Every rule of the engine, once, on plain objects. Knows neither Pulumi nor any vendor. */
export { check, type Checked } from "./check";
export { create, type Created } from "./create";
export { diff, type Difference } from "./diff";
export { formatPath, type FoundProblem, problemsOf } from "./problems";
export { read, type Found } from "./read";
export { reconcile, type Reconciled } from "./reconcile";
export { remove } from "./delete";
export { resourceTypeOf, type ResourceType, type Host } from "./resource-type";
export { stateOf } from "./state";
export { update } from "./update";
