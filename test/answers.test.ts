import type { Definition, Props } from "../provider/define";
import { OrphanRisk, StreamkeysError, Unfinished } from "../provider/define/errors";
import { openApi } from "../provider/calls";
import { resolveAccount } from "../provider/calls/account";
import { schemaOf, secretPaths } from "../provider/define/schema";
import type { Vendor } from "../provider/define/vendor";
import { replacesResource } from "../provider/define/schema";
import type { ResourceType } from "../provider/lifecycle";
import { vendors } from "../provider/vendors";
import type { Fault } from "../sandbox/fault";
import * as faults from "./harness/faults";
import { answersOf, type Kept, sampleOf, Workbench } from "./harness/workbench";

/**
 * What a vendor's answer may say: each resource, each thing that is done with it, each kind of wrong answer. What must
 * follow is one rule for all cells: what is said to be done is done, what goes into state is what the vendor has, nothing
 * is made twice, and nothing is dropped that is there.
 */

/** What came of a call. */
type Outcome<T> = { value: T } | { error: unknown };

/** One thing that is done with a resource, and how to tell by a look at the healthy vendor that its outcome is wrong. */
interface Operation {
  name: string;
  /** The methods of the requests that do it. */
  methods: string[];
  /** The fault stays for good, for every request, instead of once for the first. */
  forGood?: true;
  /** Kinds of faults; those that say nothing of it are left out. */
  faults(answers: faults.Answers | undefined, another: Kept): faults.AnswerFault[];
  /** Does it while the fault is there, after `prepare`; returns what is wrong, or undefined. */
  run(
    bench: Workbench,
    withFault: <T>(act: () => Promise<T>) => Promise<Outcome<T>>,
    process: ResourceType,
  ): Promise<string | undefined>;
}

const everywhere = [...faults.lost, ...faults.strange, ...faults.refused, ...faults.strangeNotFound];
const spoilt = [...faults.afterWork([...faults.lost, ...faults.strange]), ...faults.cut];

