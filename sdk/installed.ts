import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/**
 * Whether Pulumi's engine will find this package. It loads the provider from the program's folder and its node_modules
 * (docs/engine.md, fact 4), which need not be where the program found the class: in a pnpm workspace a library may have the
 * package while the program's own folder does not.
 */

const PACKAGE = "pulumi-streamkeys";

/** Where the package is found, and which version. */
export interface Installed {
  folder: string;
  version: string;
}

/** A package as a module in `folder` would find it, which is how the engine does. Undefined when it does not. */
export function installedFor(name: string, folder: string): Installed | undefined {
  try {
    return packageFrom(name, createRequire(join(folder, "program.js")));
  } catch {
    return undefined;
  }
}

/** What is wrong with the installation that the engine will use for a program in `folder`; undefined when nothing is. */
export function installationProblem(folder: string): string | undefined {
  const own = packageFrom(PACKAGE, createRequire(__filename));
  const engines = installedFor(PACKAGE, folder);
  if (engines === undefined) {
    return (
      `Pulumi's engine loads the provider from the program's folder, and does not find ${PACKAGE} from ${folder}, ` +
      `though the program has it from ${own.folder}. Add it to the package.json of the program's folder: ` +
      `npm install ${PACKAGE}, or pnpm add, or yarn add.`
    );
  }
  if (engines.version === own.version) return undefined;
  return (
    `The program uses ${PACKAGE} ${own.version} (${own.folder}), and Pulumi's engine will load ${engines.version} ` +
    `(${engines.folder}). Let the program's folder and its libraries depend on one version.`
  );
}

function packageFrom(name: string, require: NodeJS.Require): Installed {
  const manifest = require.resolve(`${name}/package.json`);
  const { version } = require(manifest) as { version: string };
  return { folder: dirname(manifest), version };
}
