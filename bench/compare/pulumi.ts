import { readFileSync } from "node:fs";
import { join } from "node:path";
import { simulators } from "../../sandbox/vendors";
import { TestStack } from "../../test/harness/stack";
import type { Contestant, Outcome, Workplace } from "./contestant";

const { publicKey = "", secretKey = "" } = simulators.aioz?.credentials ?? {};

/** This package, as its README has it. */
export const ours: Contestant = {
  name: "pulumi-streamkeys",
  open: (baseUrl) =>
    open(
      baseUrl,
      (count, save, trigger) => `
for (let i = 0; i < ${count}; i++)
  new aioz.StreamKey("key" + i, { save: ${save}, keyRotation: { trigger: "${trigger}" } });`,
      (apply) => apply("another"),
    ),
};

/** What the engine itself needs for a resource that calls nobody and keeps two inputs: nothing in it can be faster. */
export const floor: Contestant = {
  name: "the engine alone (pulumi.Stash)",
  open: (baseUrl) =>
    open(
      baseUrl,
      (count, save) => `
for (let i = 0; i < ${count}; i++) new pulumi.Stash("key" + i, { input: { name: "key" + i, save: ${save} } });`,
      (apply, urn) => apply("", "--replace", urn),
    ),
};

/** The keys of a fleet as they are most often: no rotation is asked for. */
export const ourFleet = (name: string, environment: Record<string, string> = {}): Contestant => ({
  name,
  open: (baseUrl) =>
    open(
      baseUrl,
      (count, save) => `
for (let i = 0; i < ${count}; i++) new aioz.StreamKey("key" + i, { save: ${save} });`,
      (apply, urn) => apply("", "--replace", urn),
      environment,
    ),
});

/**
 * The class that people write for themselves: a `pulumi.dynamic.Resource` of thirty lines, as in Pulumi's own guide. It
 * does list its key as a secret output.
 */
export const ownClass: Contestant = {
  name: "a dynamic class of one's own",
  open: (baseUrl) =>
    open(
      baseUrl,
      (count, save) => `
const call = async (method, path, body) => {
  const response = await fetch(process.env.AIOZ_BASE_URL + path, {
    method,
    headers: {
      "content-type": "application/json",
      "stream-public-key": process.env.AIOZ_PUBLIC_KEY,
      "stream-secret-key": process.env.AIOZ_SECRET_KEY,
    },
    body: body && JSON.stringify(body),
  });
  if (response.status === 404) return undefined;
  if (!response.ok) throw new Error(method + " " + path + " answered " + response.status);
  return response.json();
};
const provider = {
  create: async (inputs) => {
    const { data } = await call("POST", "/live_streams", { name: inputs.name, save: inputs.save, type: "video" });
    return { id: data.id, outs: { ...inputs, streamKey: data.stream_key } };
  },
  read: async (id, props) => {
    const reply = await call("GET", "/live_streams/" + id);
    return reply ? { id, props: { ...props, streamKey: reply.data.stream_key } } : {};
  },
  update: async (id, olds, news) => {
    await call("PUT", "/live_streams/" + id, { name: news.name, save: news.save });
    return { outs: { ...olds, ...news } };
  },
  delete: (id) => call("DELETE", "/live_streams/" + id),
};
class StreamKey extends pulumi.dynamic.Resource {
  constructor(name, props, opts) {
    super(provider, name, { streamKey: undefined, ...props }, { additionalSecretOutputs: ["streamKey"], ...opts });
  }
}
for (let i = 0; i < ${count}; i++) new StreamKey("key" + i, { name: "key" + i, save: ${save} });`,
      (apply, urn) => apply("", "--replace", urn),
    ),
};

type Apply = (trigger: string, ...args: string[]) => Promise<Outcome>;

async function open(
  baseUrl: string,
  program: (count: number, save: boolean, trigger: string) => string,
  rotate: (apply: Apply, urn: string) => Promise<Outcome>,
  environment: Record<string, string> = {},
): Promise<Workplace> {
  const stack = await TestStack.create("", {
    ...environment,
    AIOZ_BASE_URL: baseUrl,
    AIOZ_PUBLIC_KEY: publicKey,
    AIOZ_SECRET_KEY: secretKey,
  });
  const timed = async (...args: string[]): Promise<Outcome> => {
    const began = performance.now();
    const { status, text } = await stack.run(...args, "--yes", "--skip-preview");
    return { ok: status === 0, text, seconds: (performance.now() - began) / 1000 };
  };
  const state = (): string =>
    readFileSync(join(stack.folder, "state/.pulumi/stacks/project/test.json"), "utf8");
  return {
    apply: (count, save) => {
      stack.program(program(count, save, "first"));
      return timed("up");
    },
    rotate: () =>
      rotate(
        (trigger, ...args) => {
          stack.program(program(1, false, trigger));
          return timed("up", ...args);
        },
        /"urn": ?"([^"]*::key0)"/.exec(state())?.[1] ?? "",
      ),
    refresh: () => timed("refresh"),
    destroy: () => timed("destroy"),
    stored: () =>
      stack
        .files()
        .filter(({ file }) => file.startsWith(join(stack.folder, "state")))
        .map(({ text }) => text)
        .join("\n"),
    state,
    close: () => {
      stack.remove();
    },
  };
}
