import { inspect } from "node:util";
import type { Definition, Props, Seen } from "../provider/define";
import { Gone, LiveRefusal, OrphanRisk, StreamkeysError, AdoptionRefusal } from "../provider/define/errors";
import * as lifecycle from "../provider/lifecycle";
import { openApi } from "../provider/calls";
import { resolveAccount } from "../provider/calls/account";
import { propertyOf, schemaOf, secretPaths, type SchemaNode } from "../provider/define/schema";
import { UNKNOWN } from "../provider/engine-values";
import { stackOfMark } from "../provider/define/mark";
import type { Vendor } from "../provider/define/vendor";
import { vendors } from "../provider/vendors";
import { faultsNamed } from "./harness/faults";
import { type Kept, sampleOf, Workbench } from "./harness/workbench";

/** What every Definition must do, tried on each of them against its simulator over real HTTP. */

const all = vendors.flatMap((vendor) =>
  vendor.resources.map((definition): [string, Vendor, Definition] => [
    `${vendor.name}.${definition.name}`,
    vendor,
    definition,
  ]),
);

/** Beyond the deadline of a call here. */
const TIMEOUT = { name: "a timeout", fault: { delayMs: 2_500 } };

/** Answers that say nothing about whether an object exists. */
const NOT_A_NOT_FOUND = [
  ...faultsNamed("401", "403", "429, seconds", "500", "an HTML page", "an empty body", "an empty object"),
  TIMEOUT,
  { name: "an HTML page with 404", fault: { status: 404, body: "<html>not found</html>" } },
];

