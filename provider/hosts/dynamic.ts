import type { dynamic } from "@pulumi/pulumi";
import { clock, isRehearsal } from "./clock";
import { isAlive, whenEnded } from "./engine";
import { readRecord } from "./engine-record";
import { failureOf } from "./failures";
import { backendUrl, notesFolder } from "./notes-folder";
import type { Problem, Props } from "../define";
import { Unfinished } from "../define/errors";
import { type Journal, openJournal } from "../lifecycle/journal";
import { newMemory } from "../lifecycle/memory";
import * as lifecycle from "../lifecycle";
import { declaredAs, type Host, newRun, type ResourceType, sentenceOf, speakingFor } from "../lifecycle";
import * as sets from "../sets";
import { definitionOf } from "../vendors";

/**
 * The bridge to Pulumi's dynamic provider host. Every state file holds the line
 *
 *     exports.handler=()=>require("pulumi-streamkeys/host, installed by npm ci").provider("tenbyte:StreamKey")
 *
 * so the entry point, `provider` and the type names are public API that never changes.
 */

/** The key under which a resource carries the line above; the engine must get it back with everything we keep. */
const PROVIDER = "__provider";

/** What all resource types of a run share: the engine runs one process of ours a command. */
const memory = newMemory();
const run = newRun();
let now: (() => Date) | undefined;
const warn = once((message: string) => {
  console.log(`warning: ${message}`);
});
let journal: Journal | undefined;

function journalOfRun(): Journal {
  if (journal) return journal;
  const [, , engine] = process.argv;
  const opened = openJournal(notesFolder(process.env), {
    backend: backendUrl(process.env, process.cwd()),
    isEngineAlive: () => isAlive(engine),
  });
  whenEnded(opened.close);
  return (journal = opened);
}

/** The engine checks a replacement twice, and a user need not read a warning twice. */
function once(say: (message: string) => void): (message: string) => void {
  const said = new Set<string>();
  return (message) => {
    if (said.has(message)) return;
    said.add(message);
    say(message);
  };
}

/** The dynamic provider of one resource type. */
export function provider(typeName: string): dynamic.ResourceProvider {
  const { vendor, definition, isSet } = definitionOf(typeName);
  let config: dynamic.Config | undefined;
  const host: Host = {
    settings: { config: (key) => config?.get(key), environment: process.env },
    now: (now ??= clock(process.env)),
    isRehearsal: isRehearsal(process.env),
    run,
    journal: journalOfRun(),
    memory,
    readRecord: (stack) => readRecord(stack, process.env, warn),
    warn,
    progress: (message) => {
      console.log(message);
    },
  };
  // Concurrent calls run while this is awaited, and a throw here is swallowed the second time (docs/engine.md, fact 5): it
  // only stores, and each method resolves its account and fails closed.
  const configure = (request: dynamic.ConfigureRequest): Promise<void> => {
    config = request.config;
    return Promise.resolve();
  };
  return isSet
    ? providerOf(sets.setTypeOf(vendor, definition, host), sets, configure)
    : providerOf(lifecycle.resourceTypeOf(vendor, definition, host), lifecycle, configure);
}

/** What the engine calls, of a single resource and of a set alike. */
interface Rules<T> {
  check(type: T, olds: Props, news: Props): lifecycle.Checked;
  foreseeAdoption(type: T, inputs: Props): Promise<Problem[]>;
  diff(type: T, id: string, olds: Props, news: Props): Promise<lifecycle.Difference>;
  create(type: T, inputs: Props): Promise<lifecycle.Created>;
  read(type: T, id: string, props: Props): Promise<lifecycle.Found | undefined>;
  update(type: T, id: string, olds: Props, news: Props): Promise<Props>;
  remove(type: T, id: string, props: Props): Promise<void>;
}

/** The engine's calls, each as the rules of the type have it. */
function providerOf<T extends ResourceType>(
  type: T,
  { check, foreseeAdoption, diff, create, read, update, remove }: Rules<T>,
  configure: dynamic.ResourceProvider["configure"],
): dynamic.ResourceProvider {
  return {
    configure,
    check: (olds: Props, news: Props) =>
      readable(type, "check", news, async (its) => {
        // What the engine knows is not made. Items of a known set are, which its `diff` sees.
        if (Object.keys(olds).length === 0) await lifecycle.recall(type, news.thisRun ?? {});
        const { inputs, problems } = check(its, withoutProvider(olds), withoutProvider(news));
        const refused = problems.length > 0 ? [] : await foreseeAdoption(its, inputs);
        return { inputs, failures: [...problems, ...refused].map(failureOf) };
      }),
    diff: (id: string, olds: Props, news: Props) =>
      readable(type, `diff of ${id}`, news, (its) =>
        diff(its, id, withoutProvider(olds), withoutProvider(news)),
      ),
    create: async (inputs: Props) =>
      keepUnfinished(type, inputs, (its) => create(its, withoutProvider(inputs))),
    read: async (id: string, props: Props = {}) =>
      readable(
        type,
        `read of ${id}`,
        props,
        async (its) => (await read(its, id, withoutProvider(props))) ?? { id: "", props: {} },
      ),
    update: async (id: string, olds: Props, news: Props) =>
      keepUnfinished(type, news, async (its) => ({
        outs: await update(its, id, withoutProvider(olds), withoutProvider(news)),
      })),
    delete: (id: string, props: Props) =>
      readable(type, `delete of ${id}`, props, (its) => remove(its, id, withoutProvider(props))),
  } as dynamic.ResourceProvider;
}

function withoutProvider(props: Props): Props {
  const { [PROVIDER]: _, ...rest } = props;
  return rest;
}

/**
 * The host prints `${error}: ${error.stack}` of what these methods throw, and the engine shows the message at the
 * resource besides (docs/engine.md, fact 19). The sentence belongs there, once; the host's own line only says which call it was.
 */
async function readable<R extends ResourceType, T>(
  type: R,
  call: string,
  props: Props,
  act: (its: R) => Promise<T> | T,
): Promise<T> {
  try {
    return await act(speakingFor(type, props));
  } catch (error) {
    const plain = new Error(sentenceOf(error));
    plain.toString = () => `${declaredAs(type, props)}: ${call}`;
    plain.stack = "failed";
    throw plain;
  }
}

/** The host keeps a created object whose making failed half-way only when told so in this form (docs/engine.md, fact 17). */
async function keepUnfinished<R extends ResourceType, T>(
  type: R,
  inputs: Props,
  act: (its: R) => Promise<T>,
): Promise<T> {
  try {
    return await act(speakingFor(type, inputs));
  } catch (error) {
    if (!(error instanceof Unfinished)) throw new Error(sentenceOf(error));
    throw new InitFailed(sentenceOf(error), error.id, { ...error.outputs, [PROVIDER]: inputs[PROVIDER] });
  }
}

/** The form. The properties are out of sight of whoever prints the error: keys are among them. */
class InitFailed extends Error {
  readonly #properties: Props;
  readonly reasons: string[];
  constructor(
    message: string,
    readonly id: string,
    properties: Props,
  ) {
    super(message);
    this.#properties = properties;
    this.reasons = [message];
  }

  get properties(): Props {
    return this.#properties;
  }
}
