/**
 * One call on its way: queued, sent, retried, redirected, answered. The only
 * place that sends.
 *
 * @module
 */
import type { FetchReply, StepPolicy } from "../kind.ts";
import type { Call, Fault, Reply } from "../operation.ts";
import { type Attempt, type AttemptOwner, giveAttempt, takeAttempt } from "./attempt.ts";
import { type FreshConnection, freshConnection } from "../services.ts";
import { readFetchError } from "./fetch_error.ts";
import type { Question } from "./in_flight.ts";
import type { Origin, Waiting } from "./limiter.ts";
import { followRedirect } from "./redirect.ts";
import { toRequestInit } from "./request.ts";
import { backoffMs, type CompleteRetryPolicy, isRefusal, isTransient } from "./retry.ts";
import { TimerNode } from "./timers.ts";
import type { TransportServices } from "./transport.ts";

/** Whoever waits for the end of an exchange. */
export interface ExchangeOwner {
  /**
   * A request is about to be sent.
   *
   * @param nowMs The present time, in milliseconds of the clock.
   */
  attempted(exchange: Exchange, nowMs: number): void;
  /** The attempt came to nothing, and another will follow. */
  repeats?(cause: Reply | Fault): void;
  /** There is a reply, and nothing is to be repeated. */
  replied(reply: Reply, exchange: Exchange): void;
  /** There will be no reply. */
  faulted(fault: Fault, exchange: Exchange): void;
}

/** How an exchange is to be made. */
export interface ExchangeOptions {
  /** How the step's request may be treated. */
  readonly policy: StepPolicy;
  /** How to retry. */
  readonly retry: CompleteRetryPolicy;
  /** An earlier attempt, e.g. of another process, may have been processed. */
  readonly uncertain: boolean;
  /** Gets the reply instead of `fetch`. */
  readonly fetchReply?: FetchReply | undefined;
}

/** Refreshes of credentials in a row. */
const MAX_REFRESHES = 2;

type Phase = "queued" | "sending" | "refreshing" | "pausing" | "ended";

/** One call on its way; used again for another when it is over. */
export class Exchange extends TimerNode implements Waiting, AttemptOwner, Question {
  readonly #services: TransportServices;
  #policy!: StepPolicy;
  #retry!: CompleteRetryPolicy;
  #fetchReply: FetchReply | undefined;
  #owner: ExchangeOwner | undefined;
  /** Others who asked for the same thing meanwhile. */
  #others: ExchangeOwner[] | undefined;
  #call!: Call;
  #origin!: Origin;
  #phase: Phase = "ended";
  #attempt: Attempt | undefined;
  /** Tells the refresh that is wanted from one that is not. */
  #refresh = 0;
  /** For a request that must not be sent twice behind our back. */
  #connection: FreshConnection | undefined;
  #redirects = 0;
  #refreshes = 0;
  /** When to give up waiting for an answer, in milliseconds of the clock. */
  #timeoutAt = NaN;

  key: string | undefined;
  hash = 0;
  /** Whether nobody has set it going yet. */
  isNew = false;
  sibling: Question | undefined;
  /** Attempts made; redirects and repetitions after a refresh do not count. */
  attempts = 0;
  /** Whether an attempt but the present one may have been processed. */
  uncertain = false;
  /** When the answer came, in milliseconds of the clock: asking it costs as much as a transition. */
  answeredAt = NaN;
  /** The body of the answer as it came, if it came as text. */
  text: string | undefined;

  /** Made by the transport, which opens it for each call. */
  constructor(services: TransportServices) {
    super();
    this.#services = services;
  }

  /** Takes up a call; {@linkcode Exchange.begin} or {@linkcode Exchange.admit} sets it going. */
  open(call: Call, origin: Origin, options: ExchangeOptions, owner: ExchangeOwner): void {
    this.#call = call;
    this.#policy = options.policy;
    this.#retry = options.retry;
    this.#fetchReply = options.fetchReply;
    this.uncertain = options.uncertain;
    this.#owner = owner;
    this.#origin = origin;
    this.attempts = this.#redirects = this.#refreshes = 0;
    this.#phase = "queued";
    this.isNew = true;
  }

  /** Whether it still wants a place. */
  get wantsPlace(): boolean {
    return this.#phase === "queued";
  }

  /** Whether a request that must not be repeated blindly may be processed by now. */
  get isExposed(): boolean {
    return this.#policy.repeat !== "always" && (this.uncertain || this.#phase === "sending");
  }

