import fc from "fast-check";
import type * as Redaction from "../../provider/calls/redact";
import { encodings } from "../harness/encodings";

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

describe.each(Object.entries(encodings))("a secret %s", (name, encode) => {
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

  it("finds what is within a secret that is JSON, as the secrets of a set are in state", () => {
    rememberSecret(JSON.stringify({ one: { streamKey: "bdfh-gkmp" }, two: ["qqqq-wwww"] }));
    expect(redact("bdfh-gkmp is taken, and so is cXFxcS13d3d3")).toBe(
      "[secret] is taken, and so is [secret]",
    );
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
