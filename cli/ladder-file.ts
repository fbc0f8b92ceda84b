import { existsSync, readFileSync } from "node:fs";
import { CommanderError } from "commander";
import { closest } from "fastest-levenshtein";
import { z } from "zod";
import { messageOf, StreamkeysError } from "../provider/define/errors";
import {
  audioCodecNamed,
  type Ladder,
  type PresetName,
  presets,
  type Rate,
  videoCodecNamed,
} from "../provider/ladders";
import { say } from "./output";

/** A ladder in a file: the portable form of docs/ladders.md as JSON. */

const positive = z.number().positive();
const count = z.number().int().min(0);

/** One of several words; another one that means one of them is told so. */
function oneOf<T extends string>(
  words: readonly [T, ...T[]],
  meant: (word: string) => string | undefined = () => undefined,
) {
  return z.enum(words, {
    error: ({ input }) => {
      const near = typeof input === "string" ? (meant(input) ?? closest(input, [...words])) : undefined;
      return near === undefined
        ? undefined
        : `"${String(input)}" is none of ${words.join(", ")}; did you mean ${near}?`;
    },
  });
}

const audio = z.strictObject({
  codec: oneOf(["aac", "he-aac", "he-aac-v2", "opus", "ac-3", "e-ac-3"], audioCodecNamed),
  bitrateKbps: positive,
  channels: positive,
  sampleRateHz: positive,
  language: z.string().exactOptional(),
  group: z.string().exactOptional(),
});

const isRate = (value: unknown): boolean =>
  typeof value === "number" ? value > 0 : typeof value === "string" && /^\d+\/[1-9]\d*$/.test(value);

const rate = z.custom<Rate>(
  isRate,
  'expected number above zero, such as 25 or 29.97, or a text such as "30000/1001"',
);

const videoRung = z.strictObject({
  kind: z.literal("video"),
  name: z.string(),
  width: positive,
  height: positive,
  sampleAspect: z
    .string()
    .regex(/^\d+:[1-9]\d*$/, 'write it like "64:45"')
    .exactOptional(),
  fps: rate.exactOptional(),
  codec: oneOf(["h264", "h265", "av1"], videoCodecNamed),
  profile: z.string().exactOptional(),
  level: z.string().exactOptional(),
  tier: oneOf(["main", "high"]).exactOptional(),
  bitDepth: count.exactOptional(),
  range: oneOf(["sdr", "hdr10", "hlg", "dolby-vision"]).exactOptional(),
  bitrateKbps: positive,
  peakBitrateKbps: positive.exactOptional(),
  bufferKbit: positive.exactOptional(),
  rateControl: oneOf(["cbr", "vbr"]).exactOptional(),
  keyframeIntervalSeconds: positive.exactOptional(),
  gopFrames: positive.exactOptional(),
  bFrames: z.number().min(0).exactOptional(),
  refFrames: z.number().min(0).exactOptional(),
  audio: audio.exactOptional(),
});

const audioRung = z.strictObject({ kind: z.literal("audio"), name: z.string(), audio });

const ladder = z.strictObject({
  name: z.string(),
  rungs: z.array(z.discriminatedUnion("kind", [videoRung, audioRung])),
});

/**
 * A preset by name, or the ladder in a file.
 * @throws CommanderError when it is neither; StreamkeysError naming the path of everything that is not as it should be.
 */
export function findLadder(source: string): Ladder {
  if (Object.hasOwn(presets, source)) return presets[source as PresetName];
  if (existsSync(source)) return readLadder(source);
  const near = closest(source, Object.keys(presets));
  const message = `"${source}" is neither a preset nor a file. Did you mean ${near}? \`streamkeys ladder --list\` shows the presets.`;
  say(`error: ${message}`);
  throw new CommanderError(1, "streamkeys.ladder", message);
}

/**
 * The ladder in a file.
 * @throws StreamkeysError naming the path of everything that is not as it should be.
 */
export function readLadder(file: string): Ladder {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new StreamkeysError(`${file} cannot be read as JSON: ${messageOf(error)}`);
  }
  const parsed = ladder.safeParse(content);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(
    ({ path, message }) => `  ${z.core.toDotPath(path) || "(top)"}: ${message}`,
  );
  throw new StreamkeysError(
    [`${file} is not a ladder as docs/ladders.md describes it:`, ...problems].join("\n"),
  );
}
