import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import fc from "fast-check";
import type { Definition, Props } from "../provider/define";
import { StreamkeysError } from "../provider/define/errors";
import type { Vendor } from "../provider/define/vendor";
import { UNKNOWN } from "../provider/engine-values";
import * as lifecycle from "../provider/lifecycle";
import { vendors } from "../provider/vendors";
import { type Kept, sampleOf, Workbench } from "./harness/workbench";

/**
 * What is true of every Definition whatever a program says: of each combination of its inputs, an unknown at each place,
 * and ids and names that are made to break out of a path or a header. test/rotation.test.ts has the properties of rotation.
 */

// The same programs each time: a test must not hang on luck. Another seed, and more runs, by the environment.
fc.configureGlobal({ seed: Number(process.env.PROPERTY_SEED ?? 20261126) });
const RUNS = Number(process.env.PROPERTY_RUNS ?? 15);

const all = vendors.flatMap((vendor) =>
  vendor.resources.map((definition): [string, Vendor, Definition] => [
    `${vendor.name}.${definition.name}`,
    vendor,
    definition,
  ]),
);

/** Texts that end a path, a header or a line, and others that are hard to write. */
const HOSTILE = [
  "../../v2/other",
  "..",
  "%2e%2e%2fother",
  "a%2fb",
  "a/b/../c",
  "a\\..\\b",
  "a?admin=true",
  "a#b",
  "a;b=c",
  "a@b:80",
  "//other.example.test/a",
  "http://other.example.test/",
  "a\r\nx-other: b",
  "a\nb",
  "a\u0000b",
  "🔑",
  "\u202eabc",
  "\ud800",
  "ключ",
  " ",
  "x".repeat(10_000),
  "__proto__",
];
const hostile = fc.oneof(
  fc.constantFrom(...HOSTILE),
  fc.tuple(fc.constantFrom(...HOSTILE), fc.string({ unit: "binary" })).map(([a, b]) => b + a + b),
);

