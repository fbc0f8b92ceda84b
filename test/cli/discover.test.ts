import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Sandbox, startSandbox } from "../../sandbox";
import { succeeded, TestStack } from "../harness/stack";
import { type Ended, json, type Place, streamkeys } from "./command";

/** `streamkeys discover`: what there is at a vendor, what the stack manages of it, and a program that adopts the rest. */

interface Found {
  type: string;
  id: string;
  name: string;
  live: boolean | null;
  managed: boolean;
  urn: string | null;
}

const PASSWORD = "a-camera-password";
const SEEDED = "seeded";

const audio = (name: string, ingest: string): string => `new tenbyte.Stream("${name}", {
  type: "event", mode: "audio", region: "sg-edge-04", ingest: ${ingest}, meta: { team: "news", "a-b": [1, null] },
  outputProtocols: ["hls"], packaging: { hls: { segmentFormat: "fmp4" } },
  ladder: { audio: [{ codec: "aac", channels: 2, sampleRateHz: 48000, bitrateKbps: 128 }] },
})`;
const push = '{ kind: "push", protocols: ["srt"] }';
const pull = `{ kind: "pull", primary: { protocol: "rtsp", url: "rtsp://camera:${PASSWORD}@camera.test/1" } }`;

/** Fills the sandbox with copies of a Tenbyte stream. */
function copy(sandbox: Sandbox, id: string, count: number): void {
  const streams = sandbox.data.tenbyte?.streams as Record<string, { name: string }>;
  for (let number = 1; number <= count; number += 1) {
    const copied = `${SEEDED}-${number}`;
    streams[copied] = { ...structuredClone(streams[id]!), id: copied, name: copied } as { name: string };
  }
}

/** Throws when Prettier would write the file otherwise. */
function mustBeFormatted(file: string): void {
  const prettier = [
    "node_modules/prettier/bin/prettier.cjs",
    "--no-config",
    "--print-width",
    "110",
    "--check",
  ];
  execFileSync(process.execPath, [...prettier, file], { stdio: "pipe" });
}

