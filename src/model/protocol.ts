/**
 * A provider's pure functions: which call a step makes, and what its reply means.
 *
 * @module
 */
import type { ProtocolState, StepPolicy } from "./step.ts";
import type { StateValue } from "../xstate/mod.ts";
import type { Verdict } from "./verdict.ts";
import type { Call, Fault, Reply } from "./message.ts";
import type { EventStream } from "./stream.ts";
import type { Feed } from "./feed.ts";

/** Gets a reply in some other way than by one request. */
export type FetchReply = (
  options: { readonly signal: AbortSignal },
) => Promise<Reply>;

/** An event from the caller: `cancel`, `pollNow`, or one that the kind takes. */
export interface CallerEvent {
  /** The event's name. */
  readonly type: string;
  /** What it brings. */
  readonly [field: string]: unknown;
}

/**
 * A provider's pure functions: which call a step makes, and what its reply
 * means. They never wait, never send, and know no clock.
 */
export interface Protocol<Input, Memory> {
  /** Every step the machine names, and how its request may be treated. */
  readonly steps: Readonly<Record<string, StepPolicy>>;
  /** How the request of a step may be treated, where the input decides it; `steps` says it where this does not. */
  policyOf?(step: string, input: Input): StepPolicy | undefined;
  /**
   * What an operation remembers at its start.
   *
   * @param newKey Makes a key, of letters and digits, by which the provider knows a repeated request.
   * @throws {TypeError} If the input, or that of a token, needs something that is not there; `start` and `restore` throw it.
   */
  begin(input: Input, newKey: () => string): Memory;
  /** The origin that the caller's own `headers` are meant for. */
  origin(input: Input): string;
  /**
   * Whether a redirect of a question may lead to another origin than that of its
   * call, e.g. one on which a polling URL may be. A sign-in page of another
   * origin must never become a reply. Where this is absent any origin may answer;
   * credentials never go along.
   */
  allowsOrigin?(origin: string, input: Input): boolean;
  /** The call that a step makes. */
  call(step: string, state: ProtocolState<Input, Memory>): Call;
  /** What the reply to a step's call means. */
  read(step: string, reply: Reply, state: ProtocolState<Input, Memory>): Verdict;
  /** What the step has already, a reply or its meaning, so that nothing is sent. */
  known?(step: string, state: ProtocolState<Input, Memory>): Reply | Verdict | undefined;
  /**
   * The caller's own way to get the reply of a step, instead of its call. It is
   * retried, limited and timed like a request; the call is never sent.
   */
  fetchReply?(step: string, state: ProtocolState<Input, Memory>): FetchReply | undefined;
  /** One request for many waiters, where the provider has a list that serves them all. */
  readonly feed?: Feed<Input, Memory>;
  /** One websocket for many waiters, where the provider tells what happens by itself. */
  readonly stream?: EventStream<Input, Memory>;
  /**
   * What an event from the caller means; the event alone where this is absent.
   *
   * @throws {TypeError} If the event is not fit; `handle.send` throws it.
   */
  hear?(event: CallerEvent, state: ProtocolState<Input, Memory>): Verdict;
  /**
   * What a fault means, where it means more than `transport` (or `protocol` for
   * an answer that cannot be read).
   */
  fault?(
    step: string,
    fault: Fault,
    state: ProtocolState<Input, Memory>,
  ): Verdict | undefined;
  /**
   * The end that the provider has told already, while something about it is
   * still being read: it comes instead of a fault, of `timedOut` and of `canceled`.
   */
  foregone?(state: ProtocolState<Input, Memory>): Verdict | undefined;
  /**
   * What was still missing when the deadline passed, for the error's text, where
   * that is more than an end of the operation.
   *
   * @param value Where the machine stands, as XState has it.
   */
  explainDeadline?(value: StateValue, state: ProtocolState<Input, Memory>): string | undefined;
  /** What was achieved so far: the `partialResult` of whatever error comes next. */
  partialResult?(state: ProtocolState<Input, Memory>): unknown;
  /**
   * What of the input goes into a token: nothing secret, and what later steps
   * need. The whole input where this is absent.
   *
   * @param uncertain The present step's request is out, and will not be sent again by the token.
   */
  keep?(input: Input, memory: Memory, uncertain: boolean): object;
  /** Why the operation cannot be canceled at its provider, for the error text. */
  readonly cannotCancel?: string;
}
