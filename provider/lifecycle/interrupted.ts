import type { Definition, Props, Seen } from "../define";
import { Gone, messageOf, OrphanRisk } from "../define/errors";
import type { Api } from "../define/api";
import { ownerIn, ownerOf } from "../define/mark";
import { continueWith } from "./adopt";
import { unnotedAttempt } from "./attempt";
import { isOwned, rememberMade } from "./ownership";
import type { EngineRecord } from "./memory";
import { recordOf } from "./record";
import { kindOf, type ResourceType } from "./resource-type";
import { withSharedReads } from "./shared-reads";

/**
 * Goes on with a create that a run on another machine has begun: there is no note here, and the engine's record tells that
 * it was begun. What bears the resource's mark is taken over. Where the vendor has no place for a mark, what looks like it
 * stops the run, because it may be somebody else's: nothing is ever shared.
 */

/** How long the marks at a vendor are known after they were looked for: as long as a run may take. */
const RUN_MS = 24 * 60 * 60_000;

/** An object that may be what the create has made. */
interface Trace {
  id: string;
  createdAt?: unknown;
}

/**
 * What an interrupted create has made. Undefined where none was interrupted, or where it has made nothing.
 * @throws OrphanRisk where that cannot be told, with the way out.
 */
export async function findInterrupted(
  type: ResourceType,
  api: Api,
  inputs: Props,
): Promise<Seen | undefined> {
  const record = await recordOf(type);
  if (!record || type.definition.makesNothing || !mayBeInterrupted(type, record, inputs)) return undefined;
  const traces = (await look(type, api, inputs, record)).filter(
    ({ id }) => !record.ids.has(id) && !isOwned(type, id),
  );
  const [trace, ...more] = traces;
  if (!trace) return undefined;
  if (type.definition.foundBy !== "mark" || more.length > 0) throw stop(type, traces);
  rememberMade(type, inputs, trace.id);
  const told = "It bears the mark of this resource, and is";
  return await continueWith(type, api, trace.id, inputs, { begun: begun(type), told });
}

/** Where the record is written late, every create may have been begun before; only a list of marks can tell then. */
function mayBeInterrupted(
  { definition }: ResourceType,
  { interrupted, isLate }: EngineRecord,
  { origin }: Props,
): boolean {
  return interrupted.has(String(origin)) || (isLate && definition.markField !== undefined);
}

/** Everything that the create can have made. */
async function look(type: ResourceType, api: Api, inputs: Props, record: EngineRecord): Promise<Trace[]> {
  const { definition, vendor, host } = type;
  const { place } = host.journal;
  const shared = withSharedReads(api, (host.memory.lookedAt ??= performance.now()));
  try {
    if (definition.markField !== undefined)
      return (await idsByOwner(type, api)).get(ownerOf(inputs.origin, place) ?? "") ?? [];
    if (!definition.find && definition.list) return await listed(definition, shared, inputs);
    if (!definition.find) {
      const lookFor = definition.lostCreate ?? "Look for a fresh one there.";
      throw new OrphanRisk(
        `${begun(type)} ${vendor.title} offers no way to find out whether it was made. ${lookFor} ${wayOut}`,
      );
    }
    const attempt = unnotedAttempt(record.writtenAt, new Date(), inputs.origin, place, api);
    const found = await definition.find(shared, inputs, attempt);
    return found.map(({ id, outputs }) => ({ id, createdAt: outputs.createdAt }));
  } catch (error) {
    // What it belonged to is gone, and so is what was made there.
    if (error instanceof Gone) return [];
    if (error instanceof OrphanRisk) throw error;
    throw new OrphanRisk(
      `${begun(type)} Looking for what it made failed: ${messageOf(error)} Run \`pulumi up\` again, and it is looked for again.`,
    );
  }
}

/** What cannot be told apart at all: everything of the kind, of a child everything in its parent. */
async function listed(definition: Definition, api: Api, inputs: Props): Promise<Trace[]> {
  const parents = Object.values(inputs);
  const traces: Trace[] = [];
  for await (const { id } of definition.list?.(api) ?? []) {
    if (!definition.childOf || parents.includes(id.slice(0, id.lastIndexOf("/")))) traces.push({ id });
  }
  return traces;
}

/** What bears whose mark: one list a run, however many creates ask. */
function idsByOwner({ definition }: ResourceType, api: Api): Promise<Map<string, Trace[]>> {
  return api.shared(`marks of ${definition.name}`, RUN_MS, async () => {
    const byOwner = new Map<string, Trace[]>();
    for await (const { id, mark = "" } of definition.list?.(api) ?? []) {
      const owner = ownerIn(mark);
      byOwner.set(owner, [...(byOwner.get(owner) ?? []), { id }]);
    }
    return byOwner;
  });
}

const begun = (type: ResourceType): string => `An earlier run was killed while it made this ${kindOf(type)}.`;

const wayOut =
  'If one is its own, adopt it with the resource option `import: "<id>"`, or delete it at the vendor. If none is, run ' +
  "`pulumi refresh --clear-pending-creates`, and then `pulumi up`, which makes a new one.";

function stop(type: ResourceType, traces: Trace[]): OrphanRisk {
  const those = traces.map(({ id, createdAt }) =>
    typeof createdAt === "string" ? `${id} (made at ${createdAt})` : id,
  );
  return new OrphanRisk(
    `${begun(type)} It may be what was made then, or somebody else's: ${kindOf(type)} ${those.join(", ")}. ${wayOut}`,
  );
}
