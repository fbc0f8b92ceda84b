import { createHash, createHmac, randomBytes } from "node:crypto";
import { type Context, Hono } from "hono";
import { z } from "zod";
import { bodyOf, sentenceOf } from "../body";
import type { Simulator, SimulatorContext, SimulatorData } from "../simulator";
import { rowOf } from "../table";

/**
 * Amazon IVS low-latency: channels, stream keys and streams (docs/sheets/ivs.md, sections 1 to 8 and 12). Two AWS accounts, each
 * with an access key of its own; the region is the one that a request is signed for, as a host's would be.
 *
 * Assumed, because nothing public says it: a body that is no JSON is a SerializationException; a list is in creation order; a
 * `type` below ADVANCED clears `preset`.
 */

interface Account {
  id: string;
  accessKeyId: string;
  secretAccessKey: string;
}

const MAIN: Account = {
  id: "123456789012",
  accessKeyId: "AKIASANDBOX000000001",
  secretAccessKey: "sandbox-secret-access-key",
};
const SECOND: Account = {
  id: "210987654321",
  accessKeyId: "AKIASANDBOX000000002",
  secretAccessKey: "sandbox-secret-access-key-2",
};
const accounts = [MAIN, SECOND];

/** What an operation does, by the verb that its name begins with: all of them come by POST (section 1). */
const MEANINGS: Record<string, string> = {
  Get: "GET",
  BatchGet: "GET",
  List: "GET",
  Create: "POST",
  Update: "PUT",
  Delete: "DELETE",
  Stop: "PUT",
};

/** The simulator. */
export const simulator: Simulator = {
  basePath: "",
  credentials: {
    region: "us-west-2",
    accessKeyId: MAIN.accessKeyId,
    secretAccessKey: MAIN.secretAccessKey,
  },
  meaning: (method, path) => {
    const [, verb = ""] = /\/(BatchGet|Get|List|Create|Update|Delete|Stop)[A-Za-z]+$/.exec(path) ?? [];
    return MEANINGS[verb] ?? method;
  },
  stored: z.lazy(() => z.looseObject(storeShape.partial().shape)),
  app: ivs,
  setLive: (data, arn, live) => {
    const store = storeOf(data);
    if (!rowOf(store.channels, arn)) return;
    if (!live) delete store.sessions[arn];
    // Without a key no encoder gets in.
    else if (keysOf(store, arn).length > 0) {
      const streamId = `st-${newId(12)}`;
      store.sessions[arn] ??= { streamId, startTime: new Date().toISOString() };
    }
  },
  remove: (data, arn) => {
    remove(storeOf(data), arn);
  },
};

const REQUESTS_PER_SECOND = 5;
const MOST_TAGS = 50;

const arnOf = (kind: string) =>
  z.string().regex(new RegExp(`^arn:aws:ivs:[a-z0-9-]+:[0-9]+:${kind}/[a-zA-Z0-9-]+$`));
const arnOrNone = (kind: string) => z.union([z.literal(""), arnOf(kind)]);
const channelArn = arnOf("channel");
const keyArn = arnOf("stream-key");
/** Tags take letters, spaces and numbers of any script, and a few signs. */
const tagKey = z
  .string()
  .max(128)
  .regex(/^[\p{L}\p{Z}\p{N}_.:/=+\-@]+$/u)
  .refine((key) => !key.startsWith("aws:"), "must not start with aws:");
const tagValue = z
  .string()
  .max(256)
  .regex(/^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u);
const tags = z
  .record(tagKey, tagValue)
  .refine((given) => Object.keys(given).length <= MOST_TAGS, `must have at most ${MOST_TAGS} tags`);
const tagKeys = z.array(tagKey).min(1).max(MOST_TAGS);
const page = (most: number, usual: number) => ({
  maxResults: z.number().int().min(1).max(most).default(usual),
  nextToken: z.string().max(1024).optional(),
});

