import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { credentials } from "@grpc/grpc-js";
import { AnalyzerClient } from "@pulumi/pulumi/proto/analyzer_grpc_pb";
import {
  AnalyzeRequest,
  AnalyzeResponse,
  AnalyzerResource,
  AnalyzerResourceOptions,
  AnalyzeStackRequest,
} from "@pulumi/pulumi/proto/analyzer_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { hasSet, setNameOf } from "../provider/define/set";
import { typeNameOf, vendors } from "../provider/vendors";
import * as sdk from "../sdk";

/**
 * The pack of examples/policy, run by Pulumi's own runner of packs and asked over gRPC as the engine asks it.
 */

const PREFIX = "pulumi-nodejs:dynamic/streamkeys/";

it("every class carries the type by which typed policies find its resources", () => {
  for (const vendor of vendors)
    for (const definition of vendor.resources) {
      const classes = sdk[vendor.name as keyof typeof sdk] as unknown as Record<
        string,
        { __pulumiType?: string }
      >;
      const type = `${PREFIX}${typeNameOf(vendor, definition)}`;
      expect(classes[definition.name]?.__pulumiType).toBe(type);
      if (hasSet(definition)) expect(classes[setNameOf(definition.name)]?.__pulumiType).toBe(setNameOf(type));
    }
});

describe("examples/policy", () => {
  let folder: string;
  let runner: ChildProcess;
  let client: AnalyzerClient;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "streamkeys-policy-"));
    cpSync("examples/policy", folder, { recursive: true });
    symlinkSync(resolve("node_modules"), join(folder, "node_modules"), "junction");
    runner = spawn(
      process.execPath,
      ["node_modules/@pulumi/pulumi/cmd/run-policy-pack/index.js", "127.0.0.1:9", "."],
      { cwd: folder, env: { PATH: process.env.PATH, HOME: folder, PULUMI_NODEJS_TYPESCRIPT: "true" } },
    );
    const port = await new Promise<string>((done, failed) => {
      let errors = "";
      runner.stderr?.on("data", (data: Buffer) => (errors += data.toString()));
      runner.stdout?.once("data", (data: Buffer) => {
        done(data.toString().trim());
      });
      runner.once("exit", () => {
        failed(new Error(errors));
      });
    });
    client = new AnalyzerClient(`127.0.0.1:${port}`, credentials.createInsecure());
  });
  afterAll(() => {
    client.close();
    runner.kill();
    rmSync(folder, { recursive: true, force: true });
  });

  const urnOf = (stack: string, type: string): string =>
    `urn:pulumi:${stack}::project::${PREFIX}${type}::news`;
  const names = (response: AnalyzeResponse): string[] =>
    response.getDiagnosticsList().map((violation) => violation.getPolicyname());

  /** The policies that a resource breaks. */
  const broken = (stack: string, type: string, inputs: Record<string, unknown>): Promise<string[]> =>
    new Promise((done, failed) => {
      const request = new AnalyzeRequest();
      request.setUrn(urnOf(stack, type));
      request.setType(PREFIX + type);
      request.setName("news");
      request.setOptions(new AnalyzerResourceOptions());
      request.setProperties(Struct.fromJavaScript(inputs as never));
      client.analyze(request, (error, response) => {
        if (error) failed(error);
        else done(names(response));
      });
    });

  /** The policies that a stack breaks whose resources have these inputs. */
  const brokenByStack = (...inputs: Record<string, unknown>[]): Promise<string[]> =>
    new Promise((done, failed) => {
      const request = new AnalyzeStackRequest();
      request.setResourcesList(
        inputs.map((props) => {
          const resource = new AnalyzerResource();
          resource.setUrn(urnOf("test", "uiza:Stream"));
          resource.setType(`${PREFIX}uiza:Stream`);
          resource.setName("news");
          resource.setOptions(new AnalyzerResourceOptions());
          resource.setProperties(Struct.fromJavaScript(props as never));
          return resource;
        }),
      );
      client.analyzeStack(request, (error, response) => {
        if (error) failed(error);
        else done(names(response));
      });
    });

  const keyGeneration = { since: "2026-01-01T00:00:00Z", reason: "created" };

  it.each([
    ["90d", []],
    ["12w", []],
    [" 30d", []],
    ["91d", ["every-key-rotates"]],
    ["1y", ["every-key-rotates"]],
  ])("takes a key that is rotated every %s: breaks %j", async (every, policies) => {
    expect(await broken("test", "mux:StreamKey", { keyGeneration, keyRotation: { every } })).toEqual(
      policies,
    );
  });

  it("takes no key without a schedule, of whatever type, and asks nothing of what has no key", async () => {
    for (const keyRotation of [undefined, {}, { trigger: "a" }])
      expect(
        await broken("test", "comprimato:Stream", { keyGeneration, ...(keyRotation && { keyRotation }) }),
      ).toEqual(["every-key-rotates"]);
    expect(await broken("test", "tenbyte:Stream", {})).toEqual([]);
  });

  it("looks at each item of every set whose items have a key", async () => {
    for (const vendor of vendors)
      for (const definition of vendor.resources.filter(hasSet)) {
        const type = setNameOf(typeNameOf(vendor, definition));
        const set = (defaults: object, item: object = {}): Promise<string[]> =>
          broken("prod", type, { defaults, items: { news: {}, sport: item } });
        const hasKey = definition.rotation !== undefined;
        expect([type, await set({})]).toEqual([type, hasKey ? ["every-key-rotates"] : []]);
        const keyRotation = { every: "30d" };
        expect(await set({ keyRotation })).toEqual([]);
        expect(await set({ keyRotation, interruptLive: true })).toEqual(["no-cuts-in-production"]);
        const late = await set({ keyRotation }, { keyRotation: { every: "91d" }, interruptLive: true });
        expect(late).toEqual([...(hasKey ? ["every-key-rotates"] : []), "no-cuts-in-production"]);
      }
    for (const type of ["tenbyte:StreamSet", "aioz:StreamSet"])
      expect(await broken("test", type, { items: { news: { ladderRulesOff: ["bitrate-step"] } } })).toEqual([
        `ladder-rules-at-${type.split(":")[0]}`,
      ]);
  });

  it("takes no `interruptLive` in production", async () => {
    expect(await broken("prod", "uiza:Stream", { interruptLive: true })).toEqual(["no-cuts-in-production"]);
    expect(await broken("prod", "uiza:Stream", { interruptLive: false })).toEqual([]);
    expect(await broken("test", "uiza:Stream", { interruptLive: true })).toEqual([]);
  });

  it("takes no stack without a live guard", async () => {
    expect(await brokenByStack({ interruptLive: true }, { interruptLive: true })).toEqual([
      "stack-has-a-live-guard",
    ]);
    expect(await brokenByStack({ interruptLive: true }, {})).toEqual([]);
    expect(await brokenByStack()).toEqual([]);
  });

  it("takes no ladder whose rules are switched off, by typed policies that see their own class alone", async () => {
    const off = { ladderRulesOff: ["bitrate-step"] };
    expect(await broken("test", "tenbyte:Stream", off)).toEqual(["ladder-rules-at-tenbyte"]);
    expect(await broken("test", "aioz:Stream", off)).toEqual(["ladder-rules-at-aioz"]);
    expect(await broken("test", "aioz:Stream", { ladderRulesOff: [] })).toEqual([]);
    expect(await broken("test", "uiza:Stream", off)).toEqual([]);
  });
});
