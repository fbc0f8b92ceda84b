import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { startSandbox } from "../../sandbox";
import { succeeded, TestStack } from "../harness/stack";

/**
 * `npm run record-state`, once a release: keeps the state that this version makes of examples/all-vendors, and the program.
 * Later versions must plan nothing for it. The secrets in it are the sandbox's inventions.
 */
async function main(): Promise<void> {
  const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
  const folder = `test/state/${version}`;
  const sandbox = await startSandbox();
  const stack = await TestStack.copyOf("examples/all-vendors", sandbox.environment);
  succeeded(
    await stack.runWith({ STREAMKEYS_TEST_NOW: "2026-01-01T00:00:00Z" }, "up", "--yes", "--skip-preview"),
  );
  mkdirSync(folder, { recursive: true });
  cpSync("examples/all-vendors", `${folder}/program`, { recursive: true });
  const state = JSON.parse(await stack.mustRun("stack", "export", "--show-secrets")) as unknown;
  writeFileSync(`${folder}/stack.json`, `${JSON.stringify(withoutPlaces(state), undefined, 2)}\n`);
  await sandbox.close();
  stack.remove();
  console.log(folder);
}

/** Without the places in source files, which are of this machine, and the passphrase's salt. */
function withoutPlaces(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPlaces);
  if (value === null || typeof value !== "object") return value;
  const places = ["sourcePosition", "stackTrace", "secrets_providers"];
  const kept = Object.entries(value).filter(([key]) => !places.includes(key));
  return Object.fromEntries(kept.map(([key, item]) => [key, withoutPlaces(item)]));
}

void main();