/** What a channel is made of, with AWS's defaults; an update takes the same (section 3). */
const channelFields = z.object({
  name: z
    .string()
    .max(128)
    .regex(/^[a-zA-Z0-9-_]*$/)
    .default(""),
  latencyMode: z.enum(["NORMAL", "LOW"]).default("LOW"),
  type: z.enum(["BASIC", "STANDARD", "ADVANCED_SD", "ADVANCED_HD"]).default("STANDARD"),
  preset: z.enum(["HIGHER_BANDWIDTH_DELIVERY", "CONSTRAINED_BANDWIDTH_DELIVERY"]).optional(),
  authorized: z.boolean().default(false),
  insecureIngest: z.boolean().default(false),
  containerFormat: z.enum(["TS", "FRAGMENTED_MP4"]).default("TS"),
  multitrackInputConfiguration: z
    .object({
      enabled: z.boolean().default(false),
      policy: z.enum(["ALLOW", "REQUIRE"]).optional(),
      maximumResolution: z.enum(["SD", "HD", "FULL_HD"]).optional(),
    })
    .default({ enabled: false }),
  recordingConfigurationArn: arnOrNone("recording-configuration").default(""),
  playbackRestrictionPolicyArn: arnOrNone("playback-restriction-policy").default(""),
  adConfigurationArn: arnOrNone("ad-configuration").default(""),
  failoverSlateConfigurationArn: arnOrNone("failover-slate-configuration").default(""),
});
type ChannelFields = z.infer<typeof channelFields>;

const channelShape = channelFields.extend({
  ...{ arn: z.string(), ingestEndpoint: z.string(), playbackUrl: z.string(), preset: z.string() },
  srt: z.object({ endpoint: z.string(), passphrase: z.string() }),
  tags: z.record(z.string(), z.string()),
});
type Channel = z.infer<typeof channelShape>;
const keyShape = z.object({
  ...{ arn: z.string(), value: z.string(), channelArn: z.string() },
  tags: z.record(z.string(), z.string()),
});
type StreamKey = z.infer<typeof keyShape>;
/** A running broadcast. It outlives the key that it began with (section 5). */
const sessionShape = z.object({ streamId: z.string(), startTime: z.string() });
type Session = z.infer<typeof sessionShape>;

/** What the documents leave open, or AWS does only under load; change it at `/_sandbox/data/ivs/behaviour`. */
const behaviourShape = z.object({
  /** Whether CreateChannel makes a key; channels made by CloudFormation have none (section 5). */
  makesKey: z.boolean(),
  /** Whether more than five requests a second to one operation are turned down (section 9). */
  throttles: z.boolean(),
});
type Behaviour = z.infer<typeof behaviourShape>;

const storeShape = z.object({
  channels: z.record(z.string(), channelShape),
  keys: z.record(z.string(), keyShape),
  sessions: z.record(z.string(), sessionShape),
  behaviour: behaviourShape,
});
type Store = z.infer<typeof storeShape>;

/** The same without the defaults: what an update leaves out stays. */
const channelChanges = z.object(
  Object.fromEntries(
    Object.entries(channelFields.shape).map(([name, field]) => [
      name,
      (field instanceof z.ZodDefault ? (field.unwrap() as z.ZodType) : field).optional(),
    ]),
  ),
) as unknown as z.ZodType<Partial<ChannelFields>>;

const filters = {
  filterByName: z.string().max(128).optional(),
  filterByRecordingConfigurationArn: arnOf("recording-configuration").optional(),
  filterByPlaybackRestrictionPolicyArn: arnOf("playback-restriction-policy").optional(),
  filterByAdConfigurationArn: arnOf("ad-configuration").optional(),
  filterByFailoverSlateConfigurationArn: arnOf("failover-slate-configuration").optional(),
};

/** An answer that is an error of the service model (section 1). */
class Fault extends Error {
  constructor(
    readonly status: 400 | 402 | 403 | 404 | 409 | 429,
    readonly type: string,
    message: string,
  ) {
    super(message);
  }
}

const invalid = (message: string): Fault => new Fault(400, "ValidationException", message);
const missing = (what: string): Fault => new Fault(404, "ResourceNotFoundException", `${what} not found`);
const offline = (): Fault => new Fault(404, "ChannelNotBroadcasting", "The channel is not broadcasting");

/** Who asks, and where. */
interface Caller {
  account: Account;
  region: string;
}

