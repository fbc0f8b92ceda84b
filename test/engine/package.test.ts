import { execFileSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Sandbox, startSandbox } from "../../sandbox";
import { streamkeys } from "../cli/command";
import { installFlat, installIsolated, link, pack } from "../harness/installed";
import { failed, type Run, succeeded, TestStack } from "../harness/stack";

/** The package as a user gets it: packed, installed outside of the clone as npm and pnpm do, used from every kind of program. */

const BODY = `
const stream = new tenbyte.Stream("news", {
  type: "linear",
  mode: "video",
  region: "sg-edge-04",
  ingest: { kind: "push", protocols: ["rtmp"] },
  outputProtocols: ["hls"],
  ladder: toTenbyteLadder(presets["h264-720p30"]),
  packaging: { hls: { segmentFormat: "fmp4" } },
  meta: { season: 0, sponsor: null, repeat: false, studio: { floor: 0 } },
});
const key = new tenbyte.StreamKey("news", { streamId: stream.id, keyRotation: { every: "30d" } });`;
const IMPORTS = `import { tenbyte } from "pulumi-streamkeys";
import { presets, toTenbyteLadder } from "pulumi-streamkeys/ladder";`;
const MODULE = `${IMPORTS}${BODY}\nexport const publishUrl = key.rtmpPublishUrl;\n`;
const COMMONJS = `const { tenbyte } = require("pulumi-streamkeys");
const { presets, toTenbyteLadder } = require("pulumi-streamkeys/ladder");${BODY}
exports.publishUrl = key.rtmpPublishUrl;\n`;

/** What \`pulumi new typescript\` writes; \`moduleResolution\` is \`node\` in projects made before March 2026. */
const template = (moduleResolution: string, module: string): string =>
  JSON.stringify({
    compilerOptions: {
      strict: true,
      outDir: "bin",
      target: "es2020",
      module,
      moduleResolution,
      sourceMap: true,
      experimentalDecorators: true,
      pretty: true,
      noFallthroughCasesInSwitch: true,
      noImplicitReturns: true,
      forceConsistentCasingInFileNames: true,
    },
    files: ["index.ts"],
  });

let packed: string;
let tarball: string;
let sandbox: Sandbox;

beforeAll(async () => {
  packed = mkdtempSync(join(tmpdir(), "streamkeys-pack-"));
  tarball = pack(packed);
  sandbox = await startSandbox();
});
afterAll(async () => {
  await sandbox.close();
  rmSync(packed, { recursive: true, force: true });
});

function write(folder: string, files: Record<string, string>): void {
  mkdirSync(folder, { recursive: true });
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
}

/** A program in a folder of the stack's. */
async function preview(stack: TestStack, name: string, files: Record<string, string>): Promise<Run> {
  const folder = join(stack.folder, name);
  write(folder, { "Pulumi.yaml": `name: ${name.replaceAll("/", "-")}\nruntime: nodejs\n`, ...files });
  succeeded(await stack.run("stack", "init", "test", "--cwd", folder));
  return stack.run("preview", "--cwd", folder);
}

describe("the packed package", () => {
  it("carries no test, sample or source, and what its hover texts name", () => {
    const files = readdirSync(join(packed, "package"), { recursive: true, encoding: "utf8" });
    const strays = /(^|\/)(test|examples|scripts)\/|samples|[^d]\.ts$/;
    expect(files.filter((file) => strays.test(file))).toEqual([]);
    expect(files).toEqual(
      expect.arrayContaining(["LICENSE", "README.md", "schema.json", "dist/provider/hosts/dynamic.js"]),
    );
    const texts = files
      .filter((file) => /^dist\/sdk\/.*\.d\.ts$/.test(file))
      .map((file) => readFileSync(join(packed, "package", file), "utf8"));
    const named = texts.flatMap((text) => text.match(/docs\/[\w-]+\.md/g) ?? []);
    expect(named.length).toBeGreaterThan(0);
    for (const page of named) expect(files).toContain(page);
  });

  it("has types that are right for every way to resolve them", () => {
    // Throws, with its findings, when there is a single one.
    execFileSync("npx", ["--no-install", "attw", tarball], { stdio: "pipe" });
  });

  it("says where it comes from", () => {
    const manifest = JSON.parse(readFileSync(join(packed, "package/package.json"), "utf8")) as unknown;
    expect(manifest).toMatchObject({
      repository: { type: "git", url: expect.stringMatching(/^git\+https:/) as string },
      homepage: expect.stringMatching(/^https:/) as string,
      bugs: { url: expect.stringMatching(/^https:/) as string },
    });
  });
});

