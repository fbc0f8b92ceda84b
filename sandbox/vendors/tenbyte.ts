import { createHash, randomUUID } from "node:crypto";
import { type Context, Hono } from "hono";
import { z } from "zod";
import { bodyOf, type WrongField } from "../body";
import type { Simulator, SimulatorContext } from "../simulator";
import { rowOf } from "../table";

/**
 * Tenbyte Livestream as its published API describes it (docs/sheets/tenbyte.md, sections 1 to 4, 7 to 9, 11). Accepts any
 * API key that begins with `tkb_sandbox`, in `X-API-Key` or as a bearer token, and any bearer token that begins with
 * `sandbox`; each is an organization of its own.
 */
export const simulator: Simulator = {
  basePath: "/v1/livestream",
  credentials: { apiKey: "tkb_sandbox" },
  stored: z.lazy(() => z.looseObject({ streams: z.record(z.string(), stored).optional() })),
  app: tenbyte,
  setLive: (data, id, live) => {
    const stream = rowOf(data.streams as Record<string, Stored>, id);
    if (stream) stream.status = live ? "live" : "idle";
  },
  remove: (data, id) => {
    delete (data.streams as Record<string, Stored>)[id];
  },
};

type Json = Record<string, unknown>;

const text = z.string();
const endpoint = z.object({ protocol: z.enum(["srt", "rtsp", "rtmp", "udp"]), url: z.url() });
const ingest = z.object({
  kind: z.enum(["push", "pull"]),
  protocols: setOf(["rtmp", "srt"]).optional(),
  primary: endpoint.optional(),
  backup: endpoint.optional(),
});
const audio = {
  codec: z.enum(["aac"]),
  channels: z.literal([1, 2, 6]),
  sample_rate_hz: z.literal([22050, 32000, 44100, 48000]),
};
const audioBitrate = z.int().min(64).max(256);
const videoRung = z.object({
  name: text.optional(),
  width: z.int().max(2560),
  height: z.literal([240, 360, 480, 720, 1080, 1440]),
  fps: z.literal([24, 25, 30, 60]),
  gop: z.int(),
  bitrate_kbps: z.int(),
  max_bitrate_kbps: z.int().optional(),
  buf_size_kbps: z.int().optional(),
  crf: z.int().min(0).max(51).optional(),
  codec: z.enum(["h264", "h265"]),
  preset: text.optional(),
  profile: text.optional(),
  level: text.optional(),
  rate_control: z.enum(["cbr", "vbr"]).optional(),
  bframes: z.int().optional(),
  ref_frames: z.int().optional(),
  rc_lookahead: z.int().optional(),
  audio: z.object({ ...audio, audio_bitrate_kbps: audioBitrate }),
});
const audioRung = z.object({ name: text.optional(), ...audio, bitrate_kbps: audioBitrate });
const ladder = z.object({
  video: z.array(videoRung).min(1).max(6).optional(),
  audio: z.array(audioRung).min(1).max(3).optional(),
});
const packaging = z.object({
  hls: z
    .object({
      segment_format: z.enum(["mpegts", "fmp4"]),
      playlist_size: z.int().optional(),
      preserved_segments: z.int().optional(),
      low_latency: z.boolean().optional(),
    })
    .optional(),
  dash: z
    .object({
      segment_format: z.enum(["fmp4"]),
      window_s: z.int().optional(),
      min_buffer_s: z.int().optional(),
    })
    .optional(),
});
const recording = z.object({
  enabled: z.boolean().optional(),
  target: z.enum(["library", "s3"]).optional(),
  library_id: text.optional(),
  folder_id: text.optional(),
  prefix: text.optional(),
  s3_config: z
    .object({
      endpoint: z.url(),
      bucket: text,
      region: text,
      access_key_id: text,
      secret_access_key: text,
      prefix: text.optional(),
      storage_class: text.optional(),
    })
    .optional(),
});

/** The create body, field by field. */
const fields = z.object({
  name: z.string().min(1).max(255),
  type: z.enum(["linear", "event"]),
  mode: z.enum(["video", "audio"]),
  region: text,
  ingest,
  output_protocols: setOf(["hls", "dash"]),
  ladder,
  packaging,
  recording: recording.optional(),
  webhook_url: z.url().optional(),
  meta: z.record(z.string(), z.unknown()).optional(),
});

