import { z } from "zod";
import {
  defineResource,
  mayHoldSecret,
  namedAfterResource,
  type Known,
  type Problem,
  secret,
  type Seen,
  text,
  unordered,
} from "../../define";
import { LostAnswer, Refused } from "../../define/errors";
import { type Api, path } from "../../define/api";
import { noContent } from "../../define/reply";
import { madeBy } from "../../define/made-by";
import { checkTenbyteLadder, tenbyteRules } from "./ladder";
import { ladderProblems, ladderRulesOff } from "../../ladder/input";
import { poll } from "../../calls/poll";
import { toCamelCase, toSnakeCase } from "../../calls/wire";
import { done, getStream, listStreams, mayBeLive, newStream, organizationId, type StreamReply } from "./api";

/** Where a create leaves its mark. */
const MARK = "streamkeys:create";

const integer = (about: string) => z.number().int().describe(about);

/** Pull URLs may carry user info, a stream id or a passphrase (docs/sheets/tenbyte.md, section 10). */
const source = (about: string) =>
  z
    .strictObject({
      protocol: z.enum(["srt", "rtsp", "rtmp", "udp"]).describe("Transport of the source."),
      url: secret(z.url().describe("Address of the source. Secret: it may carry credentials.")),
    })
    .describe(about)
    .optional();

const ingest = z
  .strictObject({
    kind: z
      .enum(["push", "pull"])
      .describe("`push`: an encoder sends to Tenbyte. `pull`: Tenbyte fetches from `primary`."),
    protocols: unordered(
      z
        .array(z.enum(["rtmp", "srt"]))
        .min(1)
        .describe("Protocols an encoder may push with. Required for `push`."),
    ).optional(),
    primary: source("Where Tenbyte pulls from. Required for `pull`, not allowed for `push`."),
    backup: source("Push: a second publish target. Pull: the source to fail over to."),
  })
  .describe("How the feed comes in.");

const audioFields = {
  codec: z.enum(["aac"]).describe("Audio codec."),
  channels: z.literal([1, 2, 6]).describe("Audio channels: 1, 2 or 6."),
  sampleRateHz: z
    .literal([22050, 32000, 44100, 48000])
    .describe("Sample rate in Hz: 22050, 32000, 44100 or 48000."),
};
const audioBitrate = z.number().int().min(64).max(256).describe("Audio bitrate in kbps, 64 to 256.");

const videoRung = z.strictObject({
  name: text("Name of the rung.").optional(),
  width: z.number().int().min(1).max(2560).describe("Width in pixels, at most 2560."),
  height: z
    .literal([240, 360, 480, 720, 1080, 1440])
    .describe("Height in pixels: 240, 360, 480, 720, 1080 or 1440."),
  fps: z.literal([24, 25, 30, 60]).describe("Frames per second: 24, 25, 30 or 60."),
  gop: integer("GOP length in frames."),
  bitrateKbps: integer("Video bitrate in kbps."),
  maxBitrateKbps: integer("Peak video bitrate in kbps.").optional(),
  bufSizeKbps: integer("Rate control buffer in kbit (Tenbyte's `buf_size_kbps`).").optional(),
  crf: z.number().int().min(0).max(51).describe("Constant rate factor, 0 to 51.").optional(),
  codec: z.enum(["h264", "h265"]).describe("Video codec."),
  preset: text("Encoder preset, for example `veryfast`.").optional(),
  profile: text("Codec profile, for example `main`.").optional(),
  level: text('Codec level, a string, for example `"4.0"`.').optional(),
  rateControl: z.enum(["cbr", "vbr"]).describe("Rate control.").optional(),
  bframes: integer("B-frames between reference frames.").optional(),
  refFrames: integer("Reference frames.").optional(),
  rcLookahead: integer("Frames of rate control lookahead.").optional(),
  audio: z
    .strictObject({ ...audioFields, audioBitrateKbps: audioBitrate })
    .describe("Audio that goes with the rung."),
});

const audioRung = z.strictObject({
  name: text("Name of the rung.").optional(),
  ...audioFields,
  bitrateKbps: audioBitrate,
});

