import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Sandbox, startSandbox } from "../../sandbox";

/**
 * Whatever a client sends, a simulator answers as its vendor would: never by a 500, and it stores nothing that it could
 * not read again. Every body is tried with every wrong value at every place of it.
 */

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** One request with a body that is right; `id` stands for an object made just before. */
interface Endpoint {
  method: "POST" | "PUT" | "PATCH";
  path: string;
  body: Json;
  /** What it answers to this body; 200 when unset. */
  status?: number;
  /** It needs no body, and reads none. */
  ignoresBody?: true;
}

interface Vendor {
  headers: Record<string, string>;
  /** Below the base URL: what makes an object, and the path of its id in the reply. */
  make: Endpoint & { idAt: (reply: unknown) => string };
  endpoints: Endpoint[];
  /** What must go on answering 200. */
  reads: string[];
  /** An empty body stands for an empty object. */
  takesEmptyBody?: true;
}

const rung = {
  ...{ name: "720p", width: 1280, height: 720, fps: 30, gop: 60, bitrate_kbps: 2000, max_bitrate_kbps: 2500 },
  ...{ buf_size_kbps: 4000, crf: 21, codec: "h264", preset: "veryfast", profile: "main", level: "4.0" },
  ...{ rate_control: "cbr", bframes: 0, ref_frames: 1, rc_lookahead: 10 },
  audio: { codec: "aac", channels: 2, sample_rate_hz: 48000, audio_bitrate_kbps: 128 },
};
const tenbyteStream = {
  ...{ name: "news", type: "linear", mode: "video", region: "sg-edge-04" },
  ingest: {
    kind: "push",
    protocols: ["rtmp", "srt"],
    backup: { protocol: "srt", url: "srt://host.example.test:9000" },
  },
  output_protocols: ["hls", "dash"],
  ladder: { video: [rung] },
  packaging: {
    hls: { segment_format: "mpegts", playlist_size: 6, preserved_segments: 6, low_latency: false },
    dash: { segment_format: "fmp4", window_s: 60, min_buffer_s: 4 },
  },
  recording: {
    ...{ enabled: true, target: "s3", library_id: "lib", folder_id: "folder", prefix: "news" },
    s3_config: {
      ...{ endpoint: "https://s3.example.test", bucket: "b", region: "r", access_key_id: "a" },
      ...{ secret_access_key: "s", prefix: "p", storage_class: "STANDARD" },
    },
  },
  webhook_url: "https://hooks.example.test/live",
  meta: { channel: "news", zero: 0, nothing: null, below: [{ zero: 0 }] },
};
const radio = {
  ...tenbyteStream,
  mode: "audio",
  ingest: { kind: "pull", primary: { protocol: "srt", url: "srt://host.example.test:9000" } },
  output_protocols: ["hls"],
  ladder: {
    audio: [{ name: "128k", codec: "aac", channels: 2, sample_rate_hz: 48000, bitrate_kbps: 128 }],
  },
  packaging: { hls: { segment_format: "mpegts" } },
};
const quality = {
  ...{ resolution: "720p", type: "hls", container_type: "mpegts" },
  video_config: { codec: "h264", bitrate: 2800000, index: 0 },
  audio_config: {
    ...{ codec: "aac", bitrate: 128000, channels: "2", sample_rate: 48000, language: "en", index: 0 },
  },
};
const livepeerStream = {
  ...{ name: "news", record: true, creatorId: "team", userTags: { room: "a", rooms: ["a", 1] } },
  profiles: [{ name: "720p", width: 1280, height: 720, bitrate: 3000000, fps: 30, fpsDen: 1, gop: "2" }],
  recordingSpec: { profiles: [{ bitrate: 3000000, encoder: "HEVC" }] },
  playbackPolicy: { type: "webhook", webhookId: "w", webhookContext: { a: 1 }, allowedOrigins: ["*"] },
};
const apivideoStream = {
  ...{ name: "news", public: true, playerId: "pl1" },
  restreams: [{ name: "a", serverUrl: "rtmp://host.example.test/app", streamKey: "k" }],
};
const dataId = (reply: unknown): string => (reply as { data: { id: string } }).data.id;
const plainId = (reply: unknown): string =>
  String((reply as { id?: string; Id?: number }).id ?? (reply as { Id?: number }).Id);

