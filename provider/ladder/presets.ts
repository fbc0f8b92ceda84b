/**
 * Ladders to start from. All are 16:9 in the sizes every vendor takes (240p to 1440p), lowest rung first, filled in by the recipe
 * of `rung.ts`, with stereo AAC-LC at 48 kHz. Those of 1440p need H.264 level 5, beyond the High@4.2 of Apple HLS Authoring
 * Specification, item 1.3: Apple's older players may refuse them.
 *
 * Bitrates:
 * - H.264, up to 1080p at 30 fps: the widely copied ladder of mrbar42 and Peer5, "Creating a production ready multi
 *   bitrate HLS VOD stream" (400, 800, 1400, 2800 and 5000 kbps; audio 64, 96, 128, 128 and 192 kbps).
 * - 1440p is 1.6 times 1080p, within the 1.4 to 1.8 that Apple's H.265 table takes from 1080p to 1440p (item 1.25).
 * - At 60 fps, from 720p up, 1.2 times the bitrate of 30 fps, the step that YouTube Live recommends for H.264 at 1080p (12 for
 *   10 Mbps; "Choose live encoder settings", support.google.com/youtube/answer/2853702). At other sizes YouTube's own step
 *   differs: 1.6 at 1440p (24 for 15), 1.17 at 2160p (35 for 30). Smaller rungs stay at 30 fps, which every second frame
 *   of 60 gives. Rates between take their share of the step; 25 fps takes what 30 fps does.
 * - H.265: 0.75 of H.264, what Apple's two tables give between 540p and 1080p (0.74 to 0.8, item 1.25).
 */
import { cap, withFps } from "./build";
import type { AudioRung, Ladder, VideoCodec } from "./ladder";
import { rung, stereo } from "./rung";

/** What the presets make of one picture height. */
interface Step {
  readonly width: number;
  readonly height: number;
  readonly bitrateKbps: number;
  readonly audioBitrateKbps: number;
}

const STEPS: readonly Step[] = [
  { width: 426, height: 240, bitrateKbps: 400, audioBitrateKbps: 64 },
  { width: 640, height: 360, bitrateKbps: 800, audioBitrateKbps: 96 },
  { width: 854, height: 480, bitrateKbps: 1400, audioBitrateKbps: 128 },
  { width: 1280, height: 720, bitrateKbps: 2800, audioBitrateKbps: 128 },
  { width: 1920, height: 1080, bitrateKbps: 5000, audioBitrateKbps: 192 },
  { width: 2560, height: 1440, bitrateKbps: 8000, audioBitrateKbps: 192 },
];

const H265_SHARE = 0.75;
const FPS60_SHARE = 1.2;

function videoRung(step: Step, codec: VideoCodec, highestFps: 30 | 60) {
  const { width, height, audioBitrateKbps } = step;
  const fps = height >= 720 ? highestFps : 30;
  const share = (codec === "h265" ? H265_SHARE : 1) * (fps === 60 ? FPS60_SHARE : 1);
  const bitrateKbps = Math.round(step.bitrateKbps * share);
  return rung({ width, height, fps, codec, bitrateKbps, audio: stereo(audioBitrateKbps) });
}

function audioRung(bitrateKbps: number): AudioRung {
  return Object.freeze({ kind: "audio", name: `audio-${bitrateKbps}k`, audio: stereo(bitrateKbps) });
}

function frozen({ name, rungs }: Ladder): Ladder {
  return Object.freeze({ name, rungs: Object.freeze(rungs.map((item) => Object.freeze(item))) });
}

function video(codec: VideoCodec, height: number, fps: 30 | 60): Ladder {
  const name = `${codec}-${height}p${fps}`;
  return frozen(cap({ name, rungs: STEPS.map((step) => videoRung(step, codec, fps)) }, { height }));
}

/** The same at the rates of 50 Hz countries, or of broadcasts at 60000/1001. */
function broadcast(codec: VideoCodec, height: number, fps: 25 | 50 | 59.94): Ladder {
  const made = withFps(video(codec, height, fps === 25 ? 30 : 60), fps === 59.94 ? "60000/1001" : fps);
  return frozen({ ...made, name: `${codec}-${height}p${fps}` });
}

/**
 * The presets by name: `<codec>-<highest rung>`, and `audio` (64, 96 and 160 kbps, within the 32 to 160 kbps of Apple
 * HLS Authoring Specification, item 2.9). Sources are at the head of this file. Frozen: build others from them with
 * `cap`, `dropRung`, `join` and `withFps`.
 */
export const presets = Object.freeze({
  "h264-480p30": video("h264", 480, 30),
  "h264-720p30": video("h264", 720, 30),
  "h264-1080p30": video("h264", 1080, 30),
  "h264-1440p30": video("h264", 1440, 30),
  "h264-720p60": video("h264", 720, 60),
  "h264-1080p60": video("h264", 1080, 60),
  "h264-1440p60": video("h264", 1440, 60),
  "h265-480p30": video("h265", 480, 30),
  "h265-720p30": video("h265", 720, 30),
  "h265-1080p30": video("h265", 1080, 30),
  "h265-1440p30": video("h265", 1440, 30),
  "h265-720p60": video("h265", 720, 60),
  "h265-1080p60": video("h265", 1080, 60),
  "h265-1440p60": video("h265", 1440, 60),
  "h264-480p25": broadcast("h264", 480, 25),
  "h264-720p25": broadcast("h264", 720, 25),
  "h264-1080p25": broadcast("h264", 1080, 25),
  "h264-720p50": broadcast("h264", 720, 50),
  "h264-1080p50": broadcast("h264", 1080, 50),
  "h264-1440p50": broadcast("h264", 1440, 50),
  "h264-720p59.94": broadcast("h264", 720, 59.94),
  "h264-1080p59.94": broadcast("h264", 1080, 59.94),
  "h264-1440p59.94": broadcast("h264", 1440, 59.94),
  "h265-480p25": broadcast("h265", 480, 25),
  "h265-720p25": broadcast("h265", 720, 25),
  "h265-1080p25": broadcast("h265", 1080, 25),
  "h265-720p50": broadcast("h265", 720, 50),
  "h265-1080p50": broadcast("h265", 1080, 50),
  "h265-1440p50": broadcast("h265", 1440, 50),
  "h265-720p59.94": broadcast("h265", 720, 59.94),
  "h265-1080p59.94": broadcast("h265", 1080, 59.94),
  "h265-1440p59.94": broadcast("h265", 1440, 59.94),
  audio: frozen({ name: "audio", rungs: [64, 96, 160].map(audioRung) }),
});

/** Name of a preset. */
export type PresetName = keyof typeof presets;
