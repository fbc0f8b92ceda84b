import { tmpdir } from "node:os";
import { streamkeys } from "./command";

/** What every subcommand has in common: help with examples, and exit status 2 for wrong usage. */

const place = { cwd: tmpdir(), env: { PATH: process.env.PATH ?? "" } };

describe("streamkeys", () => {
  it.each(["doctor", "discover", "drift", "keys", "ladder", "sandbox"])(
    "%s --help has examples and exit status",
    async (name) => {
      const { status, stdout } = await streamkeys(place, name, "--help");
      expect(status).toBe(0);
      expect(stdout).toContain(`Usage: streamkeys ${name} [options]`);
      expect(stdout).toMatch(new RegExp(`^Examples:\n  streamkeys ${name}`, "m"));
      expect(stdout).toMatch(/^Exit status:\n {2}0 {2}.+\n {2}1 {2}.+\n {2}2 {2}(.+, or )?wrong usage$/m);
      expect(stdout).toContain("--json");
    },
  );

  it.each([
    [["no-such-command"], "unknown command 'no-such-command'"],
    [["doctor", "--no-such-option"], "unknown option '--no-such-option'"],
    [["discover"], "missing required argument 'vendor'"],
    [["discover", "no-such-vendor"], "Allowed choices are tenbyte"],
    [["sandbox", "--port", "http"], "A port is a number from 0 to 65535"],
    [["ladder", "no-such-preset"], '"no-such-preset" is neither a preset nor a file'],
    [["ladder", "audio", "--vendor", "uiza"], "Allowed choices are tenbyte, aioz"],
    [["ladder", "audio", "--off", "no-such-rule"], "The rules are positive-number"],
  ])("%j is wrong usage: 2", async (args, message) => {
    const { status, stdout, stderr } = await streamkeys(place, ...args);
    expect(status).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toContain(message);
  });

  it("without anything shows its help: 2", async () => {
    const { status, stderr } = await streamkeys(place);
    expect(status).toBe(2);
    expect(stderr).toContain("Usage: streamkeys [options] [command]");
  });
});
