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
    leads: z
      .boolean()
      .describe(
        "Whether another key waits for this one by `notWith`. This one is then not rotated in two runs in succession, so " +
          "that the other has its turn. `RedundantIngest` sets both.",
      )
      .optional(),
  })
  .describe("When the key is rotated. `streamkeys:rotateAll` in the stack config rotates every key besides.")
  .meta({ ours: true, title: "KeyRotation" })
  .optional();

/** `keyRotation.atOnce` in the defaults of a set: how many of its keys one run renews. */
export const atOnce = z
  .int()
  .min(1)
  .describe(
    "At most so many keys of the set are renewed in one `pulumi up`, the oldest first; the rest waits for the next. " +
      "`streamkeys:rotateAll` renews all at once all the same.",
  )
  .optional();

/** `keyRotation` in the defaults of a set. */
export type SetKeyRotation = KeyRotation & { atOnce?: z.infer<typeof atOnce> };

/**
 * Which key this is. As an output, it is the record of what was done, and all that decides what is due. The computed
 * input of that name only announces, for preview, what the record will lead to: `check` computes it, and sees no outputs.
 */
export const keyGeneration = z
  .strictObject({
    since: z.string().describe("Time slot the key belongs to, RFC 3339 UTC."),
    reason: z
      .string()
      .describe(
        "Why this generation was begun: `created`, `adopted`, `every 30d`, `changed outside`, `changed in the program`, or " +
          "`trigger` or `rotateAll` with a digest of its value.",
      ),
    rotateAll: z
      .string()
      .describe("Digest of the value of `streamkeys:rotateAll` that this key has honoured.")
      .optional(),
    pending: z
      .record(z.string(), z.string())
      .describe("The rotation that was asked for and put off: its `reason`, and the `rotateAll` it honours.")
      .optional(),
    uncertain: z
      .string()
      .describe("Fingerprint of the key just before a reset of which nobody knows whether it was done.")
      .optional(),
    run: z.number().describe("Of a key that leads: which run this is, counted by the input.").optional(),
    movedIn: z.number().describe("Of a key that leads: the run that rotated it.").optional(),
  })
  .describe("Computed: the generation of the key. It changes when a rotation is due.")
  .meta({ computed: true, ours: true })
  .optional();

/** When a key is rotated. */
export type KeyRotation = NonNullable<z.infer<typeof keyRotation>>;
/** Which key this is. */
export type KeyGeneration = NonNullable<z.infer<typeof keyGeneration>>;

/** A generation as it begins. */
export type Begun = Pick<KeyGeneration, "since" | "reason" | "rotateAll">;

/** What decides whether a key is due. */
export interface RotationInputs {
  keyRotation?: KeyRotation | undefined;
  keyGeneration?: KeyGeneration | undefined;
}

/** What the program and the stack config ask for now. */
export interface Asked {
  rotation: KeyRotation | undefined;
  /** `streamkeys:rotateAll`; see `rotateAllOf`. */
  rotateAll: string | undefined;
}

/** The value of `streamkeys:rotateAll`. One that was emptied after an incident is unset. */
export function rotateAllOf(config: (key: string) => string | undefined): string | undefined {
  const value = config("streamkeys:rotateAll")?.trim();
  return value === "" ? undefined : value;
}

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
export const slotOf = (moment: Date): string => moment.toISOString().replace(/\.\d+Z$/, "Z");

/** A generation that begins at `since` and honours `rotateAll`. */
export function generation(since: string, reason: string, rotateAll: string | undefined): Begun {
  return { since, reason, ...(rotateAll === undefined ? {} : { rotateAll }) };
}

/**
 * The generation that is to be begun: where the stack-wide value or the trigger is new, where a rotation was put off,
 * or where whole periods have passed. Undefined when nothing is due.
 * @param record what the last run left
 * @param before the `keyRotation` that the last run saw
 * @param moment the slot of a rotation that no schedule asks for
 */
export function dueGeneration(
  record: KeyGeneration,
  before: KeyRotation | undefined,
  asked: Asked,
  now: Date,
  moment: string,
): Begun | undefined {
  const scheduled = latestSlot(record, asked.rotation, now);
  const reason = dueReason(record, before, asked, scheduled);
  if (reason === undefined) return undefined;
  const since = isOfSchedule({ reason }) ? (scheduled ?? moment) : moment;
  return generation(
    since,
    reason,
    digestOf(asked.rotateAll) ?? record.pending?.rotateAll ?? record.rotateAll,
  );
}

/** Whether the schedule asks for it. */
export const isOfSchedule = ({ reason }: Pick<Begun, "reason">): boolean => reason.startsWith("every ");

/** Whether the stack-wide `rotateAll` asks for it. */
export const isOfRotateAll = ({ reason }: Pick<Begun, "reason">): boolean => reason.startsWith("rotateAll ");

function dueReason(
  { rotateAll: honoured, pending }: KeyGeneration,
  before: KeyRotation | undefined,
  { rotation, rotateAll }: Asked,
  scheduled: string | undefined,
): string | undefined {
  if (
    rotateAll !== undefined &&
    !isSameValue(rotateAll, honoured) &&
    !isSameValue(rotateAll, pending?.rotateAll)
  ) {
    return `rotateAll ${digestOf(rotateAll)}`;
  }
  if (rotation?.trigger !== undefined && rotation.trigger !== before?.trigger) {
    return `trigger ${digestOf(rotation.trigger)}`;
  }
  if (pending) return pending.reason;
  return scheduled === undefined ? undefined : `every ${rotation?.every ?? ""}`;
}

/**
 * What stands for a trigger, or for the stack-wide value: either may be a secret, and a generation is shown in previews and
 * kept in state in clear. Enough to tell two apart, too little to find one out.
 */
export function digestOf(value: string): string;
export function digestOf(value: string | undefined): string | undefined;
export function digestOf(value: string | undefined): string | undefined {
  return value === undefined ? undefined : `#${createHash("sha256").update(value).digest("hex").slice(0, 8)}`;
}

/** Whether a generation has honoured a value; up to version 0.1 it kept the value itself. */
const isSameValue = (value: string, kept: string | undefined): boolean =>
  kept === value || kept === digestOf(value);

/** The slot of the schedule that now is in: the record's plus whole periods, so it does not drift. */
function latestSlot(
  { since }: KeyGeneration,
  rotation: KeyRotation | undefined,
  now: Date,
): string | undefined {
  const period = rotation?.every === undefined ? undefined : durationMs(rotation.every);
  if (period === undefined) return undefined;
  const passed = Math.floor((now.getTime() - Date.parse(since)) / period);
  return passed < 1 ? undefined : slotOf(new Date(Date.parse(since) + passed * period));
}

/** Clocks of machines that run `pulumi up` in turn differ by less than this. */
const CLOCKS_DIFFER_MS = 60 * 60_000;

/** Whether the key is dated ahead of the clock: one of the two was wrong, and a schedule would wait all that time. */
export function isDatedAhead({ since }: KeyGeneration, now: Date): boolean {
  return Date.parse(since) > now.getTime() + CLOCKS_DIFFER_MS;
}
