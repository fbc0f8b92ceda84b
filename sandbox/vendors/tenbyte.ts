import { randomUUID } from "node:crypto";
import { type Context, Hono } from "hono";
import type { Simulator, SimulatorContext } from "../simulator";

/**
 * Tenbyte Livestream as its published API describes it (docs/sheets/tenbyte.md, sections 1 to 4, 7 to 9, 11). Accepts any
 * `X-API-Key` that begins with `tkb_sandbox` and any bearer token that begins with `sandbox`; each is an organization
 * of its own.
 */
export const simulator: Simulator = {
  basePath: "/v1/livestream",
  credentials: { apiKey: "tkb_sandbox" },
  app: tenbyte,
  setLive: (data, id, live) => {
    const stream = (data.streams as Record<string, Stored>)[id];
    if (stream) stream.status = live ? "live" : "idle";
  },
  remove: (data, id) => {
    delete (data.streams as Record<string, Stored>)[id];
  },
};

type Json = Record<string, unknown>;

/** A stream as it is kept: everything, where replies drop zero and null fields. */
interface Stored extends Json {
  id: string;
  organization_id: string;
  status: string;
  stream_key: string;
}

function tenbyte({ data, now }: SimulatorContext): Hono {
  const streams = (data.streams ??= {}) as Record<string, Stored>;
  const app = new Hono();

  const organization = (context: Context): string | undefined => {
    const key = context.req.header("x-api-key");
    const bearer = /^Bearer (sandbox.*)$/.exec(context.req.header("authorization") ?? "")?.[1];
    const credential = key?.startsWith("tkb_sandbox") ? key : bearer;
    return credential && `org-${credential.replace(/^(tkb_)?sandbox[-_]?/, "") || "main"}`;
  };
  const own = (context: Context): Stored | undefined => {
    const stream = streams[context.req.param("id") ?? ""];
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
    const body = (await context.req.json().catch(() => undefined)) as Json | undefined;
    if (body === undefined) {
      return problem(context, 400, "BAD_REQUEST", "Malformed request", [
        { code: "invalid_json", message: "invalid JSON" },
      ]);
    }
    const errors = createErrors(body);
    if (errors.length > 0) return problem(context, 422, "VALIDATION_ERROR", "Validation failed", errors);
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

const notFound = (context: Context): Response => problem(context, 404, "NOT_FOUND", "Stream not found");

function newStream(body: Json, organization_id: string, now: Date): Stored {
  const id = randomUUID();
  const protocols = body.output_protocols as string[];
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
    recording: (body.recording as Json | undefined)?.enabled === true ? body.recording : null,
    webhook_url: body.webhook_url ?? null,
    meta: body.meta ?? {},
    last_live_at: null,
    last_ended_at: null,
    created_at: now.toISOString(),
    updated_at: now.toISOString(),
  };
}

/** The stream as replies show it: ingest URLs by the current key, S3 secret withheld, zero and null fields dropped. */
function shown(stream: Stored): unknown {
  const ingest = stream.ingest as Json;
  const urls =
    ingest.kind === "push"
      ? {
          rtmp: "rtmp://ingest.tenbyte.example.test:1935/live",
          // Returned even when only rtmp was asked for (section 11, 4).
          srt: `srt://ingest.tenbyte.example.test:9710?streamid=publish:${stream.stream_key}`,
        }
      : {};
  const recording = stream.recording as Json | null;
  const s3 = recording?.s3_config as Json | undefined;
  return withoutEmpty({
    ...stream,
    ingest: { ...ingest, ...urls },
    recording: recording && {
      ...recording,
      s3_config: s3 && { bucket: s3.bucket, secret_access_key: "********" },
    },
  });
}

/** Zero and null fields are dropped; `false` and `{}` are kept (section 11, 1). */
function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmpty);
  if (value === null || typeof value !== "object") return value;
  const kept = Object.entries(value).filter(([, item]) => item !== null && item !== undefined && item !== 0);
  return Object.fromEntries(kept.map(([name, item]) => [name, withoutEmpty(item)]));
}

function listItem({ ingest, ...stream }: Stored): unknown {
  const { kind, protocols } = ingest as Json;
  const names = ["id", "organization_id", "name", "type", "mode", "status", "region", "output_protocols"];
  const times = ["last_live_at", "last_ended_at", "created_at", "updated_at"];
  const fields = [...names, ...times].map((name) => [name, stream[name]] as const);
  return withoutEmpty({ ...Object.fromEntries(fields), ingest: { kind, protocols } });
}

