/**
 * One running operation: a mailbox, and a place in its machine. It performs the
 * machine's named effects and reports what came of them; where it goes next is
 * the machine's to say.
 *
 * @module
 */
import type { Outcome } from "../../model/outcome.ts";
import type { Verdict } from "../../model/verdict.ts";
import {
  type ActorExtras,
  HAS_ENDED,
  IS_BUSY,
  IS_FED,
  IS_UNCERTAIN,
  type Message,
  WAS_PROCESSED,
} from "./actor_record.ts";
import { AskingActor, DEADLINE, DUE } from "./asking.ts";
import { containCallback } from "../../model/contain.ts";
import { createEndError } from "./end_error.ts";
import { createOutcome, explainEnd, isResumable } from "./ending.ts";
import type { FeedSeat } from "../../model/feed.ts";
import { finishProgress, nextProgress } from "./progress.ts";
import { pauseMs } from "../../model/schedule.ts";
import type { ResumeToken } from "../../model/token.ts";
import type { Edge, Effect, MachineState } from "./edges.ts";
import { writeToken } from "./write_token.ts";

/** One running operation. */
export class Actor extends AskingActor {
  /** Takes up the present state: at the start, after a restore, after a stop. */
  begin(nowMs: number = this.host.clock.now()): void {
    this.revision++;
    this.isStopped = false;
    this.host.observer?.began(this);
    if (this.isLate(nowMs)) return this.deliver(DEADLINE, nowMs);
    const { revision } = this;
    this.#drain(); // what came while it was stopped may lead elsewhere
    if (this.revision !== revision) return;
    this.set(IS_BUSY, true);
    for (const effect of this.state.entry) {
      if (effect.type === "wait") this.#sleepUntil(Math.max(this.nextPollAt, 1), nowMs);
      else this.#perform(effect, undefined, nowMs);
    }
    this.set(IS_BUSY, false);
    this.#drain();
  }

  /** Puts an event into the mailbox. */
  receive(event: Verdict): void {
    this.deliver({ event });
  }

  /** Whether it has an outcome of which nobody knows yet. */
  get isEnding(): boolean {
    return this.has(HAS_ENDED) && this.outcome === undefined;
  }

  /** Ends the waiting without an outcome; {@linkcode Actor.begin} goes on. */
  stop(reason: unknown): void {
    if (this.isEnding) this.host.wheel.disarm(this); // only the store keeps it
    if (this.outcome || this.has(HAS_ENDED) || this.isStopped) return;
    this.uncertain = this.isExposed;
    this.revision++;
    this.isStopped = true;
    this.nextPollAt = this.dueAt;
    this.set(IS_FED, false);
    this.dropRequest();
    this.host.wheel.disarm(this);
    if (this.host.store) this.host.releaseWrites(this.id);
    this.leaveCrowd();
    this.host.observer?.stopped(this);
    this.watcher?.stopped(reason);
  }

  /** The operation, written down. */
  token(): ResumeToken {
    if (this.extras?.endToken) return this.extras.endToken;
    return this.outcome ? this.#endedToken(this.outcome) : writeToken(this, this.isExposed);
  }

