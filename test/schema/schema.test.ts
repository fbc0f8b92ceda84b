import { readdirSync, readFileSync } from "node:fs";
import Ajv from "ajv/dist/2020";
import { replacesResource, schemaOf } from "../../provider/define/schema";
import { hasSet } from "../../provider/define/set";
import { vendors } from "../../provider/vendors";

/** What a package says of itself to tools and to people: `schema.json`, docs pages, hover texts, the engine: one story. */

interface Property {
  $ref?: string;
  replaceOnChanges?: true;
}
interface Resource {
  inputProperties: Record<string, Property>;
  requiredInputs: string[];
  properties: Record<string, Property>;
}
interface Schema {
  types: Record<
    string,
    { enum?: { value: unknown }[]; properties?: Record<string, Property>; required?: string[] }
  >;
  resources: Record<string, Resource>;
  config: { variables: Record<string, unknown> };
}

/** As `provider/sets/kept.ts` writes them. */
const OUTPUTS_OF_SETS = ["ids", "shared", "kept", "secrets"];

const read = (file: string): string => readFileSync(file, "utf8");
const schema = JSON.parse(read("schema.json")) as Schema;
const all = vendors.flatMap((vendor) => vendor.resources.map((definition) => ({ vendor, definition })));

describe("schema.json", () => {
  it("is valid by Pulumi's meta-schema", () => {
    const ajv = new Ajv({ strict: false, allErrors: true, logger: false });
    for (const format of ["uri", "uri-reference"])
      ajv.addFormat(format, (text) => URL.canParse(text, "x://y"));
    const validate = ajv.compile(JSON.parse(read("test/schema/pulumi.json")) as object);
    expect(validate(schema) ? [] : validate.errors).toEqual([]);
    expect(validate({ ...schema, resources: { wrong: { inputProperties: 7 } } })).toBe(false);
  });

  it("has what the Registry shows", () => {
    expect(schema).toMatchObject({
      description: expect.any(String) as string,
      keywords: expect.arrayContaining(["pulumi"]) as string[],
      homepage: expect.stringMatching(/^https:/) as string,
      repository: expect.stringMatching(/^https:/) as string,
      publisher: expect.any(String) as string,
      logoUrl: expect.stringMatching(/^https:.*\.(svg|png)$/) as string,
      language: { nodejs: { packageName: "pulumi-streamkeys" } },
    });
    expect(Object.keys(schema.config.variables)).toEqual(expect.arrayContaining(["rotateAll", "tenbyte"]));
  });

  it("refers to no type that it lacks", () => {
    const refs = [...JSON.stringify(schema).matchAll(/"#\/types\/([^"]+)"/g)].map(([, name = ""]) => name);
    expect(refs.filter((name) => !(name in schema.types))).toEqual([]);
  });

  it("has each set, whose items and defaults take every input of the resource and require none", () => {
    for (const { vendor, definition } of all) {
      const of = `streamkeys:${vendor.name}:${definition.name}`;
      const page = read(`docs/${vendor.name}.md`);
      expect({ of, isThere: `${of}Set` in schema.resources }).toEqual({ of, isThere: hasSet(definition) });
      if (!hasSet(definition)) continue;
      expect(page).toContain(`\`${definition.name}Set\``);
      const set = schema.resources[`${of}Set`];
      expect(set?.requiredInputs).toEqual(["items"]);
      expect(Object.keys(set?.properties ?? {})).toEqual(["items", "defaults", ...OUTPUTS_OF_SETS]);
      const inputs = Object.keys(schema.resources[of]?.inputProperties ?? {});
      for (const [part, more] of [
        ["Item", ["import"]],
        ["Defaults", []],
      ] as const) {
        const { properties = {}, required } = schema.types[`${of}Set${part}`] ?? {};
        expect(Object.keys(properties)).toEqual([...inputs, ...more]);
        expect(required).toBeUndefined();
        expect(Object.values(properties).filter((property) => "default" in property)).toEqual([]);
      }
      if (!definition.rotation) continue;
      const rotation = schema.types[`streamkeys:${vendor.name}:SetKeyRotation`];
      expect(schema.types[`${of}SetDefaults`]?.properties?.keyRotation?.$ref).toMatch(/SetKeyRotation$/);
      expect(Object.keys(rotation?.properties ?? {})).toEqual(
        expect.arrayContaining(["every", "trigger", "atOnce"]),
      );
    }
  });

  it("lists the values of an input that has a set of them", () => {
    expect(schema.types["streamkeys:tenbyte:StreamIngestKind"]?.enum).toEqual([
      { value: "push" },
      { value: "pull" },
    ]);
  });
});

