/**
 * One call on its way, and what its answer means to it: that it is retried,
 * redirected, authorised anew, or told to all who asked for the same.
 *
 * @module
 */
import type { FetchReply } from "../../model/protocol.ts";
import type { StepPolicy } from "../../model/step.ts";
import type { Call, Fault, Reply } from "../../model/message.ts";
import { contain } from "../../model/contain.ts";
import { readFetchError } from "./fetch_error.ts";
import type { Question } from "./in_flight.ts";
import type { Origin } from "./limiter.ts";
import { followRedirect } from "./redirect.ts";
import { backoffMs, isCertainlyRefused, isRefusal, isTransient } from "./retry.ts";
import type { CompleteRetryPolicy } from "../../model/retry.ts";
import { Sending } from "./sending.ts";

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
  /** Whether a redirect may lead to another origin; any where absent. */
  mayLeadTo?(origin: string): boolean;
}

/** Longest time for which one reply mutes an origin, in milliseconds. */
const LONGEST_HOLD_MS = 3_600_000;
/** A limit that is over so much later is no time but e.g. one in another unit, in milliseconds. */
const NONSENSE_MS = 24 * 3_600_000;
/** The name of a header that fetch refuses, as JSON: trying again changes nothing. */
function unsendableHeader({ headers = {} }: Call): string | undefined {
  for (const [name, value] of Object.entries(headers)) {
    const isFit = TOKEN.test(name) && typeof value === "string" && !UNFIT_VALUE.test(value);
    if (!isFit) return JSON.stringify(name);
  }
  return undefined;
}

