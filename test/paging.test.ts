import { randomFrom } from "./harness/random";
import type { z } from "zod";
import type { Api, CallOptions } from "../provider/define/api";
import { UnexpectedReply } from "../provider/define/errors";
import * as aioz from "../provider/vendors/aioz/api";
import * as ivs from "../provider/vendors/ivs/api";
import * as tenbyte from "../provider/vendors/tenbyte/api";
import * as uiza from "../provider/vendors/uiza/api";

/** Every list of every vendor ends, whatever the server does with pages, and an honest list is read whole. */

interface Item {
  id: string;
}

/** What is asked for: the items from `from` on, at most `size`. */
interface Ask {
  from: number;
  size: number;
  /** How many pages were asked for before. */
  asked: number;
}

/** A page as a server decides on it, before it is put into a vendor's words. */
interface Answer {
  items: Item[];
  total: number | null | undefined;
  /** Where the next page begins; undefined after the last. */
  next: number | undefined;
  pages: number | null | undefined;
}

type Pager = (ask: Ask) => Answer;

const CHANNEL = "arn:aws:ivs:us-west-2:123456789012:channel/";

/** Each list in the vendor's words: how a page is asked for, and how it comes. */
const LISTS: {
  name: string;
  list: (api: Api) => AsyncIterable<Item>;
  ask: (query: NonNullable<CallOptions["query"]>) => { from: number; size: number };
  reply: (answer: Answer) => unknown;
}[] = [
  {
    name: "Tenbyte's streams",
    list: tenbyte.listStreams,
    ask: ({ page, per_page }) => ({ from: (Number(page) - 1) * Number(per_page), size: Number(per_page) }),
    reply: ({ items, total, pages }) => ({
      success: true,
      data: items,
      meta: { pagination: { total, total_pages: pages } },
    }),
  },
  {
    name: "AIOZ's keys",
    list: (api) => aioz.listKeys(api, "video"),
    ask: ({ offset, limit }) => ({ from: Number(offset), size: Number(limit) }),
    reply: ({ items, total }) => ({ status: "success", data: { live_stream_keys: items, total } }),
  },
  {
    name: "AIOZ's streamings",
    list: (api) => aioz.listStreamings(api, "key"),
    ask: ({ offset, limit }) => ({ from: Number(offset), size: Number(limit) }),
    reply: ({ items, total }) => ({ status: "success", data: { media: items, total } }),
  },
  {
    name: "Uiza's entities",
    list: uiza.listEntities,
    ask: ({ page_token = 0, page_size }) => ({ from: Number(page_token), size: Number(page_size) }),
    reply: ({ items, next }) => ({ data: items, next_page_token: next === undefined ? "" : String(next) }),
  },
  {
    name: "Amazon IVS's channels",
    list: async function* (api) {
      for await (const { id } of ivs.listChannels(api)) yield { id: id.slice(CHANNEL.length) };
    },
    ask: ({ nextToken = 0, maxResults }) => ({ from: Number(nextToken), size: Number(maxResults) }),
    reply: ({ items, next }) => ({
      channels: items.map(({ id }) => ({ arn: CHANNEL + id })),
      ...(next === undefined ? {} : { nextToken: String(next) }),
    }),
  },
];

/** The least bound that no list may pass. */
const MOST_CALLS = 1_001;

/** Walks a list to its end, or to the error that it has none. */
async function walk(
  { list, ask, reply }: (typeof LISTS)[number],
  pager: Pager,
): Promise<{ ids: string[]; calls: number; error: unknown }> {
  let calls = 0;
  const answer = <T>(
    _: unknown,
    schema: z.ZodType<T>,
    { query = {}, body = {} }: CallOptions = {},
  ): Promise<T> => {
    calls += 1;
    if (calls > MOST_CALLS) throw new Error("this list never ends");
    return Promise.resolve(
      schema.parse(reply(pager({ ...ask({ ...query, ...(body as object) }), asked: calls - 1 }))),
    );
  };
  const api = { label: "A vendor", get: answer, ask: answer } as unknown as Api;
  const ids: string[] = [];
  try {
    for await (const { id } of list(api)) ids.push(id);
    return { ids, calls, error: undefined };
  } catch (error) {
    return { ids, calls, error };
  }
}

