import { z } from "zod";
import { type CallFailure, Gone, Refused, UnexpectedReply } from "../../define/errors";
import { type Api, type Path, path } from "../../define/api";
import { emptyBody, reported } from "../../define/reply";

/**
 * Edgecast's calls and replies (docs/sheets/edgecast.md, sections 1, 2 and 5). Assumed, because no page shows it in full:
 *
 * - Assumed (section 2): a list is a bare JSON array, and holds everything: no page knows of pagination.
 * - Assumed (section 2): the list shows `Key`. Where it does not, what state holds is kept.
 * - Assumed (section 2): the reply to a create has `Id`. Nothing else of it is relied on.
 * - Assumed (section 5): PUT and DELETE of an unknown id answer 400 or 404. Neither means "gone" by itself, because a
 *   wrong account number answers 400 as well; only absence from a list that came does.
 * - Assumed (section 2, global key): an account without a global key reports an empty `Key`.
 */

/** Ids are decimal numbers there and strings with us. */
const id = z.union([z.int().nonnegative(), z.string().regex(/^\d+$/)]).transform(String);

/** Looser than what may be sent: one odd key must not make the whole list unreadable. A mask is none. */
const anyKey = z.union([z.string().regex(/^[!-)+-~]{1,256}$/, "is no key"), z.literal("")]);

/** A read may omit the key. */
const shownKey = reported(anyKey).transform((key) => (key === "" ? undefined : (key ?? undefined)));

const streamKeyItem = z.looseObject({ Id: id, DirPath: reported(z.string()), Key: shownKey });
/** A stream key as a list shows it. */
export type StreamKeyItem = z.infer<typeof streamKeyItem>;

const instanceItem = z.looseObject({
  Id: id,
  InstanceName: reported(z.string()),
  DvrDuration: reported(z.number()),
  Encrypted: reported(z.boolean()),
  EncryptedKeyRotation: reported(z.number()),
  SsaEnabled: reported(z.boolean()),
  SegmentSize: reported(z.number()),
  HlsPlaybackUrl: reported(z.string()),
  // The reply to a create has these two, as a public caller decodes it.
  PlaybackUrl: reported(z.string()),
  PublishUrl: reported(z.string()),
});
/** An instance as a list shows it. */
export type InstanceItem = z.infer<typeof instanceItem>;

/** Objects that Edgecast keeps in one list. */
interface Collection<T> {
  /** Name of one of them, for sentences. */
  one: string;
  path: Path;
  itemPath(id: string): Path;
  item: z.ZodType<T>;
  /** What of the reply to a create is relied on. */
  created: z.ZodType<Partial<T> & { Id: string }>;
}

/** The stream keys of an account. */
export const streamKeys: Collection<StreamKeyItem> = {
  one: "stream key",
  path: path`/httpstreaming/dcp/streamkeys`,
  itemPath: (id) => path`/httpstreaming/dcp/streamkeys/${id}`,
  item: streamKeyItem,
  created: z.looseObject({ Id: id, DirPath: z.string().optional() }),
};

/** The instances of an account. */
export const instances: Collection<InstanceItem> = {
  one: "instance",
  path: path`/httpstreaming/dcp/live`,
  itemPath: (id) => path`/httpstreaming/dcp/live/${id}`,
  item: instanceItem,
  created: instanceItem,
};

type Item = StreamKeyItem | InstanceItem;

/** Successful PUTs have no documented body, so none is read. */
const ignored = z.unknown();

/** How old a list may be, counted from when it was asked for. */
const FRESH_MS = 5_000;

/**
 * Everything of a kind in the account. Edgecast's only safe read is the whole list (docs/sheets/edgecast.md, section 7), and a refresh of a
 * hundred keys would ask for it a hundred times: a burst shares one.
 */
export function listAll<T>(api: Api, { path, item }: Collection<T>): Promise<T[]> {
  return api.shared(path.encoded, FRESH_MS, () => api.get(path, z.array(item)));
}

/** Writes something that the list at `at` shows; also a failed write may have changed it. */
export async function writingTo<T>(api: Api, at: Path, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } finally {
    api.unshare(at.encoded);
  }
}

/**
 * One object, out of the list: asking for one answers an unknown id with `200 {}` or 400 (section 5).
 * @throws Gone when a list came and the object is not in it.
 */
export async function findOne<T extends Item>(api: Api, collection: Collection<T>, id: string): Promise<T> {
  const item = (await listAll(api, collection)).find(({ Id }) => Id === id);
  if (item) return item;
  throw new Gone(failureOf(api, `GET ${collection.path.encoded}`, `lists no ${collection.one} ${id}`));
}

/** Makes an object, and returns what the reply says of it. */
export function createOne<T>(
  api: Api,
  { path, created }: Collection<T>,
  body: unknown,
): Promise<Partial<T> & { Id: string }> {
  return writingTo(api, path, () => api.post(path, created, { body }));
}

/** Replaces all fields of an object, and reads it back: success has no body that could confirm it. */
export async function replaceOne<T extends Item>(
  api: Api,
  collection: Collection<T>,
  id: string,
  body: unknown,
): Promise<T> {
  await writingTo(api, collection.path, () => api.put(collection.itemPath(id), ignored, { body }));
  return findOne(api, collection, id);
}

/** Deletes an object. Nothing is success but a list, asked for afterwards, that does not show the object (section 5). */
export async function deleteOne<T extends Item>(
  api: Api,
  collection: Collection<T>,
  id: string,
): Promise<void> {
  try {
    await writingTo(api, collection.path, () => api.delete(collection.itemPath(id), emptyBody));
  } catch (error) {
    if (!(error instanceof Refused) || (error.status !== 400 && error.status !== 404)) throw error;
    await findOne(api, collection, id);
    throw error;
  }
  await mustBeGone(api, collection, id);
}

async function mustBeGone<T extends Item>(api: Api, collection: Collection<T>, id: string): Promise<void> {
  if (!(await listAll(api, collection)).some(({ Id }) => Id === id)) return;
  throw new UnexpectedReply({
    ...failureOf(
      api,
      `DELETE ${collection.itemPath(id).encoded}`,
      "was accepted, but the list still shows it",
    ),
    advice: "Run again to delete it.",
  });
}

const globalKeyPath = path`/httpstreaming/dcp/globalkey`;

/** The global key in force; undefined when the account has none. A reply without `Key` says nothing and throws. */
export async function getGlobalKey(api: Api): Promise<string | undefined> {
  const { Key } = await api.get(globalKeyPath, z.looseObject({ Key: anyKey }));
  return Key === "" ? undefined : Key;
}

/** Sets the global key. */
export async function putGlobalKey(api: Api, key: string): Promise<void> {
  await api.put(globalKeyPath, ignored, { body: { Key: key } });
}

/** The parts of a sentence about a call of this account. */
export function failureOf(api: Api, call: string, detail: string): CallFailure {
  return { vendor: api.label, call, detail };
}
