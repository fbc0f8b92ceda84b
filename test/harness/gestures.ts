import type { Kind, Layout } from "./everything";
import { changeOf, kinds } from "./everything";
import type { Scene } from "./scene";
import { failed, succeeded } from "./stack";

/** Everything that people do with Pulumi to a resource, as data: what is done, and what becomes of the resource. */

/** What becomes of a resource: it stays the object it is, is another one, or is no longer in state. */
export type Fate = "kept" | "new" | "gone";

/** One gesture. It begins with a stack that has just been made. */
export interface Gesture {
  name: string;
  /** How the stack is declared at first, where that matters. */
  from?: Layout;
  does: (scene: Scene) => Promise<void>;
  fate: Fate | ((kind: Kind) => Fate);
  /** Whether what was there before is left at the vendors, because the user asked for that. */
  leavesOld?: true;
  /** Whether the program it leaves asks the vendors in every run. */
  reads?: true;
  /** Whether CI tries it too. */
  inShort?: true;
}

const URNS_ALL = (flag: string, scene: Scene): string[] => scene.urns().flatMap((urn) => [flag, urn]);
const ignoring = `{ ignoreChanges: ["*"] }`;
const rootAlias = `{ aliases: [{ parent: pulumi.rootStackResource }] }`;
const aliasOf = (suffix: string): string => `{ aliases: [{ name: type.replace(":", "-") + "${suffix}" }] }`;

/** For a replacement that no provider is asked about: a name that is taken has to be free first. */
const soleTypes = kinds
  .filter(({ definition: { inputs } }) => Object.values(inputs).some((input) => input.meta()?.unique))
  .map(({ type }) => type);
const firstFree = `${JSON.stringify(soleTypes)}.includes(type) ? { deleteBeforeReplace: true } : {}`;
const trigger = (value: string, more = ""): string =>
  `{ replacementTrigger: "${value}", ...(${firstFree}), ${more} }`;

/** Whether a change of inputs makes this one anew: its own, or that of what it lives on. */
function isReplacedByChange(kind: Kind): boolean {
  const above = kinds.find(({ type }) => type === kind.parent);
  return changeOf(kind) !== undefined || (above !== undefined && isReplacedByChange(above));
}

/** Whether the old one is gone before the new one is made, so that an `import` left in finds nothing. */
const goesFirst = ({ type, definition }: Kind): boolean =>
  soleTypes.includes(type) || (definition.deleteBeforeReplace === true && !definition.makesNothing);

/** When a replacement calls hooks. */
const AT_A_REPLACEMENT = ["beforeCreate", "afterCreate", "beforeDelete", "afterDelete"];

