/** Ladders from and to the forms of other programs. */
import {
  checkLadder,
  exportForms,
  exportLadder,
  importLadder,
  type Ladder,
  LadderError,
  presets,
  withFps,
} from "../../provider/ladders";
import { texts } from "./forms";

const shape = ({ rungs }: Ladder) =>
  rungs.map((rung) =>
    rung.kind === "video"
      ? `${rung.name} ${rung.width}x${rung.height} ${rung.fps ?? "-"} ${rung.codec} ${rung.profile ?? "-"}@${rung.level ?? "-"} ${rung.bitrateKbps}/${rung.peakBitrateKbps ?? "-"}`
      : `${rung.name} ${rung.audio.codec} ${rung.audio.bitrateKbps}`,
  );

describe("what is imported", () => {
  test("Apple's advanced bipbop master", () => {
    const { ladder, losses } = importLadder(texts.bipbop, { name: "bipbop" });
    expect(shape(ladder)).toEqual([
      "540p60 960x540 60 h264 high@3.2 2168/2177",
      "1080p60-7968k 1920x1080 60 h264 high@4.2 7968/8001",
      "1080p60-6170k 1920x1080 60 h264 high@4.2 6170/6313",
      "720p60-4671k 1280x720 60 h264 high@3.2 4671/4944",
      "720p60-3169k 1280x720 60 h264 high@3.2 3169/3216",
      "432p30 768x432 30 h264 high@3.1 1265/1270",
      "360p30 640x360 30 h264 high@3.1 896/902",
      "270p30 480x270 30 h264 high@3.1 531/541",
    ]);
    expect(losses.map(({ field }) => field)).toContain("audio");
    const found = checkLadder(ladder);
    expect(found.filter(({ severity }) => severity === "error")).toEqual([]);
    expect(found.map(({ rule }) => rule)).toContain("rung-order");
  });

  test("a master of H.265 in HDR and AV1, a sound beside it", () => {
    expect(shape(importLadder(texts.hdr).ladder)).toEqual([
      "1080p23.976-4500k 1920x1080 24000/1001 h265 main@4.0 4500/5400",
      "1080p23.976-5000k 1920x1080 24000/1001 h265 main10@4.0 5000/6000",
      "1080p23.976-3500k 1920x1080 24000/1001 av1 main@4.0 3500/4200",
      "audio-96k aac 96",
    ]);
    expect(importLadder(texts.hdr).ladder.rungs[1]).toMatchObject({ range: "hdr10" });
  });

  test("an old master without RESOLUTION names each variant, and takes a size", () => {
    expect(() => importLadder(texts.old)).toThrow(
      /gear1\/prog_index\.m3u8", width: .*--size 1280x720[^]*gear2/,
    );
    expect(importLadder(texts.old, { size: { width: 400, height: 300 } }).ladder.rungs).toHaveLength(3);
  });

  test("ffmpeg's -var_stream_map", () => {
    expect(importLadder(texts.varStreamMap).ladder.rungs).toMatchObject([
      {
        name: "720p",
        width: 1280,
        height: 720,
        fps: "30000/1001",
        codec: "h264",
        profile: "main",
        bitrateKbps: 2800,
        peakBitrateKbps: 2996,
        bufferKbit: 4200,
        gopFrames: 60,
        audio: { codec: "aac", bitrateKbps: 128, channels: 2, sampleRateHz: 48_000 },
      },
      {
        name: "360p",
        width: 640,
        height: 360,
        codec: "h264",
        profile: "main",
        bitrateKbps: 800,
        gopFrames: 60,
      },
    ]);
  });

  test("a filter graph with labels, and one sound for all", () => {
    expect(shape(importLadder(texts.graph).ladder)).toEqual([
      "1080p 1920x1080 - h264 -@- 5000/5000",
      "720p 1280x720 - h264 -@- 3000/3000",
      "audio-96k aac 96",
    ]);
    expect(importLadder(texts.graph).ladder.rungs[0]).toMatchObject({ keyframeIntervalSeconds: 2 });
  });

  test("nginx-rtmp's exec lines, an output a rung", () => {
    const { ladder, losses } = importLadder(texts.nginx);
    expect(shape(ladder)).toEqual([
      "270p 480x270 - h264 -@- 256/-",
      "432p 768x432 - h264 -@- 768/-",
      "540p 960x540 - h264 -@- 1024/-",
    ]);
    expect(losses.filter(({ field }) => field === "width")).toHaveLength(3);
  });

  test("a channel of MediaLive, whichever way its names are written", () => {
    const { ladder } = importLadder(texts.mediaLive);
    expect(shape(ladder)).toEqual([
      "video_720p 1280x720 30000/1001 h264 high@3.1 3000/3600",
      "video_360p 640x360 30000/1001 h264 main@- 900/-",
    ]);
    expect(ladder.rungs[0]).toMatchObject({
      keyframeIntervalSeconds: 2,
      bFrames: 2,
      refFrames: 3,
      audio: { bitrateKbps: 128 },
    });
    const camel = texts.mediaLive.replace(
      /"([A-Z])(\w*)":/g,
      (_, first: string, rest: string) => `"${first.toLowerCase()}${rest}":`,
    );
    expect(importLadder(camel).ladder).toEqual(ladder);
  });

  test("OBS's encoder settings, with the size that OBS keeps elsewhere", () => {
    expect(() => importLadder(texts.obs)).toThrow(/--size 1280x720/);
    expect(importLadder(texts.obs, { size: { width: 1920, height: 1080 }, fps: 60 }).ladder.rungs).toEqual([
      {
        kind: "video",
        name: "1080p60",
        width: 1920,
        height: 1080,
        fps: 60,
        codec: "h264",
        profile: "high",
        bitrateKbps: 6000,
        rateControl: "cbr",
        keyframeIntervalSeconds: 2,
        bFrames: 2,
      },
    ]);
  });

  test.each([
    ["nothing", ""],
    ["a page", "<html></html>"],
    ["broken JSON", '{"VideoDescriptions": ['],
    ["a media playlist", "#EXTM3U\n#EXT-X-TARGETDURATION:6\n#EXTINF:6,\na.ts\n"],
    ["a master of nothing", "#EXTM3U\n"],
    ["OBS's service", '{"type": "rtmp_custom", "settings": {"bitrate_": 1}}'],
  ])("%s is refused with what to do", (_, text) => {
    expect(() => importLadder(text)).toThrow(LadderError);
  });
});

