import type { Definition } from "../../provider/define";
import { atOnce } from "../../provider/define/rotation";
import { type SchemaNode, schemaOf } from "../../provider/define/schema";
import { setNameOf } from "../../provider/define/set";
import type { Vendor } from "../../provider/define/vendor";
import { writable } from "./names";
import { properties } from "./property-schema";

/** Sets in Pulumi's schema: derived, as their classes are. */

const SET_KEY_ROTATION = "SetKeyRotation";

/** Token of the set of a resource. */
export const setToken = (vendor: Vendor, { name }: Definition): string => token(vendor, setNameOf(name));

const token = (vendor: Vendor, name: string): string => `streamkeys:${vendor.name}:${name}`;

/** What an item and the defaults of a set may hold: every input of the resource, none of them required. */
export function setTypes(vendor: Vendor, definition: Definition): [string, unknown][] {
  const { name, inputs, rotation } = definition;
  const set = setNameOf(name);
  const described = properties(vendor, name, writable(schemaOf(inputs)));
  const adopt = { type: "string", description: "The vendor's id of an object that the item takes over." };
  const keyRotation = {
    ...described.keyRotation,
    $ref: `#/types/${token(vendor, SET_KEY_ROTATION)}`,
  };
  const object = (description: string, members: object): object => ({
    type: "object",
    description,
    properties: members,
  });
  return [
    [
      token(vendor, `${set}Item`),
      object(`An item of a ${set}: inputs of a ${name}. What it leaves out is taken from \`defaults\`.`, {
        ...withoutDefaults(described),
        import: adopt,
      }),
    ],
    [
      token(vendor, `${set}Defaults`),
      object(`What every item of a ${set} is that does not write it itself.`, {
        ...withoutDefaults(described),
        ...(rotation ? { keyRotation } : {}),
      }),
    ],
    ...(rotation
      ? [[token(vendor, SET_KEY_ROTATION), setKeyRotation(vendor, inputs)] as [string, unknown]]
      : []),
  ];
}

/** A default here would win over the set's `defaults`. */
function withoutDefaults(members: Record<string, object>): Record<string, object> {
  return Object.fromEntries(
    Object.entries(members).map(([name, member]) => [name, { ...member, default: undefined }]),
  );
}

function setKeyRotation(vendor: Vendor, inputs: Definition["inputs"]): unknown {
  const single: SchemaNode = schemaOf(inputs).properties?.keyRotation ?? {};
  const bound = schemaOf({ atOnce }).properties ?? {};
  return {
    type: "object",
    description: "When the keys of a set are rotated, and how many in one run.",
    properties: properties(vendor, SET_KEY_ROTATION, [...writable(single), ...Object.entries(bound)]),
  };
}

/** The set of a resource. */
export function setResource(vendor: Vendor, definition: Definition): unknown {
  const set = setNameOf(definition.name);
  const inputProperties = {
    items: {
      type: "object",
      additionalProperties: { $ref: `#/types/${token(vendor, `${set}Item`)}` },
      description: "The items, by name. A name stands for the item for ever: another name is another item.",
    },
    defaults: {
      $ref: `#/types/${token(vendor, `${set}Defaults`)}`,
      description: "Inputs of every item that does not write them itself.",
    },
  };
  const ofItems = { type: "object", additionalProperties: { $ref: "pulumi.json#/Any" } };
  return {
    description:
      `Many \`${definition.name}\` as one resource, for hundreds and thousands of them. Each item is made, changed, rotated and ` +
      `deleted by the rules of a single \`${definition.name}\`.`,
    inputProperties,
    requiredInputs: ["items"],
    properties: {
      ...inputProperties,
      ids: {
        type: "object",
        additionalProperties: { type: "string" },
        description: "The vendor's id of each item, by the item's name.",
      },
      shared: { ...ofItems, description: "Outputs that more than one item has with this value." },
      kept: { ...ofItems, description: "Of each item what neither its inputs nor `shared` say." },
      secrets: { type: "string", description: "Secret outputs of the items, as JSON.", secret: true },
    },
    required: ["items", "ids", "shared", "kept", "secrets"],
  };
}
