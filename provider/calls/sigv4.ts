import { createHash, createHmac } from "node:crypto";
import { ConfigError, messageOf } from "../define/errors";
import type { Credentials, SignableRequest } from "../define/vendor";
import { rememberSecret } from "./redact";

/**
 * Signature Version 4, as AWS asks for it (docs/sheets/ivs.md, sections 1 and 13): the signer is AWS's own, and so is the
 * chain that finds credentials where AWS users keep them. Both are optional peers, so nobody else installs them.
 */

/** What the chain finds, and whether a profile is named. */
type Identity = () => Promise<{ accessKeyId: string; secretAccessKey: string }>;

/**
 * The headers that sign a request to an AWS service. Without an access key the credentials come from AWS's own chain:
 * environment, profile, SSO, web identity, the machine's role.
 * @param service the signing name, for example `ivs`
 * @param credentials `region`, and of `profile`, `accessKeyId`, `secretAccessKey` and `sessionToken` what is set
 * @throws ConfigError when a peer package is missing, or the chain finds nothing.
 */
export async function signatureV4(
  { method, url, headers, body }: SignableRequest,
  service: string,
  credentials: Credentials,
): Promise<Record<string, string>> {
  const { SignatureV4 } = await peer(() => import("@smithy/signature-v4"), "@smithy/signature-v4");
  const { region = "" } = credentials;
  const signer = new SignatureV4({
    service,
    region,
    credentials: await identityOf(credentials),
    sha256: Sha256,
  });
  const { protocol, hostname, host, pathname, searchParams } = new URL(url);
  const query: Record<string, string[]> = {};
  for (const [name, value] of searchParams) query[name] = [...(query[name] ?? []), value];
  const unsigned = { method, protocol, hostname, path: pathname, query, headers: { ...headers, host }, body };
  return (await signer.sign(unsigned)).headers;
}

function identityOf({ region, profile, accessKeyId, secretAccessKey, sessionToken }: Credentials) {
  if (accessKeyId === undefined || secretAccessKey === undefined) return fromChain(region, profile);
  return { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
}

/** A chain a profile: it keeps what it has found until that expires. */
const chains = new Map<string, Identity>();

async function fromChain(region: string | undefined, profile: string | undefined) {
  const { fromNodeProviderChain } = await peer(
    () => import("@aws-sdk/credential-providers"),
    "@aws-sdk/credential-providers",
    ", or set `accessKeyId` and `secretAccessKey`",
  );
  const name = JSON.stringify([region, profile]);
  const chain: Identity =
    chains.get(name) ??
    fromNodeProviderChain({
      ...(profile === undefined ? {} : { profile }),
      ...(region === undefined ? {} : { clientConfig: { region } }),
    });
  chains.set(name, chain);
  const found = await chain().catch((error: unknown) => {
    chains.delete(name);
    const where = profile === undefined ? "" : ` for profile ${profile}`;
    throw new ConfigError(
      `AWS's chain of credentials found none${where}: ${messageOf(error)} Sign in (\`aws sso login\`), or set \`profile\`, or ` +
        "set `accessKeyId` and `secretAccessKey`.",
    );
  });
  rememberSecret(found);
  return found;
}

/** What is installed only by those who need it. */
async function peer<T>(load: () => Promise<T>, name: string, otherwise = ""): Promise<T> {
  try {
    return await load();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "MODULE_NOT_FOUND" && code !== "ERR_MODULE_NOT_FOUND") throw error;
    throw new ConfigError(
      `The package ${name} is not installed, and calls to AWS need it. Run \`npm install ${name}\`${otherwise}.`,
    );
  }
}

/** Node's own SHA-256, in the form that the signer asks for. */
class Sha256 {
  private readonly hash: ReturnType<typeof createHash | typeof createHmac>;
  constructor(secret?: unknown) {
    this.hash = secret === undefined ? createHash("sha256") : createHmac("sha256", secret as Uint8Array);
  }
  update(data: Uint8Array): void {
    this.hash.update(data);
  }
  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.hash.digest());
  }
  /** The signer makes a new one for each digest. */
  reset(): void {
    throw new TypeError("a digest is made once");
  }
}
