import { vendors } from "../../provider/vendors";
import type { Refused, Told } from "./betrayal";
import type { CanaryStack } from "./canary-stack";
import type { Run } from "./stack";

/** What is done in the canary search on the real engine, in this order: the whole life of a stack. */

/** CI asks less often: each command once, a later preview once, and a few vendors for what they have. */
const isLong = Boolean(process.env.CANARIES);

/** One thing that is done. */
export interface Step {
  name: string;
  /** What the vendors refuse meanwhile, saying secrets back; nothing when unset. */
  refused?: Refused;
  /** What they say of objects; of what one resource manages when unset. */
  told?: Told;
  /** Our command ends with 1, because it has found something. */
  finds?: true;
  does(scene: CanaryStack): Promise<Run[]>;
}

/** The same, refused and then not. */
const refusedFirst = (refused: Refused, step: Step): Step[] => [{ ...step, refused }, step];

const pulumi =
  (...args: string[]): Step["does"] =>
  async (scene) => [await scene.run(...args)];

/** All resources are tried, although some fail: at once, because a check that fails ends the run (docs/engine.md, fact 35). */
const AT_ONCE = ["--continue-on-error", "--parallel", "64"];
const UP = ["up", "--yes", "--skip-preview", "--diff", ...AT_ONCE];
const OTHER = ["--stack", "other"];
const listable = vendors
  .filter(({ resources }) => resources.some(({ list }) => list))
  .filter((_, at) => isLong || at % 4 === 0);

const commands = ["doctor", "keys --live", "drift"].flatMap((command) =>
  refusedFirst("everything", {
    name: `\`streamkeys ${command}\``,
    // It knows the whole state.
    told: "of all",
    // A key that the program gives is put off.
    ...(command === "keys --live" ? { finds: true } : {}),
    does: (scene) =>
      scene.each(isLong ? [[], ["--json"]] : [[]], (flags) => scene.command(...command.split(" "), ...flags)),
  }),
);

export const steps: Step[] = [
  {
    name: "preview, `--diff` and `--json`, and a saved plan",
    does: (scene) =>
      scene.each([["--diff", "--save-plan=plan.json"], ["--json"]], (flags) =>
        scene.run("preview", ...flags),
      ),
  },
  { name: "up, of what is not there", refused: "everything", does: pulumi(...UP) },
  {
    name: "up, of what others cannot be without",
    does: (scene) => {
      scene.declare({ isBase: true });
      return pulumi(...UP)(scene);
    },
  },
  ...refusedFirst("writes", {
    name: "up, of all that is not there",
    does: (scene) => {
      scene.declare({});
      return pulumi(...UP)(scene);
    },
  }),
  ...refusedFirst("everything", {
    name: "refresh",
    does: pulumi("refresh", "--yes", "--skip-preview", "--diff"),
  }),
  {
    name: "preview of other inputs",
    does: (scene) => {
      scene.declare({ isChanged: true });
      return scene.each(isLong ? ["--diff", "--json"] : ["--diff"], (flag) => scene.run("preview", flag));
    },
  },
  ...refusedFirst("writes", { name: "up, of other inputs", does: pulumi(...UP) }),
  ...refusedFirst("writes", {
    name: "up, with `rotateAll`",
    told: "of all",
    does: async (scene) => {
      await scene.configure("streamkeys:rotateAll", "a leak");
      return pulumi(...UP)(scene);
    },
  }),
  ...commands,
  ...refusedFirst("everything", {
    name: "`streamkeys discover --emit`, of vendors that can list",
    does: async (scene) => {
      await scene.openOther();
      return scene.each(listable, ({ name }) => scene.command("discover", name, "--emit", ...OTHER));
    },
  }),
  ...refusedFirst("everything", {
    name: "up in another stack, with `import`",
    // Nothing of them is in its state.
    told: "none",
    does: (scene) => {
      scene.declare({ isChanged: true, isImported: true });
      return pulumi(...UP, ...OTHER)(scene);
    },
  }),
  {
    name: "config, stack, export, output, history",
    does: (scene) =>
      scene.each(
        ["config", "stack --show-urns", "stack export", "stack output", "stack history --json"],
        (args) => scene.run(...args.split(" ")),
      ),
  },
  ...refusedFirst("writes", {
    name: "destroy",
    does: pulumi("destroy", "--yes", "--skip-preview", "--diff", ...AT_ONCE),
  }),
];