const TOKEN = /^[!#$%&'*+.^_`|~0-9a-z-]+$/i;
const UNFIT_VALUE = /[\r\n\0]|[^\0-\xff]/;
/** Refreshes of credentials in a row. */
const MAX_REFRESHES = 2;

/** One call on its way; used again for another when it is over. */
export class Exchange extends Sending implements Question {
  #retry!: CompleteRetryPolicy;
  #owner: ExchangeOwner | undefined;
  #options: ExchangeOptions | undefined;
  /** Others who asked for the same thing meanwhile. */
  #others: ExchangeOwner[] | undefined;
  #redirects = 0;
  #refreshes = 0;
  /** The 401 because of which credentials are being renewed. */
  #refused: Reply | undefined;

  key: string | undefined;
  hash = 0;
  sibling: Question | undefined;
  /** The body of the answer as it came, if it came as text. */
  text: string | undefined;

  /** Takes up a call; {@linkcode Exchange.begin} or {@linkcode Exchange.admit} sets it going. */
  open(call: Call, origin: Origin, options: ExchangeOptions, owner: ExchangeOwner): void {
    this.call = call;
    this.policy = options.policy;
    this.#retry = options.retry;
    this.fetchReply = options.fetchReply;
    this.uncertain = options.uncertain;
    this.#owner = owner;
    this.#options = options;
    this.origin = origin;
    this.attempts = this.#redirects = this.#refreshes = 0;
    this.phase = "queued";
    this.isNew = true;
  }

  /** Lets another owner share the answer. */
  join(owner: ExchangeOwner): void {
    (this.#others ??= []).push(owner);
  }

  /** An owner loses interest; with the last one the request is aborted. */
  abandon(owner: ExchangeOwner): void {
    if (this.phase === "ended") return;
    if (this.#owner === owner) this.#owner = this.#others?.pop();
    else this.#others = this.#others?.filter((other) => other !== owner);
    if (this.#owner) return;
    this.abort(new DOMException("Nobody waits for this request any more", "AbortError"));
    this.#end();
    this.services.transport.recycle(this);
  }

  protected override get isWanted(): boolean {
    return this.#owner !== undefined;
  }

  protected override announce(nowMs: number): void {
    this.#owner?.attempted(this, nowMs);
  }

  override received(received: Reply | Fault, text?: string): void {
    this.text = text;
    const fault = "kind" in received ? received : undefined;
    const reply = fault ? fault.reply : received as Reply;
    this.#hold(reply); // before the next in the queue takes the place
    if (!this.leave("answered")) return;
    if (!reply) return this.fail(fault!);
    const { status } = reply;
    if (status === 401 && this.#renew(reply)) return;
    const policy = this.policy;
    const isUnwell = policy.isTransient && this.#ask(policy.isTransient, reply);
    if (isUnwell ?? isTransient(status)) return this.#unwell(reply);
    this.origin.budget.refund();
    if (status >= 300 && status < 400 && this.#follow(reply)) return;
    if (!fault) return this.#reply(reply);
    if (fault.kind === "malformed" && policy.repeat !== "always") return this.faulted(fault);
    this.fail(fault);
  }

  override broken(fault: Fault): void {
    if (!this.leave("broken")) return;
    if (fault.isLasting) return this.fail(fault);
    const name = unsendableHeader(this.call);
    if (name === undefined) return this.faulted(fault);
    this.fail({ ...fault, kind: "unsent", message: `header ${name} cannot be sent` });
  }

  /** Leaves the origin alone for as long as a reply asks for. */
  #hold(reply: Reply | undefined): void {
    const { holdUntil } = this.policy;
    const until = reply && holdUntil && this.#ask(holdUntil, reply);
    if (until === undefined) return;
    const waitMs = until - this.services.clock.now();
    if (!(waitMs > 0 && waitMs < NONSENSE_MS)) return; // not NaN either
    const heldUntil = until - Math.max(0, waitMs - LONGEST_HOLD_MS);
    this.origin.heldUntil = Math.max(this.origin.heldUntil, heldUntil);
  }

  /** Asks the kind about a reply; one that throws has nothing to say of it. */
  #ask<A>(question: (reply: Reply) => A, reply: Reply): A | undefined {
    return contain(() => question.call(this.policy, reply), this.services.report);
  }

  /** The server says "not now". */
  #unwell(reply: Reply): void {
    const { repeat, tellsLoss } = this.policy;
    const isRefused = isRefusal(reply, repeat);
    const mayRepeat = isRefused || repeat === "always" ||
      (repeat === "once" && !this.uncertain);
    const isRepeated = mayRepeat && this.#pause(reply.retryAfterMs);
    if (!isRefused && repeat !== "always") this.uncertain = true;
    if (tellsLoss && !isCertainlyRefused(reply)) this.uncertain = true;
    if (isRepeated) this.#owner?.repeats?.(reply);
    else this.#reply(reply);
  }

  protected override faulted(fault: Fault): void {
    const { repeat, tellsLoss } = this.policy;
    const isUnsent = fault.kind === "unsent";
    const mayRepeat = isUnsent || repeat === "always" ||
      (repeat === "once" && !this.uncertain);
    const isRepeated = mayRepeat && this.#pause(undefined);
    if (!isUnsent && (repeat !== "always" || tellsLoss)) this.uncertain = true;
    if (isRepeated) this.#owner?.repeats?.(fault);
    else this.fail(fault);
  }

  /** Pauses before the next attempt; `false` when there is none left. */
  #pause(atLeastMs: number | undefined): boolean {
    const { clock, random } = this.services;
    const retry = this.#retry;
    if (this.attempts >= Math.min(retry.attempts, this.policy.attempts ?? Infinity)) return false;
    const backoff = this.origin.budget.take()
      ? backoffMs(retry, this.attempts, random)
      : retry.maxMs;
    this.pauseUntil(clock.now() + Math.max(backoff, atLeastMs ?? 0));
    return true;
  }

  /** Asks for new credentials after a 401; `false` when there are none to be had. */
  #renew(reply: Reply): boolean {
    if (this.services.fetch.refresh === undefined || this.#refreshes >= MAX_REFRESHES) return false;
    this.#refreshes++;
    this.#refresh(reply);
    return true;
  }

  /**
   * Asks for new credentials. Whoever gives them out may be away for a moment, as
   * any server may: then they are asked for again, and nothing is sent before.
   */
  #refresh(reply: Reply): void {
    const { fetch, clock } = this.services;
    this.#refused = reply;
    this.phase = "refreshing";
    const refreshing = this.refreshing = new AbortController();
    this.limit(clock.now());
    const { url } = this.call;
    const { signal } = refreshing;
    Promise.resolve().then(() => fetch.refresh!(url, { signal })).then((isRefreshed) => {
      if (refreshing !== this.refreshing) return;
      this.refreshing = this.#refused = undefined;
      if (!isRefreshed) return this.#reply(reply);
      this.attempts--; // a 401 is no fault of the connection
      this.begin();
    }, (error) => {
      if (refreshing !== this.refreshing) return;
      this.refreshing = undefined;
      const { message, cause } = readFetchError(error);
      this.faulted({ kind: "unsent", message: `credentials not refreshed: ${message}`, cause });
    });
  }

  protected override resume(): void {
    if (!this.#refused) return this.begin();
    this.attempts++; // it was the credentials that took one
    this.#refresh(this.#refused);
  }

  /** Follows a redirect that the protocol does not read itself; `false` to hand it over. */
  #follow(reply: Reply): boolean {
    if (this.policy.readsRedirects) return false;
    const options = this.#options;
    const next = followRedirect(this.call, reply, {
      earlier: this.#redirects++,
      mayLeadTo: (origin) => options?.mayLeadTo?.(origin) ?? true,
    });
    if (next === undefined) return false;
    if ("refusal" in next) {
      const message = `the redirect was not followed: ${next.refusal}`;
      this.fail({ kind: "refused", message, reply });
      return true;
    }
    this.call = next;
    this.origin = this.services.limiter.origin(next.url);
    this.attempts--; // the same attempt goes on
    this.begin();
    return true;
  }

  protected override fail(fault: Fault): void {
    const owner = this.#owner;
    const others = this.#others;
    this.#end();
    owner?.faulted(fault, this);
    others?.forEach((other) => other.faulted(fault, this));
    this.services.transport.recycle(this);
  }

  #reply(reply: Reply): void {
    const owner = this.#owner;
    const others = this.#others;
    this.#end();
    owner?.replied(reply, this);
    others?.forEach((other) => other.replied(reply, this));
    this.services.transport.recycle(this);
  }

  #end(): void {
    this.phase = "ended";
    this.endRefresh();
    this.#refused = undefined;
    this.#owner = this.#others = this.#options = undefined;
    this.services.transport.unshare(this);
  }
}
