import { execFile } from "node:child_process";

/** One way to have stream keys declared: what each of them must be able to do to be measured. */
export interface Contestant {
  name: string;
  /** An empty place to work in, which speaks to the AIOZ API at `baseUrl`. */
  open(baseUrl: string): Promise<Workplace>;
}

/** A contestant at work. Every step throws nothing and tells how it ended: a failure is a measurement, too. */
export interface Workplace {
  /** Declares `count` keys, with or without recording, and brings the vendor to that. */
  apply(count: number, save: boolean): Promise<Outcome>;
  /** Gives the one declared key a new secret, in the nearest way that there is. */
  rotate(): Promise<Outcome>;
  /** Looks for drift. */
  refresh(): Promise<Outcome>;
  destroy(): Promise<Outcome>;
  /** Everything that stays on disk of what is known: state, its backups, history. */
  stored(): string;
  /** The file that holds the state now. */
  state(): string;
  close(): void;
}

/** How a step ended. */
export interface Outcome {
  ok: boolean;
  /** All that the user saw. */
  text: string;
  seconds: number;
}

/** Runs a command to its end, however it ends. */
export function command(
  file: string,
  args: string[],
  options: { cwd: string; env: NodeJS.ProcessEnv },
): Promise<Outcome> {
  const began = performance.now();
  return new Promise((done) => {
    execFile(file, args, { ...options, maxBuffer: 256 * 1024 * 1024 }, (error, stdout, stderr) => {
      done({ ok: !error, text: stdout + stderr, seconds: (performance.now() - began) / 1000 });
    });
  });
}
