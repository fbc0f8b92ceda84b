import type { Api } from "../provider/define/api";
import type { Definition, Listed } from "../provider/define";
import { stackOfMark } from "../provider/define/mark";
import type { Vendor } from "../provider/define/vendor";
import { digestOf, type StackView } from "./stack";

/** One object at the vendor that bears the mark of a stack whose state does not have it. */
export interface LeftObject extends Listed {
  definition: Definition;
  mark: string;
}

/**
 * What the creates of a stack have left at a vendor, by the marks in its lists; nothing where no field holds a mark. A mark
 * tells project and stack by name, and neither backend nor organization.
 */
export async function leftAt(vendor: Vendor, api: Api, view: StackView): Promise<LeftObject[]> {
  if (view.name === undefined) return [];
  const stack = digestOf(view.project, view.name);
  const marked = vendor.resources.filter(({ markField }) => markField !== undefined);
  return (await Promise.all(marked.map((definition) => leftOfKind(definition, api, view, stack)))).flat();
}

async function leftOfKind(
  definition: Definition,
  api: Api,
  { resources }: StackView,
  stack: string,
): Promise<LeftObject[]> {
  const known = new Set(
    resources.filter((resource) => resource.definition === definition).map(({ id }) => id),
  );
  const left = new Map<string, LeftObject>();
  for await (const { mark = "", ...object } of definition.list?.(api) ?? []) {
    if (stackOfMark(mark) === stack && !known.has(object.id))
      left.set(object.id, { ...object, mark, definition });
  }
  return [...left.values()];
}
