import type { z } from "zod";
import { newKey, newStreaming } from "../provider/vendors/aioz/api";
import { instances, streamKeys } from "../provider/vendors/edgecast/api";
import { newStream } from "../provider/vendors/tenbyte/api";
import { liveEntity } from "../provider/vendors/uiza/api";

/** Only what is needed may make a reply unreadable: anything else may be absent, null or of another type. */

type Json = Record<string, unknown>;

const REPLIES: { name: string; schema: z.ZodType; full: Json; needed: string[] }[] = [
  {
    name: "a Tenbyte stream",
    schema: newStream,
    full: {
      data: {
        ...{ id: "a", organization_id: "o", name: "n", type: "linear", mode: "video", status: "idle" },
        ...{ region: "r", stream_key: "a-key", output_protocols: ["hls"], webhook_url: "w", created_at: "t" },
        ingest: {
          ...{ kind: "pull", protocols: ["rtmp"], rtmp: "u", srt: "u" },
          primary: { protocol: "srt", url: "u" },
          backup: { protocol: "srt", url: "u" },
        },
        ...{ packaging: {}, ladder: {}, recording: {}, meta: {}, playback: { hls: "u", dash: "u" } },
      },
    },
    needed: ["data", "data.id"],
  },
  {
    name: "an AIOZ key",
    schema: newKey,
    full: {
      data: {
        ...{
          id: "a",
          user_id: "u",
          name: "n",
          save: true,
          type: "video",
          stream_key: "a-key",
          rtmp_url: "u",
        },
        ...{ created_at: "t", total_live_streaming: 1 },
      },
    },
    needed: ["data", "data.id", "data.stream_key"],
  },
  {
    name: "an AIOZ streaming",
    schema: newStreaming,
    full: {
      data: {
        ...{ id: "a", title: "t", save: true, status: "created", created_at: "t" },
        assets: { hls_url: "u", player_url: "u" },
      },
    },
    needed: ["data", "data.id"],
  },
  {
    name: "a Uiza entity",
    schema: liveEntity,
    full: {
      ...{ id: "a", name: "n", description: "d", region: "r", dvr: true, status: "ready", created_at: "t" },
      ...{ ingest: { url: "u", key: "a-key" }, playback: { hls: "u", mpd: "u" } },
    },
    needed: ["id"],
  },
  {
    name: "an Edgecast stream key",
    schema: streamKeys.item,
    full: { Id: 1, DirPath: "news/main", Key: "k" },
    needed: ["Id"],
  },
  {
    name: "an Edgecast instance",
    schema: instances.item,
    full: {
      ...{ Id: 1, InstanceName: "n", DvrDuration: 60, Encrypted: true, EncryptedKeyRotation: 20 },
      ...{ SsaEnabled: false, SegmentSize: 10, HlsPlaybackUrl: "u", PlaybackUrl: "u", PublishUrl: "u" },
    },
    needed: ["Id"],
  },
];

const pathsOf = (value: Json, above = ""): string[] =>
  Object.entries(value).flatMap(([name, item]) => {
    const path = above + name;
    const isObject = typeof item === "object" && item !== null && !Array.isArray(item);
    return isObject ? [path, ...pathsOf(item as Json, `${path}.`)] : [path];
  });

function withValue(value: Json, path: string, wrong: unknown): Json {
  const copy = structuredClone(value);
  const steps = path.split(".");
  const last = steps.pop() ?? "";
  const owner = steps.reduce<Json>((at, step) => at[step] as Json, copy);
  if (wrong === undefined) Reflect.deleteProperty(owner, last);
  else owner[last] = wrong;
  return copy;
}

describe.each(REPLIES)("$name", ({ schema, full, needed }) => {
  it("is read", () => {
    expect(schema.safeParse(full).error).toBeUndefined();
  });

  it.each([undefined, null, 7.5, [null], { a: 1 }])(
    "needs no more than it must when a field is %j",
    (wrong) => {
      const unreadable = pathsOf(full).filter(
        (path) => !schema.safeParse(withValue(full, path, wrong)).success,
      );
      expect(unreadable.filter((path) => !needed.includes(path))).toEqual([]);
    },
  );
});
