import type { Definition, Props } from "../define";
import type { Api } from "../define/api";
import { Gone, UnexpectedReply } from "../define/errors";
import { schemaOf } from "../define/schema";
import type { ResourceType } from "./resource-type";

/**
 * When to believe a vendor that says that an object is gone. It costs a look or two, in a rare case; believing too much
 * costs the object: the next run makes a second one.
 *
 * - Only the account that the object was in can know. It is the same for sure with the same credentials (or the same
 *   account number, where they name it). Otherwise the vendor has to name the same owner for what the account holds now
 *   as state names for the object. Assumed: credentials belong to one account for life.
 * - A list of all objects, where there is one, must not show it: a gateway's 404 may look like the vendor's own. What was
 *   looked for in the list of the object that it lives in needs no other one: no 404 said that it is gone, and a list of all
 *   asks for each of those, so the deletes of a set of them would take calls by the square.
 * @param props what state knows of the object
 * @throws UnexpectedReply when it is not to be believed, with what to do.
 */
export async function believeGone(
  type: ResourceType,
  api: Api,
  id: string,
  props: Props,
  gone: Gone,
): Promise<void> {
  const doubt = (await doubtAccount(type, api, props)) ?? (await doubtList(type, api, id, gone));
  if (doubt) throw new UnexpectedReply({ ...gone.failure, advice: `${doubt} The state is left as it was.` });
}

/** Why these credentials may be another account's; undefined when they surely are not. */
async function doubtAccount(
  { definition, vendor }: ResourceType,
  api: Api,
  props: Props,
): Promise<string | undefined> {
  if (props.seenWith === api.identity) return undefined;
  const before = props[ownerOutput(definition) ?? ""];
  const now = before === undefined ? undefined : await vendor.owner?.(api).catch(nobody);
  if (now !== undefined && now === before) return undefined;
  const why =
    now === undefined
      ? "whether these credentials open the account that it is in cannot be told, because it was not seen with them"
      : "these credentials open another account than the one that it is in";
  return (
    `That does not count: ${why}. Use the credentials that it was made with. If it is gone, or the account is no longer ` +
    "yours, run `pulumi state delete <urn>`."
  );
}

const nobody = (error: unknown): undefined => {
  if (!(error instanceof Gone)) throw error;
};

function ownerOutput({ outputs }: Definition): string | undefined {
  const named = Object.entries(schemaOf(outputs).properties ?? {}).find(([, { owner }]) => owner);
  return named?.[0];
}

/** What a list of everything says against it; undefined where it agrees, or where there is none. */
async function doubtList(
  { definition }: ResourceType,
  api: Api,
  id: string,
  { status }: Gone,
): Promise<string | undefined> {
  const wasListed = definition.childOf !== undefined && status === undefined;
  if (!definition.list || wasListed) return undefined;
  try {
    for await (const listed of definition.list(api))
      if (listed.id === id) return "But it is still listed. Run again.";
    return undefined;
  } catch (error) {
    if (!(error instanceof Gone)) throw error;
    return "The list of all is answered alike, so this says nothing: check the base URL.";
  }
}
