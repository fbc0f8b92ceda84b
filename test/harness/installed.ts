import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative, resolve } from "node:path";

/**
 * The packed package, laid out as package managers do: files of what `npm ci` has installed here, so that no network is
 * needed and no package of this repository is in reach by accident.
 */

const OURS = "pulumi-streamkeys";

interface LockEntry {
  version?: string;
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
}

const lock = (
  JSON.parse(readFileSync("package-lock.json", "utf8")) as { packages: Record<string, LockEntry> }
).packages;

/** Packs the package, and unpacks it into `folder`. Returns the tarball. */
export function pack(folder: string): string {
  mkdirSync(folder, { recursive: true });
  execFileSync("npm", ["pack", "--ignore-scripts", "--pack-destination", folder], { stdio: "pipe" });
  const tarball = readdirSync(folder).find((file) => file.endsWith(".tgz"));
  if (tarball === undefined) throw new Error("npm pack made no tarball");
  execFileSync("tar", ["-xzf", tarball], { cwd: folder });
  return join(folder, tarball);
}

/** Installs as npm does: everything flat in `<folder>/node_modules`, with `extra` packages besides. */
export function installFlat(packed: string, folder: string, extra: string[] = []): void {
  linkTree(join(packed, "package"), join(folder, "node_modules", OURS));
  for (const place of needed(["@pulumi/pulumi", ...dependencies(), ...extra])) {
    linkTree(resolve(place), join(folder, place));
  }
}

/** Writes the manifest and the lock file of a folder that `npm ci` installs the packed package in, with what is locked here. */
export function writeLock(folder: string, tarball: string): void {
  const {
    version,
    dependencies: needs,
    bin,
    peerDependencies,
    peerDependenciesMeta,
  } = JSON.parse(readFileSync("package.json", "utf8")) as LockEntry & {
    bin: unknown;
    peerDependenciesMeta: unknown;
  };
  const own = { ...manifestIn(folder), dependencies: { [OURS]: `file:${tarball}`, "@pulumi/pulumi": "*" } };
  const places = needed(["@pulumi/pulumi", ...dependencies()]);
  const packages = {
    "": own,
    ...Object.fromEntries(places.map((place) => [place, { ...lock[place], dev: undefined }])),
    [`node_modules/${OURS}`]: {
      version,
      resolved: `file:${tarball}`,
      dependencies: needs,
      bin,
      peerDependencies,
      peerDependenciesMeta,
    },
  };
  writeFileSync(join(folder, "package.json"), JSON.stringify(own));
  writeFileSync(
    join(folder, "package-lock.json"),
    JSON.stringify({ lockfileVersion: 3, requires: true, packages }),
  );
}

const manifestIn = (folder: string): object =>
  JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as object;

/**
 * Installs as pnpm does: each package in a store of its own, which sees its own dependencies alone.
 * Returns a function that gives a folder of the workspace what its package.json lists.
 */
export function installIsolated(
  packed: string,
  workspace: string,
): (folder: string, names: string[]) => void {
  const store = join(workspace, "node_modules", ".pnpm");
  const ours = `node_modules/${OURS}`;
  const inStore = (place: string): string =>
    join(store, place.replaceAll(/[/\\]/g, "+"), "node_modules", nameAt(place));
  const places = needed(["@pulumi/pulumi", ...dependencies()]);
  for (const place of [...places, ours]) {
    linkTree(place === ours ? join(packed, "package") : resolve(place), inStore(place));
    const wanted =
      place === ours ? ["@pulumi/pulumi", ...dependencies()] : [...dependenciesAt(place), ...peersAt(place)];
    for (const name of wanted) {
      const found = locate(place === ours ? "" : place, name);
      if (found !== undefined && (found === ours || places.includes(found)))
        link(inStore(found), join(dirnameOfPackage(inStore(place), nameAt(place)), name));
    }
  }
  return (folder, names) => {
    for (const name of names) {
      const place = name === OURS ? ours : `node_modules/${name}`;
      link(inStore(place), join(folder, "node_modules", name));
    }
  };
}

/** Makes a link to a folder, as package managers do for packages of a workspace. */
export function link(target: string, at: string): void {
  mkdirSync(dirname(at), { recursive: true });
  rmSync(at, { force: true });
  symlinkSync(relative(dirname(at), target), at, "junction");
}

function dependencies(): string[] {
  return Object.keys(lock[""]?.dependencies ?? {});
}

const dependenciesAt = (place: string): string[] =>
  Object.keys({ ...lock[place]?.dependencies, ...lock[place]?.optionalDependencies });

/** What pnpm links beside a package: peers as well, as far as they are installed. */
const peersAt = (place: string): string[] => Object.keys(lock[place]?.peerDependencies ?? {});

/** Where these packages and all that they need are installed here. What no platform of ours has is left out. */
function needed(names: string[]): string[] {
  const found = new Set<string>();
  const visit = (from: string, name: string): void => {
    const place = locate(from, name);
    if (place === undefined || found.has(place)) return;
    found.add(place);
    for (const dependency of dependenciesAt(place)) visit(place, dependency);
  };
  for (const name of names) visit("", name);
  return [...found];
}

/** The package that `require(name)` finds from within another, by the lock file. */
function locate(from: string, name: string): string | undefined {
  for (let above = from; ; above = above.slice(0, Math.max(0, above.lastIndexOf("/node_modules/")))) {
    const place = `${above === "" ? "" : `${above}/`}node_modules/${name}`;
    if (lock[place]) return place;
    if (above === "") return undefined;
  }
}

const nameAt = (place: string): string =>
  place.slice(place.lastIndexOf("node_modules/") + "node_modules/".length);

/** The `node_modules` folder that a package lies in: two levels up for a scoped one. */
const dirnameOfPackage = (folder: string, name: string): string =>
  name.startsWith("@") ? dirname(dirname(folder)) : dirname(folder);

/** A copy whose files are the same ones on disk; packages nested below are packages of their own. */
function linkTree(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    if (entry.name === "node_modules") continue;
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) linkTree(source, target);
    else if (entry.isFile()) linkFile(source, target);
  }
}

function linkFile(source: string, target: string): void {
  try {
    linkSync(source, target);
  } catch {
    copyFileSync(source, target);
  }
}
