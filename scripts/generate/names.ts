import type { SchemaNode } from "../../provider/define/schema";

/** Names and objects that generated code and schema share. */

/** `ladder` becomes `Ladder`. */
export const pascalCase = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

/** The name of the type of an object property, from its owner's: `Stream` and `ladder` give `StreamLadder`. */
export const memberType = (owner: string, property: string): string => owner + pascalCase(property);

/** An object type within a resource's inputs. */
export interface ObjectType {
  name: string;
  node: SchemaNode;
}

/** Every object type that users write below `node`, outermost first. Items of an array bear the array's name. */
export function objectTypes(owner: string, node: SchemaNode): ObjectType[] {
  return writable(node).flatMap(([property, child]) => {
    const object = child.items ?? child;
    if (!object.properties) return [];
    const name = object.title ?? memberType(owner, property);
    return [{ name, node: object }, ...objectTypes(name, object)];
  });
}

/** The properties a user may write. */
export const writable = (node: SchemaNode): [string, SchemaNode][] =>
  Object.entries(node.properties ?? {}).filter(([, child]) => !child.computed);
