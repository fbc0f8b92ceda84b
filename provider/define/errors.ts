/**
 * The errors a user can meet. Every message is a whole sentence that says what was attempted, what happened and
 * what to do; none carries a credential, a stream key or a reply body.
 */

/** Root of the family: anything that this provider reports on purpose. */
export class StreamkeysError extends Error {
  override readonly name: string = "StreamkeysError";
}

/** Credentials or settings are missing or wrong; the message holds the command that mends them. */
export class ConfigError extends StreamkeysError {
  override readonly name = "ConfigError";
}

/** What is known of a call to a vendor that did not end well. */
export interface CallFailure {
  /** "Tenbyte (account eu)". */
  vendor: string;
  /** "GET /streams/abc". */
  call: string;
  /** HTTP status, where an answer came. */
  status?: number;
  /** The vendor's own name of the error, where it has one. */
  name?: string;
  /** The vendor's own words, redacted, or what happened on the network. */
  detail: string;
  /** The vendor's request id, where it sent one. */
  requestId?: string;
  /** What the user can do. */
  advice?: string;
}

/** A vendor call that failed. The subclasses say what it means; `failure` holds the parts of the sentence. */
export class CallError extends StreamkeysError {
  override readonly name: string = "CallError";
  readonly status: number | undefined;

  constructor(readonly failure: CallFailure) {
    const { vendor, call, status, detail, requestId, advice } = failure;
    const answer = status === undefined ? detail : `answered ${status}: ${detail}`;
    const id = requestId ? ` (request id ${requestId})` : "";
    super(`${vendor}: ${call} ${answer}${id}.${advice ? ` ${advice}` : ""}`);
    this.status = status;
  }
}

/** The vendor itself says that the object does not exist. The only error that may remove a resource from state. */
export class Gone extends CallError {
  override readonly name = "Gone";
}

/** Credentials were refused (401, 403). */
export class Unauthorized extends CallError {
  override readonly name = "Unauthorized";
}

/** The request was understood and turned down (other 4xx). Nothing was done. */
export class Refused extends CallError {
  override readonly name = "Refused";
}

/** Too many requests; `retryAfterMs` is what the vendor asked for, when it did. */
export class Throttled extends CallError {
  override readonly name = "Throttled";
  constructor(
    failure: CallFailure,
    readonly retryAfterMs?: number,
  ) {
    super(failure);
  }
}

/** The request never reached the vendor (no such host, connection refused). Nothing was done. */
export class Unreachable extends CallError {
  override readonly name = "Unreachable";
}

/** The request may have been carried out, but no usable answer came (timeout, cut connection, 5xx). */
export class LostAnswer extends CallError {
  override readonly name = "LostAnswer";
}

/** An answer came that is not what the vendor documents (HTML, empty, wrong shape). */
export class UnexpectedReply extends CallError {
  override readonly name = "UnexpectedReply";
}

/** The engine that asked for it was killed, so no more is done for it. */
export class EngineGone extends StreamkeysError {
  override readonly name = "EngineGone";
}

/** A create could not be finished and nothing can be taken over; the message says what to check. */
export class OrphanRisk extends StreamkeysError {
  override readonly name = "OrphanRisk";
}

/** The look before a call was turned down, so the call was not made. Not the call's own refusal, which vendors act on. */
export class StoppedByLook extends StreamkeysError {
  override readonly name = "StoppedByLook";
  constructor(readonly reason: CallError) {
    super(reason.message, { cause: reason });
  }
}

/** Deleting or replacing would cut a running broadcast, and nobody asked for that. */
export class LiveRefusal extends StreamkeysError {
  override readonly name = "LiveRefusal";
}

/** The vendor cannot rotate the key at the moment; the rotation waits for the next run. The message says why. */
export class NotNow extends StreamkeysError {
  override readonly name = "NotNow";
}

/** What exists at the vendor cannot be made to match the program without replacing it. */
export class AdoptionRefusal extends StreamkeysError {
  override readonly name = "AdoptionRefusal";
}

/** The object exists at the vendor but what follows its making failed; its id and `outputs` must be kept. */
export class Unfinished extends StreamkeysError {
  override readonly name = "Unfinished";
  /** Out of sight of whoever prints the error: keys are among them. */
  readonly #outputs: Record<string, unknown>;
  constructor(
    readonly id: string,
    outputs: Record<string, unknown>,
    cause: unknown,
  ) {
    super(
      `Not finished, and kept in state as ${id}: ${messageOf(cause)} Run \`pulumi up\` again to finish it.`,
      {
        cause,
      },
    );
    this.#outputs = outputs;
  }

  /** What state must hold of the object. */
  get outputs(): Record<string, unknown> {
    return this.#outputs;
  }
}

/** The sentence of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
