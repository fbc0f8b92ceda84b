import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer as createTlsServer, type Server as TlsServer } from "node:tls";
import { generate } from "selfsigned";
import { type Sandbox, startSandbox } from "../../sandbox";
import { json, streamkeys } from "./command";

/** Proxies and certificate authorities of a company, as Node and axios read them from the environment. */

/** A host that only the proxy can find. */
const HOST = "vendor.test";
const API_KEY = "tkb_sandbox";

describe("behind a proxy", () => {
  let sandbox: Sandbox;
  let vendor: TlsServer;
  let proxy: Server;
  let folder: string;
  /** What the proxy was asked for, head and all. */
  let asked: string[];
  let refuses: boolean;

  beforeEach(async () => {
    sandbox = await startSandbox();
    folder = mkdtempSync(join(tmpdir(), "streamkeys-proxy-"));
    const authority = await generate([{ name: "commonName", value: "our own authority" }], {
      extensions: [{ name: "basicConstraints", cA: true, critical: true }],
    });
    const { cert, private: key } = await generate([{ name: "commonName", value: HOST }], {
      ca: { key: authority.private, cert: authority.cert },
      extensions: [{ name: "subjectAltName", altNames: [{ type: 2, value: HOST }] }],
    });
    writeFileSync(join(folder, "authority.pem"), authority.cert);
    vendor = createTlsServer({ cert, key }, (socket) => {
      const upstream = connect(Number(new URL(sandbox.url).port), "127.0.0.1");
      socket.pipe(upstream).pipe(socket);
      for (const end of [socket, upstream]) end.on("error", () => end.destroy());
    });
    asked = [];
    refuses = false;
    proxy = createServer((request, response) => {
      asked.push(`${request.method ?? ""} ${request.url ?? ""} ${JSON.stringify(request.headers)}`);
      response.writeHead(502).end();
    });
    proxy.on("connect", (request, socket) => {
      asked.push(`CONNECT ${request.url ?? ""} ${JSON.stringify(request.headers)}`);
      if (refuses) {
        // In the vendor's own shape of "not found": whose answer it is must not be mistaken.
        const body = JSON.stringify({ success: false, message: "not found" });
        socket.end(`HTTP/1.1 404 Not Found\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
        return;
      }
      const upstream = connect((vendor.address() as AddressInfo).port, "127.0.0.1");
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      socket.pipe(upstream).pipe(socket);
      for (const end of [socket, upstream]) end.on("error", () => end.destroy());
    });
    await Promise.all(
      [vendor, proxy].map((server) => new Promise<void>((up) => server.listen(0, "127.0.0.1", up))),
    );
  });

  afterEach(async () => {
    proxy.closeAllConnections();
    for (const server of [vendor, proxy]) server.close();
    await sandbox.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const proxyUrl = () => `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  const discover = (environment: Record<string, string>) =>
    streamkeys(
      { cwd: folder, env: { TENBYTE_API_KEY: API_KEY, ...environment } },
      "discover",
      "tenbyte",
      "--json",
    );
  const throughProxy = () => ({
    TENBYTE_BASE_URL: `https://${HOST}/tenbyte/v1/livestream`,
    HTTPS_PROXY: proxyUrl(),
  });

  it("reaches the vendor in a tunnel that shows the proxy nothing, and trusts NODE_EXTRA_CA_CERTS", async () => {
    const run = await discover({
      ...throughProxy(),
      NODE_EXTRA_CA_CERTS: join(folder, "authority.pem"),
    });
    expect(run.stderr).not.toMatch(/error/);
    expect(json(run)).toEqual([]);
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.every((line) => line.startsWith(`CONNECT ${HOST}:443`))).toBe(true);
    expect(asked.join()).not.toContain(API_KEY);
  });

  it("trusts no authority that it was not told of", async () => {
    const run = await discover(throughProxy());
    expect(run.status).toBe(1);
    expect(run.stderr).toMatch(/could not be sent \((UNABLE_TO_|SELF_SIGNED|CERT)/);
    expect(sandbox.requests).toEqual([]);
  });

  it("does not take the proxy's refusal for the vendor's answer", async () => {
    refuses = true;
    const run = await discover(throughProxy());
    expect(run.status).toBe(1);
    expect(run.stderr).toMatch(/the proxy refused to open a tunnel \(404\).*HTTPS_PROXY/);
  });

  it("never sends what is meant for this machine through it", async () => {
    const everywhere = { HTTP_PROXY: proxyUrl(), HTTPS_PROXY: proxyUrl(), ALL_PROXY: proxyUrl() };
    const run = await discover({
      TENBYTE_BASE_URL: sandbox.environment.TENBYTE_BASE_URL ?? "",
      ...everywhere,
      http_proxy: proxyUrl(),
    });
    expect(json(run)).toEqual([]);
    expect(asked).toEqual([]);
    expect(sandbox.requests.length).toBeGreaterThan(0);
  });

  it("leaves it aside for the hosts of NO_PROXY", async () => {
    const run = await discover({ ...throughProxy(), NO_PROXY: HOST });
    expect(run.stderr).toMatch(/could not be sent \((ENOTFOUND|EAI_AGAIN)\)/);
    expect(asked).toEqual([]);
  });
});
