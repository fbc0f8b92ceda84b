import {
  PolicyPack,
  type PolicyResource,
  type ResourceValidationPolicy,
  type StackValidationPolicy,
  validateResourceOfType,
} from "@pulumi/policy";
import ms, { type StringValue } from "ms";
import { aioz, apivideo, cloudflare, edgecast, ivs, livepeer, mux, tenbyte, uiza } from "pulumi-streamkeys";

// What a stack with stream keys must hold to, whichever vendors it uses. Run it with
//   pulumi preview --policy-pack <this folder>

const OURS = "pulumi-nodejs:dynamic/streamkeys/";
const LONGEST = "90d";
/** Stacks that viewers see; the pack's config can name others. */
const PRODUCTION = ["prod"];

/** The sets whose items have a key; of a set the inputs do not tell. */
const SETS_WITH_KEYS = [
  aioz.StreamKeySet,
  apivideo.LiveStreamSet,
  cloudflare.StreamKeySet,
  edgecast.StreamKeySet,
  ivs.StreamKeySet,
  livepeer.StreamSet,
  mux.StreamKeySet,
  tenbyte.StreamKeySet,
  uiza.StreamKeySet,
].map(({ __pulumiType }) => __pulumiType as string);

/** The stack's name stands in every URN: `urn:pulumi:<stack>::<project>::...`. */
const stackIn = (urn: string): string => urn.split(":")[2] ?? "";

type Inputs = Record<string, unknown>;
/** What is wrong with one object, if anything is. */
type Judge = (inputs: Inputs) => string | undefined;

/** What the program says of each object: a resource is one, and each item of a set, with the defaults laid under it. */
function objectsOf({ type, props }: { type: string; props: Inputs }): [item: string, inputs: Inputs][] {
  if (!type.endsWith("Set")) return [["", props]];
  const { items = {}, defaults } = props as { items?: Record<string, Inputs>; defaults?: Inputs };
  return Object.entries(items).map(([item, inputs]) => [item, { ...defaults, ...inputs }]);
}

/** Judges each object of a resource. A set with hundreds of items that are wrong alike is told so once. */
function judged(
  resource: { type: string; props: Inputs },
  judge: Judge,
  report: (text: string) => void,
): void {
  const wrong = new Map<string, string[]>();
  for (const [item, inputs] of objectsOf(resource)) {
    const reason = judge(inputs);
    if (reason !== undefined) wrong.set(reason, [...(wrong.get(reason) ?? []), item]);
  }
  for (const [reason, items] of wrong) {
    const more = items.length > 3 ? ` and ${items.length - 3} more` : "";
    report(items[0] === "" ? reason : `${items.slice(0, 3).join(", ")}${more}: ${reason}`);
  }
}

const rotates: Judge = ({ keyRotation }) => {
  const { every } = (keyRotation ?? {}) as { every?: string };
  if (every === undefined)
    return `The key is never rotated: set \`keyRotation: { every: "${LONGEST}" }\` or less.`;
  return ms(every.trim() as StringValue) <= ms(LONGEST)
    ? undefined
    : `The key is rotated every ${every}: ${LONGEST} is the longest that is allowed.`;
};

/** Each resource that has a key carries `keyGeneration` in its inputs, so a vendor that comes later is covered too. */
const everyKeyRotates: ResourceValidationPolicy = {
  name: "every-key-rotates",
  description: `Every stream key is rotated within ${LONGEST}.`,
  enforcementLevel: "mandatory",
  validateResource: (resource, report) => {
    const { type, props } = resource;
    if (SETS_WITH_KEYS.includes(type) || (type.startsWith(OURS) && "keyGeneration" in props))
      judged(resource, rotates, report);
  },
};

const CUTS =
  "`interruptLive` lets a run cut a running broadcast. Leave it out: what would cut one then waits, or is refused.";

const noCutsInProduction: ResourceValidationPolicy = {
  name: "no-cuts-in-production",
  description: "In production nothing may cut a running broadcast.",
  enforcementLevel: "mandatory",
  configSchema: { properties: { stacks: { type: "array", items: { type: "string" }, default: PRODUCTION } } },
  validateResource: (resource, report) => {
    const { stacks = PRODUCTION } = resource.getConfig<{ stacks?: string[] }>();
    if (resource.type.startsWith(OURS) && stacks.includes(stackIn(resource.urn)))
      judged(resource, ({ interruptLive }) => (interruptLive === true ? CUTS : undefined), report);
  },
};

/** One resource may go without for the length of an intervention, a whole stack never. */
const stackHasLiveGuard: StackValidationPolicy = {
  name: "stack-has-a-live-guard",
  description: "In every stack something is still guarded against a cut.",
  enforcementLevel: "mandatory",
  validateStack: ({ resources }, report) => {
    const ours = resources
      .filter(({ type }) => type.startsWith(OURS))
      .flatMap((resource: PolicyResource) => objectsOf(resource));
    if (ours.length > 0 && ours.every(([, { interruptLive }]) => interruptLive === true))
      report(
        "Every resource has `interruptLive: true`, so nothing in this stack guards a running broadcast.",
      );
  },
};

const RULES_OFF =
  "Rules of the ladder are switched off. Make the ladder pass them, or have this policy changed.";

const ladderRules: Judge = ({ ladderRulesOff }) =>
  (ladderRulesOff as unknown[] | undefined)?.length ? RULES_OFF : undefined;

/** Typed by class: `ladderRulesOff` is checked by the compiler. The items of a set are looked at one by one. */
const ladderRulesOfTenbyte: ResourceValidationPolicy = {
  name: "ladder-rules-at-tenbyte",
  description: "No rule of a Tenbyte ladder is switched off.",
  enforcementLevel: "mandatory",
  validateResource: [
    validateResourceOfType(tenbyte.Stream, ({ ladderRulesOff }, _, report) => {
      if (ladderRulesOff?.length) report(RULES_OFF);
    }),
    (resource, report) => {
      if (resource.type === tenbyte.StreamSet.__pulumiType) judged(resource, ladderRules, report);
    },
  ],
};

const ladderRulesOfAioz: ResourceValidationPolicy = {
  name: "ladder-rules-at-aioz",
  description: "No rule of an AIOZ ladder is switched off.",
  enforcementLevel: "mandatory",
  validateResource: [
    validateResourceOfType(aioz.Stream, ({ ladderRulesOff }, _, report) => {
      if (ladderRulesOff?.length) report(RULES_OFF);
    }),
    (resource, report) => {
      if (resource.type === aioz.StreamSet.__pulumiType) judged(resource, ladderRules, report);
    },
  ],
};

new PolicyPack("streamkeys", {
  policies: [everyKeyRotates, noCutsInProduction, stackHasLiveGuard, ladderRulesOfTenbyte, ladderRulesOfAioz],
});
