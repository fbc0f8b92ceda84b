import { checkLadder, presets } from "../../provider/ladders";
import { published } from "./published";

describe("a published ladder passes", () => {
  test.each(published.map((item) => [item.ladder.name, item] as const))("%s", (_, item) => {
    const found = checkLadder(item.ladder, { segmentSeconds: item.segmentSeconds });
    expect(found.filter(({ severity }) => severity === "error")).toEqual([]);
    expect(found.map(({ rule }) => rule)).toEqual(item.warnings);
  });
});

describe("a preset passes without a warning, in segments of 2, 4 and 6 seconds", () => {
  test.each(Object.entries(presets))("%s", (_, preset) => {
    for (const segmentSeconds of [2, 4, 6]) expect(checkLadder(preset, { segmentSeconds })).toEqual([]);
  });
});