function ivs({ data, now }: SimulatorContext): Hono<{ Variables: { caller: Caller } }> & Hono {
  const store = storeOf(data);
  const recent = new Map<string, number[]>();
  const app = new Hono<{ Variables: { caller: Caller } }>();

  app.onError((error, context) => {
    if (!(error instanceof Fault)) throw error;
    const body = { exceptionMessage: error.message };
    return context.json(body, error.status, { "x-amzn-ErrorType": error.type });
  });
  app.notFound((context) => gateway(context, 404, "UnknownOperationException", "There is no such operation"));
  app.use(async (context, next) => {
    // Whoever signs has no other clock than the machine's, whatever time a test has set for the vendor.
    const caller = await callerOf(context, new Date());
    if ("refusal" in caller) return gateway(context, 403, ...caller.refusal);
    context.set("caller", caller);
    await next();
    return undefined;
  });

  /** An operation: POST with a JSON body (section 1). `act` answers the reply, or nothing for a 204. */
  const on = <T>(
    operation: string,
    schema: z.ZodType<T>,
    act: (input: T, caller: Caller) => object | undefined,
  ): void => {
    app.post(`/${operation}`, async (context) => {
      const caller = context.get("caller");
      throttle(operation, caller);
      const body = await bodyOf(context as unknown as Context, z.preprocess(withoutNulls, schema));
      if (body.wrong) throw invalid(sentenceOf(body.wrong));
      if (!("value" in body)) return gateway(context, 400, "SerializationException", "The body is not JSON");
      const reply = act(body.value as T, caller);
      return reply === undefined ? context.body(null, 204) : context.json(reply);
    });
  };

  on(
    "CreateChannel",
    channelFields.extend({ tags: tags.optional() }),
    ({ tags: given = {}, ...fields }, caller) => {
      const ownId = newId(12);
      const endpoint = newId(12).toLowerCase();
      const arn = `${prefix(caller)}:channel/${ownId}`;
      const { region, account } = caller;
      const host = `${endpoint}.${region}.playback.live-video.net`;
      const channel: Channel = {
        ...settled(fields),
        arn,
        ingestEndpoint: `${endpoint}.global-contribute.live-video.net`,
        playbackUrl: `https://${host}/api/video/v1/${region}.${account.id}.channel.${ownId}.m3u8`,
        srt: { endpoint: `${endpoint}.srt.live-video.net`, passphrase: newId(40) },
        tags: given,
      };
      store.channels[arn] = channel;
      if (!store.behaviour.makesKey) return { channel };
      return { channel, streamKey: makeKey(channel, {}, caller) };
    },
  );
  on("GetChannel", z.object({ arn: channelArn }), ({ arn }, caller) => ({ channel: channelOf(arn, caller) }));
  on("BatchGetChannel", z.object({ arns: z.array(channelArn).min(1).max(50) }), ({ arns }, caller) => {
    const { found, errors } = batch(arns, store.channels, caller);
    return { channels: found, errors };
  });
  on(
    "ListChannels",
    z.object({ ...filters, ...page(100, 100) }),
    ({ maxResults, nextToken, ...given }, caller) => {
      const wanted = Object.entries<unknown>(given).filter(([, value]) => value !== undefined);
      if (wanted.length > 1)
        throw new Fault(409, "ConflictException", "Only one filter can be used at a time");
      const fields = wanted.map(([filter, value]) => [fieldOf(filter), value] as const);
      const matching = mine(store.channels, caller).filter((channel) =>
        fields.every(([field, value]) => channel[field] === value),
      );
      const { items, ...rest } = paged(matching, maxResults, nextToken);
      return { channels: items.map(summaryOf), ...rest };
    },
  );
  on(
    "UpdateChannel",
    z.intersection(z.object({ arn: channelArn }), channelChanges),
    ({ arn, ...changes }, caller) => {
      const channel = channelOf(arn, caller);
      refuseLive(arn);
      const given = Object.fromEntries(
        Object.entries<unknown>(changes).filter(([, value]) => value !== undefined),
      );
      const preset = channel.preset === "" ? undefined : channel.preset;
      const keepsPreset = !("type" in given) || given.type === channel.type;
      const next = { ...channel, preset: keepsPreset ? preset : undefined, ...given } as ChannelFields;
      Object.assign(channel, settled(next));
      return { channel };
    },
  );
  on("DeleteChannel", z.object({ arn: channelArn }), ({ arn }, caller) => {
    channelOf(arn, caller);
    refuseLive(arn);
    remove(store, arn);
    return undefined;
  });

  on("CreateStreamKey", z.object({ channelArn, tags: tags.optional() }), (given, caller) => {
    const channel = channelOf(given.channelArn, caller);
    if (keysOf(store, channel.arn).length > 0)
      throw new Fault(
        402,
        "ServiceQuotaExceededException",
        "The channel has as many stream keys as it may have: 1",
      );
    return { streamKey: makeKey(channel, given.tags ?? {}, caller) };
  });
  on("GetStreamKey", z.object({ arn: keyArn }), ({ arn }, caller) => ({ streamKey: keyOf(arn, caller) }));
  on("BatchGetStreamKey", z.object({ arns: z.array(keyArn).min(1).max(50) }), ({ arns }, caller) => {
    const { found, errors } = batch(arns, store.keys, caller);
    return { streamKeys: found, errors };
  });
  // One item a page, where nobody asks for more (section 8).
  on(
    "ListStreamKeys",
    z.object({ channelArn, ...page(50, 1) }),
    ({ maxResults, nextToken, ...given }, caller) => {
      const keys = keysOf(store, channelOf(given.channelArn, caller).arn);
      const { items, ...rest } = paged(keys, maxResults, nextToken);
      // A summary has no value (section 4).
      return { streamKeys: items.map((key) => ({ ...key, value: undefined })), ...rest };
    },
  );
  on("DeleteStreamKey", z.object({ arn: keyArn }), ({ arn }, caller) => {
    remove(store, keyOf(arn, caller).arn);
    return undefined;
  });

  on("GetStream", z.object({ channelArn }), (given, caller) => {
    const { arn, playbackUrl } = channelOf(given.channelArn, caller);
    const session = rowOf(store.sessions, arn);
    if (!session) throw offline();
    return { stream: { ...shownSession(arn, session), playbackUrl } };
  });
  on("ListStreams", z.object(page(100, 100)), ({ maxResults, nextToken }, caller) => {
    const live = mine(store.channels, caller).flatMap(({ arn }) => {
      const session = rowOf(store.sessions, arn);
      return session ? [{ arn, ...session }] : [];
    });
    const { items, ...rest } = paged(live, maxResults, nextToken);
    return { streams: items.map(({ arn, ...session }) => shownSession(arn, session)), ...rest };
  });
  on("StopStream", z.object({ channelArn }), (given, caller) => {
    const { arn } = channelOf(given.channelArn, caller);
    if (!rowOf(store.sessions, arn)) throw offline();
    delete store.sessions[arn];
    return {};
  });

  app.get("/tags/:arn", (context) =>
    context.json({ tags: tagged(context.req.param("arn"), context.get("caller")).tags }),
  );
  app.post("/tags/:arn", async (context) => {
    const owner = tagged(context.req.param("arn"), context.get("caller"));
    const body = await bodyOf(context as unknown as Context, z.object({ tags }));
    if (!body.value) throw invalid(sentenceOf(body.wrong));
    const next = { ...owner.tags, ...body.value.tags };
    if (Object.keys(next).length > MOST_TAGS) throw invalid(`tags: must have at most ${MOST_TAGS} tags`);
    owner.tags = next;
    return context.json({});
  });
  app.delete("/tags/:arn", (context) => {
    const owner = tagged(context.req.param("arn"), context.get("caller"));
    const keys = context.req.queries("tagKeys") ?? [];
    if (!tagKeys.safeParse(keys).success) throw invalid("tagKeys: must be 1 to 50 keys of tags");
    owner.tags = Object.fromEntries(Object.entries(owner.tags).filter(([key]) => !keys.includes(key)));
    return context.json({});
  });

  return app as Hono<{ Variables: { caller: Caller } }> & Hono;

  /** The channel, where the caller has it. Another account's, or another region's, is not there. */
  function channelOf(arn: string, caller: Caller): Channel {
    const channel = arn.startsWith(`${prefix(caller)}:`) ? rowOf(store.channels, arn) : undefined;
    if (!channel) throw missing(`Channel ${arn}`);
    return channel;
  }

  function keyOf(arn: string, caller: Caller): StreamKey {
    const key = arn.startsWith(`${prefix(caller)}:`) ? rowOf(store.keys, arn) : undefined;
    if (!key) throw missing(`Stream key ${arn}`);
    return key;
  }

  function tagged(arn: string, caller: Caller): Channel | StreamKey {
    return arn.includes(":stream-key/") ? keyOf(arn, caller) : channelOf(arn, caller);
  }

  function makeKey({ arn: channelArn }: Channel, given: Record<string, string>, caller: Caller): StreamKey {
    const ownId = newId(12);
    const arn = `${prefix(caller)}:stream-key/${ownId}`;
    const key = { arn, value: `sk_${caller.region}_${ownId}_${newId(30)}`, channelArn, tags: given };
    store.keys[arn] = key;
    return key;
  }

  function refuseLive(arn: string): void {
    if (rowOf(store.sessions, arn)) throw new Fault(409, "ConflictException", "The channel is live");
  }

  function throttle(operation: string, { account, region }: Caller): void {
    if (!store.behaviour.throttles) return;
    const name = `${account.id} ${region} ${operation}`;
    const since = now().getTime() - 1000;
    const before = (recent.get(name) ?? []).filter((at) => at > since);
    if (before.length >= REQUESTS_PER_SECOND) throw new Fault(429, "ThrottlingException", "Rate exceeded");
    recent.set(name, [...before, now().getTime()]);
  }
}

