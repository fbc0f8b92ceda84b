/** The row of a table in a simulator's data. An id comes from outside, and may be the name of what every object has. */
export const rowOf = <T>(table: Record<string, T>, id: unknown): T | undefined =>
  typeof id === "string" && Object.hasOwn(table, id) ? table[id] : undefined;
