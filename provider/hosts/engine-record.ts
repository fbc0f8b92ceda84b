import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { z } from "zod";
import type { EngineRecord } from "../lifecycle/memory";
import { TYPE_PREFIX } from "../engine-values";
import { messageOf } from "../define/errors";
import { originOf } from "../../sdk/origin";
import { deployment } from "./deployment";

/** Reads the engine's record of a stack by the CLI, which is the one reader that knows every backend. */

type Environment = Record<string, string | undefined>;

/** A thousand resources are 2 MB. */
const LARGEST_EXPORT_BYTES = 1024 * 1024 * 1024;
/** A backend that has not answered by then is not waited for. */
const EXPORT_MS = 60_000;

const exported = z.looseObject({ deployment });

/**
 * The record of a stack; undefined where it cannot be read, of which the user is told.
 * @param stack its full name: organization, project and stack
 */
export async function readRecord(
  stack: string,
  environment: Environment,
  warn: (message: string) => void,
): Promise<EngineRecord | undefined> {
  try {
    const { stdout } = await promisify(execFile)(
      "pulumi",
      ["stack", "export", "--stack", stack, "--non-interactive"],
      {
        // Nothing is decrypted, and nobody is asked.
        env: { ...environment, PULUMI_SKIP_UPDATE_CHECK: "true" },
        maxBuffer: LARGEST_EXPORT_BYTES,
        timeout: EXPORT_MS,
        windowsHide: true,
      },
    );
    return recordIn(stack, JSON.parse(stdout), environment);
  } catch (error) {
    const [why] = messageOf(error).trim().split("\n").slice(-1);
    warn(
      `The state of ${stack} cannot be read by \`pulumi stack export\` (${why ?? ""}), so a create that was interrupted on ` +
        "another machine would not be seen. `streamkeys doctor` looks for it.",
    );
    return undefined;
  }
}

function recordIn(stack: string, text: unknown, environment: Environment): EngineRecord {
  const {
    manifest,
    resources = [],
    pending_operations: pending = [],
  } = exported.parse(text).deployment ?? {};
  const [organization = ""] = stack.split("/");
  const ours = resources.filter(({ type }) => type.startsWith(TYPE_PREFIX));
  const sets = new Set(ours.filter(({ outputs = {} }) => "ids" in outputs).map(({ urn }) => urn));
  return {
    writtenAt: manifest ? new Date(manifest.time) : new Date(),
    isLate: isSet(environment.PULUMI_SKIP_CHECKPOINTS),
    interrupted: new Set(
      pending
        .filter(({ type, resource }) => resource.type.startsWith(TYPE_PREFIX) && INTERRUPTED.includes(type))
        // The engine keeps the record of a create for good. A set is never replaced: one that is there was made since.
        .filter(({ type, resource: { urn } }) => type === "updating" || !sets.has(urn))
        .map(({ resource: { urn } }) => originInUrn(organization, urn)),
    ),
    ids: new Set(ours.flatMap(({ id = "", outputs = {} }) => [id, ...idsOfItems(outputs)])),
  };
}

/** What the class has called the resource of a URN. */
function originInUrn(organization: string, urn: string): string {
  const [stack = "", project = "", types = "", ...name] = urn.replace(/^urn:pulumi:/, "").split("::");
  return originOf({
    organization,
    project,
    stack,
    types: types.replace(/(?<=^|\$)[^$]*$/, (type) => type.slice(TYPE_PREFIX.length)),
    name: name.join("::"),
  });
}

const idsOfItems = ({ ids }: Record<string, unknown>): string[] =>
  typeof ids === "object" && ids !== null ? Object.values(ids as Record<string, string>) : [];

/** A set makes items when it is created and when it is updated. What else updates makes nothing. */
const INTERRUPTED = ["creating", "updating"];

const isSet = (flag: string | undefined): boolean => /^(1|t|true)$/i.test(flag ?? "");