/** Rules across fields, and what the service fills in (section 3). */
function settled(fields: ChannelFields): ChannelFields & { preset: string } {
  const isAdvanced = fields.type.startsWith("ADVANCED");
  if (!isAdvanced && fields.preset !== undefined) throw invalid("preset: is only for the ADVANCED types");
  const { enabled, policy, maximumResolution } = fields.multitrackInputConfiguration;
  if (enabled) {
    if (fields.type !== "STANDARD" || fields.containerFormat !== "FRAGMENTED_MP4")
      throw invalid("multitrackInputConfiguration: needs type STANDARD and containerFormat FRAGMENTED_MP4");
    if (policy === undefined || maximumResolution === undefined)
      throw invalid("multitrackInputConfiguration: policy and maximumResolution are required when enabled");
  }
  const preset = isAdvanced ? (fields.preset ?? "HIGHER_BANDWIDTH_DELIVERY") : "";
  return { ...fields, preset } as ChannelFields & { preset: string };
}

/** `filterByName` filters by `name`. */
const fieldOf = (filter: string): keyof Channel => {
  const field = filter.replace("filterBy", "");
  return `${field.charAt(0).toLowerCase()}${field.slice(1)}` as keyof Channel;
};

/** What a list shows of a channel (section 4). */
const summaryOf = (channel: Channel): Partial<Channel> => ({
  ...channel,
  ingestEndpoint: undefined,
  playbackUrl: undefined,
  srt: undefined,
  containerFormat: undefined,
  multitrackInputConfiguration: undefined,
});

