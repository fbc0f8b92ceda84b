import { readFileSync } from "node:fs";
import { z } from "zod";
import { messageOf, StreamkeysError } from "../provider/define/errors";
import type { Ladder } from "../provider/ladders";

/** A ladder in a file: the portable form of docs/ladders.md as JSON. */

const positive = z.number().positive();
const audio = z.strictObject({
  codec: z.enum(["aac"]),
  bitrateKbps: positive,
  channels: positive,
  sampleRateHz: positive,
});

const videoRung = z.strictObject({
  kind: z.literal("video"),
  name: z.string(),
  width: positive,
  height: positive,
  fps: positive,
  codec: z.enum(["h264", "h265"]),
  profile: z.string().exactOptional(),
  level: z.string().exactOptional(),
  bitrateKbps: positive,
  peakBitrateKbps: positive.exactOptional(),
  bufferKbit: positive.exactOptional(),
  keyframeIntervalSeconds: positive,
  bFrames: z.number().int().min(0).exactOptional(),
  audio: audio.exactOptional(),
});

const audioRung = z.strictObject({ kind: z.literal("audio"), name: z.string(), audio });

const ladder = z.strictObject({
  name: z.string(),
  rungs: z.array(z.discriminatedUnion("kind", [videoRung, audioRung])).min(1),
});

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
