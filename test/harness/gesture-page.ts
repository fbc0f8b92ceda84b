import { type Kind, kinds } from "./everything";
import { type Fate, fateOf, type Gesture, gestures } from "./gestures";

/** docs/gesture-matrix.md: what `test/engine/gestures.test.ts` tries, and what becomes of the resources. */

const words: Record<Fate, string> = {
  kept: "the same object",
  new: "a new object",
  gone: "not in state",
};

/** What becomes of most, and of whom else what. */
function fates(gesture: Gesture): [most: string, others: string] {
  const by = new Map<Fate, Kind[]>();
  for (const kind of kinds) by.set(fateOf(gesture, kind), [...(by.get(fateOf(gesture, kind)) ?? []), kind]);
  const [[most] = ["kept" as Fate], ...others] = [...by].sort(([, a], [, b]) => b.length - a.length);
  const named = others.map(
    ([fate, its]) => `${words[fate]}: ${its.map(({ type }) => `\`${type.replace(":", ".")}\``).join(", ")}`,
  );
  return [words[most], named.join("; ")];
}

/** The page. */
export function gesturePage(): string {
  const rows = gestures.map((gesture) => {
    const [most, others] = fates(gesture);
    return `| ${gesture.name} | ${most} | ${others} | ${gesture.leavesOld ? "the old ones stay, as asked" : "nothing"} |`;
  });
  return `# Gesture matrix

What people do with Pulumi to a resource, tried with the real engine on a resource of every Definition at once
(${kinds.length} Definitions, ${gestures.length} gestures, each right after the create and a day later:
${kinds.length * gestures.length * 2} cells). After each of them the objects at the vendors are those in state, every key that
state and program hold is the one in force, no two resources share an object, and the next \`up\` changes nothing and asks no
vendor.

| what is done | becomes | but for | left at the vendors |
| --- | --- | --- | --- |
${rows.join("\n")}

Where an account has a name only once (\`edgecast.Instance\`), \`--replace\` and a taint need the option
\`deleteBeforeReplace: true\`: the engine asks no provider about them ([engine, fact 31](engine.md#fact-31)).

Written by \`GESTURES=all npx jest test/engine/gestures\`, which tries them all in twenty minutes; \`GESTURES=<part of a
name>\` tries some. CI tries ${gestures.filter(({ inShort }) => inShort).length}, right after the create, and fails when this page says something else than \`test/harness/gestures.ts\`.
`;
}
