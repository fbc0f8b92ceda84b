import { openApi } from "../provider/calls";
import { resolveAccount } from "../provider/calls/account";
import { limiter, type Next } from "../provider/calls/limiter";
import type { Time } from "../provider/calls/pace";
import { Refused, Throttled } from "../provider/define/errors";
import { vendors } from "../provider/vendors";
import { sampleOf, Workbench } from "./harness/workbench";

/** To be throttled is no failure: everything is done that a few minutes would do, with few answers of 429. */

const [tenbyte] = vendors;
const [stream] = tenbyte?.resources ?? [];

/** A clock that jumps to whatever is waited for next, and knows how long that would have taken. */
class FakeTime implements Time {
  private at = 0;
  private readonly waiting: { until: number; wake: () => void }[] = [];

  now = (): number => this.at;
  sleep = (ms: number): Promise<void> =>
    new Promise((wake) => {
      this.waiting.push({ until: this.at + ms, wake });
    });

  /** Lets time pass until `work` is done, and returns how many seconds that took. */
  async until(work: Promise<unknown>): Promise<number> {
    const state = { isDone: false };
    void work.finally(() => (state.isDone = true));
    for (;;) {
      // Whatever can go on without time goes on first.
      await new Promise((resume) => setImmediate(resume));
      if (state.isDone) return this.at / 1000;
      this.waiting.sort((a, b) => a.until - b.until);
      const next = this.waiting.shift();
      if (!next) continue;
      this.at = next.until;
      next.wake();
    }
  }
}

/** A vendor that takes `perSecond` calls, `burst` at once, each in `takesMs`; with `windowMs`, what it takes comes only so often. */
function throttlingVendor(
  time: FakeTime,
  {
    perSecond,
    burst = perSecond,
    left = burst,
    takesMs = 20,
    windowMs = 0,
    retryAfterMs,
  }: Record<string, number | undefined> & { perSecond: number },
) {
  let filledAt = time.now();
  const seen = { taken: 0, refused: 0 };
  const call = async (next: Next): Promise<void> => {
    await next();
    const fullAt = time.now() - (windowMs && time.now() % windowMs);
    left = Math.min(burst, left + ((fullAt - filledAt) / 1000) * perSecond);
    filledAt = fullAt;
    const isTaken = left >= 1;
    if (isTaken) left -= 1;
    await time.sleep(takesMs);
    seen[isTaken ? "taken" : "refused"] += 1;
    if (!isTaken)
      throw new Throttled({ vendor: "V", call: "POST /x", status: 429, detail: "no" }, retryAfterMs);
  };
  return { call, seen };
}

