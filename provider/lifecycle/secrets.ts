import { rememberSecret } from "../calls/redact";
import type { Definition, Props } from "../define";
import { schemaOf, secretPaths } from "../define/schema";
import { markedPaths } from "./harmless";

/** Remembers what is secret within properties, so that no message shows it: by the schema, and by the program's own mark. */
export function rememberSecrets({ inputs, outputs }: Definition, props: Props): void {
  const bySchema = [inputs, outputs].flatMap((shape) => secretPaths(schemaOf(shape)));
  for (const path of [...bySchema, ...markedPaths(props)]) {
    rememberSecret(path.reduce<unknown>((value, step) => (value as Props | undefined)?.[step], props));
  }
}