describe("a ladder that is imported and exported is the same", () => {
  const size = { width: 1280, height: 720 };
  const read = Object.entries(texts).map(
    ([name, text]) => [name, importLadder(text, { size, name }).ladder] as const,
  );
  const all = [
    ...read,
    ...Object.entries(presets),
    ["59.94", withFps(presets["h264-720p60"], 59.94)] as const,
  ];

  test.each(all)("%s", (_, ladder) => {
    for (const form of exportForms) {
      const there = importLadder(exportLadder(ladder, form).text, { form, name: ladder.name }).ladder;
      const back = importLadder(exportLadder(there, form).text, { form, name: ladder.name }).ladder;
      expect(back).toEqual(there);
    }
  });

  test.each(Object.entries(presets))(
    "%s loses nothing in a command, and nothing but the container in MediaLive",
    (_, ladder) => {
      for (const form of ["ffmpeg", "medialive"]) {
        const { text, losses } = exportLadder(ladder, form);
        expect(losses).toEqual([]);
        expect(importLadder(text, { form, name: ladder.name }).ladder).toEqual(ladder);
      }
    },
  );

  test("what a form cannot hold is named", () => {
    const fields = exportLadder(presets["h264-720p30"], "hls").losses.map(
      ({ rung, field }) => `${rung ?? ""} ${field}`,
    );
    expect(fields.filter((text) => text.startsWith("720p30"))).toEqual([
      "720p30 bufferKbit",
      "720p30 keyframeIntervalSeconds",
      "720p30 bFrames",
      "720p30 audio.bitrateKbps",
      "720p30 audio.channels",
      "720p30 audio.sampleRateHz",
    ]);
    expect(() => exportLadder(presets.audio, "obs")).toThrow(/forms are hls, medialive, ffmpeg/);
    expect(() => exportLadder({ name: "none", rungs: [] }, "hls")).toThrow(/no rung/);
  });
});
