import type * as Redacting from "../provider/calls/redact";
import type { Definition, Props } from "../provider/define";
import { propertyOf } from "../provider/define/schema";
import type * as Lifecycle from "../provider/lifecycle";
import { vendors } from "../provider/vendors";
import { encodings } from "./harness/encodings";
import type * as Benches from "./harness/workbench";

/**
 * What a run has met of a resource is hidden in everything that is said later in it, about other resources too: a vendor that
 * refuses one may quote the key of another.
 */

interface Process {
  redact: typeof Redacting.redact;
  diff: typeof Lifecycle.diff;
  Workbench: typeof Benches.Workbench;
}

/** The provider as another process has it, which has met nothing. */
function newProcess(): Process {
  let loaded: Process | undefined;
  jest.isolateModules(() => {
    loaded = {
      ...jest.requireActual<typeof Redacting>("../provider/calls/redact"),
      ...jest.requireActual<typeof Lifecycle>("../provider/lifecycle"),
      ...jest.requireActual<typeof Benches>("./harness/workbench"),
    };
  });
  return loaded!;
}

const keysIn = ({ outputs }: Definition, outs: Props): string[] =>
  Object.keys(outputs)
    .filter((name) => propertyOf(outputs, name).secret)
    .flatMap((name) => outs[name] ?? [])
    .map(String);

/** In a form in which nothing but knowing it hides it. */
const quoted = (secret: string): string =>
  `the key ${encodings["in JSON, every unit escaped"]?.(secret) ?? ""} is wrong`;

describe.each(
  vendors.flatMap((vendor) =>
    vendor.resources
      .filter(({ outputs }) => Object.keys(outputs).some((name) => propertyOf(outputs, name).secret))
      .map((definition) => [`${vendor.name}.${definition.name}`, vendor, definition] as const),
  ),
)("%s", (_, vendor, definition) => {
  it("is quoted by no message, once an answer or a state has shown its secrets", async () => {
    const maker = newProcess();
    const bench = await maker.Workbench.open(vendor, definition, { timeoutSeconds: 30, waitSeconds: 20 });
    const sample = jest.requireActual<typeof Benches>("./harness/workbench").sampleOf(vendor, definition);
    const kept = await bench.create(sample.minimal(await bench.parent()));
    const keys = keysIn(definition, kept.outs);
    expect(keys.length).toBeGreaterThan(0);
    const shown = (process: Process): string[] =>
      keys.filter((key) => !process.redact(quoted(key)).includes("[secret]"));
    expect(shown(maker)).toEqual([]);

    const next = newProcess();
    expect(shown(next)).toEqual(keys);
    const type = next.Workbench.at(bench.sandbox, vendor, definition).resourceType();
    await next.diff(type, kept.id, kept.outs, kept.inputs);
    expect(shown(next)).toEqual([]);
    await bench.sandbox.close();
  });
});
