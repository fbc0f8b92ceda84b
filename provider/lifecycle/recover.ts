import type { Attempt, Props, Seen } from "../define";
import { CallError, Gone, messageOf, OrphanRisk, UnexpectedReply } from "../define/errors";
import type { Api } from "../define/api";
import { type Entry, isAtWork } from "./journal";
import { poll } from "../calls/poll";
import { continueWith } from "./adopt";
import { askedFor, othersAnswered } from "./asking";
import { earlierAttempt } from "./attempt";
import { isOwned, rememberMade } from "./ownership";
import { type Notes, sentBy } from "./notes";
import { kindOf, nameOf, type ResourceType, typeOf } from "./resource-type";
import { apiToLookFor } from "./shared-reads";
import { changedInputs, driftedInputs } from "./state";

/**
 * Finds again what a request made whose answer was lost, or that a killed run has sent. Likeness is no ownership: what
 * already has an owner is no candidate, and every input that the vendor reports must be as it was sent. Where that leaves
 * a doubt, the run stops and says what to look for, once; the next one makes a new object, and the note stays for
 * `streamkeys doctor` to show. An object left over is better than one that is shared.
 */

/** A create whose answer nobody has. */
interface Lost {
  /** What was sent. */
  sent: Props;
  attempt: Attempt;
  /** The id of the object that it was to take the place of. */
  replaces: string | undefined;
  /** What happened, in a sentence. */
  why: string;
}

/**
 * After a lost answer: what the request made, found again.
 * @throws OrphanRisk when that cannot be told, before a second one is made.
 */
export async function takeOver(
  type: ResourceType,
  api: Api,
  inputs: Props,
  attempt: Attempt,
  why: string,
  notes: Notes | undefined,
): Promise<Seen> {
  await othersAnswered(type, inputs);
  const found = await search(type, api, { sent: inputs, attempt, replaces: undefined, why }, notes);
  if (!found)
    throw new OrphanRisk(`${why} No ${kindOf(type)} was made by it so far; run \`pulumi up\` again.`);
  type.host.warn(`${why} The ${kindOf(type)} it made was found and taken over: ${found.id}.`);
  return found;
}

/**
 * Goes on with a create that an earlier run has begun. Undefined when there is none, or when it made nothing.
 * @throws OrphanRisk when it cannot be told what the earlier run has made.
 */
export async function resume(
  type: ResourceType,
  api: Api,
  inputs: Props,
  notes: Notes | undefined,
): Promise<Seen | undefined> {
  if (!notes) return undefined;
  for (const entry of await settled(api, notes)) {
    notes.continue(entry);
    if (entry.note.account !== inputs.account) throw inAnotherAccount(type, entry, notes);
    const seen = await goOn(type, api, inputs, entry, notes);
    if (seen) return seen;
    notes.forget();
  }
  return undefined;
}

/** The process that began a create may still be waiting for the vendor, whose answer is worth a wait. */
async function settled(api: Api, notes: Notes): Promise<Entry[]> {
  if (notes.earlier().length === 0) return [];
  const look = (): Promise<Entry[] | undefined> => {
    const entries = notes.earlier();
    const isWaiting = entries.some(({ note }) => note.id === undefined && isAtWork(note));
    return Promise.resolve(isWaiting ? undefined : entries);
  };
  return (await poll(look, api.timeoutMs, () => undefined)) ?? notes.earlier();
}

/** What the noted create has made, taken over. */
async function goOn(
  type: ResourceType,
  api: Api,
  inputs: Props,
  { note }: Entry,
  notes: Notes,
): Promise<Seen | undefined> {
  const why = `An earlier run was killed while it made this ${kindOf(type)}, or what it knew of it was lost.`;
  const id =
    note.id ??
    (
      await search(
        type,
        apiToLookFor(note, api, type.host.memory),
        {
          sent: sentBy(type, note) ?? inputs,
          attempt: earlierAttempt(note, type.host.journal.place, api),
          replaces: note.replaces,
          why,
        },
        notes,
      )
    )?.id;
  if (id === undefined) return undefined;
  rememberMade(type, inputs, id);
  notes.made(id);
  const also = `run \`rm '${notes.file() ?? ""}'\`, `;
  return await continueWith(type, api, id, inputs, { begun: why, told: "It is", also });
}

