import { existsSync, writeFileSync } from "node:fs";
import { type Command, InvalidArgumentError, Option } from "commander";
import {
  aiozLosses,
  aiozRules,
  checkAiozQualities,
  checkLadder,
  checkTenbyteLadder,
  type Finding,
  type Ladder,
  LadderError,
  ladderSvg,
  ladderTable,
  type PresetName,
  presets,
  rules,
  tenbyteRules,
  toAiozQualities,
  toTenbyteLadder,
} from "../provider/ladders";
import { withManual } from "./help";
import { readLadder } from "./ladder-file";
import { print, printJson, printTable, say } from "./output";

interface LadderOptions {
  vendor?: VendorName;
  svg?: string;
  off: string[];
  list?: true;
  json?: true;
}

/** Adds `streamkeys ladder`: a look at an encoding ladder. */
export function addLadder(program: Command): void {
  const command = program
    .command("ladder")
    .description(
      "Show an encoding ladder and what is to be said against it. Without an argument: the presets.",
    )
    .argument(
      "[preset-or-file]",
      "name of a preset, or a JSON file with a ladder as docs/ladders.md describes it",
    )
    .addOption(
      new Option("--vendor <vendor>", "hold it against this vendor's limits").choices(Object.keys(forms)),
    )
    .option("--svg <file>", "draw it: bitrate against picture height")
    .addOption(
      new Option("--off <rule...>", "ids of rules that are not to be reported; docs/ladders.md lists them")
        .argParser(ruleId)
        .default([], "none"),
    )
    .option("--list", "list the presets")
    .option("--json", "print ladder, findings and the vendor's form as JSON");
  command.action((source: string | undefined, options: LadderOptions) => {
    if (source === undefined || options.list) listPresets(options);
    else showLadder(source, options, command);
  });
  withManual(command, {
    examples: [
      ["streamkeys ladder h264-1080p60", "a preset"],
      [
        "streamkeys ladder news.json --vendor tenbyte --svg news.svg",
        "your own, for Tenbyte, with a picture",
      ],
      ["streamkeys ladder news.json --off bitrate-step fps-family", "without two of the rules"],
    ],
    fine: "no error among the findings; warnings are taste",
    finding: "an error among the findings, or a file that is no ladder",
  });
}

function ruleId(id: string, others: string[]): string[] {
  const ids = [...rules, ...tenbyteRules, ...aiozRules].map((rule) => rule.id);
  if (ids.includes(id)) return [...others, id];
  throw new InvalidArgumentError(`The rules are ${ids.join(", ")}.`);
}

function listPresets({ json }: LadderOptions): void {
  if (json) {
    printJson(presets);
    return;
  }
  const rows = Object.values(presets).map(({ name, rungs }) => [
    name,
    rungs.map((rung) => rung.name).join(", "),
  ]);
  printTable(["preset", "rungs"], rows);
}

function showLadder(source: string, options: LadderOptions, command: Command): void {
  const ladder = Object.hasOwn(presets, source) ? presets[source as PresetName] : fromFile(source, command);
  const { findings, form } = check(ladder, options);
  if (options.svg !== undefined) {
    writeFileSync(options.svg, ladderSvg(ladder));
    say(`Drawn to ${options.svg}.`);
  }
  if (options.json) {
    printJson({ ladder, findings, ...(form === undefined ? {} : { [options.vendor ?? ""]: form }) });
  } else {
    const { headers, rows } = ladderTable(ladder);
    printTable(headers, rows);
    printFindings(findings);
  }
  if (findings.some(({ severity }) => severity === "error")) process.exitCode = 1;
}

function fromFile(file: string, command: Command): Ladder {
  if (existsSync(file)) return readLadder(file);
  return command.error(
    `error: "${file}" is neither a preset nor a file. The presets are ${Object.keys(presets).join(", ")}.`,
  );
}

function printFindings(findings: readonly Finding[]): void {
  if (findings.length === 0) {
    print("\nNothing is to be said against it.");
    return;
  }
  print("");
  printTable(
    ["finding", "where", "what", "rule"],
    findings.map(({ severity, path, message, rule }) => [severity, path || "ladder", message, rule]),
  );
}

interface Checked {
  findings: readonly Finding[];
  /** The ladder as the vendor takes it, where it can be converted. */
  form?: unknown;
}

type VendorName = "tenbyte" | "aioz";

/** Conversion and check of each vendor that takes a ladder. */
const forms: Record<VendorName, (ladder: Ladder, off: string[]) => Checked> = {
  tenbyte: (ladder, off) => {
    const form = toTenbyteLadder(ladder);
    const mode = form.video ? "video" : "audio";
    return { form, findings: checkTenbyteLadder(form, { mode, off }) };
  },
  aioz: (ladder, off) => {
    say(`AIOZ has no field for ${aiozLosses.join(", ")}, and chooses them itself.`);
    const form = toAiozQualities(ladder, { allow: aiozLosses });
    return { form, findings: checkAiozQualities(form, { off }) };
  },
};

function check(ladder: Ladder, { vendor, off }: LadderOptions): Checked {
  if (vendor === undefined) return { findings: checkLadder(ladder, { off }) };
  try {
    return forms[vendor](ladder, off);
  } catch (error) {
    if (!(error instanceof LadderError)) throw error;
    const refusals = error.problems.map(({ rung, field, message }): Finding => {
      return {
        severity: "error",
        path: rung === undefined ? field : `${rung}, ${field}`,
        message,
        rungs: rung === undefined ? [] : [rung],
        rule: `to ${vendor}`,
      };
    });
    return { findings: [...refusals, ...checkLadder(ladder, { off })] };
  }
}
