import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import ts from "typescript";

/** Who may import whom. A new row here is a change of the architecture: say why in DESIGN.md. */

const ROOT = resolve(".");

interface Room {
  /** Files of the room, as paths from the root. */
  files: RegExp;
  /** What they may import: paths from the root for our own files, names for packages. */
  may: RegExp[];
}

/** The vocabulary: no network, no Pulumi, no account. */
const DEFINE = /^provider\/define(\/|$)/;
/** Helpers of `calls` that a vendor's functions may use; none of them knows an account. */
const CALL_TOOLS = /^provider\/calls\/(poll|wire|fresh-key|sigv4)$/;
const ENGINE_VALUES = /^provider\/engine-values$/;

const rooms: Room[] = [
  // What the class makes of outputs is told by the vocabulary, where the command has it from too.
  { files: /^sdk\//, may: [/^sdk\//, /^provider\/define\/made$/, /^(@pulumi\/pulumi|fastest-levenshtein)$/] },
  {
    files: /^provider\/hosts\//,
    may: [
      /^provider\/(hosts|lifecycle|sets|vendors)(\/|$)/,
      DEFINE,
      ENGINE_VALUES,
      /^sdk\/origin$/,
      /^(@pulumi\/pulumi|js-yaml|zod)$/,
    ],
  },
  { files: /^provider\/define\//, may: [DEFINE, /^(zod|ms)$/] },
  { files: /^provider\/engine-values/, may: [] },
  {
    files: /^provider\/calls\//,
    may: [
      /^provider\/calls\//,
      DEFINE,
      /^(axios|cockatiel|zod|@smithy\/signature-v4|@aws-sdk\/credential-providers)$/,
    ],
  },
  {
    files: /^provider\/lifecycle\//,
    may: [
      /^provider\/lifecycle\//,
      /^provider\/calls(\/|$)/,
      DEFINE,
      ENGINE_VALUES,
      /^(zod|fastest-levenshtein)$/,
    ],
  },
  // The lifecycle of one, for many: it knows no vendor and makes no call of its own.
  { files: /^provider\/sets\//, may: [/^provider\/(sets|lifecycle)(\/|$)/, DEFINE, ENGINE_VALUES] },
  {
    files: /^provider\/ladder\//,
    may: [
      /^provider\/ladder(\/|$)/,
      DEFINE,
      ENGINE_VALUES,
      /^(zod|fastest-levenshtein|fraction\.js|hls-parser)$/,
    ],
  },
  { files: /^provider\/encoder\//, may: [/^provider\/(encoder|ladder)(\/|$)/, DEFINE] },
  // Its results are outputs that stay secret, so it is the one other room that knows Pulumi.
  {
    files: /^provider\/encoders\.ts$/,
    may: [/^provider\/encoder\//, /^provider\/ladder\//, /^@pulumi\/pulumi$/],
  },
  {
    files: /^provider\/ladders\.ts$/,
    may: [/^provider\/ladder\//, /^provider\/vendors\/\w+\/ladder$/],
  },
  {
    files: /^provider\/vendors\//,
    may: [DEFINE, CALL_TOOLS, ENGINE_VALUES, /^provider\/ladder\//, /^zod$/],
  },
  { files: /^sandbox\//, may: [/^sandbox\//, /^(hono|@hono\/node-server|zod)/] },
];

const sources = ["sdk", "provider", "sandbox", "cli"].flatMap((folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.name.endsWith(".ts"))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name))),
);

function importsOf(file: string): string[] {
  const { importedFiles } = ts.preProcessFile(readFileSync(file, "utf8"));
  return importedFiles
    .map(({ fileName }) =>
      fileName.startsWith(".") ? relative(ROOT, resolve(dirname(file), fileName)) : fileName,
    )
    .filter((name) => !name.startsWith("node:"));
}

describe("imports", () => {
  it.each(rooms)("of $files stay within what that room may know", ({ files, may }) => {
    const [first] = rooms.filter((room) => room.files.source === files.source);
    const inRoom = sources.filter((file) => rooms.find((room) => room.files.test(file)) === first);
    expect(inRoom).not.toEqual([]);
    const strays = inRoom.flatMap((file) => {
      const folder = dirname(file);
      return importsOf(file)
        .filter((name) => !may.some((allowed) => allowed.test(name)))
        .filter((name) => !(file.startsWith("provider/vendors/") && isOwnFolder(name, folder)))
        .map((name) => `${file} -> ${name}`);
    });
    expect(strays).toEqual([]);
  });

  it("lets only http.ts import axios", () => {
    expect(sources.filter((file) => importsOf(file).includes("axios"))).toEqual(["provider/calls/http.ts"]);
  });

  it("keeps Pulumi out of everything but the SDK, the host's types and the encoder's outputs", () => {
    const users = sources.filter((file) => importsOf(file).some((name) => name.startsWith("@pulumi/")));
    expect(users.filter((file) => !/^(sdk|cli)\//.test(file))).toEqual([
      "provider/encoders.ts",
      "provider/hosts/dynamic.ts",
    ]);
  });

  it("lets nothing depend on the command", () => {
    const users = sources.filter((file) => importsOf(file).some((name) => name.startsWith("cli/")));
    expect(users.filter((file) => !file.startsWith("cli/"))).toEqual([]);
  });

  it("go round in no circle", () => {
    expect(circles()).toEqual([]);
  });
});

/** A vendor's own folder is its own business, and the register's are the folders below it; another vendor's is not. */
function isOwnFolder(name: string, folder: string): boolean {
  return dirname(name) === folder || name === folder;
}

/** Files that import each other, directly or by way of others. Types count: they bind as much as code. */
function circles(): string[] {
  const files = new Set(sources);
  const fileOf = (name: string): string | undefined =>
    [`${name}.ts`, `${name}/index.ts`].find((candidate) => files.has(candidate));
  const below = new Map(
    sources.map((file) => [file, importsOf(file).flatMap((name) => fileOf(name) ?? [])] as const),
  );
  const found = new Set<string>();
  const done = new Set<string>();
  const visit = (file: string, trail: string[]): void => {
    const at = trail.indexOf(file);
    if (at >= 0) found.add([...trail.slice(at), file].join(" -> "));
    if (at >= 0 || done.has(file)) return;
    for (const next of below.get(file) ?? []) visit(next, [...trail, file]);
    done.add(file);
  };
  for (const file of sources) visit(file, []);
  return [...found];
}