describe.each(all)("$vendor.name.$definition.name", ({ vendor, definition }) => {
  const { name } = definition;
  const page =
    read(`docs/${vendor.name}.md`).split(`\n## ${vendor.name}.${name}\n`)[1]?.split("\n## ")[0] ?? "";
  const code = read(`sdk/${vendor.name}.ts`);
  const args = code.split(`export interface ${name}Args {`)[1]?.split("\n}")[0] ?? "";
  const resource = schema.resources[`streamkeys:${vendor.name}:${name}`];
  const inputs = Object.keys(resource?.inputProperties ?? {});

  it.each(inputs)("says the same of a change of %s in docs, hover, schema and to the engine", (input) => {
    const replaces = replacesResource(definition, input);
    const row =
      page
        .split("### Inputs")[1]
        ?.split("\n")
        .find((line) => line.startsWith(`| \`${input}\` `)) ?? "";
    expect(/\breplaces\b/.test(row.split(" | ")[2] ?? "")).toBe(replaces);
    const hover =
      args
        .split(new RegExp(`\n  ${input}\\??:`))[0]
        ?.split("/**")
        .at(-1) ?? "";
    expect(hover.includes("A change replaces the resource.")).toBe(replaces);
    expect(resource?.inputProperties[input]?.replaceOnChanges ?? false).toBe(replaces);
    expect(resource?.properties[input]?.replaceOnChanges ?? false).toBe(replaces);
  });

  it("shows the values of each input that has a set of them", () => {
    for (const [input, node] of Object.entries(schemaOf(definition.inputs).properties ?? {})) {
      const row = page.split("\n").find((line) => line.startsWith(`| \`${input}\` `)) ?? "";
      for (const value of node.enum ?? []) expect(row).toContain(JSON.stringify(value));
    }
  });

  it("warns in the hover text of the class as its page does", () => {
    // Line ends and the stars of the comment aside.
    const words = (text: string): string => text.replaceAll(/[\s*]+/g, "");
    const hover = words(code.split(`export class ${name} `)[0]?.split("/**").at(-1) ?? "");
    for (const note of definition.notes ?? []) expect(hover).toContain(words(note));
    expect(hover).toContain(`node_modules/pulumi-streamkeys/docs/${vendor.name}.md`);
  });
});

describe("the docs", () => {
  it("have a page for each thing that is no resource of a vendor", () => {
    const pages = readdirSync("docs").map((file) => (file.endsWith(".md") ? read(`docs/${file}`) : ""));
    for (const title of ["`keyGeneration`", "`RedundantIngest`", "startSandbox"])
      expect(pages.some((text) => text.includes(title) && /^# /m.test(text))).toBe(true);
  });

  it("name every member of a fault", () => {
    const members = [...read("sandbox/fault.ts").matchAll(/^ {2}(\w+)\?:/gm)].map(
      ([, member = ""]) => member,
    );
    expect(members.length).toBeGreaterThan(8);
    for (const member of members) expect(read("docs/sandbox.md")).toContain(`| \`${member}\` `);
  });

  it("have the form of the Registry where it asks for one", () => {
    for (const page of ["docs/_index.md", "docs/installation-configuration.md"])
      expect(read(page)).toMatch(/^---\ntitle: .+\nmeta_desc: .+\nlayout: package\n---\n/);
  });
});