const shownSession = (channelArn: string, session: Session) => ({
  ...session,
  channelArn,
  state: "LIVE",
  health: "HEALTHY",
  viewerCount: 0,
});

const prefix = ({ account, region }: Caller): string => `arn:aws:ivs:${region}:${account.id}`;

const mine = <T extends { arn: string }>(table: Record<string, T>, caller: Caller): T[] =>
  Object.values(table).filter(({ arn }) => arn.startsWith(`${prefix(caller)}:`));

function batch<T extends { arn: string }>(arns: string[], table: Record<string, T>, caller: Caller) {
  const there = new Map(mine(table, caller).map((row) => [row.arn, row]));
  return {
    found: arns.flatMap((arn) => there.get(arn) ?? []),
    errors: arns
      .filter((arn) => !there.has(arn))
      .map((arn) => ({ arn, code: "ResourceNotFoundException", message: `${arn} not found` })),
  };
}

/** A page: the token is the ARN of the last item before it. */
function paged<T extends { arn: string }>(items: T[], size: number, token: string | undefined) {
  const last = token === undefined ? undefined : Buffer.from(token, "base64url").toString();
  const before = last === undefined ? -1 : items.findIndex(({ arn }) => arn === last);
  if (last !== undefined && before < 0) throw invalid("nextToken: is not one of this list");
  const shown = items.slice(before + 1, before + 1 + size);
  const hasMore = before + 1 + size < items.length;
  const end = shown.at(-1)?.arn ?? "";
  return { items: shown, ...(hasMore ? { nextToken: Buffer.from(end).toString("base64url") } : {}) };
}

