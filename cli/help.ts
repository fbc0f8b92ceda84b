import type { Command } from "commander";

/** What stands below the options in every `--help`. */
export interface Manual {
  /** Commands that work as they are, each with what it does. */
  examples: [command: string, about: string][];
  /** What exit status 0 means. */
  fine: string;
  /** What exit status 1 means. */
  finding: string;
  /** What exit status 2 means besides wrong usage. */
  unknown?: string;
}

/** Adds examples and exit status to the help of a command. */
export function withManual(command: Command, { examples, fine, finding, unknown }: Manual): Command {
  const width = Math.max(...examples.map(([line]) => line.length));
  return command.addHelpText(
    "after",
    [
      "",
      "Examples:",
      ...examples.map(([line, about]) => `  ${line.padEnd(width)}  # ${about}`),
      "",
      "Exit status:",
      `  0  ${fine}`,
      `  1  ${finding}`,
      `  2  ${unknown === undefined ? "" : `${unknown}, or `}wrong usage`,
    ].join("\n"),
  );
}
