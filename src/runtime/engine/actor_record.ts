/**
 * What is known of one running operation. Thousands wait in memory at once, so
 * what they have in common is shared, and what few of them need is kept apart.
 *
 * @module
 */
import type { OperationView } from "../../model/observation.ts";
import { type OperationKind, providerOf } from "../../model/kind.ts";
import type { ProtocolState, StepPolicy } from "../../model/step.ts";
import type { Outcome, Trouble } from "../../model/outcome.ts";
import type { Progress, Verdict } from "../../model/verdict.ts";
import type { Reply } from "../../model/message.ts";
import type { ActorInit, ActorPlan } from "./actor_plan.ts";
import { contain } from "../../model/contain.ts";
import type { FeedPlace } from "../feed/feed_place.ts";
import type { ActorHost, ActorWatcher, ShadowActor } from "./context.ts";
import { createOperationKey } from "./idempotency_key.ts";
import { isRejoinable, rejoinReply } from "../http/reply.ts";
import type { CompleteRetryPolicy } from "../../model/retry.ts";
import { TimerNode } from "../timers.ts";
import type { ResumeToken } from "../../model/token.ts";
import type { MachineState } from "./edges.ts";

/** Something in the mailbox: an event, and what it was made of. */
export interface Message {
  /** The machine's event. */
  readonly event: Verdict;
  /** The reply behind it. */
  readonly reply?: Reply | undefined;
  /** The error behind it. */
  readonly cause?: unknown;
  /** Whether a protocol said it, so that a machine without a way for it is in the wrong. */
  readonly isVerdict?: boolean;
}

/** The present step waits for a place to send its request. */
export const WANTS_PLACE = 1;
/** An event is being processed, and the next must wait. */
export const IS_BUSY = 2;
/** A feed wakes it when there is news; its own timer is for the deadline. */
export const IS_FED = 4;
/** There is an outcome, though nobody may know it yet. */
export const HAS_ENDED = 8;
/** An earlier attempt of the present step may have been processed. */
export const IS_UNCERTAIN = 16;
const IS_STOPPED = 32;
const IS_WATCHED = 64;
/** The present step's request, which must not be repeated blindly, was sent and not certainly refused. */
export const WAS_PROCESSED = 128;

/** What few actors have. */
export interface ActorExtras {
  /** Attempts made for the last request, where it was not one. */
  attempts?: number;
  /** How far it is. */
  progress?: Progress;
  /** The XState actor beside it, in actor mode. */
  shadow?: ShadowActor;
  /** Why the last attempt came to nothing, until there is an answer. */
  trouble?: Trouble | undefined;
  /** What came while it was busy or stopped. */
  mailbox?: Message[] | undefined;
  /** Tells an end that is being written down. */
  untold?: (() => void) | undefined;
  /** What to resume with after an end that is not for good. */
  endToken?: ResumeToken | undefined;
}