/** The list. A line here is a row of docs/gesture-matrix.md. */
export const gestures: Gesture[] = [
  { name: "rename, without an alias", does: (it) => it.up({ suffix: "-b", only: "b" }), fate: "new" },
  {
    name: "rename, with an alias",
    does: (it) => it.up({ suffix: "-b", options: aliasOf("") }),
    fate: "kept",
  },
  {
    name: "move into a component, without an alias",
    does: (it) => it.up({ isInComponent: true, only: "b" }),
    fate: "new",
  },
  {
    name: "move into a component, with an alias",
    does: (it) => it.up({ isInComponent: true, options: rootAlias }),
    fate: "kept",
  },
  {
    name: "move out of a component, without an alias",
    from: { isInComponent: true },
    does: (it) => it.up({ only: "b" }),
    fate: "new",
  },
  {
    name: "move out of a component, with an alias",
    from: { isInComponent: true },
    does: (it) =>
      it.up({
        options: `{ aliases: [{ parent: pulumi.createUrn("all", "test:index:All") }] }`,
      }),
    fate: "kept",
  },
  {
    name: "`--replace`",
    does: (it) => it.up({ options: firstFree }, ...URNS_ALL("--replace", it)),
    fate: "new",
    inShort: true,
  },
  {
    name: "`--replace`, of what lives on another alone",
    does: (it) =>
      it.up({}, ...it.urns((kind) => kind.parent !== undefined).flatMap((urn) => ["--replace", urn])),
    fate: ({ parent, definition }) => (parent !== undefined && !definition.makesNothing ? "new" : "kept"),
  },
  {
    name: "`--target-replace`",
    does: (it) => it.up({ options: firstFree }, ...URNS_ALL("--target-replace", it)),
    fate: "new",
  },
  {
    name: "`pulumi state taint`",
    does: async (it) => {
      await it.run("state", "taint", ...it.urns());
      await it.up({ options: firstFree });
    },
    fate: "new",
  },
  {
    name: "`replacementTrigger`",
    from: { options: trigger("a") },
    does: (it) => it.up({ options: trigger("b") }),
    fate: "new",
  },
  {
    name: "`replaceOnChanges`, and a change",
    does: (it) => it.up({ isChanged: true, options: `{ replaceOnChanges: ["*"] }` }),
    fate: (kind) => (isReplacedByChange(kind) ? "new" : "kept"),
  },
  {
    name: "`replaceOnChanges`, and no change",
    does: (it) => it.up({ options: `{ replaceOnChanges: ["*"] }` }),
    fate: "kept",
  },
  {
    name: "`deleteBeforeReplace`, and `replacementTrigger`",
    from: { options: trigger("a") },
    does: (it) => it.up({ options: trigger("b", "deleteBeforeReplace: true") }),
    fate: "new",
  },
  {
    name: "`ignoreChanges`, and a change",
    does: (it) => it.up({ isChanged: true, options: ignoring }),
    fate: "kept",
  },
  {
    name: "`protect`, and `pulumi destroy`",
    does: async (it) => {
      await it.up({ options: "{ protect: true }" });
      await it.refused(/protect/, "destroy", "--yes", "--skip-preview");
      await it.run("state", "unprotect", "--all", "--yes");
      it.declare({});
    },
    fate: "kept",
  },
  {
    name: "`retainOnDelete`, and `--replace`",
    from: { options: "{ retainOnDelete: true }" },
    does: async (it) => {
      await it.up({ options: "{ retainOnDelete: true }", only: "b" }, ...URNS_ALL("--replace", it));
      await it.up({ only: "b" });
    },
    fate: "new",
    leavesOld: true,
    inShort: true,
  },
  {
    name: "`deletedWith`, and out of the program",
    from: { options: "above ? { deletedWith: above } : {}" },
    does: (it) => it.up(NOTHING),
    fate: "gone",
  },
  {
    name: "`dependsOn`",
    does: (it) => it.up({ options: "{ dependsOn: Object.values(made).slice(0, 1) }" }),
    fate: "kept",
  },
  {
    name: "`import`, and left in",
    does: async (it) => {
      const options = it.importing();
      await it.removeFromState();
      await it.up({ options });
      await it.up({ options });
    },
    fate: "kept",
  },
  {
    name: "`import` left in, and `--replace`",
    does: async (it) => {
      const options = it.importing();
      await it.removeFromState();
      await it.up({ options });
      await it.up({ options: `{ ...(${firstFree}), ...(${options}) }` }, ...URNS_ALL("--replace", it));
    },
    fate: (kind) => (goesFirst(kind) ? "new" : "kept"),
  },
  { name: "`.get` beside it", does: (it) => it.up({ after: it.lookups() }), fate: "kept", reads: true },
  {
    name: "`--target`, with its dependents",
    from: { options: trigger("a") },
    does: (it) => it.up({ options: trigger("b") }, "--target-dependents", ...URNS_ALL("--target", it)),
    fate: "new",
  },
  {
    name: "`pulumi state delete`, and out of the program",
    does: async (it) => {
      await it.removeFromState();
      await it.up(NOTHING);
    },
    fate: "gone",
    leavesOld: true,
  },
  {
    name: "`pulumi state delete`, and made again",
    does: async (it) => {
      await it.removeFromState();
      await it.up({ only: "b" });
    },
    fate: "new",
    leavesOld: true,
    inShort: true,
  },
  {
    name: "`pulumi state move`, to another stack",
    does: async (it) => {
      await it.run("stack", "init", "other");
      await it.run("state", "move", "--source", "test", "--dest", "other", "--yes", ...it.urns());
      await it.up({});
    },
    fate: "kept",
  },
  {
    name: "`pulumi stack rename`",
    does: async (it) => {
      await it.run("stack", "rename", "renamed");
      await it.up({});
    },
    fate: "kept",
  },
  {
    name: "a saved plan",
    from: { options: trigger("a") },
    does: async (it) => {
      it.declare({ options: trigger("b") });
      await it.run("preview", "--save-plan", "plan.json");
      await it.up({ options: trigger("b") }, "--plan", "plan.json");
    },
    fate: "new",
  },
  {
    name: "`pulumi refresh` first",
    does: async (it) => {
      await it.run("refresh", "--yes", "--skip-preview");
      await it.up({});
    },
    fate: "kept",
  },
  { name: "`pulumi up --refresh`", does: (it) => it.up({}, "--refresh"), fate: "kept" },
  {
    name: "`pulumi up --refresh`, and `--replace`",
    does: (it) => it.up({ options: firstFree }, "--refresh", ...URNS_ALL("--replace", it)),
    fate: "new",
  },
  {
    name: "`pulumi destroy`, and `up` again",
    does: async (it) => {
      await it.run("destroy", "--yes", "--skip-preview");
      await it.up({});
    },
    fate: "new",
  },
  {
    name: "a second stack, made and destroyed",
    does: (it) => it.besides({ only: "b" }, "test-2", {}),
    fate: "kept",
  },
  {
    name: "the same stack in a second backend, made and destroyed",
    does: (it) => it.besides({ only: "b" }, "test", { PULUMI_BACKEND_URL: it.otherBackend() }),
    fate: "kept",
  },
  {
    name: "a transform that changes options",
    from: { before: transform('replacementTrigger: "a"'), options: firstFree },
    does: (it) => it.up({ before: transform('replacementTrigger: "b"'), options: firstFree }),
    fate: "new",
  },
  {
    name: "resource hooks, and a replacement",
    from: { options: trigger("a") },
    does: async (it) => {
      for (const value of ["a", "b"])
        succeeded(await it.upWithHooks({ before: hooks(), options: trigger(value, "hooks") }));
      const called = it.called();
      const missing = AT_A_REPLACEMENT.flatMap((moment) =>
        kinds
          .map(({ type }) => `${moment} ${type.replace(":", "-")}`)
          .filter((line) => !called.includes(line)),
      );
      if (missing.length > 0) throw new Error(`not called: ${missing.join(", ")}`);
      it.declare({ options: trigger("b") });
    },
    fate: "new",
  },
  ...AT_A_REPLACEMENT.map((moment): Gesture => ({
    name: `a resource hook that fails (\`${moment}\`) at a replacement, and \`up\` with one that does not`,
    from: { options: trigger("a") },
    does: async (it) => {
      succeeded(await it.upWithHooks({ before: hooks(), options: trigger("a", "hooks") }));
      failed(await it.upWithHooks({ before: hooks(moment), options: trigger("b", "hooks") }));
      succeeded(await it.upWithHooks({ before: hooks(), options: trigger("b", "hooks") }));
      it.declare({ options: trigger("b") });
    },
    fate: "new",
  })),
];

/** Nothing is declared. */
export const NOTHING: Layout = { isEmpty: true };

function transform(options: string): string {
  return `pulumi.runtime.registerStackTransformation(({ type, props, opts }) => ({
    props, opts: type.startsWith("pulumi-nodejs:dynamic/") ? { ...opts, ${options} } : opts }));`;
}

/** Hooks that write down when they are called, and fail at one moment if asked to. */
function hooks(failing?: string): string {
  const moments = [...AT_A_REPLACEMENT, "beforeUpdate", "afterUpdate"];
  return `
    const hook = (moment) => new pulumi.ResourceHook(moment, async ({ name }) => {
      require("node:fs").appendFileSync("called", moment + " " + name + "\\n");
      if (moment === ${JSON.stringify(failing ?? "")}) throw new Error("the hook fails");
    });
    const hooks = Object.fromEntries(${JSON.stringify(moments)}.map((moment) => [moment, [hook(moment)]]));`;
}

/** What becomes of a resource of this kind. What exists once an account is always the same. */
export function fateOf({ fate }: Gesture, kind: Kind): Fate {
  const its = typeof fate === "function" ? fate(kind) : fate;
  return its === "new" && kind.definition.singleton ? "kept" : its;
}
