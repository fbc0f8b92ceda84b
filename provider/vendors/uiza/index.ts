import { z } from "zod";
import { secret, text } from "../../define";
import { path } from "../../define/api";
import type { Vendor } from "../../define/vendor";
import { notFound } from "./api";
import { stream } from "./stream";
import { streamKey } from "./stream-key";

const errorBody = z.looseObject({ message: z.string().optional(), error_type: z.string() });

/** Uiza API v5 as of March 2020 (docs/sheets/uiza.md). */
export const uiza: Vendor = {
  name: "uiza",
  title: "Uiza",
  about:
    "Uiza takes a feed by RTMP and serves HLS. A stream (Uiza's *live entity*) is allocated for up to a minute before it " +
    "has an ingest, which `pulumi up` waits for. Broadcasts begin and end with the encoder's signal: no call starts or " +
    "stops one. This is API v5 as documented in March 2020; the later API at `api.uiza.io` is another one.",
  baseUrl: "https://api.uiza.sh/v1",
  credentials: {
    apiKey: secret(
      text(
        "API key of the application, prefix `uap-`; made in the dashboard. Sent in `Authorization` as it is.",
      ),
    ),
  },
  environment: { apiKey: "UIZA_API_KEY" },
  alternatives: [["apiKey"]],
  // Uiza's prose says HTTP Basic; every sample sends the raw key (docs/sheets/uiza.md, section 2).
  sign: (_, { apiKey = "" }) => ({ authorization: apiKey }),
  // `error_type` tells Uiza's own 404 from that of a wrong base URL.
  isGone: (status, body) => status === 404 && notFound.safeParse(body).success,
  // No status is documented for it (docs/sheets/uiza.md, section 8).
  isThrottled: (status, body) =>
    status === 429 || errorBody.safeParse(body).data?.error_type === "rate_limit_error",
  words: (body) => errorBody.safeParse(body).data?.message,
  probe: (api) =>
    api.get(path`/live_entities`, z.looseObject({ data: z.array(z.unknown()) }), { query: { page_size: 1 } }),
  resources: [stream, streamKey],
};
