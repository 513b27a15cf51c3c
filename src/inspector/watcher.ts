/**
 * Writes down what a runtime does. With many operations it is brief: a poll that
 * says what the last one said is counted and not kept.
 *
 * @module
 */
import type { Call, Fault, JsonValue, Outcome, Reply, Verdict } from "../operation.ts";
import type { Actor } from "../runtime/actor.ts";
import type { RuntimeObserver } from "../runtime/observer.ts";
import { capture, captureCall, captureFault, captureReply, captureText } from "./capture.ts";
import type { Hub } from "./hub.ts";
import { OperationRecord, pathOf } from "./record.ts";
import type { WireEntry, WireSnapshot } from "./wire.ts";

/** Follows all actors of a runtime. */
export class RuntimeWatcher implements RuntimeObserver {
  readonly #hub: Hub;
  readonly #records = new Map<Actor, OperationRecord>();

  /** Writes to a hub. */
  constructor(hub: Hub) {
    this.#hub = hub;
  }

  began(actor: Actor): void {
    const record = this.#recordOf(actor);
    record.status = "active";
    record.deadlineAt = actor.deadlineAt;
    this.#move(record, actor, { type: "began", at: this.#now() });
  }

  asked(actor: Actor, call: Call): void {
    const record = this.#recordOf(actor);
    const at = this.#now();
    if (this.#isBrief(record, at)) return void (record.held = { dueAt: at, call });
    const { step } = actor;
    const message = captureCall(call);
    this.#hub.add(record, { type: "asked", at, ...(step !== undefined && { step }), message });
  }

  sent(actor: Actor): void {
    const record = this.#recordOf(actor);
    const at = this.#now();
    record.askedAt = at;
    record.requests = actor.requests;
    if (!record.held) return this.#hub.add(record, { type: "sent", at });
    record.held.sentAt = at;
    this.#hub.touch(record);
  }

  repeats(actor: Actor, cause: Reply | Fault): void {
    const record = this.#recordOf(actor);
    this.#tell(record, actor);
    record.retries++;
    record.askedAt = undefined;
    if ("status" in cause) record.retryAfterMs = cause.retryAfterMs;
    const message = "status" in cause ? captureReply(cause) : captureFault(cause);
    this.#hub.add(record, { type: "repeats", at: this.#now(), message });
  }

  replied(actor: Actor, reply: Reply): void {
    const record = this.#recordOf(actor);
    record.askedAt = undefined;
    record.retries = 0;
    record.retryAfterMs = reply.retryAfterMs;
    if (record.held) record.held.reply = reply;
    else {
      this.#hub.add(record, { type: "replied", at: this.#now(), message: captureReply(reply) });
    }
  }

  faulted(actor: Actor, fault: Fault): void {
    const record = this.#recordOf(actor);
    this.#tell(record, actor);
    record.askedAt = undefined;
    this.#hub.add(record, { type: "faulted", at: this.#now(), message: captureFault(fault) });
  }

  moved(actor: Actor, event: Verdict): void {
    const record = this.#recordOf(actor);
    const { type } = event;
    const at = this.#now();
    if (type === "due" && (record.held || this.#isBrief(record, at))) {
      record.follow(actor);
      record.held ??= { dueAt: at }; // one whose poll a feed answers makes no call
      record.held.value = record.value;
      return this.#hub.touch(record);
    }
    const verdict = `${type} ${pathOf(actor.state.value)}`;
    const isNews = event.memory !== undefined || event.progress !== undefined ||
      verdict !== record.lastVerdict;
    if (type !== "due") record.lastVerdict = verdict;
    if (record.held && !isNews) {
      record.held = undefined;
      record.follow(actor);
      return this.#hub.addPoll(record, at);
    }
    this.#tell(record, actor);
    this.#move(record, actor, { type: "moved", at, event: type });
  }

  stopped(actor: Actor): void {
    const record = this.#recordOf(actor);
    this.#tell(record, actor);
    record.status = "stopped";
    record.askedAt = undefined;
    this.#move(record, actor, { type: "stopped", at: this.#now() });
  }

  ended(actor: Actor, event: Verdict): void {
    const record = this.#recordOf(actor);
    const at = this.#now();
    const outcome = actor.outcome!;
    this.#tell(record, actor);
    record.status = "done";
    record.endedAt = at;
    record.askedAt = undefined;
    const isGood = outcome.kind === "succeeded";
    if (!isGood) {
      record.code = outcome.error.code;
      record.note = captureText(outcome.error.message);
    }
    this.#records.delete(actor);
    record.actor = undefined;
    this.#move(record, actor, { type: "ended", at, event: event.type, outcome: shown(outcome) });
    this.#hub.ended(record, isGood);
  }

  #now(): number {
    return this.#hub.clock.now();
  }

  #isBrief(record: OperationRecord, at: number): boolean {
    return this.#hub.isBrief && record.watchedUntil < at;
  }

  #recordOf(actor: Actor): OperationRecord {
    return this.#records.get(actor) ?? this.#adopt(actor);
  }

  #adopt(actor: Actor): OperationRecord {
    const { id, kind, startedAt } = actor;
    let record = this.#hub.records.get(id);
    if (!record || record.status === "done") {
      const machine = this.#hub.machines.nameOf(kind.machine.config);
      const value = pathOf(actor.state.value);
      record = new OperationRecord({ id, machine, isOperation: true, value, startedAt });
      this.#hub.keep(record);
    }
    if (record.actor) this.#records.delete(record.actor);
    record.actor = actor;
    record.input ??= capture(actor.input);
    this.#records.set(actor, record);
    return record;
  }

  #move(record: OperationRecord, actor: Actor, entry: Omit<WireEntry, "entry" | "snapshot">): void {
    record.follow(actor);
    this.#hub.add(record, { ...entry, snapshot: snapshotOf(record, actor) });
  }

  /** Writes down what was held back, because news has come of it. */
  #tell(record: OperationRecord, actor: Actor): void {
    const { held } = record;
    if (!held) return;
    record.held = undefined;
    const { dueAt: at, value, call, sentAt, reply } = held;
    const hub = this.#hub;
    if (call) hub.add(record, { type: "asked", at, message: captureCall(call) });
    if (sentAt !== undefined) hub.add(record, { type: "sent", at: sentAt });
    if (value !== undefined) {
      const snapshot = { ...snapshotOf(record, actor), value };
      hub.add(record, { type: "moved", at, event: "due", snapshot });
    }
    if (reply) hub.add(record, { type: "replied", at: this.#now(), message: captureReply(reply) });
  }
}

function snapshotOf(record: OperationRecord, actor: Actor): WireSnapshot {
  const { progress } = actor;
  return {
    value: record.value,
    context: record.contextOf(actor.memory),
    polls: record.polls,
    requests: record.requests,
    ...(progress && { progress: capture(progress) }),
    ...(record.nextPollAt > 0 && { nextPollAt: record.nextPollAt }),
  };
}

function shown(outcome: Outcome): JsonValue {
  return outcome.kind === "succeeded"
    ? { kind: outcome.kind, value: capture(outcome.value) }
    : { kind: outcome.kind, error: capture(outcome.error.toJSON()) };
}
