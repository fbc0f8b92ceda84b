import { z } from "zod";
import { secret, text } from "../../define";
import type { Vendor } from "../../define/vendor";
import { STREAMS } from "./api";
import { liveStream } from "./live-stream";
import { playbackId } from "./playback-id";
import { simulcastTarget } from "./simulcast-target";
import { streamKey } from "./stream-key";

const errorBody = z.looseObject({
  error: z.looseObject({ type: z.string(), messages: z.array(z.string()).optional() }),
});

/** The error that says that there is no such object: all of it, because other servers have errors much like it. */
const notFound = z.strictObject({
  error: z.strictObject({ type: z.literal("not_found"), messages: z.array(z.string()).optional() }),
});

/** Mux Video's live streams (docs/sheets/mux.md). */
export const mux: Vendor = {
  name: "mux",
  title: "Mux",
  about:
    "Mux Video takes a feed by RTMPS or SRT into a *live stream*, serves HLS, and passes the feed on to *simulcast targets*. " +
    "Quality is a tier (`newAssetSettings.videoQuality`): there is no encoding ladder to define. An access token belongs to one " +
    "environment, so an account here is an environment there.",
  baseUrl: "https://api.mux.com",
  credentials: {
    tokenId: text(
      "Id of an access token with Mux Video read and write; made in the dashboard, for one environment.",
    ),
    tokenSecret: secret(text("Secret of the access token.")),
  },
  environment: { tokenId: "MUX_TOKEN_ID", tokenSecret: "MUX_TOKEN_SECRET" },
  alternatives: [["tokenId", "tokenSecret"]],
  sign: (_, { tokenId = "", tokenSecret = "" }) => ({
    authorization: `Basic ${Buffer.from(`${tokenId}:${tokenSecret}`).toString("base64")}`,
  }),
  // An id that Mux cannot parse is answered with a 400; what has such an id does not exist (section 9).
  isGone: (status, body) => {
    if (status === 404) return notFound.safeParse(body).success;
    const { messages = [] } = errorBody.safeParse(body).data?.error ?? {};
    return status === 400 && messages.some((message) => message.startsWith("Failed to parse ID"));
  },
  words: (body) => {
    const { type, messages = [] } = errorBody.safeParse(body).data?.error ?? {};
    return messages.length > 0 ? messages.join("; ") : type;
  },
  probe: (api) => api.get(STREAMS, z.looseObject({ data: z.array(z.unknown()) }), { query: { limit: 1 } }),
  resources: [liveStream, streamKey, playbackId, simulcastTarget],
};
