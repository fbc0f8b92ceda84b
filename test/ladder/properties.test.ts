/** What must hold of every rule, shown on every ladder that breaks one. */
import { UNKNOWN } from "../../provider/engine-values";
import type { Suggestion } from "../../provider/ladders";
import { type Case, cases, forms, found } from "./cases";

type Path = readonly (string | number)[];

/** The path of every value within another, the whole first. */
function paths(value: unknown): Path[] {
  if (typeof value !== "object" || value === null) return [[]];
  const below = Object.entries(value).flatMap(([key, item]) =>
    paths(item).map((path) => [Array.isArray(value) ? Number(key) : key, ...path]),
  );
  return [[], ...below];
}

/** A copy with another value at a path; without the property where the value is `ABSENT`. */
function replaced(root: unknown, [step, ...rest]: Path, value: unknown): unknown {
  if (step === undefined) return value;
  if (Array.isArray(root)) {
    return rest.length === 0 && value === ABSENT
      ? root.toSpliced(Number(step), 1)
      : root.with(Number(step), replaced(root[Number(step)], rest, value));
  }
  const { [step]: here, ...others } = root as Record<string, unknown>;
  if (rest.length === 0 && value === ABSENT) return others;
  return { ...(root as object), [step]: replaced(here, rest, value) };
}

const ABSENT = Symbol("absent");

const parse = (path: string): Path =>
  path.match(/[^.[\]]+/g)?.map((step) => (/^\d+$/.test(step) ? Number(step) : step)) ?? [];

const applied = (given: unknown, suggest: readonly Suggestion[]): unknown =>
  // Rungs are taken out from the end, so that the places of the others hold.
  suggest
    .toReversed()
    .reduce((root: unknown, { path, value }) => replaced(root, parse(path), value ?? ABSENT), given);

describe("what a finding suggests makes it go", () => {
  const offering = cases.filter((item) => found(item)[0]?.suggest !== undefined);

  test.each(offering)("$rule: $when", (item) => {
    const [finding] = found(item);
    const mended = applied(item.given, finding?.suggest ?? []);
    const left = forms[item.form](mended, item.context).map(({ rule }) => rule);
    expect(left).not.toContain(item.rule);
  });

  test("nearly every rule suggests something", () => {
    const silent = cases.filter((item) => !offering.includes(item)).map(({ rule }) => rule);
    expect(new Set(silent)).toEqual(
      new Set([
        "positive-number", // 0 may be a slip for anything
        "no-rungs",
        "limits-skipped",
        "hevc-container", // another codec, or another container
        "duplicate-name",
        "rung-order",
        "tenbyte-size",
        "tenbyte-fps",
        "tenbyte-codec",
        "tenbyte-audio",
        "aioz-resolution",
        "aioz-type",
        "aioz-container",
        "livepeer-name",
      ]),
    );
  });
});

const valueAt = (root: unknown, path: Path): unknown =>
  path.reduce((value: unknown, step) => (value as Record<string | number, unknown>)[step], root);

/** Every value that stands at a property in any case, by the property's name. */
const seen = new Map<string | number, Set<unknown>>();
for (const { given } of cases) {
  for (const path of paths(given)) {
    const [key, value] = [path.at(-1), valueAt(given, path)];
    if (key !== undefined && typeof value !== "object")
      seen.set(key, (seen.get(key) ?? new Set()).add(value));
  }
}

/** Values that an unknown at a property may turn out to be. An unknown item of an array is an item all the same. */
const candidates = (key: string | number | undefined): unknown[] =>
  typeof key === "number" ? [] : [ABSENT, ...spread([...(seen.get(key ?? "") ?? [])])];

/** A handful of values, the ends among them: enough to rescue what can be rescued, and quick. */
function spread(values: unknown[]): unknown[] {
  const sorted = values.toSorted((a, b) => (typeof a === "number" && typeof b === "number" ? a - b : 0));
  const step = Math.max(1, Math.ceil(sorted.length / 5));
  return sorted.filter((_, index) => index % step === 0 || index === sorted.length - 1);
}

const rulesOf = (item: Case, given: unknown): string[] =>
  forms[item.form](given, item.context).map(({ rule }) => rule);

describe("no rule finds what a value could make right", () => {
  test.each(cases)("$rule: $when", (item) => {
    for (const path of paths(item.given).filter((path) => path.length > 1)) {
      const outcomes = candidates(path.at(-1)).map((value) => ({
        value,
        rules: () => rulesOf(item, replaced(item.given, path, value)),
      }));
      const still = rulesOf(item, replaced(item.given, path, UNKNOWN));
      expect(rulesOf(item, replaced(item.given, path, undefined))).toEqual(still);
      if (still.length === 0) continue;
      // A value makes it right when it takes a finding away and brings no other.
      const rescue = outcomes.find(({ rules }) => {
        const found = rules();
        return found.length < still.length && found.every((rule) => still.includes(rule));
      });
      if (rescue !== undefined) {
        throw new Error(
          `${path.join(".")} unknown: ${still.join()} found, and ${String(rescue.value)} would pass`,
        );
      }
    }
  });

  test.each(cases.filter(({ path }) => path.includes(".")))(
    "$rule goes with its own field: $when",
    (item) => {
      expect(rulesOf(item, replaced(item.given, parse(item.path), UNKNOWN))).not.toContain(item.rule);
    },
  );

  test("nor does it find anything about a ladder, or a rung, that is wholly unknown", () => {
    for (const hole of [UNKNOWN, undefined]) {
      expect(forms.tenbyte(hole, {})).toEqual([]);
      expect(forms.tenbyte({ video: hole }, { mode: "video" })).toEqual([]);
      expect(forms.tenbyte({ video: [hole, hole] }, { mode: "video" })).toEqual([]);
      expect(forms.aioz(hole, {})).toEqual([]);
      expect(forms.aioz([hole, hole], {})).toEqual([]);
      expect(forms.portable({ name: "x", rungs: hole }, {})).toEqual([]);
    }
  });
});
