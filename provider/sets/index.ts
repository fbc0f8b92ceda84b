/** Sets: many objects as one resource, each of which passes through the lifecycle of a single one. Knows no vendor. */
export { check, foreseeAdoption } from "./check";
export { diff } from "./diff";
export { create, remove, update } from "./bring";
export { read } from "./read";
export { setTypeOf, type SetType } from "./set-type";
export { unpacked } from "./kept";
