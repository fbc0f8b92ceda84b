import type { Attempt, Props, Seen } from "../define";
import { AdoptionRefusal, Gone, messageOf, OrphanRisk } from "../define/errors";
import type { Api } from "../define/api";
import { isAtWork, type Note } from "./journal";
import { poll } from "../calls/poll";
import { adopt } from "./adopt";
import { earlierAttempt } from "./attempt";
import type { Notes } from "./notes";
import { nameOf, type ResourceType } from "./resource-type";

/** Finds again what a request made whose answer was lost, or that a killed run has sent. */

/**
 * After a lost answer: what the request made, found again.
 * @throws OrphanRisk when that cannot be told, before a second one is made.
 */
export async function takeOver(
  type: ResourceType,
  api: Api,
  inputs: Props,
  attempt: Attempt,
  lost: string,
): Promise<Seen> {
  const found = await search(type, api, inputs, attempt, lost);
  if (!found)
    throw new OrphanRisk(`${lost} No ${kindOf(type)} was made by it so far; run \`pulumi up\` again.`);
  type.host.warn(`${lost} The ${kindOf(type)} it made was found and taken over: ${found.id}.`);
  return found;
}

/**
 * Goes on with the create that an earlier run has begun. Undefined when there is none, or when it made nothing.
 * @throws OrphanRisk when it cannot be told what the earlier run has made.
 */
export async function resume(
  type: ResourceType,
  api: Api,
  inputs: Props,
  notes: Notes | undefined,
): Promise<Seen | undefined> {
  const note = await settledNote(api, notes);
  if (!note || !notes) return undefined;
  const killed = `An earlier run was killed while it made this ${kindOf(type)}, or what it knew of it was lost.`;
  const id = note.id ?? (await search(type, api, inputs, earlierAttempt(note), killed, notes))?.id;
  const seen = id === undefined ? undefined : await goOnWith(type, api, id, inputs, killed, notes);
  if (seen) type.host.warn(`${killed} It is taken over: ${seen.id}.`);
  else notes.forget();
  return seen;
}

/** The process that began it may still be waiting for the vendor, whose answer is worth a wait. */
async function settledNote(api: Api, notes: Notes | undefined): Promise<Note | undefined> {
  const look = (): Promise<{ note: Note | undefined } | undefined> => {
    const note = notes?.earlier();
    return Promise.resolve(note && note.id === undefined && isAtWork(note) ? undefined : { note });
  };
  const settled = await poll(look, api.timeoutMs, () => undefined);
  return settled ? settled.note : notes?.earlier();
}

/** Another program than the killed run's may be running now, so what it made is adopted rather than taken as it is. */
async function goOnWith(
  type: ResourceType,
  api: Api,
  id: string,
  inputs: Props,
  killed: string,
  { file }: Notes,
): Promise<Seen | undefined> {
  try {
    return await adopt(type, api, id, inputs);
  } catch (error) {
    if (!(error instanceof AdoptionRefusal)) throw error;
    if (error.cause instanceof Gone) return undefined;
    throw new OrphanRisk(
      `${killed} ${error.message} Or delete ${nameOf(type, id)} at ${type.vendor.title}, run \`rm '${file}'\`, ` +
        "and run again to make a new one.",
    );
  }
}

/** The one object that the attempt can have made; undefined when there is none. */
async function search(
  type: ResourceType,
  api: Api,
  inputs: Props,
  attempt: Attempt,
  why: string,
  notes?: Notes,
): Promise<Seen | undefined> {
  const { definition, vendor } = type;
  const kind = kindOf(type);
  const wayOut =
    'If there is one, adopt it with the resource option `import: "<id>"` or delete it' +
    `${notes ? `; if there is none, run \`rm '${notes.file}'\`` : ""}; then run again.`;
  if (!definition.find) {
    const lookFor = definition.lostCreate ?? "Look for a fresh one there.";
    throw new OrphanRisk(
      `${why} ${vendor.title} offers no way to find out whether it was made. ${lookFor} ${wayOut}`,
    );
  }
  let found: Seen[];
  try {
    found = await definition.find(api, inputs, attempt);
  } catch (error) {
    throw new OrphanRisk(
      `${why} Looking for what it made failed too: ${messageOf(error)} Look for a fresh ${kind}. ${wayOut}`,
    );
  }
  if (found.length > 1) {
    const ids = found.map(({ id }) => id).join(", ");
    throw new OrphanRisk(`${why} More than one ${kind} could be what it made: ${ids}. ${wayOut}`);
  }
  return found[0];
}

const kindOf = ({ vendor, definition }: ResourceType): string => `${vendor.title} ${definition.name}`;