const keysOf = (store: Store, channelArn: string): StreamKey[] =>
  Object.values(store.keys).filter((key) => key.channelArn === channelArn);

/** A channel takes its keys along (section 7). A key leaves the running broadcast alone (section 5). */
function remove(store: Store, arn: string): void {
  for (const key of keysOf(store, arn)) delete store.keys[key.arn];
  delete store.channels[arn];
  delete store.sessions[arn];
  delete store.keys[arn];
}

function storeOf(data: SimulatorData): Store {
  data.channels ??= {};
  data.keys ??= {};
  data.sessions ??= {};
  data.behaviour ??= { makesKey: true, throttles: false } satisfies Behaviour;
  return data as unknown as Store;
}

/** A member that is null is one that is absent (section 12). */
const withoutNulls = (body: unknown): unknown =>
  body !== null && typeof body === "object" && !Array.isArray(body)
    ? Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null))
    : body;

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const newId = (length: number): string =>
  Array.from(randomBytes(length), (byte) => LETTERS[byte % LETTERS.length]).join("");

/** An error of what stands before the service: `message`, not `exceptionMessage` (section 1). */
function gateway(
  context: { json: Context["json"] },
  status: 400 | 403 | 404,
  type: string,
  message: string,
): Response {
  return context.json({ message }, status, { "x-amzn-ErrorType": `${type}:http://internal.amazon.com/` });
}

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([a-z0-9-]+)\/([a-z0-9-]+)\/aws4_request, ?SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})$/;
const MOST_SKEW_MS = 5 * 60_000;

/** Who has signed a request by Signature Version 4, or why it is refused. */
async function callerOf(
  context: Context,
  now: Date,
): Promise<Caller | { refusal: [type: string, message: string] }> {
  const parts = AUTHORIZATION.exec(context.req.header("authorization") ?? "");
  if (!parts) return { refusal: ["MissingAuthenticationTokenException", "Missing Authentication Token"] };
  const [, accessKeyId, day = "", region = "", service, signed = "", signature] = parts;
  const account = accounts.find((one) => one.accessKeyId === accessKeyId);
  if (!account)
    return {
      refusal: ["UnrecognizedClientException", "The security token included in the request is invalid."],
    };
  if (service !== "ivs")
    return {
      refusal: ["InvalidSignatureException", `Credential should be scoped to correct service: 'ivs'.`],
    };
  const date = context.req.header("x-amz-date") ?? "";
  const at = Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"));
  if (!(Math.abs(at - now.getTime()) <= MOST_SKEW_MS) || !date.startsWith(day))
    return { refusal: ["InvalidSignatureException", `Signature not yet current or expired: ${date}`] };
  const names = signed.split(";");
  const url = new URL(context.req.url);
  const canonical = [
    context.req.method,
    // Each segment is encoded once more than it is sent: only S3 signs a path as it is.
    url.pathname.split("/").map(escaped).join("/"),
    [...url.searchParams]
      .map(([name, value]) => `${escaped(name)}=${escaped(value)}`)
      .sort()
      .join("&"),
    ...names.map((name) => `${name}:${(context.req.header(name) ?? "").trim().replace(/\s+/g, " ")}`),
    "",
    signed,
    sha256(await context.req.text()),
  ].join("\n");
  const scope = `${day}/${region}/${service}/aws4_request`;
  const key = [day, region, service, "aws4_request"].reduce<string | Buffer>(
    (secret, part) => hmac(secret, part),
    `AWS4${account.secretAccessKey}`,
  );
  const expected = hmac(key, ["AWS4-HMAC-SHA256", date, scope, sha256(canonical)].join("\n")).toString("hex");
  if (!names.includes("host") || !names.includes("x-amz-date") || signature !== expected) {
    const message = "The request signature we calculated does not match the signature you provided.";
    return { refusal: ["InvalidSignatureException", message] };
  }
  return { account, region };
}

const escaped = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
const hmac = (key: string | Buffer, text: string): Buffer => createHmac("sha256", key).update(text).digest();
