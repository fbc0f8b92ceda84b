import fc from "fast-check";
import type * as Redaction from "../../provider/calls/redact";

/** No way of writing a secret gets it past us. The property is tried on random secrets; each failure is shrunk to the least. */

// The same secrets each time: a test must not hang on luck.
fc.configureGlobal({ seed: 20261125 });

/** A process of its own, so that the secrets of one trial are not those of the next. */
function freshProcess(): typeof Redaction {
  let redaction: typeof Redaction | undefined;
  jest.isolateModules(() => {
    redaction = jest.requireActual<typeof Redaction>("../../provider/calls/redact");
  });
  if (!redaction) throw new Error("not loaded");
  return redaction;
}

const hexDigits = (value: number, digits: number): string => value.toString(16).padStart(digits, "0");
const perByte = (text: string, form: (byte: number) => string): string =>
  Array.from(Buffer.from(text), form).join("");
const perUnit = (text: string, form: (unit: number) => string): string =>
  Array.from({ length: text.length }, (_, at) => form(text.charCodeAt(at))).join("");

/** How a vendor, a proxy or a library may write a text into an error. */
const ENCODINGS: Record<string, (text: string) => string> = {
  "as it is": (text) => text,
  "percent-encoded": encodeURIComponent,
  "percent-encoded in lower case": (text) =>
    encodeURIComponent(text).replace(/%[0-9A-F]{2}/g, (byte) => byte.toLowerCase()),
  "percent-encoded, every byte": (text) => perByte(text, (byte) => `%${hexDigits(byte, 2)}`),
  "percent-encoded twice": (text) => encodeURIComponent(encodeURIComponent(text)),
  "as a form field": (text) => new URLSearchParams({ a: text }).toString().slice(2),
  "in JSON": (text) => JSON.stringify(text).slice(1, -1),
  "in JSON within JSON": (text) => JSON.stringify(JSON.stringify(text)).slice(3, -3),
  "in JSON, as PHP escapes it": (text) => JSON.stringify(text).slice(1, -1).replaceAll("/", "\\/"),
  "in JSON, every unit escaped": (text) => perUnit(text, (unit) => `\\u${hexDigits(unit, 4)}`),
  "in HTML": (text) =>
    text.replace(
      /[&<>"']/g,
      (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" })[c] ?? c,
    ),
  "in HTML, by number": (text) => Array.from(text, (c) => `&#${c.codePointAt(0) ?? 0};`).join(""),
  "in HTML, by hexadecimal number": (text) =>
    Array.from(text, (c) => `&#x${hexDigits(c.codePointAt(0) ?? 0, 4).toUpperCase()};`).join(""),
  "in hexadecimal": (text) => Buffer.from(text).toString("hex"),
  "in Base64": (text) => Buffer.from(text).toString("base64"),
  "in Base64 for URLs": (text) => Buffer.from(text).toString("base64url"),
  "in Base64 within a URL": (text) => encodeURIComponent(Buffer.from(text).toString("base64")),
  "in HTTP Basic, as the password": (text) => `Basic ${Buffer.from(`user:${text}`).toString("base64")}`,
  "in HTTP Basic, as the user": (text) => `Basic ${Buffer.from(`${text}:x`).toString("base64")}`,
  "in Base64 with something around it": (text) => Buffer.from(`TOK:${text}, thanks`).toString("base64"),
};
const IN_BYTES = /hexadecimal$|Base64|Basic/;

/** What a reader would still see of a text: everything that decodes to it. */
function isReadable(shown: string, secret: string, encode: (text: string) => string): boolean {
  return shown.includes(secret) || shown.includes(encode(secret));
}

const key = fc.oneof(
  fc.stringMatching(/^[A-Za-z0-9_-]{6,60}$/),
  fc.string({ minLength: 6, maxLength: 40, unit: "grapheme-ascii" }),
  fc.string({ minLength: 6, maxLength: 20, unit: "binary" }),
  fc.stringMatching(/^[ "'&<>\\/%+=?#.a-z]{6,30}$/),
);

describe.each(Object.entries(ENCODINGS))("a secret %s", (name, encode) => {
  it("is not in a message", () => {
    fc.assert(
      fc.property(key, (secret) => {
        fc.pre(secret.trim() !== "" && isEncodable(secret));
        const { clearOfSecrets, redact, rememberSecret } = freshProcess();
        rememberSecret(secret);
        const written = encode(secret);
        expect(isReadable(redact(`the key ${written} is wrong`), secret, encode)).toBe(false);
        expect(clearOfSecrets(`?key=${written}&x`)).toMatch(/\[secret\]/);
      }),
      { numRuns: 150 },
    );
  });

  it("is not in a message when it is short", () => {
    const least = IN_BYTES.test(name) ? 3 : 1;
    fc.assert(
      fc.property(fc.stringMatching(new RegExp(`^[A-Za-z0-9]{${least},5}$`)), (secret) => {
        const { clearOfSecrets, rememberSecret } = freshProcess();
        rememberSecret(secret);
        const shown = clearOfSecrets(`"${encode(secret)}" = ${encode(secret)}`);
        expect(shown).toMatch(/^"(Basic )?\[secret\]" = (Basic )?\[secret\]$/);
      }),
      { numRuns: 60 },
    );
  });
});

const isEncodable = (text: string): boolean => Buffer.from(text).toString() === text;

describe("redaction", () => {
  let clearOfSecrets: typeof Redaction.clearOfSecrets;
  let redact: typeof Redaction.redact;
  let rememberSecret: typeof Redaction.rememberSecret;

  beforeEach(() => {
    ({ clearOfSecrets, redact, rememberSecret } = freshProcess());
  });

  it("finds a short key after an escape, and leaves words alone that happen to hold one", () => {
    rememberSecret("kx7");
    expect(clearOfSecrets("?key%3Dkx7")).toBe("?key%3D[secret]");
    expect(clearOfSecrets("line\\nkx7")).toBe("line\\n[secret]");
    expect(clearOfSecrets("the box kx78 is shut")).toBe("the box kx78 is shut");
  });

  it("finds the parts of an address that are secret by themselves", () => {
    rememberSecret("srt://user:hunter22@camera.example.test:9000?passphrase=correct-horse&mode=caller");
    expect(clearOfSecrets("passphrase correct-horse is too long")).toBe("passphrase [secret] is too long");
    expect(clearOfSecrets("password hunter22 refused")).toBe("password [secret] refused");
  });

  it("shows none of a longer secret when a shorter one is part of it", () => {
    rememberSecret("abcdef");
    rememberSecret("prefix-abcdef-suffix");
    expect(clearOfSecrets("prefix-abcdef-suffix")).toBe("[secret]");
  });

  it("takes its time within reason, whatever a vendor says", () => {
    for (let at = 0; at < 1_000; at += 1) rememberSecret(`secret-number-${at}-of-many`);
    const began = performance.now();
    for (const unit of ["\\", "%25", "&amp;", "A", "secret-number-", "=", "a "]) {
      redact(unit.repeat(Math.ceil(10_000 / unit.length)));
    }
    expect(performance.now() - began).toBeLessThan(20_000);
  });
});