const ladder = z
  .strictObject({
    video: z.array(videoRung).min(1).max(6).describe("Video rungs, 1 to 6, for `mode: video`.").optional(),
    audio: z.array(audioRung).min(1).max(3).describe("Audio rungs, 1 to 3, for `mode: audio`.").optional(),
  })
  .describe("Encoding ladder: `video` or `audio`, as `mode` says.");

const packaging = z
  .strictObject({
    hls: z
      .strictObject({
        segmentFormat: z.enum(["mpegts", "fmp4"]).describe("Container of the segments."),
        playlistSize: integer("Segments in the playlist.").optional(),
        preservedSegments: integer("Segments kept after they left the playlist.").optional(),
        lowLatency: z.boolean().describe("Low-latency HLS.").optional(),
      })
      .describe("HLS packaging. Required when `outputProtocols` has `hls`.")
      .optional(),
    dash: z
      .strictObject({
        segmentFormat: z.enum(["fmp4"]).describe("Container of the segments."),
        windowS: integer("Length of the manifest's window in seconds.").optional(),
        minBufferS: integer("Buffer players should keep, in seconds.").optional(),
      })
      .describe("DASH packaging. Required when `outputProtocols` has `dash`.")
      .optional(),
  })
  .describe("How the output is packaged.");

const recording = z
  .strictObject({
    enabled: z.boolean().describe("Whether broadcasts are recorded. Tenbyte's default is false.").optional(),
    target: z.enum(["library", "s3"]).describe("Where recordings go.").optional(),
    libraryId: text("Library to record into. Required for target `library`.").optional(),
    folderId: text("Folder within the library.").optional(),
    prefix: text("Prefix of the recordings' names.").optional(),
    s3Config: z
      .strictObject({
        endpoint: z.url().describe("S3 endpoint URL."),
        bucket: text("Bucket."),
        region: text("Region of the bucket."),
        accessKeyId: secret(text("Access key id.")),
        secretAccessKey: secret(text("Secret access key.")),
        prefix: text("Key prefix within the bucket.").optional(),
        storageClass: text("S3 storage class.").optional(),
      })
      .describe(
        "Bucket to record into. Required for target `s3`. Tenbyte does not report it, so it cannot drift.",
      )
      .optional(),
  })
  .describe("Recording of broadcasts. Off when unset.")
  .optional();

const inputs = {
  name: namedAfterResource(
    z
      .string()
      .min(1)
      .max(255)
      .describe("Name of the stream, 1 to 255 characters. The resource's name when unset."),
  ),
  type: z.enum(["linear", "event"]).describe("`linear`: round the clock. `event`: at most 6 hours."),
  mode: z.enum(["video", "audio"]).describe("What is broadcast."),
  region: z
    .string()
    .min(1)
    .describe("Region code, for example `sg-edge-04`. Tenbyte publishes no list of regions."),
  ingest,
  outputProtocols: unordered(
    z
      .array(z.enum(["hls", "dash"]))
      .min(1)
      .max(2)
      .describe("Playback protocols: `hls`, `dash` or both."),
  ),
  ladder,
  packaging,
  recording,
  webhookUrl: secret(z.url().describe("Where Tenbyte sends events. Secret: it may hold a token.")).optional(),
  meta: mayHoldSecret(
    z
      .record(z.string(), z.any())
      .describe("Your own JSON values, kept with the stream. No message quotes them."),
  ).optional(),
  ladderRulesOff: ladderRulesOff(tenbyteRules),
};

const outputs = {
  rtmpUrl: text("RTMP ingest URL, without the key. Unset for pull streams.").optional(),
  // Secret all the same: up to 0.1 it held the key, and a state of then is kept as it is until a refresh.
  srtUrl: secret(
    text(
      "SRT ingest URL without the key, which others rotate: `srtPublishUrl` of a `StreamKey` has both. Unset for pull streams.",
    ),
  ).optional(),
  hlsUrl: text("HLS playback URL. Unset when `outputProtocols` lacks `hls`.").optional(),
  dashUrl: text("DASH playback URL. Unset when `outputProtocols` lacks `dash`.").optional(),
  organizationId,
  createdAt: text("When the stream was made, RFC 3339 UTC.").optional(),
};

