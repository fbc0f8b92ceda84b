import type { Props, Seen } from "../define";
import { EngineGone, Gone, LostAnswer, Unfinished, UnexpectedReply } from "../define/errors";
import type { Api } from "../define/api";
import { adopt, adoptedId } from "./adopt";
import { ask } from "./asking";
import { newAttempt } from "./attempt";
import { warnOfDifferences } from "./differences";
import { recordOfCreated, rememberBegun, rememberKey } from "./generation";
import { isOwned, rememberFresh, rememberMade } from "./ownership";
import { watching } from "./live-guard";
import { type Notes, notesFor } from "./notes";
import { findInterrupted } from "./interrupted";
import { alreadyOwned, resume, takeOver } from "./recover";
import { driftedInputs, refreshedOutputs, stateOf } from "./state";
import { belowFresh, settled } from "./settle";
import { apiToAct, type ResourceType } from "./resource-type";

/** A request that leaves this soon after the create was begun needs no note of its own. */
const SOON_MS = 1_000;

/** A new object: its id at the vendor, and its state. */
export interface Created {
  id: string;
  outs: Props;
}

/**
 * Makes the object, takes over the one that `import` names, or goes on with what a killed run has begun. The request
 * that creates is sent once. A resource that the engine knows is replaced: then nothing is taken over.
 */
export async function create(type: ResourceType, inputs: Props): Promise<Created> {
  // What state cannot hold is never sent.
  stateOf(inputs);
  const api = apiToAct(type, inputs);
  const notes = notesFor(type, inputs);
  const adopted = adoptedId(type, inputs);
  if (adopted !== undefined) {
    const seen = await adopt(type, api, adopted, inputs);
    rememberMade(type, inputs, adopted);
    notes?.forgetAll();
    return { id: seen.id, outs: begin(type, inputs, seen, stateOf(inputs, seen.outputs)) };
  }
  const made =
    (await resume(type, api, inputs, notes)) ??
    (await findInterrupted(type, api, inputs)) ??
    (await createOnce(type, api, inputs, notes));
  rememberMade(type, inputs, made.id);
  rememberFresh(type, made.id);
  notes?.made(made.id);
  const outs = await finish(type, api, inputs, made, notes);
  await notes?.handOver();
  return { id: made.id, outs: begin(type, inputs, made, outs) };
}

/** The record of the key begins; the run remembers whose it is. */
function begin(type: ResourceType, inputs: Props, seen: Seen, outs: Props): Props {
  const keyGeneration = recordOfCreated(type, inputs, seen);
  if (keyGeneration) rememberBegun(type, inputs, keyGeneration);
  const state = stateOf(outs, { keyGeneration });
  rememberKey(type, seen.id, state);
  return state;
}

async function createOnce(
  type: ResourceType,
  api: Api,
  inputs: Props,
  notes: Notes | undefined,
): Promise<Seen> {
  // The vendor's clock is compared with this moment, so it is the real one, not that of the keys' ages.
  const [attempt, sent] = newAttempt(new Date(), inputs.origin, type.host.journal.place, api);
  notes?.begin(attempt);
  // A killed engine leaves this process running, which may wait for its turn for minutes: by then another run may be at it.
  let tries = 0;
  const look = async (): Promise<void> => {
    if (!(await type.host.journal.isEngineAlive()))
      throw new EngineGone("The engine is gone, so nothing was made. Run `pulumi up` again.");
    tries += 1;
    const at = sent();
    if (at.getTime() - attempt.startedAt.getTime() > SOON_MS) notes?.sent(at);
  };
  try {
    return await ask(type, inputs, async () => {
      const make = (): Promise<Seen> =>
        watching(api, look, (watched) => type.definition.create(watched, inputs, attempt));
      const made = await (type.definition.makesNothing ? belowFresh(type, api, inputs, make) : make());
      if (isOwned(type, made.id) && !type.definition.makesNothing) throw alreadyOwned(type, made.id, notes);
      rememberMade(type, inputs, made.id);
      return made;
    });
  } catch (error) {
    // An earlier try may have made it.
    if (error instanceof EngineGone && tries > 0) {
      notes?.giveUp();
      throw error;
    }
    const mayHaveMade = error instanceof LostAnswer || error instanceof UnexpectedReply;
    if (!mayHaveMade || type.definition.makesNothing) {
      notes?.forget();
      throw error;
    }
    notes?.giveUp();
    return await takeOver(type, api, inputs, attempt, error.message, notes);
  }
}

async function finish(
  type: ResourceType,
  api: Api,
  inputs: Props,
  made: Seen,
  notes: Notes | undefined,
): Promise<Props> {
  const { definition } = type;
  try {
    const seen = await settled(type, api, made, inputs);
    warnOfDifferences(type, inputs, seen);
    return stateOf(inputs, refreshedOutputs(definition, made.outputs, seen));
  } catch (error) {
    if (error instanceof Gone) {
      // It vanished while it was waited for, and the list says so too: there is nothing to keep.
      notes?.forget();
      throw error;
    }
    await notes?.handOver();
    // What is there already, and not what it was to become: the next run sees the difference, and mends it.
    const state = stateOf(driftedInputs(definition, inputs, made), made.outputs);
    throw new Unfinished(made.id, state, error);
  }
}
