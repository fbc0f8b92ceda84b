import Table from "cli-table3";
import { typeNameOf, vendors } from "../provider/vendors";
import { costOf, STEPS, summed } from "./costs";

/**
 * `npx tsx bench/calls.ts`: what each resource costs, in vendor calls for each step of its life and in bytes of state.
 * `bench/numbers.ts` writes the same into docs/numbers.md.
 */
async function main(): Promise<void> {
  const table = new Table({ head: ["resource", ...STEPS, "state bytes"], style: { head: [] } });
  for (const vendor of vendors) {
    for (const definition of vendor.resources) {
      const cost = await costOf(vendor, definition);
      const cells = STEPS.map((step) => summed(cost[step]) || "-");
      table.push([typeNameOf(vendor, definition), ...cells, cost["state bytes"]]);
    }
  }
  console.log(table.toString());
}

void main();
