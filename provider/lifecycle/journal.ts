import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

/**
 * Notes of creates on their way, one small file each, so that a run which was killed is continued by the next one on
 * this machine instead of making a second object. A note is written before the request that creates, learns the id as
 * soon as the vendor has answered, and goes when the engine shows that it knows the id. It holds no secret: of a key
 * only a digest.
 */

const note = z.object({
  /** Resource type and place of declaration, for people who look into the folder. */
  type: z.string(),
  origin: z.string(),
  startedAt: z.string(),
  /** The process that waits for the vendor's answer, while it does. */
  pid: z.number().optional(),
  keyDigest: z.string(),
  /** Known once the vendor has answered. */
  id: z.string().optional(),
  /** When the engine was told the id. It may have been killed before it wrote that down. */
  handedOverAt: z.string().optional(),
});
/** What is known of one create. */
export type Note = z.infer<typeof note>;

/** Where the notes are. */
export interface Journal {
  /** The note of this create, left by an earlier process or by this one. */
  find(type: string, origin: string): Note | undefined;
  write(entry: Note): void;
  forget(type: string, origin: string): void;
  /** The engine has shown that it knows this id: whatever note there was has done its work. */
  isKnown(type: string, id: string): void;
  /** The file of a note, for messages. */
  fileOf(type: string, origin: string): string;
}

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

/** Opens the journal in a folder, which need not exist. */
export function openJournal(folder: string): Journal {
  const fileOf = (type: string, origin: string): string =>
    join(folder, `${createHash("sha256").update(`${type} ${origin}`).digest("hex").slice(0, 32)}.json`);
  const files = filesById(folder);
  return {
    fileOf,
    find: (type, origin) => read(fileOf(type, origin)),
    write: (entry) => {
      const file = fileOf(entry.type, entry.origin);
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      writeFileSync(`${file}.${process.pid}`, JSON.stringify(entry), { mode: 0o600 });
      renameSync(`${file}.${process.pid}`, file);
    },
    forget: (type, origin) => {
      rmSync(fileOf(type, origin), { force: true });
    },
    isKnown: (type, id) => {
      const file = files().get(`${type} ${id}`);
      if (file !== undefined) rmSync(file, { force: true });
    },
  };
}

/** The notes of earlier processes by type and id, read once: this process's own ids become known in a later one. */
function filesById(folder: string): () => Map<string, string> {
  let found: Map<string, string> | undefined;
  return () => {
    found ??= new Map(
      list(folder).flatMap((file) => {
        const entry = read(file);
        return entry?.id === undefined ? [] : [[`${entry.type} ${entry.id}`, file] as const];
      }),
    );
    return found;
  };
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith(".json"))
      .map((name) => join(folder, name));
  } catch {
    return [];
  }
}

function read(file: string): Note | undefined {
  try {
    return note.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    return undefined;
  }
}
