import { durationMs, durationProblem } from "../provider/define/rotation";

/** `keyRotation.every`: a duration has one reading. */
describe("a duration", () => {
  it.each([
    ["1m", 60_000],
    ["90 minutes", 5_400_000],
    ["12h", 43_200_000],
    ["30d", 2_592_000_000],
    ["30D", 2_592_000_000],
    [" 2w ", 1_209_600_000],
    ["0.5d", 43_200_000],
  ])("%j is %d ms", (text, length) => {
    expect(durationMs(text)).toBe(length);
    expect(durationProblem(text)).toBeUndefined();
  });

  it.each(["1M", "1 M", "3mo", "3mos", "1 month", "6months"])("%j is refused: months differ", (text) => {
    expect(durationMs(text)).toBeUndefined();
    expect(durationProblem(text)).toMatch(/months differ in length.*"30d"/);
  });

  it.each(["", "30", "59s", "-30d", "P30D", "monthly", "thirty days", "30d 12h", "NaNd"])(
    "%j is refused: no duration of a minute or more",
    (text) => {
      expect(durationMs(text)).toBeUndefined();
      expect(durationProblem(text)).toMatch(/must be a duration of at least a minute/);
    },
  );
});