const VENDORS: Record<string, Vendor> = {
  tenbyte: {
    headers: { "x-api-key": "tkb_sandbox" },
    make: { method: "POST", path: "/streams", body: tenbyteStream, idAt: dataId },
    endpoints: [
      { method: "POST", path: "/streams", body: tenbyteStream, status: 201 },
      { method: "POST", path: "/streams", body: radio, status: 201 },
      { method: "POST", path: "/streams/:id/reset-key", body: {}, ignoresBody: true },
      { method: "POST", path: "/streams/:id/restart", body: {}, ignoresBody: true },
      { method: "POST", path: "/streams/:id/stop", body: {}, ignoresBody: true, status: 409 },
    ],
    reads: ["/streams?page=1&per_page=100", "/streams?page=x&per_page=-3&order=up", "/streams/:id"],
  },
  aioz: {
    headers: { "stream-public-key": "sandbox", "stream-secret-key": "sandbox" },
    make: {
      method: "POST",
      path: "/live_streams",
      body: { name: "news", save: true, type: "video" },
      idAt: dataId,
    },
    endpoints: [
      { method: "POST", path: "/live_streams", body: { name: "news", save: true, type: "video" } },
      { method: "PUT", path: "/live_streams/:id", body: { name: "news", save: true, type: "video" } },
      {
        method: "POST",
        path: "/live_streams/:id/streamings",
        body: { title: "evening", save: false, qualities: [quality] },
      },
      {
        method: "PUT",
        path: "/live_streams/:id/streamings",
        body: { stream_id: "none", title: "evening", save: false, qualities: [quality] },
        status: 404,
      },
      {
        method: "POST",
        path: "/live_streams/:id/media",
        body: { limit: 10, offset: 0, sort_by: "created_at", order_by: "desc" },
      },
    ],
    reads: [
      "/live_streams?limit=100&offset=0",
      "/live_streams?limit=x&offset=-1",
      "/live_streams/:id",
      "/live_streams/:id/streamings",
    ],
  },
  uiza: {
    headers: { authorization: "uap-sandbox" },
    make: {
      method: "POST",
      path: "/live_entities",
      body: { name: "news", region: "in-mumbai-1", description: "d", dvr: true },
      idAt: plainId,
    },
    endpoints: [
      {
        method: "POST",
        path: "/live_entities",
        body: { name: "news", region: "in-mumbai-1", description: "d", dvr: true },
      },
      { method: "PUT", path: "/live_entities/:id", body: { name: "news", description: "d", dvr: true } },
      { method: "PUT", path: "/live_entities/:id/stream_key", body: {}, ignoresBody: true, status: 400 },
    ],
    reads: ["/live_entities?page_size=20", "/live_entities/:id"],
  },
  edgecast: {
    headers: { authorization: "TOK:sandbox" },
    make: {
      method: "POST",
      path: "/0001/httpstreaming/dcp/live",
      body: { InstanceName: "100-live", SegmentSize: 10 },
      idAt: plainId,
    },
    endpoints: [
      {
        method: "POST",
        path: "/0001/httpstreaming/dcp/live",
        body: {
          ...{ InstanceName: "news", DvrDuration: 60, Encrypted: true, EncryptedKeyRotation: 20 },
          ...{ SsaEnabled: false, SegmentSize: 10 },
        },
      },
      {
        method: "PUT",
        path: "/0001/httpstreaming/dcp/live/:id",
        body: { InstanceName: "100-live", DvrDuration: 60, Encrypted: true, SegmentSize: 10 },
      },
      {
        method: "POST",
        path: "/0001/httpstreaming/dcp/streamkeys",
        body: { DirPath: "news/main", Key: "abc" },
      },
      {
        method: "PUT",
        path: "/0001/httpstreaming/dcp/streamkeys/:id",
        body: { DirPath: "news/main", Key: "abc" },
        status: 400,
      },
      { method: "PUT", path: "/0001/httpstreaming/dcp/globalkey", body: { Key: "abc" } },
    ],
    reads: [
      "/0001/httpstreaming/dcp/live",
      "/0001/httpstreaming/dcp/streamkeys",
      "/0001/httpstreaming/dcp/globalkey",
    ],
  },
  comprimato: {
    headers: { authorization: "sandbox" },
    make: { method: "POST", path: "/streams", body: {}, idAt: plainId },
    endpoints: [{ method: "POST", path: "/streams", body: {} }],
    reads: ["/streams/:id"],
  },
  livepeer: {
    headers: { authorization: "Bearer sandbox" },
    make: { method: "POST", path: "/stream", body: { name: "news" }, status: 201, idAt: plainId },
    endpoints: [
      { method: "POST", path: "/stream", body: livepeerStream, status: 201 },
      { method: "PATCH", path: "/stream/:id", body: livepeerStream, status: 204 },
      { method: "PATCH", path: "/stream/:id/suspended", body: { suspended: true }, status: 204 },
      { method: "PATCH", path: "/stream/:id/record", body: { record: true }, status: 204 },
      {
        method: "POST",
        path: "/stream/:id/create-multistream-target",
        body: { profile: "source", spec: { name: "a", url: "rtmp://host.example.test/app/k" } },
      },
      {
        method: "POST",
        path: "/multistream/target",
        body: { name: "a", url: "srt://host.example.test:7001", disabled: true },
        status: 201,
      },
    ],
    reads: ["/stream?limit=1000&streamsonly=1&order=createdAt-true&count=1", "/stream/:id"],
    takesEmptyBody: true,
  },
  apivideo: {
    headers: { authorization: `Basic ${Buffer.from("sandbox:").toString("base64")}` },
    make: {
      method: "POST",
      path: "/live-streams",
      body: { name: "news" },
      idAt: (reply) => (reply as { liveStreamId: string }).liveStreamId,
    },
    endpoints: [
      { method: "POST", path: "/live-streams", body: apivideoStream },
      { method: "PATCH", path: "/live-streams/:id", body: apivideoStream },
      { method: "PUT", path: "/live-streams/:id/complete", body: {}, ignoresBody: true, status: 202 },
      { method: "POST", path: "/auth/api-key", body: { apiKey: "sandbox" } },
    ],
    reads: ["/live-streams?pageSize=100&currentPage=1&sortBy=name&sortOrder=asc", "/live-streams/:id"],
  },
};

