import { z } from "zod";
import { type Api, path } from "../../define/api";
import { objectId, reported, thisId } from "../../define/reply";
import { UnexpectedReply } from "../../define/errors";

/**
 * Cloudflare Stream's replies and calls that the resources share (docs/sheets/cloudflare.md, sections 1, 2, 4, 5 and 9).
 *
 * Assumed, because nothing public says it:
 * - an update keeps the top-level fields that it leaves out, and replaces `recording` as a whole (section 3);
 * - a status that nobody documents is one of a running broadcast (section 5);
 * - a repeated POST with one `Idempotency-Key` must be the same byte for byte (section 7);
 * - the list holds at most 1000 inputs, and there is no next page (section 8);
 * - a not-found has one of Cloudflare's errors, and not that of a path with another account's id (section 9);
 * - a change of `recording` while live ends no broadcast (section 6).
 */

const recording = z.looseObject({
  mode: reported(z.string()),
  timeoutSeconds: reported(z.number()),
  requireSignedURLs: reported(z.boolean()),
  allowedOrigins: reported(z.array(z.string())),
  hideLiveViewerCount: reported(z.boolean()),
});

/** A live input. Only `uid` is relied on; `status` comes in three forms (section 5). */
export const liveInput = z.looseObject({
  uid: objectId,
  created: reported(z.string()),
  enabled: reported(z.boolean()),
  meta: reported(z.record(z.string(), z.unknown())),
  preferLowLatency: reported(z.boolean()),
  deleteRecordingAfterDays: reported(z.number()),
  recording: reported(recording),
  status: z.unknown().optional(),
  keysRotatedAt: reported(z.string()),
  playback: reported(z.looseObject({ hls: reported(z.string()), dash: reported(z.string()) })),
  webRTCPlayback: reported(z.looseObject({ url: reported(z.string()) })),
});
/** A live input. */
export type LiveInput = z.infer<typeof liveInput>;

/** The envelope around a result. */
export const envelope = <S extends z.ZodType>(result: S) =>
  z.looseObject({ success: z.literal(true), result });

/** The envelope around a new live input. */
export const newInput = envelope(liveInput);
/** The envelope around one live input, and no other. */
export const oneInput = (uid: string) => envelope(liveInput.extend({ uid: thisId(uid) }));
/** What says that something is deleted. Its result is not documented; after anything else the lifecycle looks. */
export const deleted = z.looseObject({ success: z.literal(true) });

/** One live input by id. Throws `Gone` when there is none. */
export async function getInput(api: Api, uid: string): Promise<LiveInput> {
  return (await api.get(path`/live_inputs/${uid}`, oneInput(uid))).result;
}

const listReply = envelope(
  z.union([
    z.looseObject({ liveInputs: z.array(liveInput), total: reported(z.number()) }),
    // One program reads the result so (section 8).
    z.array(liveInput).transform((liveInputs) => ({ liveInputs, total: undefined })),
  ]),
);

/**
 * All live inputs, without credentials, recording and status. No call pages through them (section 8).
 * @throws UnexpectedReply at the end when there are more: what has not been seen must not count as absent.
 */
export async function* listInputs(api: Api): AsyncGenerator<LiveInput> {
  const query = { include_counts: "true" };
  const { liveInputs, total } = (await api.get(path`/live_inputs`, listReply, { query })).result;
  yield* liveInputs;
  if (typeof total === "number" && total > liveInputs.length) {
    throw new UnexpectedReply({
      vendor: api.label,
      call: "GET /live_inputs",
      detail: `answered with ${liveInputs.length} of ${total} live inputs, and has no call for the rest`,
      advice: "Look for the others in the dashboard.",
    });
  }
}

/** States of a broadcast that is over, or has not begun (section 5). */
const OFF_AIR = [
  ...["client_disconnect", "disconnected", "ttl_exceeded", "failed_to_connect", "failed_to_reconnect"],
];

const nested = z.looseObject({ current: z.looseObject({ state: z.string() }) });

/** Whether a broadcast may be running. What nobody documents counts as live: the guard fails closed. */
export function mayBeLive({ status }: LiveInput): boolean {
  if (status === null || status === undefined) return false;
  const state = typeof status === "string" ? status : nested.safeParse(status).data?.current.state;
  return state === undefined || !OFF_AIR.includes(state);
}

const videos = envelope(
  z.array(z.looseObject({ status: reported(z.looseObject({ state: reported(z.string()) })) })),
);

/** Whether a broadcast may be running, asked twice: what comes in by WebRTC may show among the videos only (section 5). */
export async function isOnAir(api: Api, uid: string): Promise<boolean> {
  if (mayBeLive(await getInput(api, uid))) return true;
  const { result } = await api.get(path`/live_inputs/${uid}/videos`, videos);
  return result.some(({ status }) => status?.state === "live-inprogress");
}

const storageUsage = envelope(
  z.looseObject({
    totalStorageMinutes: z.number(),
    totalStorageMinutesLimit: reported(z.number()),
    videoCount: reported(z.number()),
  }),
);

/** Above this share of the stored minutes it is time to look. */
const NEARLY_ALL = 0.9;

/** That recordings use up what the account may store: then every call still works, and broadcasts are refused (section 9). */
export async function storageShortage(api: Api): Promise<string | undefined> {
  const { result } = await api.get(path`/storage-usage`, storageUsage);
  const { totalStorageMinutes: used, totalStorageMinutesLimit: limit, videoCount } = result;
  if (!limit || used < limit * NEARLY_ALL) return undefined;
  return (
    `${Math.round(used)} of ${limit} minutes of recordings are stored, in ${videoCount ?? "some"} videos. When none are left, live ` +
    "inputs can still be made, and Cloudflare refuses the broadcast. Recordings outlive their live input: delete in the " +
    "dashboard those that nobody needs, and set `deleteRecordingAfterDays`."
  );
}
