import { randomBytes } from "node:crypto";
import { type Context, Hono } from "hono";
import { z } from "zod";
import type { Simulator, SimulatorContext, SimulatorData } from "../simulator";
import { rowOf } from "../table";

/**
 * Cloudflare Stream's live inputs and outputs (docs/sheets/cloudflare.md, sections 1 to 9, 11 and 13). Two accounts, each with
 * an API token and with an e-mail and key of its own.
 */

interface Account {
  id: string;
  token: string;
  email: string;
  key: string;
}

const MAIN: Account = {
  id: "5a4db0c0000000000000000000000001",
  token: "sandbox-cloudflare-token",
  email: "sandbox@example.test",
  key: "sandbox-cloudflare-key",
};
const SECOND: Account = {
  id: "5a4db0c0000000000000000000000002",
  token: "sandbox-cloudflare-token-2",
  email: "sandbox-2@example.test",
  key: "sandbox-cloudflare-key-2",
};

/** The simulator. */
export const simulator: Simulator = {
  basePath: "/client/v4",
  credentials: { accountId: MAIN.id, apiToken: MAIN.token },
  stored: z.lazy(() => z.looseObject(store.partial().shape)),
  app: cloudflare,
  setLive: (data, id, live) => {
    const input = rowOf(storeOf(data).inputs, id.split("/")[0]);
    // A disabled input refuses encoders.
    if (input && (input.enabled || !live)) broadcast(storeOf(data), input, live);
  },
  remove: (data, id) => {
    const [uid = "", output] = id.split("/");
    const { inputs } = storeOf(data);
    const input = rowOf(inputs, uid);
    if (output === undefined) delete inputs[uid];
    else if (input) input.outputs = input.outputs.filter((one) => one.uid !== output);
  },
};

type Json = Record<string, unknown>;

const DEFAULT_BEHAVIOUR: Behaviour = { statusForm: "string", rotatesPlayback: false };

/** How long an idempotency key is remembered (section 7). */
const IDEMPOTENCY_MS = 6 * 3_600_000;
const LARGEST_LIST = 1000;
const MOST_OUTPUTS = 50;

const recording = z.strictObject({
  mode: z.enum(["off", "automatic"]).default("off"),
  timeoutSeconds: z.number().int().min(0).default(0),
  requireSignedURLs: z.boolean().default(false),
  allowedOrigins: z
    .array(z.string())
    .optional()
    .transform((origins) => origins ?? null),
  hideLiveViewerCount: z.boolean().default(false),
});
const output = z.object({ uid: z.string(), url: z.string(), streamKey: z.string(), enabled: z.boolean() });
type Output = z.infer<typeof output>;

/** A live input as it is kept. */
const stored = z.looseObject({
  ...{ uid: z.string(), account: z.string(), created: z.string(), modified: z.string() },
  enabled: z.boolean(),
  status: z.string().nullable(),
  recording: recording.extend({ allowedOrigins: z.array(z.string()).nullable() }),
  outputs: z.array(output),
});
type Stored = z.infer<typeof stored>;

/** How Cloudflare behaves where its documents say nothing; change it at `/_sandbox/data/cloudflare/behaviour`. */
const behaviour = z.object({
  /** The form of `status` (section 5). */
  statusForm: z.enum(["string", "object"]),
  /** Whether a rotation gives playback new secrets too (section 6). */
  rotatesPlayback: z.boolean(),
});
type Behaviour = z.infer<typeof behaviour>;

const store = z.object({
  inputs: z.record(z.string(), stored),
  /** What broadcasts leave behind; it outlives their input (section 2). */
  videos: z.array(
    z.object({
      ...{ uid: z.string(), account: z.string(), liveInput: z.string() },
      state: z.enum(["live-inprogress", "ready"]),
    }),
  ),
  /** What an idempotency key has made, and when. */
  idempotency: z.record(z.string(), z.object({ input: z.string(), at: z.number() })),
  behaviour,
});
type Store = z.infer<typeof store>;

