import { type Context, Hono } from "hono";
import { z } from "zod";
import { type Body, bodyOf, sentenceOf } from "../body";
import type { Simulator, SimulatorContext, SimulatorData } from "../simulator";

/**
 * Edgecast DCP as its published API describes it (docs/sheets/edgecast.md, sections 1 to 5 and 7). Accepts any token that
 * begins with `sandbox`; each account number and token together are an account of their own.
 *
 * What those documents leave open can be switched, by `PATCH /_sandbox/data/edgecast/switches`; see `Switches`.
 */
export const simulator: Simulator = {
  basePath: "/v2/mcc/customers",
  credentials: { accountNumber: "0001", token: "sandbox-token" },
  stored: z.lazy(() =>
    z.looseObject({
      accounts: z.record(z.string(), account).optional(),
      switches: switches.optional(),
      lastId: z.int().optional(),
    }),
  ),
  app: edgecast,
  remove: (data, id) => {
    for (const account of Object.values(accountsOf(data))) {
      account.streamKeys = account.streamKeys.filter((item) => String(item.Id) !== id);
      account.instances = account.instances.filter((item) => String(item.Id) !== id);
      if (id === "globalkey") account.globalKey = "";
    }
  },
};

/** Behaviour that is not documented, or documented either way. */
const switches = z.object({
  /** Lists and single reads leave `Key` out (section 2). */
  omitKeyOnRead: z.boolean().optional(),
  /** What asking for one unknown id answers: `200 {}` unless it is 400 (section 5). */
  unknownIdOnRead: z.number().optional(),
  /** What PUT and DELETE of an unknown id answer: 400 unless it is 404 (section 5). */
  unknownIdOnWrite: z.number().optional(),
});
type Switches = z.infer<typeof switches>;

const key = z.string().regex(/^[A-Za-z0-9]{1,256}$/);

/** Both fields are required in every call. What follows a `*` is accepted and ignored. */
const streamKeyBody = z.object({
  DirPath: z
    .string()
    .regex(/^[A-Za-z0-9]+\/[A-Za-z0-9]+(\*.*)?$/)
    .transform((path) => path.replace(/\*.*$/, "*")),
  Key: key,
});

/** What is not sent is at its default. Only of `EncryptedKeyRotation` a document says that it may be null. */
const instanceBody = z
  .object({
    // No rule is documented; public callers use a dash.
    InstanceName: z.string().min(1),
    DvrDuration: z.int().min(5).max(180).optional(),
    Encrypted: z.boolean().default(false),
    EncryptedKeyRotation: z.int().min(10).max(1440).multipleOf(5).nullable().default(null),
    SsaEnabled: z.boolean().default(false),
    SegmentSize: z.int().default(10),
  })
  .refine(({ Encrypted, SsaEnabled }) => !(Encrypted && SsaEnabled), {
    path: ["SsaEnabled"],
    message: "cannot be true together with Encrypted",
  })
  .refine(({ Encrypted, EncryptedKeyRotation: every }) => Encrypted || every === null, {
    path: ["EncryptedKeyRotation"],
    message: "needs Encrypted",
  });

const item = z.looseObject({ Id: z.int() });
type Item = z.infer<typeof item>;

const account = z.object({
  streamKeys: z.array(item.extend({ DirPath: z.string(), Key: z.string() })),
  instances: z.array(item.extend({ InstanceName: z.string() })),
  /** Empty when there is none. */
  globalKey: z.string(),
});
type Account = Record<"streamKeys" | "instances", Item[]> & { globalKey: string };

type Json = Record<string, unknown>;

const accountsOf = (data: SimulatorData): Record<string, Account> =>
  (data.accounts ??= {}) as Record<string, Account>;

