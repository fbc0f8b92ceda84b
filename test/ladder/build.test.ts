import { cap, dropRung, LadderError, presets, withFps } from "../../provider/ladders";
import type { Ladder } from "../../provider/ladders";

const names = (ladder: Ladder) => ladder.rungs.map(({ name }) => name);
const ladder = presets["h264-1080p30"];

test("presets are rising 16:9 ladders in the sizes every vendor takes", () => {
  expect(names(presets["h264-1440p60"])).toEqual([
    "240p30",
    "360p30",
    "480p30",
    "720p60",
    "1080p60",
    "1440p60",
  ]);
  expect(names(presets["h265-480p30"])).toEqual(["240p30", "360p30", "480p30"]);
  expect(names(presets.audio)).toEqual(["audio-64k", "audio-96k", "audio-160k"]);
});

test("a preset cannot be changed in place", () => {
  expect(() => Object.assign(presets.audio.rungs, { 0: undefined })).toThrow(TypeError);
  expect(() => Object.assign(ladder.rungs[0] ?? {}, { name: "mine" })).toThrow(TypeError);
});

test("cap drops the rungs above a height and above a bitrate, and leaves the given ladder alone", () => {
  expect(names(cap(ladder, { height: 480 }))).toEqual(["240p30", "360p30", "480p30"]);
  expect(names(cap(ladder, { bitrateKbps: 2800 }))).toEqual(["240p30", "360p30", "480p30", "720p30"]);
  expect(names(cap(presets.audio, { bitrateKbps: 100 }))).toEqual(["audio-64k", "audio-96k"]);
  expect(ladder.rungs).toHaveLength(5);
});

test("dropRung takes one rung out by name", () => {
  expect(names(dropRung(ladder, "360p30"))).toEqual(["240p30", "480p30", "720p30", "1080p30"]);
});

test("a ladder is never left without a rung, and a misspelt name is not taken for a dropped one", () => {
  expect(() => cap(ladder, { height: 100 })).toThrow(LadderError);
  expect(() => dropRung(ladder, "4K")).toThrow(/no rung "4K"[^]*240p30, 360p30/);
  expect(() => dropRung(cap(ladder, { height: 240 }), "240p30")).toThrow(LadderError);
});

test("withFps raises the level where the higher rate needs it, and touches no bitrate", () => {
  const [before, after] = [ladder, withFps(ladder, 60)].map(({ rungs }) => rungs[4]);
  expect(before).toMatchObject({ fps: 30, level: "4.0", bitrateKbps: 5000 });
  expect(after).toMatchObject({ fps: 60, level: "4.2", bitrateKbps: 5000 });
});

test("withFps lowers no level", () => {
  expect(withFps(ladder, 25).rungs[4]).toMatchObject({ fps: 25, level: "4.0" });
});