const some = (count: number, from = 0): Item[] =>
  Array.from({ length: count }, (_, at) => ({ id: `item-${from + at}` }));

/** A server that keeps to its word. */
const honest =
  (all: Item[], most = Infinity): Pager =>
  ({ from, size: asked }) => {
    const size = Math.min(asked, most);
    const next = from + size < all.length ? from + size : undefined;
    return {
      items: all.slice(from, from + size),
      total: all.length,
      next,
      pages: Math.ceil(all.length / size),
    };
  };

/** A server that does whatever comes to its mind, page by page. */
function whimsical(seed: number): Pager {
  const random = randomFrom(seed);
  const among = <T>(...choices: T[]): T => choices[Math.floor(random() * choices.length)] as T;
  const all = some(Math.floor(random() * 350));
  const ignoresPosition = random() < 0.4;
  const size = among(1, 7, 20, 25, 100);
  const repeatsToken = random() < 0.5;
  const inventsItems = random() < 0.05;
  return ({ from, asked }) => ({
    items: inventsItems
      ? some(1, asked)
      : all.slice(ignoresPosition ? 0 : from, (ignoresPosition ? 0 : from) + size),
    total: among(undefined, null, all.length, -1, 0, 1e9, size),
    next: repeatsToken ? 7 : among(undefined, 0, from, from + size, 1e9),
    pages: among(undefined, null, 0, 1, 1e9, asked + 5),
  });
}

describe.each(LISTS)("$name", (vendor) => {
  it.each([0, 1, 19, 20, 21, 99, 100, 101, 200, 250])("are read whole when there are %i", async (count) => {
    const { ids, error } = await walk(vendor, honest(some(count)));
    expect({ ids, error }).toEqual({ ids: some(count).map(({ id }) => id), error: undefined });
  });

  it("cost no call beyond the last page when the vendor says how many there are", async () => {
    const size = vendor.ask({
      page: 1,
      per_page: 100,
      limit: 100,
      offset: 0,
      page_size: 20,
      maxResults: 100,
    }).size;
    expect((await walk(vendor, honest(some(2 * size)))).calls).toBe(2);
  });

  it("end at once when the server ignores where a page should begin", async () => {
    const page = some(100);
    const { ids, calls } = await walk(vendor, () => ({
      items: page,
      total: undefined,
      next: 20,
      pages: 1e9,
    }));
    expect({ ids: ids.length, calls }).toEqual({ ids: 100, calls: 2 });
  });

  it("end at an empty page, whatever is said to follow", async () => {
    const { calls } = await walk(vendor, () => ({ items: [], total: 1e9, next: 20, pages: 1e9 }));
    expect(calls).toBe(1);
  });

  it("fail, rather than pass for read, when new items come for ever", async () => {
    const { calls, error } = await walk(vendor, ({ asked }) => ({
      items: some(1, asked),
      total: undefined,
      next: asked + 1,
      pages: 1e9,
    }));
    expect({ calls, error }).toEqual({ calls: 1_000, error: expect.any(UnexpectedReply) as unknown });
  });

  it("end, and name nothing twice, on each of 300 whimsical servers", async () => {
    for (let seed = 0; seed < 300; seed += 1) {
      const { ids, calls, error } = await walk(vendor, whimsical(seed));
      expect({ seed, twice: ids.length - new Set(ids).size }).toEqual({ seed, twice: 0 });
      const ended = error === undefined || error instanceof UnexpectedReply;
      expect({ seed, ended, few: calls < MOST_CALLS }).toEqual({ seed, ended: true, few: true });
    }
  });
});

it("AIOZ's keys are read whole from a server that sends fewer than were asked for", async () => {
  const [, keys] = LISTS;
  if (!keys) throw new Error("there is no such list");
  expect((await walk(keys, honest(some(60), 25))).ids).toHaveLength(60);
});
