import { setTimeout as sleep } from "node:timers/promises";
import type { Definition, Seen } from "../define";
import type { Api } from "../define/api";
import type { Memory } from "./memory";
import { type ResourceType, typeOf } from "./resource-type";

/**
 * A refresh of many: where a vendor's list shows all that a read shows, what is asked for at once is looked up there, so that a
 * thousand take the ten calls of the list. What it does not show is read by itself: only that answer says what has become of it.
 */

/** The engine asks for as many at once as it runs in parallel, a set for as many as it has under way. */
const TOGETHER_MS = 10;
/** Fewer are read one by one: a list of an account full of other things takes more calls. */
const FEW = 4;
/** How long a list that is open is trusted; what is written in the meantime closes it at once. */
const FRESH_MS = 30_000;

/** The reads of a kind at work in one account. */
interface Burst {
  reading: number;
  listing?: Listing;
}

/** Of each run, by type and account. */
const bursts = new WeakMap<Memory, Map<string, Burst>>();

function burstOf({ host }: ResourceType, key: string): Burst {
  const ofRun = bursts.get(host.memory) ?? new Map<string, Burst>();
  bursts.set(host.memory, ofRun);
  const burst = ofRun.get(key) ?? { reading: 0 };
  ofRun.set(key, burst);
  return burst;
}

/** The object as the list shows it; where it does not, or where it is not worth a list, as `readOne` does. */
export async function readAmongMany(
  type: ResourceType,
  api: Api,
  id: string,
  readOne: () => Promise<Seen>,
): Promise<Seen> {
  const { definition } = type;
  if (!definition.seeAll) return readOne();
  const burst = burstOf(type, `${typeOf(type)} ${api.label} ${api.identity}`);
  burst.reading += 1;
  try {
    if (!isFresh(burst.listing, api)) await sleep(TOGETHER_MS);
    if (!isFresh(burst.listing, api) && burst.reading >= FEW) burst.listing = new Listing(definition, api);
    const listed = isFresh(burst.listing, api) ? await burst.listing.find(id, burst.reading) : undefined;
    return listed ?? (await readOne());
  } finally {
    burst.reading -= 1;
  }
}

const isFresh = (listing: Listing | undefined, api: Api): listing is Listing =>
  listing !== undefined &&
  listing.openedAt > api.wroteAt() &&
  performance.now() - listing.openedAt < FRESH_MS;

/**
 * A list that is read as far as it is worth it. How many will be asked for nobody says, and how long the list is few vendors do, so
 * it takes no more than two calls for each that was asked for or is asked for now.
 */
class Listing {
  readonly openedAt = performance.now();
  private readonly seen = new Map<string, Seen>();
  private readonly all: AsyncIterator<Seen> | undefined;
  private calls = 0;
  private asked = 0;
  private isAtEnd = false;
  private turn: Promise<unknown> = Promise.resolve();

  constructor(definition: Definition, api: Api) {
    this.all = definition.seeAll?.(this.counting(api))[Symbol.asyncIterator]();
  }

  /** One after the other, because the list is one. */
  find(id: string, wanted: number): Promise<Seen | undefined> {
    const found = this.turn.then(() => this.look(id, wanted));
    this.turn = found;
    return found;
  }

  private async look(id: string, wanted: number): Promise<Seen | undefined> {
    this.asked += 1;
    const most = 2 * Math.max(wanted, this.asked);
    while (!this.seen.has(id) && !this.isAtEnd && this.calls < most) await this.goOn();
    return this.seen.get(id);
  }

  private async goOn(): Promise<void> {
    try {
      const next = await this.all?.next();
      if (next === undefined || next.done) this.isAtEnd = true;
      else this.seen.set(next.value.id, next.value);
    } catch {
      // The reads will say what is the matter.
      this.isAtEnd = true;
    }
  }

  private counting(api: Api): Api {
    const counted =
      <A extends unknown[], R>(call: (...args: A) => R) =>
      (...args: A): R => {
        this.calls += 1;
        return call(...args);
      };
    return { ...api, get: counted(api.get), request: counted(api.request) };
  }
}
