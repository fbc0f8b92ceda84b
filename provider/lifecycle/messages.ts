import { clearOfSecrets } from "../calls/redact";
import type { Props } from "../define";
import { messageOf } from "../define/errors";
import { declaredAs, type ResourceType } from "./resource-type";

/** The last step before a user reads something: it names the resource, and holds no secret that has passed through. */

/** The resource type at work on the one resource that `props` declare: whatever it says begins with the resource's name. */
export function speakingFor<T extends ResourceType>(type: T, props: Props): T {
  const { host } = type;
  const said = (message: string): string => clearOfSecrets(`${declaredAs(type, props)}: ${message}`);
  return {
    ...type,
    host: {
      ...host,
      warn: (message) => {
        host.warn(said(message));
      },
      progress: (message) => {
        host.progress(said(message));
      },
    },
  };
}

/** The sentence of anything thrown. The engine shows it at the resource, so it need not name it. */
export function sentenceOf(error: unknown): string {
  return clearOfSecrets(messageOf(error));
}
