import { secret, text } from "../../define";
import { Gone } from "../../define/errors";
import type { Vendor } from "../../define/vendor";
import { errorBody, getStream } from "./api";
import { stream } from "./stream";

/** Comprimato streams, the cloud service (docs/sheets/comprimato.md); not the Live Transcoder appliance. */
export const comprimato: Vendor = {
  name: "comprimato",
  title: "Comprimato",
  about:
    "**Experimental.** Comprimato takes a feed by SRT and serves it; a stream runs while a feed comes in, and only then " +
    "costs anything. Of its API only the call that makes a stream is publicly documented: what this provider does beyond " +
    "that follows convention and is marked as assumed. Addresses for sending and watching are not documented either, so " +
    "none is built here: see Comprimato's own pages for where the keys go.",
  baseUrl: "https://api.comprimato.com/v1",
  credentials: {
    apiKey: secret(text("API key. Sent in `Authorization` as it is, so a prefix can be part of it.")),
  },
  environment: { apiKey: "COMPRIMATO_API_KEY" },
  alternatives: [["apiKey"]],
  sign: (_, { apiKey = "" }) => ({ authorization: apiKey }),
  // Assumed (docs/sheets/comprimato.md, section 7): error bodies are unknown. See `unlessNothingIsThere` for what else must hold.
  isGone: (status, body) => status === 404 && errorBody.safeParse(body).success,
  words: (body) => errorBody.safeParse(body).data?.error,
  // No read is documented, so the account is tried on a stream that cannot exist.
  probe: async (api) => {
    try {
      await getStream(api, "00000000-0000-0000-0000-000000000000");
    } catch (error) {
      if (!(error instanceof Gone)) throw error;
    }
  },
  resources: [stream],
};
