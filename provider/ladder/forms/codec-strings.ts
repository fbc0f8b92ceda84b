/** Codec strings of playlists (RFC 6381): `avc1.64001f`, `hvc1.2.4.L123.B0`, `av01.0.08M.10`, `mp4a.40.2`. */
import type { AudioCodec, Tier, VideoCodec, VideoRung } from "../ladder";
import { findLevel } from "../levels";

/** What a codec string says of a picture. */
export type CodedPicture = Pick<VideoRung, "codec" | "profile" | "level" | "tier" | "bitDepth">;

/** Profile_idc and constraint flags by name: H.264 7.4.2.1.1 and A.2. */
const AVC: readonly [name: string, idc: string][] = [
  ["constrainedbaseline", "42e0"],
  ["constrainedbaseline", "42c0"],
  ["constrainedbaseline", "4240"],
  ["baseline", "4200"],
  ["main", "4d40"],
  ["main", "4d00"],
  ["constrainedhigh", "640c"],
  ["high", "6400"],
  ["high10", "6e00"],
  ["high422", "7a00"],
  ["high444", "f400"],
];
const HEVC: Readonly<Record<string, string>> = { "1": "main", "2": "main10" };
const AV1 = ["main", "high", "professional"];

/** The picture that a codec string describes; undefined where it describes none that is known. */
export function picture(text: string): CodedPicture | undefined {
  const [kind = "", ...parts] = text.trim().split(".");
  if (/^avc[13]$/i.test(kind)) return avc(parts);
  if (/^(hvc1|hev1|dvh1|dvhe)$/i.test(kind)) return hevc(parts);
  return /^av01$/i.test(kind) ? av1(parts) : undefined;
}

function avc([first = "", second = ""]: string[]): CodedPicture {
  // Old playlists write profile and level in decimals: avc1.66.30.
  const hex = /^[0-9a-f]{6}$/i.test(first)
    ? first.toLowerCase()
    : `${Number(first).toString(16).padStart(2, "0")}00${Number(second).toString(16).padStart(2, "0")}`;
  const idc = hex.slice(0, 4);
  const profile = (AVC.find(([, known]) => known === idc) ??
    AVC.find(([, known]) => known.startsWith(idc.slice(0, 2)) && known.endsWith("00")))?.[0];
  const level = findLevel("h264", String(parseInt(hex.slice(4), 16)))?.name;
  return { codec: "h264", ...(profile && { profile }), ...(level && { level }) };
}

function hevc(parts: string[]): CodedPicture {
  const [idc = "", , tierLevel = ""] = parts;
  const [, tier, number] = /^([LH])(\d+)$/.exec(tierLevel) ?? [];
  const profile = HEVC[idc];
  const level = number === undefined ? undefined : findLevel("h265", (Number(number) / 30).toFixed(1))?.name;
  return {
    codec: "h265",
    ...(profile && { profile }),
    ...(level && { level }),
    ...(tier === "H" ? { tier: "high" as const } : {}),
  };
}

function av1([profileIndex = "", levelTier = "", depth = ""]: string[]): CodedPicture {
  const [, index, tier] = /^(\d+)([MH])$/.exec(levelTier) ?? [];
  const level = index === undefined ? undefined : `${2 + Math.floor(Number(index) / 4)}.${Number(index) % 4}`;
  const profile = AV1[Number(profileIndex)];
  return {
    codec: "av1",
    ...(profile && { profile }),
    ...(level && { level }),
    ...(tier === "H" ? { tier: "high" as const } : {}),
    ...(Number(depth) > 8 ? { bitDepth: Number(depth) } : {}),
  };
}

/** The codec string of a picture; undefined where profile or level are not set or have none. */
export function pictureString({
  codec,
  profile,
  level,
  tier,
  bitDepth = 8,
}: CodedPicture): string | undefined {
  const found = level === undefined ? undefined : findLevel(codec, level);
  if (found === undefined || profile === undefined) return undefined;
  return writers[codec](profile.toLowerCase(), found.name, tier ?? "main", bitDepth);
}

type Writer = (profile: string, level: string, tier: Tier, bitDepth: number) => string | undefined;

const writers: Record<VideoCodec, Writer> = {
  h264: (profile, level) => {
    const idc = AVC.find(([name]) => name === profile)?.[1];
    const number = level === "1b" ? 9 : Math.round(Number(level) * 10);
    return idc && `avc1.${idc}${number.toString(16).padStart(2, "0")}`;
  },
  h265: (profile, level, tier) => {
    const idc = Object.keys(HEVC).find((key) => HEVC[key] === profile);
    const flags = idc === "1" ? "6" : "4";
    return idc && `hvc1.${idc}.${flags}.${tier === "high" ? "H" : "L"}${Math.round(Number(level) * 30)}.B0`;
  },
  av1: (profile, level, tier, bitDepth) => {
    const index = AV1.indexOf(profile);
    const [major = 2, minor = 0] = level.split(".").map(Number);
    const number = String((major - 2) * 4 + minor).padStart(2, "0");
    return index < 0
      ? undefined
      : `av01.${index}.${number}${tier === "high" ? "H" : "M"}.${String(bitDepth).padStart(2, "0")}`;
  },
};

/** Codec strings of sound: MP4 registration authority, RFC 6381. */
const SOUNDS: readonly [AudioCodec, string][] = [
  ["aac", "mp4a.40.2"],
  ["he-aac", "mp4a.40.5"],
  ["he-aac-v2", "mp4a.40.29"],
  ["ac-3", "ac-3"],
  ["e-ac-3", "ec-3"],
  ["opus", "opus"],
];

/** The audio codec of a codec string; undefined where it is none that is known. */
export const sound = (text: string): AudioCodec | undefined =>
  SOUNDS.find(([, known]) => known === text.trim().toLowerCase())?.[0];

/** The codec string of an audio codec. */
export const soundString = (codec: AudioCodec): string =>
  SOUNDS.find(([known]) => known === codec)?.[1] ?? codec;
