import fs, {
  appendFileSync,
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { noteIn, openJournal } from "../provider/lifecycle/journal";
import type { Props } from "../provider/define";
import type { ResourceType } from "../provider/lifecycle";
import { definitionOf } from "../provider/vendors";
import { sampleOf, Workbench } from "./harness/workbench";

/** The notes by which a killed run is continued; test/engine/killed.test.ts kills real ones. */

const { vendor, definition } = definitionOf("tenbyte:Stream");
const declared: Props = {
  ...sampleOf(vendor, definition).full(""),
  name: "news",
  origin: "news#0123456789abcdef",
};
const another = { ...declared, origin: "news#0123456700000000" };

/** The request is lost before its work, and nothing can be looked for. */
const LOST = { method: "POST", status: 503, times: 1 } as const;
const LOST_AFTER_WORK = { ...LOST, afterWork: true } as const;
const NO_LIST = { method: "GET", status: 503 } as const;

describe("the journal", () => {
  let bench: Workbench;
  const posts = (): number => bench.sandbox.requests.filter(({ method }) => method === "POST").length;
  const notes = (): string[] => readdirSync(bench.journalFolder);
  const note = (): string => readFileSync(join(bench.journalFolder, notes()[0] ?? ""), "utf8");
  const streams = (): Record<string, { created_at: string; name: string }> =>
    bench.sandbox.data.tenbyte?.streams as Record<string, { created_at: string; name: string }>;
  /** A create whose answer nobody gets, and of which nothing can be found out in that run. */
  const lose = async (inputs: Props = declared, fault: object = LOST_AFTER_WORK): Promise<void> => {
    bench.sandbox.faults.push({ ...fault }, NO_LIST);
    await expect(bench.create(inputs, bench.resourceType())).rejects.toThrow(/503/);
    bench.sandbox.faults.length = 0;
  };
  /** A run that ends in good order. */
  const whole = async <T>(act: (type: ResourceType) => Promise<T>): Promise<T> => {
    const type = bench.resourceType();
    const result = await act(type);
    await type.host.journal.close();
    return result;
  };

  beforeEach(async () => {
    bench = await Workbench.open(vendor, definition);
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await bench.sandbox.close();
    chmodSync(bench.journalFolder, 0o700);
    rmSync(bench.journalFolder, { recursive: true, force: true });
  });

  describe("forgets a create", () => {
    it("when a run ends in good order: a create of the same resource is a new one", async () => {
      const first = await whole((type) => bench.create(declared, type));
      expect(notes()).toEqual([]);
      const second = await whole((type) => bench.create(declared, type));
      expect(second.id).not.toBe(first.id);
    });

    it("once a later process sees that the engine knows the id", async () => {
      const kept = await bench.create(declared);
      expect(notes()).toHaveLength(1);
      await bench.up(kept, declared, bench.resourceType());
      expect(notes()).toEqual([]);
    });

    it("that the vendor refused", async () => {
      bench.sandbox.faults.push({ method: "POST", status: 422, times: 1 });
      await expect(bench.create(declared)).rejects.toThrow(/422/);
      expect(notes()).toEqual([]);
    });
  });

  describe("keeps a note", () => {
    it("of an answer that was given to an engine which is dead, when the plugin ends too", async () => {
      const type = bench.resourceType();
      const isEngineAlive = (): Promise<boolean> => Promise.resolve(posts() === 0);
      type.host.journal = openJournal(bench.journalFolder, { isEngineAlive });
      const first = await bench.create(declared, type);
      await type.host.journal.close();
      expect((await bench.create(declared, bench.resourceType())).id).toBe(first.id);
      expect(bench.warnings).toContainEqual(expect.stringMatching(/An earlier run was killed.*taken over/));
    });

    it("of a lost create for as long as it takes: nine hours later, and on another day", async () => {
      await lose();
      const [name = ""] = notes();
      const [made] = Object.values(streams());
      const long = "2026-01-01T09:00:00.000Z";
      made!.created_at = long;
      appendFileSync(join(bench.journalFolder, name), JSON.stringify({ startedAt: long }));
      await bench.create(declared, bench.resourceType());
      expect(posts()).toBe(1);
    });

    it("of what was sent, so that an edited program finds what the lost create made", async () => {
      await lose();
      const edited = { ...declared, name: "evening news" };
      const failure = bench.create(edited, bench.resourceType());
      await expect(failure).rejects.toThrow(/An earlier run was killed.*name differs/);
      await expect(failure).rejects.toThrow(/Or delete Tenbyte Stream \S+ at Tenbyte, run `rm '/);
      expect(posts()).toBe(1);
    });
  });

  it("lets nothing be sent once the engine is gone: the next run may be at it already", async () => {
    const type = bench.resourceType();
    type.host.journal = openJournal(bench.journalFolder, { isEngineAlive: () => Promise.resolve(false) });
    await expect(bench.create(declared, type)).rejects.toThrow(/The engine is gone, so nothing was made/);
    expect(posts()).toBe(0);
    expect(notes()).toEqual([]);
  });

  it("keeps the note where the engine is gone after a try whose answer was lost", async () => {
    const of = definitionOf("cloudflare:LiveInput");
    // Takes the place of the other, which is closed here: this one is closed whatever comes.
    await bench.sandbox.close();
    const its = (bench = await Workbench.open(of.vendor, of.definition, { retries: 2 }));
    its.sandbox.faults.push({ ...LOST_AFTER_WORK });
    const program = { recording: { mode: "off" }, origin: declared.origin };
    const type = its.resourceType();
    const isEngineAlive = (): Promise<boolean> => Promise.resolve(its.sandbox.requests.length === 0);
    type.host.journal = { ...type.host.journal, isEngineAlive };
    await expect(its.create(program, type)).rejects.toThrow(/The engine is gone/);
    const next = await its.create(program, its.resourceType());
    expect(Object.keys(its.sandbox.data.cloudflare?.inputs as object)).toEqual([next.id]);
  });

  it("asks for one list for everything that one killed run has left open", async () => {
    const programs = ["a", "b", "c", "d"].map((name) => ({
      ...declared,
      name,
      origin: `${name}#0123456789abcdef`,
    }));
    for (const program of programs) await lose(program);
    const { pid } = spawnSync(process.execPath, ["--version"]);
    for (const name of notes()) {
      appendFileSync(join(bench.journalFolder, name), JSON.stringify({ pid }));
    }
    const made = Object.keys(streams());
    bench.sandbox.requests.length = 0;
    const type = bench.resourceType();
    const found = await Promise.all(programs.map((program) => bench.create(program, type)));
    expect(found.map(({ id }) => id).sort()).toEqual(made.sort());
    expect(new Set(made).size).toBe(programs.length);
    const lists = bench.sandbox.requests.filter(
      ({ method, path }) => method === "GET" && path.endsWith("/streams"),
    );
    expect(lists).toHaveLength(1);
  });

  it("makes a new object when what the note tells of is gone", async () => {
    const first = await bench.create(declared);
    bench.vanish(first.id);
    const second = await bench.create(declared, bench.resourceType());
    expect(second.id).not.toBe(first.id);
    expect(posts()).toBe(2);
  });

  describe("is not asked", () => {
    it("for a resource that the engine knows: check with old inputs says so", async () => {
      await lose();
      const type = bench.resourceType();
      bench.check(declared, declared, type);
      await bench.create(declared, type);
      expect(posts()).toBe(2);
      // What the lost create made is left, and its note with it.
      expect(notes()).toHaveLength(2);
    });

    it("in another backend", async () => {
      await lose();
      const type = bench.resourceType();
      type.host.journal = openJournal(bench.journalFolder, { backend: "s3://another" });
      await bench.create(declared, type);
      expect(posts()).toBe(2);
    });
  });

  describe.each(["tenbyte:Stream", "aioz:StreamKey"])("takes no %s for a lost one", (name) => {
    const of = definitionOf(name);
    const kind = `${of.vendor.title} ${of.definition.name}`;
    const ours: Props = {
      ...sampleOf(of.vendor, of.definition).minimal(""),
      name: "news",
      origin: declared.origin,
    };
    const theirs: Props = { ...ours, origin: another.origin };
    let its: Workbench;
    const run = (): ResourceType => its.resourceType();
    /** When the vendor says that it has made an object. */
    const dateBy = (id: string, ms: number): void => {
      const { streams, keys } = its.sandbox.data[of.vendor.name] as Record<
        string,
        Record<string, { created_at: string }>
      >;
      (streams?.[id] ?? keys![id]!).created_at = new Date(Date.now() + ms).toISOString();
    };

    beforeEach(async () => {
      its = await Workbench.open(of.vendor, of.definition);
    });
    afterEach(() => its.sandbox.close());

    it("that another stack has made just before, with the same name", async () => {
      const made = await its.create(theirs, run());
      its.sandbox.faults.push({ ...LOST });
      await expect(its.create(ours, run())).rejects.toThrow(`No ${kind} was made`);
      expect((await its.create(ours, run())).id).not.toBe(made.id);
    });

    it("that another machine has made some seconds before, with the same name", async () => {
      const type = run();
      const made = await its.create(theirs, type);
      await type.host.journal.close();
      dateBy(made.id, -4_000);
      its.sandbox.faults.push({ ...LOST });
      await expect(its.create(ours, run())).rejects.toThrow(`No ${kind} was made`);
    });

    it("that another stack makes some time after the request was lost, and names it once", async () => {
      its.sandbox.faults.push({ ...LOST }, NO_LIST);
      await expect(its.create(ours, run())).rejects.toThrow(/503/);
      its.sandbox.faults.length = 0;
      const elsewhere = run();
      const made = await its.create(theirs, elsewhere);
      await elsewhere.host.journal.close();
      dateBy(made.id, 8_000);
      const next = its.create(ours, run());
      if (of.definition.foundBy === "likeness") {
        await expect(next).rejects.toThrow(
          new RegExp(`${made.id} is just like it, and was made at 20.*import: "<id>"`),
        );
        expect((await its.create(ours, run())).id).not.toBe(made.id);
      } else expect((await next).id).not.toBe(made.id);
    });

    it("that another resource of the run has, when both ask for the same and one is lost", async () => {
      const type = run();
      its.sandbox.faults.push({ ...LOST });
      const [one, two] = await Promise.allSettled([its.create(ours, type), its.create(theirs, type)]);
      expect([one.status, two.status].sort()).toEqual(["fulfilled", "rejected"]);
    });

    it("and finds both of two that asked for the same and were lost", async () => {
      for (const inputs of [ours, theirs]) {
        its.sandbox.faults.push({ ...LOST_AFTER_WORK }, NO_LIST);
        await expect(its.create(inputs, run())).rejects.toThrow(/503/);
        its.sandbox.faults.length = 0;
      }
      its.sandbox.requests.length = 0;
      const type = run();
      const made = await Promise.all([its.create(ours, type), its.create(theirs, type)]);
      expect(new Set(made.map(({ id }) => id)).size).toBe(2);
      expect(its.sandbox.requests.filter(({ method }) => method === "POST")).toEqual([]);
    });
  });

  describe("takes no object for a lost one", () => {
    it("whose inputs are not as they were sent, and says so once", async () => {
      await lose();
      const [made] = Object.values(streams()) as unknown as { webhook_url: string }[];
      made!.webhook_url = "https://example.org/another";
      await expect(bench.create(declared, bench.resourceType())).rejects.toThrow(
        /not quite as it was asked for/,
      );
      expect(posts()).toBe(1);
      await bench.create(declared, bench.resourceType());
      expect(posts()).toBe(2);
      expect(notes()).toHaveLength(2);
    });
  });

  it.each([-120_000, 120_000])(
    "finds a lost create though our clock and the vendor's differ by %d ms",
    async (skew) => {
      const other = await Workbench.open(vendor, definition, {}, () => new Date(Date.now() + skew));
      other.sandbox.faults.push({ ...LOST_AFTER_WORK });
      const made = await other.create(declared, other.resourceType());
      expect(made.id).toBe(Object.keys(other.sandbox.data.tenbyte?.streams as object)[0]);
      await other.sandbox.close();
    },
  );

  it("keeps two resources apart by where they are declared", async () => {
    const first = await bench.create(declared);
    expect((await bench.create(another, bench.resourceType())).id).not.toBe(first.id);
  });

  it("holds no secret in clear, marked or not", async () => {
    const secret = "a secret that only the user knows";
    await bench.create({ ...declared, name: secret, webhookUrl: "https://example.org/hook?token=T0ken" });
    const [stored] = Object.values(
      bench.sandbox.data.tenbyte?.streams as Record<string, { stream_key: string }>,
    );
    for (const value of [stored?.stream_key, secret, "T0ken", "example.org"])
      expect(note()).not.toContain(value);
    const known = ["id", "keyDigest", "origin", "pid", "sent", "startedAt", "type"];
    expect(Object.keys(noteIn(note()) ?? {}).sort()).toEqual(known);
  });

  it("reads past a line that a crash has cut, and a note of one line as 0.1 wrote it", () => {
    const begun = { type: "t", origin: "o", startedAt: "2026-01-01T00:00:00.000Z", keyDigest: "d", pid: 7 };
    const line = JSON.stringify(begun);
    expect(noteIn(line)).toEqual(begun);
    expect(noteIn(`${line}\n{"id":"x"}\n{"pid":nu`)).toEqual({ ...begun, id: "x" });
    expect(noteIn(`${line}\n{"pid":null}\n`)).not.toHaveProperty("pid");
    expect(noteIn(line.slice(0, -9))).toBeUndefined();
  });

  it.each(["", '\n{"sentAt":"2026-01-01T0'])("adds to a note of one line that ends in %j", (end) => {
    const begun = { type: "t", origin: "o", startedAt: "2026-01-01T00:00:00.000Z", keyDigest: "d", pid: 7 };
    const journal = openJournal(bench.journalFolder);
    const file = journal.begin(begun);
    writeFileSync(file, JSON.stringify(begun) + end);
    journal.amend(file, { id: "x" });
    expect(journal.all().map(({ note }) => note)).toEqual([{ ...begun, id: "x" }]);
  });

  describe("in a folder that cannot be written to", () => {
    // A host says the same only once.
    const ofNotes = (): string[] => [...new Set(bench.warnings)].filter((text) => text.includes("notes"));

    it("lets a create go on, with one warning", async () => {
      const folder = join(mkdtempSync(join(tmpdir(), "streamkeys-journal-")), "a-file");
      writeFileSync(folder, "");
      const type = bench.resourceType();
      type.host.journal = openJournal(join(folder, "creates"));
      expect((await bench.create(declared, type)).id).toEqual(expect.any(String));
      expect(ofNotes()).toEqual([
        expect.stringMatching(/cannot be written \(ENOTDIR\).*If this run is killed/),
      ]);
    });

    it.each(["unlinkSync", "writeFileSync"] as const)(
      "lets refresh, update and delete go on when %s fails",
      async (call) => {
        const kept = await bench.create(declared);
        jest.spyOn(fs, call).mockImplementation(() => {
          throw Object.assign(new Error("EROFS: read-only file system"), { code: "EROFS" });
        });
        expect((await bench.read(kept))?.id).toBe(kept.id);
        await bench.up(kept, declared, bench.resourceType());
        await bench.remove(kept);

        await bench.create(declared, bench.resourceType());
        expect(ofNotes()).toHaveLength(1);
      },
    );
  });
});

describe("a run", () => {
  let bench: Workbench;
  beforeEach(async () => {
    bench = await Workbench.open(vendor, definition);
  });
  afterEach(() => bench.sandbox.close());

  it("never deletes what a create of it has returned, and says so", async () => {
    const kept = await bench.create(declared, bench.resourceType());
    const type = bench.resourceType();
    const again = await bench.create(declared, type);
    expect(again.id).toBe(kept.id);
    await bench.remove(kept, type);
    expect(await bench.read(kept)).toBeDefined();
    expect(bench.warnings).toContainEqual(expect.stringMatching(/was not deleted: a create of this run/));
  });

  it("adopts for the first create only", async () => {
    const adopted = await bench.create({ ...declared, adopt: (await bench.create(declared)).id });
    const next = await bench.up(adopted, { ...declared, adopt: adopted.id, region: "bd-edge-01" });
    expect(next.did).toBe("replace");
    expect(next.id).not.toBe(adopted.id);
    expect(await bench.read(adopted)).toBeUndefined();
  });

  it("gives one object to one resource, whatever `import` says twice", async () => {
    const { id } = await bench.create(declared);
    const type = bench.resourceType();
    await bench.create({ ...declared, adopt: id }, type);
    await expect(bench.create({ ...another, adopt: id }, type)).rejects.toThrow(
      /another resource of this program has it. Import it once/,
    );
  });

  it("refuses at preview what two resources are to have", async () => {
    const kept = await bench.create(declared);
    const { id } = kept;
    const type = bench.resourceType();
    expect(await bench.preview({ ...declared, adopt: id }, type)).toEqual([]);
    expect(await bench.preview({ ...another, adopt: id }, type)).toEqual([
      expect.stringMatching(/another resource of this program has it. Import it once/),
    ]);
    await bench.remove(kept);
  });

  it("neither imports nor deletes what another resource of the program has", async () => {
    const kept = await bench.create(declared);
    const type = bench.resourceType();
    await bench.up(kept, declared, type);
    expect(await bench.preview({ ...another, adopt: kept.id }, type)).toHaveLength(1);
    await expect(bench.create({ ...another, adopt: kept.id }, type)).rejects.toThrow(/Import it once/);
    await bench.remove({ ...kept, outs: { ...kept.outs, origin: another.origin } }, type);
    expect(await bench.read(kept)).toBeDefined();
    expect(bench.warnings).toContainEqual(
      expect.stringMatching(/not deleted: another resource of this program has it/),
    );
  });

  it("says what keeps a replacement from making a new one: `import` is still there", async () => {
    const kept = await bench.create({ ...declared, adopt: (await bench.create(declared)).id });
    const type = bench.resourceType();
    const again = await bench.create({ ...declared, adopt: kept.id }, type);
    expect(again.id).toBe(kept.id);
    await bench.remove(kept, type);
    expect(await bench.read(kept)).toBeDefined();
    expect(bench.warnings).toContainEqual(
      expect.stringMatching(/take `import` out of the program, and run that again/),
    );
  });

  it("that deletes says what it cannot see", async () => {
    const kept = await bench.create(another);
    bench.sandbox.faults.push({ ...LOST }, NO_LIST);
    await expect(bench.create(declared, bench.resourceType())).rejects.toThrow(/503/);
    bench.sandbox.faults.length = 0;
    await bench.remove(kept);
    expect(bench.warnings).toContainEqual(
      expect.stringMatching(/killed while it made tenbyte:Stream news\. If the engine does not know.*doctor/),
    );
  });
});

describe("a rotation by replacement", () => {
  const open = async (type: "aioz:StreamKey" | "comprimato:Stream") => {
    const of = definitionOf(type);
    const bench = await Workbench.open(of.vendor, of.definition);
    const first = {
      ...sampleOf(of.vendor, of.definition).minimal(""),
      name: undefined,
      origin: "news#0123456789abcdef",
    };
    const program: Props = type === "aioz:StreamKey" ? { ...first, name: "news" } : { origin: first.origin };
    return { bench, program, rotated: { ...program, keyRotation: { trigger: "a" } } };
  };

  it("whose request was lost does not take the old key for the new one, however young that is", async () => {
    const { bench, program, rotated } = await open("aioz:StreamKey");
    const kept = await bench.create(program);
    bench.sandbox.faults.push({ ...LOST });
    await expect(bench.up(kept, rotated)).rejects.toThrow(/No AIOZ StreamKey was made by it so far/);
    const next = await bench.up(kept, rotated);
    expect(next.id).not.toBe(kept.id);
    await bench.sandbox.close();
  });

  it("that was killed is finished with the key that it has made", async () => {
    const { bench, program, rotated } = await open("aioz:StreamKey");
    const kept = await bench.create(program);
    bench.sandbox.faults.push({ ...LOST_AFTER_WORK }, { ...NO_LIST, pathEnds: "/live_streams" });
    await expect(bench.up(kept, rotated)).rejects.toThrow(/503/);
    bench.sandbox.faults.length = 0;
    bench.sandbox.requests.length = 0;
    const next = await bench.up(kept, rotated);
    expect(next.id).not.toBe(kept.id);
    expect(bench.sandbox.requests.filter(({ method }) => method === "POST")).toEqual([]);
    await bench.sandbox.close();
  });

  it.each([
    { type: "comprimato:Stream", what: "was lost", fault: LOST_AFTER_WORK },
    {
      type: "aioz:StreamKey",
      what: "came without a key",
      fault: { ...LOST_AFTER_WORK, status: 200, body: "{}" },
    },
  ] as const)("of $type whose answer $what stops once, and goes on", async ({ type, fault }) => {
    const { bench, program, rotated } = await open(type);
    const kept = await bench.create(program);
    bench.sandbox.faults.push(
      { ...fault },
      { method: "GET", pathEnds: "/live_streams", status: 200, body: "{}" },
    );
    await expect(bench.up(kept, rotated)).rejects.toThrow(/Then run again: that makes a new one unless/);
    bench.sandbox.faults.length = 0;
    expect((await bench.up(kept, rotated)).id).not.toBe(kept.id);
    await bench.sandbox.close();
  });
});