describe("a throttled account", () => {
  it.each([
    { calls: 20, perSecond: 1, retryAfterMs: 1000, withinSeconds: 25, refusedAtMost: 12 },
    { calls: 300, perSecond: 5, retryAfterMs: 1000, withinSeconds: 80, refusedAtMost: 20 },
    { calls: 300, perSecond: 5, retryAfterMs: 0, withinSeconds: 80, refusedAtMost: 20 },
    { calls: 300, perSecond: 5, retryAfterMs: undefined, withinSeconds: 80, refusedAtMost: 20 },
    { calls: 300, perSecond: 5, retryAfterMs: 1000, takesMs: 400, withinSeconds: 80, refusedAtMost: 20 },
    {
      calls: 1000,
      perSecond: 50,
      burst: 10,
      retryAfterMs: 1000,
      takesMs: 100,
      withinSeconds: 60,
      refusedAtMost: 30,
    },
    { calls: 20, perSecond: 1 / 30, burst: 1, retryAfterMs: 30_000, withinSeconds: 800, refusedAtMost: 15 },
    // Answers that take longer than what counts as idle.
    {
      calls: 100,
      perSecond: 5,
      burst: 1,
      retryAfterMs: 1000,
      takesMs: 2000,
      withinSeconds: 250,
      refusedAtMost: 10,
    },
    // A hundred a minute, of which an earlier run has used up all but three.
    {
      calls: 100,
      perSecond: 100 / 60,
      burst: 100,
      left: 3,
      retryAfterMs: 50_000,
      withinSeconds: 330,
      refusedAtMost: 8,
    },
    // A hundred a minute, by the minute: the trials that are refused until then tell nothing of the pace.
    {
      calls: 300,
      perSecond: 100 / 60,
      burst: 100,
      windowMs: 60_000,
      retryAfterMs: undefined,
      concurrency: 1,
      withinSeconds: 220,
      refusedAtMost: 20,
    },
  ])("does all of $calls calls at $perSecond a second, Retry-After $retryAfterMs ms", async (row) => {
    const time = new FakeTime();
    const { call, seen } = throttlingVendor(time, row);
    const { run } = limiter({ concurrency: row.concurrency ?? 8, retries: 0, waitSeconds: 300 }, time);
    const results = Promise.allSettled(Array.from({ length: row.calls }, () => run(call, false)));
    const seconds = await time.until(results);
    expect((await results).filter(({ status }) => status === "rejected")).toEqual([]);
    expect(seen.taken).toBe(row.calls);
    expect(seconds).toBeLessThan(row.withinSeconds);
    expect(seen.refused).toBeLessThanOrEqual(row.refusedAtMost);
  });

  it.each([
    { perSecond: 5, burst: 5, takesMs: 20, withinSeconds: 45 },
    { perSecond: 5, burst: 5, takesMs: 400, withinSeconds: 50 },
    { perSecond: 5, burst: 5, takesMs: 20, retryAfterMs: 1000, withinSeconds: 80 },
    // Next to nothing is learned of a vendor that took one call and says nothing.
    { perSecond: 5, burst: 1, takesMs: 20, withinSeconds: 180 },
    { perSecond: 20, burst: 20, takesMs: 50, withinSeconds: 15 },
    { perSecond: 3, burst: 3, takesMs: 20, withinSeconds: 80 },
    // Somebody else has just used up what the vendor takes.
    { perSecond: 5, burst: 5, left: 0, takesMs: 20, withinSeconds: 100 },
  ])("is refused no look and no act twice, at $perSecond a second, $burst at once", async (row) => {
    const time = new FakeTime();
    const { call } = throttlingVendor(time, row);
    const { run } = limiter({ concurrency: 8, retries: 0, waitSeconds: 300 }, time);
    const refusals = new Map<string, number>();
    const counted = async (name: string, next: Next): Promise<number> => {
      try {
        await call(next);
      } catch (error) {
        if (error instanceof Throttled) refusals.set(name, (refusals.get(name) ?? 0) + 1);
        throw error;
      }
      return time.now();
    };
    const lookAndAct = (at: number) =>
      run(async (next) => {
        const lookedAt = await counted(`look ${at}`, next);
        const actedAt = await counted(`act ${at}`, next);
        return actedAt - lookedAt;
      }, false);
    const turns = Promise.all(Array.from({ length: 100 }, (_, at) => lookAndAct(at)));
    expect(await time.until(turns)).toBeLessThan(row.withinSeconds);
    expect(Math.max(...refusals.values())).toBe(1);
    // What a look has seen holds no longer.
    expect(Math.max(...(await turns))).toBeLessThan(1_000 + 2 * row.takesMs);
  });

  it("learns nothing of the pace from a time in which nobody has called", async () => {
    const time = new FakeTime();
    const { run } = limiter({ concurrency: 8, retries: 0, waitSeconds: 300 }, time);
    await time.until(run((next) => next(), true));
    await time.until(time.sleep(600_000));
    const { call } = throttlingVendor(time, { perSecond: 5 });
    const began = time.now();
    await time.until(Promise.all(Array.from({ length: 100 }, () => run(call, true))));
    expect(time.now() - began).toBeLessThan(30_000);
  });

  it("lets one call through after a pause, and not all that wait", async () => {
    const time = new FakeTime();
    const starts: number[] = [];
    const { run } = limiter({ concurrency: 8, retries: 0, waitSeconds: 300 }, time);
    const call = async (next: Next): Promise<void> => {
      await next();
      starts.push(time.now());
      await time.sleep(20);
      if (time.now() < 900) throw new Throttled({ vendor: "V", call: "GET /x", detail: "no" }, 1000);
    };
    await time.until(Promise.all(Array.from({ length: 8 }, () => run(call, true))));
    // The first eight together; then one alone, and the next only when that one was answered.
    const [trial = 0, next = 0] = starts.slice(8);
    expect(starts.slice(0, 8)).toEqual(Array(8).fill(0));
    expect(trial).toBeGreaterThanOrEqual(1000);
    expect(next).toBeGreaterThanOrEqual(trial + 20);
  });

  it("is given up by all who wait when it takes nothing for minutes, and not before", async () => {
    const time = new FakeTime();
    const { call, seen } = throttlingVendor(time, { perSecond: 1e-9, burst: 0, retryAfterMs: 1000 });
    const { run } = limiter({ concurrency: 8, retries: 0, waitSeconds: 300 }, time);
    const results = Promise.allSettled(Array.from({ length: 50 }, () => run(call, false)));
    expect(await time.until(results)).toBeGreaterThan(300);
    expect(time.now()).toBeLessThan(400_000);
    for (const result of await results) {
      expect(result).toMatchObject({ reason: expect.any(Refused) as Refused });
      expect((result as PromiseRejectedResult).reason).toHaveProperty(
        "message",
        expect.stringMatching(/run again later/),
      );
    }
    expect(seen.refused).toBeLessThan(40);
  });

  it("is given up when it takes every look and no act", async () => {
    const time = new FakeTime();
    const { call } = throttlingVendor(time, { perSecond: 1e-9, burst: 0, retryAfterMs: 1000 });
    const { run } = limiter({ concurrency: 8, retries: 0, waitSeconds: 300 }, time);
    const lookAndAct = async (next: Next): Promise<void> => {
      await next();
      await call(next);
    };
    const results = Promise.all(Array.from({ length: 20 }, () => run(lookAndAct, false)));
    expect(await time.until(results.catch(() => undefined))).toBeLessThan(400);
    await expect(results).rejects.toThrow(/let nothing be done for 3\d\d s; run again later/);
  });

  it("that asks for more than minutes is not waited for: the error says how long it asks for", async () => {
    const time = new FakeTime();
    const { call } = throttlingVendor(time, { perSecond: 1e-9, burst: 0, retryAfterMs: 3_600_000 });
    const result = limiter({ concurrency: 8, retries: 0, waitSeconds: 300 }, time).run(call, false);
    await time.until(result.catch(() => undefined));
    await expect(result).rejects.toThrow(/asks to wait 3600 s; run again after that/);
  });
});