/** Create and update take the same; of what is absent nothing is changed, but `recording` is replaced as a whole (section 3). */
const inputBody = z.strictObject({
  meta: z.record(z.string(), z.unknown()).optional(),
  enabled: z.boolean().optional(),
  preferLowLatency: z.boolean().optional(),
  defaultCreator: z.string().optional(),
  deleteRecordingAfterDays: z.number().min(30).max(1096).nullable().optional(),
  recording: recording.optional(),
});
const outputBody = z.strictObject({
  url: z.string().min(1),
  streamKey: z.string().min(1),
  enabled: z.boolean().default(true),
});
const outputChange = z.strictObject({ enabled: z.boolean() });

function cloudflare({ data, now }: SimulatorContext): Hono {
  const store = storeOf(data);
  const app = new Hono();

  app.use(async (context, next) => {
    if (accountOf(context) === undefined) return refused(context, 401, 10000, "Authentication error");
    await next();
    return undefined;
  });
  app.use("/accounts/:account/*", async (context: Context, next) => {
    const account = context.req.param("account") ?? "";
    if (!/^[0-9a-f]{32}$/.test(account)) {
      const path = new URL(context.req.url).pathname;
      const message = `Could not route to ${path}, perhaps your object identifier is invalid?`;
      return refused(context, 404, 7003, message);
    }
    // The token may be good, and not for this account.
    if (accountOf(context)?.id !== account) return refused(context, 403, 10000, "Authentication error");
    await next();
    return undefined;
  });
  app.notFound((context) => refused(context, 404, 7000, "No route for that URI"));

  app.get("/accounts/:account/stream/storage-usage", (context) => {
    const mine = store.videos.filter(({ account }) => account === context.req.param("account"));
    const result = {
      totalStorageMinutes: mine.length,
      totalStorageMinutesLimit: 1000,
      videoCount: mine.length,
    };
    return success(context, { ...result, creator: null });
  });

  const PATH = "/accounts/:account/stream/live_inputs";
  app.get(PATH, (context) => {
    // Insertion order is creation order. No cursor is documented, so what is beyond is out of reach (section 8).
    const mine = Object.values(store.inputs)
      .filter(({ account }) => account === context.req.param("account"))
      .reverse();
    const liveInputs = mine.slice(0, LARGEST_LIST).map(listed);
    return success(context, { liveInputs, range: liveInputs.length, total: mine.length });
  });

  app.post(PATH, async (context) => {
    const account = context.req.param("account");
    const key = context.req.header("idempotency-key");
    if (key !== undefined && Buffer.byteLength(key) > 255)
      return refused(context, 400, 10005, "The Idempotency-Key is longer than 255 bytes");
    const made = rowOf(store.idempotency, `${account} ${key}`);
    if (made && now().getTime() < made.at + IDEMPOTENCY_MS) {
      const before = rowOf(store.inputs, made.input);
      if (before) return success(context, shown(before, store.behaviour));
      return refused(context, 409, 10009, "The live input of this Idempotency-Key has been deleted");
    }
    const body = await bodyOf(context, inputBody);
    if (body instanceof Response) return body;
    const uid = newUid();
    const input: Stored = {
      uid,
      account,
      created: now().toISOString(),
      modified: now().toISOString(),
      enabled: true,
      preferLowLatency: false,
      deleteRecordingAfterDays: null,
      meta: {},
      status: null,
      recording: recording.parse({}),
      outputs: [],
      ...credentials(uid),
      ...playbackCredentials(uid),
    };
    const wrong = change(context, input, body);
    if (wrong) return wrong;
    store.inputs[uid] = input;
    if (key !== undefined) store.idempotency[`${account} ${key}`] = { input: uid, at: now().getTime() };
    return success(context, shown(input, store.behaviour));
  });

  const onInput = (act: (context: Context, input: Stored) => Response | Promise<Response>) => {
    return (context: Context) => {
      const { account = "", uid = "" } = context.req.param();
      const input = rowOf(store.inputs, uid);
      return input?.account === account ? act(context, input) : notFound(context);
    };
  };
  const reply = (context: Context, input: Stored): Response =>
    success(context, shown(input, store.behaviour));

  app.get(`${PATH}/:uid`, onInput(reply));
  app.put(
    `${PATH}/:uid`,
    onInput(async (context, input) => {
      const body = await bodyOf(context, inputBody);
      if (body instanceof Response) return body;
      const wrong = change(context, input, body);
      if (wrong) return wrong;
      input.modified = now().toISOString();
      if (!input.enabled) broadcast(store, input, false);
      return reply(context, input);
    }),
  );
  app.delete(
    `${PATH}/:uid`,
    onInput((context, input) => {
      broadcast(store, input, false);
      delete store.inputs[input.uid];
      // What the body holds is not documented (section 11, 4).
      return context.body(null, 200);
    }),
  );
  for (const [verb, enabled] of [
    ["enable", true],
    ["disable", false],
  ] as const) {
    app.post(
      `${PATH}/:uid/${verb}`,
      onInput((context, input) => {
        Object.assign(input, { enabled, modified: now().toISOString() });
        if (!enabled) broadcast(store, input, false);
        return reply(context, input);
      }),
    );
  }
  app.post(
    `${PATH}/:uid/rotate_keys`,
    onInput((context, input) => {
      Object.assign(input, credentials(input.uid), { keysRotatedAt: now().toISOString() });
      if (store.behaviour.rotatesPlayback) Object.assign(input, playbackCredentials(input.uid));
      // Broadcasts with old credentials are disconnected (section 6).
      broadcast(store, input, false);
      return reply(context, input);
    }),
  );
  app.get(
    `${PATH}/:uid/videos`,
    onInput((context, input) => {
      const videos = store.videos.filter(({ liveInput }) => liveInput === input.uid);
      return success(
        context,
        videos.map(({ uid, liveInput, state }) => ({ uid, liveInput, status: { state } })),
      );
    }),
  );

  app.get(
    `${PATH}/:uid/outputs`,
    onInput((context, { outputs }) => success(context, outputs)),
  );
  app.post(
    `${PATH}/:uid/outputs`,
    onInput(async (context, { outputs }) => {
      const body = await bodyOf(context, outputBody);
      if (body instanceof Response) return body;
      if (outputs.length >= MOST_OUTPUTS)
        return refused(context, 400, 10005, `A live input has at most ${MOST_OUTPUTS} outputs`);
      const output = { uid: newUid(), ...body };
      outputs.push(output);
      return success(context, output);
    }),
  );
  const onOutput = (act: (context: Context, output: Output, input: Stored) => Response | Promise<Response>) =>
    onInput((context, input) => {
      const output = input.outputs.find(({ uid }) => uid === context.req.param("output"));
      return output ? act(context, output, input) : notFound(context);
    });
  app.put(
    `${PATH}/:uid/outputs/:output`,
    onOutput(async (context, output) => {
      const body = await bodyOf(context, outputChange);
      if (body instanceof Response) return body;
      Object.assign(output, body);
      return success(context, output);
    }),
  );
  app.delete(
    `${PATH}/:uid/outputs/:output`,
    onOutput((context, output, input) => {
      input.outputs.splice(input.outputs.indexOf(output), 1);
      return context.body(null, 200);
    }),
  );

  return app;

  /** Lays a body over an input: top-level fields that are absent stay (section 3). Nothing is changed when it is refused. */
  function change(context: Context, input: Stored, body: z.infer<typeof inputBody>): Response | undefined {
    const next = { ...input, ...body };
    if (next.preferLowLatency && next.recording.mode !== "automatic")
      return refused(context, 400, 10005, "preferLowLatency needs recording.mode automatic");
    Object.assign(input, body);
    return undefined;
  }
}

