import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import {
  defineResource,
  killSwitch,
  mayHoldSecret,
  type Known,
  namedAfterResource,
  type Problem,
  secret,
  type Seen,
  text,
  unordered,
  writeOnly,
} from "../../define";
import { type Api, path } from "../../define/api";
import { deleted, getInput, isOnAir, listInputs, type LiveInput, newInput, oneInput } from "./api";

/** The member of `meta` that holds our mark. */
const MARK = "streamkeys";

const recording = z
  .strictObject({
    mode: z
      .enum(["off", "automatic"])
      .describe("`automatic` records and serves HLS and DASH; `off` only passes the feed on.")
      .default("off"),
    timeoutSeconds: z
      .number()
      .int()
      .min(0)
      .describe(
        "Seconds without a feed after which the next one is a recording of its own; 0: each connection is.",
      )
      .default(0),
    requireSignedUrls: z.boolean().describe("Whether playback needs a signed URL.").default(false),
    allowedOrigins: unordered(
      z.array(z.string().min(1)).describe("Origins that may embed the player; any when empty."),
    ).default([]),
    hideLiveViewerCount: z.boolean().describe("Whether the number of viewers is hidden.").default(false),
  })
  .describe(
    "Recording and playback. Declared, it is Cloudflare's as a whole: what is left out here has its default. Undeclared, " +
      "a new live input neither records nor serves HLS.",
  )
  .optional();

const inputs = {
  name: namedAfterResource(
    z.string().min(1).describe("Name in the dashboard (`meta.name`). The resource's name when unset."),
  ),
  enabled: killSwitch(
    "refuses RTMPS and SRT and ends a broadcast that runs by them; of WebRTC Cloudflare says nothing",
  ),
  meta: mayHoldSecret(
    z
      .record(z.string(), z.any())
      .describe("Your own JSON values, kept with the live input, besides `name` and `streamkeys`."),
  ).optional(),
  recording,
  preferLowLatency: z
    .boolean()
    .describe("Low-latency HLS. Needs `recording.mode: automatic`. Cloudflare's default is false.")
    .optional(),
  deleteRecordingAfterDays: z
    .number()
    .int()
    .min(30)
    .max(1096)
    .describe(
      "Days after which a recording is deleted, 30 to 1096. Kept for ever when unset, which costs storage.",
    )
    .optional(),
  defaultCreator: writeOnly(text("Creator that recordings are ascribed to.")).optional(),
};

type Inputs = z.infer<z.ZodObject<typeof inputs>>;

/** A live input (docs/sheets/cloudflare.md, sections 2 to 4 and 7). */
export const liveInput = defineResource({
  name: "LiveInput",
  about:
    "A live input of Cloudflare Stream: where an encoder sends a feed, and how it is recorded and played. Every change is " +
    "made in place. The keys are not outputs here: declare a `StreamKey`.",
  notes: [
    "**Recordings stay when the live input is deleted.** They count against the account's storage and can no longer be " +
      "listed by the input. Once the stored minutes of an account are used up, live inputs can still be made, and Cloudflare " +
      "refuses the broadcast. Set `deleteRecordingAfterDays`.",
    "`meta.streamkeys` holds a mark by which a live input is found again after a lost answer or a killed run. It names nothing.",
    "A create carries an `Idempotency-Key`: repeated within six hours, it makes no second live input.",
    "Removing `recording`, `enabled`, `preferLowLatency`, `meta` or `defaultCreator` from the program leaves at Cloudflare " +
      "what is there; removing `deleteRecordingAfterDays` keeps recordings for ever.",
    "Cloudflare lists at most 1000 live inputs (assumed). Where there are more, `discover` and the search for a lost create " +
      "say so and fail.",
    "Assumed: a change of `recording` while live takes effect with the next broadcast.",
    "A broadcast by WebRTC that is not recorded may not show anywhere; the live guard cannot see it then (assumed).",
  ],
  inputs,
  outputs: {
    hlsUrl: text("HLS playback URL; it plays with `recording.mode: automatic`.").optional(),
    dashUrl: text("DASH playback URL; it plays with `recording.mode: automatic`.").optional(),
    webRtcPlaybackUrl: secret(text("WebRTC playback URL. Secret: who has it needs nothing more.")).optional(),
    createdAt: text("When the live input was made, RFC 3339 UTC.").optional(),
  },
  validate,

  create: async (api, input, { mark }) => {
    const { deleteRecordingAfterDays } = input;
    const meta = { ...input.meta, name: input.name, [MARK]: mark };
    const body = { ...toWire(input), deleteRecordingAfterDays, meta };
    return toSeen((await api.post(path`/live_inputs`, newInput, { body, idempotencyKey: mark })).result);
  },

  read: async (api, id) => toSeen(await getInput(api, id)),

  // What is left out stays as it is, so only what has changed is sent.
  update: async (api, id, input, previous) => {
    const [now, before] = [toWire(input), toWire(previous)];
    const changed = Object.keys(now).filter((key) => !isDeepStrictEqual(now[key], before[key]));
    const body = Object.fromEntries(changed.map((key) => [key, now[key]]));
    const isRenamed = input.name !== previous.name || !isDeepStrictEqual(input.meta, previous.meta);
    if (isRenamed) body.meta = await metaAround(api, id, input);
    return toSeen((await api.put(path`/live_inputs/${id}`, oneInput(id), { body })).result);
  },

  delete: async (api, id, { recording, deleteRecordingAfterDays }, { warn }) => {
    // Said first, because an answer that does not say what was done is no success, and is looked into elsewhere.
    if (recording?.mode === "automatic" && deleteRecordingAfterDays === undefined) {
      warn(
        `The recordings of Cloudflare LiveInput ${id} stay and count against the account's storage: Cloudflare keeps them when ` +
          "an input is deleted. Delete those that nobody needs in the dashboard.",
      );
    }
    await api.delete(path`/live_inputs/${id}`, deleted);
  },

  isLive: isOnAir,
  cuts: () => ["delete"],

  foundBy: "mark",
  find: async (api, _, { isOwnMark }) => {
    const found: Seen[] = [];
    for await (const { uid, meta } of listInputs(api)) {
      if (isOwnMark(markIn(meta))) found.push(toSeen(await getInput(api, uid)));
    }
    return found;
  },

  list: async function* (api) {
    for await (const { uid, meta } of listInputs(api))
      yield { id: uid, name: nameIn(meta) ?? uid, mark: markIn(meta) };
  },
  markField: `meta.${MARK}`,
});

