import { z } from "zod";
import { NotNow, Refused, StreamkeysError, UnexpectedReply } from "../../define/errors";
import { type Api, path } from "../../define/api";
import { everyItem } from "../../define/paging";
import { madeKey, objectId, reported, thisId } from "../../define/reply";
import { poll } from "../../calls/poll";

/**
 * Uiza's replies and the calls that both resources share (docs/sheets/uiza.md, sections 3, 4, 6 and 7).
 *
 * Assumed, because nothing public says it:
 * - an entity that vanishes while it is allocated was denied (section 4);
 * - after a broadcast the status is `ready` again (section 4);
 * - a reset shuts the old key out of new connections at once (sections 7 and 12);
 * - throttling is a 429, or any status with `rate_limit_error` (section 8);
 * - an update is taken in every status, and another account's entity is a 404 (section 12).
 */

/** A live entity. Only `id` is relied on: `ingest` and `playback` are null until it is ready (section 3.2). */
export const liveEntity = z.looseObject({
  id: objectId,
  name: reported(z.string()),
  description: reported(z.string()),
  region: reported(z.string()),
  // The attribute list calls it a string, every sample shows a boolean.
  dvr: reported(z.union([z.boolean(), z.stringbool()])),
  status: reported(z.string()),
  ingest: reported(z.looseObject({ url: reported(z.string()), key: reported(madeKey) })),
  playback: reported(z.looseObject({ hls: reported(z.string()), mpd: reported(z.string()) })),
  created_at: reported(z.string()),
});
/** This live entity, and no other. */
export const thisEntity = (id: string) => liveEntity.extend({ id: thisId(id) });
/** A live entity. */
export type LiveEntity = z.infer<typeof liveEntity>;

/** A live entity whose ingest is there. */
export type ReadyEntity = LiveEntity & { ingest: { url: string; key: string } };

/**
 * What a delete answers (docs/sheets/uiza.md, section 3). The empty object of later revisions (section 9) says nothing, so
 * there the lifecycle looks whether it is gone.
 */
export const deleted = (id: string) => z.looseObject({ id: thisId(id), deleted: z.literal(true) });

/** The error that says that there is no such object: all of it, because other servers have errors much like it. */
export const notFound = z.strictObject({
  message: z.string(),
  error_type: z.literal("invalid_request_error"),
});

const page = z.looseObject({ data: z.array(liveEntity), next_page_token: z.string().nullish() });

/** One live entity by id. Throws `Gone` when there is none. */
export function getEntity(api: Api, id: string): Promise<LiveEntity> {
  return api.get(path`/live_entities/${id}`, thisEntity(id));
}

/** All live entities, newest first. A page of more than 20 is refused from 2020-03-26 on (section 6). */
export function listEntities(api: Api): AsyncGenerator<LiveEntity> {
  return everyItem(api, "GET /live_entities", "", async (token) => {
    const query = { page_size: 20, ...(token ? { page_token: token } : {}) };
    const { data: items, next_page_token: next } = await api.get(path`/live_entities`, page, { query });
    return { items, next: next === "" ? undefined : (next ?? undefined) };
  });
}

/** Waits until Uiza has allocated the entity, which takes up to about a minute (section 4). */
export async function whenReady(
  api: Api,
  id: string,
  progress: (message: string) => void,
): Promise<ReadyEntity> {
  const { label, waitMs } = api;
  const look = async (): Promise<ReadyEntity | undefined> => {
    const entity = await getEntity(api, id);
    return isReady(entity) ? entity : undefined;
  };
  const ready = await poll(look, waitMs, (seconds) => {
    progress(`Waiting for Uiza to allocate live entity ${id} (${seconds} s; a minute is usual)`);
  });
  if (ready) return ready;
  throw new StreamkeysError(
    `${label}: live entity ${id} was not ready within ${waitMs / 1000} s, where a minute is usual ` +
      "(`waitSeconds` of the account sets how long to wait).",
  );
}

/** The live entity with its key. A reply without one is an error, so that state never loses the key. */
export async function getKeyed(api: Api, id: string): Promise<ReadyEntity> {
  return keyed(api, `GET /live_entities/${id}`, await getEntity(api, id));
}

/**
 * Gives the entity a new key. Each call makes another, so it is sent once. Throws `NotNow` on a 400, which is how Uiza
 * turns down whatever is not `ready`, from 2020-07-01 on also while broadcasting (section 7).
 */
export async function resetKey(api: Api, id: string): Promise<ReadyEntity> {
  try {
    // With an underscore: the hyphen of the vendor's curl sample is a mistake.
    const reply = await api.put(path`/live_entities/${id}/stream_key`, thisEntity(id), { repeatable: false });
    return keyed(api, `PUT /live_entities/${id}/stream_key`, reply);
  } catch (error) {
    if (!(error instanceof Refused) || error.status !== 400) throw error;
    throw new NotNow(
      `${error.message} Uiza resets a key only while the stream is \`ready\`, so the old key stays: ` +
        "run again when no encoder is sending.",
    );
  }
}

function keyed(api: Api, call: string, entity: LiveEntity): ReadyEntity {
  if (isReady(entity)) return entity;
  throw new UnexpectedReply({
    vendor: api.label,
    call,
    detail: "answered without a stream key: it is still being allocated, or what it shows is no key",
    advice: "Run again in a minute; the state is left as it was.",
  });
}

function isReady(entity: LiveEntity): entity is ReadyEntity {
  return entity.status !== "init" && Boolean(entity.ingest?.url && entity.ingest.key);
}

/** Whether a broadcast may be running. A status that nobody documents counts as live: the guard fails closed. */
export function mayBeLive({ status }: LiveEntity): boolean {
  return status !== "ready" && status !== "init";
}
