import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { simulators } from "../../sandbox/vendors";
import { command, type Contestant, type Outcome, type Workplace } from "./contestant";

/** A script of thirty lines: creates what its file of ids does not have, and deletes the rest. Eight calls at once. */
export const script: Contestant = {
  name: "a script",
  open: (baseUrl) => Promise.resolve(open(baseUrl)),
};

const SCRIPT = `
const fs = require("node:fs");
const [baseUrl, count, save] = [process.argv[2], Number(process.argv[3]), process.argv[4] === "true"];
const headers = {
  "content-type": "application/json",
  "stream-public-key": process.env.AIOZ_PUBLIC_KEY,
  "stream-secret-key": process.env.AIOZ_SECRET_KEY,
};
const call = async (method, path, body) => {
  const response = await fetch(baseUrl + path, { method, headers, body: body && JSON.stringify(body) });
  if (!response.ok) throw new Error(method + " " + path + " answered " + response.status);
  return response.json();
};
(async () => {
  if (process.argv[5] === "rotate") {
    const known = JSON.parse(fs.readFileSync("keys.json", "utf8"));
    const old = known.key0;
    const { data } = await call("POST", "/live_streams", { name: "key0", save, type: "video" });
    fs.writeFileSync("keys.json", JSON.stringify({ key0: { id: data.id, key: data.stream_key, save } }));
    await call("DELETE", "/live_streams/" + old.id);
    return;
  }
  const known = fs.existsSync("keys.json") ? JSON.parse(fs.readFileSync("keys.json", "utf8")) : {};
  const wanted = Array.from({ length: count }, (_, i) => "key" + i);
  const work = [
    ...wanted.map((name) => async () => {
      const there = known[name];
      if (there?.save === save) return;
      const { data } = there
        ? await call("PUT", "/live_streams/" + there.id, { name, save })
        : await call("POST", "/live_streams", { name, save, type: "video" });
      known[name] = { id: data.id, key: data.stream_key, save };
    }),
    ...Object.keys(known).filter((name) => !wanted.includes(name)).map((name) => async () => {
      await call("DELETE", "/live_streams/" + known[name].id);
      delete known[name];
    }),
  ];
  try {
    await Promise.all(Array.from({ length: 8 }, async () => {
      for (let next = work.shift(); next; next = work.shift()) await next();
    }));
  } finally {
    fs.writeFileSync("keys.json", JSON.stringify(known));
  }
})();
`;

function open(baseUrl: string): Workplace {
  const { publicKey = "", secretKey = "" } = simulators.aioz?.credentials ?? {};
  const folder = mkdtempSync(join(tmpdir(), "streamkeys-script-"));
  const state = join(folder, "keys.json");
  writeFileSync(join(folder, "keys.js"), SCRIPT);
  const run = (count: number, save: boolean, ...more: string[]): Promise<Outcome> =>
    command(process.execPath, ["keys.js", baseUrl, String(count), String(save), ...more], {
      cwd: folder,
      env: { ...process.env, AIOZ_PUBLIC_KEY: publicKey, AIOZ_SECRET_KEY: secretKey },
    });
  return {
    apply: (count, save) => run(count, save),
    rotate: () => run(1, false, "rotate"),
    // It has no notion of drift.
    refresh: () => Promise.resolve({ ok: false, text: "", seconds: 0 }),
    destroy: () => run(0, false),
    stored: () => readFileSync(state, "utf8"),
    state: () => readFileSync(state, "utf8"),
    close: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
