/** Values as TypeScript source, laid out as Prettier would. */

/** Columns of a line. */
export const WIDTH = 110;
const INDENT = "  ";

/** TypeScript that stands where a value would. */
export class Code {
  constructor(readonly text: string) {}
}

/** A value as TypeScript, at this depth of indentation, `used` columns of its line being taken. */
export function literal(value: unknown, depth = 0, used = 0): string {
  const inline = onOneLine(value);
  const fits = INDENT.length * depth + used + inline.length < WIDTH;
  if (fits || value === null || typeof value !== "object" || value instanceof Code) return inline;
  const [open, close] = Array.isArray(value) ? "[]" : "{}";
  return [
    open,
    ...members(value).map((member) => spread(member, depth + 1)),
    INDENT.repeat(depth) + (close ?? ""),
  ].join("\n");
}

/** A member of an object, or an item of an array, which has no name. */
type Member = [name: string | undefined, value: unknown];

function members(value: object): Member[] {
  if (Array.isArray(value)) return value.map((item: unknown) => [undefined, item]);
  return Object.entries(value).filter(([, member]) => member !== undefined);
}

function spread([name, value]: Member, depth: number): string {
  const label = labelOf(name);
  return `${INDENT.repeat(depth)}${label}${literal(value, depth, label.length)},`;
}

function onOneLine(value: unknown): string {
  if (value instanceof Code) return value.text;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const inner = members(value).map(([name, member]) => labelOf(name) + onOneLine(member));
  if (Array.isArray(value)) return `[${inner.join(", ")}]`;
  return inner.length === 0 ? "{}" : `{ ${inner.join(", ")} }`;
}

function labelOf(name: string | undefined): string {
  if (name === undefined) return "";
  // As a plain member, `__proto__` would set the prototype instead.
  if (name === "__proto__") return '["__proto__"]: ';
  return /^[A-Za-z_$][\w$]*$/.test(name) ? `${name}: ` : `${JSON.stringify(name)}: `;
}
