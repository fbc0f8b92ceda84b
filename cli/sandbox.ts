import { type Command, InvalidArgumentError } from "commander";
import { StreamkeysError } from "../provider/define/errors";
import {
  CONTROL_PATH,
  PortTaken,
  type Sandbox,
  type SandboxOptions,
  startSandbox,
  UnusableData,
} from "../sandbox";
import { withManual } from "./help";
import { print, printJson, say } from "./output";

interface SandboxCommandOptions {
  port: number;
  data?: string;
  json?: true;
}

const DEFAULT_PORT = 4747;

/** Adds `streamkeys sandbox`: the vendors' simulators, until Ctrl-C. */
export function addSandbox(program: Command): void {
  const command = program
    .command("sandbox")
    .description("Run the simulators of all vendors on this machine, for tests and demos, until Ctrl-C.")
    .option("-p, --port <port>", "port on 127.0.0.1; 0 takes a free one", portNumber, DEFAULT_PORT)
    .option("-d, --data <file>", "file that keeps the vendors' data between runs (default: none is kept)")
    .option("--json", "print the environment as JSON")
    .action(run);
  withManual(command, {
    examples: [
      ["streamkeys sandbox", "prints the environment to export, and runs"],
      ["streamkeys sandbox --port 0 --json > env.json", "any free port, for a test suite"],
    ],
    fine: "ended by Ctrl-C or SIGTERM",
    finding: "could not be started",
  });
}

function portNumber(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new InvalidArgumentError("A port is a number from 0 to 65535.");
}

async function run({ port, data, json }: SandboxCommandOptions): Promise<void> {
  const sandbox = await start({ port, ...(data === undefined ? {} : { dataFile: data }) });
  const ended = signal();
  if (json) printJson({ url: sandbox.url, environment: sandbox.environment });
  else print(exportLines(sandbox));
  say(`${guide(sandbox.url)}\n\nRunning at ${sandbox.url}. Ctrl-C ends it.`);
  await ended;
  await sandbox.close();
  say("The sandbox has ended.");
}

async function start(options: SandboxOptions): Promise<Sandbox> {
  try {
    return await startSandbox(options);
  } catch (error) {
    if (error instanceof UnusableData) throw new StreamkeysError(error.message);
    if (!(error instanceof PortTaken)) throw error;
    throw new StreamkeysError(`${error.message} For example: streamkeys sandbox --port 0`);
  }
}

function signal(): Promise<void> {
  return new Promise((resolve) => {
    for (const name of ["SIGINT", "SIGTERM"] as const) {
      process.once(name, () => {
        resolve();
      });
    }
  });
}

const exportLines = ({ environment }: Sandbox): string =>
  Object.entries(environment)
    .map(([name, value]) => `export ${name}=${value}`)
    .join("\n");

const guide = (url: string): string => `
Control API, for your own tests:
  GET    ${url}${CONTROL_PATH}/environment              the environment above, as JSON
  GET    ${url}${CONTROL_PATH}/requests                 what came in; DELETE forgets it
  POST   ${url}${CONTROL_PATH}/faults                   for example {"method":"POST","status":503,"times":1}; DELETE clears
  PUT    ${url}${CONTROL_PATH}/live/<vendor>/<id>       starts a broadcast; DELETE ends it
  GET    ${url}${CONTROL_PATH}/data                     all data
  PATCH  ${url}${CONTROL_PATH}/data/<vendor>/<path>     changes it behind the provider's back`;