describe("against the sandbox", () => {
  const open = (): Promise<Workbench> => {
    if (!tenbyte || !stream) throw new Error("no vendor");
    return Workbench.open(tenbyte, stream);
  };

  it("creates all of 24 streams at 8 a second, without a retry to spare, each by one POST that was taken", async () => {
    const bench = await open();
    bench.sandbox.faults.push({ rate: { perSecond: 8, retryAfter: "1" } });
    const program = sampleOf(bench.vendor, bench.definition).minimal("");
    await Promise.all(Array.from({ length: 24 }, () => bench.create(program)));
    const posts = bench.sandbox.requests.filter(({ method }) => method === "POST");
    expect(posts.filter(({ status }) => status === 201)).toHaveLength(24);
    expect(posts.filter(({ status }) => status === 429).length).toBeLessThan(12);
    await bench.sandbox.close();
  }, 30_000);

  it.each([
    ["0", 0],
    ["-5", 0],
    ["", 0],
    ["soon", 0],
    ["1e400", 0],
    ["NaN", 0],
    ["Wed, 21 Oct 2015 07:28:00 GMT", 0],
    ["1", 1000],
    ["0.5", 500],
  ])("a Retry-After of %p is waited for as what it is", async (retryAfter, leastMs) => {
    const bench = await open();
    bench.sandbox.faults.push({ status: 429, headers: { "retry-after": retryAfter }, times: 1 });
    const api = openApi(resolveAccount(bench.vendor, undefined, bench.resourceType().host.settings));
    const began = performance.now();
    await bench.vendor.probe(api);
    const took = performance.now() - began;
    expect(took).toBeGreaterThanOrEqual(leastMs);
    expect(took).toBeLessThan(leastMs + 900);
    await bench.sandbox.close();
  });

  it.each(["86400", "1764100000", "Fri, 31 Dec 9999 23:59:59 GMT"])(
    "a Retry-After of %p is a clear error at once",
    async (retryAfter) => {
      const bench = await open();
      bench.sandbox.faults.push({ status: 429, headers: { "retry-after": retryAfter } });
      const api = openApi(resolveAccount(bench.vendor, undefined, bench.resourceType().host.settings));
      await expect(bench.vendor.probe(api)).rejects.toThrow(/asks to wait \d+ s; run again after that/);
      await bench.sandbox.close();
    },
  );
});