const WRONG: (Json | undefined)[] = [
  undefined,
  null,
  true,
  0,
  -1,
  1.5,
  "",
  "x",
  [],
  [null],
  [7],
  {},
  { a: null },
];
/** What is no JSON, or not all of it. */
const MALFORMED = ["", "{", "nul", '{"name":', "<html>", '{"name":"a"}}', "\u0000", "[1,"];
const LONG = "x".repeat(2_000);

/** A body with one place of it changed, in every way. */
function mutations(body: Json): Json[] {
  const here = [...WRONG, LONG].filter((value): value is Json => value !== undefined);
  if (body === null || typeof body !== "object") return here;
  const entries: [string | number, Json][] = Array.isArray(body) ? [...body.entries()] : Object.entries(body);
  const without = entries.map(([key]) => changed(body, key, undefined));
  const below = entries.flatMap(([key, value]) => mutations(value).map((wrong) => changed(body, key, wrong)));
  return [...here, ...without, ...below];
}

function changed(body: Json, key: string | number, value: Json | undefined): Json {
  const copy = structuredClone(body) as Record<string | number, Json>;
  if (value === undefined) {
    if (Array.isArray(copy)) copy.splice(Number(key), 1);
    else Reflect.deleteProperty(copy, key);
  } else copy[key] = value;
  return copy;
}

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

