import { z } from "zod";
import { signatureV4 } from "../../provider/calls/sigv4";
import type { SignableRequest } from "../../provider/define/vendor";
import type { Json } from "./wrong";

/** What a client may send to each simulator. The simulators say themselves which endpoints they have. */

/** One request that is right. */
export interface Right {
  /** Undefined: the endpoint reads none. */
  body?: Json | object;
  /** What it answers; 200 when unset. */
  status?: number;
}

/** Values of the parameters of paths, and of what bodies name. */
export type Ids = Record<string, string>;

interface Request {
  method: SignableRequest["method"];
  url: string;
  body: string;
}

/** Makes a request with a right body, and answers what came back. */
export type Send = (method: string, path: string, body: Json) => Promise<unknown>;

/** One vendor. */
export interface Vendor {
  /** Headers of somebody who may ask. */
  headers(request: Request): Record<string, string> | Promise<Record<string, string>>;
  /** Makes one object of each kind. */
  make(send: Send): Promise<Ids>;
  /** Of each endpoint that changes something, all but DELETE: what is right. */
  rights(ids: Ids): Record<string, Right | readonly Right[]>;
  /** The parameters that a read takes beside the path. */
  queries?: string[];
  /** The vendor's own form of an error. */
  error: z.ZodType;
  /** Places of bodies, in dots, where a value of any kind may stand. */
  takesAny?: RegExp;
  /** Places where null stands for nothing. */
  takesNull?: RegExp;
  /** An empty body stands for an empty object. */
  takesEmptyBody?: true;
  /** A read of what is not there is a 200, because the documentation says nothing of it. */
  readsUnknown?: true;
  /** A parameter that may be anything. */
  any?: string;
  /** Endpoints that need no credentials. */
  open?: string[];
}

/** The path with a value for each parameter. */
export const filled = (path: string, ids: Ids): string =>
  path.replace(/:(\w+)/g, (_, name: string) => ids[name] ?? `no-${name}`);

const at = (reply: unknown, path: string): string =>
  String(path.split(".").reduce<unknown>((owner, key) => (owner as Record<string, unknown>)[key], reply));
const basic = (token: string): string => `Basic ${Buffer.from(token).toString("base64")}`;
const text = z.string().min(1);

