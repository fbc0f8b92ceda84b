import { inTurn } from "./in-turn";
import type { SetType } from "./set-type";

/**
 * The engine is told of all items at once, when the last is done. Until then nobody knows of the first but its note, which
 * therefore is not to go some seconds after its own create.
 */
export async function withHeldNotes<T>(set: SetType, act: (holding: SetType) => Promise<T>): Promise<T> {
  const { journal } = set.host;
  const files: string[] = [];
  const handOver = (file: string): Promise<void> => {
    files.push(file);
    return Promise.resolve();
  };
  const result = await act({ ...set, host: { ...set.host, journal: { ...journal, handOver } } });
  await inTurn(files, journal.handOver);
  return result;
}
