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

const CORE =
  /^provider\/(define|errors|http|poll|wire|key|vendor|redact|rotation|schema|unknown|samples|journal)$/;
const rooms: Room[] = [
  { files: /^sdk\//, may: [/^sdk\//, /^@pulumi\/pulumi$/] },
  {
    files: /^provider\/host\.ts$/,
    may: [/^provider\/(lifecycle|vendors|clock|define|errors|journal)/, /^@pulumi\/pulumi$/],
  },
  { files: /^provider\/http\.ts$/, may: [/^provider\/(config|errors|redact)$/, /^(axios|cockatiel|zod)$/] },
  {
    files: /^provider\/lifecycle\//,
    may: [/^provider\/lifecycle\//, CORE, /^provider\/config$/, /^(zod|fastest-levenshtein)$/],
  },
  { files: /^provider\/ladder\//, may: [/^provider\/ladder\//, /^provider\/(errors|unknown)$/, /^zod$/] },
  { files: /^provider\/vendors\/\w+\/simulator\.ts$/, may: [/^provider\/sandbox\/simulator$/, /^hono/] },
  { files: /^provider\/vendors\/(\w+)\//, may: [CORE, /^provider\/ladder/, /^zod$/] },
  {
    files: /^provider\/sandbox\//,
    may: [
      /^provider\/(sandbox|errors)/,
      /^provider\/vendors\/\w+\/simulator$/,
      /^(hono|@hono\/node-server|zod)/,
    ],
  },
];

const sources = ["sdk", "provider", "cli"].flatMap((folder) =>
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
      return (
        importsOf(file)
          .filter((name) => !may.some((allowed) => allowed.test(name)))
          // A vendor's own folder is its own business; another vendor's is not.
          .filter((name) => !(file.startsWith("provider/vendors/") && dirname(name) === folder))
          .map((name) => `${file} -> ${name}`)
      );
    });
    expect(strays).toEqual([]);
  });

  it("lets only http.ts import axios", () => {
    expect(sources.filter((file) => importsOf(file).includes("axios"))).toEqual(["provider/http.ts"]);
  });

  it("keeps Pulumi out of everything but the SDK and the host's types", () => {
    const users = sources.filter((file) => importsOf(file).some((name) => name.startsWith("@pulumi/")));
    expect(users.filter((file) => !/^(sdk|cli)\//.test(file))).toEqual(["provider/host.ts"]);
  });

  it("lets nothing depend on the command", () => {
    const users = sources.filter((file) => importsOf(file).some((name) => name.startsWith("cli/")));
    expect(users.filter((file) => !file.startsWith("cli/"))).toEqual([]);
  });

  it("keeps simulators apart from the definitions they stand against", () => {
    const simulators = sources.filter((file) => file.endsWith("/simulator.ts") && file.includes("vendors"));
    for (const file of simulators) {
      const own = importsOf(file).filter((name) => name.startsWith("provider/vendors/"));
      expect({ file, own }).toEqual({ file, own: [] });
    }
  });
});
