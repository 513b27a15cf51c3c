/**
 * One request at a time: it waits for a place, is sent, limited in time, and
 * aborted when nobody waits for it. The only place that sends.
 *
 * @module
 */
import type { FetchReply } from "../../model/protocol.ts";
import type { StepPolicy } from "../../model/step.ts";
import type { Call, Fault, Reply } from "../../model/message.ts";
import { type FreshConnection, freshConnection } from "../../services.ts";
import { type Attempt, type AttemptOwner, giveAttempt, takeAttempt } from "./attempt.ts";
import type { Origin, Waiting } from "./limiter.ts";
import { toRequestInit } from "./request.ts";
import { TimerNode } from "../timers.ts";
import type { TransportServices } from "./transport_services.ts";

/** What it is doing. */
type Phase = "queued" | "sending" | "refreshing" | "pausing" | "ended";

/** A call that is being sent. */
export abstract class Sending extends TimerNode implements Waiting, AttemptOwner {
  /** What it works with. */
  protected readonly services: TransportServices;
  /** How the step's request may be treated. */
  protected policy!: StepPolicy;
  protected call!: Call;
  protected origin!: Origin;
  protected phase: Phase = "ended";
  /** Gets the reply instead of `fetch`. */
  protected fetchReply: FetchReply | undefined;
  /** The refresh of credentials that is under way; aborted when nobody waits for it any more. */
  protected refreshing: AbortController | undefined;
  #attempt: Attempt | undefined;
  /** For a request that must not be sent twice behind our back. */
  #connection: FreshConnection | undefined;
  /** When to give up waiting for an answer, in milliseconds of the clock. */
  #timeoutAt = NaN;

  /** Whether nobody has set it going yet. */
  isNew = false;
  /** Attempts made; redirects and repetitions after a refresh do not count. */
  attempts = 0;
  /** Whether an attempt but the present one may have been processed. */
  uncertain = false;
  /** When the answer came, in milliseconds of the clock: asking it costs as much as a transition. */
  answeredAt = NaN;

  /** A request for no call yet. */
  constructor(services: TransportServices) {
    super();
    this.services = services;
  }

  /** Whether anybody waits for the answer. */
  protected abstract get isWanted(): boolean;
  /** The request is about to be sent. */
  protected abstract announce(nowMs: number): void;
  abstract received(received: Reply | Fault, text?: string): void;
  abstract broken(fault: Fault): void;
  /** No answer, but perhaps another attempt. */
  protected abstract faulted(fault: Fault): void;
  /** No answer, and no other attempt. */
  protected abstract fail(fault: Fault): void;

  /** Whether it still wants a place. */
  get wantsPlace(): boolean {
    return this.phase === "queued";
  }

