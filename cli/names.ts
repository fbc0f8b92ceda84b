/** Names for a program, out of names that a vendor's users have chosen freely. */

const LONGEST = 60;

/** A Pulumi name: the vendor's, with a hyphen for whatever is neither letter, digit, `.` nor `_`. */
export function pulumiName(vendorName: string, otherwise: string): string {
  const name = vendorName
    .normalize("NFC")
    .replace(/[^\p{L}\p{M}\p{N}._]+/gu, "-")
    .slice(0, LONGEST)
    .replace(/^-+|-+$/g, "");
  return name === "" ? otherwise : name;
}

/** A TypeScript variable: the words of all parts in camelCase. A type or a path among them keeps it from being reserved. */
export function variableName(parts: string[]): string {
  const words = parts.flatMap((part) => part.split(/[^\p{ID_Continue}]+/u)).filter((word) => word !== "");
  const camel = words
    .map(
      (word, at) => (at === 0 ? word.charAt(0).toLowerCase() : word.charAt(0).toUpperCase()) + word.slice(1),
    )
    .join("");
  return /^\p{ID_Start}/u.test(camel) ? camel : `_${camel}`;
}

/** The name, numbered after the separator where it is taken; it is taken from then on. */
export function unique(name: string, separator: string, taken: Set<string>): string {
  let free = name;
  for (let number = 2; taken.has(free); number += 1) free = `${name}${separator}${number}`;
  taken.add(free);
  return free;
}
