import { z } from "zod";
import { secret, text } from "../../define";
import { path } from "../../define/api";
import type { Vendor } from "../../define/vendor";
import { multistreamTarget } from "./multistream-target";
import { stream } from "./stream";

const errorBody = z.looseObject({ errors: z.array(z.string()) });

/** What says that there is no such object: all of it, because other servers have errors much like it (section 1). */
const notFound = z.strictObject({ errors: z.tuple([z.string().regex(/^(.* )?not found$/i)]) });

/** What is read of ajv's own words about one field (section 1). */
const ajvError = z.looseObject({ instancePath: z.string().optional(), message: z.string() });

/** Livepeer Studio's streams (docs/sheets/livepeer.md). */
export const livepeer: Vendor = {
  name: "livepeer",
  title: "Livepeer Studio",
  about:
    "Livepeer Studio takes a feed by RTMP into a *stream*, encodes it by a full ladder (*profiles*), serves HLS, and passes the " +
    "feed or a rung of it on to *multistream targets*. An API key belongs to one user or project.",
  baseUrl: "https://livepeer.studio/api",
  credentials: { apiKey: secret(text("API key, made in the dashboard.")) },
  environment: { apiKey: "LIVEPEER_API_KEY" },
  alternatives: [["apiKey"]],
  sign: (_, { apiKey = "" }) => ({ authorization: `Bearer ${apiKey}` }),
  isGone: (status, body) => status === 404 && notFound.safeParse(body).success,
  words: (body) => errorBody.safeParse(body).data?.errors.map(sentence).join("; "),
  probe: (api) => api.get(path`/stream`, z.array(z.unknown()), { query: { streamsonly: 1, limit: 1 } }),
  resources: [stream, multistreamTarget],
};

/** An error in words: one of the schema is JSON in a text. */
function sentence(error: string): string {
  const { instancePath = "", message } = ajvError.safeParse(jsonOf(error)).data ?? { message: error };
  return [instancePath, message].filter(Boolean).join(" ");
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
