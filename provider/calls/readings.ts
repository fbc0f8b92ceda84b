/**
 * Everything that a text may say: as it stands, and decoded in each way and in each order in which a vendor, a proxy or a
 * library may have encoded it on its way into an error.
 */

/** One way of reading a text. Each unit of it stands for a piece of the original. */
export interface Reading {
  text: string;
  /** Where the piece begins in the original, for each unit. */
  from: number[];
  /** Where the piece ends. */
  to: number[];
  /** What is taken for Base64 or hexadecimal digits is mostly none. */
  isGuess: boolean;
}

/** More readings than this come of no text that anybody wrote; as many layers of encoding are enough. */
const MOST_READINGS = 40;

interface Encoding {
  pattern: RegExp;
  /** What a match means. */
  meaning(written: string): string;
}

const ENTITIES: Record<string, string> = { quot: '"', amp: "&", apos: "'", lt: "<", gt: ">" };
const ESCAPES: Record<string, string> = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };

const ENCODINGS: Encoding[] = [
  {
    // Of a URL. A character may be several bytes, so they are read together.
    pattern: /(?:%[0-9a-f]{2})+/gi,
    meaning: (written) => Buffer.from(written.replaceAll("%", ""), "hex").toString(),
  },
  { pattern: /\+/g, meaning: () => " " },
  {
    // Of JSON.
    pattern: /\\(?:u[0-9a-f]{4}|[^u])/gi,
    meaning: ([, letter = "", ...digits]) =>
      digits.length > 0 ? String.fromCharCode(parseInt(digits.join(""), 16)) : (ESCAPES[letter] ?? letter),
  },
  {
    // Of HTML.
    pattern: /&(?:#\d{1,7}|#x[0-9a-f]{1,6}|quot|amp|apos|lt|gt);?/gi,
    meaning: (written) => {
      const name = written.slice(1).replace(/;$/, "").toLowerCase();
      if (!name.startsWith("#")) return ENTITIES[name] ?? written;
      const point = Number(name.slice(1).replace(/^x/, "0x"));
      return point <= 0x10ffff ? String.fromCodePoint(point) : written;
    },
  },
];

/** Any word may be one of these, and may begin with letters that do not belong to it. */
const GUESSES: Encoding[] = [
  ...[0, 1, 2, 3].map((skipped) => ({
    pattern: /[\w+/-]{4,}=*/g,
    meaning: (written: string) => Buffer.from(written.slice(skipped), "base64").toString(),
  })),
  ...[0, 1].map((skipped) => ({
    pattern: /[0-9a-f]{6,}/gi,
    meaning: (written: string) => Buffer.from(written.slice(skipped), "hex").toString(),
  })),
];

/** Every reading of a text, the text itself first. */
export function readingsOf(text: string): Reading[] {
  const places = Array.from({ length: text.length }, (_, at) => at);
  const readings: Reading[] = [{ text, from: places, to: places.map((at) => at + 1), isGuess: false }];
  const seen = new Set([text]);
  // The list grows while it is walked.
  for (const reading of readings) {
    for (const encoding of ENCODINGS) {
      const decoded = decode(reading, encoding, false);
      if (seen.has(decoded.text) || readings.length >= MOST_READINGS) continue;
      seen.add(decoded.text);
      readings.push(decoded);
    }
  }
  return [
    ...readings,
    ...readings.flatMap((reading) => GUESSES.map((guess) => decode(reading, guess, true))),
  ];
}

function decode(reading: Reading, { pattern, meaning }: Encoding, isGuess: boolean): Reading {
  const decoded: Reading = { text: "", from: [], to: [], isGuess };
  let next = 0;
  const keepUntil = (end: number): void => {
    decoded.text += reading.text.slice(next, end);
    for (; next < end; next += 1) {
      decoded.from.push(reading.from[next] ?? 0);
      decoded.to.push(reading.to[next] ?? 0);
    }
  };
  for (const { 0: written, index } of reading.text.matchAll(pattern)) {
    keepUntil(index);
    const meant = meaning(written);
    const last = index + written.length - 1;
    decoded.text += meant;
    decoded.from.push(...new Array<number>(meant.length).fill(reading.from[index] ?? 0));
    decoded.to.push(...new Array<number>(meant.length).fill(reading.to[last] ?? 0));
    next = last + 1;
  }
  keepUntil(reading.text.length);
  return decoded;
}
