import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { SimulatorData } from "./simulator";

/** The sandbox's data: one JSON object, a member a vendor, kept in one file between runs. */
export interface Store {
  data: Record<string, SimulatorData>;
  /** Writes the file, whole or not at all. */
  save(): void;
}

/** Opens the store; without a file it lives in memory only. */
export function openStore(file: string | undefined): Store {
  const data = (
    file !== undefined && existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {}
  ) as Store["data"];
  return {
    data,
    save: () => {
      if (file === undefined) return;
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(`${file}.new`, JSON.stringify(data, undefined, 2), { mode: 0o600 });
      renameSync(`${file}.new`, file);
    },
  };
}
