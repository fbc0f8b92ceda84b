import { z } from "zod";
import { type Problem, secret } from "../../define";
import { NotNow } from "../../define/errors";

/** The input `key`: a key that the program chooses itself, which then nobody else rotates. */

/** Grammar of a key (docs/sheets/edgecast.md, section 2). */
export const keyGrammar = z
  .string()
  .regex(/^[A-Za-z0-9]{1,256}$/, "must be 1 to 256 letters and digits, nothing else");

/** Unset, the provider generates the key. */
export const givenKey = (about: string) => secret(keyGrammar.describe(about)).optional();

/** Whoever gives the key changes it, too; a schedule beside it would do nothing. */
export function givenKeyProblems(inputs: { key?: unknown; keyRotation?: unknown }): Problem[] {
  if (inputs.key === undefined || inputs.keyRotation === undefined) return [];
  const reason =
    "cannot rotate a `key` that the program gives. To rotate, change `key`; or remove `key`, to have keys generated";
  return [{ path: "keyRotation", reason }];
}

/**
 * Only `streamkeys:rotateAll` asks for a new key where the program gives one. The rotation stays due, and says so at
 * every run, until the program has another `key`.
 * @throws NotNow when the program gives the key.
 */
export function refuseGivenKey(what: string, key: string | undefined): void {
  if (key === undefined) return;
  throw new NotNow(
    `${what} still has its old key: \`streamkeys:rotateAll\` cannot rotate a \`key\` that the program gives. Change ` +
      "`key`, or remove it to have keys generated. Every run says this until then.",
  );
}
