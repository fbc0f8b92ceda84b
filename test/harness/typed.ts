import { join, resolve } from "node:path";
import ts from "typescript";

/** Holds values against types of packages, by the compiler: no member too many, none missing, none of another type. */

/** The types that a vendor's official client has for an endpoint, as TypeScript would import them. */
export interface EndpointTypes {
  /** Of what a request says. */
  sends?: string;
  /** Of what an answer of 200 to 299 says. */
  replies?: string;
}

/** By endpoint, as the simulator names it: `POST /stream`. */
export type ClientTypes = Record<string, EndpointTypes>;

/** A type, but for some of its members, of which the vendor's documents say otherwise. */
export const but = (type: string, members: Record<string, string>): string =>
  `Omit<${type}, ${Object.keys(members)
    .map((name) => `"${name}"`)
    .join(" | ")}> & { ${Object.entries(members)
    .map(([name, other]) => `${name}?: ${other}`)
    .join("; ")} }`;

/** A value, and the type that it must be of. */
export interface Claim {
  type: string;
  value: unknown;
}

/** What clients make of what is on the wire: enums are their texts, dates are texts, and a word of the language has a `_`. */
const WIRE = `
type Wire<T> = T extends string ? \`\${T}\`
  : T extends number | boolean | null | undefined | Function ? T
  : T extends Date ? string
  : T extends (infer Item)[] ? Wire<Item>[]
  : { [Name in keyof T as Name extends "_public" ? "public" : Name]: Wire<T[Name]> };
`;

/** What is wrong with each value, in the compiler's words; nothing where all is right. */
export function wrongOf(claims: Claim[]): string[] {
  const lines = claims.map(
    ({ type, value }, at) => `const at${at}: Wire<${type}> = ${JSON.stringify(value)};`,
  );
  const file = join(resolve("."), "test/harness/claims.ts");
  const text = `export {};${WIRE.replaceAll("\n", " ")}\n${lines.join("\n")}\n`;
  const { config } = ts.readConfigFile("tsconfig.json", (name) => ts.sys.readFile(name)) as {
    config: object;
  };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ".");
  const host = ts.createCompilerHost(options);
  const read = host.getSourceFile.bind(host);
  host.getSourceFile = (name, language, ...rest) =>
    resolve(name) === file ? ts.createSourceFile(name, text, language) : read(name, language, ...rest);
  const has = host.fileExists.bind(host);
  host.fileExists = (name) => resolve(name) === file || has(name);
  const program = ts.createProgram([file], { ...options, noUnusedLocals: false }, host);
  const source = program.getSourceFile(file);
  if (!source) throw new Error("the compiler has not read the claims");
  return ts.getPreEmitDiagnostics(program, source).map(({ start = 0, messageText }) => {
    const { line } = source.getLineAndCharacterOfPosition(start);
    const claim = claims[line - 1];
    const what = ts.flattenDiagnosticMessageText(messageText, " ");
    return `${claim?.type ?? ""}: ${what} In ${JSON.stringify(claim?.value).slice(0, 300)}`;
  });
}