  /** Whether a request that must not be repeated blindly may be processed by now. */
  get isExposed(): boolean {
    const { repeat, tellsLoss } = this.policy;
    return (repeat !== "always" || tellsLoss === true) && (this.uncertain || this.#isOut);
  }

  /** Asks for a place and sends the request when there is one. */
  begin(): void {
    this.isNew = false;
    const nowMs = this.services.clock.now();
    if (this.#isHeld(nowMs)) return this.pauseUntil(this.origin.heldUntil);
    this.phase = "queued";
    if (this.#isHeldOpen) this.admit(nowMs);
    else this.services.limiter.enter(this.origin, this, nowMs);
  }

  /** The limiter has a place: send. */
  admit(nowMs: number): boolean {
    this.isNew = false;
    if (this.#isHeld(nowMs)) { // while it was in the queue
      this.pauseUntil(this.origin.heldUntil);
      return false;
    }
    this.attempts++;
    this.phase = "sending";
    const attempt = this.#attempt = takeAttempt();
    this.announce(nowMs);
    if (attempt !== this.#attempt) return true; // the owner gave up on hearing of it
    this.limit(nowMs);
    if (this.fetchReply) attempt.ask(this, this.services, this.fetchReply);
    else attempt.fetch(this, this.services);
    return true;
  }

  /** The attempt took too long, or the pause is over. */
  override wake(nowMs: number): void {
    if (this.phase === "pausing") return this.resume();
    if (this.phase !== "sending" && this.phase !== "refreshing") return; // an old timer
    if (nowMs < this.#timeoutAt) return this.services.wheel.arm(this, this.#timeoutAt);
    const seconds = this.#timeoutMs / 1_000;
    const message = `no answer within ${seconds} s`;
    const cause = new DOMException(`Request timed out: ${message}`, "TimeoutError");
    const isSending = this.phase === "sending";
    const isSent = this.#isOut;
    if (!this.abort(cause)) return;
    if (isSent) return this.faulted({ kind: "timeout", message, cause });
    const doing = isSending ? "no credentials" : "credentials not refreshed";
    this.faulted({ kind: "unsent", message: `${doing}: ${message}`, cause });
  }

  /** The pause is over. */
  protected resume(): void {
    this.begin();
  }

  #isHeld(nowMs: number): boolean {
    return nowMs < this.origin.heldUntil;
  }

  get #timeoutMs(): number {
    const { timeoutMs, heldMs = 0 } = this.policy;
    return timeoutMs ?? this.services.requestTimeoutMs + heldMs;
  }

  /** Whether the server keeps it for long, so that it must take nobody's place. */
  get #isHeldOpen(): boolean {
    return this.policy.heldMs !== undefined;
  }

  get url(): string {
    return this.call.url;
  }

  init(signal: AbortSignal): RequestInit {
    const init = toRequestInit(this.call, signal);
    if (this.policy.repeat === "always") return init;
    this.#connection = freshConnection();
    return { ...init, ...this.#connection?.init };
  }

  /**
   * Limits the time for an answer. The timer of an earlier request does as well if it comes
   * before: then it is armed anew. Nearly all requests are answered long before, and arming and
   * forgetting one each time would be a tenth of all work.
   */
  protected limit(nowMs: number): void {
    const { wheel } = this.services;
    this.#timeoutAt = nowMs + this.#timeoutMs;
    const dueMs = Math.ceil(this.#timeoutAt) - wheel.epochMs;
    if (this.slot < 0 || this.dueMs > dueMs) wheel.armFor(this, dueMs);
  }

  protected pauseUntil(timeMs: number): void {
    this.phase = "pausing";
    this.services.wheel.arm(this, timeMs);
  }

  /**
   * Gives back the place of the present attempt.
   *
   * @param end Only what was answered can be used again.
   * @returns Whether anybody waits for the answer: sending the next request may have changed that.
   */
  protected leave(end: "answered" | "broken"): boolean {
    const { call, services } = this;
    this.answeredAt = services.clock.now();
    if (end === "answered") giveAttempt(this.#attempt!);
    this.#attempt = undefined;
    this.#connection?.close();
    this.#connection = undefined;
    if (!this.#isHeldOpen) services.limiter.leave(this.origin, this.answeredAt);
    return this.#isFor(call);
  }

  /** Whether the server may have seen the request: one that waits for credentials is not sent yet. */
  get #isOut(): boolean {
    return this.phase === "sending" && !this.#attempt?.isKeptBack;
  }

  /** Waits for new credentials no longer. */
  protected endRefresh(reason?: DOMException): void {
    const refreshing = this.refreshing;
    this.refreshing = undefined;
    refreshing?.abort(reason);
  }

  /** Whether somebody still waits for the answer to this call: it may be another's by now. */
  #isFor(call: Call): boolean {
    return this.isWanted && this.call === call;
  }

  /**
   * Stops whatever is going on.
   *
   * @returns Whether anybody waits for the answer still: hearing of an abort may have changed that.
   */
  protected abort(reason: DOMException): boolean {
    const attempt = this.#attempt;
    const call = this.call;
    this.endRefresh(reason);
    this.phase = "pausing"; // neither queued nor sending
    if (!attempt) return true;
    const origin = this.origin;
    const connection = this.#connection;
    const isHeldOpen = this.#isHeldOpen;
    this.#attempt = this.#connection = undefined; // before anybody hears of it, who may give up too
    attempt.abort(reason);
    connection?.close();
    const { limiter, clock } = this.services;
    if (!isHeldOpen) limiter.leave(origin, clock.now());
    return this.#isFor(call);
  }
}
