import type { Definition, Props, Seen } from "../define";
import type { Api } from "../define/api";
import { UnexpectedReply } from "../define/errors";
import { objectId } from "../define/reply";
import { schemaOf } from "../define/schema";
import { rememberSecrets } from "./secrets";

/**
 * What holds of every sighting of an object, whatever vendor reports it: it is the object that was asked about, a new one
 * has an id that can be kept and is what was sent, it is known with which credentials it was seen, and what is secret in it is
 * hidden in every message from now on.
 */
export function withSightings(definition: Definition): Definition {
  const { create, find, read, rotate, seeAll, settle, update } = definition;
  const seen = (api: Api, { inputs, outputs, ...sighting }: Seen): Seen => {
    rememberSecrets(definition, { ...inputs, ...outputs });
    return { ...sighting, inputs, outputs: { ...outputs, seenWith: api.identity } };
  };
  const anew = (api: Api, inputs: Props, sighting: Seen): Seen => {
    if (!sighting.id.split("/").every((step) => objectId.safeParse(step).success))
      throw noSighting(api, `a new ${definition.name}`, "an id that is none");
    if (isAnothers(definition, inputs, sighting))
      throw noSighting(api, `a new ${definition.name}`, "another object");
    return seen(api, sighting);
  };
  const again = (api: Api, id: string, sighting: Seen): Seen => {
    if (sighting.id !== id) throw noSighting(api, `${definition.name} ${id}`, "another object");
    return seen(api, sighting);
  };
  return {
    ...definition,
    create: async (api, inputs, attempt) => anew(api, inputs, await create(api, inputs, attempt)),
    read: async (api, id, ...rest) => again(api, id, await read(api, id, ...rest)),
    ...(settle && {
      settle: async (api, made, ...rest) => again(api, made.id, await settle(api, made, ...rest)),
    }),
    ...(update && { update: async (api, id, ...rest) => again(api, id, await update(api, id, ...rest)) }),
    ...(rotate && { rotate: async (api, id, ...rest) => again(api, id, await rotate(api, id, ...rest)) }),
    ...(seeAll && {
      seeAll: async function* (api) {
        for await (const sighting of seeAll(api)) yield seen(api, sighting);
      },
    }),
    ...(find && {
      find: async (api, inputs, attempt) =>
        (await find(api, inputs, attempt)).map((sighting) => anew(api, inputs, sighting)),
    }),
  };
}

/** Whether what was sent came back as something else, white space aside. */
function isAnothers({ inputs: shape }: Definition, inputs: Props, sighting: Seen): boolean {
  const echoed = Object.entries(schemaOf(shape).properties ?? {}).filter(
    ([, node]) => node.echoed ?? node.namedAfterResource,
  );
  return echoed.some(([name]) => {
    const [sent, shown] = [inputs[name], sighting.inputs[name]];
    return typeof sent === "string" && typeof shown === "string" && sent.trim() !== shown.trim();
  });
}

function noSighting({ label }: Api, asked: string, answered: string): UnexpectedReply {
  return new UnexpectedReply({
    vendor: label,
    call: `the question about ${asked}`,
    detail: `was answered with ${answered}`,
    advice: "The state is left as it was.",
  });
}
