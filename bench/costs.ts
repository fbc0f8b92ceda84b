import type { Definition, Props } from "../provider/define";
import type { Vendor } from "../provider/define/vendor";
import { typeNameOf } from "../provider/vendors";
import { providerText } from "../sdk/provider-text";
import { named, sampleOf, Workbench } from "../test/harness/workbench";

/** What a resource costs: vendor calls for each step of its life, and bytes of state. */

/** The steps of a life. */
export const STEPS = ["create", "no-op", "refresh", "update", "replace", "rotate", "delete"] as const;

/** The methods that each step calls; nothing where it does not exist. */
export type Cost = Record<(typeof STEPS)[number], string[]> & { "state bytes": number };

/** Counted against the simulator; the live check is part of what the guard costs. */
export async function costOf(vendor: Vendor, definition: Definition): Promise<Cost> {
  // Nothing is broken here on purpose, so a busy machine may take its time.
  const bench = await Workbench.open(vendor, definition, { timeoutSeconds: 30 });
  try {
    const parent = await bench.parent();
    const sample = sampleOf(vendor, definition);
    const program = named(definition, "news", sample.minimal(parent));
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
    const gone = await calls(() => bench.remove(kept));
    // A change is another value beside everything else that can be said.
    const whole = named(definition, "news", sample.full(parent));
    kept = await bench.create(whole);
    const changed: Partial<Record<string, string[]>> = {};
    for (const change of sample.changes(parent)) {
      let did = "";
      const made = await calls(async () => {
        const now = await bench.up(kept, { ...whole, ...change });
        [kept, did] = [now, now.did];
      });
      changed[did] ??= made;
      kept = await bench.up(kept, whole);
    }
    const { update = [], replace = [] } = changed;
    return {
      ...{ create, "no-op": noOp, refresh, update, replace, rotate, delete: gone },
      "state bytes": bytes,
    };
  } finally {
    await bench.sandbox.close();
  }

  function withText(props: Props): Props {
    return { ...props, __provider: providerText(typeNameOf(vendor, definition)) };
  }
}

/** `GET POST GET` as `2 GET, POST`, in the order in which each comes first. */
export function summed(calls: string[]): string {
  const counts = new Map<string, number>();
  for (const call of calls) counts.set(call, (counts.get(call) ?? 0) + 1);
  return [...counts].map(([call, count]) => (count > 1 ? `${count} ${call}` : call)).join(", ");
}

/** The row of a resource in docs/numbers.md. */
export const costRow = (vendor: Vendor, definition: Definition, cost: Cost): string =>
  `| ${[
    `\`${vendor.name}.${definition.name}\``,
    ...STEPS.map((step) => summed(cost[step])),
    cost["state bytes"],
  ].join(" | ")} |`;
