import { z } from "zod";
import { secret, text } from "../../define";
import { path } from "../../define/api";
import type { Vendor } from "../../define/vendor";
import { signatureV4 } from "../../calls/sigv4";
import { accountOf, listChannels } from "./api";
import { channel } from "./channel";
import { streamKey } from "./stream-key";

/** An error has its words in `exceptionMessage`; what stands before the service says `message` (section 1). */
const errorBody = z.looseObject({ exceptionMessage: z.string().optional(), message: z.string().optional() });

/** The error that says that there is no such object, beside its name in the header. */
const notFound = z.strictObject({ exceptionMessage: z.string() });

/** `x-amzn-ErrorType` names the error; an address may follow the name. */
const nameIn = (headers: Record<string, string>): string | undefined =>
  headers["x-amzn-errortype"]?.split(":")[0];

/** Amazon IVS low latency (docs/sheets/ivs.md). */
export const ivs: Vendor = {
  name: "ivs",
  title: "Amazon IVS",
  about:
    "Amazon IVS (low latency) takes a feed by RTMPS or SRT into a *channel* and serves HLS. Quality is `type` with `preset`: " +
    "there is no encoding ladder to define. A channel has one *stream key*, with an ARN of its own; AWS makes it with the " +
    "channel. `StreamKey` works on any channel, also on one that `@pulumi/aws` has made.\n\n" +
    "Calls are signed by AWS's own signer, which is a package of its own: `npm install @smithy/signature-v4`. With " +
    "`npm install @aws-sdk/credential-providers` and no access key in the config, the credentials come from AWS's chain: " +
    "`AWS_ACCESS_KEY_ID` and its like, `AWS_PROFILE` or the field `profile`, SSO, web identity (OIDC), the machine's role.\n\n" +
    "The policy needs `ivs:CreateChannel`, `GetChannel`, `UpdateChannel`, `DeleteChannel`, `ListChannels`, `CreateStreamKey`, " +
    "`GetStreamKey`, `DeleteStreamKey`, `ListStreamKeys`, `GetStream`, `StopStream`, `TagResource` and `UntagResource`; for " +
    "keys of channels of others only those of the key, `GetChannel`, `ListChannels`, `GetStream`, `StopStream` and " +
    "`TagResource`.",
  baseUrl: "https://ivs.{region}.amazonaws.com",
  credentials: {
    region: z
      .string()
      .regex(/^[a-z0-9-]{1,40}$/, "must be the name of a region, for example us-west-2")
      .describe("AWS region, for example `us-west-2`. Alone, it takes the credentials from AWS's chain."),
    profile: text("Profile of AWS's own configuration, SSO ones included."),
    accessKeyId: text("Id of an access key. Better is the chain, which holds nothing for long."),
    secretAccessKey: secret(text("Secret of the access key.")),
    sessionToken: secret(text("Session token, of an access key that is temporary.")),
  },
  environment: {
    region: "IVS_REGION",
    profile: "IVS_PROFILE",
    accessKeyId: "IVS_ACCESS_KEY_ID",
    secretAccessKey: "IVS_SECRET_ACCESS_KEY",
    sessionToken: "IVS_SESSION_TOKEN",
  },
  alternatives: [
    ["region"],
    ["region", "profile"],
    ["region", "accessKeyId", "secretAccessKey"],
    ["region", "accessKeyId", "secretAccessKey", "sessionToken"],
  ],
  sign: (request, credentials) => signatureV4(request, "ivs", credentials),
  isGone: (status, body, headers) =>
    status === 404 && nameIn(headers) === "ResourceNotFoundException" && notFound.safeParse(body).success,
  errorName: (_, headers) => nameIn(headers),
  // Any channel tells the number of the account.
  owner: async (api) => {
    for await (const { arn } of listChannels(api)) return accountOf(arn);
    return undefined;
  },
  words: (body) => {
    const { exceptionMessage, message } = errorBody.safeParse(body).data ?? {};
    return exceptionMessage ?? message;
  },
  probe: (api) =>
    api.ask(path`/ListChannels`, z.looseObject({ channels: z.array(z.unknown()) }), {
      body: { maxResults: 1 },
    }),
  resources: [channel, streamKey],
};