describe("installed by npm", () => {
  let stack: TestStack;

  beforeAll(async () => {
    stack = await TestStack.empty(sandbox.environment);
    installFlat(packed, stack.folder);
    write(stack.folder, {
      "Pulumi.yaml": "name: project\nruntime: nodejs\n",
      "package.json": JSON.stringify({ private: true, main: "index.ts" }),
      "tsconfig.json": template("node", "commonjs"),
      "index.ts": MODULE,
    });
    await stack.mustRun("stack", "init", "test");
  });
  afterAll(() => {
    stack.remove();
  });

  it("with Pulumi's built-in compiler goes up, previews clean, refreshes, says that `npm ci` was forgotten, goes down", async () => {
    succeeded(await stack.up());
    expect(succeeded(await stack.preview())).toMatch(/3 unchanged/);
    expect(succeeded(await stack.refresh())).toMatch(/3 unchanged/);
    expect(succeeded(await stack.preview())).toMatch(/3 unchanged/);
    const installed = join(stack.folder, "node_modules/pulumi-streamkeys");
    renameSync(installed, `${installed}-away`);
    expect(failed(await stack.destroy())).toMatch(
      /Cannot find module 'pulumi-streamkeys\/host, installed by npm ci'/,
    );
    renameSync(`${installed}-away`, installed);
    succeeded(await stack.destroy());
    expect(stack.resources()).toEqual([]);
  });

  const styles: { style: string; manifest: object; files: Record<string, string> }[] = [
    { style: "commonjs", manifest: { main: "index.js" }, files: { "index.js": COMMONJS } },
    { style: "esm", manifest: { main: "index.mjs", type: "module" }, files: { "index.mjs": MODULE } },
    { style: "compiler-without-tsconfig", manifest: { main: "index.ts" }, files: { "index.ts": MODULE } },
  ];
  it.each(styles)("runs a program of a workspace, hoisted: $style", async ({ style, manifest, files }) => {
    const all = { "package.json": JSON.stringify({ private: true, ...manifest }), ...files };
    expect(succeeded(await preview(stack, `apps/${style}`, all))).toMatch(/3 to create/);
  });

  it("runs inline, and from elsewhere when told where; not told, says what is missing", async () => {
    const elsewhere = mkdtempSync(join(tmpdir(), "streamkeys-elsewhere-"));
    const settings = '{ projectSettings: { name: "inline", runtime: "nodejs", main: __dirname } }';
    const program = (options: string): string => `
      const { LocalWorkspace } = require("@pulumi/pulumi/automation");
      const { uiza } = require("pulumi-streamkeys");
      (async () => {
        const program = async () => ({ id: new uiza.Stream("news", { region: "in-mumbai-1" }).id });
        const stack = await LocalWorkspace.createOrSelectStack(
          { projectName: "inline", stackName: "dev", program }, ${options});
        console.log((await stack.preview()).changeSummary);
      })().catch((error) => { console.log(error.message); process.exitCode = 1; });`;
    write(stack.folder, { "told.js": program(settings), "untold.js": program("{}") });
    const run = (file: string, cwd: string) => stack.node(join(stack.folder, file), cwd);
    expect(succeeded(await run("untold.js", stack.folder))).toMatch(/create: 2/);
    expect(succeeded(await run("told.js", elsewhere))).toMatch(/create: 2/);
    const text = failed(await run("untold.js", elsewhere));
    expect(text).toContain(`does not find pulumi-streamkeys from ${elsewhere}`);
    expect(text).toMatch(/npm install pulumi-streamkeys.*\n.*main: __dirname/);
    rmSync(elsewhere, { recursive: true });
  });

  describe("beside a TypeScript of the program's own", () => {
    beforeAll(() => {
      installFlat(packed, stack.folder, ["typescript"]);
    });

    it.each([
      ["node", "commonjs"],
      ["nodenext", "nodenext"],
    ])("runs the template with moduleResolution %s", async (moduleResolution, module) => {
      const files = {
        "package.json": JSON.stringify({ private: true, main: "index.ts" }),
        "tsconfig.json": template(moduleResolution, module),
        "index.ts": MODULE,
      };
      expect(succeeded(await preview(stack, `apps/template-${moduleResolution}`, files))).toMatch(
        /3 to create/,
      );
    });

    const compiler = (): string => createRequire(join(stack.folder, "x.js")).resolve("typescript/lib/tsc.js");
    const builtIn = (): string =>
      join(stack.folder, "node_modules/@pulumi/pulumi/vendor/typescript@3.8.3/typescript.js");

    it.each([
      { resolution: "node", module: "commonjs", type: "commonjs" },
      { resolution: "node16", module: "node16", type: "commonjs" },
      { resolution: "node16", module: "node16", type: "module" },
      { resolution: "nodenext", module: "nodenext", type: "commonjs" },
      { resolution: "nodenext", module: "nodenext", type: "module" },
      { resolution: "bundler", module: "esnext", type: "module" },
    ])("compiles every entry point for $resolution in a $type package", ({ resolution, module, type }) => {
      const folder = join(stack.folder, `types/${resolution}-${type}`);
      write(folder, {
        "package.json": JSON.stringify({ type }),
        "tsconfig.json": template(resolution, module),
        "index.ts": `${MODULE}
          import { startSandbox } from "pulumi-streamkeys/sandbox";
          import { provider } from "pulumi-streamkeys/host";
          export const typed: [string, typeof startSandbox, typeof provider] = ["", startSandbox, provider];
          // @ts-expect-error -- a type that resolved to any would take this
          new tenbyte.StreamKey("wrong", { streamId: 7 });`,
      });
      expect(compiled(compiler(), folder)).toBe("");
    });

    it("compiles with the compiler that is built into Pulumi", () => {
      const ts = createRequire(__filename)(builtIn()) as typeof import("typescript");
      const file = join(stack.folder, "index.ts");
      const program = ts.createProgram([file], {
        target: ts.ScriptTarget.ES2020,
        module: ts.ModuleKind.CommonJS,
        moduleResolution: ts.ModuleResolutionKind.Node10,
        strict: true,
        noEmit: true,
      });
      const source = program.getSourceFile(file);
      const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
      expect(found.map(({ messageText }) => messageText)).toEqual([]);
    });
  });
});

