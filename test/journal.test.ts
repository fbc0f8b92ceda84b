import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openJournal } from "../provider/lifecycle/journal";
import { definitionOf } from "../provider/vendors";
import { sampleOf, Workbench } from "./harness/workbench";

/** The notes by which a killed run is continued; test/engine/killed.test.ts kills real ones. */

const { vendor, definition } = definitionOf("tenbyte:Stream");
const declared = { ...sampleOf(vendor, definition).minimal(""), origin: "project/stack/news" };

describe("the journal", () => {
  let bench: Workbench;
  const posts = (): number => bench.sandbox.requests.filter(({ method }) => method === "POST").length;
  const notes = (): string[] => readdirSync(bench.journalFolder);

  beforeEach(async () => {
    bench = await Workbench.open(vendor, definition);
  });
  afterEach(async () => {
    await bench.sandbox.close();
    chmodSync(bench.journalFolder, 0o700);
    rmSync(bench.journalFolder, { recursive: true, force: true });
  });

  it("forgets a create once a later process sees that the engine knows the id", async () => {
    const kept = await bench.create(declared);
    expect(notes()).toHaveLength(1);
    await bench.up(kept, declared, bench.resourceType());
    expect(notes()).toEqual([]);
  });

  it("forgets a create that the vendor refused, and one that could not be sent", async () => {
    bench.sandbox.faults.push({ method: "POST", status: 422, times: 1 });
    await expect(bench.create(declared)).rejects.toThrow(/422/);
    expect(notes()).toEqual([]);
  });

  it("makes a new object when what the note tells of is gone", async () => {
    const first = await bench.create(declared);
    bench.vanish(first.id);
    const second = await bench.create(declared, bench.resourceType());
    expect(second.id).not.toBe(first.id);
    expect(posts()).toBe(2);
  });

  it("makes a new object when the note was handed over long ago: the engine has known the id since then", async () => {
    const first = await bench.create(declared);
    const [name = ""] = notes();
    const file = join(bench.journalFolder, name);
    const note = JSON.parse(readFileSync(file, "utf8")) as object;
    writeFileSync(file, JSON.stringify({ ...note, handedOverAt: "2020-01-01T00:00:00Z" }));
    expect((await bench.create(declared, bench.resourceType())).id).not.toBe(first.id);
  });

  it("says what differs when the program has changed since the run was killed, instead of taking over another stream", async () => {
    const first = await bench.create(declared);
    const changed = { ...declared, region: "bd-edge-01" };
    const failure = bench.create(changed, bench.resourceType());
    await expect(failure).rejects.toThrow(/An earlier run was killed.*region differs/);
    await expect(failure).rejects.toThrow(
      new RegExp(`delete Tenbyte Stream ${first.id} at Tenbyte, run \`rm '`),
    );
    expect(posts()).toBe(1);
  });

  it("keeps two resources apart by where they are declared", async () => {
    const first = await bench.create(declared);
    const second = await bench.create({ ...declared, origin: "project/stack/another" }, bench.resourceType());
    expect(second.id).not.toBe(first.id);
  });

  it("holds no secret", async () => {
    await bench.create(declared);
    const [name = ""] = notes();
    const note = readFileSync(join(bench.journalFolder, name), "utf8");
    const [stored] = Object.values(
      bench.sandbox.data.tenbyte?.streams as Record<string, { stream_key: string }>,
    );
    expect(note).not.toContain(stored?.stream_key);
    expect(Object.keys(JSON.parse(note) as object).sort()).toEqual([
      "handedOverAt",
      "id",
      "keyDigest",
      "origin",
      "pid",
      "startedAt",
      "type",
    ]);
  });

  it("lets a create go on, with a warning, where no note can be written", async () => {
    const folder = join(mkdtempSync(join(tmpdir(), "streamkeys-journal-")), "a-file");
    writeFileSync(folder, "");
    const subject = bench.resourceType();
    subject.host.journal = openJournal(join(folder, "creates"));
    expect((await bench.create(declared, subject)).id).toEqual(expect.any(String));
    expect(bench.warnings).toContainEqual(expect.stringMatching(/If this run is killed/));
  });
});
