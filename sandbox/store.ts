import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { z } from "zod";
import { checked, sentenceOf } from "./body";
import { type SimulatorData, UnusableData } from "./data";
import type { Simulator } from "./simulator";

/** The sandbox's data: one JSON object, a member a vendor, kept in one file between runs. */
export interface Store {
  data: Record<string, SimulatorData>;
  /** Writes the file, whole or not at all. */
  save(): void;
  /** What is wrong with data that a user gives; undefined when the simulators can work with it. */
  problemOf(data: unknown): string | undefined;
}

/**
 * Opens the store; without a file it lives in memory only.
 * @throws UnusableData when the file is there and cannot be used.
 */
export function openStore(file: string | undefined, simulators: Record<string, Simulator>): Store {
  const shape = z.looseObject(
    Object.fromEntries(
      Object.entries(simulators).map(([vendor, { stored = z.looseObject({}) }]) => [
        vendor,
        stored.optional(),
      ]),
    ),
  );
  const problemOf = (data: unknown): string | undefined => {
    const { wrong } = checked(data, shape);
    return wrong && `${sentenceOf(wrong.slice(0, 3))}.`;
  };
  const data = file === undefined ? {} : read(file, problemOf);
  const save = (): void => {
    if (file === undefined) return;
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(`${file}.new`, JSON.stringify(data, undefined, 2), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  };
  try {
    save();
  } catch (error) {
    throw new UnusableData(file ?? "", `It cannot be written: ${(error as Error).message}.`);
  }
  return { data, save, problemOf };
}

function read(file: string, problemOf: (data: unknown) => string | undefined): Store["data"] {
  if (!existsSync(file)) return {};
  let data: unknown;
  try {
    data = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    const what = error instanceof SyntaxError ? "It is not JSON" : "It cannot be read";
    throw new UnusableData(file, `${what}: ${(error as Error).message}.`);
  }
  const problem = problemOf(data);
  if (problem !== undefined) throw new UnusableData(file, `It holds no data of a sandbox. ${problem}`);
  return data as Store["data"];
}
