import type { Vendor } from "../define/vendor";
import type { Definition } from "../define";
import { setNameOf } from "../define/set";
import { type Host, type ResourceType, resourceTypeOf } from "../lifecycle";

/** A set at work in one process. As a resource type it speaks for the set; its items have a type of their own. */
export interface SetType extends ResourceType {
  /** The Definition of the items. */
  of: Definition;
  /** Names of the items that the last run's program had, by the set's origin, as `check` saw them. */
  written: Map<string, string[]>;
}

/** Sets a set to work. */
export function setTypeOf(vendor: Vendor, definition: Definition, host: Host): SetType {
  const type = resourceTypeOf(vendor, definition, host);
  const { definition: of } = type;
  return { ...type, of, written: new Map(), definition: { ...of, name: setNameOf(of.name) } };
}

/**
 * The resource type of one item: that of a single resource, which says the item's name with whatever it says. How it is
 * getting on is not told item by item.
 */
export function itemTypeOf(set: SetType, name: string, host: Partial<Host> = {}): ResourceType {
  const { of, written: _, ...type } = set;
  return {
    ...type,
    definition: of,
    host: {
      ...set.host,
      warn: (message) => {
        set.host.warn(`${name}: ${message}`);
      },
      progress: () => undefined,
      ...host,
    },
  };
}
