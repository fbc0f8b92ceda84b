import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import Ajv from "ajv/dist/2020";

/**
 * Stand-ins for systems that take a stream key, by the APIs that they document: Vault's KV version 2 and its HTTP statuses, the
 * Kubernetes API's Secret, AWS Secrets Manager's JSON protocol (what its own client sends and reads), and an encoder.
 */

/**
 * What a Kubernetes API server takes as a Secret: by its own schema, strictly, and with a name that is an RFC 1123 subdomain,
 * which is no part of the schema.
 */
const isSecret = new Ajv({ strict: false })
  .addSchema(JSON.parse(readFileSync("test/schema/kubernetes.json", "utf8")) as object, "kubernetes")
  .compile({
    $ref: "kubernetes#/$defs/Secret",
    properties: {
      metadata: {
        required: ["name"],
        properties: {
          name: {
            maxLength: 253,
            pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$",
          },
        },
      },
    },
  });

const TOKEN = "a token for tests";

interface Answer {
  status: number;
  body?: object;
}

/** The systems, on one port of this machine. */
export class Takers {
  /** What they hold, by system and place. */
  readonly held = new Map<string, string>();
  /** Each key that was put, as `system place`, in order. */
  readonly puts: string[] = [];
  encoderIsAway = false;
  private server?: Server;

  /** Starts them. */
  async start(): Promise<void> {
    this.server = createServer((request, response) => void this.answer(request, response));
    await new Promise<void>((done) => this.server!.listen(0, "127.0.0.1", done));
  }

  /** What a program needs to reach them. */
  get environment(): Record<string, string> {
    const url = `http://127.0.0.1:${(this.server!.address() as AddressInfo).port}`;
    return {
      VAULT_ADDR: url,
      VAULT_TOKEN: TOKEN,
      KUBERNETES_API: url,
      KUBERNETES_TOKEN: TOKEN,
      ENCODER_URL: url,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: url,
      AWS_REGION: "eu-central-1",
      AWS_ACCESS_KEY_ID: "an id for tests",
      AWS_SECRET_ACCESS_KEY: TOKEN,
    };
  }

  async close(): Promise<void> {
    await new Promise((done) => this.server!.close(done));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = "";
    for await (const chunk of request as AsyncIterable<Buffer>) text += chunk.toString();
    const body = (text === "" ? {} : JSON.parse(text)) as Record<string, unknown>;
    const { status, body: answer } = this.route(request, body);
    response.writeHead(status, { "Content-Type": "application/json" });
    response.end(answer && JSON.stringify(answer));
  }

  private route(request: IncomingMessage, body: Record<string, unknown>): Answer {
    const url = new URL(request.url ?? "/", "http://localhost");
    const action = `${request.method} ${url.pathname}`;
    const target = request.headers["x-amz-target"];
    if (typeof target === "string") return this.aws(target, body);
    const [, vault, mount, path] = /^(\w+) \/v1\/(\w+)\/(?:data|metadata)\/(.+)$/.exec(action) ?? [];
    if (vault !== undefined)
      return request.headers["x-vault-token"] === TOKEN
        ? this.vault(vault, `vault ${mount}/${path}`, body)
        : { status: 403, body: { errors: ["permission denied"] } };
    const [, secret, namespace, name = ""] =
      /^(\w+) \/api\/v1\/namespaces\/([^/]+)\/secrets\/([^/]+)$/.exec(action) ?? [];
    if (secret !== undefined)
      return request.headers.authorization === `Bearer ${TOKEN}`
        ? this.kubernetes(secret, `kubernetes ${namespace}/${name}`, name, url.searchParams, request, body)
        : { status: 401, body: { kind: "Status", code: 401 } };
    const [, output] = /^PUT \/outputs\/(\w+)$/.exec(action) ?? [];
    if (output === undefined) return { status: 404 };
    return this.encoderIsAway
      ? { status: 503, body }
      : this.put(`encoder ${output}`, body.streamKey, { status: 204 });
  }

  private vault(method: string, place: string, { data }: Record<string, unknown>): Answer {
    if (method === "DELETE") return this.remove(place, { status: 204 });
    if (data === null || typeof data !== "object")
      return { status: 400, body: { errors: ["no data provided"] } };
    const value = (data as Record<string, unknown>).streamKey;
    return this.put(place, value, { status: 200, body: { data: { version: 1 } } });
  }

  private kubernetes(
    method: string,
    place: string,
    name: string,
    query: URLSearchParams,
    { headers }: IncomingMessage,
    body: Record<string, unknown>,
  ): Answer {
    if (method === "DELETE") return this.remove(place, { status: 200, body: { kind: "Status" } });
    if (headers["content-type"] !== "application/apply-patch+yaml") return { status: 415 };
    // Server-side apply without a manager's name is refused.
    if (!query.get("fieldManager") || !isSecret(body)) return { status: 400, body: { kind: "Status" } };
    const { metadata, stringData } = body as { metadata: { name: string }; stringData?: object };
    if (metadata.name !== name) return { status: 400, body: { kind: "Status" } };
    const value = (stringData as Record<string, unknown> | undefined)?.streamKey;
    return this.put(place, value, { status: this.held.has(place) ? 200 : 201, body: { kind: "Secret" } });
  }

  private aws(target: string, body: Record<string, unknown>): Answer {
    const place = `aws ${String(body.SecretId ?? body.Name)}`;
    const there = this.held.has(place);
    const missing = { status: 400, body: { __type: "ResourceNotFoundException", message: "no such secret" } };
    // An idempotency token is required; AWS's client writes one.
    const isWhole = typeof body.ClientRequestToken === "string" && typeof body.SecretString === "string";
    const invalid = { status: 400, body: { __type: "InvalidRequestException" } };
    const done = { status: 200, body: { Name: place } };
    if (target === "secretsmanager.DeleteSecret") return there ? this.remove(place, done) : missing;
    if (!isWhole) return invalid;
    if (target === "secretsmanager.CreateSecret")
      return there
        ? { status: 400, body: { __type: "ResourceExistsException" } }
        : this.put(place, body.SecretString, done);
    if (target === "secretsmanager.PutSecretValue")
      return there ? this.put(place, body.SecretString, done) : missing;
    return invalid;
  }

  private put(place: string, value: unknown, answer: Answer): Answer {
    if (typeof value !== "string") return { status: 400 };
    this.held.set(place, value);
    this.puts.push(place);
    return answer;
  }

  private remove(place: string, answer: Answer): Answer {
    this.held.delete(place);
    return answer;
  }
}
