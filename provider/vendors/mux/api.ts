import { z } from "zod";
import { type Api, path } from "../../define/api";
import { LONGEST_MARK } from "../../define/mark";
import { everyItem } from "../../define/paging";
import { objectId, reported, thisId } from "../../define/reply";

/**
 * Mux's replies and calls that the resources share (docs/sheets/mux.md, sections 1, 2, 5 and 8).
 *
 * Assumed, because nothing public says it:
 * - PATCH keeps what it leaves out, and is taken while on air (section 4);
 * - a reset may end a running broadcast, and gives the SRT passphrase another value or not (section 7);
 * - the list is in any order, and a short page is the last (section 8);
 * - a status that nobody documents is one of a running broadcast (section 5).
 */

const playbackIdReply = z.looseObject({ id: objectId, policy: reported(z.string()) });
/** A playback id. */
export type PlaybackIdReply = z.infer<typeof playbackIdReply>;

/** A simulcast target. */
export const targetReply = z.looseObject({
  id: objectId,
  url: reported(z.string()),
  stream_key: reported(z.string()),
  passthrough: reported(z.string()),
});
/** A simulcast target. */
export type TargetReply = z.infer<typeof targetReply>;

/** A live stream. Only `id` is relied on: what is unset is missing (section 5). */
export const liveStream = z.looseObject({
  id: objectId,
  // A string of Unix seconds.
  created_at: reported(z.string()),
  status: reported(z.string()),
  latency_mode: reported(z.string()),
  reconnect_window: reported(z.number()),
  reconnect_slate_url: reported(z.string()),
  use_slate_for_standard_latency: reported(z.boolean()),
  max_continuous_duration: reported(z.number()),
  passthrough: reported(z.string()),
  meta: reported(z.looseObject({ title: reported(z.string()) })),
  audio_only: reported(z.boolean()),
  test: reported(z.boolean()),
  playback_ids: reported(z.array(playbackIdReply)),
  simulcast_targets: reported(z.array(targetReply)),
  embedded_subtitles: reported(z.array(z.looseObject({}))),
  generated_subtitles: reported(z.array(z.looseObject({}))),
  new_asset_settings: reported(z.looseObject({})),
});
/** A live stream. */
export type LiveStreamReply = z.infer<typeof liveStream>;

/** The envelope around one thing. */
export const envelope = <S extends z.ZodType>(data: S) => z.looseObject({ data });

/** The envelope around a new live stream. */
export const newStream = envelope(liveStream);
/** The envelope around one live stream, and no other. */
export const oneStream = (id: string) => envelope(liveStream.extend({ id: thisId(id) }));
/** The envelope around a new playback id. */
export const newPlaybackId = envelope(playbackIdReply);
/** The envelope around one playback id, and no other. */
export const onePlaybackId = (id: string) => envelope(playbackIdReply.extend({ id: thisId(id) }));

/** What a verb answers: nothing that is documented. */
export const anything = z.unknown();

/** Below Mux's base URL, which its own tools share, `MUX_BASE_URL`. */
export const STREAMS = path`/video/v1/live-streams`;

/** One live stream by id. Throws `Gone` when there is none. */
export async function getStream(api: Api, id: string): Promise<LiveStreamReply> {
  return (await api.get(path`/video/v1/live-streams/${id}`, oneStream(id))).data;
}

const PAGE = 100;

/** All live streams. Items are whole, keys included. */
export function listStreams(api: Api): AsyncGenerator<LiveStreamReply> {
  return everyItem(api, "GET /video/v1/live-streams", 1, async (page) => {
    const { data } = await api.get(STREAMS, envelope(z.array(liveStream)), { query: { limit: PAGE, page } });
    // Mux may give fewer than asked for, so only an empty page is surely the last.
    return { items: data, next: data.length > 0 ? page + 1 : undefined };
  });
}

/** Whether a broadcast may be running. What nobody documents counts as live: the guard fails closed. */
export const mayBeLive = ({ status }: LiveStreamReply): boolean => status !== "idle" && status !== "disabled";

const MARKED = / ?streamkeys:[0-9a-f]*\.[0-9a-f]*$/;

/** The longest `passthrough` that leaves room for a mark: Mux takes 255 characters. */
export const LONGEST_PASSTHROUGH = 255 - " streamkeys:".length - LONGEST_MARK;

/** The user's own `passthrough`, with a mark behind it, where there is one. */
export function withMark(passthrough: string | undefined, mark: string): string {
  return [passthrough, mark && `streamkeys:${mark}`].filter(Boolean).join(" ");
}

/** The user's own `passthrough`: what stands before the mark. */
export const withoutMark = (passthrough: string | null | undefined): string =>
  (passthrough ?? "").replace(MARKED, "");

/** The mark in a `passthrough`; empty where there is none. */
export const markIn = (passthrough: string | null | undefined): string =>
  MARKED.exec(passthrough ?? "")?.[0]
    .trim()
    .replace("streamkeys:", "") ?? "";

/** The address at which a playback id plays. */
export const hlsUrl = (playbackId: string): string => `https://stream.mux.com/${playbackId}.m3u8`;
