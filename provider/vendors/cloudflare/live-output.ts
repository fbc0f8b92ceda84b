import { z } from "zod";
import { defineResource, killSwitch, replaces, secret, type Seen, text } from "../../define";
import { type Api, path } from "../../define/api";
import { objectId, reported, thisId } from "../../define/reply";
import { childId, splitChildId } from "../../define/child";
import { Gone } from "../../define/errors";
import { deleted, envelope, isOnAir, listInputs } from "./api";

/** An output. */
const output = z.looseObject({
  uid: objectId,
  url: reported(z.string()),
  streamKey: reported(z.string()),
  enabled: reported(z.boolean()),
});
type Output = z.infer<typeof output>;

const newOutput = envelope(output);
const oneOutput = (uid: string) => envelope(output.extend({ uid: thisId(uid) }));
const outputs = envelope(z.array(output));

const partsOf = (id: string): { input: string; uid: string } => {
  const { parent, child } = splitChildId(id, "a Cloudflare LiveOutput is <liveInputId>/<outputId>");
  return { input: parent, uid: child };
};

/** An output of a live input (docs/sheets/cloudflare.md, sections 2, 4 and 6). */
export const liveOutput = defineResource({
  name: "LiveOutput",
  about:
    "An output of a Cloudflare live input: where Cloudflare passes the feed on to, another platform for example (simulcast). " +
    "`enabled` is changed in place; another address or key makes a new output.",
  notes: [
    "A live input has at most 50 outputs.",
    "Deleting an output disconnects it within 30 seconds, and the broadcast itself goes on. While the live input is on air " +
      "this is refused unless `interruptLive` is true; `enabled: false` is the way to switch an output off during a broadcast.",
    "Outputs have neither a name nor a date. After a lost answer an output of the same address and key is taken over (assumed).",
  ],
  childOf: "LiveInput",
  inputs: {
    liveInputId: replaces(text("Id of the `LiveInput` whose feed is passed on.")),
    url: replaces(
      secret(z.string().min(1).describe("RTMP(S) or SRT address of the other platform, without the key.")),
    ),
    streamKey: replaces(secret(z.string().min(1).describe("Stream key at the other platform."))),
    enabled: killSwitch("stops passing the feed on"),
  },
  outputs: {
    outputId: text("Cloudflare's own id of the output."),
  },

  create: async (api, { liveInputId, url, streamKey, enabled }) => {
    const body = { url, streamKey, enabled };
    return toSeen(
      liveInputId,
      (await api.post(path`/live_inputs/${liveInputId}/outputs`, newOutput, { body })).result,
    );
  },

  // No call shows one output (section 2).
  read: async (api, id) => {
    const { input, uid } = partsOf(id);
    const found = (await outputsOf(api, input)).find((one) => one.uid === uid);
    if (found) return toSeen(input, found);
    const call = `GET /live_inputs/${input}/outputs`;
    throw new Gone({ vendor: api.label, call, detail: `does not have output ${uid}` });
  },

  // Cloudflare takes `enabled` alone, and wants it.
  update: async (api, id, { enabled = true }) => {
    const { input, uid } = partsOf(id);
    const at = path`/live_inputs/${input}/outputs/${uid}`;
    return toSeen(input, (await api.put(at, oneOutput(uid), { body: { enabled } })).result);
  },

  delete: async (api, id) => {
    const { input, uid } = partsOf(id);
    await api.delete(path`/live_inputs/${input}/outputs/${uid}`, deleted);
  },

  isLive: (api, id) => isOnAir(api, partsOf(id).input),
  cuts: ({ enabled }) => (enabled === false ? [] : ["delete"]),

  foundBy: "likeness",
  find: async (api, { liveInputId, url, streamKey }) => {
    const all = await outputsOf(api, liveInputId);
    return all
      .filter((one) => one.url === url && one.streamKey === streamKey)
      .map((one) => toSeen(liveInputId, one));
  },

  list: async function* (api) {
    for await (const { uid: input } of listInputs(api)) {
      for (const { uid, url } of await outputsOf(api, input))
        yield { id: childId(input, uid), name: hostOf(url) ?? uid };
    }
  },
});

async function outputsOf(api: Api, input: string): Promise<Output[]> {
  return (await api.get(path`/live_inputs/${input}/outputs`, outputs)).result;
}

/** What may be shown of an address: the rest can hold a key. */
const hostOf = (url: string | null | undefined): string | undefined =>
  url && URL.canParse(url) ? new URL(url).hostname : undefined;

function toSeen(input: string, { uid, url, streamKey, enabled }: Output): Seen {
  return {
    id: childId(input, uid),
    inputs: { liveInputId: input, url, streamKey, enabled },
    outputs: { outputId: uid },
  };
}
