import type { z } from "zod";
import type { Api, CallOptions, Method, Path, Reply } from "../define/api";
import {
  LostAnswer,
  Refused,
  StoppedByLook,
  Unauthorized,
  UnexpectedReply,
  Unreachable,
} from "../define/errors";
import { type Account, identityOf } from "./account";
import { answerError, isSuccess, parsed } from "./answer";
import { type VendorClock, vendorClock } from "./clock";
import { sendOnce } from "./http";
import { type Limiter, limiter, type Next } from "./limiter";
import { type SharedAnswers, sharedAnswers } from "./shared";

/** Opens accounts. The only room that talks to the network, and the only one that knows credentials. */

/** What all calls to one account share within the process. */
interface Line {
  limiter: Limiter;
  answers: SharedAnswers;
  clock: VendorClock;
  /** When a write last ended, well or not. */
  wroteAt: number;
}

const lines = new Map<string, Line>();

function lineTo(account: Account): Line {
  const identity = JSON.stringify([account.vendor.name, account.baseUrl, account.credentials]);
  let line = lines.get(identity);
  if (!line) {
    line = { limiter: limiter(account), answers: sharedAnswers(), clock: vendorClock(), wroteAt: 0 };
    lines.set(identity, line);
  }
  return line;
}

const apis = new WeakMap<Account, Api>();

/** Opens an account. Every Api of one account shares its limiter, its pauses and its shared answers. */
export function openApi(account: Account): Api {
  const api = apis.get(account) ?? opened(account);
  apis.set(account, api);
  return api;
}

function opened(account: Account): Api {
  const line = lineTo(account);
  const { limiter, answers, clock } = line;
  const directly = (next: Next): Api =>
    apiThrough((call) => call(next), { get: (_name, _maxAgeMs, load) => load(), drop: answers.drop });
  return apiThrough(limiter.run, answers);

  function apiThrough(run: Limiter["run"], shared: SharedAnswers): Api {
    return callsOf(account, shared, line, (method, at, options) =>
      run(
        async (next) => {
          if (options.before) await nothingDoneYet(options.before(directly(next)));
          await next();
          const sentAt = Date.now();
          const reply = await sendOnce(account, method, at, options).finally(() => {
            if (method !== "GET") line.wroteAt = performance.now();
          });
          clock.learn(sentAt, Date.now(), reply.headers);
          if (isSuccess(reply)) return reply;
          throw answerError(`${method} ${at.encoded}`, reply, account);
        },
        options.repeatable ?? (method !== "POST" || options.idempotencyKey !== undefined),
      ),
    );
  }
}

/** A look that got no answer has changed nothing, so look and call may be repeated, whatever the call is. */
async function nothingDoneYet(look: Promise<void>): Promise<void> {
  try {
    await look;
  } catch (error) {
    if (error instanceof LostAnswer || error instanceof UnexpectedReply) throw new Unreachable(error.failure);
    if (error instanceof Refused || error instanceof Unauthorized) throw new StoppedByLook(error);
    throw error;
  }
}

function callsOf(
  account: Account,
  answers: SharedAnswers,
  line: Line,
  answered: (method: Method, at: Path, options: CallOptions) => Promise<Reply<string>>,
): Api {
  const request = async <T>(
    method: Method,
    at: Path,
    schema: z.ZodType<T>,
    options: CallOptions = {},
  ): Promise<Reply<T>> => {
    const reply = await answered(method, at, options);
    return { ...reply, body: parsed(`${method} ${at.encoded}`, reply, schema, account) };
  };
  const bodyOf =
    (method: Method) =>
    async <T>(at: Path, schema: z.ZodType<T>, options?: CallOptions): Promise<T> =>
      (await request(method, at, schema, options)).body;

  return {
    label: account.label,
    identity: identityOf(account),
    timeoutMs: account.timeoutSeconds * 1000,
    waitMs: account.waitSeconds * 1000,
    clockSkew: line.clock.skew,
    get: bodyOf("GET"),
    ask: (at, schema, options) => bodyOf("POST")(at, schema, { ...options, repeatable: true }),
    post: bodyOf("POST"),
    put: bodyOf("PUT"),
    patch: bodyOf("PATCH"),
    delete: async (at, schema, options) => {
      await request("DELETE", at, schema, options);
    },
    request,
    shared: answers.get,
    unshare: answers.drop,
    wroteAt: () => line.wroteAt,
  };
}