  /** Asks for a place and sends the request when there is one. */
  begin(): void {
    this.isNew = false;
    const nowMs = this.#services.clock.now();
    if (this.#isHeld(nowMs)) return this.#pauseUntil(this.#origin.heldUntil);
    this.#phase = "queued";
    if (this.#isHeldOpen) this.admit(nowMs);
    else this.#services.limiter.enter(this.#origin, this, nowMs);
  }

  /** Lets another owner share the answer. */
  join(owner: ExchangeOwner): void {
    (this.#others ??= []).push(owner);
  }

  /** An owner loses interest; with the last one the request is aborted. */
  abandon(owner: ExchangeOwner): void {
    if (this.#phase === "ended") return;
    if (this.#owner === owner) this.#owner = this.#others?.pop();
    else this.#others = this.#others?.filter((other) => other !== owner);
    if (this.#owner) return;
    this.#abort(new DOMException("Nobody waits for this request any more", "AbortError"));
    this.#end();
    this.#services.transport.recycle(this);
  }

  /** The limiter has a place: send. */
  admit(nowMs: number): boolean {
    this.isNew = false;
    if (this.#isHeld(nowMs)) { // while it was in the queue
      this.#pauseUntil(this.#origin.heldUntil);
      return false;
    }
    this.attempts++;
    this.#phase = "sending";
    const attempt = this.#attempt = takeAttempt();
    this.#owner?.attempted(this, nowMs);
    if (attempt !== this.#attempt) return true; // the owner gave up on hearing of it
    this.#limit(nowMs);
    if (this.#fetchReply) attempt.ask(this, this.#services, this.#fetchReply);
    else attempt.fetch(this, this.#services);
    return true;
  }

  /** The attempt took too long, or the pause is over. */
  override wake(nowMs: number): void {
    if (this.#phase === "pausing") return this.begin();
    if (this.#phase !== "sending" && this.#phase !== "refreshing") return; // an old timer
    if (nowMs < this.#timeoutAt) return this.#services.wheel.arm(this, this.#timeoutAt);
    const seconds = this.#timeoutMs / 1_000;
    const message = `no answer within ${seconds} s`;
    const cause = new DOMException(`Request timed out: ${message}`, "TimeoutError");
    const isSending = this.#phase === "sending";
    if (!this.#abort(cause)) return;
    if (isSending) this.#faulted({ kind: "timeout", message, cause });
    else this.#fail({ kind: "unsent", message: `credentials not refreshed: ${message}`, cause });
  }

  received(received: Reply | Fault, text?: string): void {
    const { clock } = this.#services;
    this.text = text;
    const fault = "kind" in received ? received : undefined;
    const reply = fault ? fault.reply : received as Reply;
    this.answeredAt = clock.now();
    giveAttempt(this.#attempt!);
    this.#hold(reply); // before the next in the queue takes the place
    if (!this.#leave()) return;
    if (!reply) return this.#fail(fault!);
    const { status } = reply;
    if (status === 401 && this.#renew(reply)) return;
    const policy = this.#policy;
    if (policy.isTransient?.(reply) ?? isTransient(status)) return this.#unwell(reply);
    this.#origin.budget.refund();
    if (status >= 300 && status < 400 && this.#follow(reply)) return;
    if (!fault) return this.#reply(reply);
    if (fault.kind === "malformed" && policy.repeat !== "always") return this.#faulted(fault);
    this.#fail(fault);
  }

  broken(fault: Fault): void {
    this.answeredAt = this.#services.clock.now();
    if (this.#leave()) this.#faulted(fault);
  }

  #isHeld(nowMs: number): boolean {
    return nowMs < this.#origin.heldUntil;
  }

  get #timeoutMs(): number {
    const { timeoutMs, heldMs = 0 } = this.#policy;
    return timeoutMs ?? this.#services.requestTimeoutMs + heldMs;
  }

  /** Whether the server keeps it for long, so that it must take nobody's place. */
  get #isHeldOpen(): boolean {
    return this.#policy.heldMs !== undefined;
  }

  get url(): string {
    return this.#call.url;
  }

  init(signal: AbortSignal): RequestInit {
    const init = toRequestInit(this.#call, signal);
    if (this.#policy.repeat === "always") return init;
    this.#connection = freshConnection();
    return { ...init, ...this.#connection?.init };
  }

  /** Leaves the origin alone for as long as a reply asks for. */
  #hold(reply: Reply | undefined): void {
    const until = reply && this.#policy.holdUntil?.(reply);
    if (until !== undefined) this.#origin.heldUntil = Math.max(this.#origin.heldUntil, until);
  }

  /** The server says "not now". */
  #unwell(reply: Reply): void {
    const { repeat } = this.#policy;
    const isRefused = isRefusal(reply, repeat);
    const mayRepeat = isRefused || repeat === "always" ||
      (repeat === "once" && !this.uncertain);
    const isRepeated = mayRepeat && this.#pause(reply.retryAfterMs);
    if (!isRefused && repeat !== "always") this.uncertain = true;
    if (isRepeated) this.#owner?.repeats?.(reply);
    else this.#reply(reply);
  }

  #faulted(fault: Fault): void {
    const { repeat } = this.#policy;
    const isUnsent = fault.kind === "unsent";
    const mayRepeat = isUnsent || repeat === "always" ||
      (repeat === "once" && !this.uncertain);
    const isRepeated = mayRepeat && this.#pause(undefined);
    if (!isUnsent && repeat !== "always") this.uncertain = true;
    if (isRepeated) this.#owner?.repeats?.(fault);
    else this.#fail(fault);
  }

  /** Pauses before the next attempt; `false` when there is none left. */
  #pause(atLeastMs: number | undefined): boolean {
    const { clock, random } = this.#services;
    const retry = this.#retry;
    if (this.attempts >= Math.min(retry.attempts, this.#policy.attempts ?? Infinity)) return false;
    const backoff = this.#origin.budget.take()
      ? backoffMs(retry, this.attempts, random)
      : retry.maxMs;
    this.#pauseUntil(clock.now() + Math.max(backoff, atLeastMs ?? 0));
    return true;
  }

  /**
   * Limits the time for an answer. The timer of an earlier request does as well if it comes
   * before: then it is armed anew. Nearly all requests are answered long before, and arming and
   * forgetting one each time would be a tenth of all work.
   */
  #limit(nowMs: number): void {
    const { wheel } = this.#services;
    this.#timeoutAt = nowMs + this.#timeoutMs;
    const dueMs = Math.ceil(this.#timeoutAt) - wheel.epochMs;
    if (this.slot < 0 || this.dueMs > dueMs) wheel.armFor(this, dueMs);
  }

  #pauseUntil(timeMs: number): void {
    this.#phase = "pausing";
    this.#services.wheel.arm(this, timeMs);
  }

  /** Asks for new credentials after a 401; `false` when there are none to be had. */
  #renew(reply: Reply): boolean {
    const { fetch, clock } = this.#services;
    if (fetch.refresh === undefined || this.#refreshes >= MAX_REFRESHES) return false;
    this.#refreshes++;
    this.#phase = "refreshing";
    const refresh = ++this.#refresh;
    this.#limit(clock.now());
    const { url } = this.#call;
    Promise.resolve().then(() => fetch.refresh!(url)).then((isRefreshed) => {
      if (refresh !== this.#refresh) return;
      if (!isRefreshed) return this.#reply(reply);
      this.attempts--; // a 401 is no fault of the connection
      this.begin();
    }, (error) => {
      if (refresh !== this.#refresh) return;
      const { message, cause } = readFetchError(error);
      this.#fail({ kind: "unsent", message: `credentials not refreshed: ${message}`, cause });
    });
    return true;
  }

  /** Follows a redirect that the protocol does not read itself; `false` to hand it over. */
  #follow(reply: Reply): boolean {
    if (this.#policy.readsRedirects) return false;
    const next = followRedirect(this.#call, reply, this.#redirects++);
    if (next === undefined) return false;
    if ("refusal" in next) {
      const message = `the redirect was not followed: ${next.refusal}`;
      this.#fail({ kind: "refused", message, reply });
      return true;
    }
    this.#call = next;
    this.#origin = this.#services.limiter.origin(next.url);
    this.attempts--; // the same attempt goes on
    this.begin();
    return true;
  }

  #fail(fault: Fault): void {
    const owner = this.#owner;
    const others = this.#others;
    this.#end();
    owner?.faulted(fault, this);
    others?.forEach((other) => other.faulted(fault, this));
    this.#services.transport.recycle(this);
  }

  #reply(reply: Reply): void {
    const owner = this.#owner;
    const others = this.#others;
    this.#end();
    owner?.replied(reply, this);
    others?.forEach((other) => other.replied(reply, this));
    this.#services.transport.recycle(this);
  }

  /**
   * Gives back the place of the present attempt.
   *
   * @returns Whether anybody waits for the answer: sending the next request may have changed that.
   */
  #leave(): boolean {
    const call = this.#call;
    this.#attempt = undefined;
    this.#connection?.close();
    this.#connection = undefined;
    if (!this.#isHeldOpen) this.#services.limiter.leave(this.#origin, this.answeredAt);
    return this.#isFor(call);
  }

  /** Whether somebody still waits for the answer to this call: it may be another's by now. */
  #isFor(call: Call): boolean {
    return this.#owner !== undefined && this.#call === call;
  }

  /**
   * Stops whatever is going on.
   *
   * @returns Whether anybody waits for the answer still: hearing of an abort may have changed that.
   */
  #abort(reason: DOMException): boolean {
    const attempt = this.#attempt;
    const call = this.#call;
    this.#refresh++;
    this.#phase = "pausing"; // neither queued nor sending
    if (!attempt) return true;
    const origin = this.#origin;
    const connection = this.#connection;
    const isHeldOpen = this.#isHeldOpen;
    this.#attempt = this.#connection = undefined; // before anybody hears of it, who may give up too
    attempt.abort(reason);
    connection?.close();
    const { limiter, clock } = this.#services;
    if (!isHeldOpen) limiter.leave(origin, clock.now());
    return this.#isFor(call);
  }

  #end(): void {
    this.#phase = "ended";
    this.#refresh++;
    this.#owner = this.#others = undefined;
    this.#services.transport.unshare(this);
  }
}
