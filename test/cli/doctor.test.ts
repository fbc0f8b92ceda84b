import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Sandbox, startSandbox } from "../../sandbox";
import { succeeded, TestStack } from "../harness/stack";
import { json, streamkeys } from "./command";

/** `streamkeys doctor`: what works, what does not, and what to type. */

interface Check {
  what: string;
  status: string;
  detail: string;
}

const SECRET = "tkb_wrong_and_secret";

describe("streamkeys doctor", () => {
  let sandbox: Sandbox;
  let stack: TestStack;
  const checks = async (env: Record<string, string>, ...args: string[]) => {
    const ended = await streamkeys({ cwd: stack.folder, env: stack.env(env) }, "doctor", "--json", ...args);
    const found = json(ended) as Check[];
    const of = (what: string): Check | undefined => found.find((check) => check.what === what);
    return { ...ended, found, of };
  };

  beforeAll(async () => {
    sandbox = await startSandbox();
    stack = await TestStack.create("", {});
  });
  afterAll(async () => {
    await sandbox.close();
    stack.remove();
  });

  it("finds engine, Node, package, stack and every vendor in order: 0", async () => {
    const { status, found, of } = await checks(sandbox.environment);
    expect(found.filter((check) => check.status !== "ok")).toEqual([]);
    expect(status).toBe(0);
    expect(of("Pulumi engine")?.detail).toMatch(/^version 3\./);
    expect(of("Node")?.detail).toBe(`version ${process.versions.node}`);
    expect(of("stack")?.detail).toBe("test, 0 resources of ours");
    expect(of("Tenbyte")?.detail).toContain(sandbox.environment.TENBYTE_BASE_URL);
  });

  it("says that recordings, which outlive their input, use up what may be stored: 0", async () => {
    const videos = Array.from({ length: 950 }, (_, at) => ({
      ...{ uid: `video-${at}`, account: sandbox.environment.CLOUDFLARE_ACCOUNT_ID },
      ...{ liveInput: "one-that-was-deleted", state: "ready" },
    }));
    const { cloudflare = {} } = sandbox.data;
    cloudflare.videos = videos;
    const { status, of } = await checks(sandbox.environment);
    cloudflare.videos = [];
    expect(status).toBe(0);
    expect(of("what runs out at Cloudflare")).toEqual({
      what: "what runs out at Cloudflare",
      status: "to look at",
      detail: expect.stringMatching(
        /^950 of 1000 minutes.*in 950 videos.*refuses the broadcast.*outlive their live input/,
      ) as string,
    });
    expect((await checks(sandbox.environment)).of("what runs out at Cloudflare")?.status).toBe("ok");
  });

  it("lists a vendor without configuration as such, with what to type: 0", async () => {
    const { TENBYTE_API_KEY: _, ...others } = sandbox.environment;
    const { status, of } = await checks(others);
    expect(status).toBe(0);
    expect(of("credentials")).toBeUndefined();
    expect(of("Tenbyte")).toEqual({
      what: "Tenbyte",
      status: "not configured",
      detail: "to use it: pulumi config set --secret --path 'streamkeys:tenbyte.apiKey' <apiKey>",
    });
  });

  it("fails for a vendor without configuration that the stack has resources of: 1", async () => {
    stack.program('new edgecast.StreamKey("studio", { dirPath: "news/studio" });');
    const { EDGECAST_BASE_URL, EDGECAST_ACCOUNT_NUMBER, EDGECAST_TOKEN } = sandbox.environment;
    const edgecast = { EDGECAST_BASE_URL, EDGECAST_ACCOUNT_NUMBER, EDGECAST_TOKEN } as Record<string, string>;
    succeeded(await stack.runWith(edgecast, "up", "--yes", "--skip-preview"));
    const { status, of } = await checks({});
    succeeded(await stack.runWith(edgecast, "destroy", "--yes", "--skip-preview"));
    expect(status).toBe(1);
    expect(of("stack")?.detail).toBe("test, 1 resources of ours");
    expect(of("Edgecast DCP")).toMatchObject({
      status: "fails",
      detail: expect.stringContaining("no credentials. Run: pulumi config set") as string,
    });
  });

  it("fails for a create that a killed run left unfinished, and says where to look: 1", async () => {
    const killed = await TestStack.create("", {});
    succeeded(await killed.up());
    // What the engine leaves there when it is killed; importing a state would clear it.
    const file = join(killed.folder, "state/.pulumi/stacks/project/test.json");
    const state = JSON.parse(readFileSync(file, "utf8")) as { checkpoint: { latest: object } };
    const type = "pulumi-nodejs:dynamic/streamkeys/tenbyte:Stream";
    const resource = { urn: `urn:pulumi:test::project::${type}::news`, custom: true, type, inputs: {} };
    Object.assign(state.checkpoint.latest, { pending_operations: [{ resource, type: "creating" }] });
    writeFileSync(file, JSON.stringify(state));

    const ended = await streamkeys(
      { cwd: killed.folder, env: killed.env(sandbox.environment) },
      "doctor",
      "--json",
    );
    expect(ended.status).toBe(1);
    expect((json(ended) as Check[]).filter(({ status }) => status === "fails")).toEqual([
      {
        what: "create of tenbyte:Stream news",
        status: "fails",
        detail: expect.stringMatching(
          /`streamkeys discover tenbyte`.*pulumi refresh --clear-pending-creates/,
        ) as string,
      },
    ]);
    succeeded(await killed.refresh("--clear-pending-creates"));
    const after = await streamkeys(
      { cwd: killed.folder, env: killed.env(sandbox.environment) },
      "doctor",
      "--json",
    );
    expect(after.status).toBe(0);
    killed.remove();
  });

  it("finds by its mark what this stack has made and no longer has, and nothing else: 0", async () => {
    const { MUX_BASE_URL, MUX_TOKEN_ID, MUX_TOKEN_SECRET } = sandbox.environment;
    const mux = { MUX_BASE_URL, MUX_TOKEN_ID, MUX_TOKEN_SECRET } as Record<string, string>;
    const left = await TestStack.create("", mux);
    const program = (...names: string[]): string =>
      names
        .map((name) => `new mux.LiveStream("${name}", { playbackPolicies: ["public"], title: "${name}" });`)
        .join("\n");
    const found = async (place: TestStack, ...args: string[]) => {
      const ended = await streamkeys({ cwd: place.folder, env: place.env() }, "doctor", "--json", ...args);
      expect(ended.status).toBe(0);
      return (json(ended) as Check[]).filter(({ status }) => status !== "ok" && status !== "not configured");
    };
    // Somebody else's objects, and another stack's.
    await left.mustRun("stack", "init", "other");
    left.program(program("of-other"));
    succeeded(await left.up());
    await left.mustRun("stack", "select", "test");
    left.program(program("kept", "left"));
    succeeded(await left.up());
    expect(await found(left)).toEqual([]);

    // As a run leaves it that was killed without a checkpoint, on a machine that is gone.
    const { id, urn } = left.resource("left", "mux:LiveStream");
    await left.mustRun("state", "delete", urn, "--yes");
    sandbox.requests.length = 0;
    expect(await found(left)).toEqual([
      {
        what: "leftover mux:LiveStream left",
        status: "to look at",
        detail: expect.stringMatching(new RegExp(`^${id} bears the mark.*out of its passthrough`)) as string,
      },
    ]);
    expect(sandbox.requests.filter(({ method }) => method !== "GET")).toEqual([]);
    expect(await found(left, "--stack", "other")).toEqual([]);
    left.remove();
  });

  it("fails for no list that cannot be had: 0", async () => {
    sandbox.faults.push({ method: "GET", path: "/live_inputs", set: { "result.total": 5_000 } });
    const { status, of } = await checks(sandbox.environment);
    sandbox.faults.length = 0;
    expect(status).toBe(0);
    expect(of("leftovers at Cloudflare")).toMatchObject({
      status: "to look at",
      detail: expect.stringContaining("cannot be looked for: ") as string,
    });
  });

  it("fails for credentials that are half there: 1", async () => {
    const { status, of } = await checks({ AIOZ_PUBLIC_KEY: "a-public-key" });
    expect(status).toBe(1);
    expect(of("AIOZ")).toMatchObject({
      status: "fails",
      detail: expect.stringContaining("no credentials. Run: pulumi config set") as string,
    });
  });

  it("fails for credentials that the vendor refuses, and does not show them: 1", async () => {
    const { status, of, stdout, stderr } = await checks({ ...sandbox.environment, TENBYTE_API_KEY: SECRET });
    expect(status).toBe(1);
    expect(of("Tenbyte")?.status).toBe("fails");
    expect(of("Tenbyte")?.detail).toMatch(/answered 401: .*pulumi config set --secret .*TENBYTE_API_KEY/);
    expect(of("Uiza")?.status).toBe("ok");
    expect(stdout + stderr).not.toContain(SECRET);
  });

  it("asks each account of the stack config", async () => {
    const path = (field: string) => ["--path", `streamkeys:tenbyte.accounts.eu.${field}`];
    await stack.mustRun("config", "set", "--secret", ...path("apiKey"), "tkb_sandbox_eu");
    await stack.mustRun("config", "set", ...path("baseUrl"), sandbox.environment.TENBYTE_BASE_URL ?? "");
    const good = await checks({});
    expect(good.of("Tenbyte (account eu)")?.status).toBe("ok");
    expect(good.of("Tenbyte")).toBeUndefined();
    await stack.mustRun("config", "set", "--secret", ...path("apiKey"), SECRET);
    const wrong = await checks({});
    expect(wrong.of("Tenbyte (account eu)")?.detail).toContain("streamkeys:tenbyte.accounts.eu.apiKey");
    expect(wrong.stdout + wrong.stderr).not.toContain(SECRET);
    await stack.mustRun("config", "rm", "streamkeys:tenbyte");
  });

  it("says which field of the stack config is misspelt", async () => {
    await stack.mustRun("config", "set", "--path", "streamkeys:uiza.apikey", "x");
    const { status, of } = await checks({});
    await stack.mustRun("config", "rm", "streamkeys:uiza");
    expect(status).toBe(1);
    expect(of("Uiza")?.detail).toMatch(/"apikey".*Its fields are: apiKey/);
  });

  it("says which keys of the stack config nobody reads: 1", async () => {
    expect((await checks({})).of("stack config")?.status).toBe("ok");
    await stack.mustRun("config", "set", "streamkeys:rotateall", "leak");
    const { status, of } = await checks({});
    await stack.mustRun("config", "rm", "streamkeys:rotateall");
    expect(status).toBe(1);
    expect(of("stack config")?.detail).toMatch(/did you mean streamkeys:rotateAll\?/);
  });

  it("says that a stack cannot be read, in Pulumi's words", async () => {
    expect((await checks({}, "--stack", "no-such-stack")).of("stack")).toMatchObject({
      status: "fails",
      detail: expect.stringContaining("no stack named 'no-such-stack' found") as string,
    });
  });

  it("says how to install an engine that is missing: 1", async () => {
    const { status, of } = await checks({ PATH: "/nowhere" });
    expect(status).toBe(1);
    expect(of("Pulumi engine")).toMatchObject({
      status: "fails",
      detail: expect.stringMatching(/no `pulumi` on PATH.*Install Pulumi: https/) as string,
    });
    expect(of("package pulumi-streamkeys")?.status).toBe("ok");
  });

  it("without a project checks the accounts of the environment: 0", async () => {
    const place = { cwd: tmpdir(), env: stack.env(sandbox.environment) };
    const { status, stdout } = await streamkeys(place, "doctor");
    expect(status).toBe(0);
    expect(stdout).toMatch(/^stack +not configured +There is no Pulumi project in .*--cwd/m);
    expect(stdout).toMatch(/^Tenbyte +ok +answers at/m);
  });

  it("finds that the package is missing from a program's folder: 1", async () => {
    const place = { cwd: tmpdir(), env: stack.env() };
    const elsewhere = await TestStack.create("", {});
    rmSync(join(elsewhere.folder, "node_modules"));
    const { status, stdout } = await streamkeys(place, "doctor", "--cwd", elsewhere.folder);
    elsewhere.remove();
    expect(status).toBe(1);
    expect(stdout).toMatch(/^package pulumi-streamkeys +fails +.*npm install pulumi-streamkeys/m);
  });
});
