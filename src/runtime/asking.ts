/**
 * How an operation gets the answer to its present step: from what it knows
 * already, from a feed, or by a request of its own; and what the answer means.
 *
 * @module
 */
import type { FetchReply, StepPolicy } from "../kind.ts";
import type { Call, Failure, Fault, Reply, Verdict } from "../operation.ts";
import { ActorRecord, type Message, WANTS_PLACE } from "./actor_record.ts";
import type { StreamGuest } from "./event_streams.ts";
import type { Exchange, ExchangeOptions, ExchangeOwner } from "./exchange.ts";
import type { Feed } from "./feed.ts";
import type { FeedGuest } from "./feed_member.ts";
import { hashOf } from "./in_flight.ts";
import type { Origin, Waiting } from "./limiter.ts";
import { completeReply } from "./reply.ts";
import { pauseMs } from "./schedule.ts";
import { addressCall, makeCall } from "./step_call.ts";
import { writeToken } from "./write_token.ts";

/** The total time has passed. */
export const DEADLINE: Message = { event: { type: "deadline" } };
/** How long a stream may say nothing at first. */
const DOUBT_MS = 1_000;
/** It is time to look again. */
export const DUE: Message = { event: { type: "due" } };

/** An operation that asks. */
export abstract class AskingActor extends ActorRecord
  implements ExchangeOwner, ExchangeOptions, FeedGuest, StreamGuest, Waiting {
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
  /** Wakes it when its deadline passes, at the latest. */
  protected abstract arm(): void;

  /** Gets the answer to a step, by and by. */
  protected ask(step: string, nowMs: number): void {
    this.step = step;
    const { protocol } = this.plan.kind;
    // A timer that is armed for this very millisecond would fire in the next one.
    if (this.isLate(nowMs)) return this.deliver(DEADLINE, nowMs);
    this.arm(); // for the deadline
    if (this.uncertain && !isRepeatable(this.policyOf(step))) {
      return this.faulted({
        kind: "lost",
        message: "the request was out when the operation was last seen, and may have been " +
          "processed; it is not sent a second time",
      });
    }
    if (protocol.stream && this.#listen(nowMs)) return;
    if (protocol.known && this.#isKnown(step)) return;
    if (protocol.feed && this.#askFeed(step)) return;
    this.#request(step, nowMs);
  }

  /** Forgets the step and gives up its request. */
  protected dropRequest(): void {
    this.#ticket++;
    this.set(WANTS_PLACE, false);
    this.step = undefined;
    const exchange = this.#exchange;
    this.#exchange = undefined;
    exchange?.abandon(this);
  }

  /** Wants nothing more of the kind's feed or stream for the present. */
  protected hangUp(): void {
    const { host, kind: { protocol } } = this.plan;
    if (protocol.feed) host.feeds.release(this);
    if (!protocol.stream) return;
    this.nextPollAt = 0;
    host.streams.release(this);
  }

  /** Wants nothing of the kind's feed or stream any more. */
  protected leaveCrowd(): void {
    const { host, kind: { protocol } } = this.plan;
    if (protocol.feed) host.feeds.leave(this);
    if (protocol.stream) host.streams.leave(this);
  }

  /** Whether a request that must not be repeated blindly may be processed by now. */
  protected get isExposed(): boolean {
    return this.#exchange ? this.#exchange.isExposed : this.uncertain;
  }

  get fetchReply(): FetchReply | undefined {
    return this.plan.kind.protocol.fetchReply?.(this.step!, this);
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
    observer?.asked(this, call);
    const exchange = this.#exchange = transport.take(call, this.#origin!, this, this, this.#hash);
    return exchange.isNew && exchange.admit(nowMs);
  }

  attempted(_exchange: Exchange, nowMs: number): void {
    this.revision++;
    this.requests++;
    this.plan.host.observer?.sent(this, nowMs);
  }

  repeats(cause: Reply | Fault): void {
    this.host.observer?.repeats(this, cause);
  }

  replied(reply: Reply, exchange: Exchange): void {
    if (exchange !== this.#exchange) return; // given up while others heard of it
    this.#settle(exchange);
    const { policy } = this;
    if (policy.poll) this.polls++;
    this.plan.host.observer?.replied(this, reply);
    this.#read(reply, policy, exchange.answeredAt, exchange.text);
  }

  faulted(fault: Fault, exchange?: Exchange): void {
    if (exchange !== this.#exchange) return;
    if (exchange) this.#settle(exchange);
    const { kind, message, cause, reply } = fault;
    const step = this.step!;
    const { policy } = this;
    if (reply) {
      this.keepReply(reply, undefined);
      if (policy.poll) this.polls++;
    }
    this.host.observer?.faulted(this, fault);
    const foregone = this.foregone();
    if (foregone) return this.deliver(foregone);
    const isProtocol = kind === "malformed" || kind === "tooLarge" || kind === "refused";
    let event: Verdict | undefined;
    try {
      event = this.plan.kind.protocol.fault?.(step, fault, this);
    } catch (error) {
      this.host.report(error);
    }
    this.#judge(
      event
        ? { event, reply, cause, isVerdict: true }
        : this.failed(isProtocol ? "protocol" : "transport", message, { reply, cause }),
      policy,
    );
  }

  /** The kind's feed; only feeds ask for it. */
  get feed(): Feed<object, object> {
    return this.plan.kind.protocol.feed!;
  }

  /** The step whose request a feed answers. */
  get feedStep(): string {
    return this.step!;
  }

  fed(answer: Reply | Verdict, reply?: Reply): void {
    const { policy } = this;
    if (policy.poll) this.polls++;
    this.revision++;
    const shown = "type" in answer ? reply : answer;
    if (shown) this.host.observer?.replied(this, shown);
    if (!("type" in answer)) return this.#read(answer, policy, this.host.clock.now());
    if (reply) this.keepReply(reply, undefined);
    this.#judge({ event: answer, reply, isVerdict: true }, policy);
  }

  heard(verdict: Verdict, reply?: Reply): void {
    if (reply) this.keepReply(reply, undefined);
    if (reply) this.#planLook(this.host.clock.now(), Infinity);
    this.#judge({ event: verdict, reply, isVerdict: true }, this.policy);
  }

  askAlone(): void {
    this.#request(this.step!, this.host.clock.now());
  }

  due(): void {
    this.deliver(DUE);
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

  /** The end that the provider has told already, if it has. */
  protected foregone(): Message | undefined {
    const event = this.plan.kind.protocol.foregone?.(this);
    return event && { event, reply: this.lastReply, isVerdict: true };
  }

  /** The message that something went wrong. */
  protected failed(
    code: Failure["code"],
    text: string,
    origin: Pick<Message, "reply" | "cause">,
  ): Message {
    const message = `Cannot ${this.step ?? "run"} ${this.kind.name}: ${text}`;
    const { reply, cause } = origin;
    return { event: { type: "failed", failure: { code, message } }, reply, cause };
  }

  /** Goes on with what the step has already, if it has anything. */
  #isKnown(step: string): boolean {
    try {
      const known = this.kind.protocol.known!(step, this);
      if (known === undefined) return false;
      const nowMs = this.host.clock.now();
      if ("type" in known) this.deliver({ event: known, isVerdict: true });
      else this.#read(completeReply(known, nowMs), this.policy, nowMs);
    } catch (cause) {
      this.deliver(this.failed("protocol", textOf(cause), { cause }));
    }
    return true;
  }

  #askFeed(step: string): boolean {
    const { feeds } = this.host;
    if (feeds.tell(this)) return true;
    const seat = this.feed.seat(step, this);
    return seat !== undefined && feeds.ask(this, seat);
  }

  /** Leaves the step to a stream, for as long as the schedule allows. */
  #listen(nowMs: number): boolean {
    this.nextPollAt = 0;
    const heed = this.host.streams.ask(this);
    if (heed === "listening") this.#planLook(nowMs, Infinity);
    if (heed === "doubting") this.#planLook(nowMs, DOUBT_MS);
    return heed !== "none";
  }

  /** Looks for itself when the schedule says so, lest it listen in vain. */
  #planLook(nowMs: number, atMostMs: number): void {
    const { host, schedule } = this.plan;
    const pause = pauseMs(schedule, this.pauses++, host.random);
    this.nextPollAt = nowMs + Math.min(atMostMs, pause);
    this.arm();
  }

  /** Sends the request of a step; with a store, not before it is written down. */
  #request(step: string, nowMs: number): void {
    const { store, save } = this.plan.host;
    if (!store) return this.#queue(nowMs);
    const { repeat, writesAhead = repeat !== "always" } = this.policyOf(step);
    if (!writesAhead) return this.#queue(nowMs);
    const ticket = ++this.#ticket;
    // A turn later, so that what a change of state saves of itself does not come last.
    Promise.resolve(writeToken(this, repeat !== "always")).then(save).then(() => {
      if (ticket === this.#ticket) this.#queue(this.host.clock.now());
    }, (cause) => {
      if (ticket !== this.#ticket) return;
      const text = `the store cannot be written, so nothing was sent: ${textOf(cause)}`;
      this.deliver(this.failed("transport", text, { cause }));
    });
  }

  /** The call of a step, or a failure instead. */
  #callOf(step: string): Call | undefined {
    try {
      return makeCall(this, step, this.#url);
    } catch (cause) {
      const text = `its call cannot be made: ${textOf(cause)}`;
      this.deliver(this.failed("protocol", text, { reply: this.lastReply, cause }));
      return undefined;
    }
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
  }

  /** Asks the protocol what a reply means. */
  #read(reply: Reply, policy: StepPolicy, nowMs: number, text?: string): void {
    const { protocol } = this.plan.kind;
    this.keepReply(reply, text);
    let message: Message;
    try {
      const event = protocol.read(this.step!, reply, this);
      if (typeof event?.type !== "string") throw new TypeError("the protocol gives no verdict");
      message = { event, reply, cause: undefined, isVerdict: true };
    } catch (cause) {
      message = this.failed("protocol", `its reply cannot be read: ${textOf(cause)}`, {
        reply,
        cause,
      });
    }
    this.#judge(message, policy, nowMs);
  }

  /** Delivers a verdict, unless it is good news that came after the deadline. */
  #judge(message: Message, policy: StepPolicy, nowMs: number = this.host.clock.now()): void {
    if (!this.isLate(nowMs)) return this.deliver(message, nowMs);
    if (!this.plan.table.edge(this.state, message.event.type).to.isFinal) {
      this.deliver(message, nowMs); // what it says is kept for the token
    } else if (policy.repeat !== "always") {
      this.uncertain = true; // the reply that is not counted was a reply all the same
    }
    this.deliver(DEADLINE, nowMs);
  }
}

/** Whether a request may be sent although it may have been processed before. */
function isRepeatable({ repeat }: StepPolicy): boolean {
  return repeat === "always" || repeat === "once";
}

/** What an error says. */
export function textOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