function edgecast({ data }: SimulatorContext): Hono {
  const accounts = accountsOf(data);
  const switches = (data.switches ??= {}) as Switches;
  const app = new Hono();

  const own = (context: Context): Account => {
    const pair = `${context.req.param("account") ?? ""} ${tokenOf(context) ?? ""}`;
    return (accounts[pair] ??= { streamKeys: [], instances: [], globalKey: "globalKeyOfTheAccount" });
  };
  const nextId = (): number => {
    const id = ((data.lastId as number | undefined) ?? 193949) + 1;
    data.lastId = id;
    return id;
  };
  const unknown = (context: Context): Response =>
    problem(context, switches.unknownIdOnWrite === 404 ? 404 : 400, "Unable to find the requested item");

  app.use("/:account/*", async (context: Context, next) => {
    if (tokenOf(context) === undefined) return problem(context, 403, "Access Denied");
    // A bad account number is a bad request, not a not-found.
    if (!/^[A-Za-z0-9]+$/.test(context.req.param("account") ?? ""))
      return problem(context, 400, "Bad Request");
    return next();
  });

  const base = "/:account/httpstreaming/dcp";

  app.get(`${base}/globalkey`, (context) => context.json({ Key: own(context).globalKey }));
  app.put(`${base}/globalkey`, async (context) => {
    const { value: body, wrong } = await bodyOf(context, z.object({ Key: key }));
    if (!body) return problem(context, 400, sentenceOf(wrong));
    own(context).globalKey = body.Key;
    return done(context);
  });

  const shown = (item: Item): Json => {
    if (!switches.omitKeyOnRead) return item;
    const { Key: _, ...rest } = item;
    return rest;
  };
  const oneOf = (context: Context, items: Item[], id: string): Response => {
    const item = items.find(({ Id }) => String(Id) === id);
    if (item) return context.json(shown(item));
    return switches.unknownIdOnRead === 400 ? problem(context, 400, "Bad Request") : context.json({});
  };

  /**
   * One collection: the three forms of GET, then POST, PUT and DELETE. `read` is the item that a body makes, and `created`
   * what the reply to a create shows of it.
   */
  const collection = (
    path: string,
    name: "streamKeys" | "instances",
    read: (context: Context, old: Item | undefined) => Promise<Body<Json>>,
    created: (item: Item) => Json = (item) => item,
  ): void => {
    app.get(`${base}/${path}`, (context) => {
      const items = own(context)[name];
      const id = context.req.query("id");
      return id === undefined ? context.json(items.map(shown)) : oneOf(context, items, id);
    });
    // Literally so in the documentation: `&id=`, without a `?`.
    app.get(`${base}/:one{${path}&id=[0-9]*}`, (context) =>
      oneOf(context, own(context)[name], context.req.param("one").split("=")[1] ?? ""),
    );
    app.post(`${base}/${path}`, async (context) => {
      const { value: fields, wrong } = await read(context, undefined);
      if (!fields) return problem(context, 400, sentenceOf(wrong));
      const item = { ...fields, Id: nextId() };
      own(context)[name].push(item);
      return context.json(created(item));
    });
    app.put(`${base}/${path}/:id`, async (context) => {
      const items = own(context)[name];
      const at = items.findIndex(({ Id }) => String(Id) === context.req.param("id"));
      const old = items[at];
      if (!old) return unknown(context);
      const { value: fields, wrong } = await read(context, old);
      if (!fields) return problem(context, 400, sentenceOf(wrong));
      items[at] = { ...fields, Id: old.Id };
      return done(context);
    });
    app.delete(`${base}/${path}/:id`, (context) => {
      const account = own(context);
      const rest = account[name].filter(({ Id }) => String(Id) !== context.req.param("id"));
      if (rest.length === account[name].length) return unknown(context);
      account[name] = rest;
      return done(context);
    });
  };

  collection("streamkeys", "streamKeys", (context) => bodyOf(context, streamKeyBody));
  collection("live", "instances", readInstance, createdInstance);
  return app;
}

/** The token of `Authorization: TOK:…`, of any case, with or without a space. */
function tokenOf(context: Context): string | undefined {
  return /^tok:\s*(sandbox.*)$/i.exec(context.req.header("authorization") ?? "")?.[1];
}

/** Success of PUT and DELETE: 200, an empty body and no content type. */
const done = (context: Context): Response => context.body(null, 200);

const problem = (context: Context, status: 400 | 403 | 404, message: string): Response =>
  context.json({ Message: message }, status);

async function readInstance(context: Context, old: Item | undefined): Promise<Body<Json>> {
  const body = await bodyOf(context, instanceBody);
  if (!body.value) return body;
  const { InstanceName, DvrDuration, ...fields } = body.value;
  if (old && InstanceName !== old.InstanceName) {
    return { wrong: [{ field: "InstanceName", isMissing: false, message: "cannot be changed" }] };
  }
  return {
    value: {
      InstanceName,
      // Reads 1 where it was never set.
      DvrDuration: DvrDuration ?? 1,
      ...fields,
      HlsPlaybackUrl: `http://playback.example.test/hls-live/${InstanceName}/<streamName>.m3u8`,
    },
  };
}

/** A public caller decodes two URLs of this reply that no document names (section 2). */
function createdInstance({ HlsPlaybackUrl, ...item }: Item): Json {
  return { ...item, PlaybackUrl: HlsPlaybackUrl, PublishUrl: `/${String(item.InstanceName)}/<streamName>` };
}
