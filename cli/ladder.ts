import { writeFileSync } from "node:fs";
import { type Command, InvalidArgumentError, Option } from "commander";
import {
  checkLadder,
  costTable,
  dialects,
  type Finding,
  type Ladder,
  type LadderContext,
  ladderCost,
  LadderError,
  ladderSummary,
  ladderSvg,
  presets,
  rules,
} from "../provider/ladders";
import { withManual } from "./help";
import { addLadderDiff } from "./ladder-diff";
import { addLadderForms } from "./ladder-forms";
import { findLadder } from "./ladder-file";
import { print, printJson, printParagraph, printTable, say } from "./output";

interface LadderOptions {
  vendor?: string;
  segment?: number;
  segmentFormat?: string;
  svg?: string;
  cost?: true;
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
      new Option("--vendor <vendor>", "hold it against this vendor's limits").choices(
        dialects.map(({ vendor }) => vendor),
      ),
    )
    .addOption(new Option("--segment <seconds>", "length of a media segment").argParser(seconds))
    .addOption(
      new Option("--segment-format <format>", "container of the segments").choices(["mpegts", "fmp4"]),
    )
    .option("--svg <file>", "draw it: bitrate against picture height")
    .option("--cost", "show what it takes to encode and to deliver, in the drawing too")
    .addOption(
      new Option(
        "--off <rule...>",
        "ids of rules that are not to be reported, for one rung as <id>@<rung>; docs/ladder-reference.md lists them",
      )
        .argParser(ruleId)
        .default([], "none"),
    )
    .option("--list", "list the presets")
    .option("--json", "print ladder, findings and the vendor's form as JSON");
  command.action((source: string | undefined, options: LadderOptions) => {
    if (source === undefined || options.list) listPresets(options);
    else showLadder(source, options);
  });
  withManual(command, {
    examples: [
      ["streamkeys ladder h264-1080p60", "a preset"],
      ["streamkeys ladder news.json --vendor tenbyte", "your own, for Tenbyte"],
      ["streamkeys ladder news.json --off fps-family", "without one of the rules"],
    ],
    fine: "no error among the findings; warnings are taste",
    finding: "an error among the findings, or a file that is no ladder",
  });
  addLadderDiff(command);
  addLadderForms(command);
}

function seconds(text: string): number {
  const value = Number(text);
  if (value > 0) return value;
  throw new InvalidArgumentError("Give a number of seconds above zero.");
}

function ruleId(entry: string, others: string[]): string[] {
  const ids = [...rules, ...dialects.flatMap((dialect) => dialect.rules)].map((rule) => rule.id);
  if (ids.includes(entry.replace(/@.+$/, ""))) return [...others, entry];
  throw new InvalidArgumentError(`The rules are ${ids.join(", ")}.`);
}

function listPresets({ json }: LadderOptions): void {
  if (json) {
    printJson(presets);
    return;
  }
  const rows = Object.values(presets).map(({ name, rungs }) => [
    name,
    String(rungs.length),
    rungs.length > 1 ? `${rungs[0]?.name ?? ""} to ${rungs.at(-1)?.name ?? ""}` : "",
  ]);
  printTable(["preset", "rungs", "range"], rows);
}

function showLadder(source: string, options: LadderOptions): void {
  const ladder = findLadder(source);
  const { findings, form } = check(ladder, options);
  const cost = options.cost ? ladderCost(ladder) : undefined;
  if (options.svg !== undefined) {
    writeFileSync(options.svg, ladderSvg(ladder, cost));
    say(`Drawn to ${options.svg}.`);
  }
  if (options.json) {
    printJson({
      ladder,
      findings,
      ...(form === undefined ? {} : { [options.vendor ?? ""]: form }),
      ...(cost === undefined ? {} : { cost }),
    });
  } else {
    const { headers, rows } = ladderSummary(ladder);
    printTable(headers, rows);
    if (cost !== undefined) {
      print("");
      const table = costTable(cost);
      printTable(table.headers, table.rows);
    }
    printFindings(findings);
  }
  if (findings.some(({ severity }) => severity === "error")) process.exitCode = 1;
}

function printFindings(findings: readonly Finding[]): void {
  if (findings.length === 0) {
    print("\nNothing is to be said against it.");
    return;
  }
  for (const { severity, path, message, rule } of findings) {
    print("");
    printParagraph(`${severity}  ${path || "ladder"}  ${rule}`, message);
  }
}

interface Checked {
  findings: readonly Finding[];
  /** The ladder as the vendor takes it, where it can be converted. */
  form?: unknown;
}

function check(ladder: Ladder, { vendor, off, segment, segmentFormat }: LadderOptions): Checked {
  const context: LadderContext = {
    off,
    ...(segment === undefined ? {} : { segmentSeconds: segment }),
    ...(segmentFormat === undefined ? {} : { segmentFormat }),
  };
  const dialect = dialects.find((one) => one.vendor === vendor);
  if (!dialect) return { findings: checkLadder(ladder, context) };
  const { title, losses } = dialect;
  if (losses.length > 0) say(`${title} has no field for ${losses.join(", ")}, and chooses them itself.`);
  try {
    const form = dialect.convert(ladder);
    return { form, findings: dialect.check(form, context) };
  } catch (error) {
    if (!(error instanceof LadderError)) throw error;
    const refusals = error.problems.map(({ rung, field, message }): Finding => {
      return {
        severity: "error",
        path: rung === undefined ? field : `${rung}, ${field}`,
        message,
        rungs: rung === undefined ? [] : [rung],
        rule: `to ${dialect.vendor}`,
      };
    });
    return { findings: [...refusals, ...checkLadder(ladder, context)] };
  }
}
