import {
  PolicyPack,
  type ResourceValidationPolicy,
  type StackValidationPolicy,
  validateResourceOfType,
} from "@pulumi/policy";
import ms, { type StringValue } from "ms";
import { aioz, tenbyte } from "pulumi-streamkeys";

// What a stack with stream keys must hold to, whichever vendors it uses. Run it with
//   pulumi preview --policy-pack <this folder>

const OURS = "pulumi-nodejs:dynamic/streamkeys/";
const LONGEST = "90d";
/** Stacks that viewers see; the pack's config can name others. */
const PRODUCTION = ["prod"];

/** The stack's name stands in every URN: `urn:pulumi:<stack>::<project>::...`. */
const stackIn = (urn: string): string => urn.split(":")[2] ?? "";

/** Each resource that has a key carries `keyGeneration` in its inputs, so a vendor that comes later is covered too. */
const everyKeyRotates: ResourceValidationPolicy = {
  name: "every-key-rotates",
  description: `Every stream key is rotated within ${LONGEST}.`,
  enforcementLevel: "mandatory",
  validateResource: ({ type, props }, report) => {
    if (!type.startsWith(OURS) || !("keyGeneration" in props)) return;
    const { every } = (props.keyRotation ?? {}) as { every?: string };
    if (every === undefined)
      report(`The key is never rotated: set \`keyRotation: { every: "${LONGEST}" }\` or less.`);
    else if (!(ms(every.trim() as StringValue) <= ms(LONGEST)))
      report(`The key is rotated every ${every}: ${LONGEST} is the longest that is allowed.`);
  },
};

const noCutsInProduction: ResourceValidationPolicy = {
  name: "no-cuts-in-production",
  description: "In production nothing may cut a running broadcast.",
  enforcementLevel: "mandatory",
  configSchema: { properties: { stacks: { type: "array", items: { type: "string" }, default: PRODUCTION } } },
  validateResource: ({ type, urn, props, getConfig }, report) => {
    const { stacks = PRODUCTION } = getConfig<{ stacks?: string[] }>();
    if (!type.startsWith(OURS) || !stacks.includes(stackIn(urn)) || props.interruptLive !== true) return;
    report(
      "`interruptLive` lets a run cut a running broadcast. Leave it out: what would cut one then waits, or is refused.",
    );
  },
};

/** One resource may go without for the length of an intervention, a whole stack never. */
const stackHasLiveGuard: StackValidationPolicy = {
  name: "stack-has-a-live-guard",
  description: "In every stack something is still guarded against a cut.",
  enforcementLevel: "mandatory",
  validateStack: ({ resources }, report) => {
    const ours = resources.filter(({ type }) => type.startsWith(OURS));
    if (ours.length > 0 && ours.every(({ props }) => props.interruptLive === true))
      report(
        "Every resource has `interruptLive: true`, so nothing in this stack guards a running broadcast.",
      );
  },
};

const RULES_OFF =
  "Rules of the ladder are switched off. Make the ladder pass them, or have this policy changed.";

/** Typed by class: `ladderRulesOff` is checked by the compiler. */
const ladderRulesOfTenbyte: ResourceValidationPolicy = {
  name: "ladder-rules-at-tenbyte",
  description: "No rule of a Tenbyte ladder is switched off.",
  enforcementLevel: "mandatory",
  validateResource: validateResourceOfType(tenbyte.Stream, ({ ladderRulesOff }, _, report) => {
    if (ladderRulesOff?.length) report(RULES_OFF);
  }),
};

const ladderRulesOfAioz: ResourceValidationPolicy = {
  name: "ladder-rules-at-aioz",
  description: "No rule of an AIOZ ladder is switched off.",
  enforcementLevel: "mandatory",
  validateResource: validateResourceOfType(aioz.Stream, ({ ladderRulesOff }, _, report) => {
    if (ladderRulesOff?.length) report(RULES_OFF);
  }),
};

new PolicyPack("streamkeys", {
  policies: [everyKeyRotates, noCutsInProduction, stackHasLiveGuard, ladderRulesOfTenbyte, ladderRulesOfAioz],
});