/** How long a stopped stream may take to go idle. Not documented; a minute is generous for ending a transcoder. */
const STOP_TIMEOUT_MS = 60_000;

/** A live stream with its ladder (docs/sheets/tenbyte.md, sections 1 to 3). */
export const stream = defineResource({
  name: "Stream",
  about:
    "A Tenbyte live stream: ingest, encoding ladder, packaging and recording. Tenbyte publishes no call that changes a " +
    "stream, so every change makes a new one, with a new id, key and URLs, and deletes the old one. The stream key is " +
    "not an output here: declare a `StreamKey`, so that a change of the ladder's metadata never makes the key unknown.",
  notes: [
    "Assumed: a stream cannot be changed in place. Tenbyte's guides mention editing, but no such call is published.",
    "Assumed: a live stream must be stopped before it can be deleted. Tenbyte's reference says both that delete ends a " +
      "broadcast and that it is refused (409). With `interruptLive: true` a refused delete is followed by stop, a wait " +
      "for idle, and another delete.",
    "A stream whose status Tenbyte does not report counts as live.",
    `\`meta\` at Tenbyte holds a mark beside your own values, \`${MARK}\`, by which a stream is found again after a lost answer. ` +
      "It is never shown as drift.",
  ],
  inputs,
  outputs,
  validate,

  create: async (api, stream, { mark }) =>
    toSeen((await api.post(path`/streams`, newStream, { body: toWire(stream, mark) })).data),

  read: async (api, id) => toSeen(await getStream(api, id)),

  delete: async (api, id, _, { interruptLive, progress }) => {
    try {
      await api.delete(path`/streams/${id}`, noContent);
    } catch (error) {
      if (!(error instanceof Refused) || error.status !== 409 || !interruptLive) throw error;
      await stop(api, id, progress);
      await api.delete(path`/streams/${id}`, noContent);
    }
  },

  isLive: async (api, id) => mayBeLive(await getStream(api, id)),
  cuts: () => ["delete"],

  foundBy: "mark",
  find: async (api, { name, type, mode, region }, attempt) => {
    const made = await madeBy(
      attempt,
      listStreams(api),
      "newest first",
      (item) => item.name === name && item.type === type && item.mode === mode && item.region === region,
    );
    // The list does not show `meta`.
    const streams = await Promise.all(made.map(({ id }) => getStream(api, id)));
    return streams.filter(({ meta }) => attempt.isOwnMark(markIn(meta))).map(toSeen);
  },

  list: async function* (api) {
    for await (const item of listStreams(api)) {
      yield { id: item.id, name: item.name ?? item.id, live: mayBeLive(item) };
    }
  },
});

type Inputs = z.infer<z.ZodObject<typeof inputs>>;

/** Inputs that Tenbyte takes as they are, renamed. */
const sent = Object.keys(inputs).filter((key) => key !== "meta" && key !== "ladderRulesOff");

function toWire({ meta, ...stream }: Inputs, mark: string): unknown {
  const body = Object.fromEntries(sent.map((key) => [key, stream[key as keyof typeof stream]]));
  return { ...(toSnakeCase(body) as object), meta: { ...meta, [MARK]: mark } };
}

function markIn(meta: StreamReply["meta"]): string | undefined {
  const mark = meta?.[MARK];
  return typeof mark === "string" ? mark : undefined;
}

/** The user's own values: all but the mark. */
function ownMeta(meta: StreamReply["meta"]): StreamReply["meta"] {
  if (!meta) return meta;
  const { [MARK]: _, ...own } = meta;
  return own;
}

