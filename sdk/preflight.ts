import * as pulumi from "@pulumi/pulumi";
import { installationProblem } from "./installed";
import { doubtfulConfig, unreadConfig } from "./stack-config";

/** What a program can know before the engine does anything: said once, in words, in place of a failure a resource. */

/** The folder that a program is started in, by Pulumi or by its user. */
const startedIn = process.cwd();
const warned = new Set<string>();
let isInstalled = false;

/**
 * Looks at the stack's config and at the installation.
 * @throws pulumi.RunError for config that nobody reads, and for a package that the engine would not find.
 */
export function preflight(): void {
  const keys = Object.keys(pulumi.runtime.allConfig());
  const unread = unreadConfig(keys, pulumi.getProject());
  if (unread !== undefined) throw new pulumi.RunError(unread);
  warn(doubtfulConfig(keys, pulumi.getProject()));
  if (isInstalled || !isStartedByEngine()) return;
  const problem = installationProblem(startedIn);
  if (problem !== undefined) throw new pulumi.RunError(problem);
  isInstalled = true;
}

function warn(message: string | undefined): void {
  if (message === undefined || warned.has(message)) return;
  warned.add(message);
  void pulumi.log.warn(message);
}

const isStartedByEngine = (): boolean => process.env.PULUMI_NODEJS_MONITOR !== undefined;

/** Resources of inline programs that the engine has not taken yet. */
const waiting = new Set<pulumi.Resource>();
let isExplained = false;

/**
 * An inline program of the Automation API runs in a process of the user's own, and only the workspace knows which folder
 * the engine takes. So what is wrong with the installation here counts only when the engine has not taken the resource:
 * then the process says it as it ends, because the engine tells the program nothing.
 */
export function explainUnlessTaken(resource: pulumi.Resource): void {
  if (isStartedByEngine()) return;
  const problem = installationProblem(startedIn);
  if (problem === undefined) return;
  if (!isExplained) {
    process.once("exit", () => {
      explain(problem);
    });
  }
  isExplained = true;
  waiting.add(resource);
  resource.urn.apply(() => waiting.delete(resource));
}

function explain(problem: string): void {
  if (waiting.size === 0) return;
  console.error(
    `${problem}\nThe Automation API takes the folder that the process was started in, unless the project's settings name ` +
      'another: projectSettings: { name, runtime: "nodejs", main: __dirname }. More in docs/automation.md of the package.',
  );
}