/** Section 2, constraint by constraint. */
function createErrors(body: Json): ErrorItem[] {
  const errors: ErrorItem[] = [];
  const fail = (field: string, code: string, message: string): void => {
    errors.push({ field, code, message });
  };
  const required = (owner: Json | undefined, names: string[], prefix = ""): void => {
    for (const name of names) {
      if (owner?.[name] === undefined) fail(prefix + name, "validation_required", `${name} is required`);
    }
  };
  const oneOf = (owner: Json | undefined, name: string, allowed: unknown[], prefix = ""): void => {
    const value = owner?.[name];
    if (value !== undefined && !allowed.includes(value)) {
      fail(prefix + name, "validation_oneof", `${name} must be one of ${allowed.join(", ")}`);
    }
  };
  const between = (owner: Json | undefined, name: string, low: number, high: number, prefix = ""): void => {
    const value = owner?.[name];
    if (
      value !== undefined &&
      !(typeof value === "number" && Number.isInteger(value) && value >= low && value <= high)
    ) {
      fail(prefix + name, "validation_range", `${name} must be between ${low} and ${high}`);
    }
  };

  required(body, ["name", "type", "mode", "region", "ingest", "output_protocols", "ladder", "packaging"]);
  const name = body.name;
  if (name !== undefined && (typeof name !== "string" || name.length < 1 || name.length > 255)) {
    fail("name", "validation_length", "name must have 1 to 255 characters");
  }
  oneOf(body, "type", ["linear", "event"]);
  oneOf(body, "mode", ["video", "audio"]);
  checkIngest(body.ingest as Json | undefined);
  checkOutputs();
  checkLadder(body.ladder as Json | undefined);
  checkRecording(body.recording as Json | undefined);
  return errors;

  function checkIngest(ingest: Json | undefined): void {
    if (!ingest) return;
    required(ingest, ["kind"], "ingest.");
    oneOf(ingest, "kind", ["push", "pull"], "ingest.");
    if (ingest.kind === "push") {
      required(ingest, ["protocols"], "ingest.");
      if (ingest.primary !== undefined)
        fail("ingest.primary", "validation_forbidden", "primary is not allowed for push");
    }
    if (ingest.kind === "pull") required(ingest, ["primary"], "ingest.");
    checkSet(ingest.protocols, "ingest.protocols", ["rtmp", "srt"]);
    for (const side of ["primary", "backup"]) {
      const endpoint = ingest[side] as Json | undefined;
      if (!endpoint) continue;
      required(endpoint, ["protocol", "url"], `ingest.${side}.`);
      oneOf(endpoint, "protocol", ["srt", "rtsp", "rtmp", "udp"], `ingest.${side}.`);
    }
  }

  function checkSet(value: unknown, field: string, allowed: string[]): void {
    if (value === undefined) return;
    const items = value as string[];
    if (items.length < 1) fail(field, "validation_min", `${field} needs at least 1 item`);
    if (new Set(items).size < items.length) fail(field, "validation_unique", `${field} must be unique`);
    if (items.some((item) => !allowed.includes(item))) {
      fail(field, "validation_oneof", `${field} must be of ${allowed.join(", ")}`);
    }
  }

  function checkOutputs(): void {
    const protocols = body.output_protocols as string[] | undefined;
    const packaging = body.packaging as Record<string, Json> | undefined;
    checkSet(protocols, "output_protocols", ["hls", "dash"]);
    if (body.mode === "audio" && protocols?.includes("dash")) {
      fail("output_protocols", "validation_dash_audio", "dash is not available for audio");
    }
    if (body.mode === "audio" && packaging?.dash)
      fail("packaging.dash", "validation_forbidden", "not allowed for audio");
    for (const protocol of ["hls", "dash"]) {
      if (protocols?.includes(protocol) && packaging) required(packaging, [protocol], "packaging.");
      if (packaging?.[protocol]) required(packaging[protocol], ["segment_format"], `packaging.${protocol}.`);
    }
    oneOf(packaging?.hls, "segment_format", ["mpegts", "fmp4"], "packaging.hls.");
    oneOf(packaging?.dash, "segment_format", ["fmp4"], "packaging.dash.");
  }

  function checkLadder(ladder: Json | undefined): void {
    if (!ladder) return;
    const video = ladder.video as Json[] | undefined;
    const audio = ladder.audio as Json[] | undefined;
    if (video && audio) fail("ladder", "validation_ladder_both", "give video or audio, not both");
    if (body.mode === "video" && !video)
      fail("ladder.video", "validation_ladder_video_required", "video is required");
    if (body.mode === "audio" && !audio)
      fail("ladder.audio", "validation_ladder_audio_required", "audio is required");
    if (video && (video.length < 1 || video.length > 6))
      fail("ladder.video", "validation_range", "1 to 6 rungs");
    if (audio && (audio.length < 1 || audio.length > 3))
      fail("ladder.audio", "validation_range", "1 to 3 rungs");
    video?.forEach((rung, at) => {
      checkVideoRung(rung, `ladder.video[${at}].`);
    });
    audio?.forEach((rung, at) => {
      checkAudio(rung, "bitrate_kbps", `ladder.audio[${at}].`);
    });
  }

  function checkVideoRung(rung: Json, at: string): void {
    required(rung, ["width", "height", "fps", "gop", "bitrate_kbps", "codec", "audio"], at);
    between(rung, "width", 1, 2560, at);
    oneOf(rung, "height", [240, 360, 480, 720, 1080, 1440], at);
    oneOf(rung, "fps", [24, 25, 30, 60], at);
    between(rung, "crf", 0, 51, at);
    oneOf(rung, "codec", ["h264", "h265"], at);
    oneOf(rung, "rate_control", ["cbr", "vbr"], at);
    for (const name of ["preset", "profile", "level"]) {
      const value = rung[name];
      if (value !== undefined && typeof value !== "string")
        fail(at + name, "validation_type", `${name} must be a string`);
    }
    if (rung.audio) checkAudio(rung.audio as Json, "audio_bitrate_kbps", `${at}audio.`);
  }

  function checkAudio(audio: Json, bitrate: string, at: string): void {
    required(audio, ["codec", "channels", "sample_rate_hz", bitrate], at);
    oneOf(audio, "codec", ["aac"], at);
    oneOf(audio, "channels", [1, 2, 6], at);
    oneOf(audio, "sample_rate_hz", [22050, 32000, 44100, 48000], at);
    between(audio, bitrate, 64, 256, at);
  }

  function checkRecording(recording: Json | undefined): void {
    if (!recording) return;
    oneOf(recording, "target", ["library", "s3"], "recording.");
    if (recording.target === "library") required(recording, ["library_id"], "recording.");
    if (recording.target === "s3") required(recording, ["s3_config"], "recording.");
    if (recording.s3_config) {
      const names = ["endpoint", "bucket", "region", "access_key_id", "secret_access_key"];
      required(recording.s3_config as Json, names, "recording.s3_config.");
    }
  }
}
