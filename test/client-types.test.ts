import { existsSync } from "node:fs";
import type { Definition } from "../provider/define";
import type { Vendor } from "../provider/define/vendor";
import { vendors } from "../provider/vendors";
import { simulators } from "../sandbox/vendors";
import { type Exchange, record } from "./harness/recorder";
import { routeAt, routesOf } from "./harness/routes";
import { type Claim, type ClientTypes, wrongOf } from "./harness/typed";
import { named, sampleOf, Workbench } from "./harness/workbench";

/**
 * What we send, and what the simulators answer, are of the types that the vendors' official clients have for it. Those are made
 * from the vendors' own descriptions.
 */

const typesOf = ({ name }: Vendor): ClientTypes =>
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- by convention, as the samples are
  (require(`./vendors/${name}/client-types`) as { clientTypes: ClientTypes }).clientTypes;
const described = vendors.filter(({ name }) => existsSync(`test/vendors/${name}/client-types.ts`));

/** The life of a resource, with every change that its samples know, as it goes over the wire. */
async function livesOf(vendor: Vendor, definition: Definition): Promise<Exchange[]> {
  // Nothing is broken here on purpose, so a busy machine may take its time.
  const bench = await Workbench.open(vendor, definition, { timeoutSeconds: 30 });
  const { url, exchanges, close } = await record(bench.sandbox.url);
  bench.account.baseUrl = `${url}/${vendor.name}${simulators[vendor.name]?.basePath ?? ""}`;
  try {
    const parent = await bench.parent();
    const sample = sampleOf(vendor, definition);
    const least = named(definition, "news", sample.minimal(parent));
    await bench.remove(await bench.create(least));
    const whole = named(definition, "news", sample.full(parent));
    let kept = await bench.create(whole);
    for (const change of sample.changes(parent)) {
      kept = await bench.up(kept, { ...whole, ...change });
      await bench.read(kept);
      kept = await bench.up(kept, whole);
    }
    if (definition.rotation) kept = await bench.up(kept, { ...whole, keyRotation: { trigger: "types" } });
    await bench.remove(await bench.up(kept, least));
    return exchanges;
  } finally {
    await close();
    await bench.sandbox.close();
  }
}

describe.each(described)("$title", (vendor) => {
  it("is sent and answers what its client's types say", async () => {
    const types = typesOf(vendor);
    const routes = routesOf(vendor.name);
    const prefix = `/${vendor.name}${simulators[vendor.name]?.basePath ?? ""}`;
    const claims = new Map<string, Claim>();
    const untold = new Set<string>();
    const claim = (type: string | undefined, value: unknown): void => {
      if (type !== undefined) claims.set(`${type} ${JSON.stringify(value)}`, { type, value });
    };
    for (const definition of vendor.resources) {
      for (const { method, path, sent, status, reply } of await livesOf(vendor, definition)) {
        const [below = ""] = path.slice(prefix.length).split("?");
        const route = routeAt(routes, method, below);
        const endpoint = `${route?.method ?? method} ${route?.path ?? below}`;
        const { sends, replies } = types[endpoint] ?? {};
        // A POST without a body says nothing.
        if (sent !== undefined && sends === undefined) untold.add(endpoint);
        if (sent !== undefined) claim(sends, sent);
        if (status < 300 && reply !== undefined) claim(replies, reply);
      }
    }
    expect([...untold]).toEqual([]);
    expect(claims.size).toBeGreaterThan(5);
    expect(wrongOf([...claims.values()])).toEqual([]);
  });
});

it("is no matter of what the compiler does not see", () => {
  const type = '{ a: "x" | "y"; b?: number[]; _public?: boolean }';
  const fine = { type, value: { a: "x", b: [1], public: true } };
  const wrong = [{ a: "z" }, { a: "x", c: 1 }, { b: [] }, { a: "x", b: ["1"] }];
  expect(wrongOf([fine, ...wrong.map((value) => ({ type, value }))])).toHaveLength(wrong.length);
});
