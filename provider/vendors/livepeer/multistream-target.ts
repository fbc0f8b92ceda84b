import { z } from "zod";
import {
  defineResource,
  killSwitch,
  namedAfterResource,
  secret,
  type Seen,
  text,
  writeOnly,
} from "../../define";
import { type Api, path } from "../../define/api";
import { Gone, UnexpectedReply } from "../../define/errors";
import { noContent, objectId, reported, thisId } from "../../define/reply";
import { dateOf, readAfterWrite } from "./api";

/** A target. Its address is never in a reply (section 5). */
const target = z.looseObject({
  id: objectId,
  name: reported(z.string()),
  disabled: reported(z.boolean()),
  createdAt: reported(z.number()),
});
const oneTarget = (id: string) => target.extend({ id: thisId(id) });

/** A multistream target (docs/sheets/livepeer.md, section 5). */
export const multistreamTarget = defineResource({
  name: "MultistreamTarget",
  about:
    "Another platform that Livepeer passes a feed on to. A `Stream` names it by its id in `targets`, as many streams as you " +
    "like. Every change is made in place.",
  notes: [
    "Livepeer never shows `url`: a change of it by others cannot be seen, an import cannot know it, and state holds what the " +
      "program says, as a secret.",
    "Livepeer lists targets only to who names the id of their user, which nothing that is documented tells, so they are neither " +
      "discovered nor found again after a lost answer. A " +
      "target that was made all the same is named by no stream, and does nothing.",
    "Deleting a target that a stream of another program still names leaves that name behind. Within one program the engine " +
      "changes the stream first.",
  ],
  inputs: {
    name: namedAfterResource(z.string().min(1).describe("Name, for people. The resource's name when unset.")),
    url: writeOnly(
      secret(
        z
          .string()
          .regex(/^(srt|rtmps?):\/\/./, "must begin with srt://, rtmp:// or rtmps://")
          .describe("SRT or RTMP(S) address of the other platform, with its key."),
      ),
    ),
    enabled: killSwitch("stops passing the feed on"),
  },
  outputs: { createdAt: text("When the target was made, RFC 3339 UTC.").optional() },
  lostCreate:
    "Livepeer lists targets only by the id of a user: if you do not know the id of a target, go on as if none was made. No stream " +
    "names it, so it does nothing.",

  create: async (api, { name, url, enabled }) =>
    toSeen(
      await api.post(path`/multistream/target`, target, { body: { name, url, disabled: negated(enabled) } }),
    ),

  // There is no list that could contradict a not-found, and a read may lag: so it is asked twice.
  read: async (api, id) => {
    try {
      return toSeen(await getTarget(api, id));
    } catch (error) {
      if (!(error instanceof Gone)) throw error;
      return toSeen(await getTarget(api, id));
    }
  },

  update: async (api, id, { name, url, enabled }, previous) => {
    const body = {
      name: name === previous.name ? undefined : name,
      url: url === previous.url ? undefined : url,
      disabled: enabled === previous.enabled ? undefined : negated(enabled),
    };
    await api.patch(path`/multistream/target/${id}`, noContent, { body });
    const shows = (seen: z.infer<typeof target>): boolean =>
      seen.name === name && (body.disabled === undefined || (seen.disabled ?? false) === body.disabled);
    return toSeen(await readAfterWrite(api, () => getTarget(api, id), shows));
  },

  delete: async (api, id) => {
    try {
      await api.delete(path`/multistream/target/${id}`, noContent);
    } catch (error) {
      if (!(error instanceof Gone)) throw error;
      await getTarget(api, id);
      throw new UnexpectedReply({ ...error.failure, advice: "But it is still shown. Run again." });
    }
  },
});

/** One target by id. Throws `Gone` when there is none. */
const getTarget = (api: Api, id: string): Promise<z.infer<typeof target>> =>
  api.get(path`/multistream/target/${id}`, oneTarget(id));

const negated = (value: boolean | undefined): boolean | undefined =>
  value === undefined ? undefined : !value;

function toSeen({ id, name, disabled, createdAt }: z.infer<typeof target>): Seen {
  return { id, inputs: { name, enabled: !disabled }, outputs: { createdAt: dateOf(createdAt) } };
}
