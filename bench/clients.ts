import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { vendors } from "../provider/vendors";
import { type ClientRequest, COUNT_FILE } from "../test/harness/official-client";
import { routesOf } from "../test/harness/routes";

/** What the vendors' official clients ask of the simulators in the tests (`test/vendors/<vendor>/client.test.ts`). */

/** The official client of a vendor at work. */
export interface ClientCount {
  vendor: string;
  /** Package and version. */
  client: string;
  requests: number;
  /** How many of them were refused, which the client's own error classes then read. */
  refused: number;
  /** How many of the simulator's endpoints were asked for, and how many it has. */
  endpoints: [number, number];
}

const testOf = (vendor: string): string => `test/vendors/${vendor}/client.test.ts`;

/**
 * Runs the tests by official clients, and counts.
 * @throws Error when one of them fails.
 */
export function countClients(): ClientCount[] {
  const tested = vendors.map(({ name }) => name).filter((name) => existsSync(testOf(name)));
  const folder = mkdtempSync(join(tmpdir(), "streamkeys-clients-"));
  const file = join(folder, "requests");
  try {
    const args = ["jest", "--silent", ...tested.map(testOf)];
    const { status } = spawnSync("npx", args, {
      env: { ...process.env, [COUNT_FILE]: file },
      stdio: ["ignore", "ignore", "inherit"],
    });
    if (status !== 0) throw new Error("The tests by official clients fail.");
    const lines = readFileSync(file, "utf8").trim().split("\n");
    const all = lines.map((line) => JSON.parse(line) as ClientRequest);
    return tested.map((vendor) => {
      const own = all.filter((one) => one.vendor === vendor);
      const used = new Set(own.map(({ endpoint }) => endpoint).filter((one) => one !== undefined));
      return {
        ...{ vendor, client: clientOf(vendor), requests: own.length },
        refused: own.filter(({ status }) => status >= 400).length,
        endpoints: [used.size, routesOf(vendor).length],
      };
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The first package that the test imports and that is neither ours nor Node's. */
function clientOf(vendor: string): string {
  const imported = [...readFileSync(testOf(vendor), "utf8").matchAll(/from "((?:@[^/"]+\/)?[^./"][^/"]*)/g)];
  const name = imported.map(([, one = ""]) => one).find((one) => !one.startsWith("node:")) ?? "";
  const manifest = readFileSync(join("node_modules", name, "package.json"), "utf8");
  return `${name} ${(JSON.parse(manifest) as { version: string }).version}`;
}