describe("streamkeys discover", () => {
  let sandbox: Sandbox;
  let stack: TestStack;
  const discover = (...args: string[]): Promise<Ended> =>
    streamkeys({ cwd: stack.folder, env: stack.env() }, "discover", ...args);
  const calls = (): string[] =>
    sandbox.requests.map(({ method, path, query }) => `${method} ${path}${query}`);

  beforeAll(async () => {
    sandbox = await startSandbox();
    stack = await TestStack.create(
      `const news = ${audio("news", push)};\nnew tenbyte.StreamKey("news-key", { streamId: news.id });\n${audio("camera", pull)};`,
      sandbox.environment,
    );
    succeeded(await stack.up());
  });
  afterAll(async () => {
    await sandbox.close();
    stack.remove();
  });
  beforeEach(() => {
    sandbox.requests.length = 0;
  });

  it("marks by type and id what the stack manages", async () => {
    const found = json(await discover("tenbyte", "--json")) as Found[];
    const news = stack.resource("news", "tenbyte:Stream");
    const camera = stack.resource("camera", "tenbyte:Stream");
    expect(found).toHaveLength(4);
    expect(found).toContainEqual({
      type: "tenbyte:Stream",
      id: news.id,
      name: "news",
      live: false,
      managed: true,
      urn: news.urn,
    });
    const unmanaged = found.filter(({ managed }) => !managed);
    expect(unmanaged).toEqual([
      { type: "tenbyte:StreamKey", id: camera.id, name: "camera", live: false, managed: false, urn: null },
    ]);
    const { stdout, stderr } = await discover("tenbyte");
    expect(stdout).toMatch(new RegExp(`^StreamKey +news +${news.id} +not live +news-key$`, "m"));
    expect(stdout).toMatch(new RegExp(`^StreamKey +camera +${camera.id} +not live +unmanaged$`, "m"));
    expect(stderr).toContain("4 objects, 1 that stack test does not manage.");
  });

  it("turns every page, one call each, and says how it gets on", async () => {
    copy(sandbox, stack.resource("news", "tenbyte:Stream").id, 250);
    const ended = await discover("tenbyte", "--json");
    const streams = sandbox.data.tenbyte?.streams as Record<string, unknown>;
    for (const id of Object.keys(streams)) if (id.startsWith(SEEDED)) delete streams[id];
    expect((json(ended) as Found[]).filter(({ type }) => type === "tenbyte:Stream")).toHaveLength(252);
    const page = (number: number): string =>
      `GET /tenbyte/v1/livestream/streams?page=${number}&per_page=100&order=desc`;
    const ofBothTypes = [1, 2, 3].flatMap((number) => [page(number), page(number)]);
    expect(calls().sort()).toEqual(ofBothTypes);
    expect(ended.stderr).toContain("Tenbyte Stream: 250 listed so far");
  });

  it("looks into the account that is named, and writes it into the program", async () => {
    const path = (field: string) => ["--path", `streamkeys:tenbyte.accounts.eu.${field}`];
    await stack.mustRun("config", "set", "--secret", ...path("apiKey"), "tkb_sandbox_eu");
    await stack.mustRun("config", "set", ...path("baseUrl"), sandbox.environment.TENBYTE_BASE_URL ?? "");
    expect(json(await discover("tenbyte", "--account", "eu", "--json"))).toEqual([]);
    const { id } = stack.resource("camera", "tenbyte:Stream");
    const stored = (sandbox.data.tenbyte?.streams as Record<string, { organization_id: string }>)[id]!;
    stored.organization_id = "org-eu";
    const { stdout } = await discover("tenbyte", "--account", "eu", "--emit");
    const wrong = await discover("tenbyte", "--account", "us");
    stored.organization_id = "org-main";
    await stack.mustRun("config", "rm", "streamkeys:tenbyte");
    // The stack manages the stream itself, so its key names it by id.
    expect(stdout).not.toContain("new tenbyte.Stream(");
    expect(stdout).toMatch(/new tenbyte\.StreamKey\(\s+"camera",\s+{ streamId: ".+", account: "eu" },/);
    expect(stdout).toContain(`import: "${id}"`);
    expect(wrong.status).toBe(1);
    expect(wrong.stderr).toMatch(/Tenbyte \(account us\): there is no such account.*Configured accounts: eu/);
  });

  it("works from the environment alone where there is no project, and says so", async () => {
    const place: Place = { cwd: tmpdir(), env: stack.env() };
    const { status, stdout, stderr } = await streamkeys(place, "discover", "tenbyte");
    expect(status).toBe(0);
    expect(stdout).toMatch(/^Stream +news .* unmanaged$/m);
    expect(stderr).toMatch(
      /There is no Pulumi project in .*\nWithout a stack, credentials come from the environment alone/,
    );
    const asked = await streamkeys(place, "discover", "tenbyte", "--stack", "test");
    expect(asked.status).toBe(1);
  });

  it("says what to type for missing credentials, and what cannot be discovered: 1", async () => {
    const missing = await streamkeys(
      { cwd: stack.folder, env: stack.env({ TENBYTE_API_KEY: "" }) },
      "discover",
      "tenbyte",
    );
    expect(missing.status).toBe(1);
    expect(missing.stderr).toMatch(/^streamkeys: Tenbyte: no credentials\. Run: pulumi config set --secret/);
    const unlisted = await discover("comprimato");
    expect(unlisted.status).toBe(1);
    expect(unlisted.stderr).toContain("Comprimato offers no way to list Stream; adopt by id");
  });

  it("shows no secret, of stream or account, unless asked", async () => {
    const place: Place = { cwd: tmpdir(), env: stack.env() };
    const streams = sandbox.data.tenbyte?.streams as Record<string, { stream_key: string }>;
    const keys = Object.values(streams).map((stream) => stream.stream_key);
    for (const args of [[], ["--json"], ["--emit"]]) {
      const { stdout, stderr } = await streamkeys(place, "discover", "tenbyte", ...args);
      for (const secret of [...keys, PASSWORD, sandbox.environment.TENBYTE_API_KEY!]) {
        expect(stdout + stderr).not.toContain(secret);
      }
    }
    const { stdout } = await streamkeys(place, "discover", "tenbyte", "--emit", "--show-secrets");
    expect(stdout).toContain(PASSWORD);
  });
});

describe("streamkeys discover --emit", () => {
  let sandbox: Sandbox;
  let first: TestStack;
  let second: TestStack;

  /** Discovers with the second stack, which manages nothing. */
  const emitted = (vendor: string): Promise<Ended> =>
    streamkeys({ cwd: second.folder, env: second.env() }, "discover", vendor, "--emit");

  beforeAll(async () => {
    sandbox = await startSandbox();
    first = await TestStack.create(
      `
      const news = ${audio("news", push)};
      new tenbyte.StreamKey("news", { streamId: news.id });
      ${audio("camera", pull)};
      const key = new aioz.StreamKey("Bản tin đêm ☀ 24/7", { save: true });
      new aioz.Stream("evening", { keyId: key.id, title: "2026 'evening' news" });
      const live = new uiza.Stream("new", { region: "in-mumbai-1", dvr: true });
      new uiza.StreamKey("new", { streamId: live.id });
      const instance = new edgecast.Instance("sport", { instanceName: "sport" });
      new edgecast.StreamKey("all", { dirPath: "sport/cam*" });
      new edgecast.GlobalKey("global");`,
      sandbox.environment,
    );
    succeeded(await first.up());
    second = await TestStack.create("", sandbox.environment);
  });
  afterAll(async () => {
    await sandbox.close();
    first.remove();
    second.remove();
  });

  it("prints a TypeScript program that runs, writes nothing at any vendor, and previews clean", async () => {
    const vendors = ["tenbyte", "aioz", "uiza", "edgecast"];
    for (const vendor of vendors) {
      const { status, stdout } = await emitted(vendor);
      expect(status).toBe(0);
      const file = join(second.folder, `${vendor}.ts`);
      writeFileSync(file, stdout);
      mustBeFormatted(file);
    }
    writeFileSync(
      join(second.folder, "index.ts"),
      vendors.map((vendor) => `import "./${vendor}";\n`).join(""),
    );
    writeFileSync(join(second.folder, "package.json"), '{ "private": true, "main": "index.ts" }');
    writeFileSync(join(second.folder, "Pulumi.yaml"), "name: project\nruntime: nodejs\n");
    const strict = {
      strict: true,
      noUnusedLocals: true,
      module: "Node16",
      target: "ES2022",
      skipLibCheck: true,
    };
    writeFileSync(join(second.folder, "tsconfig.json"), JSON.stringify({ compilerOptions: strict }));

    // The address of the pull source is secret: the program names the config value that it needs.
    await second.mustRun(
      "config",
      "set",
      "--secret",
      "cameraStreamIngestPrimaryUrl",
      `rtsp://camera:${PASSWORD}@camera.test/1`,
    );
    sandbox.requests.length = 0;
    succeeded(await second.up());
    expect(
      sandbox.requests.filter(({ method, path }) => method !== "GET" && !path.endsWith("/media")),
    ).toEqual([]);
    const ids = (stack: TestStack): string[] => stack.resources().map(({ type, id }) => `${type} ${id}`);
    // Every stream has a key, whether the first stack declares it or not.
    expect(ids(second)).toEqual(expect.arrayContaining(ids(first)));
    expect(succeeded(await second.preview("--expect-no-changes"))).toMatch(/unchanged/);
    expect(succeeded(await second.refresh("--expect-no-changes"))).toMatch(/unchanged/);
    // And then there is nothing left to adopt.
    const again = await emitted("tenbyte");
    expect(again.stdout).not.toContain("new tenbyte.");
  });

  it("lets keys refer to their stream, and gives names that are valid and unique", async () => {
    const place: Place = { cwd: tmpdir(), env: second.env() };
    const tenbyte = await streamkeys(place, "discover", "tenbyte", "--emit");
    const { id } = first.resource("news", "tenbyte:Stream");
    expect(tenbyte.stdout).toContain("const newsStream = new tenbyte.Stream(");
    expect(tenbyte.stdout).toMatch(
      new RegExp(
        `^new tenbyte\\.StreamKey\\(\\s+"news",\\s+{ streamId: newsStream.id },\\s+{ import: "${id}" },`,
        "m",
      ),
    );
    expect(tenbyte.stdout).toContain('url: config.requireSecret("cameraStreamIngestPrimaryUrl")');
    expect(tenbyte.stdout).toContain(
      "//   pulumi config set --secret cameraStreamIngestPrimaryUrl <ingest.primary.url of camera>",
    );
    copy(sandbox, id, 2);
    const streams = sandbox.data.tenbyte?.streams as Record<string, { name: string }>;
    for (const number of [1, 2]) streams[`${SEEDED}-${number}`]!.name = "news";
    const doubled = await streamkeys(place, "discover", "tenbyte", "--emit");
    for (const number of [1, 2]) delete streams[`${SEEDED}-${number}`];
    const names = [...doubled.stdout.matchAll(/new tenbyte\.Stream\(\s*"([^"]+)"/g)].map(([, name]) => name);
    expect(names.sort()).toEqual(["camera", "news", "news-2", "news-3"]);
  });

  it("leaves what cannot be declared to a comment: 1", async () => {
    const { id } = first.resource("news", "tenbyte:Stream");
    copy(sandbox, id, 1);
    const streams = sandbox.data.tenbyte?.streams as Record<string, { name: string; type: string }>;
    Object.assign(streams[`${SEEDED}-1`]!, {
      name: 'odd\nnew tenbyte.Stream("injected")',
      type: "unheard-of",
    });
    const folder = mkdtempSync(join(tmpdir(), "streamkeys-discover-"));
    const { status, stdout, stderr } = await streamkeys(
      { cwd: folder, env: second.env() },
      "discover",
      "tenbyte",
      "--emit",
    );
    rmSync(folder, { recursive: true });
    delete streams[`${SEEDED}-1`];
    expect(status).toBe(1);
    expect(stderr).toContain("1 objects cannot be taken over:");
    expect(stdout).toMatch(
      /^\/\/ Left out: Stream "odd\\nnew .*" \(seeded-1\)\. type must be "linear" or "event"/m,
    );
    expect(stdout).not.toMatch(/^new tenbyte\.Stream\("injected"/m);
  });
});