describe("installed by pnpm", () => {
  it("runs where the program lists it; where only a library does, says so, and so does doctor", async () => {
    const stack = await TestStack.empty(sandbox.environment);
    const provide = installIsolated(packed, stack.folder);
    const library = join(stack.folder, "packages/channels");
    write(library, {
      "package.json": JSON.stringify({ name: "channels", main: "index.js" }),
      "index.js": `const { uiza } = require("pulumi-streamkeys"); exports.news = () => new uiza.Stream("news", { region: "in-mumbai-1" });`,
    });
    provide(library, ["pulumi-streamkeys", "@pulumi/pulumi"]);
    const files = {
      "package.json": JSON.stringify({ private: true, main: "index.js" }),
      "index.js": 'exports.id = require("channels").news().id;',
    };
    const app = join(stack.folder, "app");
    provide(app, ["@pulumi/pulumi"]);
    link(library, join(app, "node_modules/channels"));

    const text = failed(await preview(stack, "app", files));
    expect(text).toContain(`does not find pulumi-streamkeys from ${app}`);
    expect(text).toMatch(/pnpm add/);
    const doctor = () => streamkeys({ cwd: app, env: stack.env() }, "doctor", "--stack", "test");
    expect((await doctor()).stdout).toMatch(
      /pulumi-streamkeys +fails +pulumi-streamkeys cannot be found from/,
    );

    provide(app, ["pulumi-streamkeys"]);
    expect(succeeded(await stack.run("preview", "--cwd", app))).toMatch(/2 to create/);
    expect((await doctor()).stdout).toMatch(/pulumi-streamkeys +ok +version/);
    stack.remove();
  });
});

/** What a compiler says of the program in a folder. */
function compiled(tsc: string, folder: string): string {
  try {
    execFileSync(process.execPath, [tsc, "--noEmit", "--project", folder], {
      cwd: dirname(tsc),
      stdio: "pipe",
    });
    return "";
  } catch (error) {
    return String((error as { stdout: Buffer }).stdout);
  }
}