describe.each(all)("%s", (_, vendor, definition) => {
  const sample = sampleOf(vendor, definition);
  const declared = schemaOf(definition.inputs);
  const names = Object.keys(definition.inputs);
  let bench: Workbench;

  beforeEach(async () => {
    bench = await Workbench.open(vendor, definition, { timeoutSeconds: 1, waitSeconds: 20 });
  });
  afterEach(() => bench.sandbox.close());

  const check = (program: Props, olds: Props = {}) => bench.check(program, olds);
  const full = async (): Promise<Kept> => bench.create(sample.full(await bench.parent()));

  describe("at preview", () => {
    it("takes the samples as they are", () => {
      expect(check(named(sample.minimal("parent"))).failures).toEqual([]);
      expect(check(named(sample.full("parent"))).failures).toEqual([]);
    });

    it("names every input that is missing, all at once", () => {
      const required = (declared.required ?? []).filter(
        (name) => declared.properties?.[name]?.default === undefined,
      );
      const failures = check({}).failures.map(({ reason }) => reason);
      for (const name of required) expect(failures).toContainEqual(expect.stringContaining(name));
    });

    it("names a misspelt input and suggests the right one", () => {
      const [name = ""] = names;
      const { failures } = check({ ...named(sample.full("parent")), [`${name}x`]: "x" });
      expect(failures).toEqual([
        { property: "", reason: expect.stringMatching(`^${name}x: .*\`${name}\``) as string },
      ]);
    });

    it.each(names)("refuses a wrong type of %s", (name) => {
      const failures = check({
        ...named(sample.full("parent")),
        [name]: propertyOf(definition.inputs, name).type === "array" ? 7 : [7],
      }).failures;
      expect(failures.map(({ reason }) => reason)).toContainEqual(
        expect.stringMatching(new RegExp(`^${name}`)),
      );
    });

    it("refuses what the samples call wrong, on its path", () => {
      for (const { inputs, path } of sample.wrong) {
        const failures = check({ ...named(sample.full("parent")), ...inputs }).failures;
        const paths = failures.map(({ reason }) => reason.split(": ")[0]);
        expect({ inputs, paths }).toEqual({ inputs, paths: expect.arrayContaining([path]) as string[] });
      }
    });

    it("lets an unknown pass at every place of every input", () => {
      for (const program of [sample.minimal("parent"), sample.full("parent")].map(named)) {
        for (const path of pathsOf(program)) {
          expect({ path, failures: check(withUnknown(program, path)).failures }).toEqual({
            path,
            failures: [],
          });
        }
      }
    });

    it("quotes in no failure what a text input holds, secret or not", () => {
      // The name of an account must be told, to say which ones there are.
      for (const name of names.filter((input) => input !== "account")) {
        for (const wrong of ["a-secret-value", ["a-secret-value"], { member: "a-secret-value" }]) {
          const { failures } = check({ ...named(sample.full("parent")), [name]: wrong });
          expect(JSON.stringify(failures)).not.toContain("a-secret-value");
          // The engine prints the value of a property that is named to it.
          expect(failures.filter(({ property }) => property !== "")).toEqual([]);
        }
      }
    });

    it("quotes nothing of what the program marks as secret, whatever it is", () => {
      for (const { inputs, path } of sample.wrong) {
        const [input = ""] = path.split(/[.[]/, 1);
        const program = { ...named(sample.full("parent")), ...inputs, secretInputs: [[input]] };
        const failures = check(program).failures.filter(({ reason }) => reason.startsWith(input));
        expect(failures.length).toBeGreaterThan(0);
        expect(failures.filter(({ reason }) => / \(it is |rung "/.test(reason))).toEqual([]);
      }
    });
  });

  describe("a clean program", () => {
    it.each(["minimal", "full"] as const)(
      "is a clean preview after create and after refresh (%s)",
      async (which) => {
        const program = named(sample[which](await bench.parent()));
        const kept = await bench.create(program);
        const required = schemaOf(definition.outputs).required ?? [];
        for (const output of required) expect(kept.outs).toHaveProperty(output);

        const refreshed = await bench.read(kept);
        expect(refreshed?.props).toEqual(kept.outs);
        expect(refreshed?.inputs).toEqual(kept.inputs);
        expect(
          await bench.callsOf(async () => {
            expect((await bench.up(kept, program)).did).toBe("nothing");
          }),
        ).toEqual([]);
      },
    );

    it("ends clean when an optional input is removed", async () => {
      const parent = await bench.parent();
      const program = named(sample.full(parent));
      const optional = Object.keys(program).filter((name) => !declared.required?.includes(name));
      for (const name of optional) {
        const kept = await bench.create(program);
        const { [name]: _removed, ...without } = program;
        const { failures } = check(without);
        if (failures.length > 0) {
          // Others of the sample need it, so it cannot go alone; the sample without all of them is the minimal one.
          expect({ name, failures: JSON.stringify(failures) }).toEqual({
            name,
            failures: expect.stringContaining(name) as string,
          });
          expect(sample.minimal(parent)).not.toHaveProperty(name);
          continue;
        }
        const now = await bench.up(kept, without);
        expect({ name, did: (await bench.up(now, without)).did }).toEqual({ name, did: "nothing" });
        expect(declaredIn((await bench.read(now))?.inputs)).toEqual(declaredIn(now.inputs));
        await bench.remove(now);
      }
    });
  });

  describe("a change", () => {
    it("of each input replaces, or is there at the vendor after the update", async () => {
      const parent = await bench.parent();
      for (const change of sample.changes(parent)) {
        const kept = await bench.create(named(sample.full(parent)));
        const program = { ...named(sample.full(parent)), ...change };
        const now = await bench.up(kept, program);
        expect({ change, did: now.did }).toEqual({
          change,
          did: expect.stringMatching("update|replace") as string,
        });
        const found = await bench.read(now);
        expect(found?.props).toEqual(now.outs);
        expect(declaredIn(found?.inputs)).toEqual(declaredIn(now.inputs));
        await reported(now, change);
        await bench.remove(now);
      }
    });

    /** Asks the vendor afresh, without the state, so that a value which only state knows does not count. */
    async function reported(kept: Kept, change: Props): Promise<void> {
      const account = resolveAccount(vendor, undefined, bench.resourceType().host.settings);
      const seen = await definition.read(openApi(account), kept.id, {}, bench.context);
      // What is taken out of the program is the vendor's own business.
      for (const [name, value] of Object.entries(change).filter(([, wanted]) => wanted !== undefined)) {
        const node = propertyOf(definition.inputs, name);
        if (node.ours || secretPaths(node).length > 0 || seen.inputs[name] === undefined) continue;
        expect({ name, value: seen.inputs[name] }).toEqual({ name, value: expectation(value) });
      }
      const silent = Object.keys(change).filter((name) => seen.inputs[name] === undefined);
      const unseen = (name: string): boolean => {
        const { secret, writeOnly } = propertyOf(definition.inputs, name);
        return secret === true || writeOnly === true;
      };
      expect(silent).toEqual(silent.filter(unseen));
    }

    const changes = sample.changes("parent");
    /** Inputs that the vendor sees and a program may change; what names the parent changes with it. */
    const settable = names.filter((name) => {
      const { ours, computed } = propertyOf(definition.inputs, name);
      return !ours && !computed && name !== "account" && sample.full("parent")[name] !== "parent";
    });

    it("is in the samples for every input that the vendor sees", () => {
      expect(settable.filter((name) => !changes.some((change) => name in change))).toEqual([]);
    });

    const visible = settable.filter((name) => !propertyOf(definition.inputs, name).writeOnly);
    if (visible.length > 0) {
      it("by somebody else shows as drift of just what was changed", async () => {
        const [change] = changes
          .filter((candidate) => Object.keys(candidate).every((name) => visible.includes(name)))
          .sort((a, b) => Object.keys(a).length - Object.keys(b).length);
        if (!change) throw new Error("the samples change nothing that the vendor shows");
        const parent = await bench.parent();
        const kept = await bench.create(named(sample.full(parent)));
        // Where the vendor allows only one, there is no other beside it.
        if (definition.deleteBeforeReplace) await bench.remove(kept);
        const other = await bench.create({ ...named(sample.full(parent)), ...change });
        // The other object is what this one looks like after somebody changed it.
        const found = await lifecycle.read(bench.resourceType(), other.id, kept.outs);
        expect(differing(found?.inputs ?? {}, kept.inputs).sort()).toEqual(Object.keys(change).sort());
      });
    }
  });

  describe("delete", () => {
    it("is done once, and again is fine; a read after it finds nothing", async () => {
      const kept = await full();
      await bench.remove(kept);
      await bench.remove(kept);
      if (definition.outlivesDelete) expect(await bench.read(kept)).toBeDefined();
      else expect(await bench.read(kept)).toBeUndefined();
    });
  });

  describe("read", () => {
    if (!definition.singleton) {
      it("finds nothing when the object vanished at the vendor", async () => {
        const kept = await full();
        bench.vanish(kept.id);
        expect(await bench.read(kept)).toBeUndefined();
      });

      it("looks up by the id alone", async () => {
        const { id } = await full();
        const found = await lifecycle.read(bench.resourceType(), id, {});
        for (const output of schemaOf(definition.outputs).required ?? [])
          expect(found?.props).toHaveProperty(output);
      });

      it("says so when there is nothing to look up", async () => {
        const { id } = await full();
        bench.vanish(id);
        await expect(lifecycle.read(bench.resourceType(), id, {})).rejects.toThrow(
          /cannot be looked up: it does not exist in the default account/,
        );
      });
    }

    it.each(NOT_A_NOT_FOUND)("throws on $name, so that state stays", async ({ fault }) => {
      const kept = await full();
      bench.sandbox.faults.push(fault);
      await expect(bench.read(kept)).rejects.toThrow(StreamkeysError);
      await expect(bench.read(kept)).rejects.not.toThrow(Gone);
    });
  });

  // What only takes over an existing object has no create that could go wrong.
  if (!definition.makesNothing) {
    describe("a create that goes wrong", () => {
      const posts = (): number => bench.sandbox.requests.filter(({ method }) => method === "POST").length;
      let program: Props;

      beforeEach(async () => {
        program = named(sample.full(await bench.parent()));
        bench.sandbox.requests.length = 0;
      });

      it.each([...faultsNamed("500", "a cut connection"), TIMEOUT])(
        "sends POST once on $name",
        async ({ fault }) => {
          bench.sandbox.faults.push({ ...fault, method: "POST", times: 1 });
          await bench.create(program).catch(() => undefined);
          expect(posts()).toBe(1);
        },
      );

      it.each(faultsNamed("a cut connection", "502 in HTML", "an HTML page", "an empty body"))(
        "makes no second object after the work was done and $name came",
        async ({ fault }) => {
          bench.sandbox.faults.push({ ...fault, method: "POST", afterWork: true, times: 1 });
          const outcome = await bench.create(program).catch((error: unknown) => error);
          expect(posts()).toBe(1);
          if (definition.find) {
            expect(await bench.read(outcome as Kept)).toBeDefined();
          } else {
            expect(outcome).toBeInstanceOf(OrphanRisk);
            expect((outcome as Error).message).toMatch(/import/);
          }
        },
      );

      if (definition.settle) {
        it("keeps the id when what follows the POST fails, and finishes at the next update", async () => {
          program = { ...program, ...sample.settles };
          for (const method of ["GET", "PUT", "PATCH"]) bench.sandbox.faults.push({ method, status: 500 });
          const failure = (await bench.create(program).catch((error: unknown) => error)) as {
            id: string;
            outputs: Props;
          };
          expect(failure).toMatchObject({ name: "Unfinished", id: expect.any(String) as string });
          bench.sandbox.faults.length = 0;
          const { inputs } = check(program);
          const outs = await lifecycle.update(bench.resourceType(), failure.id, failure.outputs, inputs);
          for (const output of schemaOf(definition.outputs).required ?? [])
            expect(outs).toHaveProperty(output);
          expect(posts()).toBe(1);
        });
      }
    });
  }

  if (definition.seeAll) {
    it("is seen in a list as a read sees it", async () => {
      const parent = await bench.parent();
      const kept = [];
      for (const inputs of [sample.minimal(parent), sample.full(parent)]) {
        kept.push(await bench.create(named(inputs)));
        if (definition.makesNothing) break;
      }
      const { host, definition: its } = bench.resourceType();
      const api = openApi(resolveAccount(vendor, undefined, host.settings));
      const seen = new Map<string, Seen>();
      for await (const one of its.seeAll?.(api) ?? []) seen.set(one.id, one);
      for (const { id, outs } of kept)
        expect(seen.get(id)).toEqual(await its.read(api, id, outs, bench.context));
    });
  }

  if (definition.list) {
    it("is listed with the mark of its create, if there is a field for one, also after an update", async () => {
      const { settings } = bench.resourceType().host;
      const api = openApi(resolveAccount(vendor, undefined, settings));
      const stackOf = async ({ id }: Kept) => {
        for await (const listed of definition.list?.(api) ?? [])
          if (listed.id === id) return stackOfMark(listed.mark ?? "");
        throw new Error(`${id} is not listed`);
      };
      const parent = await bench.parent();
      const isMarked = definition.markField !== undefined;
      const stack = isMarked ? "01234567" : undefined;
      const changes = isMarked ? sample.changes(parent) : [{}];
      for (const [number, change] of changes.entries()) {
        const program = { ...named(sample.full(parent)), origin: `it-${number}#0123456789abcdef` };
        const made = await bench.create(program);
        expect(await stackOf(made)).toBe(stack);
        const next = await bench.up(made, { ...program, ...change });
        if (next.did === "update") expect(await stackOf(next)).toBe(stack);
      }
    });
  }

  describe("secrets", () => {
    it("are nowhere in state but in secret properties", async () => {
      const kept = await full();
      const secrets = secretValues(schemaOf(definition.outputs), kept.outs);
      if (definition.rotation) expect(secrets.length).toBeGreaterThan(0);
      const open = withoutSecrets(declared, withoutSecrets(schemaOf(definition.outputs), kept.outs));
      for (const secret of [...secrets, ...secretValues(declared, kept.outs)]) {
        expect(JSON.stringify(open)).not.toContain(secret);
      }
    });

    it("are in nothing that is thrown, even when the vendor repeats them", async () => {
      const kept = await full();
      const secrets = [
        ...secretValues(schemaOf(definition.outputs), kept.outs),
        ...secretValues(declared, kept.outs),
      ];
      const body = JSON.stringify({
        message: `key ${secrets.join(" ")}`,
        Message: secrets.join(" "),
        error: secrets,
      });
      bench.sandbox.faults.push({ status: 500, body });
      const error = await bench.read(kept).catch((thrown: unknown) => thrown);
      const shown = inspect(error, { depth: 10, showHidden: true });
      for (const secret of [...secrets, ...credentials()]) expect(shown).not.toContain(secret);
    });

    const credentials = (): string[] =>
      Object.values(resolveAccount(vendor, undefined, bench.resourceType().host.settings).credentials).filter(
        (value): value is string => value !== undefined && value.length > 6,
      );
  });

  if (definition.cuts && definition.isLive) {
    describe("while live", () => {
      it("is not deleted unasked, when that would cut the broadcast", async () => {
        const kept = await full();
        bench.setLive(kept.id, true);
        const cuts = definition.cuts?.(kept.inputs) ?? [];
        const deletion = bench.remove(kept);
        if (cuts.includes("delete")) await expect(deletion).rejects.toThrow(LiveRefusal);
        else await deletion;
        expect(bench.sandbox.requests.filter(({ method }) => method === "DELETE")).toHaveLength(
          cuts.includes("delete") || definition.outlivesDelete ? 0 : 1,
        );
      });

      it("is not replaced unasked", async () => {
        const kept = await full();
        expect(definition.cuts?.(kept.inputs)).toContain("delete");
        bench.setLive(kept.id, true);
        await expect(
          bench.up(kept, { ...named(kept.inputs), account: "another", adopt: undefined }),
        ).rejects.toThrow(LiveRefusal);
      });
    });
  }

  if (definition.rotation) {
    describe("rotation", () => {
      const DAY = 86_400_000;
      const keyOf = (kept: { outs: Props }): string =>
        secretValues(schemaOf(definition.outputs), kept.outs).join();

      it("is due after whole periods, in slots that do not drift, and changes the key once", async () => {
        const program = { ...named(sample.minimal(await bench.parent())), keyRotation: { every: "30d" } };
        const first = await bench.create(program);
        bench.now = new Date(Date.parse("2026-01-01T00:00:00Z") + 37 * DAY);
        const second = await bench.up(first, program);
        expect(second.inputs.keyGeneration).toEqual({ since: "2026-01-31T00:00:00Z", reason: "every 30d" });
        expect(second.did).toBe(definition.rotate ? "update" : "replace");
        expect(keyOf(second)).not.toBe(keyOf(first));
        expect((await bench.up(second, program)).did).toBe("nothing");
        bench.now = new Date(Date.parse("2026-01-01T00:00:00Z") + 60 * DAY);
        const third = await bench.up(second, program);
        expect(third.inputs.keyGeneration).toEqual({ since: "2026-03-02T00:00:00Z", reason: "every 30d" });
        expect(keyOf(third)).not.toBe(keyOf(second));
      });

      it("follows a trigger that is first set or changed, and not one that is removed", async () => {
        const program = named(sample.minimal(await bench.parent()));
        const trigger = (text: string) => ({ ...program, keyRotation: { trigger: text } });
        const first = await bench.create(program);
        const second = await bench.up(first, trigger("a"));
        const third = await bench.up(second, trigger("b"));
        const fourth = await bench.up(third, program);
        const keys = [first, second, third, fourth].map(keyOf);
        expect(new Set(keys.slice(0, 3)).size).toBe(3);
        expect(keys[3]).toBe(keys[2]);
        expect((await bench.up(fourth, program)).did).toBe("nothing");
      });

      if (definition.rotate) {
        it("does not reset twice when the answer to the reset was lost", async () => {
          const program = named(sample.minimal(await bench.parent()));
          const kept = await bench.create(program);
          for (const method of ["POST", "PUT"])
            bench.sandbox.faults.push({ method, drop: true, afterWork: true, times: 1 });
          bench.sandbox.requests.length = 0;
          const rotated = await bench.up(kept, { ...program, keyRotation: { trigger: "a" } });
          const writes = bench.sandbox.requests.filter(({ method }) => method !== "GET");
          // Where the old key has to go first, that is a request of its own.
          expect(writes.map(({ method }) => method)).toHaveLength(definition.keyGap === undefined ? 1 : 2);
          expect(keyOf(rotated)).not.toBe(keyOf(kept));
          bench.sandbox.faults.length = 0;
          expect((await bench.read(rotated))?.props).toEqual(rotated.outs);
        });

        it("is done also when somebody had reset the key before, and our reset was lost", async () => {
          const program = named(sample.minimal(await bench.parent()));
          const kept = await bench.create(program);
          // Somebody else's: what we hold is still from before.
          const theirs = await bench.up(kept, { ...program, keyRotation: { trigger: "theirs" } });
          for (const method of ["POST", "PUT"]) bench.sandbox.faults.push({ method, drop: true, times: 1 });
          const ours = await bench.up(kept, { ...program, keyRotation: { trigger: "ours" } });
          bench.sandbox.faults.length = 0;
          expect([keyOf(kept), keyOf(theirs)]).not.toContain(keyOf(ours));
          expect((await bench.read(ours))?.props).toEqual(ours.outs);
        });
      }

      if (definition.cuts && definition.isLive) {
        it("waits for the end of a broadcast that it would cut, and is done then", async () => {
          const program = named(sample.minimal(await bench.parent()));
          const kept = await bench.create(program);
          bench.setLive(kept.id, true);
          const changed = { ...program, keyRotation: { trigger: "a" } };
          const waiting = await bench.up(kept, changed);
          const again = await bench.up(waiting, changed);
          expect([keyOf(waiting), keyOf(again)]).toEqual([keyOf(kept), keyOf(kept)]);
          expect(bench.warnings).toContainEqual(expect.stringContaining("put off"));
          bench.setLive(kept.id, false);
          const rotated = await bench.up(again, changed);
          expect(keyOf(rotated)).not.toBe(keyOf(kept));
          expect((await bench.up(rotated, changed)).did).toBe("nothing");
        });

        it("cuts the broadcast when interruptLive says so", async () => {
          const program = { ...named(sample.minimal(await bench.parent())), interruptLive: true };
          const kept = await bench.create(program);
          bench.setLive(kept.id, true);
          const rotated = await bench.up(kept, { ...program, keyRotation: { trigger: "a" } });
          expect(keyOf(rotated)).not.toBe(keyOf(kept));
        });
      }

      if (definition.takesOver && sample.parent !== undefined) {
        it("knows nothing of the age of a key whose stream the same run has taken over", async () => {
          const streamId = await bench.parent();
          const stream = vendor.resources.find(({ name }) => name === sample.parent)!;
          const ofStream = bench.resourceType(stream);
          await bench.create({ ...sampleOf(vendor, stream).minimal(""), adopt: streamId }, ofStream);
          const ofKey = { ...bench.resourceType(), host: ofStream.host };
          const { outs } = await bench.create(sample.minimal(streamId), ofKey);
          expect(outs.keyGeneration).toMatchObject({ reason: "adopted" });
        });
      }

      it("follows streamkeys:rotateAll once", async () => {
        const program = named(sample.minimal(await bench.parent()));
        const first = await bench.create(program);
        bench.config["streamkeys:rotateAll"] = "leak";
        const second = await bench.up(first, program);
        expect(keyOf(second)).not.toBe(keyOf(first));
        expect((await bench.up(second, program)).did).toBe("nothing");
        delete bench.config["streamkeys:rotateAll"];
        expect((await bench.up(second, program)).did).toBe("nothing");
      });
    });
  }

  describe("adoption", () => {
    it("takes over what matches without a write, and dropping the import is clean", async () => {
      const program = named(sample.full(await bench.parent()));
      const existing = await bench.create(program);
      let adopted: Kept | undefined;
      const calls = await bench.callsOf(async () => {
        adopted = await bench.create({ ...program, adopt: existing.id });
      });
      expect(calls.filter((call) => !call.startsWith("GET"))).toEqual([]);
      expect(adopted?.id).toBe(existing.id);
      // What only the reply to a create shows cannot be had of an object that others made, unless a read shows it too.
      const shown = Object.keys(definition.outputs).filter(
        (name) => !propertyOf(definition.outputs, name).createOnly || adopted?.outs[name] !== undefined,
      );
      for (const name of shown) expect([name, adopted?.outs[name]]).toEqual([name, existing.outs[name]]);
      expect((await bench.up(adopted as Kept, program)).did).toBe("nothing");
    });

    it("updates what may be updated, and refuses the rest by name", async () => {
      const parent = await bench.parent();
      for (const change of sample.changes(parent)) {
        const existing = await bench.create(named(sample.full(parent)));
        const program = { ...named(sample.full(parent)), ...change, adopt: existing.id };
        const outcome = await bench.create(program).catch((error: unknown) => error);
        if (outcome instanceof AdoptionRefusal) {
          expect(outcome.message).toContain(Object.keys(change)[0]);
        } else {
          expect(outcome).toMatchObject({ id: existing.id });
          expect((await bench.read(outcome as Kept))?.inputs).toEqual((outcome as Kept).inputs);
        }
        await bench.remove(existing);
      }
    });

    it("says at preview what it will do, and asks for nothing but a look", async () => {
      const parent = await bench.parent();
      const { id } = await bench.create(sample.full(parent));
      const program = { ...named(sample.full(parent)), adopt: id };
      const calls = await bench.callsOf(async () => {
        expect(await bench.preview(program)).toEqual([]);
      });
      expect(calls).toEqual(expect.arrayContaining(["GET 200"]));
      expect(calls.filter((call) => !call.startsWith("GET"))).toEqual([]);
      expect(bench.progress).toContain(`takes over ${id}, writes nothing`);

      for (const change of sample.changes(parent)) {
        bench.progress.length = 0;
        const changed = { ...program, ...change };
        const refused = await bench.preview(changed);
        let outcome: unknown;
        const did = await bench.callsOf(async () => {
          outcome = await bench.create(changed).catch((error: unknown) => error);
        });
        if (outcome instanceof AdoptionRefusal) {
          expect(refused).toEqual([outcome.message]);
          continue;
        }
        expect(refused).toEqual([]);
        const writes = did.filter((call) => !call.startsWith("GET"));
        const what = writes.length > 0 ? `and updates it: .*${Object.keys(change)[0]}` : "writes nothing";
        expect(bench.progress).toContainEqual(expect.stringMatching(what));
        await bench.create(program);
      }
    });

    it("fails no preview for what is not known yet, or for a vendor that does not answer", async () => {
      const parent = await bench.parent();
      const { id } = await bench.create(sample.full(parent));
      const program = { ...named(sample.full(parent)), adopt: id };
      for (const path of names) {
        expect([path, await bench.preview({ ...program, [path]: UNKNOWN })]).toEqual([path, []]);
      }
      const cut = bench.as({ baseUrl: "http://127.0.0.1:9" });
      expect(await cut.preview(program)).toEqual([]);
      expect(cut.warnings).toContainEqual(expect.stringMatching(/could not be looked at now/));
    });

    it("says so when there is no such object", async () => {
      const kept = await full();
      bench.vanish(kept.id);
      await expect(bench.create({ ...named(kept.inputs), adopt: kept.id })).rejects.toThrow(
        /cannot be imported/,
      );
    });
  });

  /** Inputs as the SDK class would send them: with the resource's name where the program gives none. */
  function named(program: Props): Props {
    const { keyGeneration: _, ...inputs } = program;
    return "name" in definition.inputs ? { name: "news", ...inputs } : inputs;
  }
});

/** Inputs without the one that only announces what the record in the outputs says. */
function declaredIn({ keyGeneration: _, ...inputs }: Props = {}): Props {
  return inputs;
}

/** What the vendor should report for a value: objects and lists may hold more than was sent. */
function expectation(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(expectation);
  if (value === null || typeof value !== "object") return value;
  return expect.objectContaining(
    Object.fromEntries(Object.entries(value).map(([key, item]) => [key, expectation(item)])),
  );
}

function pathsOf(value: unknown, path: (string | number)[] = []): (string | number)[][] {
  const here = path.length > 0 ? [path] : [];
  if (Array.isArray(value)) return [...here, ...value.flatMap((item, at) => pathsOf(item, [...path, at]))];
  if (value === null || typeof value !== "object") return here;
  return [...here, ...Object.entries(value).flatMap(([key, item]) => pathsOf(item, [...path, key]))];
}

function withUnknown(program: Props, path: (string | number)[]): Props {
  const copy = structuredClone(program);
  const parent = path
    .slice(0, -1)
    .reduce<Record<string | number, unknown>>((value, step) => value[step] as Props, copy);
  parent[path.at(-1) ?? ""] = UNKNOWN;
  return copy;
}

const differing = (a: Props, b: Props): string[] =>
  [...new Set([...Object.keys(a), ...Object.keys(b)])].filter(
    (key) => JSON.stringify(a[key]) !== JSON.stringify(b[key]),
  );

function secretValues(node: SchemaNode, props: Props): string[] {
  return secretPaths(node)
    .map((path) => path.reduce<unknown>((value, step) => (value as Props | undefined)?.[step], props))
    .filter((value): value is string => typeof value === "string");
}

function withoutSecrets(node: SchemaNode, props: Props): Props {
  const copy = structuredClone(props);
  for (const path of secretPaths(node)) {
    const parent = path
      .slice(0, -1)
      .reduce<Props | undefined>((value, step) => value?.[step] as Props | undefined, copy);
    if (parent) delete parent[path.at(-1) ?? ""];
  }
  return copy;
}