/** The create body: its fields, and the rules across them. */
const createBody = fields.superRefine((body, context) => {
  const rule = (isBroken: boolean, at: string, code: string, message: string): void => {
    if (isBroken) context.addIssue({ code: "custom", path: at.split("."), params: { code }, message });
  };
  const required = (owner: object, name: string, at: string): void => {
    rule(!(name in owner), `${at}.${name}`, "validation_required", `${name} is required`);
  };
  const { mode, ingest, ladder, packaging, recording, output_protocols: protocols } = body;
  if (ingest.kind === "push") required(ingest, "protocols", "ingest");
  else required(ingest, "primary", "ingest");
  const hasPrimary = ingest.kind === "push" && ingest.primary !== undefined;
  rule(hasPrimary, "ingest.primary", "validation_forbidden", "primary is not allowed for push");
  const isMixed = ladder.video !== undefined && ladder.audio !== undefined;
  rule(isMixed, "ladder", "validation_ladder_both", "give video or audio, not both");
  const missing = `validation_ladder_${mode}_required`;
  rule(ladder[mode] === undefined, `ladder.${mode}`, missing, `${mode} is required`);
  for (const protocol of protocols) required(packaging, protocol, "packaging");
  const isAudio = mode === "audio";
  const noDash = "dash is not available for audio";
  rule(isAudio && protocols.includes("dash"), "output_protocols", "validation_dash_audio", noDash);
  rule(isAudio && packaging.dash !== undefined, "packaging.dash", "validation_forbidden", noDash);
  if (recording?.target === "library") required(recording, "library_id", "recording");
  if (recording?.target === "s3") required(recording, "s3_config", "recording");
});

/** A stream as it is kept: everything, where replies drop zero and null fields. */
const stored = fields.extend({
  id: text,
  organization_id: text,
  status: text,
  stream_key: text,
  playback: z.object({ hls: text.nullable(), dash: text.nullable() }),
  recording: recording.nullable(),
  webhook_url: text.nullable(),
  meta: z.record(z.string(), z.unknown()),
  last_live_at: text.nullable(),
  last_ended_at: text.nullable(),
  created_at: text,
  updated_at: text,
});
type Stored = z.infer<typeof stored>;

/** An array that names each of its items once. */
function setOf<const T extends string>(allowed: readonly T[]) {
  return z
    .array(z.enum(allowed))
    .min(1)
    .refine((items) => new Set(items).size === items.length, "must be unique");
}

/** Short names stay, for whoever looks; of a longer one, which may be a secret in a test, the id tells nothing. */
function organizationOf(name: string): string {
  if (name.length > 8) return createHash("sha256").update(name).digest("hex").slice(0, 8);
  return name || "main";
}

function tenbyte({ data, now }: SimulatorContext): Hono {
  const streams = (data.streams ??= {}) as Record<string, Stored>;
  const app = new Hono();

  const organization = (context: Context): string | undefined => {
    const key = context.req.header("x-api-key");
    const bearer = /^Bearer ((tkb_)?sandbox.*)$/.exec(context.req.header("authorization") ?? "")?.[1];
    const credential = key?.startsWith("tkb_sandbox") ? key : bearer;
    const own = credential?.replace(/^(tkb_)?sandbox[-_]?/, "");
    return own === undefined ? undefined : `org-${organizationOf(own)}`;
  };
  const own = (context: Context): Stored | undefined => {
    const stream = rowOf(streams, context.req.param("id"));
    return stream?.organization_id === organization(context) ? stream : undefined;
  };

  app.get("/health", (context) => context.json({ status: "healthy" }));
  app.use(async (context, next) => {
    if (organization(context) !== undefined) {
      await next();
      return;
    }
    return problem(context, 401, "UNAUTHORIZED", "Provide an Authorization header or X-API-Key");
  });
  app.get("/ping", (context) => context.json({ success: true, message: "pong", data: {} }));

  app.post("/streams", async (context) => {
    const { value: body, wrong } = await bodyOf(context, createBody);
    if (!body) return wrong ? invalid(context, wrong) : malformed(context);
    const stream = newStream(body, organization(context) ?? "", now());
    streams[stream.id] = stream;
    return context.json({ success: true, message: "Created Successfully", data: shown(stream) }, 201);
  });

  app.get("/streams", (context) => {
    const number = atLeast(Number(context.req.query("page")), 1, 1);
    const size = Math.min(100, atLeast(Number(context.req.query("per_page")), 1, 10));
    const mine = Object.values(streams).filter((stream) => stream.organization_id === organization(context));
    // Insertion order is creation order.
    const ordered = context.req.query("order") === "asc" ? mine : mine.reverse();
    const total_pages = Math.ceil(ordered.length / size);
    const pagination = { page: number, per_page: size, total: ordered.length, total_pages };
    const items = ordered.slice((number - 1) * size, number * size).map(listItem);
    return context.json({
      success: true,
      message: "Fetched Successfully",
      data: items,
      meta: { pagination },
    });
  });

  app.get("/streams/:id", (context) => {
    const stream = own(context);
    if (!stream) return notFound(context);
    return context.json({ success: true, message: "Fetched Successfully", data: shown(stream) });
  });

  app.delete("/streams/:id", (context) => {
    const stream = own(context);
    if (!stream) return notFound(context);
    if (isRunning(stream)) return problem(context, 409, "INTERNAL_ERROR", "A live stream cannot be deleted");
    delete streams[stream.id];
    return context.body(null, 204);
  });

  app.post("/streams/:id/reset-key", (context) => {
    const stream = own(context);
    if (!stream) return notFound(context);
    stream.stream_key = randomUUID();
    stream.updated_at = now().toISOString();
    // A reset disconnects a live stream (section 7).
    if (isRunning(stream)) Object.assign(stream, { status: "idle", last_ended_at: now().toISOString() });
    return context.json({ success: true, message: "Key Reset Successfully", data: shown(stream) });
  });

  app.post("/streams/:id/stop", (context) => {
    const stream = own(context);
    if (!stream) return notFound(context);
    if (!isRunning(stream)) return problem(context, 409, "INTERNAL_ERROR", "The stream is not live");
    Object.assign(stream, { status: "idle", last_ended_at: now().toISOString() });
    return context.json({ success: true, message: "Stopped", data: {} });
  });

  app.post("/streams/:id/restart", (context) => {
    const stream = own(context);
    if (!stream) return notFound(context);
    if (isRunning(stream)) return problem(context, 409, "INTERNAL_ERROR", "The stream is already live");
    stream.status = "starting";
    return context.json({ success: true, message: "Restarted", data: {} });
  });

  return app;
}