const rung = {
  ...{ name: "720p", width: 1280, height: 720, fps: 30, gop: 60, bitrate_kbps: 2000, max_bitrate_kbps: 2500 },
  ...{ buf_size_kbps: 4000, crf: 21, codec: "h264", preset: "veryfast", profile: "main", level: "4.0" },
  ...{ rate_control: "cbr", bframes: 0, ref_frames: 1, rc_lookahead: 10 },
  audio: { codec: "aac", channels: 2, sample_rate_hz: 48000, audio_bitrate_kbps: 128 },
};
const tenbyteStream = {
  ...{ name: "news", type: "linear", mode: "video", region: "sg-edge-04" },
  ingest: {
    kind: "push",
    protocols: ["rtmp", "srt"],
    backup: { protocol: "srt", url: "srt://host.example.test:9000" },
  },
  output_protocols: ["hls", "dash"],
  ladder: { video: [rung] },
  packaging: {
    hls: { segment_format: "mpegts", playlist_size: 6, preserved_segments: 6, low_latency: false },
    dash: { segment_format: "fmp4", window_s: 60, min_buffer_s: 4 },
  },
  recording: {
    ...{ enabled: true, target: "s3", library_id: "lib", folder_id: "folder", prefix: "news" },
    s3_config: {
      ...{ endpoint: "https://s3.example.test", bucket: "b", region: "r", access_key_id: "a" },
      ...{ secret_access_key: "s", prefix: "p", storage_class: "STANDARD" },
    },
  },
  webhook_url: "https://hooks.example.test/live",
  meta: { channel: "news", zero: 0, nothing: null, below: [{ zero: 0 }] },
};
const radio = {
  ...tenbyteStream,
  mode: "audio",
  ingest: { kind: "pull", primary: { protocol: "srt", url: "srt://host.example.test:9000" } },
  output_protocols: ["hls"],
  ladder: {
    audio: [{ name: "128k", codec: "aac", channels: 2, sample_rate_hz: 48000, bitrate_kbps: 128 }],
  },
  packaging: { hls: { segment_format: "mpegts" } },
};
const quality = {
  ...{ resolution: "720p", type: "hls", container_type: "mpegts" },
  video_config: { codec: "h264", bitrate: 2800000, index: 0 },
  audio_config: {
    ...{ codec: "aac", bitrate: 128000, channels: "2", sample_rate: 48000, language: "en", index: 0 },
  },
};
const streaming = { title: "evening", save: false, qualities: [quality] };
const aiozKey = { name: "news", save: true, type: "video" };
const livepeerStream = (ids: Ids): Json => ({
  ...{ name: "news", record: true, creatorId: "team", userTags: { room: "a", rooms: ["a", 1] } },
  profiles: [{ name: "720p", width: 1280, height: 720, bitrate: 3000000, fps: 30, fpsDen: 1, gop: "2" }],
  recordingSpec: { profiles: [{ bitrate: 3000000, encoder: "HEVC" }] },
  playbackPolicy: { type: "webhook", webhookId: "w", webhookContext: { a: 1 }, allowedOrigins: ["*"] },
  multistream: { targets: [{ profile: "source", id: ids.target ?? "", videoOnly: true }] },
});
const livepeerTarget = { name: "a", url: "srt://host.example.test:7001", disabled: true };
const apivideoStream = {
  ...{ name: "news", public: true, playerId: "pl1" },
  restreams: [{ name: "a", serverUrl: "rtmp://host.example.test/app", streamKey: "k" }],
};
const muxChangeable = {
  ...{ latency_mode: "standard", max_continuous_duration: 3600, reconnect_window: 30, passthrough: "news" },
  ...{ reconnect_slate_url: "https://slates.example.test/1.png", use_slate_for_standard_latency: true },
  meta: { title: "News" },
};
const embedded = [{ name: "English", passthrough: "p", language_code: "en", language_channel: "cc1" }];
const generated = [
  { name: "English", passthrough: "p", language_code: "en", transcription_vocabulary_ids: ["a"] },
];
const muxTarget = { url: "rtmps://a.example.test/app", stream_key: "k", passthrough: "p" };
const muxStream = {
  ...{ ...muxChangeable, low_latency: false, reduced_latency: false, audio_only: false, test: false },
  ...{ playback_policies: ["public"], advanced_playback_policies: [{ policy: "signed" }] },
  new_asset_settings: {
    ...{ playback_policies: ["public"], video_quality: "plus", max_resolution_tier: "1080p" },
    ...{ master_access: "none", passthrough: "p", normalize_audio: true },
    static_renditions: [{ resolution: "720p", passthrough: "p" }],
    meta: { title: "News", creator_id: "c", external_id: "e" },
  },
  ...{ embedded_subtitles: embedded, generated_subtitles: generated, simulcast_targets: [muxTarget] },
};
const MUX = "/video/v1/live-streams";
const liveInput = {
  ...{ meta: { name: "news", team: { a: [1] } }, enabled: true, preferLowLatency: true },
  ...{ defaultCreator: "somebody", deleteRecordingAfterDays: 45 },
  recording: {
    ...{ mode: "automatic", timeoutSeconds: 10, requireSignedURLs: true, allowedOrigins: ["example.com"] },
    hideLiveViewerCount: true,
  },
};
const ACCOUNT = "5a4db0c0000000000000000000000001";
const INPUTS = "/accounts/:account/stream/live_inputs";
const output = { url: "rtmps://a.example.test/app", streamKey: "k", enabled: true };
const arn = (kind: string): string => `arn:aws:ivs:us-west-2:123456789012:${kind}/abcdefghijkl`;
const channel = {
  ...{ name: "news", latencyMode: "LOW", type: "STANDARD", authorized: true, insecureIngest: false },
  containerFormat: "FRAGMENTED_MP4",
  multitrackInputConfiguration: { enabled: true, policy: "ALLOW", maximumResolution: "FULL_HD" },
  ...{ recordingConfigurationArn: arn("recording-configuration"), adConfigurationArn: "" },
  playbackRestrictionPolicyArn: arn("playback-restriction-policy"),
};
const instance = {
  ...{ InstanceName: "news", DvrDuration: 60, Encrypted: true, EncryptedKeyRotation: 20 },
  ...{ SsaEnabled: false, SegmentSize: 10 },
};
const DCP = "/:account/httpstreaming/dcp";
const firstInstance = { InstanceName: "100-live", SegmentSize: 10 };

