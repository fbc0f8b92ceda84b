import { spawn } from "node:child_process";
import { lookup } from "node:dns/promises";
import { access, chmod, copyFile, mkdir, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { PulumiCommand } from "@pulumi/pulumi/automation";
import { check, lock } from "proper-lockfile";
import { gte, parse, SemVer } from "semver";

/**
 * Finds the Pulumi engine, or gets one. The one place that knows where an engine comes from: first what is on PATH, then
 * Pulumi's own version cache, the official download, and a build from the Go module proxy.
 */

/** The engine version that this project is tested with. */
export const PINNED = "3.255.0";
/** Engines before this one lack what the tests rely on (Automation API of @pulumi/pulumi 3.248). */
const OLDEST = "3.200.0";
const PARTS = ["pulumi", "pulumi-language-nodejs", "pulumi-resource-pulumi-nodejs"];
const DOWNLOAD_HOST = "get.pulumi.com";
const DOWNLOAD_TIMEOUT_MS = 5 * 60_000;

/** Where to say how it goes. */
export type Log = (line: string) => void;

/**
 * The folder that holds the engine's executables, ready to be put on PATH.
 * @throws Error saying what to install when there is no way to get one.
 */
export async function findEngine(log: Log): Promise<string> {
  return (await onPath()) ?? (await inCache(log)) ?? (await obtain(log));
}

const home = (): string => process.env.PULUMI_HOME ?? join(homedir(), ".pulumi");
const root = (): string => join(home(), "versions", PINNED);
const cache = (): string => join(root(), "bin");

async function onPath(): Promise<string | undefined> {
  for (const folder of (process.env.PATH ?? "").split(delimiter)) {
    if (!(await isComplete(folder))) continue;
    const version = parse((await output(join(folder, "pulumi"), ["version"])).trim());
    return version && gte(version, OLDEST) ? folder : undefined;
  }
  return undefined;
}

async function inCache(log: Log): Promise<string | undefined> {
  await addDynamicHost(log);
  return (await isComplete(cache())) ? cache() : undefined;
}

/** One process gets the engine; others that start meanwhile wait for it. */
async function obtain(log: Log): Promise<string> {
  await mkdir(root(), { recursive: true });
  if (await check(root())) log("engine: another process is getting it; waiting for that");
  const release = await lock(root(), {
    stale: 30_000,
    retries: { forever: true, minTimeout: 1_000, maxTimeout: 5_000 },
  });
  try {
    return (await inCache(log)) ?? (await download(log)) ?? (await build(log)) ?? none();
  } finally {
    await release();
  }
}

async function download(log: Log): Promise<string | undefined> {
  try {
    await lookup(DOWNLOAD_HOST);
  } catch {
    log(`engine: ${DOWNLOAD_HOST} cannot be reached, so there is no official download here`);
    return undefined;
  }
  log(`engine: downloading Pulumi ${PINNED} (about 150 MB, once)`);
  const timeUp = AbortSignal.timeout(DOWNLOAD_TIMEOUT_MS);
  try {
    await Promise.race([
      PulumiCommand.install({ version: new SemVer(PINNED), root: root() }),
      new Promise((_, reject) => {
        timeUp.addEventListener("abort", () => {
          reject(new Error("it took longer than five minutes"));
        });
      }),
    ]);
  } catch (error) {
    log(`engine: the download failed: ${(error as Error).message}`);
    return undefined;
  }
  return inCache(log);
}

async function build(log: Log): Promise<string | undefined> {
  if ((await output("go", ["version"])) === "") return undefined;
  log(`engine: building Pulumi ${PINNED} from the Go module proxy (about five minutes on two cores, once)`);
  const target = join(root(), `building-${process.pid}`);
  const version = `-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${PINNED}`;
  try {
    await goBuild("nodejs-host", join(target, "pulumi-language-nodejs"), "-s -w", log);
    await goBuild("cli", join(target, "pulumi"), `-s -w ${version}`, log);
    await rm(cache(), { recursive: true, force: true });
    await rename(target, cache());
  } finally {
    await rm(target, { recursive: true, force: true });
  }
  return inCache(log);
}

async function goBuild(module: string, target: string, ldflags: string, log: Log): Promise<void> {
  const began = Date.now();
  const sayStillBuilding = setInterval(() => {
    log(`engine: still building ${module} (${Math.round((Date.now() - began) / 1000)} s)`);
  }, 20_000);
  try {
    const built = await run(
      "go",
      ["build", "-trimpath", "-ldflags", ldflags, "-o", target, "tool"],
      join(__dirname, module),
    );
    if (built.status !== 0)
      throw new Error(`engine: go build of ${module} failed:\n${built.errors.slice(-2_000)}`);
    log(`engine: built ${module} in ${Math.round((Date.now() - began) / 1000)} s`);
  } finally {
    clearInterval(sayStillBuilding);
  }
}

/** The dynamic resource host is a script that npm's @pulumi/pulumi ships; the official download has it already. */
async function addDynamicHost(log: Log): Promise<void> {
  const [engine = "", , host = ""] = PARTS.map((part) => join(cache(), part));
  if (!(await exists(engine)) || (await exists(host))) return;
  const shipped = join(
    dirname(require.resolve("@pulumi/pulumi/package.json")),
    "pulumi-resource-pulumi-nodejs",
  );
  await copyFile(shipped, host);
  await chmod(host, 0o755);
  log("engine: added the dynamic resource host");
}

function none(): never {
  throw new Error(
    "There is no Pulumi engine here, and no way to get one. Install the Pulumi CLI (https://www.pulumi.com/docs/iac/download-install/), " +
      `or a Go toolchain with access to a Go module proxy, and run again. Looked on PATH and in ${cache()}.`,
  );
}

const isComplete = async (folder: string): Promise<boolean> =>
  (await Promise.all(PARTS.map((part) => exists(join(folder, part))))).every(Boolean);

async function exists(file: string): Promise<boolean> {
  try {
    await access(file);
    return true;
  } catch {
    return false;
  }
}

/** What a command prints; nothing when it cannot be run. */
async function output(command: string, args: string[]): Promise<string> {
  return (await run(command, args, process.cwd())).out;
}

function run(
  command: string,
  args: string[],
  cwd: string,
): Promise<{ status: number; out: string; errors: string }> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, stdio: ["ignore", "pipe", "pipe"] });
    let out = "";
    let errors = "";
    child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
    child.once("error", () => {
      resolve({ status: -1, out: "", errors: `${command} cannot be run` });
    });
    child.once("close", (status) => {
      resolve({ status: status ?? -1, out, errors });
    });
  });
}
