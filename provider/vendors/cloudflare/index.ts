import { z } from "zod";
import { secret, text } from "../../define";
import { path } from "../../define/api";
import { storageShortage } from "./api";
import type { Vendor } from "../../define/vendor";
import { liveInput } from "./live-input";
import { liveOutput } from "./live-output";
import { streamKey } from "./stream-key";

const errorBody = z.looseObject({
  success: z.literal(false),
  errors: z.array(
    z.looseObject({
      code: z.number().optional(),
      message: z.string().optional(),
      source: z.looseObject({ pointer: z.string().optional() }).nullish(),
    }),
  ),
});

/** Cloudflare's codes for a path that leads nowhere: a wrong account id or base URL, not an object that is gone. */
const NO_ROUTE = [7000, 7003];

/** The error that says that there is no such object: all of it, because other servers have errors much like it. */
const notFound = z.strictObject({
  success: z.literal(false),
  errors: z
    .array(
      z.looseObject({ code: z.number().refine((code) => !NO_ROUTE.includes(code)), message: z.string() }),
    )
    .min(1),
  messages: z.array(z.unknown()).nullish(),
  result: z.null().optional(),
});

/** Cloudflare Stream's live inputs (docs/sheets/cloudflare.md). */
export const cloudflare: Vendor = {
  name: "cloudflare",
  title: "Cloudflare",
  about:
    "Cloudflare Stream takes a feed by RTMPS, SRT or WebRTC into a *live input*, serves HLS and DASH, and passes the feed " +
    "on to *outputs*. Quality is Cloudflare's own business: there is no encoding ladder to define.",
  baseUrl: "https://api.cloudflare.com/client/v4",
  credentials: {
    accountId: z
      .string()
      .regex(/^[0-9a-f]{32}$/, "must be the 32 hexadecimal digits of an account id")
      .describe("Id of the Cloudflare account, 32 hexadecimal digits; in the dashboard's address."),
    apiToken: secret(text("API token with the permission Stream Write. Sent as a bearer token.")),
    apiEmail: text("E-mail of the user, with `apiKey` as an alternative to `apiToken`."),
    apiKey: secret(text("Global API key of the user. A token that may do less is the better choice.")),
  },
  environment: {
    accountId: "CLOUDFLARE_ACCOUNT_ID",
    apiToken: "CLOUDFLARE_API_TOKEN",
    apiEmail: "CLOUDFLARE_EMAIL",
    apiKey: "CLOUDFLARE_API_KEY",
  },
  alternatives: [
    ["accountId", "apiToken"],
    ["accountId", "apiEmail", "apiKey"],
  ],
  sign: (_, { apiToken, apiEmail = "", apiKey = "" }): Record<string, string> =>
    apiToken === undefined
      ? { "x-auth-email": apiEmail, "x-auth-key": apiKey }
      : { authorization: `Bearer ${apiToken}` },
  accountPath: ({ accountId = "" }) => path`/accounts/${accountId}/stream`.encoded,
  isGone: (status, body) => status === 404 && notFound.safeParse(body).success,
  words: (body) =>
    errorBody
      .safeParse(body)
      .data?.errors.map(({ code, message, source }) =>
        [source?.pointer, message, code === undefined ? "" : `(code ${code})`].filter(Boolean).join(" "),
      )
      .join("; "),
  probe: (api) => api.get(path`/live_inputs`, z.looseObject({ success: z.literal(true) })),
  shortage: storageShortage,
  resources: [liveInput, streamKey, liveOutput],
};
