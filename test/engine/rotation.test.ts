import type { Definition } from "../../provider/define";
import { type Sandbox, startSandbox } from "../../sandbox";
import { secretPaths, schemaOf } from "../../provider/define/schema";
import type { Vendor } from "../../provider/define/vendor";
import { vendors } from "../../provider/vendors";
import { succeeded, TestStack } from "../harness/stack";
import { sampleOf } from "../harness/workbench";

/**
 * Rotation on the real engine, for every resource with a key. Time travels by the one hook there is for it,
 * `STREAMKEYS_TEST_NOW`.
 */

const at = (now: string) => ({ STREAMKEYS_TEST_NOW: now });
const UP = ["up", "--yes", "--skip-preview"];
const PREVIEW = ["preview", "--diff"];

const keyed = vendors.flatMap((vendor) =>
  vendor.resources
    .filter(({ rotation }) => rotation)
    .map((definition) => ({ type: `${vendor.name}.${definition.name}`, vendor, definition })),
);

describe.each(keyed)("$type", ({ vendor, definition }) => {
  let sandbox: Sandbox;
  let stack: TestStack;

  beforeAll(async () => {
    sandbox = await startSandbox();
    stack = await TestStack.create(programOf(vendor, definition, '{ every: "30d" }'), sandbox.environment);
  });
  afterAll(async () => {
    await sandbox.close();
    stack.remove();
  });

  const key = async (): Promise<unknown> => (await stack.outputs()).key;
  const generation = (): unknown =>
    stack.resource("it", `${vendor.name}:${definition.name}`).outputs.keyGeneration;

  it("is rotated on schedule, identically in preview and up, in slots that do not drift", async () => {
    succeeded(await stack.runWith(at("2026-01-01T00:00:00Z"), ...UP));
    const first = await key();

    // Nobody ran `up` for a week after the key was due.
    const preview = succeeded(await stack.runWith(at("2026-02-07T12:00:00Z"), ...PREVIEW));
    // The account's global key is taken over; the key of a stream that the same run makes is as new as the stream.
    expect(preview).toMatch(
      definition.singleton ? /reason: "adopted" => "every 30d"/ : /reason: "created" => "every 30d"/,
    );
    expect(preview).toMatch(/since : "2026-01-01T00:00:00Z" => "2026-01-31T00:00:00Z"/);
    expect(preview).toContain(`${vendor.name}:${definition.name} it: rotates: every 30d`);
    expect(preview).toMatch(definition.rotate ? /: \(update\)/ : /: \(replace\)/);
    succeeded(await stack.runWith(at("2026-02-07T12:00:00Z"), ...UP));
    expect(generation()).toEqual({ since: "2026-01-31T00:00:00Z", reason: "every 30d" });
    expect(await key()).not.toBe(first);
  });

  it("is rotated once by streamkeys:rotateAll, by a saved plan too, and keys made after that are not", async () => {
    const first = await key();
    const now = at("2026-02-08T00:00:00Z");
    await stack.mustRun("config", "set", "streamkeys:rotateAll", "a leak");
    const plan = { ...now, PULUMI_EXPERIMENTAL: "1" };
    const preview = succeeded(await stack.runWith(plan, ...PREVIEW, "--save-plan", "plan.json"));
    expect(preview).toMatch(/reason *: "every 30d" => "rotateAll #[0-9a-f]{8}"/);
    // A later moment than the preview's.
    const later = { ...plan, ...at("2026-02-08T00:00:09Z") };
    succeeded(await stack.runWith(later, "up", "--yes", "--plan", "plan.json"));
    const second = await key();
    expect(second).not.toBe(first);
    expect(succeeded(await stack.runWith(now, ...PREVIEW))).toMatch(/\d unchanged/);

    stack.program(`${programOf(vendor, definition, '{ every: "30d" }')} ${anotherOf(vendor, definition)}`);
    succeeded(await stack.runWith(now, ...UP));
    // Emptied after the incident.
    await stack.mustRun("config", "set", "streamkeys:rotateAll", "");
    expect(succeeded(await stack.runWith(now, ...PREVIEW))).toMatch(/\d unchanged/);
    expect(await key()).toBe(second);
  });
});

function programOf(vendor: Vendor, definition: Definition, keyRotation: string): string {
  const sample = sampleOf(vendor, definition);
  const parent = vendor.resources.find(({ name }) => name === sample.parent);
  const parentText = parent
    ? `const parent = new ${vendor.name}.${parent.name}("parent", ${JSON.stringify(sampleOf(vendor, parent).minimal(""))});`
    : "";
  const [[output = ""] = []] = secretPaths(schemaOf(definition.outputs));
  return `${parentText}
    const it = new ${vendor.name}.${definition.name}("it", { ...${inputsOf(vendor, definition)}, keyRotation: ${keyRotation} });
    out.key = it.${output};`;
}

/** A second resource of the type; below the same parent where there is one, under another name where it has one. */
function anotherOf(vendor: Vendor, definition: Definition): string {
  return `new ${vendor.name}.${definition.name}("another", ${inputsOf(vendor, definition)});`;
}

function inputsOf(vendor: Vendor, definition: Definition): string {
  return JSON.stringify(sampleOf(vendor, definition).minimal("THE-PARENT")).replaceAll(
    '"THE-PARENT"',
    "parent.id",
  );
}