function storeOf(data: SimulatorData): Store {
  data.inputs ??= {};
  data.videos ??= [];
  data.idempotency ??= {};
  data.behaviour ??= { ...DEFAULT_BEHAVIOUR };
  return data as unknown as Store;
}

/** The account that the credentials are for. */
function accountOf(context: Context): Account | undefined {
  const token = /^Bearer (.+)$/.exec(context.req.header("authorization") ?? "")?.[1];
  const [email, key] = [context.req.header("x-auth-email"), context.req.header("x-auth-key")];
  return [MAIN, SECOND].find((one) =>
    token === undefined ? email === one.email && key === one.key : token === one.token,
  );
}

/** Starts or ends a broadcast, and keeps what it leaves behind. */
function broadcast({ videos }: Store, input: Stored, live: boolean): void {
  const running = videos.find(({ liveInput, state }) => liveInput === input.uid && state !== "ready");
  if (live) {
    input.status = "connected";
    if (!running && input.recording.mode === "automatic") {
      const { account, uid: liveInput } = input;
      videos.push({ uid: newUid(), account, liveInput, state: "live-inprogress" });
    }
    return;
  }
  if (input.status !== null) input.status = "client_disconnect";
  if (running) running.state = "ready";
}

/** The body as its schema has it, or the answer that refuses it. */
async function bodyOf<T>(context: Context, schema: z.ZodType<T>): Promise<T | Response> {
  const value: unknown = await context.req.json().catch(() => undefined);
  if (value === undefined) return refused(context, 400, 10005, "The request body is not valid JSON");
  const parsed = schema.safeParse(value);
  return parsed.success ? parsed.data : invalid(context, parsed.error);
}

