/** Codecs by the names that other programs and people give them. */
import type { AudioCodec, VideoCodec } from "./ladder";

const video: readonly [RegExp, VideoCodec][] = [
  [/^(h\.?264|x264|libx264|avc\d?|mpeg-?4 avc|h264_\w+|obs_x264)$/i, "h264"],
  [/^(h\.?265|x265|libx265|hevc|hevc_\w+|hvc1|hev1)$/i, "h265"],
  [/^(av1|av01|av1_\w+|libaom(-av1)?|libsvtav1|svt-?av1|librav1e)$/i, "av1"],
];

const audio: readonly [RegExp, AudioCodec][] = [
  [/^(he-?aac-?v2|aac-he-v2|eaac\+|hev2)$/i, "he-aac-v2"],
  [/^(he-?aac(-?v1)?|aac-he|aac\+|hev1)$/i, "he-aac"],
  [/^(aac|aac-?lc|mp4a|lc|libfdk_aac)$/i, "aac"],
  [/^(lib)?opus$/i, "opus"],
  [/^(e-?ac-?3|eac3|ec-3|dd\+)$/i, "e-ac-3"],
  [/^(a?ac-?3|dd)$/i, "ac-3"],
];

/** The video codec that a name means: `hevc`, `libx265` and `x265` are `h265`. Undefined for a name that means none. */
export function videoCodecNamed(name: string): VideoCodec | undefined {
  return video.find(([pattern]) => pattern.test(name.trim()))?.[1];
}

/** The audio codec that a name means: `libfdk_aac` is `aac`. Undefined for a name that means none. */
export function audioCodecNamed(name: string): AudioCodec | undefined {
  return audio.find(([pattern]) => pattern.test(name.trim()))?.[1];
}
