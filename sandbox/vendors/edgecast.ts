import { type Context, Hono } from "hono";
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
interface Switches {
  /** Lists and single reads leave `Key` out (section 2). */
  omitKeyOnRead?: boolean;
  /** What asking for one unknown id answers: `200 {}` unless it is 400 (section 5). */
  unknownIdOnRead?: number;
  /** What PUT and DELETE of an unknown id answer: 400 unless it is 404 (section 5). */
  unknownIdOnWrite?: number;
}

type Json = Record<string, unknown>;
interface Item extends Json {
  Id: number;
}
interface Account {
  streamKeys: Item[];
  instances: Item[];
  /** Empty when there is none. */
  globalKey: string;
}

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
    const body = await jsonOf(context);
    if (!isKey(body?.Key)) return problem(context, 400, "Key is invalid");
    own(context).globalKey = body?.Key as string;
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

  /** One collection: the three forms of GET, then POST, PUT and DELETE. `made` is the item that a body makes. */
  const collection = (
    path: string,
    name: "streamKeys" | "instances",
    made: (body: Json, old: Item | undefined) => Json | string,
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
      const body = await jsonOf(context);
      const fields = body ? made(body, undefined) : "The body is not JSON";
      if (typeof fields === "string") return problem(context, 400, fields);
      const item = { ...fields, Id: nextId() };
      own(context)[name].push(item);
      return context.json(item);
    });
    app.put(`${base}/${path}/:id`, async (context) => {
      const items = own(context)[name];
      const at = items.findIndex(({ Id }) => String(Id) === context.req.param("id"));
      const old = items[at];
      if (!old) return unknown(context);
      const body = await jsonOf(context);
      const fields = body ? made(body, old) : "The body is not JSON";
      if (typeof fields === "string") return problem(context, 400, fields);
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

  collection("streamkeys", "streamKeys", madeStreamKey);
  collection("live", "instances", madeInstance);
  return app;
}

/** The token of `Authorization: TOK:…`, of any case, with or without a space. */
function tokenOf(context: Context): string | undefined {
  return /^tok:\s*(sandbox.*)$/i.exec(context.req.header("authorization") ?? "")?.[1];
}

function jsonOf(context: Context): Promise<Json | undefined> {
  return context.req.json<Json>().catch(() => undefined);
}

/** Success of PUT and DELETE: 200, an empty body and no content type. */
const done = (context: Context): Response => context.body(null, 200);

const problem = (context: Context, status: 400 | 403 | 404, message: string): Response =>
  context.json({ Message: message }, status);

const isKey = (value: unknown): boolean => typeof value === "string" && /^[A-Za-z0-9]{1,256}$/.test(value);

/** The fields of a stream key, both of which every POST and PUT must carry; or what is wrong with them. */
function madeStreamKey({ DirPath, Key }: Json): Json | string {
  // What follows a `*` is accepted and ignored.
  const isPath = typeof DirPath === "string" && /^[A-Za-z0-9]+\/[A-Za-z0-9]+(\*.*)?$/.test(DirPath);
  if (!isPath) return "DirPath is invalid";
  if (!isKey(Key)) return "Key is invalid";
  return { DirPath: DirPath.replace(/\*.*$/, "*"), Key };
}

/** The fields of an instance, those that are not sent at their defaults; or what is wrong with them. */
function madeInstance(body: Json, old: Item | undefined): Json | string {
  const { InstanceName, DvrDuration, Encrypted, EncryptedKeyRotation, SsaEnabled, SegmentSize } = body;
  if (typeof InstanceName !== "string" || InstanceName === "") return "InstanceName is required";
  if (old && InstanceName !== old.InstanceName) return "InstanceName cannot be changed";
  if (isSet(DvrDuration) && !isWithin(DvrDuration, 5, 180)) return "DvrDuration is invalid";
  if (isSet(EncryptedKeyRotation)) {
    const isValid = isWithin(EncryptedKeyRotation, 10, 1440) && Number(EncryptedKeyRotation) % 5 === 0;
    if (!isValid) return "EncryptedKeyRotation is invalid";
    if (Encrypted !== true) return "EncryptedKeyRotation needs Encrypted";
  }
  if (Encrypted === true && SsaEnabled === true) return "Encrypted and SsaEnabled exclude each other";
  return {
    InstanceName,
    // Reads 1 where it was never set.
    DvrDuration: DvrDuration ?? 1,
    Encrypted: Encrypted ?? false,
    EncryptedKeyRotation: EncryptedKeyRotation ?? null,
    SsaEnabled: SsaEnabled ?? false,
    SegmentSize: SegmentSize ?? 10,
    HlsPlaybackUrl: `http://playback.example.test/hls-live/${InstanceName}/<streamName>.m3u8`,
  };
}

const isSet = (value: unknown): boolean => value !== undefined && value !== null;
const isWithin = (value: unknown, least: number, most: number): boolean =>
  Number.isInteger(value) && Number(value) >= least && Number(value) <= most;
