/**
 * One call on its way: queued, sent, retried, redirected, answered. The only
 * place that calls `fetch`.
 *
 * @module
 */
import type { FetchReply, StepPolicy } from "../kind.ts";
import type { Call, Fault, Reply } from "../operation.ts";
import { safeHeaders } from "../redact.ts";
import { readFetchError } from "./fetch_error.ts";
import type { Origin, Waiting } from "./limiter.ts";
import { completeReply, readReply, type ReceivedReply } from "./reply.ts";
import { toRequestInit } from "./request.ts";
import { backoffMs, type CompleteRetryPolicy, isTransient } from "./retry.ts";
import type { PooledSignal } from "./signal_pool.ts";
import { type FreshConnection, freshConnection } from "../services.ts";
import { TimerNode } from "./timers.ts";
import type { TransportServices } from "./transport.ts";
import { isDowngrade, originOf, resolveUrl } from "./url.ts";

/** Whoever waits for the end of an exchange. */
export interface ExchangeOwner {
  /** A request is about to be sent. */
  attempted(exchange: Exchange): void;
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

const MAX_REDIRECTS = 5;
/** Refreshes of credentials in a row. */
const MAX_REFRESHES = 2;

type Phase = "queued" | "sending" | "refreshing" | "pausing" | "ended";

/** One call on its way. */
export class Exchange extends TimerNode implements Waiting {
  readonly #services: TransportServices;
  readonly #options: ExchangeOptions;
  readonly #onEnd: (exchange: Exchange) => void;
  #owner: ExchangeOwner | undefined;
  /** Others who asked for the same thing meanwhile. */
  #others: ExchangeOwner[] | undefined;
  #call: Call;
  #origin: Origin;
  #phase: Phase = "queued";
  /** Tells the answers of given-up attempts from the present one's. */
  #turn = 0;
  #signal: PooledSignal | undefined;
  /** For a request that must not be sent twice behind our back. */
  #connection: FreshConnection | undefined;
  #redirects = 0;
  #refreshes = 0;

  /** What it is shared by, if it is. */
  readonly key: string | undefined;
  /** Attempts made; redirects and repetitions after a refresh do not count. */
  attempts = 0;
  /** Whether an attempt but the present one may have been processed. */
  uncertain: boolean;

  /**
   * Made by the transport, which then calls {@linkcode Exchange.begin}.
   *
   * @param key What it is shared by, if it is.
   * @param onEnd Called once when it is over, answered or abandoned.
   */
  constructor(
    services: TransportServices,
    call: Call,
    options: ExchangeOptions,
    owner: ExchangeOwner,
    key: string | undefined,
    onEnd: (exchange: Exchange) => void,
  ) {
    super();
    this.#services = services;
    this.#call = call;
    this.#options = options;
    this.#owner = owner;
    this.key = key;
    this.#onEnd = onEnd;
    this.#origin = services.limiter.origin(call.url);
    this.uncertain = options.uncertain;
  }

  /** Whether it still wants a place. */
  get wantsPlace(): boolean {
    return this.#phase === "queued";
  }

  /** Whether a request that must not be repeated blindly may be processed by now. */
  get isExposed(): boolean {
    return this.#options.policy.repeat !== "always" &&
      (this.uncertain || this.#phase === "sending");
  }

  /** Asks for a place and sends the request when there is one. */
  begin(): void {
    if (this.#isHeld) {
      this.#phase = "pausing";
      return this.#services.wheel.arm(this, this.#origin.heldUntil);
    }
    this.#phase = "queued";
    this.#services.limiter.enter(this.#origin, this);
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
    const reason = new DOMException("Nobody waits for this request any more", "AbortError");
    this.#abort(reason);
    this.#end();
  }

  /** The limiter has a place: send. */
  admit(): boolean {
    if (this.#isHeld) {
      this.begin(); // held while it was in the queue
      return false;
    }
    this.attempts++;
    this.#send();
    return true;
  }

  /** The attempt took too long, or the pause is over. */
  override wake(): void {
    if (this.#phase === "pausing") return this.begin();
    const seconds = this.#timeoutMs / 1_000;
    const message = `no answer within ${seconds} s`;
    const cause = new DOMException(`Request timed out: ${message}`, "TimeoutError");
    const isSending = this.#phase === "sending";
    this.#abort(cause);
    if (isSending) this.#faulted({ kind: "timeout", message, cause });
    else this.#fail({ kind: "unsent", message: `credentials not refreshed: ${message}`, cause });
  }

  get #isHeld(): boolean {
    const { heldUntil } = this.#origin;
    return heldUntil > 0 && this.#services.clock.now() < heldUntil;
  }

  get #timeoutMs(): number {
    return this.#options.policy.timeoutMs ?? this.#services.requestTimeoutMs;
  }

