import { smallestLevel } from "../../provider/ladders";
import { findLevel, frameLoad } from "../../provider/ladder/levels";

/** What the standards' own tables of frame sizes say (H.264 Table A-6, H.265 Table A.11), and common practice. */
test.each([
  ["h264", 640, 360, 30, "3.0"],
  ["h264", 854, 480, 30, "3.1"],
  ["h264", 1280, 720, 30, "3.1"],
  ["h264", 1280, 720, 60, "3.2"],
  ["h264", 1920, 1080, 30, "4.0"],
  ["h264", 1920, 1080, 60, "4.2"],
  ["h264", 2560, 1440, 30, "5.0"],
  ["h264", 3840, 2160, 30, "5.1"],
  ["h264", 3840, 2160, 60, "5.2"],
  ["h265", 960, 540, 30, "3.0"],
  ["h265", 960, 540, 60, "3.1"],
  ["h265", 1280, 720, 30, "3.1"],
  ["h265", 1920, 1080, 30, "4.0"],
  ["h265", 1920, 1080, 60, "4.1"],
  ["h265", 3840, 2160, 30, "5.0"],
  ["h265", 3840, 2160, 60, "5.1"],
] as const)("%s %dx%d at %d fps needs level %s", (codec, width, height, fps, name) => {
  expect(smallestLevel(codec, { width, height, fps })?.name).toBe(name);
});

test("bitrate and buffer raise the level, and High takes 1.25 times what Main takes", () => {
  const rung = { width: 1280, height: 720, fps: 30, bitrateKbps: 17_000 };
  expect(smallestLevel("h264", { ...rung, profile: "main" })?.name).toBe("3.2");
  expect(smallestLevel("h264", { ...rung, profile: "high" })?.name).toBe("3.1");
  expect(smallestLevel("h264", { ...rung, profile: "high", bufferKbit: 20_000 })?.name).toBe("3.2");
});

test("no level takes what is beyond the last", () => {
  expect(smallestLevel("h264", { width: 16_384, height: 8_640, fps: 60 })).toBeUndefined();
});

test("a long thin picture is bounded by its side, not only by its area", () => {
  expect(frameLoad("h264", 4096, 16)).toBe(256);
  expect(smallestLevel("h264", { width: 4096, height: 16, fps: 1 })?.name).toBe("4.0");
});

test("a level is found however it is written, and nothing else is", () => {
  for (const text of ["4", "4.0", "40", "L4.0", " 4.0 "]) expect(findLevel("h264", text)?.name).toBe("4.0");
  expect(findLevel("h264", "1b")?.name).toBe("1b");
  for (const text of ["auto", "", "4.3", "4.10", "9"]) expect(findLevel("h264", text)).toBeUndefined();
  expect(findLevel("h265", "3.2")).toBeUndefined();
});
