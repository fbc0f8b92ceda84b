import { readFileSync, writeFileSync } from "node:fs";
import { type Command, InvalidArgumentError, Option } from "commander";
import { StreamkeysError, messageOf } from "../provider/define/errors";
import {
  exportForms,
  exportLadder,
  importForms,
  importLadder,
  type ImportOptions,
  type LadderProblem,
} from "../provider/ladders";
import { withManual } from "./help";
import { findLadder } from "./ladder-file";
import { print, printJson, say } from "./output";

interface Import {
  form?: string;
  size?: ImportOptions["size"];
  fps?: string;
  name?: string;
  out?: string;
}

/** Adds `streamkeys ladder import` and `export`: ladders from and to the forms of other programs. */
export function addLadderForms(ladder: Command): void {
  const importing = ladder
    .command("import")
    .description(
      "Read a ladder from an HLS master playlist, an ffmpeg command or nginx-rtmp exec lines, a MediaLive channel or OBS's encoder settings, and print it as JSON.",
    )
    .argument("<file-or-url>", "a file, or the http(s) address of a playlist")
    .addOption(new Option("--form <form>", "what it is (default: it tells itself)").choices(importForms))
    .addOption(new Option("--size <size>", "size where it is not said, for example 1280x720").argParser(size))
    .option("--fps <rate>", 'rate where it is not said, for example 25 or "30000/1001"')
    .option("--name <name>", "name of the ladder")
    .option("--out <file>", "write it there")
    .action(runImport);
  withManual(importing, {
    examples: [
      ["streamkeys ladder import master.m3u8 --out news.json", "what was lost is said"],
      ["streamkeys ladder import streamEncoder.json --size 1920x1080", "OBS"],
    ],
    fine: "it was read; what it does not say is listed on stderr",
    finding: "it cannot be read, or does not say what a rung needs",
  });
  const exporting = ladder
    .command("export")
    .description("Write a ladder in another program's form.")
    .argument("<preset-or-file>", "name of a preset, or a JSON file")
    .addOption(new Option("--to <form>", "the form").choices(exportForms).makeOptionMandatory())
    .action((source: string, { to }: { to: string }) => {
      const { text, losses } = exportLadder(findLadder(source), to);
      tell(losses);
      print(text.trimEnd());
    });
  withManual(exporting, {
    examples: [["streamkeys ladder export h264-720p30 --to ffmpeg", "a command that makes HLS"]],
    fine: "it was written; what the form cannot hold is listed on stderr",
    finding: "it is no ladder",
  });
}

function size(text: string): ImportOptions["size"] {
  const [, width, height] = /^(\d+)x(\d+)$/.exec(text) ?? [];
  if (width === undefined) throw new InvalidArgumentError("Write it like 1280x720.");
  return { width: Number(width), height: Number(height) };
}

async function runImport(source: string, { out, fps, ...options }: Import): Promise<void> {
  const rate = fps !== undefined && /^[\d.]+$/.test(fps) ? Number(fps) : fps;
  const { ladder, losses } = importLadder(await read(source), {
    ...options,
    ...(rate === undefined ? {} : { fps: rate }),
  });
  tell(losses);
  if (out === undefined) printJson(ladder);
  else {
    writeFileSync(out, `${JSON.stringify(ladder, undefined, 2)}\n`);
    say(`Written to ${out}.`);
  }
}

/** How long a playlist may take, in ms, and how large it may be. */
const PATIENCE_MS = 15_000;
const LARGEST = 4_000_000;

async function read(source: string): Promise<string> {
  try {
    if (!/^https?:\/\//i.test(source)) return readFileSync(source, "utf8");
    const response = await fetch(source, { signal: AbortSignal.timeout(PATIENCE_MS), redirect: "follow" });
    if (!response.ok) throw new StreamkeysError(`the server answers ${response.status}`);
    const text = await response.text();
    if (text.length > LARGEST) throw new StreamkeysError("it is larger than any playlist");
    return text;
  } catch (error) {
    throw new StreamkeysError(`${source} cannot be read: ${messageOf(error)}`);
  }
}

function tell(losses: readonly LadderProblem[]): void {
  for (const { rung, field, message } of losses)
    say(`${rung === undefined ? "" : `${rung}, `}${field}: ${message}`);
}
