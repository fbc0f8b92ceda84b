import axios from "axios";
import { type Sandbox, startSandbox } from "../../sandbox";

/** What no client should send: a simulator answers it as the vendor would, with a 4xx, and keeps nothing of it. */

interface Route {
  method: string;
  /** Below the vendor; `{id}` is an object that exists. */
  path: string;
  /** Every field that the route takes. */
  fields: string[];
}

interface Target {
  headers: Record<string, string>;
  /** Makes an object by this path and body, and finds its id in the answer. */
  create: { path: string; body: object };
  idOf(answer: unknown): string;
  routes: Route[];
}

const basic = (token: string): string => `Basic ${Buffer.from(token).toString("base64")}`;

const STREAMS = "mux/video/v1/live-streams";
const INPUTS = "cloudflare/client/v4/accounts/5a4db0c0000000000000000000000001/stream/live_inputs";

const changeable = [
  ...["latency_mode", "max_continuous_duration", "reconnect_window", "reconnect_slate_url"],
  ...["use_slate_for_standard_latency", "passthrough", "meta", "new_asset_settings"],
];
const createOnly = [
  ...["playback_policies", "playback_policy", "advanced_playback_policies", "low_latency", "reduced_latency"],
  ...["audio_only", "embedded_subtitles", "generated_subtitles", "simulcast_targets", "test"],
];
const inputFields = [
  ...["meta", "enabled", "preferLowLatency", "defaultCreator", "deleteRecordingAfterDays", "recording"],
];

const targets: Record<string, Target> = {
  mux: {
    headers: { authorization: basic("sandbox-token:sandbox-token-secret") },
    create: { path: STREAMS, body: {} },
    idOf: (answer) => (answer as { data: { id: string } }).data.id,
    routes: [
      { method: "POST", path: STREAMS, fields: [...changeable, ...createOnly] },
      { method: "PATCH", path: `${STREAMS}/{id}`, fields: changeable },
      { method: "POST", path: `${STREAMS}/{id}/playback-ids`, fields: ["policy", "drm_configuration_id"] },
      {
        method: "POST",
        path: `${STREAMS}/{id}/simulcast-targets`,
        fields: ["url", "stream_key", "passthrough"],
      },
      { method: "PUT", path: `${STREAMS}/{id}/embedded-subtitles`, fields: ["embedded_subtitles"] },
      { method: "PUT", path: `${STREAMS}/{id}/generated-subtitles`, fields: ["generated_subtitles"] },
    ],
  },
  cloudflare: {
    headers: { authorization: "Bearer sandbox-cloudflare-token" },
    create: { path: INPUTS, body: {} },
    idOf: (answer) => (answer as { result: { uid: string } }).result.uid,
    routes: [
      { method: "POST", path: INPUTS, fields: inputFields },
      { method: "PUT", path: `${INPUTS}/{id}`, fields: inputFields },
      { method: "POST", path: `${INPUTS}/{id}/outputs`, fields: ["url", "streamKey", "enabled"] },
    ],
  },
};

/** What Cloudflare does take: null removes the limit, and `meta` is any object. */
const fine = (field: string, value: unknown): boolean =>
  (field === "deleteRecordingAfterDays" && value === null) ||
  (field === "meta" && JSON.stringify(value).startsWith('{"no"'));

describe.each(Object.entries(targets))("%s", (vendor, { headers, create, idOf, routes }) => {
  let sandbox: Sandbox;
  let id: string;

  const send = async (method: string, path: string, body: string) => {
    const url = `${sandbox.url}/${path.replace("{id}", id)}`;
    const type = { "content-type": "application/json" };
    return axios.request({
      method,
      url,
      data: body,
      headers: { ...headers, ...type },
      validateStatus: () => true,
    });
  };

  beforeAll(async () => {
    sandbox = await startSandbox();
    id = idOf((await send("POST", create.path, JSON.stringify(create.body))).data);
  });
  afterAll(() => sandbox.close());

  it.each(routes)("refuses what $method $path cannot take, and keeps nothing of it", async (route) => {
    const before = JSON.stringify(sandbox.data[vendor]);
    const wrong = ["{", "null", "[]", '"text"', "7", '{"noSuchField":1}', '{"__proto__":{"a":1}}x'];
    for (const field of route.fields) {
      for (const value of [null, [7], { no: { such: "member" } }, -1.5]) {
        if (!fine(field, value)) wrong.push(JSON.stringify({ [field]: value }));
      }
    }
    for (const body of wrong) {
      const { status } = await send(route.method, route.path, body);
      expect({ body, status }).toEqual({ body, status: 400 });
    }
    expect(JSON.stringify(sandbox.data[vendor])).toBe(before);
  });

  it.each(["__proto__", "constructor", "..", "%2e%2e", "%ff", "a/b/c/d", "%00"])(
    "has nothing under the id %s",
    async (strange) => {
      const { status } = await send("GET", `${create.path}/${strange}`, "");
      expect([200, 400, 404]).toContain(status);
      expect((await send("DELETE", `${create.path}/${strange}`, "")).status).toBeGreaterThanOrEqual(400);
      expect((await send("GET", `${create.path}/{id}`, "")).status).toBe(200);
    },
  );
});
