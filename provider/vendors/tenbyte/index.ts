import { z } from "zod";
import { secret, text } from "../../define";
import { path } from "../../define/api";
import type { Vendor } from "../../define/vendor";
import { notFound, organizationOf } from "./api";
import { stream } from "./stream";
import { streamKey } from "./stream-key";

const errorBody = z.looseObject({
  success: z.boolean().optional(),
  message: z.string().optional(),
  errors: z.array(z.looseObject({ field: z.string().optional(), message: z.string().optional() })).optional(),
});

/** Tenbyte Livestream (docs/sheets/tenbyte.md). */
export const tenbyte: Vendor = {
  name: "tenbyte",
  title: "Tenbyte",
  about:
    "Tenbyte Livestream takes a feed by RTMP or SRT, encodes it into a ladder that you define, and serves HLS and DASH. " +
    "A stream has one key, which opens both its RTMP and its SRT ingest.",
  baseUrl: "https://api.tenbyte.io/v1/livestream",
  credentials: {
    apiKey: secret(
      text("API key of the organization, prefix `tkb`; made in the console. Sent as `X-API-Key`."),
    ),
    token: secret(text("RSA-signed JWT, as an alternative to `apiKey`. Sent as a bearer token.")),
  },
  environment: { apiKey: "TENBYTE_API_KEY", token: "TENBYTE_TOKEN" },
  alternatives: [["apiKey"], ["token"]],
  sign: (_, { apiKey, token = "" }): Record<string, string> =>
    apiKey === undefined ? { authorization: `Bearer ${token}` } : { "x-api-key": apiKey },
  // A wrong base URL answers 404 as well (docs/sheets/tenbyte.md, section 4).
  isGone: (status, body) => status === 404 && notFound.safeParse(body).success,
  owner: organizationOf,
  words: (body) => {
    const { message, errors = [] } = errorBody.safeParse(body).data ?? {};
    const details = errors.map((error) => [error.field, error.message].filter(Boolean).join(": "));
    return [message, ...details].filter(Boolean).join("; ");
  },
  // It is doubtful (docs/sheets/tenbyte.md, section 1) that /ping rejects a bad key; the list surely does.
  probe: (api) =>
    api.get(path`/streams`, z.looseObject({ data: z.array(z.unknown()) }), { query: { per_page: 1 } }),
  resources: [stream, streamKey],
};
