/** A simulator's data: plain JSON, kept between runs in the sandbox's file. */
export type SimulatorData = Record<string, unknown>;

/** The sandbox's file cannot be used: its content is no data of a sandbox, or it cannot be read or written. */
export class UnusableData extends Error {
  override readonly name = "UnusableData";
  constructor(file: string, problem: string) {
    super(
      `The sandbox cannot use its data file ${file}. ${problem} Mend the file, or move it away to begin with none.`,
    );
  }
}
