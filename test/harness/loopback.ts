import type { Server } from "node:http";
import type { AddressInfo } from "node:net";

/** A server of a test, on this machine alone. */
export interface Loopback {
  url: string;
  close(): Promise<void>;
}

/** Opens a server on a port that the system gives. */
export async function onLoopback(server: Server): Promise<Loopback> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}