  #send(): void {
    const { wheel, clock, signals } = this.#services;
    this.#phase = "sending";
    const turn = ++this.#turn;
    const pooled = this.#signal = signals.take();
    this.#owner?.attempted(this);
    if (turn !== this.#turn) return; // the owner gave up on hearing of it
    wheel.arm(this, clock.now() + this.#timeoutMs);
    this.#get(pooled, turn);
  }

  /** One request and its reply, unless it is given up meanwhile. */
  async #get(pooled: PooledSignal, turn: number): Promise<void> {
    const { signals, clock, maxReplyBytes } = this.#services;
    const { fetchReply } = this.#options;
    const { signal } = pooled.controller;
    let received: ReceivedReply | Fault;
    try {
      if (fetchReply) {
        received = completeReply(await fetchReply({ signal }), clock.now());
      } else {
        const response = await this.#fetch(signal);
        if (turn !== this.#turn) return void response?.body?.cancel().catch(() => {});
        received = response?.type === "opaqueredirect"
          ? HIDDEN_REDIRECT
          : await readReply(response, maxReplyBytes, clock);
      }
    } catch (error) {
      if (turn !== this.#turn) return;
      this.#leave();
      return this.#faulted(readFetchError(error));
    }
    if (turn !== this.#turn) return;
    this.#hold(received.reply); // before the next in the queue takes the place
    this.#leave();
    signals.give(pooled);
    this.#received(received);
  }

  #fetch(signal: AbortSignal): Promise<Response> {
    const { fetch } = this.#services;
    const init = toRequestInit(this.#call, signal);
    const isRepeatable = this.#options.policy.repeat === "always";
    this.#connection = isRepeatable ? undefined : freshConnection();
    const pending = fetch(
      this.#call.url,
      this.#connection ? { ...init, ...this.#connection.init } : init,
    );
    if (typeof pending?.then === "function") return pending;
    throw new TypeError(`fetch returned ${typeof pending} instead of a promise`);
  }

  /** Leaves the origin alone for as long as a reply asks for. */
  #hold(reply: Reply | undefined): void {
    const until = reply && this.#options.policy.holdUntil?.(reply);
    if (until !== undefined) this.#origin.heldUntil = Math.max(this.#origin.heldUntil, until);
  }

  #received(received: ReceivedReply | Fault): void {
    if ("kind" in received) return this.#fail(received);
    const { reply, malformed, tooLarge } = received;
    const { status } = reply;
    if (status === 401 && this.#refresh(reply)) return;
    const { policy } = this.#options;
    if (policy.isTransient?.(reply) ?? isTransient(status)) return this.#unwell(reply);
    this.#origin.budget.refund();
    if (isRedirect(status) && this.#follow(reply)) return;
    if (tooLarge !== undefined) {
      return this.#fail({ kind: "tooLarge", message: `the reply has ${tooLarge}`, reply });
    }
    // The text of a refusal is worth reading even where it is not what it claims to be.
    if (malformed !== undefined && status < 400) {
      const message = `the reply is not the JSON it claims to be: ${malformed}`;
      const fault: Fault = { kind: "malformed", message, reply };
      return policy.repeat === "always" ? this.#fail(fault) : this.#faulted(fault);
    }
    this.#reply(reply);
  }

  /** The server says "not now". */
  #unwell(reply: Reply): void {
    const { repeat } = this.#options.policy;
    // A conflict that passes, for those whose policy knows one, is a refusal too.
    const isTurnedAway = reply.status === 429 || reply.status === 409 ||
      (reply.status === 503 && reply.retryAfterMs !== undefined);
    const isRefused = isTurnedAway || (repeat === "answered" && isOwnAnswer(reply.status));
    const mayRepeat = isRefused || repeat === "always" ||
      (repeat === "once" && !this.uncertain);
    const isRepeated = mayRepeat && this.#pause(reply.retryAfterMs);
    if (!isRefused && repeat !== "always") this.uncertain = true;
    if (isRepeated) this.#owner?.repeats?.(reply);
    else this.#reply(reply);
  }

  #faulted(fault: Fault): void {
    const { repeat } = this.#options.policy;
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
    const { wheel, clock, random } = this.#services;
    const { retry, policy } = this.#options;
    if (this.attempts >= Math.min(retry.attempts, policy.attempts ?? Infinity)) return false;
    const backoff = this.#origin.budget.take()
      ? backoffMs(retry, this.attempts, random)
      : retry.maxMs;
    this.#phase = "pausing";
    wheel.arm(this, clock.now() + Math.max(backoff, atLeastMs ?? 0));
    return true;
  }

  /** Asks for new credentials after a 401; `false` when there are none to be had. */
  #refresh(reply: Reply): boolean {
    const { fetch, wheel, clock } = this.#services;
    if (fetch.refresh === undefined || this.#refreshes >= MAX_REFRESHES) return false;
    this.#refreshes++;
    this.#phase = "refreshing";
    const turn = ++this.#turn;
    wheel.arm(this, clock.now() + this.#timeoutMs);
    const { url } = this.#call;
    Promise.resolve().then(() => fetch.refresh!(url)).then((isRefreshed) => {
      if (turn !== this.#turn) return;
      wheel.disarm(this);
      if (!isRefreshed) return this.#reply(reply);
      this.attempts--; // a 401 is no fault of the connection
      this.begin();
    }, (error) => {
      if (turn !== this.#turn) return;
      const { message, cause } = readFetchError(error);
      this.#fail({ kind: "unsent", message: `credentials not refreshed: ${message}`, cause });
    });
    return true;
  }

  /** Follows a redirect that the protocol does not read itself; `false` to hand it over. */
  #follow(reply: Reply): boolean {
    const { policy } = this.#options;
    const { method, url, headers, body } = this.#call;
    const location = reply.headers["location"];
    const keepsMethod = reply.status === 307 || reply.status === 308;
    if (policy.readsRedirects || location === undefined) return false;
    if (method !== "GET" && method !== "HEAD" && !keepsMethod) return false;
    const target = resolveUrl(location, url);
    const refusal = target === undefined
      ? "it is not an http URL"
      : isDowngrade(url, target)
      ? "it leads from https to http"
      : originOf(target) !== originOf(url) && method !== "GET" && method !== "HEAD"
      ? `it would carry a ${method} to another origin`
      : ++this.#redirects > MAX_REDIRECTS
      ? `there were ${MAX_REDIRECTS} before it`
      : undefined;
    if (target === undefined || refusal !== undefined) {
      this.#fail({ kind: "refused", message: `the redirect was not followed: ${refusal}`, reply });
      return true;
    }
    const staysHome = originOf(target) === originOf(url);
    this.#call = {
      method,
      url: target,
      ...(headers && { headers: staysHome ? headers : safeHeaders(headers) }),
      ...(body !== undefined && { body }),
    };
    this.#origin = this.#services.limiter.origin(target);
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
  }

  #reply(reply: Reply): void {
    const owner = this.#owner;
    const others = this.#others;
    this.#end();
    owner?.replied(reply, this);
    others?.forEach((other) => other.replied(reply, this));
  }

  /** Gives back the place and the timer of the present attempt. */
  #leave(): void {
    this.#connection?.close();
    this.#services.wheel.disarm(this);
    this.#services.limiter.leave(this.#origin);
  }

  /** Stops whatever is going on. */
  #abort(reason: DOMException): void {
    this.#turn++;
    const wasSending = this.#phase === "sending";
    this.#phase = "pausing"; // neither queued nor sending
    this.#services.wheel.disarm(this);
    if (!wasSending) return;
    this.#signal?.controller.abort(reason);
    this.#connection?.close();
    this.#services.limiter.leave(this.#origin);
  }

  #end(): void {
    this.#phase = "ended";
    this.#turn++;
    this.#owner = this.#others = this.#signal = undefined;
    this.#services.wheel.disarm(this);
    this.#onEnd(this);
  }
}

const HIDDEN_REDIRECT: Fault = {
  kind: "refused",
  message: "a redirect whose target this browser hides; fetch through a proxy that shows it",
};

/** Whether it is the server that says "not now", and not a gateway that lost its answer. */
function isOwnAnswer(status: number): boolean {
  return status === 408 || status === 500 || status === 503;
}

function isRedirect(status: number): boolean {
  return status === 301 || status === 302 || status === 303 ||
    status === 307 || status === 308;
}