describe.each(Object.keys(VENDORS))("the simulator of %s", (name) => {
  const vendor = VENDORS[name]!;
  const base = (): string => sandbox.environment[`${name.toUpperCase()}_BASE_URL`] ?? "";
  const send = (method: string, path: string, body?: string): Promise<Response> =>
    fetch(base() + path, {
      method,
      headers: { ...vendor.headers, ...(body === undefined ? {} : { "content-type": "application/json" }) },
      ...(body === undefined ? {} : { body }),
    });
  const make = async (): Promise<string> => {
    const reply = await send("POST", vendor.make.path, JSON.stringify(vendor.make.body));
    return vendor.make.idAt(await reply.json());
  };
  const reads = async (id: string): Promise<number[]> => {
    const paths = vendor.reads.map((path) => path.replace(":id", id));
    return Promise.all(paths.map(async (path) => (await send("GET", path)).status));
  };
  const fine = vendor.reads.map(() => 200);
  const stored = (): string => JSON.stringify(sandbox.data[name]);

  it.each(vendor.endpoints)(
    "takes what is right: $method $path",
    async ({ method, path, body, ...expected }) => {
      const id = await make();
      const { status } = await send(method, path.replace(":id", id), JSON.stringify(body));
      expect(status).toBe(expected.status ?? 200);
      expect(await reads(id)).toEqual(fine);
    },
  );

  it.each(vendor.endpoints)(
    "answers no wrong body by a 500, and stores none: $method $path",
    async ({ method, path, body }) => {
      const id = await make();
      for (const wrong of mutations(body)) {
        const before = stored();
        const { status } = await send(method, path.replace(":id", id), JSON.stringify(wrong));
        expect({ wrong, isFailure: status >= 500 }).toEqual({ wrong, isFailure: false });
        if (status >= 400) expect({ wrong, stored: stored() }).toEqual({ wrong, stored: before });
      }
      expect(await reads(id)).toEqual(fine);
      // Another run of the sandbox can work with all of it.
      const file = join(folder, "data.json");
      writeFileSync(file, JSON.stringify(sandbox.data));
      const again = await startSandbox({ dataFile: file });
      await sandbox.close();
      sandbox = again;
      expect(await reads(id)).toEqual(fine);
    },
    60_000,
  );

  it.each(vendor.endpoints.filter(({ ignoresBody }) => !ignoresBody))(
    "refuses what is no JSON, and changes nothing: $method $path",
    async ({ method, path }) => {
      const id = await make();
      for (const text of MALFORMED) {
        if (text === "" && vendor.takesEmptyBody) continue;
        const before = stored();
        const { status } = await send(method, path.replace(":id", id), text);
        expect({ text, status, stored: stored() }).toEqual({ text, status: 400, stored: before });
      }
    },
  );

  it("knows no object by the name of what every object has", async () => {
    for (const id of ["__proto__", "constructor", "toString", "%E0%A4%A", "..%2f..", "%00"]) {
      for (const path of [...vendor.reads, ...vendor.endpoints.map((endpoint) => endpoint.path)]) {
        if (!path.includes(":id")) continue;
        for (const method of ["GET", "PUT", "POST", "DELETE"]) {
          const { status } = await send(method, path.replace(":id", id), method === "GET" ? undefined : "{}");
          expect({ id, path, method, isRefused: status >= 400 && status < 500 }).toMatchObject({
            isRefused: true,
          });
        }
      }
      await fetch(`${sandbox.url}/_sandbox/live/${name}/${id}`, { method: "PUT" });
    }
    expect(({} as { status?: string }).status).toBeUndefined();
  });
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
    for (const wrong of mutations(fault)) {
      expect([201, 400]).toContain((await control("POST", "/faults", JSON.stringify(wrong))).status);
    }
    for (const text of MALFORMED) expect((await control("POST", "/faults", text)).status).toBe(400);
  });

  it.each([204, 304, 418])("answer by a fault of status %i", async (status) => {
    await control("POST", "/faults", JSON.stringify({ status, body: "x" }));
    expect((await fetch(`${sandbox.url}/tenbyte/v1/livestream/health`)).status).toBe(status);
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
