import type { Attempt, Props, Seen } from "../define";
import { LostAnswer, messageOf, OrphanRisk, Unfinished, UnexpectedReply } from "../errors";
import type { Api } from "../http";
import { freshKey } from "../key";
import { rememberSecret } from "../redact";
import { adopt } from "./adopt";
import { refreshedOutputs, stateOf } from "./state";
import { apiFor, contextFor, type Subject } from "./subject";

/** A new object: its id at the vendor, and its state. */
export interface Created {
  id: string;
  outs: Props;
}

/** Makes the object, or takes over the one that `import` names. The request that creates is sent once. */
export async function create(subject: Subject, inputs: Props): Promise<Created> {
  const { definition } = subject;
  const api = apiFor(subject, inputs);
  const context = contextFor(subject, inputs);
  if (typeof inputs.adopt === "string") {
    const seen = await adopt(subject, api, inputs.adopt, inputs);
    return { id: seen.id, outs: stateOf(inputs, seen.outputs) };
  }
  const made = await createOnce(subject, api, inputs);
  try {
    const seen = definition.settle ? await definition.settle(api, made.id, context) : made;
    const outputs = refreshedOutputs(definition, made.outputs, seen);
    return { id: made.id, outs: stateOf(inputs, outputs) };
  } catch (error) {
    throw new Unfinished(made.id, stateOf(inputs, made.outputs), error);
  }
}

async function createOnce(subject: Subject, api: Api, inputs: Props): Promise<Seen> {
  const attempt: Attempt = { startedAt: subject.world.now(), freshKey: freshKey() };
  rememberSecret(attempt.freshKey);
  try {
    return await subject.definition.create(api, inputs, attempt);
  } catch (error) {
    if (!(error instanceof LostAnswer || error instanceof UnexpectedReply)) throw error;
    return await takeOver(subject, api, inputs, attempt, error);
  }
}

/** After a lost answer: finds what the request made, or stops before a second one is made. */
async function takeOver(
  subject: Subject,
  api: Api,
  inputs: Props,
  attempt: Attempt,
  lost: Error,
): Promise<Seen> {
  const { vendor, definition, world } = subject;
  const kind = `${vendor.title} ${definition.name}`;
  if (!definition.find) {
    throw new OrphanRisk(
      `${lost.message} ${vendor.title} offers no way to find out whether the ${definition.name} was made. Look for a ` +
        "fresh one there; adopt it with the resource option `import`, or delete it, and run again.",
    );
  }
  let found: Seen[];
  try {
    found = await definition.find(api, inputs, attempt);
  } catch (error) {
    throw new OrphanRisk(
      `${lost.message} Looking for what it made failed too: ${messageOf(error)} Before running again, look for a fresh ` +
        `${kind} (\`streamkeys discover ${vendor.name}\`), and adopt it with the resource option \`import\`.`,
    );
  }
  const [only, ...others] = found;
  if (only && others.length === 0) {
    world.warn(`${lost.message} The ${kind} it made was found and taken over: ${only.id}.`);
    return only;
  }
  if (!only)
    throw new OrphanRisk(`${lost.message} No ${kind} was made by it so far; run \`pulumi up\` again.`);
  const ids = found.map(({ id }) => id).join(", ");
  throw new OrphanRisk(
    `${lost.message} More than one ${kind} could be what it made: ${ids}. Adopt the right one with the resource option ` +
      "`import`, or delete them, and run again.",
  );
}