function toSeen(reply: StreamReply): Seen {
  const { ingest, playback, recording } = reply;
  const wire = {
    name: reply.name,
    type: reply.type,
    mode: reply.mode,
    region: reply.region,
    ingest: ingest && {
      kind: ingest.kind,
      protocols: ingest.protocols,
      primary: ingest.primary,
      backup: ingest.backup,
    },
    output_protocols: reply.output_protocols,
    ladder: reply.ladder,
    packaging: reply.packaging,
    // What comes back of the S3 credentials is not documented; state keeps what was sent.
    recording: recording && { ...recording, s3_config: undefined },
    webhook_url: reply.webhook_url,
  };
  return {
    id: reply.id,
    inputs: { ...(toCamelCase(wire) as object), meta: ownMeta(reply.meta) },
    outputs: {
      rtmpUrl: ingest?.rtmp ?? undefined,
      srtUrl: ingest?.srt ? withoutKey(ingest.srt) : undefined,
      hlsUrl: playback?.hls ?? undefined,
      dashUrl: playback?.dash ?? undefined,
      organizationId: reply.organization_id ?? undefined,
      createdAt: reply.created_at ?? undefined,
    },
  };
}

/** The key is in the query, as `streamid`. */
const withoutKey = (url: string): string => url.replace(/[?#].*$/, "");

async function stop(api: Api, id: string, progress: (message: string) => void): Promise<void> {
  progress(`Stopping Tenbyte stream ${id}`);
  await api.post(path`/streams/${id}/stop`, done);
  const idle = await poll(
    async () => (mayBeLive(await getStream(api, id)) ? undefined : true),
    STOP_TIMEOUT_MS,
    (seconds) => {
      progress(`Waiting for Tenbyte stream ${id} to go idle (${seconds} s)`);
    },
  );
  if (!idle) {
    throw new LostAnswer({
      vendor: api.label,
      call: `POST /streams/${id}/stop`,
      detail: `did not bring the stream to idle within ${STOP_TIMEOUT_MS / 1000} s`,
      advice: "Run again to delete it.",
    });
  }
}

/** Tenbyte's rules across fields (docs/sheets/tenbyte.md, section 2). */
function validate(given: Known<Inputs>): Problem[] {
  const problems: Problem[] = [];
  const rule = (broken: boolean | undefined, path: string, reason: string): void => {
    if (broken) problems.push({ path, reason });
  };
  const { mode, ingest, ladder, packaging, recording, meta } = given;
  const protocols = given.outputProtocols?.filter((protocol) => protocol !== undefined);

  rule(
    ingest?.kind === "push" && !("protocols" in ingest),
    "ingest.protocols",
    "is required for kind `push`",
  );
  rule(
    ingest?.kind === "push" && ingest.primary !== undefined,
    "ingest.primary",
    "is not allowed for kind `push`",
  );
  rule(ingest?.kind === "pull" && !("primary" in ingest), "ingest.primary", "is required for kind `pull`");
  rule(meta && MARK in meta, `meta["${MARK}"]`, "is kept for the mark of this provider");
  rule(repeats(ingest?.protocols), "ingest.protocols", "must not name a protocol twice");
  rule(repeats(protocols), "outputProtocols", "must not name a protocol twice");
  rule(
    mode === "audio" && protocols?.includes("dash"),
    "outputProtocols",
    "cannot have `dash` in mode `audio`",
  );
  for (const protocol of ["hls", "dash"] as const) {
    const missing = protocols?.includes(protocol) && packaging && !(protocol in packaging);
    rule(missing, `packaging.${protocol}`, `is required when \`outputProtocols\` has \`${protocol}\``);
  }
  rule(mode === "audio" && packaging?.dash !== undefined, "packaging.dash", "is not allowed in mode `audio`");
  rule(
    recording?.target === "library" && !("libraryId" in recording),
    "recording.libraryId",
    "is required for target `library`",
  );
  rule(
    recording?.target === "s3" && !("s3Config" in recording),
    "recording.s3Config",
    "is required for target `s3`",
  );
  if (!ladder) return problems;
  const off = given.ladderRulesOff?.filter((id) => id !== undefined) ?? [];
  const segmentFormat = protocols?.includes("hls") ? packaging?.hls?.segmentFormat : undefined;
  return [
    ...problems,
    ...ladderProblems(
      "ladder",
      checkTenbyteLadder(ladder, { mode, off, ...(segmentFormat && { segmentFormat }) }),
    ),
  ];
}

const repeats = (items: (string | undefined)[] | undefined): boolean => {
  const known = items?.filter((item) => item !== undefined) ?? [];
  return new Set(known).size < known.length;
};
