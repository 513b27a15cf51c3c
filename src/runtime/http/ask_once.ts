/**
 * One question, one answer, with the care that the requests of operations get:
 * retry, redirects, renewed credentials, limits of time and size.
 *
 * @module
 */
import { createLroError } from "../../model/errors.ts";
import type { StepPolicy } from "../../model/step.ts";
import type { Failure } from "../../model/verdict.ts";
import type { Call, Fault, Reply } from "../../model/message.ts";
import {
  redactCause,
  redactCodes,
  redactReply,
  redactText,
  redactValue,
} from "../../model/redact.ts";
import { type Clock, printError, systemServices } from "../../services.ts";
import { AbortListeners } from "../abort_listeners.ts";
import {
  checkOptions,
  DURATION,
  FUNCTION,
  having,
  type OptionRules,
} from "../../model/check_options.ts";
import type { Exchange, ExchangeOwner } from "./exchange.ts";
import { completeRetryPolicy } from "./retry.ts";
import { TimerNode, TimerWheel } from "../timers.ts";
import { Transport } from "./transport.ts";
import type { RefreshableFetch } from "../../model/fetch.ts";

/** Options of a single request. */
export interface AskOptions {
  /**
   * Sends the request; authentication and signing are wrappers around it.
   *
   * @default {globalThis.fetch}
   */
  readonly fetch?: RefreshableFetch | undefined;
  /** Time: an XState `Clock` plus `now()`. The machine's own where it is not given. */
  readonly clock?: Clock | undefined;
  /**
   * A number in `[0, 1)`, for jitter.
   *
   * @default {Math.random}
   */
  readonly random?: (() => number) | undefined;
  /** Gives up when it aborts. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Longest time in all, retries included, in milliseconds.
   *
   * @default {60000}
   */
  readonly deadlineMs?: number | undefined;
}

/** What is asked, and how the answer is read. */
export interface Question<T> {
  /** Who is asked, for errors. */
  readonly provider: string;
  /** What is being done, for errors, e.g. `"list operations"`. */
  readonly doing: string;
  /** Which operation it is about, for errors. */
  readonly operationId?: string | undefined;
  /** The request. */
  readonly call: Call;
  /** How it may be treated. */
  readonly policy: StepPolicy;
  /** What the answer means. */
  readonly read: (reply: Reply) => { readonly value: T } | { readonly failure: Failure };
}

const RULES: OptionRules = {
  fetch: FUNCTION,
  clock: having("now", "setTimeout", "clearTimeout"),
  random: FUNCTION,
  signal: {
    ...having("addEventListener", "removeEventListener"),
    expected: "an AbortSignal",
  },
  deadlineMs: DURATION,
};

const LIMITS = {
  maxRequests: 1,
  maxRequestsPerOrigin: 1,
  requestTimeoutMs: 30_000,
  maxReplyBytes: 2 ** 24,
  report: printError,
};

/**
 * Asks.
 *
 * @throws {LroError} If there is no answer, or none that makes sense.
 * @throws The signal's reason, if it aborts.
 * @throws {TypeError} If an option is unknown or of the wrong type.
 * @throws {RangeError} If a number is out of bounds.
 */
export async function askOnce<T>(question: Question<T>, options: AskOptions): Promise<T> {
  checkOptions(options, RULES, question.doing);
  const { signal } = options;
  signal?.throwIfAborted();
  return await new Promise<T>((resolve, reject) => {
    const asking = new Asking(question, options, { resolve, reject });
    if (signal) asking.follow(signal);
    asking.begin();
  });
}

interface Settling<T> {
  resolve(value: T): void;
  reject(reason: unknown): void;
}

/** One question under way; its timer is for the deadline. */
class Asking<T> extends TimerNode implements ExchangeOwner {
  readonly #question: Question<T>;
  readonly #settling: Settling<T>;
  readonly #clock: Clock;
  readonly #wheel: TimerWheel;
  readonly #transport: Transport;
  readonly #deadlineMs: number;
  readonly #startedAt: number;
  #requests = 0;
  #exchange: Exchange | undefined;
  #unlisten: (() => void) | undefined;

  constructor(question: Question<T>, options: AskOptions, settling: Settling<T>) {
    super();
    const { fetch = systemServices.fetch, clock = systemServices.clock } = options;
    const { random = systemServices.random } = options;
    const services = { fetch: fetch as typeof globalThis.fetch, clock, random };
    this.#question = question;
    this.#settling = settling;
    this.#clock = clock;
    this.#wheel = new TimerWheel(clock, printError);
    this.#transport = new Transport(services, this.#wheel, LIMITS);
    this.#deadlineMs = options.deadlineMs ?? 60_000;
    this.#startedAt = clock.now();
  }

  begin(): void {
    const { call, policy } = this.#question;
    const retry = completeRetryPolicy(undefined, undefined);
    if (this.#deadlineMs < Infinity) {
      this.#wheel.arm(this, this.#startedAt + this.#deadlineMs);
    }
    this.#exchange = this.#transport.send(call, { policy, retry, uncertain: false }, this);
  }

  follow(signal: AbortSignal): void {
    const abort = (): void => {
      this.#end();
      this.#settling.reject(signal.reason);
    };
    const listener = { aborted: abort };
    AbortListeners.of(signal).add(listener);
    this.#unlisten = () => AbortListeners.of(signal).remove(listener);
  }

  override wake(): void {
    const message = `Cannot ${this.#question.doing}: no answer within ${this.#deadlineMs} ms`;
    this.#fail({ code: "deadline-exceeded", message });
  }

  attempted(): void {
    this.#requests++;
  }

  replied(reply: Reply): void {
    const read = this.#question.read(reply);
    if ("failure" in read) return this.#fail(read.failure, reply);
    this.#end();
    this.#settling.resolve(read.value);
  }

  faulted({ kind, message, cause, reply }: Fault): void {
    const isProtocol = kind === "malformed" || kind === "tooLarge" || kind === "refused";
    const text = `Cannot ${this.#question.doing}: ${message}`;
    this.#fail({ code: isProtocol ? "protocol" : "transport", message: text }, reply, cause);
  }

  #fail(failure: Failure, reply?: Reply, cause?: unknown): void {
    const { code, message, providerMessage, details, ...rest } = failure;
    const shown = reply && redactReply(reply);
    const attempts = this.#exchange?.attempts;
    this.#end();
    this.#settling.reject(createLroError(code, redactText(message), {
      provider: this.#question.provider,
      operationId: this.#question.operationId ?? "",
      polls: 0,
      requests: this.#requests,
      elapsedMs: Math.max(0, Math.round(this.#clock.now() - this.#startedAt)),
      ...rest,
      ...redactCodes(failure),
      ...(shown && { lastReply: shown }),
      ...(cause !== undefined && { cause: redactCause(cause) }),
      ...(providerMessage !== undefined && { providerMessage: redactText(providerMessage) }),
      details: redactValue(details),
      reply: shown,
      status: reply?.status,
      attempts,
      deadlineMs: this.#deadlineMs,
    }));
  }

  #end(): void {
    this.#unlisten?.();
    this.#exchange?.abandon(this);
    this.#wheel.disarm(this);
  }
}