/** The name of a live input, where it has one. */
export function nameIn(meta: LiveInput["meta"]): string | undefined {
  return typeof meta?.name === "string" ? meta.name : undefined;
}

/** The mark of a live input, where it has one. */
function markIn(meta: LiveInput["meta"]): string | undefined {
  const mark = meta?.[MARK];
  return typeof mark === "string" ? mark : undefined;
}

/** The inputs but for `meta`, in Cloudflare's words. */
function toWire(input: Partial<Inputs>): Record<string, unknown> {
  const { enabled, preferLowLatency, deleteRecordingAfterDays = null, defaultCreator, recording } = input;
  return {
    ...{ enabled, preferLowLatency, deleteRecordingAfterDays, defaultCreator },
    recording: recording && withSignedUrls(recording),
  };
}

/** `meta` is replaced as a whole, so what the program does not manage of it is read and sent along. */
async function metaAround(api: Api, id: string, { name, meta }: Inputs): Promise<Record<string, unknown>> {
  const there = (await getInput(api, id)).meta ?? {};
  return { ...(meta === undefined ? there : { ...meta, [MARK]: there[MARK] }), name };
}

/** Their camel case has `URLs` in it. */
function withSignedUrls({ requireSignedUrls, ...recording }: NonNullable<Inputs["recording"]>): unknown {
  return { ...recording, requireSignedURLs: requireSignedUrls };
}

function toSeen(input: LiveInput): Seen {
  const { uid, created, enabled, meta, preferLowLatency, recording, playback, webRTCPlayback } = input;
  const { name: _name, [MARK]: _mark, ...own } = meta ?? {};
  return {
    id: uid,
    inputs: {
      name: nameIn(meta),
      enabled,
      meta: meta ? own : undefined,
      recording: recording && {
        mode: recording.mode,
        timeoutSeconds: recording.timeoutSeconds,
        requireSignedUrls: recording.requireSignedURLs,
        // Null, an empty list and none are one: any origin.
        allowedOrigins: recording.allowedOrigins ?? [],
        hideLiveViewerCount: recording.hideLiveViewerCount,
      },
      preferLowLatency,
      deleteRecordingAfterDays: input.deleteRecordingAfterDays,
    },
    outputs: {
      hlsUrl: playback?.hls ?? undefined,
      dashUrl: playback?.dash ?? undefined,
      webRtcPlaybackUrl: webRTCPlayback?.url ?? undefined,
      createdAt: created ?? undefined,
    },
  };
}

/** Rules across fields (docs/sheets/cloudflare.md, sections 3 and 11). */
function validate(given: Known<Inputs>): Problem[] {
  const { meta, recording, preferLowLatency } = given;
  const problems: Problem[] = [];
  for (const [name, why] of [
    ["name", "is the input `name`"],
    [MARK, "is kept for the mark of this provider"],
  ] as const) {
    if (meta && name in meta) problems.push({ path: `meta.${name}`, reason: why });
  }
  const isUnset = !("recording" in given);
  if (preferLowLatency && (isUnset || recording?.mode === "off"))
    problems.push({ path: "preferLowLatency", reason: "needs `recording.mode: automatic`" });
  if (isUnset) {
    problems.push({
      path: "recording",
      reason:
        "is not declared: a new live input neither records nor serves HLS and DASH, it only passes the feed on",
      severity: "warning",
    });
  }
  return problems;
}
