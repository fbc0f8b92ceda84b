import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { vendors } from "../../provider/vendors";
import { hasSet } from "../../provider/define/set";
import { type Sandbox, startSandbox } from "../../sandbox";
import { everything } from "../harness/everything";
import { succeeded, TestStack } from "../harness/stack";
import { streamkeys } from "./command";

/** `streamkeys discover --emit --set`: what there is, taken over as items of sets. */

describe("streamkeys discover --emit --set", () => {
  let sandbox: Sandbox;
  const stacks: TestStack[] = [];
  const open = async (program: string): Promise<TestStack> => {
    const stack = await TestStack.create(program, sandbox.environment);
    stacks.push(stack);
    return stack;
  };
  const listable = vendors.filter(({ resources }) => resources.some(({ list }) => list !== undefined));
  const writes = (): string[] =>
    sandbox.requests.filter(({ method }) => method !== "GET").map(({ method, path }) => `${method} ${path}`);

  beforeAll(async () => {
    sandbox = await startSandbox();
  });
  afterAll(async () => {
    await sandbox.close();
    for (const stack of stacks) stack.remove();
  });

  it("prints a program whose sets write nothing at any vendor, and preview clean, also without `import`", async () => {
    for (const suffix of ["-a", "-b"]) {
      const maker = await open(everything({ suffix, only: suffix.slice(1) }));
      succeeded(await maker.up());
    }
    const taker = await open("");
    const discover = async (vendor: string, ...args: string[]): Promise<string> => {
      const place = { cwd: taker.folder, env: taker.env() };
      const { status, stdout, stderr } = await streamkeys(place, "discover", vendor, "--emit", ...args);
      expect({ vendor, status, stderr }).toMatchObject({ status: 0 });
      return stdout;
    };
    const programs = new Map<string, string>();
    for (const { name } of listable) programs.set(name, await discover(name, "--set", "--show-secrets"));
    const write = (change: (program: string) => string): void => {
      for (const [name, program] of programs)
        writeFileSync(join(taker.folder, `${name}.ts`), change(program));
    };
    write((program) => program);
    const prettier = ["node_modules/prettier/bin/prettier.cjs", "--no-config", "--print-width", "110"];
    for (const name of programs.keys())
      execFileSync(process.execPath, [...prettier, "--check", join(taker.folder, `${name}.ts`)]);
    for (const { name, resources } of listable)
      for (const definition of resources.filter(({ list }) => list)) {
        const count = (declared: string): number => (programs.get(name)?.split(declared).length ?? 0) - 1;
        const [sets, singles] = [
          count(`new ${name}.${definition.name}Set(`),
          count(`new ${name}.${definition.name}(`),
        ];
        if (hasSet(definition)) expect({ name, sets, singles }).toEqual({ name, sets: 1, singles: 0 });
        else expect({ sets, any: singles > 0 }).toEqual({ sets: 0, any: true });
      }

    writeFileSync(
      join(taker.folder, "index.ts"),
      [...programs.keys()].map((name) => `import "./${name}";\n`).join(""),
    );
    writeFileSync(join(taker.folder, "package.json"), '{ "private": true, "main": "index.ts" }');
    writeFileSync(join(taker.folder, "Pulumi.yaml"), "name: project\nruntime: nodejs\n");
    const compilerOptions = { strict: true, module: "Node16", target: "ES2022", skipLibCheck: true };
    writeFileSync(join(taker.folder, "tsconfig.json"), JSON.stringify({ compilerOptions }));
    sandbox.requests.length = 0;
    succeeded(await taker.up());
    expect(writes()).toEqual([]);
    expect(succeeded(await taker.preview("--expect-no-changes"))).toMatch(/unchanged/);
    expect(succeeded(await taker.refresh("--expect-no-changes"))).toMatch(/unchanged/);
    write((program) => program.replace(/import: "[^"]*",? ?/g, ""));
    succeeded(await taker.up());
    expect(succeeded(await taker.preview("--expect-no-changes"))).toMatch(/unchanged/);
    expect(writes()).toEqual([]);
    // And then there is nothing left to adopt.
    for (const { name } of listable) expect(await discover(name, "--set")).not.toContain(`new ${name}.`);
  });

  it("goes with --emit only", async () => {
    const { folder, env } = { folder: stacks[0]!.folder, env: stacks[0]!.env() };
    for (const args of [["--set"], ["--emit", "--set", "--import-file", "x.json"]]) {
      const { status, stderr } = await streamkeys({ cwd: folder, env }, "discover", "aioz", ...args);
      expect({ status, stderr }).toMatchObject({
        status: 2,
        stderr: expect.stringContaining("--set goes with --emit") as string,
      });
    }
  });
});
