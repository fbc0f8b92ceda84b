import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import Table from "cli-table3";
import { startSandbox } from "../sandbox";
import { failed, succeeded, TestStack } from "../test/harness/stack";

/**
 * `npm run build && npx tsx bench/backends.ts [keys] [backends...]`: the life of a stack where teams keep its state, in seconds:
 * `file`, `postgres` (Debian's package postgresql; `initdb` and `postgres` on PATH or in /usr/lib/postgresql), and `s3` (`pip
 * install 'moto[server]'`), each also with a setting: `s3+zstd`. In each, a second machine meets the lock of the first, and
 * must change nothing.
 */

const KEYS = Number(process.argv[2] ?? 100);
const BACKENDS = process.argv.length > 3 ? process.argv.slice(3) : ["file", "postgres", "s3"];
/** The user of the database server, which does not run as root. */
const NOBODY = 65534;

/** The engine's settings for such backends. */
const SETTINGS: Record<string, Record<string, string>> = {
  gzip: { PULUMI_DIY_BACKEND_GZIP: "true" },
  zstd: { PULUMI_DIY_BACKEND_ZSTD: "true" },
  "no-backups": { PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS: "true" },
  parallel4: { PULUMI_PARALLEL: "4" },
  parallel64: { PULUMI_PARALLEL: "64" },
};

interface Backend {
  environment: Record<string, string>;
  /** All that is stored, in bytes, where it can be seen. */
  stored?: () => number;
  close: () => Promise<void>;
}

const open: Record<string, () => Promise<Backend>> = {
  file: () => {
    const folder = mkdtempSync(join(tmpdir(), "streamkeys-state-"));
    const close = (): Promise<void> => {
      rmSync(folder, { recursive: true });
      return Promise.resolve();
    };
    const stored = (): number =>
      readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
    return Promise.resolve({ environment: { PULUMI_BACKEND_URL: `file://${folder}` }, stored, close });
  },

  postgres: async () => {
    const folder = mkdtempSync(join(tmpdir(), "streamkeys-postgres-"));
    const user = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
    if ("uid" in user) chownSync(folder, NOBODY, NOBODY);
    const data = join(folder, "data");
    const options = { ...user, cwd: folder, env: { ...process.env, LC_ALL: "C" } };
    execFileSync(server("initdb"), ["-D", data, "-U", "pulumi", "-A", "trust"], {
      ...options,
      stdio: "ignore",
    });
    const port = await freePort();
    const args = ["-D", data, "-h", "127.0.0.1", "-p", String(port), "-k", folder];
    const running = spawn(server("postgres"), args, { ...options, stdio: "ignore" });
    await listening(port);
    return {
      environment: {
        PULUMI_BACKEND_URL: `postgres://pulumi@127.0.0.1:${port}/postgres?sslmode=disable`,
      },
      close: async () => {
        await end(running, "SIGINT");
        rmSync(folder, { recursive: true });
      },
    };
  },

  s3: async () => {
    const port = await freePort();
    const running = spawn("moto_server", ["-H", "127.0.0.1", "-p", String(port)], { stdio: "ignore" });
    await listening(port);
    const bucket = `http://127.0.0.1:${port}/pulumi-state`;
    const { status } = await fetch(bucket, { method: "PUT" });
    if (status !== 200) throw new Error(`the bucket could not be made: ${status}`);
    return {
      environment: {
        PULUMI_BACKEND_URL: `s3://pulumi-state?endpoint=127.0.0.1:${port}&disable_https=true&use_path_style=true`,
        AWS_REGION: "us-east-1",
        AWS_ACCESS_KEY_ID: "an-id",
        AWS_SECRET_ACCESS_KEY: "a-secret",
      },
      close: () => end(running, "SIGTERM"),
    };
  },
};

