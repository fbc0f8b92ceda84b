import type { Attempt, Props } from "../define";
import { seal, unseal } from "../calls/seal";
import { type Entry, keyDigest, type Note, safely } from "./journal";
import { isKnown, isOwned, replacedBy } from "./ownership";
import { accountFor, type ResourceType, typeOf } from "./resource-type";
import { inputsOf } from "./state";

/** The journal's notes of one resource's creates. */
export interface Notes {
  /** What earlier runs have left, as far as it is evidence for this create, oldest first. */
  earlier(): Entry[];
  /** Before the request that creates. */
  begin(attempt: Attempt): void;
  /** Takes the note of an earlier run for that of this create. */
  continue(entry: Entry): void;
  /** When the request is sent once more, some time after the create was begun. */
  sent(at: Date): void;
  /** When the vendor has answered. */
  made(id: string): void;
  /** When nobody waits for the answer any more. */
  giveUp(): void;
  /** When the user is told that nobody can find out what was made: no later run asks again. */
  leave(): void;
  /** When the engine is about to be told. */
  handOver(): Promise<void>;
  /** When nothing was made, or what was made is known by other means. */
  forget(): void;
  /** When the user has said which object it is. */
  forgetAll(): void;
  /** The file of the note, for messages. */
  file(): string | undefined;
}

/** The notes of the resource that these inputs declare; none for what makes no object or has no known origin. */
export function notesFor(type: ResourceType, inputs: Props): Notes | undefined {
  const { journal, warn } = type.host;
  const { origin, account } = inputs;
  if (typeof origin !== "string" || type.definition.makesNothing) return undefined;
  const typeName = typeOf(type);
  let file: string | undefined;
  const onFile = (act: (file: string) => void): void => {
    const at = file;
    if (at === undefined) return;
    safely(warn, () => {
      act(at);
    });
  };
  const amend = (more: Partial<Note>): void => {
    onFile((at) => {
      journal.amend(at, more);
    });
  };
  return {
    earlier: () => journal.of(typeName, origin).filter(({ note }) => counts(type, inputs, note)),
    begin: ({ startedAt, freshKey }) => {
      const note: Note = {
        type: typeName,
        origin,
        startedAt: startedAt.toISOString(),
        account: account as string | undefined,
        sent: seal(accountFor(type, inputs), inputsOf(type.definition, inputs)),
        pid: process.pid,
        keyDigest: keyDigest(freshKey),
        replaces: replacedBy(type, inputs),
      };
      file = safely(warn, () => journal.begin(note));
    },
    continue: (entry) => {
      ({ file } = entry);
    },
    sent: (at) => {
      amend({ sentAt: at.toISOString() });
    },
    made: (id) => {
      amend({ id });
    },
    giveUp: () => {
      amend({ pid: undefined });
    },
    leave: () => {
      amend({ isLeftover: true });
    },
    handOver: async () => {
      if (file !== undefined) await journal.handOver(file);
    },
    forget: () => {
      onFile(journal.forget);
    },
    forgetAll: () => {
      safely(warn, () => {
        for (const entry of journal.of(typeName, origin)) journal.forget(entry.file);
      });
    },
    file: () => file,
  };
}

/**
 * Whether a note tells of an object that this create may go on with. The engine must not know the resource, unless it is
 * about to replace the very object that the noted create was to take the place of.
 */
function counts(type: ResourceType, inputs: Props, { isLeftover, id, replaces }: Note): boolean {
  if (isLeftover || (id !== undefined && isOwned(type, id))) return false;
  return !isKnown(type, inputs) || (replaces !== undefined && replaces === replacedBy(type, inputs));
}

/** What a noted create has sent; undefined where it cannot be told, because the credentials are others now. */
export function sentBy(type: ResourceType, { sent, account }: Note): Props | undefined {
  try {
    return sent === undefined
      ? undefined
      : (unseal(accountFor(type, { account }), sent) as Props | undefined);
  } catch {
    return undefined;
  }
}
