import type { Problem, Props, Seen } from "../define";
import { AdoptionRefusal, Gone, messageOf, OrphanRisk } from "../define/errors";
import type { Api } from "../define/api";
import { isUnknown, known } from "../engine-values";
import { differences } from "./differences";
import { sentenceOf } from "./messages";
import { hasOtherOwner, isKnown, keyOf } from "./ownership";
import { changedInputs, driftedInputs, inputsThatReplace, stateOf } from "./state";
import { apiFor, contextFor, nameOf, type ResourceType } from "./resource-type";

/**
 * Taking over what exists: no write when it matches the program, an update where that is enough, a refusal that lists
 * every difference where only a replacement would do. A preview looks, and says which of these it will be.
 */

/** What there is, and what the program has otherwise. */
interface Adoption {
  seen: Seen;
  /** The inputs as the vendor has them. */
  actual: Props;
  /** The names of inputs that differ. */
  changed: string[];
}

/**
 * Takes over the object.
 * @throws AdoptionRefusal when it is not there, is another resource's, or could not become what the program says
 */
export async function adopt(type: ResourceType, api: Api, id: string, inputs: Props): Promise<Seen> {
  const { seen, actual, changed } = await lookAt(type, api, id, inputs);
  const { update } = type.definition;
  if (changed.length === 0 || !update) return seen;
  return await update(api, id, inputs, stateOf(actual, seen.outputs));
}

/**
 * Takes over what an earlier run has begun to make. Another program than that one's may be running now, so it is adopted
 * rather than taken as it is; undefined when it is gone.
 * @param begun what happened to that run, in a sentence
 * @param told how it is known, up to the verb: "It is"
 * @param also what to do besides, where the object is deleted instead
 * @throws OrphanRisk when it could not become what the program says
 */
export async function continueWith(
  type: ResourceType,
  api: Api,
  id: string,
  inputs: Props,
  { begun, told, also = "" }: { begun: string; told: string; also?: string },
): Promise<Seen | undefined> {
  try {
    const seen = await adopt(type, api, id, inputs);
    type.host.warn(`${begun} ${told} taken over: ${id}.`);
    return seen;
  } catch (error) {
    if (error instanceof AdoptionRefusal && error.cause instanceof Gone) return undefined;
    throw new OrphanRisk(
      `${begun} ${messageOf(error)} Or delete ${nameOf(type, id)} at ${type.vendor.title}, ${also}and run again to make a new one.`,
    );
  }
}

/** The id that a create with these inputs takes over: the first create of a resource, and none after it. */
export function adoptedId(type: ResourceType, inputs: Props): string | undefined {
  const { adopt: id } = inputs;
  return typeof id === "string" && !isUnknown(id) && !isKnown(type, inputs) ? id : undefined;
}

/** Says at preview what an adoption will do; a refusal is a problem there already, before anything was done. */
export async function foreseeAdoption(type: ResourceType, inputs: Props): Promise<Problem[]> {
  const id = adoptedId(type, inputs);
  if (id === undefined || !type.host.run.isPreview || isUnknown(inputs.account)) return [];
  try {
    type.host.progress(await foreseen(type, id, inputs));
    return [];
  } catch (error) {
    if (error instanceof AdoptionRefusal) return [{ path: "", reason: error.message }];
    // A vendor that cannot answer now spoils no preview: the adoption looks again before it does anything.
    type.host.warn(
      `Will take over ${id}. It could not be looked at now, so what would differ is not known: ${sentenceOf(error)}`,
    );
    return [];
  }
}

async function foreseen(type: ResourceType, id: string, inputs: Props): Promise<string> {
  const { actual, changed } = await lookAt(type, apiFor(type, known(inputs)), id, inputs);
  if (changed.length === 0) return `takes over ${id}, writes nothing`;
  return `takes over ${id}, and updates it: ${differences(type, changed, inputs, actual).join("; ")}`;
}

async function lookAt(type: ResourceType, api: Api, id: string, inputs: Props): Promise<Adoption> {
  const { definition } = type;
  refuseShared(type, id, inputs);
  const seen = await readExisting(type, api, id, known(inputs));
  const actual = driftedInputs(definition, inputs, seen);
  // Where all that differs is not known yet, nothing differs yet.
  const changed = changedInputs(definition, actual, inputs).filter(
    (key) => differences(type, [key], inputs, actual).length > 0,
  );
  const fixed = inputsThatReplace(definition, changed, inputs, actual);
  if (fixed.length > 0 || (changed.length > 0 && !definition.update)) {
    throw refusal(type, id, changed, inputs, actual);
  }
  return { seen, actual, changed };
}

/**
 * Two resources with one object would delete it for each other.
 * @throws AdoptionRefusal when another resource of this program has the object, or is about to take it over
 */
function refuseShared(type: ResourceType, id: string, { origin }: Props): void {
  if (type.definition.makesNothing) return;
  const { adopters } = type.host.memory;
  const adopter = adopters.get(keyOf(type, id)) ?? String(origin);
  if (adopter !== String(origin) || hasOtherOwner(type, id, origin)) {
    throw new AdoptionRefusal(
      `${nameOf(type, id)} cannot be imported: another resource of this program has it. Import it once.`,
    );
  }
  adopters.set(keyOf(type, id), adopter);
}

async function readExisting(type: ResourceType, api: Api, id: string, inputs: Props): Promise<Seen> {
  const { definition, vendor } = type;
  try {
    return await definition.read(api, id, inputs, contextFor(type, inputs, id));
  } catch (error) {
    if (!(error instanceof Gone)) throw error;
    throw new AdoptionRefusal(
      `There is no ${nameOf(type, id)} in this account, so it cannot be imported. ` +
        `\`streamkeys discover ${vendor.name}\` lists what there is.`,
      { cause: error },
    );
  }
}

function refusal(
  type: ResourceType,
  id: string,
  changed: string[],
  inputs: Props,
  actual: Props,
): AdoptionRefusal {
  return new AdoptionRefusal(
    `${nameOf(type, id)} cannot be imported, because it differs in what only a new one could have: ` +
      `${differences(type, changed, inputs, actual).join("; ")}. Make the program say what is there, and change it after the import.`,
  );
}
