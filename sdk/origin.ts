import { createHash } from "node:crypto";

/** How a resource is told apart: as the engine tells it apart, by its URN, and by the organization. */
export interface Identity {
  organization: string;
  project: string;
  stack: string;
  /** Types of the resources above and of this one, as a URN has them. */
  types: string;
  name: string;
}

/**
 * The input `origin`: the name, and two digests, of the stack and of the rest. The name stands in front, because the engine
 * does not tell a provider which resource a call is about, and messages should.
 */
export function originOf({ organization, project, stack, types, name }: Identity): string {
  return `${name}#${stackDigest(project, stack)}${digest(organization, project, stack, types, name)}`;
}

/** The part of every origin that all resources of a stack have in common. */
export function stackDigest(project: string, stack: string): string {
  return digest(project, stack);
}

const digest = (...parts: string[]): string =>
  createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 8);
