import { createHash, randomBytes } from "node:crypto";
import {
  closeSync,
  constants,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { messageOf } from "../define/errors";

/**
 * Notes of creates on their way, one small file each and a line for each thing learned, so that a run which was killed is
 * continued by the next one on this machine instead of making a second object. A note is written before the request that
 * creates, and learns the id as soon as the vendor has answered. It is evidence only while nobody can have been told that
 * answer, so it goes once the engine was told and has lived on: some seconds later, or when the engine ends its plugins in
 * good order. It holds no secret in clear: of a key a digest, and what was sent sealed with the account's credentials.
 */

const note = z.object({
  /** Resource type and identity, for people who look into the folder too. */
  type: z.string(),
  origin: z.string(),
  startedAt: z.string(),
  /** When the request was last sent, where that was notably later. */
  sentAt: z.string().optional(),
  /** Name of the vendor account, where it was not the default one. */
  account: z.string().optional(),
  /** The inputs, sealed. */
  sent: z.string().optional(),
  /** The process that waits for the vendor's answer, while it does. */
  pid: z.number().optional(),
  keyDigest: z.string(),
  /** The id of the object that this create is to take the place of. */
  replaces: z.string().optional(),
  /** Known once the vendor has answered. */
  id: z.string().optional(),
  /** The user was told that nobody can find out what was made; the note is only there to be shown. */
  isLeftover: z.boolean().optional(),
});
/** What is known of one create. */
export type Note = z.infer<typeof note>;

/** A note and its file. */
export interface Entry {
  file: string;
  note: Note;
}

/** Where the notes of one backend are. Every function may throw what the file system throws, but for those that list. */
export interface Journal {
  /** A digest of the backend. */
  readonly place: string;
  /** Notes of all creates. */
  all(): Entry[];
  /** Notes of one resource's creates, oldest first. */
  of(type: string, origin: string): Entry[];
  /** Writes a new note. */
  begin(note: Note): string;
  amend(file: string, more: Partial<Note>): void;
  forget(file: string): void;
  /** The engine has shown that it knows this id: whatever note there was has done its work. */
  isKnown(type: string, id: string): void;
  /** The engine is about to be told. If it is dead by now, or dies within seconds, the note stays. */
  handOver(file: string): Promise<void>;
  /** Whether the engine that calls is there. A killed one leaves its plugins running. */
  isEngineAlive(): Promise<boolean>;
  /** The engine ends its plugins: what it was told, it has written down. */
  close(): Promise<void>;
}

/** How a journal is opened. */
export interface JournalOptions {
  /** Tells the backend apart that the stacks are kept in: a project and stack of the same name may be in another. */
  backend?: string;
  /** Whether the engine that calls is there. */
  isEngineAlive?: () => Promise<boolean>;
}

/** In this time an engine that lives has written down what it was told. */
const WRITTEN_DOWN_MS = 30_000;
/** The engine kills a plugin that has not ended after 5 s (docs/engine.md, fact 29); an answer may come until then. */
const LAST_ANSWERS_MS = 4_000;

/** A digest by which a key can be recognised and not be found out: keys of ours have 285 random bits. */
export function keyDigest(key: string): string {
  return createHash("sha256").update(key).digest("hex");
}

/** Whether the process that began a create may still be at it: a killed CLI leaves its plugins running. */
export function isAtWork({ pid }: Note): boolean {
  if (pid === undefined || pid === process.pid) return false;
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** The digest of a backend's URL. */
export const placeOf = (backend: string): string => digest(backend, 8);

/** Opens the journal in a folder, which need not exist. */
export function openJournal(
  folder: string,
  { backend = "", isEngineAlive = () => Promise.resolve(true) }: JournalOptions = {},
): Journal {
  const place = placeOf(backend);
  const prefixOf = (type: string, origin: string): string => `${place}-${digest(`${type} ${origin}`, 24)}-`;
  const names = namesByPrefix(folder, prefixOf("", "").length);
  const entries = (found: string[]): Entry[] =>
    found
      .flatMap((name) => read(join(folder, name)))
      .sort((a, b) => (a.note.startedAt < b.note.startedAt ? -1 : 1));
  const all = (): Entry[] => entries(namesIn(folder).filter((name) => name.startsWith(`${place}-`)));
  const remove = (file: string): void => {
    unlessGone(() => {
      unlinkSync(file);
    });
  };

  /** Creates of this process that have had no answer, and those of whose answer the engine has been told. */
  const waiting = new Set<string>();
  const told = new Set<string>();
  const forget = (file: string): void => {
    waiting.delete(file);
    told.delete(file);
    remove(file);
  };
  const isDone = async (file: string): Promise<void> => {
    if (!told.has(file) || !(await isEngineAlive())) return;
    tryTo(() => {
      forget(file);
    });
  };
  /** Read once: what this process makes becomes known in a later one. */
  const ofEarlier = once(all);

  return {
    place,
    all,
    of: (type, origin) => entries(names.of(prefixOf(type, origin))),
    begin: (entry) => {
      const name = `${prefixOf(entry.type, entry.origin)}${randomBytes(4).toString("hex")}.json`;
      const file = join(folder, name);
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      writeFileSync(file, lineOf(entry), { mode: 0o600, flag: "wx" });
      names.add(name);
      waiting.add(file);
      return file;
    },
    amend: (file, more) => {
      if (!("sentAt" in more)) waiting.delete(file);
      unlessGone(() => {
        append(file, lineOf(more));
      });
    },
    forget,
    isKnown: (type, id) => {
      for (const { file, note: of } of ofEarlier()) if (of.type === type && of.id === id) remove(file);
    },
    handOver: async (file) => {
      if (!(await isEngineAlive())) return;
      told.add(file);
      setTimeout(() => void isDone(file), WRITTEN_DOWN_MS).unref();
    },
    isEngineAlive: recently(isEngineAlive),
    close: async () => {
      for (let left = LAST_ANSWERS_MS; waiting.size > 0 && left > 0; left -= 100) await sleep(100);
      await Promise.all([...told].map(isDone));
    },
  };
}

const digest = (text: string, length: number): string =>
  createHash("sha256").update(text).digest("hex").slice(0, length);

/** Asked for each item of a set, and answered anew twice a second. */
const ANSWER_MS = 500;

function recently<T>(ask: () => Promise<T>): () => Promise<T> {
  let last: { at: number; answer: Promise<T> } | undefined;
  return () => {
    const now = performance.now();
    if (!last || now - last.at > ANSWER_MS) last = { at: now, answer: ask() };
    return last.answer;
  };
}

function once<T>(load: () => T): () => T {
  let loaded: { value: T } | undefined;
  return () => (loaded ??= { value: load() }).value;
}

function namesIn(folder: string): string[] {
  return tryTo(() => readdirSync(folder).filter((name) => name.endsWith(".json"))) ?? [];
}

/** The names in a folder by their first letters. */
interface NamesByPrefix {
  of(prefix: string): string[];
  add(name: string): void;
}

const NAMES_MS = 1_000;

/**
 * Looks into the folder once a second at most: a set asks for each of its thousands of items, and every look would read the
 * names of all. What this process adds is known at once, and no other begins a create of the same stack beside it.
 */
function namesByPrefix(folder: string, length: number): NamesByPrefix {
  let known = new Map<string, string[]>();
  let readAt: number | undefined;
  const add = (name: string): void => {
    const prefix = name.slice(0, length);
    known.set(prefix, [...(known.get(prefix) ?? []), name]);
  };
  return {
    of: (prefix) => {
      if (readAt === undefined || performance.now() - readAt > NAMES_MS) {
        readAt = performance.now();
        known = new Map();
        namesIn(folder).forEach(add);
      }
      return known.get(prefix) ?? [];
    },
    add,
  };
}

/** A line of a note; null takes away what an earlier line has said. */
const lineOf = (known: Partial<Note>): string =>
  `${JSON.stringify(known, (_, value: unknown) => (value === undefined ? null : value))}\n`;

/** What a note's file says; undefined where it is none. A line that a crash has cut tells nothing. */
export function noteIn(text: string): Note | undefined {
  const lines = text.split("\n");
  const known = lines.flatMap((line) => tryTo(() => JSON.parse(line) as Record<string, unknown>) ?? []);
  const all = Object.entries(Object.assign({}, ...known) as Record<string, unknown>);
  return note.safeParse(Object.fromEntries(all.filter(([, value]) => value !== null))).data;
}

function read(file: string): Entry[] {
  const found = noteIn(tryTo(() => readFileSync(file, "utf8")) ?? "");
  return found ? [{ file, note: found }] : [];
}

/** Adds a line to a file that is there, on a line of its own: a crash, a full disk or version 0.1 may have left the last one open. */
function append(file: string, line: string): void {
  const at = openSync(file, constants.O_WRONLY | constants.O_APPEND);
  try {
    writeFileSync(at, `\n${line}`);
  } finally {
    closeSync(at);
  }
}

function unlessGone(act: () => void): void {
  try {
    act();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}

function tryTo<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch {
    return undefined;
  }
}

/** A home that cannot be written to is no reason to make nothing, or to stop a refresh; it only takes the net away. */
export function safely<T>(warn: (message: string) => void, act: () => T): T | undefined {
  try {
    return act();
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code ?? messageOf(error);
    warn(
      `The notes of creates cannot be written (${why}). If this run is killed, the next one cannot know what it was making.`,
    );
    return undefined;
  }
}
