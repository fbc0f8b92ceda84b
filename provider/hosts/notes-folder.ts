import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { load } from "js-yaml";

/** Where the notes of creates are, and which backend they belong to. */

type Environment = Record<string, string | undefined>;

const pulumiHome = ({ PULUMI_HOME }: Environment): string => PULUMI_HOME ?? join(homedir(), ".pulumi");

/** The folder of all notes on this machine. */
export function notesFolder(environment: Environment): string {
  return join(pulumiHome(environment), "streamkeys", "creates");
}

/**
 * The URL of the backend that the stacks are kept in, found as the engine finds it: environment, project file, login. A
 * path that is relative is so to the project's folder, and therefore made absolute.
 */
export function backendUrl(environment: Environment, cwd: string): string {
  const project = projectFile(cwd);
  const login = settingsIn(join(pulumiHome(environment), "credentials.json"));
  const urls = [environment.PULUMI_BACKEND_URL, project?.settings.backend?.url, login?.current];
  // Set to nothing is not set.
  const url = urls.find(Boolean) ?? "";
  const [, path] = /^file:\/\/(\..*)$/.exec(url) ?? [];
  return path === undefined ? url : `file://${resolve(project?.folder ?? cwd, path)}`;
}

/** What is read of a project's file, and of the file that says where one is logged in. */
interface Settings {
  backend?: { url?: string } | null;
  current?: string;
}

function projectFile(cwd: string): { folder: string; settings: Settings } | undefined {
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    for (const name of ["Pulumi.yaml", "Pulumi.yml", "Pulumi.json"]) {
      const settings = settingsIn(join(folder, name));
      if (settings) return { folder, settings };
    }
    if (folder === dirname(folder)) return undefined;
  }
}

/** JSON is YAML. */
function settingsIn(file: string): Settings | undefined {
  try {
    return load(readFileSync(file, "utf8")) as Settings;
  } catch {
    return undefined;
  }
}
