import { mkdirSync, readlinkSync, rmSync, symlinkSync } from "node:fs";
import { join, resolve } from "node:path";

/**
 * Links this package into its own node_modules. The dynamic host resolves `pulumi-streamkeys` from the node_modules of
 * a program (docs/engine.md, fact 4), and the programs in examples/ are no exception.
 */
const folder = join("node_modules", "pulumi-streamkeys");

function isLinked(): boolean {
  try {
    return resolve("node_modules", readlinkSync(folder)) === resolve(".");
  } catch {
    return false;
  }
}

if (!isLinked()) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync("node_modules", { recursive: true });
  symlinkSync("..", folder, "junction");
}
