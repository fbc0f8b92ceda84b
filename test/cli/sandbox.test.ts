import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { COMMAND, streamkeys } from "./command";

/** `streamkeys sandbox`: the vendors on this machine, until it is told to end. */

interface Running {
  child: ChildProcess;
  url: string;
  environment: Record<string, string>;
}

const env = { PATH: process.env.PATH ?? "" };

/** Starts it on a port that the system gives, and waits for the environment it prints. */
async function start(...args: string[]): Promise<Running> {
  const child = spawn(process.execPath, [COMMAND, "sandbox", "--port", "0", "--json", ...args], { env });
  let text = "";
  for await (const chunk of child.stdout) {
    text += String(chunk);
    if (text.includes("\n}\n")) break;
  }
  return { child, ...(JSON.parse(text) as { url: string; environment: Record<string, string> }) };
}

async function stop({ child }: Running, signal: NodeJS.Signals): Promise<number | null> {
  const ended = once(child, "exit") as Promise<[number | null]>;
  child.kill(signal);
  return (await ended)[0];
}

const streamsOf = async ({ environment }: Running): Promise<unknown[]> => {
  const answer = await fetch(`${environment.TENBYTE_BASE_URL ?? ""}/streams`, {
    headers: { "x-api-key": environment.TENBYTE_API_KEY ?? "" },
  });
  return ((await answer.json()) as { data: unknown[] }).data;
};

describe("streamkeys sandbox", () => {
  it.each(["SIGTERM", "SIGINT"] as const)(
    "prints the environment, answers, and ends on %s",
    async (signal) => {
      const sandbox = await start();
      expect(sandbox.url).toMatch(/^http:\/\/127\.0\.0\.1:[1-9]\d+$/);
      expect(await streamsOf(sandbox)).toEqual([]);
      const control = await fetch(`${sandbox.url}/_sandbox/environment`);
      expect(await control.json()).toEqual(sandbox.environment);
      expect(await stop(sandbox, signal)).toBe(0);
      await expect(streamsOf(sandbox)).rejects.toThrow("fetch failed");
    },
  );

  it("says what to do when the port is taken", async () => {
    const sandbox = await start();
    const second = await streamkeys({ cwd: tmpdir(), env }, "sandbox", "--port", new URL(sandbox.url).port);
    await stop(sandbox, "SIGTERM");
    expect(second.status).toBe(1);
    expect(second.stdout).toBe("");
    expect(second.stderr).toMatch(/another program has it.*streamkeys sandbox --port 0/);
  });

  it("keeps the data between runs in a file", async () => {
    const folder = mkdtempSync(join(tmpdir(), "streamkeys-sandbox-"));
    const file = join(folder, "vendors.json");
    const first = await start("--data", file);
    await fetch(`${first.environment.UIZA_BASE_URL ?? ""}/live_entities`, {
      method: "POST",
      headers: { authorization: first.environment.UIZA_API_KEY ?? "", "content-type": "application/json" },
      body: JSON.stringify({ name: "news", region: "in-mumbai-1" }),
    });
    await stop(first, "SIGTERM");
    const second = await start("--data", file);
    const data = await (await fetch(`${second.url}/_sandbox/data`)).text();
    await stop(second, "SIGTERM");
    rmSync(folder, { recursive: true });
    expect(data).toContain('"name":"news"');
  });
});
