import { vendors } from "../../../provider/vendors";
import { setNameOf } from "../../../provider/define/set";
import type { Row } from "./cell";
import { operationsOfSet } from "./of-set";
import { operationsOf } from "./single";

/**
 * The fault matrix: each resource and each set, each thing that is done with it, each kind of wrong answer. What must follow
 * is one rule for all cells: what is said to be done is done, what goes into state is what the vendor has, nothing is made
 * twice, nothing is dropped that is there, and what is said of it is a sentence without secrets.
 */

export { type Cell, type Row, tryRow } from "./cell";
export { legend, type Mark } from "./operation";

/** Everything that is done with every resource, and with every set. */
export const rows: Row[] = vendors.flatMap((vendor) =>
  vendor.resources.flatMap((definition) =>
    [
      { operations: operationsOf, name: definition.name, isOfSet: false },
      { operations: operationsOfSet, name: setNameOf(definition.name), isOfSet: true },
    ].flatMap(({ operations, name, isOfSet }) =>
      operations(vendor, definition, "another").map((operation) => ({
        resource: `${vendor.name}.${name}`,
        ...{ vendor, definition, operation, operations, isOfSet },
      })),
    ),
  ),
);

/** The names of the faults of a row, in their order. */
export const faultsOf = ({ operation }: Row): string[] => operation.faults.map(({ name }) => name);