describe.each(all)("%s", (_, vendor, definition) => {
  const sample = sampleOf(vendor, definition);
  let bench: Workbench;

  beforeEach(async () => {
    bench = await Workbench.open(vendor, definition, { waitSeconds: 20, timeoutSeconds: 20 });
    Object.assign(bench.sandbox.data.uiza?.behaviour ?? {}, { polls: 0 });
  });
  afterEach(() => bench.sandbox.close());

  /** The full sample with one of its changes, and without some inputs. */
  const choice = fc.record({
    change: fc.nat(),
    without: fc.subarray(Object.keys(definition.inputs)),
  });
  type Choice = typeof choice extends fc.Arbitrary<infer T> ? T : never;
  let serial = 0;
  const programOf = ({ change, without }: Choice, parent: string): Props => {
    const changes = [{}, ...sample.changes(parent)];
    const program: Props = { ...sample.full(parent), ...changes[change % changes.length] };
    const kept = Object.entries(program).filter(([name]) => !without.includes(name));
    const name = `news${++serial}`;
    return {
      ...Object.fromEntries(kept),
      ...("name" in definition.inputs ? { name } : {}),
      ...("instanceName" in definition.inputs ? { instanceName: name } : {}),
    };
  };
  /** Whether a program passes without a warning: the vendor may refuse what was warned of. */
  const isSound = (program: Props): boolean => {
    bench.warnings.length = 0;
    return bench.check(program).failures.length + bench.warnings.length === 0;
  };

  it("checks what was checked to the same, as new and as known", () => {
    fc.assert(
      fc.property(choice, (chosen) => {
        const { inputs, failures } = bench.check(programOf(chosen, "parent"));
        if (failures.length > 0) return;
        expect(bench.check(inputs)).toEqual({ inputs, failures });
        expect(bench.check(inputs, inputs)).toEqual({ inputs, failures });
      }),
      { numRuns: 10 * RUNS },
    );
  });

  it("plans nothing for a state and its own inputs, without a call", async () => {
    const parent = await bench.parent();
    await fc.assert(
      fc.asyncProperty(choice, async (chosen) => {
        const program = programOf(chosen, parent);
        if (!isSound(program)) return;
        const kept = await bench.create(program);
        const calls = await bench.callsOf(async () => {
          const { inputs } = bench.check(program, kept.inputs);
          const plan = await lifecycle.diff(bench.resourceType(), kept.id, kept.outs, inputs);
          expect(plan).toMatchObject({ changes: false, replaces: [] });
        });
        expect(calls).toEqual([]);
        await bench.remove(kept);
      }),
      { numRuns: RUNS },
    );
  });

  it("previews an unknown at any place, and sends it nowhere", async () => {
    const parent = await bench.parent();
    const program = programOf({ change: 0, without: [] }, parent);
    const kept = await bench.create(program);
    const before = JSON.stringify(bench.sandbox.data);
    await fc.assert(
      fc.asyncProperty(
        choice,
        fc.array(fc.boolean(), { minLength: 1, maxLength: 60 }),
        async (chosen, picks) => {
          let at = 0;
          const news = withUnknowns(
            { ...kept.inputs, ...programOf(chosen, parent) },
            () => picks[at++ % picks.length] === true,
          );
          const { inputs } = bench.check(news, kept.inputs);
          bench.check(news);
          bench.sandbox.requests.length = 0;
          await refusedAtMost(lifecycle.diff(bench.resourceType(), kept.id, kept.outs, inputs));
          expect(JSON.stringify(bench.sandbox.requests)).not.toContain(UNKNOWN);
          expect(JSON.stringify(bench.sandbox.data)).toBe(before);
        },
      ),
      { numRuns: 3 * RUNS },
    );
  });

  describe("where requests are taken down", () => {
    let taken: Taken[];
    let server: Server;
    let kept: Kept;

    beforeEach(async () => {
      const program = programOf({ change: 0, without: [] }, await bench.parent());
      kept = await bench.create(program);
      taken = [];
      server = createServer(({ method, url, headers }, answer) => {
        taken.push({ method, url: url ?? "", headers });
        answer.writeHead(404).end("<html>");
      });
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      bench.account.baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/base`;
      bench.account.waitSeconds = 0.1;
    });
    afterEach(() => new Promise((resolve) => server.close(resolve)));

    const requestsOf = async (act: () => Promise<unknown>): Promise<Taken[]> => {
      taken.length = 0;
      await refusedAtMost(act());
      return [...taken];
    };
    /** The same requests, as far as what was asked for is no part of them. */
    const expectAlike = (given: Taken[], plain: Taken[]): void => {
      // What is refused before it is sent is safe.
      given.forEach((request, at) => {
        const other = plain[at];
        expect(formOf(request)).toEqual(other && formOf(other));
      });
    };

    it("takes no id for more than one part of a path", async () => {
      await fc.assert(
        fc.asyncProperty(hostile, async (id) => {
          for (const act of [
            (its: string) => bench.read({ ...kept, id: its }),
            (its: string) => bench.remove({ ...kept, id: its }),
            (its: string) => lifecycle.read(bench.resourceType(), its, {}),
          ])
            expectAlike(await requestsOf(() => act(id)), await requestsOf(() => act("plain")));
        }),
        { numRuns: 3 * RUNS },
      );
    });

    it("lets no input change a path or a header", async () => {
      const names = Object.keys(definition.inputs).filter(
        (name) => typeof kept.inputs[name] === "string" && name !== "account",
      );
      if (names.length === 0) return;
      await fc.assert(
        fc.asyncProperty(hostile, fc.constantFrom(...names), async (text, name) => {
          const made = async (value: unknown): Promise<Taken[]> => {
            const { inputs, failures } = bench.check({ ...kept.inputs, [name]: value });
            return failures.length > 0
              ? []
              : requestsOf(() => lifecycle.create(bench.resourceType(), inputs));
          };
          const given = await made(text);
          if (given.length > 0) expectAlike(given, await made(kept.inputs[name]));
        }),
        { numRuns: 3 * RUNS },
      );
    });
  });
});

/** A request as it came over the wire. */
interface Taken {
  method: string | undefined;
  url: string;
  headers: IncomingHttpHeaders;
}

/** Where a request goes and what headers it has: without the values that an id or a body stand in. */
function formOf({ method, url, headers }: Taken): unknown {
  const { pathname, searchParams } = new URL(url, "http://127.0.0.1");
  return {
    method,
    isBelowBase: pathname.startsWith("/base/"),
    // As they came: what a server would resolve is no part of a path.
    parts: url.replace(/\?.*/, "").split("/").length,
    query: [...searchParams.keys()],
    headers: Object.keys(headers).sort(),
    host: headers.host,
  };
}

/** Fails but for an error that is ours. */
async function refusedAtMost(act: Promise<unknown>): Promise<void> {
  await act.catch((error: unknown) => {
    if (!(error instanceof StreamkeysError)) throw error;
  });
}

/** A copy in which every value is unknown that `pick` picks. */
function withUnknowns(value: Props, pick: () => boolean): Props {
  const of = (one: unknown): unknown => {
    if (pick()) return UNKNOWN;
    if (Array.isArray(one)) return one.map(of);
    if (one === null || typeof one !== "object") return one;
    return Object.fromEntries(Object.entries(one).map(([key, item]) => [key, of(item)]));
  };
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, of(item)]));
}
