import Table from "cli-table3";
import type { Definition, Props } from "../provider/define";
import type { Vendor } from "../provider/define/vendor";
import { typeNameOf, vendors } from "../provider/vendors";
import { providerText } from "../sdk/provider-text";
import { sampleOf, Workbench } from "../test/harness/workbench";

/**
 * `npx tsx bench/calls.ts`: what each resource costs, in vendor calls for each step of its life and in bytes of state.
 * Counted against the simulators; the live check is part of what the guard costs.
 */

interface Cost {
  create: string[];
  "no-op": string[];
  refresh: string[];
  update: string[];
  rotate: string[];
  delete: string[];
  "state bytes": number;
}

async function costOf(vendor: Vendor, definition: Definition): Promise<Cost> {
  const bench = await Workbench.open(vendor, definition);
  try {
    const parent = await bench.parent();
    const sample = sampleOf(vendor, definition);
    const named = (inputs: Props): Props =>
      "name" in definition.inputs ? { name: "news", ...inputs } : inputs;
    const program = named(sample.minimal(parent));
    const calls = async (act: () => Promise<unknown>): Promise<string[]> =>
      (await bench.callsOf(act)).map((call) => call.replace(/ \d+$/, ""));
    let kept = await bench.create(program);
    await bench.remove(kept);
    const create = await calls(async () => (kept = await bench.create(program)));
    const noOp = await calls(() => bench.up(kept, program));
    const refresh = await calls(() => bench.read(kept));
    const bytes = JSON.stringify({ inputs: withText(kept.inputs), outputs: withText(kept.outs) }).length;
    const rotated = { ...program, keyRotation: { trigger: "bench" } };
    const rotate = definition.rotation ? await calls(async () => (kept = await bench.up(kept, rotated))) : [];
    const [change] = definition.update ? sample.changes(parent) : [];
    const update = change
      ? await calls(async () => (kept = await bench.up(kept, { ...program, ...change })))
      : [];
    const gone = await calls(() => bench.remove(kept));
    return { create, "no-op": noOp, refresh, update, rotate, delete: gone, "state bytes": bytes };
  } finally {
    await bench.sandbox.close();
  }

  function withText(props: Props): Props {
    return { ...props, __provider: providerText(typeNameOf(vendor, definition)) };
  }
}

async function main(): Promise<void> {
  const columns = ["create", "no-op", "refresh", "update", "rotate", "delete"] as const;
  const table = new Table({ head: ["resource", ...columns, "state bytes"], style: { head: [] } });
  for (const vendor of vendors) {
    for (const definition of vendor.resources) {
      const cost = await costOf(vendor, definition);
      const cells = columns.map((column) => cost[column].join(" ") || "-");
      table.push([`${vendor.name}.${definition.name}`, ...cells, cost["state bytes"]]);
    }
  }
  console.log(table.toString());
}

void main();
