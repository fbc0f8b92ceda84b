import { connect } from "node:net";

/** The engine that runs this process as its plugin. */

/** Longer than a connection within a machine takes, however busy it is. */
const CONNECT_MS = 2_000;

/**
 * Whether the engine is there, by its address, which is a plugin's first argument (docs/engine.md, fact 30). The parent
 * process says nothing: it is a shell, which outlives a killed engine. In doubt it is there.
 */
export function isAlive(address: string | undefined): Promise<boolean> {
  const [, host, port] = /^(.+):(\d+)$/.exec(address ?? "") ?? [];
  if (host === undefined || port === undefined) return Promise.resolve(true);
  // Thousands of notes ask at once when a large set is done, and a process has not so many connections.
  asking ??= knock(host, Number(port)).finally(() => {
    asking = undefined;
  });
  return asking;
}

let asking: Promise<boolean> | undefined;

function knock(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const answer = (alive: boolean): void => {
      socket.destroy();
      resolve(alive);
    };
    socket.setTimeout(CONNECT_MS, () => {
      answer(true);
    });
    socket.once("connect", () => {
      answer(true);
    });
    socket.once("error", () => {
      answer(false);
    });
  });
}

/** Calls `close` when the engine ends its plugins, which it does by an interrupt (docs/engine.md, fact 29), and ends. */
export function whenEnded(close: () => Promise<void>): void {
  for (const signal of ["SIGINT", "SIGBREAK"] as const) {
    process.once(signal, () => {
      void close().finally(() => process.exit());
    });
  }
}
