import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Sandbox, startSandbox } from "../../sandbox";
import { type Json, MALFORMED, mutations } from "./wrong";

/** What users steer the sandbox by, and what it keeps: nothing that it is given gets it to where it cannot go on. */

let folder: string;
let sandbox: Sandbox;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "streamkeys-sandbox-"));
  sandbox = await startSandbox();
});
afterEach(async () => {
  await sandbox.close();
  rmSync(folder, { recursive: true });
});

describe("the sandbox's own controls", () => {
  const control = (method: string, path: string, body?: string): Promise<Response> =>
    fetch(`${sandbox.url}/_sandbox${path}`, { method, ...(body === undefined ? {} : { body }) });
  const fault: Json = {
    ...{ method: "GET", path: "/x", pathEnds: "x", status: 500, body: "b", headers: { "x-a": "b" } },
    ...{ delayMs: 1, drop: false, afterWork: true, times: 1, cutAfterBytes: 1, set: { a: 1 } },
    rate: { perSecond: 1, retryAfter: "1", burst: 1 },
  };

  it("take a right fault, and answer a wrong one by 400", async () => {
    expect((await control("POST", "/faults", JSON.stringify(fault))).status).toBe(201);
    for (const { body: wrong } of mutations(fault)) {
      expect([201, 400]).toContain((await control("POST", "/faults", JSON.stringify(wrong))).status);
    }
    for (const text of MALFORMED) expect((await control("POST", "/faults", text)).status).toBe(400);
  });

  it.each([204, 304, 418])("answer by a fault of status %i", async (status) => {
    await control("POST", "/faults", JSON.stringify({ status, body: "x" }));
    expect((await fetch(`${sandbox.url}/tenbyte/v1/livestream/health`)).status).toBe(status);
  });

  it("replace a table at once, also for a simulator at work", async () => {
    const send = (method: string, body?: string): Promise<Response> =>
      fetch(`${sandbox.environment.LIVEPEER_BASE_URL ?? ""}/stream`, {
        ...{ method, headers: { authorization: "Bearer sandbox" } },
        ...(body === undefined ? {} : { body }),
      });
    await send("POST", '{"name":"news"}');
    expect(await (await send("GET")).json()).toHaveLength(1);
    expect((await control("PATCH", "/data/livepeer", '{"streams":{}}')).status).toBe(200);
    expect(await (await send("GET")).json()).toEqual([]);
  });

  it("change data only to what the simulators can work with", async () => {
    await control("PATCH", "/data/uiza/behaviour", '{"polls":3}');
    expect(sandbox.data.uiza?.behaviour).toMatchObject({ polls: 3 });
    const before = JSON.stringify(sandbox.data);
    const wrong = [
      ["/data/uiza/behaviour", '{"polls":"many"}'],
      ["/data/tenbyte", '{"streams":null}'],
      ["/data/tenbyte/streams", '{"a":{}}'],
      ["/data/aioz", '{"keys":[null]}'],
      ...MALFORMED.map((text) => ["/data/uiza/behaviour", text]),
      ...["null", "7", '"text"', "[]"].map((text) => ["/data/uiza/behaviour", text]),
    ];
    for (const [path = "", text = ""] of wrong) {
      expect({ path, text, status: (await control("PATCH", path, text)).status }).toEqual({
        path,
        text,
        status: 400,
      });
    }
    for (const path of ["/data/__proto__", "/data/uiza/constructor", "/data/nobody", "/data/%E0%A4%A"]) {
      expect((await control("PATCH", path, '{"a":1}')).status).toBe(404);
    }
    expect(JSON.stringify(sandbox.data)).toBe(before);
  });
});

describe("the data file", () => {
  it.each([
    ["is no JSON", "{ nonsense", /is not JSON/],
    ["is empty", "", /is not JSON/],
    ["is no object", "[]", /holds no data of a sandbox/],
    [
      "holds a stream without an ingest",
      '{"tenbyte":{"streams":{"a":{"id":"a","ingest":null}}}}',
      /tenbyte\.streams\.a/,
    ],
    ["holds a key without a name", '{"aioz":{"keys":{"a":{"name":null}}}}', /aioz\.keys\.a/],
  ])("that %s is refused with what to do", async (_, text, words) => {
    const file = join(folder, "data.json");
    writeFileSync(file, text);
    await expect(startSandbox({ dataFile: file })).rejects.toThrow(words);
    await expect(startSandbox({ dataFile: file })).rejects.toThrow(/move it away/);
    expect(readFileSync(file, "utf8")).toBe(text);
  });

  it("that cannot be read or written is refused at the start, not at the first request", async () => {
    await expect(startSandbox({ dataFile: folder })).rejects.toThrow(/cannot be read/);
    const file = join(folder, "data.json");
    writeFileSync(file, "{}");
    await expect(startSandbox({ dataFile: join(file, "below.json") })).rejects.toThrow(/cannot be written/);
  });
});
