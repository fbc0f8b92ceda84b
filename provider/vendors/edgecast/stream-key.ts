import { z } from "zod";
import { defineResource, echoed, secret, type Seen, text } from "../../define";
import { StreamkeysError, UnexpectedReply } from "../../define/errors";
import type { Api } from "../../define/api";
import { freshKey } from "../../calls/fresh-key";
import {
  createOne,
  deleteOne,
  failureOf,
  findOne,
  listAll,
  replaceOne,
  type StreamKeyItem,
  streamKeys,
} from "./api";
import { givenKey, givenKeyProblems, refuseGivenKey } from "./given-key";

const dirPath = echoed(
  z
    .string()
    .regex(
      /^[A-Za-z0-9]+\/[A-Za-z0-9]+\*?$/,
      "must be `instance/stream`: letters and digits, one `/`, and at most a `*` at the very end. Edgecast silently " +
        "ignores what follows a `*`",
    )
    .describe(
      "What the key opens: `instance/stream`, letters and digits, case-sensitive, without a leading `/`. A `*` at the end " +
        "stands for one or more characters: `news/cam*` opens `news/cam1` and `news/camera`.",
    ),
);

/** A stream key (docs/sheets/edgecast.md, section 2). */
export const streamKey = defineResource({
  name: "StreamKey",
  about:
    "The key that an encoder needs to publish to one path, `instance/stream`, of Edgecast DCP. The provider generates it " +
    "unless you give one. Where a path has a stream key, the global key does not open it. A change may need up to an hour " +
    "to take effect, and whether it cuts a running broadcast is not documented; Edgecast cannot say whether one is " +
    "running, so nothing here waits for its end.",
  notes: [
    "Within the hour that a change may need, either the old or the new key may work. Plan a rotation that far ahead of a " +
      "broadcast.",
    "`key` and `keyRotation` exclude each other. `streamkeys:rotateAll` cannot rotate a key that you give: it leaves the " +
      "rotation due, with a warning at every run, until you change or remove `key`.",
    "Removing `key` makes the provider generate one.",
    "Reads of up to five seconds share one list, so a refresh of many keys costs a few calls in all.",
    "Import takes Edgecast's numeric id. The key is left as it is unless the program gives another `key`. Edgecast allows " +
      "several keys for one path, so the path does not identify a key.",
    "Assumed: Edgecast's list shows each key. Where it does not, the key in state is kept; an import then needs `key`.",
    "Assumed: the instance in `dirPath` need not exist, because a key is only a rule on a path.",
    "After a lost answer to a create, only a key with the same path and the same value counts as made by it.",
  ],
  inputs: {
    dirPath,
    key: givenKey(
      "The key, when you choose it yourself: 1 to 256 letters and digits. Unset, one of 48 characters is generated. A " +
        "change takes effect at Edgecast within an hour. Excludes `keyRotation`.",
    ),
  },
  outputs: {
    streamKey: secret(text("The stream key in force, generated or given.")),
    encoderStreamSetting: secret(
      text(
        "`StreamName?Key`, the stream setting of an encoder. Unset when `dirPath` ends in `*`, because the stream's " +
          "name is then the encoder's to choose.",
      ),
    ).optional(),
  },
  rotation:
    "in place, by a PUT of a key that the provider generates; it takes up to an hour to take effect, and whether it cuts " +
    "a running session is not documented",
  validate: givenKeyProblems,

  create: async (api, { dirPath, key }, { freshKey }) => {
    const sent = { DirPath: dirPath, Key: key ?? freshKey };
    const { Id, DirPath = dirPath } = await createOne(api, streamKeys, sent);
    return toSeen({ ...sent, Id, DirPath }, {});
  },

  read: async (api, id, state) => {
    const item = await findOne(api, streamKeys, id);
    const DirPath = item.DirPath ?? state.dirPath;
    return toSeen({ ...item, DirPath, Key: item.Key ?? state.key ?? state.streamKey }, state);
  },

  update: async (api, id, inputs, previous) => {
    const hadGiven = previous.key !== undefined;
    const Key = inputs.key ?? (hadGiven ? freshKey() : await keyInForce(api, id, previous));
    return replace(api, id, { DirPath: inputs.dirPath, Key }, inputs);
  },

  rotate: async (api, id, state) => {
    refuseGivenKey(`The stream key for ${state.dirPath}`, state.key);
    return replace(api, id, { DirPath: state.dirPath, Key: freshKey() }, state);
  },

  delete: (api, id) => deleteOne(api, streamKeys, id),

  foundBy: "key",
  find: async (api, { dirPath, key }, { isOwnKey }) => {
    const candidates = (await listAll(api, streamKeys)).filter(
      ({ DirPath }) => (DirPath ?? dirPath) === dirPath,
    );
    if (candidates.some(({ Key }) => Key === undefined)) {
      throw new StreamkeysError(
        `Edgecast lists keys for ${dirPath} without showing them, so none can be told apart.`,
      );
    }
    const made = candidates.filter(({ Key = "" }) => (key === undefined ? isOwnKey(Key) : Key === key));
    return made.map((item) => toSeen(item, {}));
  },

  list: async function* (api) {
    for (const { Id, DirPath } of await listAll(api, streamKeys)) yield { id: Id, name: DirPath ?? Id };
  },
});

/** The key that a change of the path must not change: what Edgecast shows comes before what state remembers. */
async function keyInForce(
  api: Api,
  id: string,
  { streamKey }: { streamKey?: string | undefined },
): Promise<string> {
  const key = (await findOne(api, streamKeys, id)).Key ?? streamKey;
  if (key === undefined) throw unknownKey(id);
  return key;
}

/** PUT takes both fields, always (section 2). What is read back afterwards must be what was sent. */
async function replace(
  api: Api,
  id: string,
  sent: { DirPath: string; Key: string },
  given: { key?: string | undefined },
): Promise<Seen> {
  const item = await replaceOne(api, streamKeys, id, sent);
  const Key = item.Key ?? sent.Key;
  const DirPath = item.DirPath ?? sent.DirPath;
  if (DirPath !== sent.DirPath || Key !== sent.Key) {
    const call = `PUT ${streamKeys.itemPath(id).encoded}`;
    throw new UnexpectedReply({
      ...failureOf(api, call, "was accepted, but the list does not show what was sent"),
      advice: "Run `pulumi refresh` to see what is in force, and run again.",
    });
  }
  return toSeen({ ...item, DirPath, Key }, given);
}

/** `key` is an input only where the program gives it; a generated key must not show up as one. */
function toSeen({ Id, DirPath, Key: key }: StreamKeyItem, given: { key?: string | undefined }): Seen {
  if (key === undefined) throw unknownKey(Id);
  const [, stream] = DirPath?.split("/") ?? [];
  return {
    id: Id,
    inputs: { dirPath: DirPath ?? undefined, ...(given.key === undefined ? {} : { key }) },
    outputs: {
      streamKey: key,
      encoderStreamSetting: stream && !stream.includes("*") ? `${stream}?${key}` : undefined,
    },
  };
}

const unknownKey = (id: string): StreamkeysError =>
  new StreamkeysError(
    `Edgecast does not show the key of stream key ${id}, and the state does not hold it. Set \`key\` to the key in force.`,
  );
