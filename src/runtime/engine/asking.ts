/**
 * How an operation gets the answer to its present step: from what it knows
 * already, from a feed or a stream, or by a request; and what the answer means.
 *
 * @module
 */
import type { StepPolicy } from "../../model/step.ts";
import type { Verdict } from "../../model/verdict.ts";
import type { Fault, Reply } from "../../model/message.ts";
import type { Message } from "./actor_record.ts";
import type { StreamGuest } from "../stream/stream_guest.ts";
import type { Feed, FeedSeat } from "../../model/feed.ts";
import type { FeedGuest } from "../feed/feed_member.ts";
import { completeReply } from "../http/reply.ts";
import { RequestingActor, textOf } from "./requesting.ts";
import { leavesDoubt } from "../http/retry.ts";
import { pauseMs } from "../../model/schedule.ts";

/** The total time has passed. */
export const DEADLINE: Message = { event: { type: "deadline" } };
/** How long a stream may say nothing at first. */
const DOUBT_MS = 1_000;
/** It is time to look again. */
export const DUE: Message = { event: { type: "due" } };

/** An operation that asks. */
export abstract class AskingActor extends RequestingActor implements FeedGuest, StreamGuest {
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
    this.request(step, nowMs);
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

  protected override unanswered(fault: Fault): void {
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
    const event = this.consult(() => this.plan.kind.protocol.fault?.(step, fault, this));
    const told = event
      ? { event, reply, cause, isVerdict: true }
      : this.failed(isProtocol ? "protocol" : "transport", message, { reply, cause });
    // What can be read once was read, and could not be taken.
    const isReadInVain = policy.repeat === "once" && kind === "tooLarge" &&
      told.event.failure !== undefined;
    const failure = told.event.failure;
    this.#judge(
      isReadInVain
        ? { ...told, event: { ...told.event, failure: { ...failure!, resultMayBeLost: true } } }
        : told,
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
    if (!("type" in answer)) return this.read(answer, policy, this.host.clock.now());
    if (reply) this.keepReply(reply, undefined);
    this.#judge({ event: answer, reply, isVerdict: true }, policy);
  }

  heard(verdict: Verdict, reply?: Reply): void {
    if (reply) this.keepReply(reply, undefined);
    if (reply) this.#planLook(this.host.clock.now(), Infinity);
    this.#judge({ event: verdict, reply, isVerdict: true }, this.policy);
  }

  askAlone(): void {
    this.request(this.step!, this.host.clock.now());
  }

  due(): void {
    this.deliver(DUE);
  }

  /** The end that the provider has told already, if it has. */
  protected foregone(): Message | undefined {
    const { protocol } = this.plan.kind;
    const event = protocol.foregone && this.consult(() => protocol.foregone!(this));
    return event && { event, reply: this.lastReply, isVerdict: true };
  }

  /** Goes on with what the step has already, if it has anything. */
  #isKnown(step: string): boolean {
    try {
      const known = this.kind.protocol.known!(step, this);
      if (known === undefined) return false;
      const nowMs = this.host.clock.now();
      if ("type" in known) this.deliver({ event: known, isVerdict: true });
      else this.read(completeReply(known, nowMs), this.policy, nowMs);
    } catch (cause) {
      this.deliver(this.failed("protocol", textOf(cause), { cause }));
    }
    return true;
  }

  /** What a step would ask of the kind's feed. */
  protected seatOf(step: string): FeedSeat | undefined {
    return this.consult(() => this.feed.seat(step, this));
  }

  #askFeed(step: string): boolean {
    const { feeds } = this.host;
    if (feeds.tell(this)) return true;
    const seat = this.seatOf(step);
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

  /**
   * Looks for itself when the schedule says so, and no later than the kind's
   * `quietMs` after the stream said something of it: an open socket proves nothing.
   */
  #planLook(nowMs: number, atMostMs: number): void {
    const { host, schedule, kind: { protocol } } = this.plan;
    const pause = pauseMs(schedule, this.pauses++, host.random);
    const { quietMs = Infinity } = protocol.stream!;
    this.nextPollAt = nowMs + Math.min(atMostMs, pause, quietMs);
    this.arm();
  }

  /** Asks the protocol what a reply means. */
  protected override read(reply: Reply, policy: StepPolicy, nowMs: number, text?: string): void {
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
    } else if (leavesDoubt(policy)) {
      this.uncertain = true; // the reply that is not counted was a reply all the same
    }
    this.deliver(DEADLINE, nowMs);
  }
}

/** Whether a request may be sent although it may have been processed before. */
function isRepeatable({ repeat }: StepPolicy): boolean {
  return repeat === "always" || repeat === "once";
}
