import type * as secretsManager from "@aws-sdk/client-secrets-manager";
import type { Taker } from "./hand-over";

/** The systems, each by its plain API. No message has a key or a token in it: an answer may repeat what was sent. */

async function call(what: string, url: string, request: RequestInit, fine: number[]): Promise<void> {
  const { status } = await fetch(url, request);
  if (!fine.includes(status)) throw new Error(`${what} answered ${String(status)}`);
}

/** Vault's KV version 2. The place is `mount/path`, for example `secret/channels/news`. */
export const vault: Taker = {
  put: (place, streamKey) => {
    const [mount, ...path] = place.split("/");
    return call(
      `Vault, for ${place},`,
      `${String(process.env.VAULT_ADDR)}/v1/${mount}/data/${path.join("/")}`,
      {
        method: "POST",
        headers: { "X-Vault-Token": String(process.env.VAULT_TOKEN), "Content-Type": "application/json" },
        body: JSON.stringify({ data: { streamKey } }),
      },
      [200],
    );
  },
  remove: (place) => {
    const [mount, ...path] = place.split("/");
    return call(
      `Vault, for ${place},`,
      `${String(process.env.VAULT_ADDR)}/v1/${mount}/metadata/${path.join("/")}`,
      { method: "DELETE", headers: { "X-Vault-Token": String(process.env.VAULT_TOKEN) } },
      [204, 404],
    );
  },
};

/** A Secret of Kubernetes, by server-side apply: created or changed by the same call. The place is `namespace/name`. */
export const kubernetes: Taker = {
  put: (place, streamKey) => {
    const [namespace, name] = place.split("/");
    return call(
      `Kubernetes, for ${place},`,
      `${String(process.env.KUBERNETES_API)}/api/v1/namespaces/${namespace}/secrets/${name}?fieldManager=pulumi&force=true&fieldValidation=Strict`,
      {
        method: "PATCH",
        headers: {
          Authorization: `Bearer ${String(process.env.KUBERNETES_TOKEN)}`,
          "Content-Type": "application/apply-patch+yaml", // JSON is YAML
        },
        body: JSON.stringify({
          apiVersion: "v1",
          kind: "Secret",
          metadata: { name, namespace },
          type: "Opaque",
          stringData: { streamKey },
        }),
      },
      [200, 201],
    );
  },
  remove: (place) => {
    const [namespace, name] = place.split("/");
    return call(
      `Kubernetes, for ${place},`,
      `${String(process.env.KUBERNETES_API)}/api/v1/namespaces/${namespace}/secrets/${name}`,
      { method: "DELETE", headers: { Authorization: `Bearer ${String(process.env.KUBERNETES_TOKEN)}` } },
      [200, 202, 404],
    );
  },
};

/** AWS Secrets Manager, with AWS's own client, which finds region and credentials. The place is the secret's name. */
export const aws: Taker = {
  put: async (place, streamKey) => {
    // Inside, because what a function of a dynamic resource needs from outside is stored with it.
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    const sdk = require("@aws-sdk/client-secrets-manager") as typeof secretsManager;
    const client = new sdk.SecretsManagerClient({});
    try {
      await client.send(new sdk.PutSecretValueCommand({ SecretId: place, SecretString: streamKey }));
    } catch (error) {
      if ((error as Error).name !== "ResourceNotFoundException") throw error;
      await client.send(new sdk.CreateSecretCommand({ Name: place, SecretString: streamKey }));
    }
  },
  remove: async (place) => {
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    const sdk = require("@aws-sdk/client-secrets-manager") as typeof secretsManager;
    try {
      await new sdk.SecretsManagerClient({}).send(new sdk.DeleteSecretCommand({ SecretId: place }));
    } catch (error) {
      if ((error as Error).name !== "ResourceNotFoundException") throw error;
    }
  },
};

/** An encoder with an API of its own. The place is the name of its output; one that is gone is told nothing. */
export const encoder: Taker = {
  put: (place, streamKey) =>
    call(
      `The encoder, for ${place},`,
      `${String(process.env.ENCODER_URL)}/outputs/${place}`,
      {
        method: "PUT",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ streamKey }),
      },
      [204],
    ),
  remove: () => Promise.resolve(),
};
