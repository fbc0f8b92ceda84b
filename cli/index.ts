#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Command, CommanderError } from "commander";
import { messageOf } from "../provider/define/errors";
import { addDiscover } from "./discover";
import { addDoctor } from "./doctor";
import { addDrift } from "./drift";
import { addEncoder } from "./encoder";
import { addKeys } from "./keys";
import { addLadder } from "./ladder";
import { say } from "./output";
import { addSandbox } from "./sandbox";

/** The `streamkeys` command. Exit status: 0 fine, 1 something does not work or was found, 2 wrong usage. */

const FINDING = 1;
const WRONG_USAGE = 2;

function program(): Command {
  // Compiled, this file is in dist/cli.
  const { version } = JSON.parse(readFileSync(join(__dirname, "../../package.json"), "utf8")) as {
    version: string;
  };
  const command = new Command("streamkeys")
    .description("Looks after live streams, stream keys and encoding ladders that Pulumi manages.")
    .version(version)
    .exitOverride()
    .showHelpAfterError("Run it with --help to see how it is used.")
    .addHelpText(
      "after",
      "\nExample:\n  streamkeys doctor\n\nExit status:\n  0  fine\n  1  something does not work, or was found\n  2  wrong usage",
    );
  for (const add of [addDoctor, addDiscover, addDrift, addEncoder, addKeys, addLadder, addSandbox])
    add(command);
  return command;
}

/** A reader that has seen enough, such as `head`, is no failure. */
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});

program()
  .parseAsync()
  .catch((error: unknown) => {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? 0 : WRONG_USAGE;
    } else {
      say(`streamkeys: ${messageOf(error)}`);
      process.exitCode = FINDING;
    }
  });