function operationsOf(vendor: Vendor, definition: Definition): Operation[] {
  const sample = sampleOf(vendor, definition);
  let serial = 0;
  const named = (program: Props): Props => ({
    ...("name" in definition.inputs ? { name: "news" } : {}),
    ...program,
    // No two of one name may be there.
    ...("instanceName" in definition.inputs ? { instanceName: `news${++serial}` } : {}),
  });
  const made = async (bench: Workbench, which: "minimal" | "full" = "minimal"): Promise<Kept> =>
    bench.create(named(sample[which](await bench.parent())));
  const isRead = (kept: Kept | undefined, outs: Props): string | undefined =>
    kept && isSame(kept.outs, outs) ? undefined : "something else in state than at the vendor";
  // A list is all that Edgecast has to say of one object, so what it leaves out or changes is what is so.
  const readsOne = !vendor.name.startsWith("edgecast");
  const about = (answers: faults.Answers | undefined, another: Kept, keyed: boolean): faults.AnswerFault[] =>
    answers
      ? [
          ...faults.misplaced(answers),
          ...(readsOne ? faults.wrongIds(answers, another.id.split("/").at(-1) ?? "") : []),
          ...(readsOne && keyed ? faults.wrongKeys(answers) : []),
        ]
      : [];
  const isKeyed = definition.rotation !== undefined;
  const READS =
    vendor.name === "edgecast" ? everywhere.filter(({ name }) => name !== "an empty list") : everywhere;

  const read: Operation["run"] = async (bench, withFault) => {
    const kept = await made(bench);
    const outcome = await withFault(() => bench.read(kept));
    if ("error" in outcome) return thrown(outcome.error);
    return outcome.value ? isRead(kept, outcome.value.props) : "dropped";
  };

  const create: Operation["run"] = async (bench, withFault, process) => {
    const program = named(sample.minimal(await bench.parent()));
    const before = await countOf(bench);
    bench.sandbox.requests.length = 0;
    const outcome = await withFault(() => bench.create(program, process));
    const posts = bench.sandbox.requests.filter(({ method }) => method === "POST").length;
    const more = (await countOf(bench)) - before;
    if (posts > 1 && more > 1) return `made ${more} times`;
    if ("value" in outcome) return isRead(outcome.value, (await bench.read(outcome.value))?.props ?? {});
    const knows = outcome.error instanceof OrphanRisk || outcome.error instanceof Unfinished;
    if (!definition.makesNothing && more > 0 && !knows) return "made, and forgotten";
    return thrown(outcome.error);
  };

  const remove: Operation["run"] = async (bench, withFault) => {
    const kept = await made(bench);
    const outcome = await withFault(() => bench.remove(kept));
    if ("value" in outcome) return (await bench.read(kept)) ? "said to be deleted, and there" : undefined;
    await bench.remove(kept);
    return thrown(outcome.error);
  };

  const revoke: Operation["run"] = async (bench, withFault) => {
    const kept = await made(bench, "full");
    const outcome = await withFault(() => bench.remove(kept));
    if ("error" in outcome) return thrown(outcome.error);
    return keysOf(definition, (await bench.read(kept))?.props) === keysOf(definition, kept.outs)
      ? "said to be revoked, and valid"
      : undefined;
  };

  const changed =
    (which: "minimal" | "full", change: (parent: string) => Props): Operation["run"] =>
    async (bench, withFault) => {
      const parent = await bench.parent();
      const program = named(sample[which](parent));
      const kept = await bench.create(program);
      const outcome = await withFault(() => bench.up(kept, { ...program, ...change(parent) }));
      if ("error" in outcome) {
        if (await bench.read(kept)) return thrown(outcome.error);
        if (definition.keyGap === undefined) return "lost";
        // The old key had gone, and the new one was refused: the next run makes it.
        const healed = await bench.up(kept, { ...program, ...change(parent) });
        return isRead(healed, (await bench.read(healed))?.props ?? {});
      }
      return isRead(outcome.value, (await bench.read(outcome.value))?.props ?? {});
    };
  const inPlace = sample
    .changes("parent")
    .findIndex((change) => Object.keys(change).every((key) => !replacesResource(definition, key)));

  const writes = (
    answers: faults.Answers | undefined,
    another: Kept,
    keyed: boolean,
  ): faults.AnswerFault[] => [...everywhere, ...spoilt, ...about(answers, another, keyed)];
  return [
    {
      name: "read",
      methods: ["GET"],
      forGood: true,
      faults: (answers, another) => [...READS, ...faults.cut, ...about(answers, another, isKeyed)],
      run: read,
    },
    {
      name: "read once",
      methods: ["GET"],
      faults: (answers, another) => [
        ...READS,
        ...(answers && readsOne ? faults.ownNotFound(answers) : []),
        ...about(answers, another, isKeyed),
      ],
      run: read,
    },
    {
      name: "create",
      methods: definition.makesNothing ? ["GET"] : ["POST"],
      faults: (answers, another) => writes(answers, another, isKeyed),
      run: create,
    },
    ...(definition.outlivesDelete
      ? []
      : [
          {
            name: "delete",
            methods: ["DELETE"],
            faults: (answers: faults.Answers | undefined, another: Kept) => [
              ...writes(undefined, another, false),
              ...(answers ? [...faults.misplaced(answers), ...faults.ownNotFound(answers)] : []),
            ],
            run: remove,
          },
          {
            name: "delete at a gateway",
            methods: ["GET", "POST", "DELETE"],
            forGood: true as const,
            faults: () =>
              everywhere.filter(({ name }) => !(vendor.name === "edgecast" && name === "an empty list")),
            run: remove,
          },
        ]),
    ...("revokeOnDelete" in definition.inputs
      ? [
          {
            name: "revoke",
            methods: ["POST", "PUT"],
            faults: (answers: faults.Answers | undefined, another: Kept) => [
              ...writes(answers, another, true),
              ...(answers ? faults.ownNotFound(answers) : []),
            ],
            run: revoke,
          },
        ]
      : []),
    ...(definition.update && inPlace >= 0
      ? [
          {
            name: "update",
            methods: ["PUT", "PATCH"],
            faults: (answers: faults.Answers | undefined, another: Kept) => writes(answers, another, isKeyed),
            run: changed("full", (parent) => sample.changes(parent)[inPlace] ?? {}),
          },
        ]
      : []),
    ...(definition.rotate
      ? [
          {
            name: "rotate",
            methods: ["POST", "PUT"],
            faults: (answers: faults.Answers | undefined, another: Kept) => writes(answers, another, true),
            run: changed("minimal", () => ({ keyRotation: { trigger: "leak" } })),
          },
        ]
      : []),
  ];

  async function countOf(bench: Workbench): Promise<number> {
    let count = 0;
    const account = resolveAccount(vendor, undefined, bench.resourceType().host.settings);
    for await (const _ of definition.list?.(openApi(account)) ?? []) count += 1;
    return count;
  }
}

