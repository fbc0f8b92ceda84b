import type { Command } from "commander";
import { compareLadders, formatChange } from "../provider/ladders";
import { withManual } from "./help";
import { findLadder } from "./ladder-file";
import { print, printJson } from "./output";

/** Adds `streamkeys ladder diff`: what differs between two ladders, for a pull request. */
export function addLadderDiff(ladder: Command): void {
  const command = ladder
    .command("diff")
    .description("Say what differs between two ladders, rung by rung.")
    .argument("<before>", "name of a preset, or a JSON file")
    .argument("<after>", "name of a preset, or a JSON file")
    .option("--json", "print the changes as JSON")
    .action((before: string, after: string, _: object, { optsWithGlobals }: Command) => {
      const changes = compareLadders(findLadder(before), findLadder(after));
      if (optsWithGlobals.call(command).json) printJson(changes);
      else if (changes.length === 0) print("No difference.");
      else for (const change of changes) print(formatChange(change));
      if (changes.length > 0) process.exitCode = 1;
    });
  withManual(command, {
    examples: [
      ["streamkeys ladder diff old.json new.json", "lines that start with +, - or ~"],
      ["streamkeys ladder diff h264-720p30 mine.json --json", "for a program"],
    ],
    fine: "they are the same",
    finding: "they differ, or one is no ladder",
  });
}