/** What is known of one running operation. */
export abstract class ActorRecord extends TimerNode
  implements ProtocolState<object, object>, OperationView {
  /** What it has in common with others. */
  readonly plan: ActorPlan;
  /** Its id, or the number of which the runtime makes one. */
  readonly key: string | number;
  readonly input: object;
  // Times are kept in whole milliseconds since the runtime began: V8 puts no small number into a box.
  readonly #startedMs: number;
  /** -1 for never. */
  readonly #deadlineMs: number;
  /** -1 for never. */
  #nextPollMs = -1;

  /** Where the machine stands. */
  state: MachineState;
  /** Every state it has been in, as bits. */
  visited: number;
  memory: object;
  /** What is yes or no: bits, for each field of its own would be 8 bytes an operation. */
  #flags = 0;
  /** The step whose request is under way. */
  step: string | undefined;
  /** Pauses so far. */
  pauses = 0;
  /** Polls answered. */
  polls = 0;
  /** HTTP requests sent. */
  requests = 0;
  /** The last reply; only its body as it came, where that makes it again: objects are larger. */
  #last: Reply | string | undefined;
  #lastStatus = 0;
  #lastHeaders: Reply["headers"] | undefined;
  /** How it ended. */
  outcome: Outcome | undefined;
  /** Whoever follows it. */
  watcher: ActorWatcher | undefined;
  /** Counts every change that a snapshot would show. */
  revision = 0;
  /** Where it sits in a feed; kept for the feeds. */
  feedPlace: FeedPlace | undefined;
  /** What few actors have. */
  extras: ActorExtras | undefined;
  /** What the host's observer knows of it; kept for the observer, who would look for it at each news. */
  observed: object | undefined;

  /** A new one, in its machine's initial state. */
  constructor(plan: ActorPlan, init: ActorInit) {
    super();
    this.plan = plan;
    this.key = init.key;
    this.input = init.input;
    const { epochMs } = plan.host;
    this.#startedMs = Math.floor(init.startedAt - epochMs);
    const round = plan.deadlineMs === 0 ? Math.floor : Math.ceil; // never early, but at once where it is at once
    this.#deadlineMs = init.deadlineAt < Infinity ? round(init.deadlineAt - epochMs) : -1;
    this.state = plan.table.start.to;
    this.visited = this.state.bit;
    const newKey = (): string => createOperationKey(this.id, this.host.random);
    this.memory = orNothing(plan.kind.protocol.begin(init.input, newKey) as object);
  }

  /** Whether a flag is set. */
  protected has(flag: number): boolean {
    return (this.#flags & flag) !== 0;
  }

  /** Sets a flag, or takes it away. */
  protected set(flag: number, isSet: boolean): void {
    this.#flags = isSet ? this.#flags | flag : this.#flags & ~flag;
  }

  get uncertain(): boolean {
    return this.has(IS_UNCERTAIN);
  }

  set uncertain(isUncertain: boolean) {
    this.set(IS_UNCERTAIN, isUncertain);
  }

  /** Whether it was stopped without an outcome. */
  get isStopped(): boolean {
    return this.has(IS_STOPPED);
  }

  set isStopped(isStopped: boolean) {
    this.set(IS_STOPPED, isStopped);
  }

  /** Whether its watcher wants to hear of every change: once it does, always. */
  get isWatched(): boolean {
    return this.has(IS_WATCHED);
  }

  set isWatched(isWatched: boolean) {
    this.set(IS_WATCHED, isWatched);
  }

  /** The last reply. */
  get lastReply(): Reply | undefined {
    return typeof this.#last === "string"
      ? rejoinReply(this.#lastStatus, this.#lastHeaders!, this.#last)
      : this.#last;
  }

  /**
   * Keeps the last reply.
   *
   * @param text Its body as it came, where it is made of one.
   */
  protected keepReply(reply: Reply, text: string | undefined): void {
    if (text !== undefined && isRejoinable(reply)) {
      this.#last = text;
      this.#lastStatus = reply.status;
      this.#lastHeaders = reply.headers;
    } else {
      this.#last = reply;
    }
  }

  /** Whose it is. */
  get host(): ActorHost {
    return this.plan.host;
  }

  /** When its runtime began, in whole milliseconds of the clock. */
  get epochMs(): number {
    return this.plan.host.epochMs;
  }

  /** How far it is. */
  get progress(): Progress | undefined {
    return this.extras?.progress;
  }

  /** Its kind. */
  get kind(): OperationKind {
    return this.plan.kind;
  }

  /** How its requests are retried. */
  get retry(): CompleteRetryPolicy {
    return this.plan.retry;
  }

  /** Its id in its runtime. */
  get id(): string {
    return typeof this.key === "string" ? this.key : this.plan.host.handles.idOf(this.key);
  }

  /** The provider's name. */
  get provider(): string {
    return providerOf(this.plan.kind.name);
  }

  /** When it started, in milliseconds since the epoch. */
  get startedAt(): number {
    return this.plan.host.epochMs + this.#startedMs;
  }

  /** When the wait ends, in milliseconds since the epoch; `Infinity` for never. */
  get deadlineAt(): number {
    return this.#deadlineMs === -1 ? Infinity : this.plan.host.epochMs + this.#deadlineMs;
  }

  /** When the next poll is due, in milliseconds since the epoch; 0 for never. */
  get nextPollAt(): number {
    return this.#nextPollMs === -1 ? 0 : this.plan.host.epochMs + this.#nextPollMs;
  }

  set nextPollAt(timeMs: number) {
    this.#nextPollMs = timeMs === 0 ? -1 : Math.ceil(timeMs - this.plan.host.epochMs);
  }

  /** Whether the deadline has passed. */
  protected isLate(nowMs: number): boolean {
    return this.#deadlineMs !== -1 && nowMs - this.plan.host.epochMs >= this.#deadlineMs;
  }

  /** Whether the time of the next poll has come. */
  protected isDue(nowMs: number): boolean {
    return this.#nextPollMs !== -1 && nowMs - this.plan.host.epochMs >= this.#nextPollMs;
  }

  /** Wakes it at its deadline, and for its next poll. */
  protected armFor(hasPoll: boolean): void {
    const deadlineMs = this.#deadlineMs;
    const pollMs = hasPoll ? this.#nextPollMs : -1;
    const isPollFirst = pollMs !== -1 && (deadlineMs === -1 || pollMs < deadlineMs);
    const dueMs = isPollFirst ? pollMs : deadlineMs;
    if (dueMs !== -1) this.plan.host.wheel.armFor(this, dueMs);
  }

  /** Attempts made for the last request. */
  get attempts(): number {
    return this.extras?.attempts ?? 1;
  }

  set attempts(attempts: number) {
    if (attempts !== this.attempts) (this.extras ??= {}).attempts = attempts;
  }

  /** When the next poll is due, be it a feed's; 0 for never. */
  abstract get dueAt(): number;

  get elapsedMs(): number {
    return Math.max(0, Math.round(this.host.clock.now() - this.startedAt));
  }

  get remainingMs(): number {
    return Math.max(0, this.deadlineAt - this.host.clock.now());
  }

  /** How the present step's request may be treated. */
  get policy(): StepPolicy {
    return this.policyOf(this.step!);
  }

  /** How the request of a step may be treated. */
  policyOf(step: string): StepPolicy {
    const { protocol } = this.plan.kind;
    const own = protocol.policyOf && this.consult(() => protocol.policyOf!(step, this.input));
    return own ?? protocol.steps[step]!;
  }

  /** Asks the kind for what it may have to say; one that throws has nothing to say. */
  consult<A>(ask: () => A): A | undefined {
    return contain(ask, this.host.report);
  }
}

const NOTHING = Object.freeze({});

/** Those who remember nothing share that: an empty object takes as much as one with four fields. */
function orNothing(memory: object): object {
  if (memory?.constructor !== Object) return memory;
  for (const name in memory) if (Object.hasOwn(memory, name)) return memory;
  return NOTHING;
}
