import { chmodSync, writeFileSync } from "node:fs";
import { type Command, Option } from "commander";
import { StreamkeysError } from "../provider/define/errors";
import { withMade } from "../provider/define/made";
import { propertyOf } from "../provider/define/schema";
import { type EncoderFormat, encoderFormats, encoderText } from "../provider/encoder/formats";
import type { Ingest } from "../provider/encoder/ingest";
import { withManual } from "./help";
import { findLadder } from "./ladder-file";
import { print, say } from "./output";
import { openStack, type StackOptions, type StackResource, type StackView, withStackOptions } from "./stack";

interface EncoderOptions extends StackOptions {
  format: EncoderFormat;
  ladder: string;
  backup?: string;
  out?: string;
  showSecrets?: true;
}

/** Adds `streamkeys encoder`: the settings of an encoder that sends to a stream key of the stack. */
export function addEncoder(program: Command): void {
  const command = withStackOptions(
    program
      .command("encoder")
      .description(
        "Write the settings of an encoder that sends to a stream key of the stack and feeds a ladder.",
      )
      .argument("<resource>", "name of the stream key, or of the stream that holds its key, in the program"),
  )
    .addOption(
      new Option("--format <format>", "the encoder")
        .choices(encoderFormats)
        .default("ffmpeg" satisfies EncoderFormat),
    )
    .option("--ladder <preset-or-file>", "the ladder that is to be fed", "h264-1080p30")
    .option("--backup <resource>", "a second stream key that takes the same feed")
    .option("--out <file>", "write it there, readable for you alone (mode 0600)")
    .option("--show-secrets", "print it with the key")
    .action(run);
  withManual(command, {
    examples: [
      ["streamkeys encoder news --format obs-service --out service.json", "for OBS Studio"],
      ["streamkeys encoder main --backup spare --show-secrets", "one feed to two ingests"],
    ],
    fine: "it was written",
    finding: "the stack has no such key, or its ingest is none that the encoder can send to",
  });
}

async function run(name: string, options: EncoderOptions): Promise<void> {
  const { format, ladder, backup, out, showSecrets } = options;
  const feed = findLadder(ladder);
  const view = await openStack(options);
  const primary = ingestOf(find(view, name));
  const spare = backup === undefined ? undefined : ingestOf(find(view, backup));
  const text = encoderText(format, { ...primary, ...(spare && { backup: spare }) }, feed);
  if (out !== undefined) {
    writeFileSync(out, text, { mode: 0o600 });
    // A file that was there keeps its mode otherwise.
    chmodSync(out, 0o600);
    say(`Written to ${out}, readable for you alone. It holds the stream key.`);
  } else if (showSecrets) {
    print(text.trimEnd());
  } else {
    const hidden = encoderText(format, { ...masked(primary), ...(spare && { backup: masked(spare) }) }, feed);
    print(hidden.trimEnd());
    say("The key is left out: print it by --show-secrets, or write it to a file by --out <file>.");
  }
}

function find({ resources, name: stack }: StackView, name: string): StackResource {
  const found = resources.filter((resource) => resource.name === name && !resource.isReplaced);
  const [keyed = found[0]] = found.filter(({ definition }) => definition.rotation !== undefined);
  if (keyed !== undefined) return keyed;
  const names = resources
    .filter(({ definition }) => definition.rotation !== undefined)
    .map((resource) => resource.name);
  throw new StreamkeysError(
    `Stack ${stack ?? ""} has no resource "${name}". Its stream keys are ${names.toSorted().join(" and ") || "none"}.`,
  );
}

/** Outputs that are an address to send to, the best first. */
const ADDRESSES = [
  "rtmpPublishUrl",
  "rtmpsPublishUrl",
  "publishUrl",
  "rtmpUrl",
  "rtmpsUrl",
  "ingestUrl",
  "srtPublishUrl",
  "srtUrl",
];

function ingestOf({ name, definition, props: kept }: StackResource): Omit<Ingest, "backup"> {
  const props = withMade(definition.made, kept);
  const text = (key: string): string | undefined => (typeof props[key] === "string" ? props[key] : undefined);
  const address = ADDRESSES.find((key) => text(key) !== undefined);
  const url = address === undefined ? undefined : text(address);
  if (address === undefined || url === undefined) {
    throw new StreamkeysError(
      `The state of "${name}" holds no address to send to. Take the address from the vendor, or from another resource, and write ` +
        "the settings in the program: pulumi-streamkeys/encoder.",
    );
  }
  if (definition.made?.[address] ?? propertyOf(definition.outputs, address).secret) return { url };
  const keys = Object.keys(definition.outputs).filter(
    (key) => /key$/i.test(key) && propertyOf(definition.outputs, key).secret,
  );
  const key = keys.map(text).find((value) => value !== undefined);
  return { url, ...(key === undefined ? {} : { key }) };
}

const HIDDEN = "********";

function masked({ url, key }: Omit<Ingest, "backup">): Omit<Ingest, "backup"> {
  if (key !== undefined) return { url, key: HIDDEN };
  return { url: /^srt:/i.test(url) ? url.replace(/\?.*$/, `?${HIDDEN}`) : url.replace(/[^/]*$/, HIDDEN) };
}
