import { createHash } from "node:crypto";
import ms, { type StringValue } from "ms";
import { z } from "zod";

/** When a key is due for rotation. Pure: the clock is an argument. */

/** The input `keyRotation`: when to rotate. */
export const keyRotation = z
  .strictObject({
    every: z
      .string()
      .describe(
        "Length of a key's life as a duration, for example `30d`, `12h` or `2w`. Counts from the key's making.",
      )
      .optional(),
    trigger: z
      .string()
      .describe("Any text. A new text rotates the key once; removing it does not.")
      .optional(),
    notWith: z
      .string()
      .describe(
        "`keyGeneration.since` of another key. In a run that rotates that one, this one waits for the next run.",
      )
      .optional(),
  })
  .describe("When the key is rotated. `streamkeys:rotateAll` in the stack config rotates every key besides.")
  .meta({ ours: true, title: "KeyRotation" })
  .optional();

/** The computed input `keyGeneration`: which key this is. A change of it is what rotates. */
export const keyGeneration = z
  .strictObject({
    since: z.string().describe("Time slot the key belongs to, RFC 3339 UTC."),
    reason: z
      .string()
      .describe(
        "Why this generation was begun: `created`, `every 30d`, or `trigger` or `rotateAll` with a digest of its value.",
      ),
    rotateAll: z
      .string()
      .describe("Digest of the value of `streamkeys:rotateAll` that this key has honoured.")
      .optional(),
    pending: z
      .record(z.string(), z.string())
      .describe(
        "The generation that a put-off rotation will begin, while it waits for the stream to go idle.",
      )
      .optional(),
  })
  .describe("Computed: the generation of the key. It changes when a rotation is due.")
  .meta({ computed: true, ours: true })
  .optional();

/** When a key is rotated. */
export type KeyRotation = NonNullable<z.infer<typeof keyRotation>>;
/** Which key this is. */
export type KeyGeneration = NonNullable<z.infer<typeof keyGeneration>>;

/** A generation that waits for nothing. */
type Begun = Omit<KeyGeneration, "pending">;

/** A month, or `M`, which is a minute to one reader and a month to the next. */
const MONTH = /^[\d.\s-]*(M|mo|mos|months?)$/;

/**
 * Milliseconds of a duration such as `30d`; undefined when it is none, as `durationProblem` says in words. A duration has
 * one reading, so there are no months. The shortest life of a key is a minute.
 */
export function durationMs(every: string): number | undefined {
  const text = every.trim();
  // ms() takes a bare number for milliseconds, which nobody means here, and `M` for minutes.
  if (MONTH.test(text) || !/[a-z]$/i.test(text)) return undefined;
  const length = ms(text as StringValue);
  return typeof length === "number" && length >= 60_000 && Number.isFinite(length) ? length : undefined;
}

/** What is wrong with a duration; undefined when nothing is. */
export function durationProblem(every: string): string | undefined {
  if (durationMs(every) !== undefined) return undefined;
  if (MONTH.test(every.trim()))
    return 'months differ in length, and `M` could be a minute too: write days, for example "30d"';
  return 'must be a duration of at least a minute, for example "30d", "12h" or "2w"';
}

/** A moment as a time slot: to the second, which is how it is shown. */
const slot = (moment: Date): string => moment.toISOString().replace(/\.\d+Z$/, "Z");

/** What decides whether a key is due. */
export interface RotationInputs {
  keyRotation?: KeyRotation | undefined;
  keyGeneration?: KeyGeneration | undefined;
}

/**
 * The generation that the key should have: the one it has, unless a trigger is new, the stack-wide value is new, or
 * whole periods have passed. A rotation that must not come together with another key's is held back as `pending`.
 */
export function dueGeneration(
  previous: RotationInputs,
  rotation: KeyRotation | undefined,
  rotateAll: string | undefined,
  now: Date,
): KeyGeneration {
  const { keyGeneration: current, keyRotation: before } = previous;
  if (!current) return generation(now, "created", rotateAll === undefined ? undefined : digest(rotateAll));
  const { pending, ...inForce } = current;
  const latest = (pending as Begun | undefined) ?? inForce;
  const due = nextGeneration(latest, before, rotation, rotateAll, now);
  const isDue = pending !== undefined || due !== latest;
  const partnerMoved = rotation?.notWith !== undefined && rotation.notWith !== before?.notWith;
  return isDue && partnerMoved ? { ...inForce, pending: { ...due } } : due;
}

/** Scheduled slots are the previous slot plus whole periods, so they do not drift. */
function nextGeneration(
  current: Begun,
  before: KeyRotation | undefined,
  rotation: KeyRotation | undefined,
  rotateAll: string | undefined,
  now: Date,
): Begun {
  const honoured = rotateAll === undefined ? current.rotateAll : digest(rotateAll);
  if (rotateAll !== undefined && !isSameValue(rotateAll, current.rotateAll)) {
    return generation(now, `rotateAll ${digest(rotateAll)}`, honoured);
  }
  if (rotation?.trigger !== undefined && rotation.trigger !== before?.trigger) {
    return generation(now, `trigger ${digest(rotation.trigger)}`, honoured);
  }
  const period = rotation?.every === undefined ? undefined : durationMs(rotation.every);
  if (period === undefined) return current;
  const since = Date.parse(current.since);
  const passed = Math.floor((now.getTime() - since) / period);
  if (passed < 1) return current;
  return generation(new Date(since + passed * period), `every ${rotation?.every ?? ""}`, honoured);
}

/**
 * What stands for a trigger, or for the stack-wide value: either may be a secret, and a generation is shown in previews and
 * kept in state in clear. Enough to tell two apart, too little to find one out.
 */
function digest(value: string): string {
  return `#${createHash("sha256").update(value).digest("hex").slice(0, 8)}`;
}

/** Whether a generation has honoured a value; up to version 0.1 it kept the value itself. */
const isSameValue = (value: string, kept: string | undefined): boolean =>
  kept === value || kept === digest(value);

function generation(since: Date, reason: string, rotateAll: string | undefined): Begun {
  return { since: slot(since), reason, ...(rotateAll === undefined ? {} : { rotateAll }) };
}
