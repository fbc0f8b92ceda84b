import { encoderFormats, encoderText, whatToSend } from "../../provider/encoders";
import type { Ingest } from "../../provider/encoders";
import { cap, importLadder, LadderError, presets, withFps } from "../../provider/ladders";

/** From a stream key and a ladder to the settings of an encoder. */

const KEY = "sk-1f0a|[x]?a=b";
const one: Ingest = { url: "rtmp://ingest.example/live/", key: KEY };
const two: Ingest = { ...one, backup: { url: "rtmps://spare.example:443/live/other" } };
const ladder = presets["h264-1080p60"];

test("what to send: the top rung's size, rate and keyframes, and a constant bitrate at or above every rung", () => {
  expect(whatToSend(ladder)).toEqual({
    width: 1920,
    height: 1080,
    fps: "60",
    bitrateKbps: 6600,
    gopFrames: 120,
    gopSeconds: 2,
    audio: { codec: "aac", bitrateKbps: 192, channels: 2, sampleRateHz: 48_000 },
  });
  expect(whatToSend(withFps(ladder, 59.94))).toMatchObject({
    fps: "60000/1001",
    gopFrames: 120,
    gopSeconds: expect.closeTo(2.002, 6) as number,
  });
  // H.264 that holds as much as H.265 of 4125 kbps.
  expect(whatToSend(presets["h265-1080p30"])).toMatchObject({ bitrateKbps: 5500 });
  expect(() => whatToSend(presets.audio)).toThrow(LadderError);
});

test.each(Object.entries(presets).filter(([name]) => name !== "audio"))(
  "%s: no rung needs more than is sent",
  (_, preset) => {
    const { bitrateKbps, gopFrames, fps } = whatToSend(preset);
    for (const rung of preset.rungs)
      expect(rung.kind === "video" && rung.bitrateKbps <= bitrateKbps).toBe(true);
    expect(Number.isInteger(gopFrames)).toBe(true);
    expect(fps).toMatch(/^\d+(\/1001)?$/);
  },
);

test("OBS: server and key apart, and an encoder that can be read back as a rung", () => {
  expect(JSON.parse(encoderText("obs-service", one, ladder))).toMatchObject({
    type: "rtmp_custom",
    settings: { server: "rtmp://ingest.example/live/", key: KEY },
  });
  expect(
    JSON.parse(encoderText("obs-service", { url: "rtmp://ingest.example/live/abc" }, ladder)),
  ).toMatchObject({
    settings: { server: "rtmp://ingest.example/live", key: "abc" },
  });
  const text = encoderText("obs-encoder", one, ladder);
  expect(text).not.toContain(KEY);
  const read = importLadder(text, { form: "obs", size: { width: 1920, height: 1080 }, fps: 60 }).ladder;
  expect(read.rungs).toMatchObject([{ bitrateKbps: 6600, rateControl: "cbr", keyframeIntervalSeconds: 2 }]);
  const odd = { ...ladder, rungs: ladder.rungs.map((rung) => ({ ...rung, keyframeIntervalSeconds: 1.5 })) };
  expect(JSON.parse(encoderText("obs-encoder", one, odd))).toMatchObject({
    keyint_sec: 0,
    x264opts: "keyint=90 min-keyint=90 scenecut=0",
  });
});

test("FFmpeg: one output, or tee to both with what would break it escaped", () => {
  expect(encoderText("ffmpeg", { url: "rtmp://a.example/live", key: "k" }, ladder)).toContain(
    "-f flv 'rtmp://a.example/live/k'",
  );
  expect(encoderText("ffmpeg", { url: "srt://a.example:9000", key: "k" }, ladder)).toContain(
    "-f mpegts 'srt://a.example:9000?streamid=k'",
  );
  expect(encoderText("ffmpeg", two, ladder)).toContain(
    "-f tee '[f=flv:onfail=ignore]rtmp://ingest.example/live/sk-1f0a\\|\\[x\\]?a=b|[f=flv:onfail=ignore]rtmps://spare.example:443/live/other'",
  );
});

test("nginx-rtmp pushes to both, GStreamer and MediaMTX too", () => {
  expect(encoderText("nginx-rtmp", two, ladder).match(/push ".*";/g)).toEqual([
    `push "rtmp://ingest.example/live/${KEY}";`,
    'push "rtmps://spare.example:443/live/other";',
  ]);
  expect(encoderText("gstreamer", two, ladder).match(/rtmp2sink location='[^']+'/g)).toHaveLength(2);
  expect(encoderText("gstreamer", one, cap(withFps(ladder, 59.94), { height: 720 }))).toContain(
    "width=1280,height=720,framerate=60000/1001",
  );
  expect(encoderText("mediamtx", two, ladder)).toMatch(/runOnReady: "ffmpeg .* -f tee .*\|\[f=flv/);
});

describe("an address that is none is refused, and never repeated", () => {
  test.each([
    ["https://ingest.example/live", undefined],
    ["", undefined],
    ["rtmp://ingest.example/live", "geheim key"],
    ["rtmp://ingest.example/live", "geheim'; rm -rf ~; '"],
    ["rtmp://ingest.example/live", 'geheim"\n'],
    ["rtmp://ingest.example/live", "geheim\\"],
  ])("%s %j", (url, key) => {
    for (const format of encoderFormats.filter(
      (name) => name !== "obs-encoder" && !(name === "obs-service" && key),
    )) {
      const write = () => encoderText(format, key === undefined ? { url } : { url, key }, ladder);
      expect(write).toThrow(/^The ingest's address/);
      expect(write).not.toThrow(/geheim|https/);
    }
  });

  test("SRT where only RTMP is pushed", () => {
    for (const format of ["nginx-rtmp", "gstreamer"] as const)
      expect(() => encoderText(format, { url: "srt://a.example:1" }, ladder)).toThrow(/RTMP only/);
  });
});