  /** The operation with its end. */
  #endedToken(outcome: Outcome): ResumeToken {
    const token = writeToken(this, this.isExposed);
    const { kind, elapsedMs } = outcome;
    return {
      ...token,
      outcome: kind === "succeeded" ? { kind, value: outcome.value, elapsedMs } : {
        kind: kind as "failed" | "canceled" | "expired",
        error: outcome.error.toJSON(),
        elapsedMs,
      },
    };
  }

  override wake(nowMs: number): void {
    if (this.isEnding) this.#tellNow();
    else if (this.isLate(nowMs)) this.deliver(DEADLINE, nowMs);
    else if (!this.has(IS_FED) && this.isDue(nowMs)) this.deliver(DUE, nowMs);
    else this.arm();
  }

  get dueAt(): number {
    return this.has(IS_FED) ? this.host.feeds.nextLookAt(this) ?? this.nextPollAt : this.nextPollAt;
  }

  /** What few actors have, to be changed. */
  get more(): ActorExtras {
    return this.extras ??= {};
  }

  protected deliver(message: Message, nowMs: number = this.host.clock.now()): void {
    if (this.outcome || this.has(HAS_ENDED)) return;
    if (this.has(IS_BUSY) || this.isStopped) {
      (this.more.mailbox ??= []).push(message);
      return;
    }
    this.set(IS_BUSY, true);
    this.#process(message, nowMs);
    this.set(IS_BUSY, false);
    this.#drain();
  }

  protected arm(): void {
    this.armFor(!this.has(IS_FED));
  }

  #drain(): void {
    const { extras } = this;
    while (extras?.mailbox && !this.has(IS_BUSY) && !this.isStopped) {
      const message = extras.mailbox.shift();
      if (extras.mailbox.length === 0) extras.mailbox = undefined;
      if (!message) continue;
      this.set(IS_BUSY, true);
      this.#process(message, this.host.clock.now());
      this.set(IS_BUSY, false);
    }
  }

  #process(message: Message, nowMs: number): void {
    const { event } = message;
    if (event.type === "deadline" || event.type === "cancel") {
      const foregone = this.foregone();
      if (foregone) return this.#process(foregone, nowMs);
    }
    const edge = this.plan.table.edge(this.state, event.type);
    if (!edge.isHandled) {
      if (!message.isVerdict) return; // as XState does
      const text = `the protocol says "${event.type}", for which the machine has no way here`;
      return this.#process(this.failed("protocol", text, message), nowMs);
    }
    if (event.memory) this.memory = { ...this.memory, ...event.memory };
    if (event.progress) this.more.progress = nextProgress(this.extras?.progress, event.progress);
    if (edge.to.isFinal) this.#finish(edge, message, nowMs);
    else this.#move(edge, message, nowMs);
  }

  #move({ to, effects }: Edge, message: Message, nowMs: number): void {
    const { event } = message;
    const isPhaseChange = to.top !== this.state.top;
    this.state = to;
    this.visited |= to.bit;
    for (const effect of effects) this.#perform(effect, message, nowMs);
    this.revision++;
    this.plan.host.observer?.moved(this, event);
    this.extras?.shadow?.send(event);
    if (event.notify) this.#notify(event);
    if (event.refusal) {
      this.watcher?.refused(createEndError(this, { ...message, failure: event.refusal }));
    }
    if (this.isWatched) this.watcher?.changed();
    if (this.plan.host.store && (isPhaseChange || event.memory)) this.#save();
  }

  #perform(effect: Effect, message: Message | undefined, nowMs: number): void {
    switch (effect.type) {
      case "request":
        return this.ask(effect.params.step, nowMs);
      case "abandonRequest":
        this.dropRequest();
        this.set(IS_UNCERTAIN | WAS_PROCESSED, false);
        this.hangUp();
        return;
      case "wait":
        return this.#wait(message, nowMs);
      case "stopWaiting":
        this.nextPollAt = 0;
        if (this.has(IS_FED)) this.host.feeds.release(this);
        this.set(IS_FED, false);
        return;
      default:
        throw new TypeError(
          `Cannot perform action ${JSON.stringify(effect)} of ${this.kind.name}`,
        );
    }
  }

  #wait(message: Message | undefined, nowMs: number): void {
    const { host, schedule, kind } = this.plan;
    const waitMs = message?.event.waitMs;
    const pause = waitMs !== undefined && waitMs >= 0 // and not NaN
      ? waitMs
      : pauseMs(schedule, this.pauses++, host.random);
    const pauseAtLeastMs = Math.max(pause, message?.reply?.retryAfterMs ?? 0); // for this wait only
    const lookAt = kind.protocol.feed && this.#waitForFeed(pauseAtLeastMs);
    if (lookAt === undefined) return this.#sleepUntil(nowMs + pauseAtLeastMs, nowMs);
    this.set(IS_FED, true);
    this.nextPollAt = lookAt;
    this.arm();
  }

  /** Waits for the kind's feed to look, which knows no pauses but the same one every time. */
  #waitForFeed(pauseMs: number): number | undefined {
    const { schedule, host } = this.plan;
    if (schedule.kind !== "fixed" || schedule.intervalMs !== pauseMs) return undefined;
    const seat = this.#seatOfNextStep();
    return seat && host.feeds.wait(this, seat, pauseMs);
  }

  /** What the step that comes next would ask of a feed. */
  #seatOfNextStep(): FeedSeat | undefined {
    const [request] = this.plan.table.edge(this.state, DUE.event.type).to.entry;
    return request?.type === "request" ? this.seatOf(request.params.step) : undefined;
  }

  #sleepUntil(timeMs: number, nowMs: number): void {
    this.nextPollAt = timeMs;
    if (timeMs <= nowMs) this.deliver(DUE, nowMs);
    else this.arm();
  }

  #finish({ to, effects }: Edge, message: Message, nowMs: number): void {
    const { host } = this.plan;
    const failure = to.top === "succeeded" ? undefined : explainEnd(this, to, message);
    if (failure && isResumable(this, message, failure)) {
      // A start that got any answer but a certain refusal may run: it is never sent again.
      const isUncertain = this.isExposed || this.has(WAS_PROCESSED);
      this.more.endToken = this.#tokenOrNothing(isUncertain);
    }
    this.set(HAS_ENDED, true);
    for (const effect of effects) this.#perform(effect, undefined, nowMs);
    host.wheel.disarm(this);
    this.leaveCrowd();
    if (to.top === "timedOut" && this.plan.cancelsOnDeadline) this.askToCancel();
    const progress = this.extras?.progress;
    if (to.top === "succeeded" && progress) this.more.progress = finishProgress(progress);
    const outcome = createOutcome(this, to, message, { failure, nowMs });
    if (this.extras) this.extras.mailbox = undefined;
    this.revision++;
    this.extras?.shadow?.send(message.event);
    if (message.event.notify) this.#notify(message.event);
    if (!host.store) return this.#tell(to, outcome, message.event);
    const saved = this.#saveEnd(to, outcome);
    const tell = (): void => this.#tell(to, outcome, message.event);
    // A deadline brings nothing that could be lost, and must not wait for a store.
    if (to.top === "timedOut") tell();
    else this.#tellOnceSaved(saved, tell);
    if (host.removesEnded) saved.then(() => this.#forgetEnd(outcome));
  }

  /** Tells an end when it is written down, and at the deadline at the latest. */
  #tellOnceSaved(saved: Promise<void>, tell: () => void): void {
    this.more.untold = tell;
    this.armFor(false);
    saved.then(() => this.#tellNow());
  }

  #tellNow(): void {
    const tell = this.extras?.untold;
    if (!tell) return;
    this.more.untold = undefined;
    this.host.wheel.disarm(this);
    tell();
  }

  #tell(state: MachineState, outcome: Outcome, event: Verdict): void {
    this.state = state;
    this.visited |= state.bit;
    this.outcome = outcome;
    this.revision++;
    this.host.observer?.ended(this, event);
    this.watcher?.ended();
  }

  /** Writes the end down before anybody is told. */
  async #saveEnd(end: MachineState, outcome: Outcome): Promise<void> {
    const { state, host, more } = this;
    let token = more.endToken;
    // Whoever cancels wants it to be over: what takes up all that the store holds must not go on with it.
    if (!token || outcome.kind === "canceled") {
      try {
        this.state = end; // so that the token holds it
        token = this.#endedToken(outcome);
        more.endToken ??= token;
      } catch (error) {
        host.report(error);
      }
      this.state = state;
    }
    if (token) await host.save(token).catch((error) => host.report(error));
  }

  /** Removes what is over for good from the store, once its end was told. */
  #forgetEnd({ kind }: Outcome): void {
    const isOver = kind === "canceled" || this.extras?.endToken?.outcome !== undefined;
    if (isOver) this.host.forget(this.id);
  }

  #notify({ notify }: Verdict): void {
    if (notify) containCallback(notify, this.host.report);
  }

  #tokenOrNothing(isUncertain: boolean): ResumeToken | undefined {
    try {
      return writeToken(this, isUncertain);
    } catch {
      return undefined; // its input holds a function; token() says so
    }
  }

  #save(): void {
    const token = this.#tokenOrNothing(this.isExposed);
    if (token) this.host.save(token).catch((error) => this.host.report(error));
  }
}
