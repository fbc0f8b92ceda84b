import { z } from "zod";
import { secret, text } from "../../define";
import type { Vendor } from "../../define/vendor";
import { errorReply, firstKeys, notFound, userOf } from "./api";
import { stream } from "./stream";
import { streamKey } from "./stream-key";

/** AIOZ Stream, formerly W3Stream (docs/sheets/aioz.md). */
export const aioz: Vendor = {
  name: "aioz",
  title: "AIOZ",
  about:
    "AIOZ Stream takes a feed by RTMP and serves it as HLS. A stream key (AIOZ's `live_streams`) opens the ingest for good; " +
    "a streaming below it is one broadcast, with a title, a ladder and whether it is recorded. Here these are `StreamKey` " +
    "and `Stream`.",
  baseUrl: "https://api.aiozstream.network/api",
  credentials: {
    publicKey: text("Public key of an API key, made in the dashboard. Sent as `stream-public-key`."),
    secretKey: secret(
      text("Secret key of the same API key; shown once, when it is made. Sent as `stream-secret-key`."),
    ),
    bearerToken: secret(
      text("Access token of a user (JWT), as an alternative to the two keys. Sent as a bearer token."),
    ),
    keyPairIn: z
      .enum(["headers", "basic"])
      .describe(
        "How the two keys are sent. `headers`, when unset: in AIOZ's own two headers. `basic`: as user and password of HTTP " +
          "Basic, as AIOZ's Go client sends them.",
      ),
  },
  environment: {
    publicKey: "AIOZ_PUBLIC_KEY",
    secretKey: "AIOZ_SECRET_KEY",
    bearerToken: "AIOZ_BEARER_TOKEN",
    keyPairIn: "AIOZ_KEY_PAIR_IN",
  },
  alternatives: [["publicKey", "secretKey"], ["bearerToken"]],
  sign: (_, { publicKey = "", secretKey = "", bearerToken, keyPairIn }): Record<string, string> => {
    // An empty bearer token makes AIOZ answer 500 (docs/sheets/aioz.md, section 2).
    if (bearerToken) return { authorization: `Bearer ${bearerToken}` };
    if (keyPairIn === "basic") {
      return { authorization: `Basic ${Buffer.from(`${publicKey}:${secretKey}`).toString("base64")}` };
    }
    return { "stream-public-key": publicKey, "stream-secret-key": secretKey };
  },
  // A wrong base URL answers 404 as well, without a `status` (docs/sheets/aioz.md, quirk Q1).
  isGone: (status, body) => status === 404 && notFound.safeParse(body).success,
  owner: userOf,
  words: (body) => errorReply.safeParse(body).data?.message,
  retryAfterHeaders: ["x-ratelimit-retry-after"],
  probe: firstKeys,
  resources: [streamKey, stream],
};
