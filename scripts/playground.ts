import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { CONTROL_PATH, type Sandbox, startSandbox } from "../sandbox";
import { findEngine } from "./engine";

/** The root program against the sandbox: engine, local file backend, passphrase and data, all within `.sandbox`. */
export interface Playground {
  /** Runs the Pulumi CLI in the foreground. Resolves to its exit status. */
  pulumi(...args: string[]): Promise<number>;
  /** Closes the sandbox, if this process opened it. */
  close(): Promise<void>;
}

const FOLDER = resolve(".sandbox");
const STACK = "sandbox";
const DEFAULT_PORT = 4747;

/** Opens the playground: finds or builds an engine, starts the sandbox or uses the one that runs, selects the stack. */
async function openPlayground(): Promise<Playground> {
  const say = (line: string): void => {
    console.error(line);
  };
  const engine = await findEngine(say);
  const port = Number(process.env.STREAMKEYS_SANDBOX_PORT ?? DEFAULT_PORT);
  const sandbox = (await isRunning(port)) ? undefined : await openSandbox(port);
  const backend = join(FOLDER, "state");
  mkdirSync(backend, { recursive: true });
  const environment = {
    ...process.env,
    ...(sandbox?.environment ?? (await environmentOf(port))),
    PATH: engine + delimiter + (process.env.PATH ?? ""),
    PULUMI_BACKEND_URL: pathToFileURL(backend).href,
    PULUMI_CONFIG_PASSPHRASE_FILE: passphraseFile(),
    PULUMI_SKIP_UPDATE_CHECK: "1",
  };
  const pulumi = (...args: string[]): Promise<number> => run(join(engine, "pulumi"), args, environment);
  const close = async (): Promise<void> => {
    await sandbox?.close();
  };
  const selected = await pulumi("stack", "select", STACK, "--create", "--non-interactive");
  if (selected !== 0) {
    await close();
    throw new Error("The Pulumi stack could not be opened; see above.");
  }
  return { pulumi, close };
}

/**
 * Runs a script in the playground: opens it, closes it whatever happens, and ends the process with the status that `act`
 * gives, or with a sentence and 1.
 */
export async function inPlayground(act: (playground: Playground) => Promise<number>): Promise<void> {
  try {
    const playground = await openPlayground();
    try {
      process.exitCode = await act(playground);
    } finally {
      await playground.close();
    }
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 1;
  }
}

async function openSandbox(port: number): Promise<Sandbox> {
  try {
    return await startSandbox({ port, dataFile: join(FOLDER, "vendors.json") });
  } catch (error) {
    throw new Error(`${(error as Error).message} For example: STREAMKEYS_SANDBOX_PORT=${port + 1} npm start`);
  }
}

async function isRunning(port: number): Promise<boolean> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}${CONTROL_PATH}/health`, {
      signal: AbortSignal.timeout(1_000),
    });
    return ((await answer.json()) as { sandbox?: string }).sandbox === "pulumi-streamkeys";
  } catch {
    return false;
  }
}

async function environmentOf(port: number): Promise<Record<string, string>> {
  const answer = await fetch(`http://127.0.0.1:${port}${CONTROL_PATH}/environment`);
  return (await answer.json()) as Record<string, string>;
}

/** The state is encrypted like anybody's; the passphrase is made at the first start. */
function passphraseFile(): string {
  const file = join(FOLDER, "passphrase");
  if (!existsSync(file)) writeFileSync(file, randomBytes(24).toString("base64url"), { mode: 0o600 });
  return file;
}

/** Ctrl-C reaches the CLI itself, which finishes what it is doing; we wait for that. */
function run(command: string, args: string[], env: NodeJS.ProcessEnv): Promise<number> {
  const ignore = (): void => undefined;
  process.on("SIGINT", ignore);
  return new Promise((resolveStatus, reject) => {
    const child = spawn(command, args, { env, stdio: "inherit" });
    child.once("error", reject);
    child.once("close", (status) => {
      process.off("SIGINT", ignore);
      resolveStatus(status ?? 130);
    });
  });
}
