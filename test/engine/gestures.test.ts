import { readFileSync, writeFileSync } from "node:fs";
import { kinds } from "../harness/everything";
import { fateOf, gestures } from "../harness/gestures";
import { gesturePage } from "../harness/gesture-page";
import { Scene } from "../harness/scene";

/**
 * The gesture matrix: what people do with Pulumi to a resource, tried on a resource of every Definition at once. CI
 * tries a few; `GESTURES=all npx jest test/engine/gestures` tries all of them, right after the create and a day later,
 * and GESTURES=<part of a name> some.
 */

const PAGE = "docs/gesture-matrix.md";
const wanted = process.env.GESTURES;
const moments = ["at once", "a day later"] as const;
const rows = gestures
  .filter(({ name, inShort }) => (wanted === undefined ? inShort : wanted === "all" || name.includes(wanted)))
  .flatMap((gesture) =>
    moments
      .filter((moment) => wanted !== undefined || moment === "at once")
      .map((moment) => ({ gesture, name: gesture.name, moment })),
  );

it("has its table in docs/gesture-matrix.md; `GESTURES=all` writes it", () => {
  if (wanted === "all") writeFileSync(PAGE, gesturePage());
  expect(readFileSync(PAGE, "utf8")).toBe(gesturePage());
});

describe("with a resource of every kind", () => {
  let scene: Scene | undefined;
  afterEach(() => scene?.close());

  it.each(rows)("$name, $moment", async ({ gesture, moment }) => {
    scene = await Scene.open(gesture.from ?? {});
    if (moment === "a day later") scene.letADayPass();
    const before = scene.ids();
    await gesture.does(scene);

    const wrong = await scene.faults(before, gesture.leavesOld ?? false);
    expect(wrong).toEqual([]);
    const now = scene.ids();
    const fates = kinds.map((kind) => {
      const id = now.get(kind);
      const fate = id === undefined ? "gone" : id === before.get(kind) ? "kept" : "new";
      return `${kind.type}: ${fate}`;
    });
    expect(fates).toEqual(kinds.map((kind) => `${kind.type}: ${fateOf(gesture, kind)}`));

    scene.sandbox.requests.length = 0;
    expect(await scene.run("up", "--yes", "--skip-preview")).toMatch(/Resources:\n\s+\d+ unchanged\n/);
    if (!gesture.reads) expect(scene.sandbox.requests).toEqual([]);
  });
});
