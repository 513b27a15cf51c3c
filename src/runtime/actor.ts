/**
 * The record of one running operation: a mailbox, a place in its machine, and
 * what it remembers. It performs the machine's named effects and reports what
 * came of them; where it goes next is the machine's to say.
 *
 * @module
 */
import type { AnyLroError } from "../errors.ts";
import type { OperationKind, ProtocolState, StepPolicy } from "../kind.ts";
import type { Call, Failure, Fault, Outcome, Progress, Reply, Verdict } from "../operation.ts";
import { createEndError } from "./end_error.ts";
import type { Exchange, ExchangeOwner } from "./exchange.ts";
import type { Feed, FeedSeat } from "./feed.ts";
import type { FeedGuest, FeedPlace } from "./feed_member.ts";
import type { StreamGuest } from "./event_streams.ts";
import type { ActorHost, ActorWatcher, ShadowActor } from "./host.ts";
import { createOperationKey } from "./operation_key.ts";
import { completeReply } from "./reply.ts";
import type { CompleteRetryPolicy } from "./retry.ts";
import { pauseMs, type Schedule } from "./schedule.ts";
import { TimerNode } from "./timers.ts";
import type { ResumeToken } from "./token.ts";
import type { Effect, MachineState, TransitionTable } from "./transitions.ts";
import { isDowngrade, originOf } from "./url.ts";
import { writeToken } from "./write_token.ts";

/** What an actor is made with. */
export interface ActorInit {
  /** Its id in its runtime. */
  readonly id: string;
  /** Its kind. */
  readonly kind: OperationKind;
  /** The states of its machine. */
  readonly table: TransitionTable;
  /** What the factory was given. */
  readonly input: object;
  /** When to poll. */
  readonly schedule: Schedule;
  /** How to retry. */
  readonly retry: CompleteRetryPolicy;
  /** When it started, in milliseconds since the epoch. */
  readonly startedAt: number;
  /** Longest wait in all, in milliseconds; `Infinity` for none. */
  readonly deadlineMs: number;
  /** When that wait ends, in milliseconds since the epoch; `Infinity` for never. */
  readonly deadlineAt: number;
  /** Whether to ask the provider to cancel when the deadline passes. */
  readonly cancelsOnDeadline: boolean;
}

/** Something in the mailbox: an event, and what it was made of. */
interface Message {
  readonly event: Verdict;
  readonly reply?: Reply | undefined;
  readonly cause?: unknown;
  /** Whether a protocol said it, so that a machine without a way for it is in the wrong. */
  readonly isVerdict?: boolean;
  /** The present time, where it is known already: asking a clock costs as much as a transition. */
  readonly nowMs?: number;
}

const DUE: Message = { event: { type: "due" } };
/** How long a stream may say nothing at first. */
const DOUBT_MS = 1_000;
const DEADLINE: Message = { event: { type: "deadline" } };

