import { readdirSync } from "node:fs";
import { schemaOf, secretPaths } from "../provider/define/schema";
import { fingerprint, keysOf } from "../provider/lifecycle/fingerprint";
import { drift } from "../provider/lifecycle/drift";
import { vendors } from "../provider/vendors";
import { type Kept, sampleOf, Workbench } from "./harness/workbench";

/** What a look at an object says of its drift, for every resource of every vendor. */

const all = vendors.flatMap((vendor) =>
  vendor.resources.map((definition) => [`${vendor.name}.${definition.name}`, vendor, definition] as const),
);

describe.each(all)("the drift of %s", (_, vendor, definition) => {
  const sample = sampleOf(vendor, definition);
  let bench: Workbench;

  beforeEach(async () => {
    bench = await Workbench.open(vendor, definition, { waitSeconds: 20 });
  });
  afterEach(() => bench.sandbox.close());

  const look = (id: string, { outs }: Kept) => drift(bench.resourceType(), id, outs);
  const full = async (): Promise<Kept> => bench.create(sample.full(await bench.parent()));
  const secretsOf = ({ outs }: Kept): string[] =>
    secretPaths(schemaOf(definition.outputs)).flatMap(([name = ""]) =>
      typeof outs[name] === "string" ? [outs[name]] : [],
    );

  it("is none of what was just made, and the look leaves no trace", async () => {
    const kept = await full();
    const notes = readdirSync(bench.journalFolder);
    bench.sandbox.requests.length = 0;
    expect(await look(kept.id, kept)).toEqual({ isGone: false, isBlind: false, differences: [] });
    expect(bench.sandbox.requests.filter(({ method }) => method !== "GET")).toEqual([]);
    expect(readdirSync(bench.journalFolder)).toEqual(notes);
  });

  if (!definition.singleton) {
    it("is that it is gone, when it vanished at the vendor", async () => {
      const kept = await full();
      bench.vanish(kept.id);
      expect(await look(kept.id, kept)).toMatchObject({ isGone: true });
    });
  }

  it("cannot be told from an answer that says nothing", async () => {
    const kept = await full();
    bench.sandbox.faults.push({ status: 503, body: "{}" });
    await expect(look(kept.id, kept)).rejects.toThrow(/503/);
  });

  if (definition.rotate) {
    it("is told of a key by its fingerprints", async () => {
      const program = { name: "news", ...sample.minimal(await bench.parent()) };
      if (!("name" in definition.inputs)) delete (program as { name?: string }).name;
      const before = await bench.create(program);
      const after = await bench.up(before, { ...program, keyRotation: { trigger: "theirs" } });
      const { differences } = await look(before.id, before);
      for (const [name, key] of Object.entries(keysOf(definition, before.outs))) {
        const now = fingerprint(keysOf(definition, after.outs)[name] ?? "");
        expect(differences).toContain(
          `${name} has fingerprint ${now} there and ${fingerprint(key)} in state`,
        );
      }
      expect(differences).not.toEqual([]);
      for (const secret of [...secretsOf(before), ...secretsOf(after)])
        expect(differences.join()).not.toContain(secret);
    });
  }
});

describe("the drift of an input", () => {
  const vendor = vendors.find(({ name }) => name === "tenbyte")!;
  const definition = vendor.resources.find(({ name }) => name === "Stream")!;

  it("quotes what is harmless on both sides, and only names the rest", async () => {
    const bench = await Workbench.open(vendor, definition);
    const kept = await bench.create(sampleOf(vendor, definition).full(""));
    const [stream] = Object.values(bench.sandbox.data.tenbyte?.streams as Record<string, { name: string }>);
    stream!.name = "a name that nobody should read";
    const { differences } = await drift(bench.resourceType(), kept.id, kept.outs);
    await bench.sandbox.close();
    expect(differences).toEqual(["name differs"]);
  });

  it("is not told where the vendor has no call that shows the object", async () => {
    const comprimato = vendors.find(({ name }) => name === "comprimato")!;
    const bench = await Workbench.open(comprimato, comprimato.resources[0]!);
    const kept = await bench.create({});
    bench.sandbox.faults.push({ method: "GET", status: 405, body: "{}" });
    expect(await drift(bench.resourceType(), kept.id, kept.outs)).toMatchObject({ isBlind: true });
    await bench.sandbox.close();
  });
});
