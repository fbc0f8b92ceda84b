import { known, UNKNOWN } from "../../../provider/engine-values";
import { problemsOf } from "../../../provider/lifecycle/problems";
import { stream } from "../../../provider/vendors/tenbyte/stream";
import { presets, toTenbyteLadder } from "../../../provider/ladders";

/** At preview several values are unknown at once; none of them is a problem, and two of them are not the same. */

const good = {
  name: "news",
  type: "event",
  mode: "video",
  region: "sg-edge-04",
  ingest: { kind: "push", protocols: ["rtmp", "srt"] },
  outputProtocols: ["hls", "dash"],
  packaging: { hls: { segmentFormat: "fmp4" }, dash: { segmentFormat: "fmp4" } },
  ladder: toTenbyteLadder(presets["h264-720p30"]),
};

const problems = (inputs: object) => problemsOf(stream, inputs as Record<string, unknown>);

test("two unknown ingest protocols, or output protocols, are not one named twice", () => {
  expect(problems({ ...good, ingest: { kind: "push", protocols: [UNKNOWN, UNKNOWN] } })).toEqual([]);
  expect(problems({ ...good, outputProtocols: [UNKNOWN, UNKNOWN] })).toEqual([]);
  expect(problems({ ...good, ingest: { kind: "push", protocols: ["srt", "srt"] } })).toMatchObject([
    { path: "ingest.protocols" },
  ]);
});

test("two rungs alike but for an unknown bitrate are no duplicates", () => {
  const [rung] = good.ladder.video ?? [];
  const video = [
    { ...rung, bitrateKbps: UNKNOWN },
    { ...rung, bitrateKbps: UNKNOWN },
  ];
  expect(problems({ ...good, ladder: { video } }).filter(({ severity }) => severity !== "warning")).toEqual(
    [],
  );
  expect(known({ video })).toMatchObject({ video: [{ bitrateKbps: undefined }, { bitrateKbps: undefined }] });
});

test("a rule is switched off for one rung, and a misspelt one is named with the near one", () => {
  const off = (...ladderRulesOff: string[]) => problems({ ...good, ladderRulesOff });
  expect(off("bits-per-pixel@240p30", "rung-order")).toEqual([]);
  expect(off("bits-per-pixl@240p30")).toMatchObject([
    {
      path: "ladderRulesOff[0]",
      reason: expect.stringContaining('did you mean "bits-per-pixel"?') as string,
    },
  ]);
});
