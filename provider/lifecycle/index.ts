/** Every rule of the engine, once, on plain objects. Knows neither Pulumi nor any vendor. */
export { foreseeAdoption } from "./adopt";
export { check, type Checked, recheck } from "./check";
export { create, type Created } from "./create";
export { diff, type Difference } from "./diff";
export { sentenceOf, speakingFor } from "./messages";
export { problemsOf } from "./problems";
export { recall } from "./record";
export { read, type Found } from "./read";
export { type Kept, reconcile, type Reconciled } from "./reconcile";
export { remove } from "./delete";
export { declaredAs, resourceTypeOf, type ResourceType, type Host } from "./resource-type";
export { newRun, type Run } from "./run";
export { stateOf } from "./state";
export { update } from "./update";
