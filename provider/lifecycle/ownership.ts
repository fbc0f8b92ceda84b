import type { Props } from "../define";
import { safely } from "./journal";
import { type ResourceType, typeOf } from "./resource-type";
import { rememberSecrets } from "./secrets";

/** Who owns what, as this run has learnt it: every call of the engine that knows a resource leaves its trace here. */

/** The key of an object, or of a resource, in the memory: ids and origins are told apart within a type only. */
export const keyOf = (type: ResourceType, idOrOrigin: string): string => `${typeOf(type)} ${idOrOrigin}`;

/** Whether the engine has shown in this run that it knows the resource. */
export function isKnown(type: ResourceType, { origin }: Props): boolean {
  return typeof origin === "string" && type.host.memory.known.has(keyOf(type, origin));
}

/**
 * Whether an object has an owner that this run knows of. Of what lives within another object the vendor's own id counts:
 * an answer that is another's may come at any place.
 */
export const isOwned = (type: ResourceType, id: string): boolean =>
  type.host.memory.owned.has(keyOf(type, ownStep(id)));

/** Whether another resource that this program declares has the object. */
export function hasOtherOwner(type: ResourceType, id: string, origin: unknown): boolean {
  const { owned, declared } = type.host.memory;
  const owner = owned.get(keyOf(type, ownStep(id)));
  return owner !== undefined && owner !== String(origin) && declared.has(keyOf(type, owner));
}

/** The vendor's own id, without that of the object within which it lives. */
const ownStep = (id: string): string => id.slice(id.lastIndexOf("/") + 1);

/** The id that this create is to take the place of, where the engine has asked for the replacement by a difference. */
export function replacedBy(type: ResourceType, { origin }: Props): string | undefined {
  return type.host.memory.replaced.get(keyOf(type, String(origin)));
}

/** Remembers that the engine is about to replace an object. */
export function rememberReplaced(type: ResourceType, { origin }: Props, id: string): void {
  type.host.memory.replaced.set(keyOf(type, String(origin)), id);
}

/** Remembers resources that the engine knows, and their secrets: their old inputs or an id came with a call. */
export function rememberKnown(type: ResourceType, ...resources: Props[]): void {
  for (const resource of resources) {
    rememberSecrets(type.definition, resource);
    const { origin } = resource;
    if (typeof origin === "string") type.host.memory.known.add(keyOf(type, origin));
  }
}

/** Remembers that the program declares a resource. */
export function rememberDeclared(type: ResourceType, { origin }: Props): void {
  type.host.memory.declared.add(keyOf(type, String(origin)));
}

/** Remembers which resource has an object, as the engine shows it, and drops the note of its making. */
export function rememberOwned(type: ResourceType, id: string, { origin }: Props): void {
  type.host.memory.owned.set(keyOf(type, ownStep(id)), String(origin));
  dropNote(type, id);
}

/** Drops the note of the making of an object that the engine knows. */
export function dropNote(type: ResourceType, id: string): void {
  const { journal, warn } = type.host;
  safely(warn, () => {
    journal.isKnown(typeOf(type), id);
  });
}

/** Remembers what a create of this run is about to return. */
export function rememberMade(type: ResourceType, inputs: Props, id: string): void {
  const { memory } = type.host;
  rememberKnown(type, inputs);
  memory.owned.set(keyOf(type, ownStep(id)), String(inputs.origin));
  memory.made.set(keyOf(type, id), String(inputs.origin));
}

const freshKey = ({ vendor }: ResourceType, id: string): string => `${vendor.name} ${id}`;

/** Remembers an object that a create of this run has made, and not only taken over. */
export function rememberFresh(type: ResourceType, id: string): void {
  if (!type.definition.makesNothing) type.host.memory.fresh.add(freshKey(type, id));
}

/** Whether this run has made the object, whatever the type of its resource. */
export const isFresh = (type: ResourceType, id: string): boolean =>
  type.host.memory.fresh.has(freshKey(type, id));
