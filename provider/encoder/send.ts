/** What an encoder should send for a ladder to be made of it. */
import { LadderError, videoRungs } from "../ladder/ladder";
import type { Audio, Ladder, VideoRung } from "../ladder/ladder";
import { exactRate } from "../ladder/rate";
import { stereo, twoSeconds } from "../ladder/rung";
import { ladderView } from "../ladder/view";

/** The one picture and sound that an encoder sends, H.264 and AAC, which every ingest takes. Bitrates in kbps. */
export interface Send {
  readonly width: number;
  readonly height: number;
  /** Frames per second, exactly: `30` or `30000/1001`. */
  readonly fps: string;
  /** Constant bitrate: at or above the top rung's. */
  readonly bitrateKbps: number;
  /** A keyframe every so many frames, and how long that is. */
  readonly gopFrames: number;
  readonly gopSeconds: number;
  readonly audio: Audio;
}

/** H.264 that holds as much as another codec takes this share more (0.75 of H.264, as the presets have it). */
const H264_SHARE = 1 / 0.75;

/**
 * What to send for a ladder: the size and rate of its largest rung, a constant bitrate at or above the highest of its rungs, and the
 * keyframes of its top rung, so that a vendor may cut where the encoder did.
 * @throws LadderError when it has no rung with a picture.
 */
export function whatToSend(ladder: Ladder): Send {
  const [top, ...others] = videoRungs(ladder).toSorted(
    (a, b) => b.width * b.height - a.width * a.height || rate(b) - rate(a),
  );
  if (top === undefined) {
    throw new LadderError(`ladder "${ladder.name}" says nothing of a picture`, [
      { field: "rungs", message: "give it a rung with a picture" },
    ]);
  }
  const fps = exactRate(top.fps ?? 30);
  const hertz = fps?.valueOf() ?? 30;
  const { gopFrames } = { ...twoSeconds(top.fps ?? 30), ...gopOf(top) };
  const frames = gopFrames ?? Math.round(hertz * 2);
  return {
    width: top.width,
    height: top.height,
    fps: fps?.toFraction() ?? "30",
    bitrateKbps: Math.max(...[top, ...others].map(needed)),
    gopFrames: frames,
    gopSeconds: frames / hertz,
    audio: { ...loudest(ladder), codec: "aac" },
  };
}

const rate = ({ fps }: VideoRung): number => exactRate(fps)?.valueOf() ?? 0;

function gopOf(rung: VideoRung): { gopFrames?: number } {
  const frames = ladderView({ name: "", rungs: [rung] }).rungs[0]?.gop?.frames;
  return frames === undefined ? {} : { gopFrames: Math.round(frames) };
}

function needed({ codec, bitrateKbps, peakBitrateKbps }: VideoRung): number {
  const kbps = peakBitrateKbps ?? bitrateKbps;
  return Math.ceil(codec === "h264" ? kbps : kbps * H264_SHARE);
}

/** The sound of the highest bitrate in the ladder; stereo of 128 kbps where it has none. */
function loudest({ rungs }: Ladder): Audio {
  const sounds = rungs.flatMap(({ audio }) => audio ?? []).toSorted((a, b) => b.bitrateKbps - a.bitrateKbps);
  const { bitrateKbps, channels, sampleRateHz } = sounds[0] ?? stereo(128);
  return { codec: "aac", bitrateKbps, channels, sampleRateHz };
}