function server(name: string): string {
  const debian = "/usr/lib/postgresql";
  try {
    return join(debian, readdirSync(debian).sort().at(-1) ?? "", "bin", name);
  } catch {
    return name;
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await new Promise((done) => probe.once("listening", done));
  const { port } = probe.address() as { port: number };
  await new Promise((done) => probe.close(done));
  return port;
}

async function listening(port: number): Promise<void> {
  const { connect } = await import("node:net");
  for (let tries = 0; tries < 300; tries += 1) {
    const isUp = await new Promise<boolean>((done) => {
      const socket = connect(port, "127.0.0.1");
      socket.once("connect", () => {
        done(true);
      });
      socket.once("error", () => {
        done(false);
      });
      socket.once("connect", () => socket.end());
    });
    if (isUp) return;
    await sleep(100);
  }
  throw new Error(`nothing listens on port ${port}`);
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const over = new Promise((done) => child.once("close", done));
  child.kill(signal);
  await over;
}

async function timed(act: () => Promise<unknown>): Promise<string> {
  const began = performance.now();
  await act();
  return ((performance.now() - began) / 1000).toFixed(1);
}

const program = (trigger: string, keys = KEYS): string =>
  `for (let at = 0; at < ${keys}; at += 1) new aioz.StreamKey("key-" + at, { keyRotation: { every: "90d", trigger: "${trigger}" } });`;

async function row(wanted: string): Promise<string[]> {
  const [name = "", setting = ""] = wanted.split("+");
  const backend = await open[name]?.();
  if (!backend) throw new Error(`there is no backend ${name}; there are ${Object.keys(open).join(", ")}`);
  const sandbox = await startSandbox();
  const environment = { ...sandbox.environment, ...backend.environment, ...SETTINGS[setting] };
  const stack = await TestStack.create(program("1"), environment);
  try {
    const up = await timed(async () => succeeded(await stack.up()));
    const noOp = await timed(async () => {
      unchanged(succeeded(await stack.up()));
    });
    const refresh = await timed(async () => {
      unchanged(succeeded(await stack.refresh()));
    });
    stack.program(program("2"));
    const rotate = await timed(async () => succeeded(await stack.up()));
    const stored = backend.stored ? `${(backend.stored() / 1e6).toFixed(1)} MB` : "";
    const lock = await secondMachine(stack, () => sandbox.requests.length);
    const destroy = await timed(async () => succeeded(await stack.destroy()));
    return [wanted, up, noOp, refresh, rotate, destroy, stored, lock];
  } finally {
    stack.remove();
    await sandbox.close();
    await backend.close();
  }
}

function unchanged(text: string): void {
  if (!new RegExp(`Resources:\\s+${KEYS + 1} unchanged\\s`).test(`${text}\n`))
    throw new Error(`not unchanged:\n${text}`);
}

/** While one run holds the stack, another one begins: it must be refused, in words, and the vendor hear nothing of it. */
async function secondMachine(stack: TestStack, calls: () => number): Promise<string> {
  const waits = `const { existsSync, writeFileSync } = require("node:fs");
writeFileSync("running", "");
while (!existsSync("go")) await new Promise((done) => setTimeout(done, 50));`;
  stack.program(`${waits}\n${program("2")}`);
  const first = stack.up();
  while (!existsSync(join(stack.folder, "running"))) await sleep(50);
  const before = calls();
  const text = failed(await stack.up());
  const after = calls();
  writeFileSync(join(stack.folder, "go"), "");
  succeeded(await first);
  if (!text.includes("the stack is currently locked by 1 lock(s)") || after !== before)
    throw new Error(`the second run was not refused for the lock:\n${text}`);
  return "refused";
}

async function main(): Promise<void> {
  const head = [
    `${KEYS} keys`,
    "up",
    "no-op",
    "refresh",
    "rotate all",
    "destroy",
    "stored",
    "second machine",
  ];
  const table = new Table({ head, style: { head: [], border: [] } });
  for (const name of BACKENDS) {
    table.push(await row(name));
    process.stderr.write(`${(table.at(-1) as string[]).join("  ")}\n`);
  }
  process.stdout.write(`${table.toString()}\n`);
}

void main();