type Status = 400 | 401 | 403 | 404 | 409;

const success = (context: Context, result: unknown): Response =>
  context.json({ success: true, result, errors: [], messages: [] });

const refused = (context: Context, status: Status, code: number, message: string): Response =>
  context.json({ success: false, result: null, errors: [{ code, message }], messages: [] }, status);

const notFound = (context: Context): Response => refused(context, 404, 10003, "Not found");

function invalid(context: Context, { issues }: z.ZodError): Response {
  const errors = issues.map(({ path, message }) => ({
    code: 10005,
    message,
    source: { pointer: ["", ...path.map(String)].join("/") },
  }));
  return context.json({ success: false, result: null, errors, messages: [] }, 400);
}

const newUid = (): string => randomBytes(16).toString("hex");
const newSecret = (uid: string): string => `${randomBytes(24).toString("hex")}k${uid}`;

/** What a rotation gives anew (section 6). */
function credentials(uid: string): Json {
  const srtStreamId = `${randomBytes(12).toString("hex")}i${uid}`;
  return {
    rtmps: { url: "rtmps://live.cloudflare.com:443/live/", streamKey: newSecret(uid) },
    srt: { url: "srt://live.cloudflare.com:778", streamId: srtStreamId, passphrase: newSecret(uid) },
    webRTC: { url: `https://customer-sandbox.cloudflarestream.com/${newSecret(uid)}/webRTC/publish` },
  };
}

function playbackCredentials(uid: string): Json {
  const customer = `https://customer-sandbox.cloudflarestream.com/${uid}`;
  const srtStreamId = `play${randomBytes(12).toString("hex")}i${uid}`;
  return {
    rtmpsPlayback: { url: "rtmps://live.cloudflare.com:443/live/", streamKey: newSecret(uid) },
    srtPlayback: { url: "srt://live.cloudflare.com:778", streamId: srtStreamId, passphrase: newSecret(uid) },
    webRTCPlayback: { url: `${customer}/webRTC/play` },
    playback: { hls: `${customer}/manifest/video.m3u8`, dash: `${customer}/manifest/video.mpd` },
  };
}

/** An item of the list: neither credentials nor recording nor status (section 4). */
function listed({ uid, created, modified, meta, enabled, deleteRecordingAfterDays }: Stored): Json {
  return { uid, created, modified, meta, enabled, deleteRecordingAfterDays };
}

/** An input as replies show it; `defaultCreator` is write-only (section 3). */
function shown(
  { account: _account, outputs: _outputs, defaultCreator: _creator, status, ...input }: Stored,
  { statusForm }: Behaviour,
): Json {
  if (statusForm === "string" || status === null) return { ...input, status };
  const state = status === "connected" ? "connected" : "disconnected";
  return { ...input, status: { current: { state, reason: status } } };
}