const isRunning = ({ status }: Stored): boolean =>
  ["starting", "live", "reconnecting", "stopping"].includes(status);

const atLeast = (value: number, least: number, otherwise: number): number =>
  value >= least ? value : otherwise;

interface ErrorItem {
  field?: string;
  code: string;
  message: string;
}

type Status = 400 | 401 | 404 | 409 | 422;

function problem(
  context: Context,
  status: Status,
  code: string,
  message: string,
  errors?: ErrorItem[],
): Response {
  return context.json({ success: false, code, message, ...(errors ? { errors } : {}) }, status);
}

const malformed = (context: Context): Response =>
  problem(context, 400, "BAD_REQUEST", "Malformed request", [
    { code: "invalid_json", message: "invalid JSON" },
  ]);

const invalid = (context: Context, wrong: WrongField[]): Response =>
  problem(
    context,
    422,
    "VALIDATION_ERROR",
    "Validation failed",
    wrong.map(({ field, isMissing, code, message }) => ({
      ...(field ? { field } : {}),
      code: code ?? (isMissing ? "validation_required" : "validation_invalid"),
      message,
    })),
  );

const notFound = (context: Context): Response => problem(context, 404, "NOT_FOUND", "Stream not found");

function newStream(body: z.infer<typeof createBody>, organization_id: string, now: Date): Stored {
  const id = randomUUID();
  const protocols = body.output_protocols;
  return {
    ...body,
    id,
    organization_id,
    status: "idle",
    stream_key: randomUUID(),
    playback: {
      hls: protocols.includes("hls") ? `https://play.tenbyte.example.test/${id}/master.m3u8` : null,
      dash: protocols.includes("dash") ? `https://play.tenbyte.example.test/${id}/manifest.mpd` : null,
    },
    recording: body.recording?.enabled === true ? body.recording : null,
    webhook_url: body.webhook_url ?? null,
    meta: body.meta ?? {},
    last_live_at: null,
    last_ended_at: null,
    created_at: now.toISOString(),
    updated_at: now.toISOString(),
  };
}

/** The stream as replies show it: ingest URLs by the current key, S3 secret withheld, zero and null fields dropped. */
function shown({ meta, ...stream }: Stored): unknown {
  const { ingest, recording } = stream;
  const urls =
    ingest.kind === "push"
      ? {
          rtmp: "rtmp://ingest.tenbyte.example.test:1935/live",
          // Returned even when only rtmp was asked for (section 11, 4).
          srt: `srt://ingest.tenbyte.example.test:9710?streamid=publish:${stream.stream_key}`,
        }
      : {};
  const s3 = recording?.s3_config;
  const fields = withoutEmpty({
    ...stream,
    ingest: { ...ingest, ...urls },
    recording: recording && {
      ...recording,
      s3_config: s3 && { bucket: s3.bucket, secret_access_key: "********" },
    },
  });
  // What is within the user's own values is as it was sent: nothing says otherwise.
  return { ...(fields as Json), meta };
}

/** Zero and null fields are dropped; `false` and `{}` are kept (section 11, 1). */
function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmpty);
  if (value === null || typeof value !== "object") return value;
  const kept = Object.entries(value).filter(([, item]) => item !== null && item !== undefined && item !== 0);
  return Object.fromEntries(kept.map(([name, item]) => [name, withoutEmpty(item)]));
}

function listItem(stream: Stored): unknown {
  const { kind, protocols } = stream.ingest;
  const { id, organization_id, name, type, mode, status, region, output_protocols } = stream;
  const { last_live_at, last_ended_at, created_at, updated_at } = stream;
  const facts = { id, organization_id, name, type, mode, status, region, output_protocols };
  const times = { last_live_at, last_ended_at, created_at, updated_at };
  return withoutEmpty({ ...facts, ...times, ingest: { kind, protocols } });
}