/** So that no cell meets an object of its own name. */
const nameOfAnother = ({ inputs }: Definition): Props =>
  Object.fromEntries(
    ["name", "instanceName"].filter((name) => name in inputs).map((name) => [name, "another"]),
  );

const isSame = (a: Props, b: Props): boolean => {
  const text = ({ seenWith: _, ...props }: Props): string => JSON.stringify(Object.entries(props).sort());
  return text(a) === text(b);
};

const thrown = (error: unknown): string | undefined =>
  error instanceof StreamkeysError ? undefined : `threw ${String(error)}`;

const keysOf = (definition: Definition, props: Props = {}): string =>
  JSON.stringify(secretPaths(schemaOf(definition.outputs)).map(([name = ""]) => props[name]));

const counts = { cells: 0, wrong: 0 };
const rows = vendors.flatMap((vendor) =>
  vendor.resources.flatMap((definition) =>
    operationsOf(vendor, definition).map(
      (operation) =>
        [`${vendor.name}.${definition.name}`, operation.name, vendor, definition, operation] as const,
    ),
  ),
);

describe("whatever the vendor answers", () => {
  afterAll(() => {
    process.stdout.write(`answers: ${counts.cells} cells, ${counts.wrong} wrong\n`);
  });

  it.each(rows)(
    "%s, %s: nothing is lost, shared or made up",
    async (_, __, vendor, definition, operation) => {
      const bench = await Workbench.open(vendor, definition, { timeoutSeconds: 0.4, waitSeconds: 0.5 });
      // Uiza's simulator takes its time otherwise.
      Object.assign(bench.sandbox.data.uiza?.behaviour ?? {}, { polls: 0 });
      const process = bench.resourceType();
      const parent = await bench.parent();
      const another = await bench.create(
        { ...sampleOf(vendor, definition).minimal(parent), ...nameOfAnother(definition) },
        process,
      );
      const wrong: string[] = [];
      for (const { name, fault } of operation.faults(answersOf(vendor), another)) {
        const withFault = async <T>(act: () => Promise<T>): Promise<Outcome<T>> => {
          const times = operation.forGood ? {} : { times: 1 };
          bench.sandbox.faults.push(
            ...operation.methods.map((method): Fault => ({ ...fault, method, ...times })),
          );
          try {
            return { value: await act() };
          } catch (error) {
            return { error };
          } finally {
            bench.sandbox.faults.length = 0;
          }
        };
        const problem = await operation
          .run(bench, withFault, process)
          .catch((error: unknown) => `broke: ${String(error)}`);
        counts.cells += 1;
        if (problem !== undefined) wrong.push(`${name}: ${problem}`);
      }
      counts.wrong += wrong.length;
      await bench.sandbox.close();
      expect(wrong).toEqual([]);
    },
  );
});
