/** The profile, and what it does not have. */
import type { VideoCodec } from "../ladder";
import { commonProfiles, findProfile } from "../profiles";
import { eachRung, fault } from "../rule";
import type { Rule } from "../rule";

const CODECS: readonly string[] = ["h264", "h265", "av1"] satisfies VideoCodec[];

/** True for the codecs whose profiles and levels are known. */
export function isVideoCodec(codec: string | undefined): codec is VideoCodec {
  return codec !== undefined && CODECS.includes(codec);
}

/** The other codec that has a profile of that name, where a rung's own has none. */
function owner(codec: VideoCodec, profile: string): string | undefined {
  if (findProfile(codec, profile) !== undefined) return undefined;
  return CODECS.find((other) => isVideoCodec(other) && findProfile(other, profile) !== undefined);
}

const profileOfCodec = {
  id: "profile-of-codec",
  severity: "error",
  about:
    "The profile is one of the rung's own codec: H.265 has no baseline or high, H.264 no main10, and encoders refuse it.",
  source:
    "ITU-T H.264 (08/2021) A.2, ITU-T H.265 (08/2021) A.3, AV1 specification 6.4.1 [from the standards, not re-read here: docs/sheets/ladders.md, section 4]",
  reads: ["codec", "profile"],
  check: eachRung((rung) => {
    const { codec, profile } = rung;
    if (!isVideoCodec(codec) || profile === undefined) return [];
    const other = owner(codec, profile);
    if (other === undefined) return [];
    const message = `"${profile}" is a profile of ${other}, not of ${codec}; use ${commonProfiles[codec]}`;
    return [fault(rung, "profile", message, { cause: profile, use: codec === "h264" ? "high" : "main" })];
  }),
} as const satisfies Rule;

const profileKnown = {
  id: "profile-known",
  severity: "warning",
  about:
    "The profile is one that the codec's standard has: an encoder guesses or fails on any other, and the bitrate and buffer that its level allows cannot be checked.",
  source:
    "ITU-T H.264 (08/2021) A.2, ITU-T H.265 (08/2021) A.3, AV1 specification 6.4.1 [from the standards, not re-read here: docs/sheets/ladders.md, section 4]",
  reads: ["codec", "profile"],
  unless: ["profile-of-codec"],
  check: eachRung((rung) => {
    const { codec, profile } = rung;
    if (!isVideoCodec(codec) || profile === undefined || profile === "auto") return [];
    if (findProfile(codec, profile) !== undefined) return [];
    const message =
      `"${profile}" is no known profile of ${codec}, so bitrate and buffer are not held against the level; ` +
      `use ${commonProfiles[codec]}`;
    return [fault(rung, "profile", message, { cause: profile, use: codec === "h264" ? "high" : "main" })];
  }),
} as const satisfies Rule;

const limitsSkipped = {
  id: "limits-skipped",
  severity: "note",
  about:
    "Profiles of several layers or views, and `auto`, count bitrate and buffer otherwise: they are not held against the level.",
  source:
    "ITU-T H.264 (08/2021) Annexes F to I, ITU-T H.265 (08/2021) Annexes F to I [from the standards, not re-read here: docs/sheets/ladders.md, section 4]",
  reads: ["codec", "profile", "level"],
  check: eachRung((rung) => {
    const { codec, profile, level } = rung;
    if (!isVideoCodec(codec) || profile === undefined || level === undefined) return [];
    const found = findProfile(codec, profile);
    if (profile !== "auto" && (found === undefined || found.factor !== undefined)) return [];
    const message = `bitrate and buffer are not held against level ${level}: its limits in profile "${profile}" are not known`;
    return [fault(rung, "profile", message, { cause: profile })];
  }),
} as const satisfies Rule;

const bFramesOfProfile = {
  id: "bframes-of-profile",
  severity: "error",
  about:
    "A profile without B-frames has none: Baseline and Constrained High of H.264, and every intra profile.",
  source:
    "ITU-T H.264 (08/2021) A.2.1, A.2.1.1, A.2.4.2 and A.2.8 to A.2.11, ITU-T H.265 (08/2021) A.3.5 [from the standards, not re-read here: docs/sheets/ladders.md, section 4]",
  reads: ["codec", "profile", "bFrames"],
  unless: ["positive-number"],
  check: eachRung((rung) => {
    const { codec, profile, bFrames = 0 } = rung;
    if (!isVideoCodec(codec) || profile === undefined || bFrames <= 0) return [];
    if (!findProfile(codec, profile)?.isWithoutB) return [];
    const message = `${bFrames} B-frames, but profile "${profile}" has none; use 0, or another profile`;
    return [fault(rung, "bFrames", message, { cause: profile, use: 0 })];
  }),
} as const satisfies Rule;

/** Rules about the profile. */
export const profileRules = [profileOfCodec, profileKnown, limitsSkipped, bFramesOfProfile] as const;
