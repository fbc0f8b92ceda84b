import * as pulumi from "@pulumi/pulumi";

/**
 * Hands a stream key to another system by that system's plain API. A resource, because a resource that failed is tried again
 * by the next `pulumi up`; a resource hook is not.
 */

/** One system that takes keys. Its functions may be repeated: they say what is to be there. */
export interface Taker {
  /** Puts the key to a place, for example the path of a secret. */
  put: (place: string, streamKey: string) => Promise<void>;
  /** Takes away what `put` has put there, when the hand-over leaves the program. */
  remove: (place: string) => Promise<void>;
}

interface Given {
  place: string;
  streamKey: string;
}

/** A key that has been handed over to one place. In state it is encrypted. */
export class HandOver extends pulumi.dynamic.Resource {
  constructor(
    name: string,
    taker: Taker,
    args: { place: pulumi.Input<string>; streamKey: pulumi.Input<string> },
    opts: pulumi.CustomResourceOptions = {},
  ) {
    super(
      providerOf(taker),
      name,
      { place: args.place, streamKey: pulumi.secret(args.streamKey) },
      { ...opts, additionalSecretOutputs: ["streamKey"] },
    );
  }
}

/** The code of this is stored in state: it takes credentials from the environment when it runs, and holds none. */
function providerOf({ put, remove }: Taker): pulumi.dynamic.ResourceProvider<Given, Given> {
  return {
    create: async (given) => {
      await put(given.place, given.streamKey);
      return { id: given.place, outs: { place: given.place, streamKey: given.streamKey } };
    },
    diff: (_id, old, given) =>
      Promise.resolve({
        changes: old.place !== given.place || old.streamKey !== given.streamKey,
        replaces: old.place === given.place ? [] : ["place"],
      }),
    update: async (_id, _old, given) => {
      await put(given.place, given.streamKey);
      return { outs: { place: given.place, streamKey: given.streamKey } };
    },
    delete: (_id, old) => remove(old.place),
  };
}