/** The one object that the attempt can have made; undefined when there is none. */
async function search(
  type: ResourceType,
  api: Api,
  lost: Lost,
  notes: Notes | undefined,
): Promise<Seen | undefined> {
  const { definition, vendor } = type;
  if (!definition.find) {
    const lookFor = definition.lostCreate ?? "Look for a fresh one there.";
    throw doubt(
      `${lost.why} ${vendor.title} offers no way to find out whether it was made. ${lookFor}`,
      notes,
    );
  }
  const found = await candidates(type, api, lost, notes);
  const alike = found.filter((seen) => isAsSent(type, lost.sent, seen));
  if (alike.length > mayHaveMade(type, lost.sent)) {
    throw doubt(`${lost.why} More than one ${kindOf(type)} could be what it made: ${idsOf(alike)}.`, notes);
  }
  const [made] = alike;
  if (!made && found.length > 0) {
    throw doubt(
      `${lost.why} Made at that time, but not quite as it was asked for: ${kindOf(type)} ${idsOf(found)}.`,
      notes,
    );
  }
  if (made && definition.foundBy === "likeness" && lost.attempt.isLate(made.outputs.createdAt as string)) {
    throw doubt(
      `${lost.why} ${nameOf(type, made.id)} is just like it, and was made at ${String(made.outputs.createdAt)}, ` +
        "later than the request was sent: it may be somebody else's.",
      notes,
    );
  }
  // Claimed before anything is waited for, so that no other create takes the same.
  if (made) rememberMade(type, lost.sent, made.id);
  return made;
}

/** What could be it, and has no owner. */
async function candidates(
  type: ResourceType,
  api: Api,
  { sent, attempt, replaces, why }: Lost,
  notes: Notes | undefined,
): Promise<Seen[]> {
  let found: Seen[];
  try {
    found = (await type.definition.find?.(api, sent, attempt)) ?? [];
  } catch (error) {
    // What it belonged to is gone, and so is what was made there.
    if (error instanceof Gone) return [];
    const text = `${why} Looking for what it made failed too: ${messageOf(error)}`;
    if (error instanceof CallError && !(error instanceof UnexpectedReply))
      throw new OrphanRisk(`${text} Run \`pulumi up\` again, and it is looked for again.`);
    throw doubt(`${text} Look for a fresh ${kindOf(type)}.`, notes);
  }
  const others = type.host.journal
    .all()
    .filter(({ file, note }) => file !== notes?.file() && note.type === typeOf(type))
    .map(({ note }) => note.id);
  return found.filter(({ id }) => id !== replaces && !isOwned(type, id) && !others.includes(id));
}

/** Whether the vendor reports every input as it was sent. */
function isAsSent({ definition }: ResourceType, sent: Props, seen: Seen): boolean {
  return changedInputs(definition, driftedInputs(definition, sent, seen), sent).length === 0;
}

/** How many creates may have made something just like it: between their objects nobody sees a difference. */
function mayHaveMade(type: ResourceType, sent: Props): number {
  const asked = askedFor(type, sent);
  const open = type.host.journal.all().filter(({ note }) => {
    if (note.type !== typeOf(type) || note.id !== undefined || note.isLeftover) return false;
    const inputs = sentBy(type, note);
    return inputs !== undefined && askedFor(type, inputs) === asked;
  });
  return Math.max(1, open.length);
}

/** The vendor says that it has made what was there before. */
export function alreadyOwned(type: ResourceType, id: string, notes: Notes | undefined): OrphanRisk {
  return doubt(
    `${type.vendor.title} answered a create with ${nameOf(type, id)}, which belongs to another resource.`,
    notes,
  );
}

/** What another account holds, this one's credentials cannot see. */
function inAnotherAccount(type: ResourceType, { note }: Entry, notes: Notes): OrphanRisk {
  const where = note.account === undefined ? "the default account" : `account ${note.account}`;
  return doubt(`An earlier run was killed while it made this ${kindOf(type)} in ${where}.`, notes);
}

/** Stops this run, for once: the note stays, and is evidence no more. */
function doubt(what: string, notes: Notes | undefined): OrphanRisk {
  notes?.leave();
  const file = notes?.file();
  const remove = file === undefined ? "" : ` and run \`rm '${file}'\``;
  const none = file === undefined ? "" : `; if there is none, run \`rm '${file}'\``;
  return new OrphanRisk(
    `${what} If there is one, adopt it with the resource option \`import: "<id>"\`, or delete it${remove}${none}. ` +
      "Then run again: that makes a new one unless it imports one.",
  );
}

const idsOf = (found: Seen[]): string => found.map(({ id }) => id).join(", ");
