import type { Definition, Props } from "../provider/define";
import { StreamkeysError } from "../provider/define/errors";
import * as lifecycle from "../provider/lifecycle";
import type { Vendor } from "../provider/define/vendor";
import { vendors } from "../provider/vendors";
import { simulators } from "../sandbox/vendors";
import { type Kept, sampleOf, Workbench } from "./harness/workbench";

/** Only the account that an object was in can say that it is gone. */

const all = vendors.flatMap((vendor) =>
  vendor.resources.map((definition) => [`${vendor.name}.${definition.name}`, vendor, definition] as const),
);

/** Valid credentials of somebody else, as the simulators take them: each is an account of its own. */
function ofSomebodyElse(vendor: Vendor): Props {
  const credentials = Object.entries(simulators[vendor.name]?.credentials ?? {});
  // The number of an account has a shape.
  return Object.fromEntries(
    credentials.map(([name, value]) => [
      name,
      name === "region"
        ? value
        : /^(account|accessKeyId)/.test(name)
          ? value.replace(/.$/, "2")
          : `${value}-2`,
    ]),
  );
}

const named = (definition: Definition, program: Props): Props =>
  "name" in definition.inputs ? { name: "news", ...program } : program;

describe.each(all)("%s", (_, vendor, definition) => {
  let bench: Workbench;
  let other: lifecycle.ResourceType;
  let kept: Kept;

  beforeEach(async () => {
    bench = await Workbench.open(vendor, definition);
    const sample = sampleOf(vendor, definition);
    kept = await bench.create(named(definition, sample.minimal(await bench.parent())));
    other = bench.as(ofSomebodyElse(vendor)).resourceType();
  });
  afterEach(() => bench.sandbox.close());

  // An account always has a global key, and this one is the other account's.
  if (!definition.singleton) {
    it("is not dropped by a refresh with a valid key of another account, and not said to be deleted", async () => {
      await expect(lifecycle.read(other, kept.id, kept.outs)).rejects.toThrow(StreamkeysError);
      if (!definition.outlivesDelete)
        await expect(lifecycle.remove(other, kept.id, kept.outs)).rejects.toThrow(StreamkeysError);
      expect((await bench.read(kept))?.props).toEqual(kept.outs);
    });

    it("is not dropped where that account has objects of its own", async () => {
      const theirs = bench.as(ofSomebodyElse(vendor));
      await theirs.create(named(definition, sampleOf(vendor, definition).minimal(await theirs.parent())));
      await expect(lifecycle.read(other, kept.id, kept.outs)).rejects.toThrow(StreamkeysError);
    });

    it("is dropped by its own account, when it is gone", async () => {
      bench.vanish(kept.id);
      expect(await bench.read(kept)).toBeUndefined();
    });

    it("is noted by a refresh in a state that names no account", async () => {
      const { seenWith: _, ...old } = kept.outs;
      expect((await lifecycle.read(bench.resourceType(), kept.id, old))?.props).toEqual(kept.outs);
    });

    it("of a state that names no account is not dropped, but may be taken out of it by hand", async () => {
      const {
        seenWith: _seen,
        userId: _user,
        organizationId: _organization,
        accountId: _account,
        ...old
      } = kept.outs;
      bench.vanish(kept.id);
      await expect(lifecycle.read(bench.resourceType(), kept.id, old)).rejects.toThrow(/pulumi state delete/);
    });
  }

  it("plans nothing for a state that names no account", async () => {
    const { seenWith: _, ...old } = kept.outs;
    const { changes, replaces } = await lifecycle.diff(bench.resourceType(), kept.id, old, kept.inputs);
    expect({ changes, replaces }).toEqual({ changes: false, replaces: [] });
  });
});

describe("new credentials of the same account", () => {
  it.each(all.filter(([, vendor]) => vendor.owner))(
    "are known by the owner that the vendor names: %s",
    async (_, vendor, definition) => {
      const bench = await Workbench.open(vendor, definition);
      const sample = sampleOf(vendor, definition);
      const kept = await bench.create(named(definition, sample.minimal(await bench.parent())));
      const before = { ...kept.outs, seenWith: "other credentials" };
      await bench.create(named(definition, sample.minimal(await bench.parent())));
      bench.vanish(kept.id);
      expect(await bench.read({ ...kept, outs: before })).toBeUndefined();
      await bench.sandbox.close();
    },
  );
});
