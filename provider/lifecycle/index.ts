/** Every rule of the engine, once, on plain objects. Knows neither Pulumi nor any vendor. */
export { check, type Checked, problemsOf } from "./check";
export { create, type Created } from "./create";
export { diff, type Difference } from "./diff";
export { read, type Found } from "./read";
export { remove } from "./delete";
export { resourceTypeOf, type ResourceType, type Host } from "./resource-type";
export { update } from "./update";