/** Every vendor. */
export const VENDORS: Record<string, Vendor> = {
  tenbyte: {
    headers: () => ({ "x-api-key": "tkb_sandbox" }),
    make: async (send) => ({ id: at(await send("POST", "/streams", tenbyteStream), "data.id") }),
    rights: () => ({
      "POST /streams": [
        { body: tenbyteStream, status: 201 },
        { body: radio, status: 201 },
      ],
      "POST /streams/:id/reset-key": {},
      "POST /streams/:id/restart": {},
      "POST /streams/:id/stop": { status: 409 },
    }),
    queries: ["page", "per_page", "order", "sort", "status", "search"],
    error: z.looseObject({ success: z.literal(false), code: text, message: text }),
    takesAny: /^meta\./,
    open: ["GET /health"],
  },
  aioz: {
    headers: () => ({ "stream-public-key": "sandbox", "stream-secret-key": "sandbox" }),
    make: async (send) => {
      const id = at(await send("POST", "/live_streams", aiozKey), "data.id");
      // With a streaming, which there can be one of, on another key.
      const other = at(await send("POST", "/live_streams", aiozKey), "data.id");
      const stream = at(await send("POST", `/live_streams/${other}/streamings`, streaming), "data.id");
      return { id, other, stream };
    },
    rights: () => ({
      "POST /live_streams": { body: aiozKey },
      "PUT /live_streams/:id": { body: { name: "news", save: true } },
      "POST /live_streams/:id/streamings": { body: streaming },
      "PUT /live_streams/:id/streamings": { body: { stream_id: "none", ...streaming }, status: 404 },
      "POST /live_streams/:id/media": {
        body: { limit: 10, offset: 0, sort_by: "created_at", order_by: "desc" },
      },
    }),
    queries: ["limit", "offset", "order_by", "sort_by", "search"],
    error: z.looseObject({ status: z.literal("fail"), message: text }),
  },
  uiza: {
    headers: () => ({ authorization: "uap-sandbox" }),
    make: async (send) => {
      const body = { name: "news", region: "in-mumbai-1", description: "d", dvr: true };
      return { id: at(await send("POST", "/live_entities", body), "id") };
    },
    rights: () => ({
      "POST /live_entities": { body: { name: "news", region: "in-mumbai-1", description: "d", dvr: true } },
      "PUT /live_entities/:id": { body: { name: "news", description: "d", dvr: true } },
      "PUT /live_entities/:id/stream_key": { status: 400 },
    }),
    queries: ["page_size", "page_token"],
    error: z.looseObject({ message: text, error_type: text }),
  },
  edgecast: {
    headers: () => ({ authorization: "TOK:sandbox" }),
    make: async (send) => ({
      account: "0001",
      id: at(await send("POST", `${DCP}/live`.replace(":account", "0001"), firstInstance), "Id"),
    }),
    rights: () => ({
      [`POST ${DCP}/live`]: { body: instance },
      [`PUT ${DCP}/live/:id`]: { body: { ...firstInstance, DvrDuration: 60, Encrypted: true } },
      [`POST ${DCP}/streamkeys`]: { body: { DirPath: "news/main", Key: "abc" } },
      [`PUT ${DCP}/streamkeys/:id`]: { body: { DirPath: "news/main", Key: "abc" }, status: 400 },
      [`PUT ${DCP}/globalkey`]: { body: { Key: "abc" } },
    }),
    queries: ["id"],
    error: z.looseObject({ Message: text }),
    takesNull: /^EncryptedKeyRotation$/,
    readsUnknown: true,
    any: "account",
  },
  comprimato: {
    headers: () => ({ authorization: "sandbox" }),
    make: async (send) => ({ id: at(await send("POST", "/streams", {}), "id") }),
    rights: () => ({ "POST /streams": { body: {} } }),
    error: z.looseObject({ error: text }),
  },
  livepeer: {
    headers: () => ({ authorization: "Bearer sandbox" }),
    make: async (send) => {
      const made = await send("POST", "/stream", { name: "news", record: true });
      const target = at(await send("POST", "/multistream/target", livepeerTarget), "id");
      return { id: at(made, "id"), key: at(made, "streamKey"), target };
    },
    rights: (ids) => ({
      "POST /stream": { body: livepeerStream(ids), status: 201 },
      "PATCH /stream/:id": { body: livepeerStream(ids), status: 204 },
      "PATCH /stream/:id/suspended": { body: { suspended: true }, status: 204 },
      "PATCH /stream/:id/record": { body: { record: true }, status: 204 },
      "POST /stream/:id/create-multistream-target": [
        { body: { profile: "source", spec: { name: "a", url: "rtmp://host.example.test/app/k" } } },
        { body: { profile: "source", id: ids.target ?? "", videoOnly: true } },
      ],
      "POST /multistream/target": { body: livepeerTarget, status: 201 },
      "PATCH /multistream/target/:target": { body: livepeerTarget, status: 204 },
    }),
    queries: ["limit", "cursor", "order", "streamsonly", "count", "userId", "main"],
    error: z.strictObject({ errors: z.array(text).min(1) }),
    // A tag is a text, a number, or a list of these.
    takesAny: /^(userTags|playbackPolicy\.webhookContext)\./,
    takesNull: /^(playbackPolicy|profiles|recordingSpec\.profiles)$/,
    takesEmptyBody: true,
  },
  apivideo: {
    headers: () => ({ authorization: basic("sandbox:") }),
    make: async (send) => ({ id: at(await send("POST", "/live-streams", { name: "news" }), "liveStreamId") }),
    rights: () => ({
      "POST /live-streams": { body: apivideoStream },
      "PATCH /live-streams/:id": { body: apivideoStream },
      "PUT /live-streams/:id/complete": { status: 202 },
      "POST /live-streams/:id/thumbnail": { status: 201 },
      "POST /auth/api-key": { body: { apiKey: "sandbox" } },
      "POST /auth/refresh": { body: { refreshToken: "none" }, status: 400 },
    }),
    queries: ["currentPage", "pageSize", "sortBy", "sortOrder", "name", "streamKey"],
    error: z.looseObject({ type: text, title: text, status: z.number() }),
    takesNull: /^playerId$/,
    open: ["POST /auth/api-key", "POST /auth/refresh"],
  },
  mux: {
    headers: () => ({ authorization: basic("sandbox-token:sandbox-token-secret") }),
    make: async (send) => {
      const id = at(await send("POST", MUX, {}), "data.id");
      const child = at(await send("POST", `${MUX}/${id}/playback-ids`, {}), "data.id");
      return { id, child };
    },
    rights: () => ({
      [`POST ${MUX}`]: { body: muxStream, status: 201 },
      [`PATCH ${MUX}/:id`]: {
        body: {
          ...muxChangeable,
          new_asset_settings: {
            ...{ master_access: "temporary", mp4_support: "none", video_quality: "premium" },
            meta: { title: "t", creator_id: "c", external_id: "e" },
          },
        },
      },
      [`POST ${MUX}/:id/reset-stream-key`]: { status: 201 },
      [`PUT ${MUX}/:id/complete`]: {},
      [`PUT ${MUX}/:id/disable`]: {},
      [`PUT ${MUX}/:id/enable`]: {},
      [`PUT ${MUX}/:id/embedded-subtitles`]: { body: { embedded_subtitles: embedded } },
      [`PUT ${MUX}/:id/generated-subtitles`]: { body: { generated_subtitles: generated } },
      [`PUT ${MUX}/:id/new-asset-settings/static-renditions`]: {
        body: { static_renditions: [{ resolution: "720p", passthrough: "p" }] },
      },
      [`POST ${MUX}/:id/playback-ids`]: {
        body: { policy: "drm", drm_configuration_id: "d" },
        status: 201,
      },
      [`POST ${MUX}/:id/simulcast-targets`]: { body: muxTarget, status: 201 },
    }),
    queries: ["limit", "page", "status", "stream_key"],
    error: z.strictObject({ error: z.strictObject({ type: text, messages: z.array(text).min(1) }) }),
    takesEmptyBody: true,
  },
  cloudflare: {
    headers: () => ({ authorization: "Bearer sandbox-cloudflare-token" }),
    make: async (send) => {
      const inputs = filled(INPUTS, { account: ACCOUNT });
      const uid = at(await send("POST", inputs, {}), "result.uid");
      return {
        account: ACCOUNT,
        uid,
        output: at(await send("POST", `${inputs}/${uid}/outputs`, output), "result.uid"),
      };
    },
    rights: () => ({
      [`POST ${INPUTS}`]: { body: liveInput },
      [`PUT ${INPUTS}/:uid`]: { body: liveInput },
      [`POST ${INPUTS}/:uid/enable`]: {},
      [`POST ${INPUTS}/:uid/disable`]: {},
      [`POST ${INPUTS}/:uid/rotate_keys`]: {},
      [`POST ${INPUTS}/:uid/outputs`]: { body: output },
      [`PUT ${INPUTS}/:uid/outputs/:output`]: { body: { enabled: false } },
    }),
    queries: ["include_counts", "page", "per_page"],
    takesAny: /^meta\./,
    takesNull: /^deleteRecordingAfterDays$/,
    error: z.strictObject({
      ...{ success: z.literal(false), result: z.null(), messages: z.array(z.unknown()) },
      errors: z.array(z.looseObject({ code: z.number(), message: text })).min(1),
    }),
  },
  ivs: {
    headers: (request) =>
      signatureV4({ ...request, headers: { "content-type": "application/json" } }, "ivs", {
        ...{ region: "us-west-2", accessKeyId: "AKIASANDBOX000000001" },
        secretAccessKey: "sandbox-secret-access-key",
      }),
    make: async (send) => {
      const made = await send("POST", "/CreateChannel", { name: "news" });
      const ids = { channel: at(made, "channel.arn"), key: at(made, "streamKey.arn") };
      const other = at(await send("POST", "/CreateChannel", { name: "other" }), "channel.arn");
      return { ...ids, other, arn: encodeURIComponent(ids.channel) };
    },
    rights: ({ channel: made = "", key = "", other = "" }) => ({
      "POST /CreateChannel": { body: { ...channel, tags: { team: "news" } } },
      "POST /GetChannel": { body: { arn: made } },
      "POST /BatchGetChannel": { body: { arns: [made, other] } },
      "POST /ListChannels": [{ body: { maxResults: 10 } }, { body: { filterByName: "news" } }],
      "POST /UpdateChannel": { body: { ...channel, arn: made } },
      "POST /DeleteChannel": { body: { arn: other }, status: 204 },
      "POST /CreateStreamKey": { body: { channelArn: made, tags: { team: "news" } }, status: 402 },
      "POST /GetStreamKey": { body: { arn: key } },
      "POST /BatchGetStreamKey": { body: { arns: [key] } },
      "POST /ListStreamKeys": { body: { channelArn: made, maxResults: 5 } },
      "POST /DeleteStreamKey": { body: { arn: key }, status: 204 },
      "POST /GetStream": { body: { channelArn: made }, status: 404 },
      "POST /ListStreams": { body: { maxResults: 10 } },
      "POST /StopStream": { body: { channelArn: made }, status: 404 },
      "POST /tags/:arn": { body: { tags: { team: "news", empty: "" } } },
    }),
    queries: ["tagKeys"],
    // A member that is null is one that is absent.
    takesNull: /^/,
    error: z.union([z.strictObject({ exceptionMessage: text }), z.strictObject({ message: text })]),
  },
};
