import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { encoderText } from "../../provider/encoders";
import { exportLadder, importLadder, type Ladder, rung } from "../../provider/ladders";

/** The commands that we write, executed. FFmpeg itself plays the RTMP server, on loopback. */

const hasFfmpeg =
  existsSync("/proc/net/tcp") &&
  ["ffmpeg", "ffprobe"].every((tool) => spawnSync(tool, ["-version"]).status === 0);
if (!hasFfmpeg)
  console.warn(
    "There is no ffmpeg on PATH (or this is not Linux): its commands are NOT executed. Debian: apt-get install ffmpeg",
  );
const executed = hasFfmpeg ? describe : describe.skip;

const sound = { codec: "aac", bitrateKbps: 64, channels: 2, sampleRateHz: 48_000 } as const;
const ladder: Ladder = {
  name: "small",
  rungs: [
    rung({ width: 160, height: 90, fps: 30, bitrateKbps: 100, audio: sound }),
    rung({ width: 320, height: 180, fps: 30, bitrateKbps: 300, audio: sound }),
  ],
};

executed("commands for FFmpeg", () => {
  let folder: string;
  let input: string;
  const file = (name: string): string => join(folder, name);

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "streamkeys-ffmpeg-"));
    input = file("in.mp4");
    const source = [
      "-f",
      "lavfi",
      "-i",
      "testsrc2=s=640x360:r=30:d=5",
      "-f",
      "lavfi",
      "-i",
      "sine=r=48000:d=5",
    ];
    execFileSync("ffmpeg", [
      "-v",
      "error",
      ...source,
      "-c:v",
      "libx264",
      "-preset",
      "ultrafast",
      "-c:a",
      "aac",
      input,
    ]);
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  const run = (command: string): void => {
    execFileSync(
      "bash",
      ["-c", command.replace("INPUT", `'${input}'`).replace("ffmpeg ", "ffmpeg -v error -nostdin -y ")],
      {
        cwd: folder,
        timeout: 60_000,
      },
    );
  };

  /** An RTMP server that takes one broadcast and keeps it. */
  async function listen(name: string, key: string) {
    const port = await freePort();
    const url = `rtmp://127.0.0.1:${port}/live`;
    const args = [
      "-v",
      "error",
      "-nostdin",
      "-listen",
      "1",
      "-i",
      `${url}/${key}`,
      "-c",
      "copy",
      "-y",
      file(name),
    ];
    const server = spawn("ffmpeg", args, { stdio: "ignore" });
    const ended = once(server, "exit");
    await untilListening(port);
    return { url, ended, stop: () => server.kill() };
  }

  const streams = (name: string) =>
    (
      JSON.parse(
        execFileSync("ffprobe", ["-v", "error", "-of", "json", "-show_streams", file(name)], {
          encoding: "utf8",
        }),
      ) as { streams: Record<string, unknown>[] }
    ).streams;

  const keyframes = (name: string): number[] =>
    execFileSync(
      "ffprobe",
      [
        "-v",
        "error",
        "-select_streams",
        "v",
        "-show_entries",
        "packet=pts_time,flags",
        "-of",
        "csv=p=0",
        file(name),
      ],
      { encoding: "utf8" },
    )
      .split("\n")
      .filter((line) => line.includes(",K"))
      .map((line) => Number(line.split(",")[0]));

  function expectBroadcast(name: string): void {
    expect(streams(name)).toMatchObject([
      { codec_name: "h264", width: 320, height: 180, profile: "High", r_frame_rate: "30/1" },
      { codec_name: "aac", channels: 2, sample_rate: "48000" },
    ]);
    const [first = 0, ...others] = keyframes(name);
    expect(others.map((time) => Math.round((time - first) * 1000) / 1000)).toEqual([2, 4]);
  }

  test("one feed to one ingest, a keyframe every two seconds", async () => {
    const server = await listen("one.flv", "sk-1");
    try {
      run(encoderText("ffmpeg", { url: server.url, key: "sk-1" }, ladder));
      await server.ended;
    } finally {
      server.stop();
    }
    expectBroadcast("one.flv");
  });

  test("one feed to a primary and a backup", async () => {
    const servers = [await listen("primary.flv", "a"), await listen("backup.flv", "b")] as const;
    try {
      const [primary, backup] = servers;
      run(
        encoderText("ffmpeg", { url: primary.url, key: "a", backup: { url: backup.url, key: "b" } }, ladder),
      );
      await Promise.all(servers.map(({ ended }) => ended));
    } finally {
      for (const { stop } of servers) stop();
    }
    expectBroadcast("primary.flv");
    expectBroadcast("backup.flv");
  });

  test("a backup that is not there does not stop the primary", async () => {
    const server = await listen("alone.flv", "a");
    try {
      const nobody = `rtmp://127.0.0.1:${await freePort()}/live`;
      run(encoderText("ffmpeg", { url: server.url, key: "a", backup: { url: nobody, key: "b" } }, ladder));
      await server.ended;
    } finally {
      server.stop();
    }
    expectBroadcast("alone.flv");
  });

  test("an exported ladder makes the HLS that is imported as that ladder", () => {
    run(exportLadder(ladder, "ffmpeg").text);
    const { ladder: made } = importLadder(readFileSync(file("master.m3u8"), "utf8"));
    expect(made.rungs).toMatchObject([
      { width: 160, height: 90, codec: "h264", profile: "high" },
      { width: 320, height: 180, codec: "h264", profile: "high" },
    ]);
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** Waits until something listens on a port, without a connection: the server takes one only. */
async function untilListening(port: number): Promise<void> {
  const line = new RegExp(`:${port.toString(16).toUpperCase().padStart(4, "0")} \\S+ 0A `);
  for (let tries = 0; tries < 200; tries++) {
    if (line.test(readFileSync("/proc/net/tcp", "utf8"))) return;
    await sleep(50);
  }
  throw new Error("FFmpeg does not listen");
}
