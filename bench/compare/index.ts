import { parseArgs } from "node:util";
import Table from "cli-table3";
import { type Sandbox, startSandbox } from "../../sandbox";
import type { Contestant, Outcome, Workplace } from "./contestant";
import { ours, ownClass } from "./pulumi";
import { script } from "./script";
import { terraformAtHand } from "./terraform";

/**
 * `npx tsx bench/compare [--count 100]`: the same AIOZ stream keys declared in several ways, on one machine, in one run.
 * Speed, size of state, and what goes wrong: a lost answer, a gateway's 404, a running broadcast, a leaked key.
 */

const contestants: Contestant[] = [script, ownClass, ...terraformAtHand(), ours];

/** One line of the table: what is measured, and how. */
interface Row {
  about: string;
  measure(workplace: Workplace, sandbox: Sandbox, count: number): Promise<string>;
}

const seconds = ({ ok, seconds, text }: Outcome): string => {
  if (!ok) throw new Error(text);
  return `${seconds.toFixed(1)} s`;
};

const rows: Row[] = [
  {
    about: "create, no-op, update of all, destroy",
    measure: async (workplace, _, count) => {
      const steps = [
        await workplace.apply(count, false),
        await workplace.apply(count, false),
        await workplace.apply(count, true),
        await workplace.destroy(),
      ];
      return steps.map(seconds).join(", ");
    },
  },
  {
    about: "state, bytes a key",
    measure: async (workplace, _, count) => {
      await workplace.apply(1, false);
      const one = workplace.state().length;
      await workplace.apply(count, false);
      return String(Math.round((workplace.state().length - one) / (count - 1)));
    },
  },
  {
    about: "stream keys in clear on disk",
    measure: async (workplace, sandbox) => {
      await workplace.apply(1, false);
      const [key = "no key"] = keysAt(sandbox).map(({ stream_key }) => stream_key);
      return workplace.stored().includes(key) ? "yes" : "no";
    },
  },
  {
    about: "API secret in clear on disk",
    measure: async (workplace) => {
      await workplace.apply(1, false);
      return workplace.stored().includes("sandbox_secret") ? "yes" : "no";
    },
  },
  {
    about: "keys at the vendor after a lost answer, and another run",
    measure: async (workplace, sandbox) => {
      sandbox.faults.push({ method: "POST", afterWork: true, drop: true, times: 1 });
      await workplace.apply(1, false);
      await workplace.apply(1, false);
      return String(keysAt(sandbox).length);
    },
  },
  {
    about: "keys at the vendor after a gateway's 404 in a refresh, and another run",
    measure: async (workplace, sandbox) => {
      await workplace.apply(1, false);
      sandbox.faults.push({ method: "GET", status: 404, body: "<html>Not Found</html>", times: 1 });
      await workplace.refresh();
      sandbox.faults.length = 0;
      await workplace.apply(1, false);
      return String(keysAt(sandbox).length);
    },
  },
  {
    about: "a rotation of an idle key: keys at the vendor, is it another",
    measure: async (workplace, sandbox) => rotated(workplace, sandbox, false),
  },
  {
    about: "a rotation while the key is on air: how it ends, keys at the vendor",
    measure: async (workplace, sandbox) => rotated(workplace, sandbox, true),
  },
  {
    about: "drift: a field changed at the vendor is seen by a refresh",
    measure: async (workplace, sandbox) => {
      await workplace.apply(1, false);
      for (const key of keysAt(sandbox)) key.save = true;
      await workplace.refresh();
      await workplace.apply(1, false);
      return keysAt(sandbox).some(({ save }) => save) ? "no" : "yes, and put back";
    },
  },
];

async function rotated(workplace: Workplace, sandbox: Sandbox, live: boolean): Promise<string> {
  await workplace.apply(1, false);
  const [before] = keysAt(sandbox);
  if (live) await goOnAir(sandbox, before?.id ?? "");
  const { ok } = await workplace.rotate();
  const after = keysAt(sandbox);
  const isAnother = after.some(
    ({ id, stream_key }) => id !== before?.id && stream_key !== before?.stream_key,
  );
  return `${ok ? "exit 0" : "fails"}, ${after.length}, ${isAnother ? "yes" : "no"}`;
}

/** Declares a broadcast on the key and starts it, as a control room and an encoder would. */
async function goOnAir(sandbox: Sandbox, keyId: string): Promise<void> {
  const { AIOZ_PUBLIC_KEY = "", AIOZ_SECRET_KEY = "" } = sandbox.environment;
  const reply = await fetch(`${sandbox.url}/aioz/api/live_streams/${keyId}/streamings`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "stream-public-key": AIOZ_PUBLIC_KEY,
      "stream-secret-key": AIOZ_SECRET_KEY,
    },
    body: JSON.stringify({ title: "on air", save: false }),
  });
  const { data } = (await reply.json()) as { data: { id: string } };
  await fetch(`${sandbox.url}/_sandbox/live/aioz/${keyId}%2F${data.id}`, { method: "PUT" });
}

interface StoredKey {
  id: string;
  stream_key: string;
  save: boolean;
}

const keysAt = ({ data }: Sandbox): StoredKey[] =>
  Object.values((data.aioz as { keys?: Record<string, StoredKey> }).keys ?? {});

async function cell(row: Row, contestant: Contestant, count: number): Promise<string> {
  const sandbox = await startSandbox();
  const workplace = await contestant.open(`${sandbox.url}/aioz/api`);
  try {
    return await row.measure(workplace, sandbox, count);
  } finally {
    workplace.close();
    await sandbox.close();
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { count: { type: "string", default: "100" } } });
  const count = Number(values.count);
  const table = new Table({ head: [`${count} AIOZ stream keys`, ...contestants.map(({ name }) => name)] });
  for (const row of rows) {
    const cells: string[] = [];
    for (const contestant of contestants) cells.push(await cell(row, contestant, count));
    table.push([row.about, ...cells]);
  }
  console.log(table.toString());
}

void main();
