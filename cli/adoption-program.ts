import type { Definition, Props } from "../provider/define";
import { isDelicate, type SchemaNode, schemaOf } from "../provider/define/schema";
import { type Adoptable, adoptable, type Source } from "./adoptable";
import { type DeclaredSet, intoSets, setStatement } from "./adoption-sets";
import type { Declaration } from "./declaration";
import type { Discovered } from "./discovered";
import { Code, literal, WIDTH } from "./literal";
import { pulumiName, unique, variableName } from "./names";
import { oneLine, say } from "./output";

/** Objects as resources of a program: each with the option `import`. */

/** What there is to declare, and why the rest cannot be. */
export interface Declarations {
  declarations: Declaration[];
  leftOut: Extract<Adoptable, { problem: string }>[];
}

/** Reads the objects, side by side, as many at once as the account's limiter lets through, and names them. */
export async function declare(objects: Discovered[], source: Source): Promise<Declarations> {
  const results = await readAll(objects, source);
  return {
    declarations: nameEach(results, source),
    leftOut: results.flatMap((result) => ("problem" in result ? [result] : [])),
  };
}

/** The program that declares them, a resource each or in sets. What is left out is a comment in it. */
export function programOf(
  { declarations, leftOut }: Declarations,
  source: Source,
  { asSets = false }: { asSets?: boolean | undefined } = {},
): string {
  const copies = declarations.map((declaration) => ({ ...declaration, inputs: { ...declaration.inputs } }));
  const parts = asSets ? intoSets(copies, source) : copies;
  const writings = parts.flatMap((part) => ("items" in part ? writingsOf(part) : [writingOf(part)]));
  const secrets = source.showSecrets ? [] : writings.flatMap(moveSecrets);
  refer(writings, source);
  const statements = parts.map((part) =>
    "items" in part ? setStatement(part, source.vendor.name) : statement(part, source),
  );
  return [head(source, secrets), ...statements, ...leftOut.map(note)].join("\n\n");
}

/** How many objects pass between two words of progress. */
const STEP = 250;

function readAll(objects: Discovered[], source: Source): Promise<Adoptable[]> {
  let count = 0;
  return Promise.all(
    objects.map(async (object) => {
      const result = await adoptable(object, source);
      count += 1;
      if (count % STEP === 0) say(`${source.vendor.title}: ${count} of ${objects.length} read`);
      return result;
    }),
  );
}

/** Inputs that stand somewhere in the program, and whose they are: one declaration's, or those of all items of a set. */
interface Writing {
  /** What has the inputs, and is changed. */
  holder: { name: string; variable: string };
  definition: Definition;
  inputs: Props;
  declaration?: Declaration;
}

const writingOf = (declaration: Declaration): Writing => ({
  holder: declaration,
  definition: declaration.object.definition,
  inputs: declaration.inputs,
  declaration,
});

const writingsOf = (set: DeclaredSet): Writing[] => [
  { holder: set, definition: set.definition, inputs: set.defaults },
  ...set.items.map(writingOf),
];

/** Names are unique within a type, and none is that of a resource which the stack has already. */
function nameEach(results: Adoptable[], { vendor, view }: Source): Declaration[] {
  const variables = new Set<string>();
  const inStack = (definition: Definition): string[] =>
    view.resources.filter((resource) => resource.definition === definition).map(({ name }) => name);
  const names = new Map(vendor.resources.map((definition) => [definition, new Set(inStack(definition))]));
  return results.flatMap((result) => {
    if ("problem" in result) return [];
    const { object, inputs, outputs } = result;
    const type = object.definition.name;
    const taken = names.get(object.definition) ?? new Set();
    const name = unique(pulumiName(object.name, type.toLowerCase()), "-", taken);
    const variable = unique(variableName([name, type]), "_", variables);
    const reference = `${variable}.id`;
    return [{ object, inputs, outputs, name, variable, reference, isReferredTo: false }];
  });
}

