/**
 * How an operation gets the answer to its present step by a request of its own:
 * written down first where that is wanted, in line for a place, sent, given up.
 *
 * @module
 */
import type { FetchReply } from "../../model/protocol.ts";
import type { StepPolicy } from "../../model/step.ts";
import type { Failure } from "../../model/verdict.ts";
import type { Call, Fault, Reply } from "../../model/message.ts";
import { ActorRecord, type Message, WANTS_PLACE, WAS_PROCESSED } from "./actor_record.ts";
import type { Exchange, ExchangeOptions, ExchangeOwner } from "../http/exchange.ts";
import { hashOf } from "../http/in_flight.ts";
import type { Origin, Waiting } from "../http/limiter.ts";
import { isCertainlyRefused, leavesDoubt } from "../http/retry.ts";
import { addressCall, makeCall } from "./step_call.ts";
import { writeToken } from "./write_token.ts";

/** An operation that sends requests. */
export abstract class RequestingActor extends ActorRecord
  implements ExchangeOwner, ExchangeOptions, Waiting {
  #exchange: Exchange | undefined;
  /** Where the last request went, and most likely the next one goes. */
  #origin: Origin | undefined;
  /** The last URL: mostly the next is the very same, and nothing of it has to be looked at again. */
  #url: string | undefined;
  /** {@linkcode hashOf} of it. */
  #hash = 0;
  /** Tells a write-ahead that is still wanted from one that is not. */
  #ticket = 0;

  /** Puts something into the mailbox. */
  protected abstract deliver(message: Message, nowMs?: number): void;
  /** What a reply means. */
  protected abstract read(reply: Reply, policy: StepPolicy, nowMs: number, text?: string): void;
  /** There is no answer. */
  protected abstract unanswered(fault: Fault): void;

  /** Sends the request of a step; with a store, not before it is written down. */
  protected request(step: string, nowMs: number): void {
    const { store, save } = this.plan.host;
    if (!store) return this.#queue(nowMs);
    const policy = this.policyOf(step);
    const { repeat, writesAhead = repeat !== "always" } = policy;
    if (!writesAhead) return this.#queue(nowMs);
    const ticket = ++this.#ticket;
    // A turn later, so that what a change of state saves of itself does not come last.
    Promise.resolve(writeToken(this, leavesDoubt(policy))).then(save).then(() => {
      if (ticket === this.#ticket) this.#queue(this.host.clock.now());
    }, (cause) => {
      if (ticket !== this.#ticket) return;
      const text = `the store cannot be written, so nothing was sent: ${textOf(cause)}`;
      this.deliver(this.failed("transport", text, { cause }));
    });
  }

  /** Forgets the step and gives up its request. */
  protected dropRequest(): void {
    this.#ticket++;
    this.set(WANTS_PLACE, false);
    this.step = undefined;
    if (this.extras) this.extras.trouble = undefined;
    const exchange = this.#exchange;
    this.#exchange = undefined;
    exchange?.abandon(this);
  }

  /** Whether a request that must not be repeated blindly may be processed by now. */
  protected get isExposed(): boolean {
    return this.#exchange ? this.#exchange.isExposed : this.uncertain;
  }

  get fetchReply(): FetchReply | undefined {
    return this.plan.kind.protocol.fetchReply?.(this.step!, this);
  }

  /** Whether a redirect may lead to another origin. */
  mayLeadTo(origin: string): boolean {
    const { kind: { protocol }, allowedOrigins } = this.plan;
    if (allowedOrigins && !allowedOrigins.includes(origin)) return false;
    return this.consult(() => protocol.allowsOrigin?.(origin, this.input) ?? true) ?? false;
  }

  get wantsPlace(): boolean {
    return this.has(WANTS_PLACE);
  }

  admit(nowMs: number): boolean {
    const { transport, observer } = this.plan.host;
    this.set(WANTS_PLACE, false);
    const call = this.#callOf(this.step!);
    if (!call) return false;
    if (call.url !== this.#url && this.#isElsewhere(call.url, nowMs)) return false;
    const origin = this.#origin!;
    const hash = this.#hash;
    observer?.asked(this, call);
    let exchange: Exchange;
    try {
      exchange = this.#exchange = transport.take(call, origin, this, this, hash);
    } catch (cause) { // its kind has no way to get the reply
      this.#refuse(cause);
      return false;
    }
    return exchange.isNew && exchange.admit(nowMs);
  }

  attempted(_exchange: Exchange, nowMs: number): void {
    this.revision++;
    this.requests++;
    this.plan.host.observer?.sent(this, nowMs);
  }

  repeats(cause: Reply | Fault): void {
    const isReply = "status" in cause;
    if (isReply) this.keepReply(cause, undefined);
    const reason = isReply ? `HTTP ${cause.status}` : cause.message;
    (this.extras ??= {}).trouble = { reason, attempts: this.#exchange?.attempts ?? 1 };
    this.revision++;
    this.host.observer?.repeats(this, cause);
    if (this.isWatched) this.watcher?.changed();
  }

  replied(reply: Reply, exchange: Exchange): void {
    if (exchange !== this.#exchange) return; // given up while others heard of it
    this.#settle(exchange);
    const { policy } = this;
    if (policy.poll) this.polls++;
    if (leavesDoubt(policy)) this.set(WAS_PROCESSED, !isCertainlyRefused(reply));
    this.plan.host.observer?.replied(this, reply);
    this.read(reply, policy, exchange.answeredAt, exchange.text);
  }

  faulted(fault: Fault, exchange?: Exchange): void {
    if (exchange !== this.#exchange) return;
    if (exchange) {
      this.#settle(exchange);
      if (leavesDoubt(this.policy)) this.set(WAS_PROCESSED, fault.kind !== "unsent");
    }
    this.unanswered(fault);
  }

  /** A call with the caller's own headers. */
  address(call: Call): Call {
    return addressCall(this, call);
  }

  /** Asks the provider to cancel, where it can, without waiting for the answer. */
  askToCancel(): void {
    const { host, retry } = this;
    const policy = this.kind.protocol.steps["cancel"];
    if (!policy || this.requests === 0) return;
    try {
      const call = makeCall(this, "cancel");
      host.finishing(
        new Promise((done) => {
          const owner = { attempted() {}, replied: () => done(), faulted: () => done() };
          host.transport.send(call, { policy, retry, uncertain: false }, owner);
        }),
      );
    } catch (error) {
      host.report(error);
    }
  }

  /** The message that something went wrong. */
  protected failed(
    code: Failure["code"],
    text: string,
    origin: Pick<Message, "reply" | "cause">,
  ): Message {
    // In the words of whoever waits: steps have names that only we know.
    const doing = this.state.top === "initial" ? "start" : "wait for";
    const message = `Cannot ${doing} ${this.kind.name}: ${text}`;
    const { reply, cause } = origin;
    return { event: { type: "failed", failure: { code, message } }, reply, cause };
  }

  /** The call of a step, or a failure instead. */
  #callOf(step: string): Call | undefined {
    try {
      return makeCall(this, step, this.#url);
    } catch (cause) {
      this.#refuse(cause);
      return undefined;
    }
  }

  /** There is nothing to be sent. */
  #refuse(cause: unknown): void {
    const text = `its call cannot be made: ${textOf(cause)}`;
    this.deliver(this.failed("protocol", text, { reply: this.lastReply, cause }));
  }

  /** Waits for a place. The call is made when there is one: thousands may wait. */
  #queue(nowMs: number): void {
    const { transport } = this.plan.host;
    this.set(WANTS_PLACE, true);
    if (this.policy.heldMs !== undefined) return void this.admit(nowMs);
    if (this.#origin || this.#aim()) transport.queue(this.#origin!, this, nowMs);
  }

  /** Finds out where the first call goes. */
  #aim(): boolean {
    const call = this.#callOf(this.step!);
    if (!call) return false;
    this.#origin = this.#originOf(call.url);
    return true;
  }

  /** Whether a call goes to another origin than those before, where it must wait for another place. */
  #isElsewhere(url: string, nowMs: number): boolean {
    const { transport } = this.plan.host;
    const origin = this.#originOf(url);
    if (origin === this.#origin) return false;
    this.#origin = origin;
    if (this.policy.heldMs !== undefined) return false;
    this.set(WANTS_PLACE, true);
    transport.queue(origin, this, nowMs);
    return true;
  }

  /** The origin of a URL, which is remembered with what has to be known of it. */
  #originOf(url: string): Origin {
    this.#url = url;
    this.#hash = hashOf(url);
    return this.plan.host.transport.origin(url);
  }

  #settle(exchange: Exchange): void {
    this.revision++;
    this.#exchange = undefined;
    this.attempts = exchange.attempts;
    this.uncertain = exchange.uncertain;
    if (this.extras) this.extras.trouble = undefined;
  }
}

/** What an error says. */
export function textOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
