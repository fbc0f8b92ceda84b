import * as pulumi from "@pulumi/pulumi";
import { made, madeOf } from "../provider/define/made";
import { originOf } from "./origin";
import { explainUnlessTaken, preflight } from "./preflight";
import { providerText } from "./provider-text";
import { traced, withOneFrame } from "./stack-frames";

/** Base class of every resource, by hand. The classes themselves are generated from the Definitions. */

/** What the generated class knows of its resource type. */
export interface ResourceSpec {
  /** Name in state, for example `tenbyte:StreamKey`. */
  type: string;
  /** Every property: without a place in the arguments it would be no Output of the resource. */
  properties: string[];
  /** Outputs that must be stored encrypted. */
  secretOutputs: string[];
  /** Outputs that are made of others (`provider/define/made.ts`). */
  made?: Record<string, string>;
  /** Paths of inputs that must be stored encrypted. */
  secretInputs: string[][];
  /** Inputs to store encrypted where no program writes them, because they hold a secret or may hold one. */
  secretInLookups: string[];
  /** The vendor takes a new one only when the old one is gone. */
  deleteBeforeReplace?: true;
}

type Args = Record<string, pulumi.Input<unknown>>;

/**
 * A resource whose provider is one constant line that only names it. `pulumi.dynamic.Resource` would serialise the
 * provider's code into every state file instead: 71 kB a resource, tokens of the module in clear, and about a second a
 * run. The host that evaluates the line is the same; DESIGN.md has the measurements.
 */
export abstract class StreamkeysResource extends pulumi.CustomResource {
  protected constructor(
    spec: ResourceSpec,
    name: string,
    args: object,
    opts: pulumi.CustomResourceOptions = {},
  ) {
    preflight();
    const { import: adopt, ...options } = opts;
    const props: Args = Object.fromEntries(spec.properties.map((property) => [property, undefined]));
    for (const [key, value] of Object.entries(args as Args)) if (value !== undefined) props[key] = value;
    const marked = markedSecret(props, spec.secretInputs);
    if (marked) props.secretInputs = marked;
    for (const path of spec.secretInputs) markSecret(props, path);
    // The dynamic host cannot import (docs/engine.md, fact 14): the option becomes an adopting create.
    if (adopt !== undefined) props.adopt = adopt;
    // A lookup declares nothing.
    if (options.id === undefined) {
      props.origin = originOf({
        organization: organization(),
        project: pulumi.getProject(),
        stack: pulumi.getStack(),
        types: `${typesAbove(options.parent)}${spec.type}`,
        name,
      });
      const told = thisRun(options);
      if (Object.keys(told).length > 0) props.thisRun = told;
    }
    props.__provider = providerText(spec.type);
    const inFull = withOneFrame();
    try {
      super(
        `pulumi-nodejs:dynamic/streamkeys/${spec.type}`,
        name,
        props,
        pulumi.mergeOptions(options, {
          // The provider says so too, but is not asked about `--replace` and a taint (docs/engine.md, fact 31).
          deleteBeforeReplace: options.deleteBeforeReplace ?? spec.deleteBeforeReplace,
          additionalSecretOutputs: secretProperties(spec, options.id !== undefined),
        }),
      );
    } catch (error) {
      inFull();
      throw traced(error);
    }
    inFull();
    Object.assign(
      this,
      madeOutputs(spec, (output) => (this as unknown as Outputs)[output]),
    );
    explainUnlessTaken(this);
  }
}

type Outputs = Record<string, pulumi.Output<unknown> | undefined>;

/** The outputs that are made of others: encrypted, because a key is in each. */
export function madeOutputs(
  { made: all = {} }: ResourceSpec,
  outputOf: (name: string) => pulumi.Output<unknown> | undefined,
): Record<string, pulumi.Output<string | undefined>> {
  const outputs = Object.entries(all).map(([name, from]) => {
    const names = madeOf(from);
    const text = pulumi
      .all(names.map(outputOf))
      .apply((values) => made(from, Object.fromEntries(names.map((of, at) => [of, values[at]]))));
    return [name, pulumi.secret(text)] as const;
  });
  return Object.fromEntries(outputs);
}

