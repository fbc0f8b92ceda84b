/**
 * One answer for a burst of asks: a refresh of a hundred keys would otherwise ask for the same list a hundred times.
 * What is handed out is never older than our last write, because whoever writes drops it.
 */

interface Asked {
  at: number;
  /** Still on its way for those who ask during a burst. */
  answer: Promise<unknown>;
}

/** Answers by name. */
export interface SharedAnswers {
  get<T>(name: string, maxAgeMs: number, load: () => Promise<T>): Promise<T>;
  drop(name: string): void;
}

/** Opens an empty store of answers. */
export function sharedAnswers(): SharedAnswers {
  const answers = new Map<string, Asked>();
  return {
    get: async <T>(name: string, maxAgeMs: number, load: () => Promise<T>): Promise<T> => {
      const before = answers.get(name);
      if (before && performance.now() - before.at < maxAgeMs) return (await before.answer) as T;
      const asked: Asked = { at: performance.now(), answer: load() };
      answers.set(name, asked);
      try {
        return (await asked.answer) as T;
      } catch (error) {
        if (answers.get(name) === asked) answers.delete(name);
        throw error;
      }
    },
    // An answer that was asked for while a write was under way goes too: it may be from before.
    drop: (name) => {
      answers.delete(name);
    },
  };
}
