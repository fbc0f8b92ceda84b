import type { Attempt, Props } from "../define";
import { messageOf } from "../define/errors";
import { keyDigest, type Note } from "./journal";
import { type ResourceType, typeOf } from "./resource-type";

/** The journal's notes of one resource's create. */
export interface Notes {
  /** What an earlier, killed run has left. */
  earlier(): Note | undefined;
  /** Before the request that creates. */
  begin(attempt: Attempt): void;
  /** When the vendor has answered. */
  made(id: string): void;
  /** When nobody waits for the answer any more. */
  giveUp(): void;
  /** When the engine is about to be told. */
  handOver(): void;
  /** When nothing was made, or what was made is known by other means. */
  forget(): void;
  /** The file, for messages. */
  file: string;
}

/**
 * A note that was handed over counts for so long only: after that the engine has written the id down, and a create is
 * a new one (the resource was deleted from state by hand, say).
 */
const HANDED_OVER_COUNTS_MS = 60 * 60_000;

/** The notes of the resource that these inputs declare; none for what makes no object or has no known origin. */
export function notesFor(type: ResourceType, { origin }: Props): Notes | undefined {
  const { journal, warn } = type.host;
  if (typeof origin !== "string" || type.definition.makesNothing) return undefined;
  const typeName = typeOf(type);
  const write = (entry: Note): void => {
    try {
      journal.write(entry);
    } catch (error) {
      // A home that cannot be written to is no reason to make nothing; it only takes the net away.
      warn(`If this run is killed, the next one cannot know what it was making: ${messageOf(error)}`);
    }
  };
  const amend = (more: Partial<Note>): void => {
    const entry = journal.find(typeName, origin);
    if (entry) write({ ...entry, ...more });
  };
  return {
    file: journal.fileOf(typeName, origin),
    earlier: () => {
      const entry = journal.find(typeName, origin);
      const isStale =
        entry?.handedOverAt !== undefined &&
        Date.now() - Date.parse(entry.handedOverAt) > HANDED_OVER_COUNTS_MS;
      return isStale ? undefined : entry;
    },
    begin: ({ startedAt, freshKey }) => {
      const { pid } = process;
      write({
        type: typeName,
        origin,
        startedAt: startedAt.toISOString(),
        pid,
        keyDigest: keyDigest(freshKey),
      });
    },
    made: (id) => {
      amend({ id });
    },
    giveUp: () => {
      amend({ pid: undefined });
    },
    handOver: () => {
      amend({ handedOverAt: new Date().toISOString() });
    },
    forget: () => {
      journal.forget(typeName, origin);
    },
  };
}