/** What the engine tells the program and not the provider, as far as it is needed there. Not kept in state. */
function thisRun({
  protect,
  retainOnDelete,
  parent,
}: pulumi.CustomResourceOptions): Record<string, true | string> {
  // The SDK hands it down from the parent, and does not show it in its types.
  const above = (parent ?? {}) as { __protect?: boolean };
  return {
    ...(pulumi.runtime.isDryRun() ? { preview: true } : { stack: fullStackName() }),
    ...((protect ?? above.__protect) ? { protect: true } : {}),
    ...(retainOnDelete ? { retainOnDelete: true } : {}),
  };
}

/** Unit tests with Pulumi's mocks name none unless their author does. */
function organization(): string {
  try {
    return pulumi.getOrganization();
  } catch {
    return "organization";
  }
}

const fullStackName = (): string => [organization(), pulumi.getProject(), pulumi.getStack()].join("/");

/** The types of the resources above, outermost first, as a URN has them. */
function typesAbove(parent: pulumi.Resource | undefined): string {
  // The SDK keeps both members of every resource, and shows neither in its types.
  const { __pulumiType: type, __parentResource: above } = (parent ?? {}) as {
    __pulumiType?: string;
    __parentResource?: pulumi.Resource;
  };
  return type === undefined || type === "pulumi:pulumi:Stack" ? "" : `${typesAbove(above)}${type}$`;
}

/**
 * Properties to be stored encrypted. An input that the program writes is marked where it stands; a lookup writes none, so
 * there whatever may hold a secret is one. States of version 0.1 hold what is made now.
 */
function secretProperties(spec: ResourceSpec, isLookup: boolean): string[] {
  return [...spec.secretOutputs, ...Object.keys(spec.made ?? {}), ...(isLookup ? spec.secretInLookups : [])];
}

/** Marks the value at a path as secret, or the nearest value above it that is not a plain object. */
function markSecret(props: Args, [key, ...rest]: string[]): void {
  const value = key === undefined ? undefined : props[key];
  if (key === undefined || value === undefined) return;
  if (rest.length > 0 && isPlainObject(value)) {
    const copy = { ...value };
    markSecret(copy, rest);
    props[key] = copy;
  } else {
    props[key] = pulumi.secret(value);
  }
}

type Path = (string | number)[];

/**
 * The paths of what the program itself has marked secret, for the provider, which gets every value in clear and would not
 * know. Nothing where no input can be one, and nothing in state where none is. What the schema marks is known anyway.
 */
function markedSecret(props: Args, known: string[][]): pulumi.Output<Path[] | undefined> | undefined {
  const candidates = laterValues(props, []).filter(
    ([path]) => !known.some((secret) => secret.every((step, at) => step === path[at])),
  );
  if (candidates.length === 0) return undefined;
  const marked = Promise.all(
    candidates.map(async ([path, value]) => ((await isSecret(value)) ? [path] : [])),
  ).then((paths) => paths.flat());
  return pulumi.output(marked.then((paths) => (paths.length > 0 ? paths : undefined)));
}

/** The outputs and promises within a value. What is written out is no secret of Pulumi's. */
function laterValues(value: unknown, path: Path): [path: Path, value: pulumi.Input<unknown>][] {
  if (pulumi.Output.isInstance(value) || value instanceof Promise) return [[path, value]];
  if (Array.isArray(value)) return value.flatMap((item: unknown, at) => laterValues(item, [...path, at]));
  if (!isPlainObject(value)) return [];
  return Object.entries(value).flatMap(([key, item]) => laterValues(item, [...path, key]));
}

/** Whether a secret is in a value. One that fails, fails the resource by itself. */
const isSecret = (value: pulumi.Input<unknown>): Promise<boolean> =>
  pulumi.isSecret(pulumi.output(value)).catch(() => false);

const isPlainObject = (value: unknown): value is Args =>
  typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
