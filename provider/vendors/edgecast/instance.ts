import { z } from "zod";
import {
  createOnly,
  defineResource,
  echoed,
  type Known,
  type Problem,
  replaces,
  type Seen,
  text,
  unique,
  type Values,
} from "../../define";
import type { Api } from "../../define/api";
import { StreamkeysError, UnexpectedReply } from "../../define/errors";
import {
  createOne,
  deleteOne,
  failureOf,
  findOne,
  type InstanceItem,
  instances,
  listAll,
  replaceOne,
} from "./api";

const inputs = {
  instanceName: replaces(
    unique(
      echoed(
        z
          .string()
          .regex(
            /^[^\s/?#]+$/,
            "must not be empty, nor hold white space, `/`, `?` or `#`, because it is part of URLs",
          )
          .describe(
            "Name, case-sensitive. Part of the URLs for publishing and playback. A `dirPath` can name it only where it is " +
              "letters and digits, so only then can a `StreamKey` open it.",
          ),
      ),
    ),
  ),
  dvrDurationMinutes: z
    .number()
    .int()
    .min(5)
    .max(180)
    .describe("How far viewers may go back, in minutes, 5 to 180. Edgecast reports 1 where it was never set.")
    .optional(),
  encrypted: z
    .boolean()
    .describe("Whether HLS segments are encrypted. Edgecast's default is false. Excludes `ssaEnabled`.")
    .optional(),
  encryptedKeyRotationSeconds: z
    .number()
    .int()
    .min(10)
    .max(1440)
    .multipleOf(5)
    .describe(
      "How often the key of HLS encryption changes, in seconds, 10 to 1440 in steps of 5. This is not the stream key. " +
        "Needs `encrypted: true`, and activation for the account.",
    )
    .optional(),
  ssaEnabled: z
    .boolean()
    .describe(
      "Edgecast's `SsaEnabled`. Its default is false; needs activation for the account. Excludes `encrypted`.",
    )
    .optional(),
  segmentSize: z
    .number()
    .int()
    .min(1)
    .describe("Edgecast's `SegmentSize`. Its unit and range are not documented.")
    .optional(),
};
type Inputs = Values<typeof inputs>;

/** An instance, the nearest thing to a publishing point (docs/sheets/edgecast.md, section 2). */
export const instance = defineResource({
  name: "Instance",
  about:
    "An instance of Edgecast DCP: the publishing point that encoders send to, and the first half of a stream key's " +
    "`dirPath`. A new instance may need up to an hour to be reachable. Whether a change cuts a running broadcast is not " +
    "documented; Edgecast cannot say whether one is running, so nothing here waits for its end.",
  notes: [
    "**Deletion and replacement are immediate, cannot be undone, and are allowed while viewers are connected.** Protect an " +
      "instance with Pulumi's `protect` option if that matters. A change of `instanceName` or `account` replaces.",
    "What you leave unset is kept as it is at Edgecast. Removing an input resets it to Edgecast's default.",
    "Assumed: PUT replaces all fields, so every update sends what is not yours as it was found.",
    "Edgecast documents no rule for `instanceName`; public callers use a dash, such as `100-live`. Assumed: what cannot " +
      "be one part of a URL's path is no name, and an account has a name only once. A create looks first, and is refused " +
      "where there is an instance of that name; so after a lost answer, the one that is there then is its.",
  ],
  inputs,
  outputs: {
    hlsPlaybackUrl: createOnly(
      text("HLS playback URL, as Edgecast shows it: the name of the stream may stand as `<streamName>`."),
    ).optional(),
    publishUrl: createOnly(
      text(
        "Where an encoder publishes, as the reply to the create shows it: perhaps only the path, with `<streamName>` in it. " +
          "Unset for an instance that was not made by this resource.",
      ),
    ).optional(),
  },
  validate,

  create: async (api, inputs) => {
    await refuseTaken(api, inputs.instanceName);
    return toSeen(await createOne(api, instances, toWire(inputs)));
  },
  read: async (api, id) => toSeen(await findOne(api, instances, id)),
  update: async (api, id, inputs, previous) => {
    const current = await findOne(api, instances, id);
    const wanted = replacement(inputs, previous, toSeen(current).inputs);
    const item = await replaceOne(api, instances, id, wanted);
    // Success has no body that could confirm it (docs/sheets/edgecast.md, section 2).
    if (isIgnored(wanted, current, item)) {
      const call = `PUT ${instances.itemPath(id).encoded}`;
      throw new UnexpectedReply({
        ...failureOf(api, call, "was accepted, but the list shows none of what was changed"),
        advice: "Run again.",
      });
    }
    return toSeen(item);
  },
  delete: (api, id) => deleteOne(api, instances, id),

  // Before the request there was none of that name, so one that is there now has been made since.
  foundBy: "likeness",
  find: async (api, { instanceName }) => (await named(api, instanceName)).map((item) => toSeen(item)),

  list: async function* (api) {
    for (const { Id, InstanceName } of await listAll(api, instances)) {
      yield { id: Id, name: InstanceName ?? Id };
    }
  },
});

async function named(api: Api, name: string): Promise<InstanceItem[]> {
  return (await listAll(api, instances)).filter(({ InstanceName }) => InstanceName === name);
}

/**
 * An instance says neither who made it nor when. So that a lost create can be told from somebody else's instance, none
 * of the name may be there before: one list, which a burst of creates shares.
 */
async function refuseTaken(api: Api, name: string): Promise<void> {
  const [taken] = await named(api, name);
  if (!taken) return;
  throw new StreamkeysError(
    `There is an Edgecast DCP instance ${name} already: ${taken.Id}. Choose another \`instanceName\`, or take it over with ` +
      `the resource option \`import: "${taken.Id}"\`. To replace it by one of its name (\`--replace\`, a taint), give the ` +
      "resource the option `deleteBeforeReplace: true`.",
  );
}

/** What Edgecast reports as `DvrDuration` where none was set; it is no value that could be sent. */
const DVR_UNSET = 1;

/** The fields of the inputs that are set. */
function toWire(inputs: Partial<Inputs>): Record<string, unknown> {
  return {
    InstanceName: inputs.instanceName,
    DvrDuration: inputs.dvrDurationMinutes === DVR_UNSET ? undefined : inputs.dvrDurationMinutes,
    Encrypted: inputs.encrypted,
    EncryptedKeyRotation: inputs.encryptedKeyRotationSeconds,
    SsaEnabled: inputs.ssaEnabled,
    SegmentSize: inputs.segmentSize,
  };
}

/** All fields: the program's, the default where the program has just dropped one, and the rest as it was found. */
function replacement(
  inputs: Inputs,
  previous: Partial<Inputs>,
  current: Partial<Inputs>,
): Record<string, unknown> {
  const names = Object.keys(current) as (keyof Inputs)[];
  const unmanaged = names.filter((name) => previous[name] === undefined);
  const kept = Object.fromEntries(unmanaged.map((name) => [name, current[name]]));
  const fields = toWire({ encrypted: false, ssaEnabled: false, ...kept, ...inputs });
  // Without encryption there is no key to rotate.
  return { ...fields, EncryptedKeyRotation: fields.Encrypted ? (fields.EncryptedKeyRotation ?? null) : null };
}

/** Whether nothing at all of what should become different has. */
function isIgnored(wanted: Record<string, unknown>, before: InstanceItem, after: InstanceItem): boolean {
  const changed = Object.keys(wanted).filter(
    (name) => wanted[name] !== undefined && wanted[name] !== (before[name] ?? null),
  );
  return changed.length > 0 && changed.every((name) => (after[name] ?? null) === (before[name] ?? null));
}

function toSeen(item: Partial<InstanceItem> & { Id: string }): Seen {
  return {
    id: item.Id,
    inputs: {
      instanceName: item.InstanceName ?? undefined,
      dvrDurationMinutes: item.DvrDuration ?? undefined,
      encrypted: item.Encrypted ?? undefined,
      encryptedKeyRotationSeconds: item.EncryptedKeyRotation ?? undefined,
      ssaEnabled: item.SsaEnabled ?? undefined,
      segmentSize: item.SegmentSize ?? undefined,
    },
    outputs: {
      hlsPlaybackUrl: item.HlsPlaybackUrl ?? item.PlaybackUrl ?? undefined,
      publishUrl: item.PublishUrl ?? undefined,
    },
  };
}

/** Edgecast's rules across fields (docs/sheets/edgecast.md, section 2). */
function validate(inputs: Known<Inputs>): Problem[] {
  const problems: Problem[] = [];
  if (inputs.encrypted && inputs.ssaEnabled) {
    problems.push({ path: "ssaEnabled", reason: "cannot be true together with `encrypted`" });
  }
  // An `encrypted` that is not known yet is there, and undefined.
  const isPlain = !("encrypted" in inputs) || inputs.encrypted === false;
  if (inputs.encryptedKeyRotationSeconds !== undefined && isPlain) {
    problems.push({ path: "encryptedKeyRotationSeconds", reason: "needs `encrypted: true`" });
  }
  return problems;
}