/** One running operation. */
export class Actor extends TimerNode
  implements ExchangeOwner, FeedGuest, StreamGuest, ProtocolState<object, object> {
  readonly host: ActorHost;
  readonly id: string;
  readonly kind: OperationKind;
  readonly input: object;
  readonly schedule: Schedule;
  readonly startedAt: number;
  readonly deadlineMs: number;
  readonly deadlineAt: number;
  readonly #table: TransitionTable;
  readonly retry: CompleteRetryPolicy;
  readonly #cancelsOnDeadline: boolean;

  /** Where the machine stands. */
  state: MachineState;
  /** Every state it has been in, as bits. */
  visited: number;
  /** What verdicts asked to remember. */
  memory: object;
  /** An earlier attempt of the present step may have been processed. */
  uncertain = false;
  /** The step whose request is under way. */
  step: string | undefined;
  /** Attempts made for the last request. */
  attempts = 0;
  /** Pauses so far. */
  pauses = 0;
  /** Polls answered. */
  polls = 0;
  /** HTTP requests sent. */
  requests = 0;
  /** When the next poll is due; 0 for never. */
  nextPollAt = 0;
  /** How far it is. */
  progress: Progress | undefined;
  /** The last reply. */
  lastReply: Reply | undefined;
  /** How it ended. */
  outcome: Outcome | undefined;
  /** Whether it was stopped without an outcome. */
  isStopped = false;
  /** Whoever follows it. */
  watcher: ActorWatcher | undefined;
  /** Whether its watcher wants to hear of every change: once it does, always. */
  isWatched = false;
  /** The XState actor beside it, in actor mode. */
  shadow: ShadowActor | undefined;
  /** Counts every change that a snapshot would show. */
  revision = 0;

  feedPlace: FeedPlace | undefined;

  #exchange: Exchange | undefined;
  /** A feed wakes it when there is news; its own timer is for the deadline. */
  #isFed = false;
  #mailbox: Message[] | undefined;
  #isBusy = false;
  #isEnding = false;
  /** Tells a write-ahead that is still wanted from one that is not. */
  #ticket = 0;
  /** What to resume with after an end that is not for good. */
  #endToken: ResumeToken | undefined;

  /** A new actor in its machine's initial state; {@linkcode Actor.begin} sets it going. */
  constructor(host: ActorHost, init: ActorInit) {
    super();
    this.host = host;
    this.id = init.id;
    this.kind = init.kind;
    this.input = init.input;
    this.schedule = init.schedule;
    this.startedAt = init.startedAt;
    this.deadlineMs = init.deadlineMs;
    this.deadlineAt = init.deadlineAt;
    this.#table = init.table;
    this.retry = init.retry;
    this.#cancelsOnDeadline = init.cancelsOnDeadline;
    this.state = init.table.start.to;
    this.visited = this.state.bit;
    const newKey = (): string => createOperationKey(init.id, host.random);
    this.memory = init.kind.protocol.begin(init.input, newKey) as object;
  }

  /** The provider's name. */
  get provider(): string {
    return this.kind.name.slice(0, this.kind.name.indexOf("."));
  }

  /** Milliseconds since it started. */
  get elapsedMs(): number {
    return Math.max(0, Math.round(this.host.clock.now() - this.startedAt));
  }

  /** Milliseconds until its deadline. */
  get remainingMs(): number {
    return Math.max(0, this.deadlineAt - this.host.clock.now());
  }

  /** Takes up the present state: at the start, after a restore, after a stop. */
  begin(): void {
    this.revision++;
    this.isStopped = false;
    const { clock } = this.host;
    if (clock.now() >= this.deadlineAt) return this.#deliver(DEADLINE);
    const { revision } = this;
    this.#drain(); // what came while it was stopped may lead elsewhere
    if (this.revision !== revision) return;
    this.#isBusy = true;
    for (const effect of this.state.entry) {
      if (effect.type === "wait") this.#sleepUntil(Math.max(this.nextPollAt, 1));
      else this.#perform(effect, undefined);
    }
    this.#isBusy = false;
    this.#drain();
  }

  /** Puts an event into the mailbox. */
  receive(event: Verdict): void {
    this.#deliver({ event });
  }

  /** Whether it has an outcome of which nobody knows yet. */
  get isEnding(): boolean {
    return this.#isEnding && this.outcome === undefined;
  }

  /** Ends the waiting without an outcome; {@linkcode Actor.begin} goes on. */
  stop(reason: unknown): void {
    if (this.outcome || this.#isEnding || this.isStopped) return;
    this.uncertain = this.#isExposed;
    this.revision++;
    this.isStopped = true;
    this.nextPollAt = this.dueAt;
    this.#isFed = false;
    this.#dropRequest();
    this.host.wheel.disarm(this);
    if (this.kind.protocol.feed) this.host.feeds.leave(this);
    if (this.kind.protocol.stream) this.host.streams.leave(this);
    this.watcher?.stopped(reason);
  }

  /** The operation, written down. */
  token(): ResumeToken {
    if (this.#endToken) return this.#endToken;
    const token = writeToken(this, this.#isExposed);
    if (!this.outcome) return token;
    const { kind, elapsedMs } = this.outcome;
    return {
      ...token,
      outcome: kind === "succeeded" ? { kind, value: this.outcome.value, elapsedMs } : {
        kind: kind as "failed" | "canceled" | "expired",
        error: this.outcome.error.toJSON(),
        elapsedMs,
      },
    };
  }

  /** Asks the provider to cancel, where it can, without waiting for the answer. */
  askToCancel(): void {
    const policy = this.kind.protocol.steps["cancel"];
    if (!policy || this.requests === 0) return;
    const call = this.#callOf("cancel");
    if ("method" in call) {
      const options = { policy, retry: this.retry, uncertain: false };
      this.host.finishing(
        new Promise((done) => {
          const owner = { attempted() {}, replied: () => done(), faulted: () => done() };
          this.host.transport.send(call, options, owner);
        }),
      );
    }
  }

  override wake(): void {
    const nowMs = this.host.clock.now();
    if (nowMs >= this.deadlineAt) this.#deliver(DEADLINE);
    else if (!this.#isFed && this.nextPollAt > 0 && nowMs >= this.nextPollAt) {
      this.#deliver({ event: DUE.event, nowMs });
    } else this.#arm();
  }

  attempted(): void {
    this.revision++;
    this.requests++;
  }

  replied(reply: Reply, exchange: Exchange): void {
    if (exchange !== this.#exchange) return; // given up while others heard of it
    this.#settle(exchange);
    if (this.#policyOf(this.step!).poll) this.polls++;
    this.#read(reply);
  }

  /** The kind's feed; only feeds ask for it. */
  get feed(): Feed<object, object> {
    return this.kind.protocol.feed!;
  }

  /** The step whose request a feed answers. */
  get feedStep(): string {
    return this.step!;
  }

  fed(answer: Reply | Verdict, reply?: Reply): void {
    const policy = this.#policyOf(this.step!);
    if (policy.poll) this.polls++;
    this.revision++;
    if (!("type" in answer)) return this.#read(answer);
    this.lastReply = reply ?? this.lastReply;
    this.#judge({ event: answer, reply, isVerdict: true }, policy);
  }

  heard(verdict: Verdict, reply?: Reply): void {
    this.lastReply = reply ?? this.lastReply;
    if (reply) this.#planLook(Infinity);
    this.#judge({ event: verdict, reply, isVerdict: true }, this.#policyOf(this.step!));
  }

  askAlone(): void {
    this.#ask(this.step!);
  }

  due(): void {
    this.#deliver(DUE);
  }

  /** When the next poll is due, be it the feed's; 0 for never. */
  get dueAt(): number {
    return this.#isFed ? this.host.feeds.nextLookAt(this) ?? this.nextPollAt : this.nextPollAt;
  }

  /** Asks the protocol what a reply means. */
  #read(reply: Reply): void {
    const step = this.step!;
    const { protocol } = this.kind;
    const policy = this.#policyOf(step);
    this.lastReply = reply;
    let message: Message;
    try {
      const event = protocol.read(step, reply, this);
      if (typeof event?.type !== "string") throw new TypeError("the protocol gives no verdict");
      message = { event, reply, isVerdict: true, nowMs: this.host.clock.now() };
    } catch (cause) {
      message = this.#failed("protocol", `its reply cannot be read: ${textOf(cause)}`, {
        reply,
        cause,
      });
    }
    this.#judge(message, policy);
  }

  faulted(fault: Fault, exchange?: Exchange): void {
    if (exchange !== this.#exchange) return;
    const step = this.step!;
    const { protocol } = this.kind;
    if (exchange) this.#settle(exchange);
    const { kind, message, cause, reply } = fault;
    if (reply) {
      this.lastReply = reply;
      if (this.#policyOf(step).poll) this.polls++;
    }
    const foregone = this.#foregone();
    if (foregone) return this.#deliver(foregone);
    const isProtocol = kind === "malformed" || kind === "tooLarge" || kind === "refused";
    let event: Verdict | undefined;
    try {
      event = protocol.fault?.(step, fault, this);
    } catch (error) {
      this.host.report(error);
    }
    this.#judge(
      event
        ? { event, reply, cause, isVerdict: true }
        : this.#failed(isProtocol ? "protocol" : "transport", message, { reply, cause }),
      this.#policyOf(step),
    );
  }

  get #isExposed(): boolean {
    return this.#exchange ? this.#exchange.isExposed : this.uncertain;
  }

  #settle(exchange: Exchange): void {
    this.revision++;
    this.#exchange = undefined;
    this.attempts = exchange.attempts;
    this.uncertain = exchange.uncertain;
  }

  /** Delivers a verdict, unless it is good news that came after the deadline. */
  #judge(message: Message, policy: StepPolicy): void {
    const { nowMs = this.host.clock.now() } = message;
    if (nowMs < this.deadlineAt) return this.#deliver(message);
    if (!this.#table.edge(this.state, message.event.type).to.isFinal) {
      this.#deliver(message); // what it says is kept for the token
    } else if (policy.repeat !== "always") {
      this.uncertain = true; // the reply that is not counted was a reply all the same
    }
    this.#deliver(DEADLINE);
  }

  #deliver(message: Message): void {
    if (this.outcome || this.#isEnding) return;
    if (this.#isBusy || this.isStopped) {
      (this.#mailbox ??= []).push(message);
      return;
    }
    this.#isBusy = true;
    this.#process(message);
    this.#isBusy = false;
    this.#drain();
  }

  #drain(): void {
    while (this.#mailbox && !this.#isBusy && !this.isStopped) {
      const message = this.#mailbox.shift();
      if (this.#mailbox.length === 0) this.#mailbox = undefined;
      if (!message) continue;
      this.#isBusy = true;
      this.#process(message);
      this.#isBusy = false;
    }
  }

  /** The end that the provider has told already, if it has. */
  #foregone(): Message | undefined {
    const event = this.kind.protocol.foregone?.(this);
    return event && { event, reply: this.lastReply, isVerdict: true };
  }

  #policyOf(step: string): StepPolicy {
    const { protocol } = this.kind;
    return protocol.policyOf?.(step, this.input) ?? protocol.steps[step]!;
  }

  #process(message: Message): void {
    const { event } = message;
    if (event.type === "deadline" || event.type === "cancel") {
      const foregone = this.#foregone();
      if (foregone) return this.#process(foregone);
    }
    const edge = this.#table.edge(this.state, event.type);
    if (!edge.isHandled) {
      if (!message.isVerdict) return; // as XState does
      const text = `the protocol says "${event.type}", for which the machine has no way here`;
      return this.#process(this.#failed("protocol", text, message));
    }
    if (event.memory) this.memory = { ...this.memory, ...event.memory };
    if (event.progress) this.progress = event.progress;
    if (edge.to.isFinal) return this.#finish(edge.to, edge.effects, message);
    const isPhaseChange = edge.to.top !== this.state.top;
    this.state = edge.to;
    this.visited |= edge.to.bit;
    for (const effect of edge.effects) this.#perform(effect, message);
    this.revision++;
    this.shadow?.send(event);
    this.#notify(event);
    if (event.refusal) this.watcher?.refused(this.#error({ ...message, failure: event.refusal }));
    if (this.isWatched) this.watcher?.changed();
    if (this.host.store && (isPhaseChange || event.memory)) this.#save();
  }

  #perform(effect: Effect, message: Message | undefined): void {
    switch (effect.type) {
      case "request":
        return this.#request(effect.params.step, message?.nowMs);
      case "abandonRequest":
        this.#dropRequest();
        this.uncertain = false;
        if (this.kind.protocol.feed) this.host.feeds.release(this);
        if (this.kind.protocol.stream) this.#hangUp();
        return;
      case "wait":
        return this.#wait(message);
      case "stopWaiting":
        this.nextPollAt = 0;
        if (this.#isFed) this.host.feeds.release(this);
        this.#isFed = false;
        return;
      default:
        throw new TypeError(
          `Cannot perform action ${JSON.stringify(effect)} of ${this.kind.name}`,
        );
    }
  }

  #wait(message: Message | undefined): void {
    const { clock, random } = this.host;
    const { nowMs = clock.now() } = message ?? {};
    const pause = message?.event.waitMs ?? pauseMs(this.schedule, this.pauses++, random);
    const pauseAtLeastMs = Math.max(pause, message?.reply?.retryAfterMs ?? 0); // for this wait only
    const lookAt = this.kind.protocol.feed && this.#waitForFeed(pauseAtLeastMs);
    if (lookAt === undefined) return this.#sleepUntil(nowMs + pauseAtLeastMs, nowMs);
    this.#isFed = true;
    this.nextPollAt = lookAt;
    this.#arm();
  }

  /** Waits for the kind's feed to look, which knows no pauses but the same one every time. */
  #waitForFeed(pauseMs: number): number | undefined {
    const { schedule } = this;
    if (schedule.kind !== "fixed" || schedule.intervalMs !== pauseMs) return undefined;
    const seat = this.#seatOfNextStep();
    return seat && this.host.feeds.wait(this, seat, pauseMs);
  }

  /** What the step that comes next would ask of a feed. */
  #seatOfNextStep(): FeedSeat | undefined {
    const [request] = this.#table.edge(this.state, DUE.event.type).to.entry;
    return request?.type === "request" ? this.feed.seat(request.params.step, this) : undefined;
  }

  #sleepUntil(timeMs: number, nowMs = this.host.clock.now()): void {
    this.nextPollAt = timeMs;
    if (timeMs <= nowMs) this.#deliver(DUE);
    else this.#arm();
  }

  #arm(): void {
    const timeMs = this.nextPollAt > 0 && !this.#isFed
      ? Math.min(this.nextPollAt, this.deadlineAt)
      : this.deadlineAt;
    if (timeMs < Infinity) this.host.wheel.arm(this, timeMs);
  }

  #request(step: string, nowMs = this.host.clock.now()): void {
    this.step = step;
    const policy = this.#policyOf(step);
    // A timer that is armed for this very millisecond would fire in the next one.
    if (nowMs >= this.deadlineAt) return this.#deliver(DEADLINE);
    this.#arm(); // for the deadline
    if (this.uncertain && (policy.repeat === "unsent" || policy.repeat === "answered")) {
      return this.faulted({
        kind: "lost",
        message: "the request was out when the operation was last seen, and may have been " +
          "processed; it is not sent a second time",
      });
    }
    if (this.kind.protocol.stream && this.#listen()) return;
    if (this.#isKnown(step)) return;
    if (this.kind.protocol.feed && this.#askFeed(step)) return;
    this.#ask(step);
  }

  #askFeed(step: string): boolean {
    const { feeds } = this.host;
    if (feeds.tell(this)) return true;
    const seat = this.feed.seat(step, this);
    return seat !== undefined && feeds.ask(this, seat);
  }

  /** Leaves the step to a stream, for as long as the schedule allows. */
  #listen(): boolean {
    this.nextPollAt = 0;
    const heed = this.host.streams.ask(this);
    if (heed === "listening") this.#planLook(Infinity);
    if (heed === "doubting") this.#planLook(DOUBT_MS);
    return heed !== "none";
  }

  /** Looks for itself when the schedule says so, lest it listen in vain. */
  #planLook(atMostMs: number): void {
    const { clock, random } = this.host;
    const pause = pauseMs(this.schedule, this.pauses++, random);
    this.nextPollAt = clock.now() + Math.min(atMostMs, pause);
    this.#arm();
  }

  #hangUp(): void {
    this.nextPollAt = 0;
    this.host.streams.release(this);
  }

  /** Sends the request of a step; with a store, not before it is written down. */
  #ask(step: string): void {
    const policy = this.#policyOf(step);
    const call = this.#callOf(step);
    if ("event" in call) return this.#deliver(call);
    const { repeat, writesAhead = repeat !== "always" } = policy;
    if (!this.host.store || !writesAhead) return this.#send(call, policy);
    const ticket = ++this.#ticket;
    // A turn later, so that what #process saves of the same change does not come last.
    Promise.resolve(writeToken(this, repeat !== "always")).then(this.host.save).then(() => {
      if (ticket === this.#ticket) this.#send(call, policy);
    }, (cause) => {
      if (ticket !== this.#ticket) return;
      const text = `the store cannot be written, so nothing was sent: ${textOf(cause)}`;
      this.#deliver(this.#failed("transport", text, { cause }));
    });
  }

  /** Goes on with what the step has already, if it has anything. */
  #isKnown(step: string): boolean {
    try {
      const known = this.kind.protocol.known?.(step, this);
      if (known === undefined) return false;
      if ("type" in known) this.#deliver({ event: known, isVerdict: true });
      else this.#read(completeReply(known, this.host.clock.now()).reply);
    } catch (cause) {
      this.#deliver(this.#failed("protocol", textOf(cause), { cause }));
    }
    return true;
  }

  #send(call: Call, policy: StepPolicy): void {
    const { uncertain } = this;
    this.#exchange = this.host.transport.send(
      call,
      {
        policy,
        retry: this.retry,
        uncertain,
        fetchReply: this.kind.protocol.fetchReply?.(this.step!, this),
      },
      this,
    );
  }

  /** The call of a step, with the caller's own headers; or why there is none. */
  #callOf(step: string): Call | Message {
    const { protocol } = this.kind;
    try {
      const call = protocol.call(step, this);
      const { url } = call;
      if (!url.startsWith("https://") && !url.startsWith("http://") && !/^https?:\/\//i.test(url)) {
        throw new TypeError(`expected an http URL, got ${JSON.stringify(call.url)}`);
      }
      if (!url.startsWith("https://") && isDowngrade(protocol.origin(this.input), url)) {
        const home = protocol.origin(this.input);
        const text = `${originOf(call.url)} would be asked without encryption, ${home} was not`;
        return this.#failed("protocol", text, { reply: this.lastReply });
      }
      return this.address(call);
    } catch (cause) {
      return this.#failed("protocol", `its call cannot be made: ${textOf(cause)}`, { cause });
    }
  }

  /** A call with the caller's own headers, which go to the provider's own origin only. */
  address(call: Call): Call {
    const { headers } = this.input as { headers?: Record<string, string> };
    if (!headers || originOf(call.url) !== this.kind.protocol.origin(this.input)) return call;
    return { ...call, headers: { ...headers, ...call.headers } };
  }

  #dropRequest(): void {
    this.#ticket++;
    this.step = undefined;
    const exchange = this.#exchange;
    this.#exchange = undefined;
    exchange?.abandon(this);
  }

  #failed(
    code: Failure["code"],
    text: string,
    origin: Pick<Message, "reply" | "cause">,
  ): Message {
    const message = `Cannot ${this.step ?? "run"} ${this.kind.name}: ${text}`;
    const { reply, cause } = origin;
    return { event: { type: "failed", failure: { code, message } }, reply, cause };
  }

  #finish(state: MachineState, effects: readonly Effect[], message: Message): void {
    const failure = message.event.failure ?? this.#failureOf(state, message);
    const isResumable = failure.isResumable || failure.code === "deadline-exceeded" ||
      failure.code === "transport";
    if (state.top !== "succeeded" && isResumable) this.#endToken = this.#tokenOrNothing();
    this.#isEnding = true;
    for (const effect of effects) this.#perform(effect, undefined);
    this.host.wheel.disarm(this);
    if (this.kind.protocol.feed) this.host.feeds.leave(this);
    if (this.kind.protocol.stream) this.host.streams.leave(this);
    if (state.top === "timedOut" && this.#cancelsOnDeadline) this.askToCancel();
    const { polls, requests, elapsedMs } = this;
    const counts = { polls, requests, elapsedMs };
    const { reply, cause } = message;
    const outcome: Outcome = state.top === "succeeded"
      ? {
        kind: "succeeded",
        value: message.event.value,
        ...(message.event.notFound && { notFound: true }),
        ...counts,
      }
      : {
        kind: state.top as "failed",
        error: this.#error({ failure, reply, cause }),
        ...counts,
      };
    this.#mailbox = undefined;
    this.revision++;
    this.shadow?.send(message.event);
    this.#notify(message.event);
    const tell = (): void => this.#tell(state, outcome);
    if (!this.host.store) return tell();
    const saved = this.#saveEnd(state, outcome);
    // A deadline brings nothing that could be lost, and must not wait for a store.
    if (state.top === "timedOut") tell();
    else saved.then(tell);
  }

  /** Writes the end down before anybody is told. */
  async #saveEnd(end: MachineState, outcome: Outcome): Promise<void> {
    const { state } = this;
    try {
      this.state = end; // so that the token holds it
      this.outcome = outcome;
      this.#endToken = this.token();
    } catch (error) {
      this.host.report(error);
    }
    this.state = state;
    this.outcome = undefined;
    if (!this.#endToken) return;
    await this.host.save(this.#endToken).catch((error) => this.host.report(error));
  }

  #notify({ notify }: Verdict): void {
    try {
      notify?.();
    } catch (error) {
      this.host.report(error);
    }
  }

  #tell(state: MachineState, outcome: Outcome): void {
    this.state = state;
    this.visited |= state.bit;
    this.outcome = outcome;
    this.revision++;
    this.host.ended(this);
    this.watcher?.ended();
  }

  #error(details: Pick<Message, "reply" | "cause"> & { failure: Failure }): AnyLroError {
    return createEndError(this, { ...details, token: this.#endToken });
  }

  /** What to say of an end that no protocol explains. */
  #failureOf(state: MachineState, { event }: Message): Failure {
    const { name, protocol } = this.kind;
    if (state.top === "timedOut") {
      return {
        code: "deadline-exceeded",
        message: `Cannot wait for ${name} any longer: not ended after ${this.deadlineMs} ms; ` +
          "it may still run, restore the token to go on waiting",
      };
    }
    if (event.type === "cancel") {
      const reason = protocol.cannotCancel ?? "its provider has no way to cancel it";
      return {
        code: "operation-canceled",
        message: `Canceled ${name}: only the waiting ended, ${reason}; it may still run`,
      };
    }
    return {
      code: state.top === "canceled"
        ? "operation-canceled"
        : state.top === "expired"
        ? "operation-expired"
        : "operation-failed",
      message: `${name} ended: ${state.top}`,
    };
  }

  #tokenOrNothing(): ResumeToken | undefined {
    try {
      return writeToken(this, this.#isExposed);
    } catch {
      return undefined; // its input holds a function; token() says so
    }
  }

  #save(): void {
    const token = this.#tokenOrNothing();
    if (token) this.host.save(token).catch((error) => this.host.report(error));
  }
}

function textOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
