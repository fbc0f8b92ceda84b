import { existsSync, readdirSync, readFileSync } from "node:fs";
import { vendors } from "../provider/vendors";
import { simulators } from "../sandbox/vendors";
import { startSandbox } from "../sandbox";
import { succeeded, TestStack } from "./harness/stack";

/**
 * Every example that is a Pulumi program runs on the real engine, and every resource has what a user looks for. The others
 * have tests of their own in test/examples/.
 */

const examples = readdirSync("examples").filter(
  (name) => existsSync(`examples/${name}/index.ts`) && existsSync(`examples/${name}/Pulumi.yaml`),
);
const programs = examples.map((name) => readFileSync(`examples/${name}/index.ts`, "utf8"));

describe.each(examples)("examples/%s", (name) => {
  it("goes up, previews and refreshes clean, and goes down without a trace", async () => {
    const sandbox = await startSandbox();
    const stack = await TestStack.copyOf(`examples/${name}`, sandbox.environment);
    succeeded(await stack.up());
    const ids = (): string[] => stack.resources().map(({ urn, id }) => `${urn} ${id}`);
    const made = ids();
    expect(made.length).toBeGreaterThan(0);
    // Of the program's trace, state keeps the line that declares the resource (docs/engine.md#fact-24).
    const traces = stack.resources().map(({ stackTrace }) => stackTrace);
    const line = { sourcePosition: expect.stringMatching(/^project:\/\/\/index\.ts#/) as string };
    expect(traces).toEqual(traces.map(() => [line]));
    // The engine says how many it left alone, components and the stack itself among them: all of them.
    const allUnchanged = new RegExp(`Resources:\\s+${stack.count()} unchanged\\s`);
    sandbox.requests.length = 0;
    expect(`${succeeded(await stack.preview())}\n`).toMatch(allUnchanged);
    expect(sandbox.requests).toEqual([]);
    expect(`${succeeded(await stack.refresh())}\n`).toMatch(allUnchanged);
    // A refresh asked the vendor, and wrote nothing.
    expect(sandbox.requests.map(({ method }) => method)).toContain("GET");
    expect(sandbox.requests.filter(({ method }) => method !== "GET")).toEqual([]);
    expect(`${succeeded(await stack.preview())}\n`).toMatch(allUnchanged);
    expect(ids()).toEqual(made);
    succeeded(await stack.destroy());
    expect(stack.resources()).toEqual([]);
    // No object with an id is left at any vendor.
    expect(JSON.stringify(sandbox.data)).not.toMatch(/"(id|Id|uid)":/);
    await sandbox.close();
    stack.remove();
  });
});

describe.each(
  vendors.flatMap((vendor) => vendor.resources.map(({ name }) => ({ vendor: vendor.name, name }))),
)("$vendor.$name", ({ vendor, name }) => {
  it("appears in an example", () => {
    expect(programs.filter((text) => text.includes(`new ${vendor}.${name}(`))).not.toEqual([]);
  });

  it("has a simulator, a docs page and a class", () => {
    expect(simulators).toHaveProperty(vendor);
    expect(readFileSync(`docs/${vendor}.md`, "utf8")).toContain(`## ${vendor}.${name}\n`);
    expect(readFileSync(`sdk/${vendor}.ts`, "utf8")).toContain(`export class ${name} `);
    expect(existsSync(`test/vendors/${vendor}/samples.ts`)).toBe(true);
  });
});
