import { z } from "zod";
import { secret, text } from "../../define";
import type { Vendor } from "../../define/vendor";
import { STREAMS } from "./api";
import { liveStream } from "./live-stream";

const problem = z.looseObject({
  title: z.string().optional(),
  name: z.string().optional(),
  detail: z.string().optional(),
});
const errorBody = problem.extend({ problems: z.array(problem).optional() });

/** What says that there is no such stream: all of it, because other servers have errors much like it (section 8). */
const notFound = z.strictObject({
  type: z.string().regex(/^https:\/\/docs\.api\.video\/(docs|reference)\/resource-?not[-_]found$/),
  title: z.string(),
  name: z.literal("liveStreamId").optional(),
  detail: z.string().optional(),
  status: z.literal(404),
});

/** api.video's live streams (docs/sheets/apivideo.md). */
export const apivideo: Vendor = {
  name: "apivideo",
  title: "api.video",
  about:
    "api.video takes a feed by RTMP(S) or SRT into a *live stream*, serves HLS, and passes the feed on to at most five other " +
    "platforms (*restreams*). There is no encoding ladder to define. An API key belongs to one project. api.video's own sandbox " +
    "(`baseUrl: https://sandbox.api.video`, a key of its own) ends a broadcast after 30 seconds and deletes everything after 24 " +
    "hours: a refresh finds the streams of such a stack gone every day, and they are made again.",
  baseUrl: "https://ws.api.video",
  credentials: { apiKey: secret(text("API key of a project, made in the dashboard.")) },
  environment: { apiKey: "APIVIDEO_API_KEY" },
  alternatives: [["apiKey"]],
  // As api.video's own clients do: the key is the user, and there is no password (section 1).
  sign: (_, { apiKey = "" }) => ({
    authorization: `Basic ${Buffer.from(`${apiKey}:`).toString("base64")}`,
  }),
  isGone: (status, body) => status === 404 && notFound.safeParse(body).success,
  words: (body) => {
    const { problems = [], ...first } = errorBody.safeParse(body).data ?? {};
    const all = [first, ...problems].map(sentence).filter((words) => words !== "");
    return all.length > 0 ? [...new Set(all)].join("; ") : undefined;
  },
  retryAfterHeaders: ["x-ratelimit-retry-after"],
  probe: (api) => api.get(STREAMS, z.looseObject({ data: z.array(z.unknown()) }), { query: { pageSize: 1 } }),
  resources: [liveStream],
};

/** "restreams[0][name]: This value should not be blank." */
const sentence = ({ name, detail, title }: z.infer<typeof problem>): string =>
  [name, detail ?? title].filter(Boolean).join(": ");
