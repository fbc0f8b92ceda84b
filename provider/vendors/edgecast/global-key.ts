import { defineResource, secret, type Seen, text } from "../../define";
import { Gone, UnexpectedReply } from "../../define/errors";
import type { Api } from "../../define/api";
import { freshKey } from "../../calls/fresh-key";
import { failureOf, getGlobalKey, putGlobalKey } from "./api";
import { givenKey, givenKeyProblems, refuseGivenKey } from "./given-key";

/** The account has one global key, which needs a name of its own only here. */
const ID = "globalkey";

/** The global key of an account (docs/sheets/edgecast.md, section 2). */
export const globalKey = defineResource({
  name: "GlobalKey",
  about:
    "The global key of an Edgecast DCP account: it opens every path that no stream key secures. There is exactly one, so " +
    "declaring this resource takes over the key in force and leaves it as it is; only a `key` that you give, or a due " +
    "rotation, changes it. Deleting the resource leaves the key in force, with a warning. A change may need up to an hour " +
    "to take effect, and whether it cuts running broadcasts is not documented; Edgecast cannot say whether one is " +
    "running, so nothing here waits for its end.",
  notes: [
    "A new global key concerns every encoder of the account that publishes without a stream key of its own, and the old " +
      "one cannot be had back. That is why the first `pulumi up` does not make one: set `keyRotation.trigger` when you " +
      "want it renewed.",
    "With `key`, the first `pulumi up` sets that key, unless it is in force already. So a run whose answer was lost is " +
      "simply run again.",
    "`key` and `keyRotation` exclude each other. `streamkeys:rotateAll` cannot rotate a key that you give: it leaves the " +
      "rotation due, with a warning at every run, until you change or remove `key`.",
    'Removing `key` makes the provider generate one. The id, for an import, is `"globalkey"`.',
    "Assumed: an account that never had a global key reports an empty one; a key is then generated.",
  ],
  inputs: {
    key: givenKey(
      "The global key, when you choose it yourself: 1 to 256 letters and digits. Unset, the key in force is taken over. A " +
        "change takes effect at Edgecast within an hour. Excludes `keyRotation`.",
    ),
  },
  outputs: { globalKey: secret(text("The global key in force.")) },
  rotation:
    "in place, by a PUT of a key that the provider generates; it takes up to an hour to take effect, and whether it cuts " +
    "running sessions is not documented",
  validate: givenKeyProblems,
  singleton: true,
  makesNothing: true,
  takesOver: ({ key }) => (key === undefined ? ID : undefined),
  outlivesDelete: true,

  // After a lost answer the next run finds the key in force, and takes it over or knows it for the program's.
  create: async (api, { key }, { freshKey }) => {
    const current = await getGlobalKey(api);
    const wanted = key ?? current ?? freshKey;
    return wanted === current ? toSeen(wanted) : { ...(await replace(api, wanted)), isNewKey: true };
  },

  read: async (api, id, state) => {
    const key = id === ID ? await getGlobalKey(api) : undefined;
    if (key === undefined) throw new Gone(failureOf(api, "GET /httpstreaming/dcp/globalkey", "has no key"));
    return toSeen(key, state);
  },

  update: async (api, _, inputs) => replace(api, inputs.key ?? freshKey(), inputs),

  rotate: async (api, _, state) => {
    refuseGivenKey("The global key", state.key);
    return replace(api, freshKey(), state);
  },

  delete: (_api, _id, _state, { warn }) => {
    warn("The global key of the Edgecast account stays in force: an account always has one.");
    return Promise.resolve();
  },

  list: async function* (api) {
    if ((await getGlobalKey(api)) !== undefined) yield { id: ID, name: "global key" };
  },
});

/** Sets the key, and reads it back: success has no body that could confirm it. */
async function replace(api: Api, key: string, given: { key?: string | undefined } = {}): Promise<Seen> {
  await putGlobalKey(api, key);
  if ((await getGlobalKey(api)) === key) return toSeen(key, given);
  throw new UnexpectedReply({
    ...failureOf(api, "PUT /httpstreaming/dcp/globalkey", "was accepted, but another key is in force"),
    advice: "Run `pulumi refresh` to see which, and run again.",
  });
}

/** `key` is an input only where the program gives it; a generated key must not show up as one. */
function toSeen(key: string, given: { key?: string | undefined } = {}): Seen {
  return { id: ID, inputs: given.key === undefined ? {} : { key }, outputs: { globalKey: key } };
}
