import { stackSettings } from "../../provider/calls/account";
import type { Definition } from "../../provider/define";
import { replacesResource, schemaOf } from "../../provider/define/schema";
import { hasSet } from "../../provider/define/set";
import type { Vendor } from "../../provider/define/vendor";
import { memberType, type ObjectType, objectTypes, writable } from "./names";
import { properties } from "./property-schema";
import { setResource, setToken, setTypes } from "./set-schema";

/** Writes `schema.json`: the package in Pulumi's schema language, for tools and for SDKs in other languages. */
export function packageSchema(vendors: Vendor[], manifest: Manifest): unknown {
  const all = vendors.flatMap((vendor) => vendor.resources.map((definition) => ({ vendor, definition })));
  const sets = all.filter(({ definition }) => hasSet(definition));
  return {
    name: "streamkeys",
    displayName: "Stream keys",
    version: manifest.version,
    description: manifest.description,
    keywords: [...manifest.keywords, "category/infrastructure", "kind/native"],
    homepage: manifest.homepage,
    license: manifest.license,
    repository: manifest.homepage.replace(/#.*$/, ""),
    publisher: "pulumi-streamkeys",
    logoUrl: `${manifest.homepage.replace(/#.*$/, "").replace("github.com", "raw.githubusercontent.com")}/main/docs/img/logo.svg`,
    config: { variables: Object.fromEntries([...vendors.map(vendorVariable), ...stackVariables()]) },
    language: { nodejs: { packageName: manifest.name, packageDescription: manifest.description } },
    types: Object.fromEntries([
      ...all.flatMap(({ vendor, definition }) => typeEntries(vendor, definition)),
      ...sets.flatMap(({ vendor, definition }) => setTypes(vendor, definition)),
    ]),
    resources: Object.fromEntries([
      ...all.map(({ vendor, definition }): [string, unknown] => [
        `streamkeys:${vendor.name}:${definition.name}`,
        resource(vendor, definition),
      ]),
      ...sets.map(({ vendor, definition }): [string, unknown] => [
        setToken(vendor, definition),
        setResource(vendor, definition),
      ]),
    ]),
  };
}

/** What the package says of itself in package.json. */
export interface Manifest {
  name: string;
  version: string;
  description: string;
  license: string;
  homepage: string;
  keywords: string[];
}

/** `streamkeys:<vendor>`: one object with the fields of the default account, and further accounts. */
function vendorVariable({ name, title }: Vendor): [string, unknown] {
  const fields = `Fields: docs/${name}.md.`;
  const description = `Credentials and settings of the accounts at ${title}, an object. ${fields}`;
  return [
    name,
    { type: "object", additionalProperties: { $ref: "pulumi.json#/Any" }, description, secret: true },
  ];
}

const stackVariables = (): [string, unknown][] =>
  Object.entries(stackSettings).map(([name, description]) => [name, { type: "string", description }]);

function typeEntries(vendor: Vendor, { name, inputs, outputs }: Definition): [string, unknown][] {
  const objects = objectTypes(name, schemaOf(inputs));
  const owners = [{ name, node: schemaOf(inputs) }, { name, node: schemaOf(outputs) }, ...objects];
  return [
    ...objects.map((type) => objectEntry(vendor, type)),
    ...owners.flatMap((owner) => enumEntries(vendor, owner)),
  ];
}

/** The values of each member that has a set of them. */
function enumEntries(vendor: Vendor, { name, node }: ObjectType): [string, unknown][] {
  return Object.entries(node.properties ?? {}).flatMap(([key, member]) => {
    const { enum: values, type, description } = member.items ?? member;
    if (!values) return [];
    const about = description ?? member.description;
    return [
      [
        `streamkeys:${vendor.name}:${memberType(name, key)}`,
        { type, ...(about ? { description: about } : {}), enum: values.map((value) => ({ value })) },
      ],
    ];
  });
}

function objectEntry(vendor: Vendor, type: ObjectType): [string, unknown] {
  return [
    `streamkeys:${vendor.name}:${type.name}`,
    {
      type: "object",
      ...(type.node.description ? { description: type.node.description } : {}),
      properties: properties(vendor, type.name, writable(type.node)),
      required: type.node.required ?? [],
    },
  ];
}

function resource(vendor: Vendor, definition: Definition): unknown {
  const { name, about, notes = [], inputs, outputs } = definition;
  const inputNode = schemaOf(inputs);
  const outputNode = schemaOf(outputs);
  const required = (inputNode.required ?? []).filter(
    (key) => inputNode.properties?.[key]?.default === undefined,
  );
  return {
    description: [about, ...notes].join("\n\n"),
    inputProperties: inputProperties(vendor, definition),
    requiredInputs: required.filter((key) => !inputNode.properties?.[key]?.namedAfterResource),
    properties: {
      ...inputProperties(vendor, definition),
      ...properties(vendor, name, Object.entries(outputNode.properties ?? {})),
    },
    required: [...(inputNode.required ?? []), ...(outputNode.required ?? [])],
  };
}

/** The inputs, with what the engine makes of a change of each. */
function inputProperties(vendor: Vendor, definition: Definition): Record<string, unknown> {
  const described = properties(vendor, definition.name, writable(schemaOf(definition.inputs)));
  return Object.fromEntries(
    Object.entries(described).map(([input, property]) => [
      input,
      replacesResource(definition, input) ? { ...property, replaceOnChanges: true } : property,
    ]),
  );
}
