import { readdirSync, readFileSync } from "node:fs";

/** The most memory that each process below this one has held, as Linux tells it; nothing is known elsewhere. */

/** Who a process is, by what its command line holds. */
const KINDS: [kind: string, mark: RegExp][] = [
  ["program", /pulumi-language-nodejs|run\/index\.js|cmd\/run/],
  ["provider", /dynamic-provider/],
  ["engine", /\/pulumi\0/],
];

/** Watches while something is done, and returns the highest mark of each kind in MB. */
export async function peakOf(act: () => Promise<unknown>): Promise<Record<string, number>> {
  const peaks: Record<string, number> = {};
  const timer = setInterval(() => {
    for (const [pid, mb] of marks()) peaks[pid] = Math.max(peaks[pid] ?? 0, mb);
  }, 250);
  await act();
  clearInterval(timer);
  return peaks;
}

function marks(): [kind: string, mb: number][] {
  const parents = new Map<number, number>();
  for (const name of list("/proc").filter((entry) => /^\d+$/.test(entry))) {
    const ppid = /^PPid:\s+(\d+)/m.exec(read(`/proc/${name}/status`))?.[1];
    if (ppid) parents.set(Number(name), Number(ppid));
  }
  const isOurs = (pid: number | undefined): boolean =>
    pid !== undefined && (pid === process.pid || isOurs(parents.get(pid)));
  return [...parents.keys()]
    .filter((pid) => pid !== process.pid && isOurs(pid))
    .flatMap((pid): [string, number][] => {
      const kind = KINDS.find(([, mark]) => mark.test(read(`/proc/${pid}/cmdline`)))?.[0];
      const kb = Number(/^VmHWM:\s+(\d+)/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0);
      return kind ? [[kind, Math.round(kb / 1024)]] : [];
    });
}

/** A process may end while it is looked at. */
function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
