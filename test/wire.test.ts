import { createServer, type IncomingHttpHeaders, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { z } from "zod";
import { openApi } from "../provider/calls";
import { resolveAccount } from "../provider/calls/account";
import { path } from "../provider/define/api";
import { vendors } from "../provider/vendors";
import { simulators } from "../sandbox/vendors";
import { type Kept, sampleOf, Workbench } from "./harness/workbench";

/** What goes over the wire: a body is JSON and says so; without one there is no content type. */

interface Sent {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

/** A server between the provider and the sandbox, which keeps what passes. */
async function listenBefore(sandbox: string): Promise<{ url: string; sent: Sent[]; server: Server }> {
  const sent: Sent[] = [];
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", () => {
      const { method = "", url = "", headers } = incoming;
      const body = Buffer.concat(chunks);
      sent.push({ method, path: url, headers, body: body.toString() });
      const onward = request(sandbox + url, { method, headers }, (reply) => {
        outgoing.writeHead(reply.statusCode ?? 500, reply.headers);
        reply.pipe(outgoing);
      });
      onward.end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, sent, server };
}

/** What is wrong with the content of a request. */
function faultOf({ headers, body }: Sent): string | undefined {
  const type = headers["content-type"];
  if (body === "") return type === undefined ? undefined : `no body, but ${type}`;
  if (type !== "application/json") return `a body without JSON's content type: ${String(type)}`;
  return typeof JSON.parse(body) === "object" ? undefined : "no object";
}

const all = vendors.flatMap((vendor) =>
  vendor.resources.map((definition) => ({ name: `${vendor.name}.${definition.name}`, vendor, definition })),
);

describe.each(all)("$name", ({ vendor, definition }) => {
  it("sends JSON with every body, and no content type without one", async () => {
    const bench = await Workbench.open(vendor, definition);
    const wire = await listenBefore(bench.sandbox.url);
    const baseUrl = `${wire.url}/${vendor.name}${simulators[vendor.name]?.basePath ?? ""}`;
    const past = await Workbench.open(vendor, definition, { baseUrl, waitSeconds: 20 });
    const sample = sampleOf(vendor, definition);
    const parent = await past.parent();
    const program = sample.full(parent);
    let kept: Kept = await past.create(program);
    for (const change of sample.changes(parent)) kept = await past.up(kept, { ...program, ...change });
    if (definition.rotation) {
      const { key: _, ...rest } = program;
      kept = await past.up(kept, { ...rest, keyRotation: { trigger: "a" } });
    }
    await past.read(kept);
    // Only then the delete of a key that lives with its stream is a request.
    const revoked = "revokeOnDelete" in definition.inputs ? { revokeOnDelete: true } : {};
    await past.remove({ ...kept, outs: { ...kept.outs, ...revoked } });
    await bench.sandbox.close();
    await past.sandbox.close();
    wire.server.close();
    const faults = wire.sent.map((request) => [request.method, request.path, faultOf(request)]);
    expect(faults.filter(([, , fault]) => fault !== undefined)).toEqual([]);
    expect(wire.sent.length).toBeGreaterThan(1);
  });
});

it.each(["POST", "PUT", "PATCH", "DELETE", "GET"] as const)(
  "a %s has a content type exactly when it has a body",
  async (method) => {
    const [vendor] = vendors;
    if (!vendor) throw new Error("there is no vendor");
    const server = createServer((incoming, outgoing) => {
      const { "content-type": type = "none", "content-length": length = "none" } = incoming.headers;
      outgoing.end(JSON.stringify({ type, length }));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const account = { apiKey: "tkb", baseUrl };
    const api = openApi(
      resolveAccount(vendor, undefined, { config: () => JSON.stringify(account), environment: {} }),
    );
    const heard = z.object({ type: z.string(), length: z.string() });
    expect((await api.request(method, path`/x`, heard)).body.type).toBe("none");
    if (method !== "GET") {
      const { body } = await api.request(method, path`/x`, heard, { body: {} });
      expect(body).toEqual({ type: "application/json", length: "2" });
    }
    server.close();
    server.closeAllConnections();
  },
);