/** A secret input that the stack config is to hold. */
interface Secret {
  key: string;
  /** Where it belongs, for people. */
  place: string;
}

/** Puts a look into the stack config in place of each secret input. */
function moveSecrets({ holder: { name, variable }, definition, inputs }: Writing): Secret[] {
  const secrets: Secret[] = [];
  const moveWithin = (node: SchemaNode, value: unknown, path: string[]): unknown => {
    if (isDelicate(node)) {
      const key = variableName([variable, ...path]);
      secrets.push({ key, place: `${path.join(".")} of ${name}` });
      return new Code(`config.requireSecret(${literal(key)})`);
    }
    if (Array.isArray(value))
      return value.map((item, at) => moveWithin(node.items ?? {}, item, [...path, String(at)]));
    if (value === null || typeof value !== "object" || !node.properties) return value;
    const members = Object.entries(value).map(([key, member]) => [
      key,
      moveWithin(node.properties?.[key] ?? {}, member, [...path, key]),
    ]);
    return Object.fromEntries(members);
  };
  Object.assign(inputs, moveWithin(schemaOf(definition.inputs), inputs, []));
  return secrets;
}

/** Lets `streamId` and the like refer to the resource of that id, where it comes earlier in the program. */
function refer(writings: Writing[], { vendor }: Source): void {
  const earlier = new Map<string, Declaration>();
  const keyOf = (type: string, id: unknown): string => JSON.stringify([type, id]);
  for (const { definition, inputs, declaration } of writings) {
    for (const [input, value] of Object.entries(inputs)) {
      const parent = parentTypes(vendor.resources, input)
        .map((type) => earlier.get(keyOf(type, value)))
        .find((candidate) => candidate !== undefined);
      if (!parent) continue;
      parent.isReferredTo = true;
      inputs[input] = new Code(parent.reference);
    }
    if (declaration) earlier.set(keyOf(definition.name, declaration.object.id), declaration);
  }
}

/** The types that an input may name by id: `streamId` a Stream, `keyId` a StreamKey. */
function parentTypes(resources: Definition[], input: string): string[] {
  const [, stem] = /^(.+)Id$/.exec(input) ?? [];
  if (stem === undefined) return [];
  return resources.map(({ name }) => name).filter((name) => name.toLowerCase().endsWith(stem.toLowerCase()));
}

function statement(
  { object, inputs, name, variable, isReferredTo }: Declaration,
  { vendor }: Source,
): string {
  const start = `${isReferredTo ? `const ${variable} = ` : ""}new ${vendor.name}.${object.definition.name}(`;
  const options = { import: object.id };
  const inline = `${start}${[name, inputs, options].map((argument) => literal(argument, 0, -Infinity)).join(", ")});`;
  if (inline.length <= WIDTH) return inline;
  const lines = [name, inputs, options].map((argument) => `  ${literal(argument, 1)},`);
  return [start, ...lines, ");"].join("\n");
}

function note({ object, problem }: Extract<Adoptable, { problem: string }>): string {
  const { definition, name, id } = object;
  return oneLine(`// Left out: ${definition.name} ${literal(name)} (${id}). ${problem}`);
}

function head({ vendor, view }: Source, secrets: Secret[]): string {
  const unmanaged = view.name === undefined ? "" : ` that stack ${view.name} does not manage`;
  return [
    `// What there is at ${vendor.title}${unmanaged}.`,
    "// `pulumi up` takes it over and changes nothing there. After that, take every `import` out.",
    ...(secrets.length === 0
      ? []
      : [
          "//",
          "// Some inputs are secret, so the stack config must hold them. Before the first run:",
          ...secrets.map(({ key, place }) => `//   pulumi config set --secret ${key} <${place}>`),
          'import * as pulumi from "@pulumi/pulumi";',
        ]),
    `import { ${vendor.name} } from "pulumi-streamkeys";`,
    ...(secrets.length === 0 ? [] : ["", "const config = new pulumi.Config();"]),
  ].join("\n");
}
