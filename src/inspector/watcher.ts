/**
 * Writes down what a runtime does. With many operations it is brief: a poll that
 * says what the last one said is counted and not kept.
 *
 * @module
 */
import type { Call, Fault, JsonValue, Outcome, Reply, Verdict } from "../operation.ts";
import type { ActorRecord } from "../runtime/actor_record.ts";
import type { RuntimeObserver } from "../runtime/observer.ts";
import {
  capture,
  captureCall,
  captureCallBriefly,
  captureFault,
  captureReply,
  captureReplyBriefly,
  captureText,
} from "./capture.ts";
import type { Hub } from "./hub.ts";
import { letGo, type NewEntry, OperationRecord, pathOf, type Writable } from "./record.ts";
import type { WireSnapshot } from "./wire.ts";

/** An entry on its way to its snapshot. */
type Moving = Writable<NewEntry>;

/** Follows all actors of a runtime. */
export class RuntimeWatcher implements RuntimeObserver {
  readonly #hub: Hub;
  /** By the actors' keys, mostly small numbers: those are found faster than objects. */
  readonly #records = new Map<string | number, OperationRecord>();
  #lastActor: ActorRecord | undefined;
  #lastRecord: OperationRecord | undefined;

  /** Writes to a hub. */
  constructor(hub: Hub) {
    this.#hub = hub;
  }

  began(actor: ActorRecord): void {
    const record = this.#recordOf(actor);
    record.status = "active";
    record.deadlineAt = actor.deadlineAt;
    this.#move(record, actor, { type: "began", at: this.#now() });
  }

  asked(actor: ActorRecord, call: Call): void {
    const record = this.#recordOf(actor);
    if (this.#isBrief(record)) {
      record.isHolding = true;
      record.heldCall = call;
      return;
    }
    const { step } = actor;
    const message = captureCall(call);
    this.#hub.add(record, {
      type: "asked",
      at: this.#now(),
      ...(step !== undefined && { step }),
      message,
    });
  }

  sent(actor: ActorRecord): void {
    const record = this.#recordOf(actor);
    const at = this.#now();
    record.askedAt = at;
    if (!record.isHolding) return this.#hub.add(record, { type: "sent", at });
    record.heldSentAt = at;
    this.#hub.touch(record);
  }

  repeats(actor: ActorRecord, cause: Reply | Fault): void {
    const record = this.#recordOf(actor);
    this.#tell(record, actor);
    record.retries++;
    record.askedAt = 0;
    if ("status" in cause) record.retryAfterMs = cause.retryAfterMs;
    const message = "status" in cause ? captureReply(cause) : captureFault(cause);
    this.#hub.add(record, { type: "repeats", at: this.#now(), message });
  }

  replied(actor: ActorRecord, reply: Reply): void {
    const record = this.#recordOf(actor);
    record.askedAt = 0;
    record.retries = 0;
    record.retryAfterMs = reply.retryAfterMs;
    if (record.isHolding) record.heldReply = reply;
    else {
      this.#hub.add(record, { type: "replied", at: this.#now(), message: captureReply(reply) });
    }
  }

  faulted(actor: ActorRecord, fault: Fault): void {
    const record = this.#recordOf(actor);
    this.#tell(record, actor);
    record.askedAt = 0;
    this.#hub.add(record, { type: "faulted", at: this.#now(), message: captureFault(fault) });
  }

  moved(actor: ActorRecord, event: Verdict): void {
    const record = this.#recordOf(actor);
    const { type } = event;
    const { state } = actor;
    if (type === "due" && (record.isHolding || this.#isBrief(record))) {
      record.isHolding = true; // one whose poll a feed answers makes no call
      record.heldState = state;
      return this.#hub.touch(record);
    }
    const isNews = event.memory !== undefined || event.progress !== undefined ||
      type !== record.lastVerdict || state !== record.lastState;
    if (type !== "due") {
      record.lastVerdict = type;
      record.lastState = state;
    }
    if (record.isHolding && !isNews) {
      const at = record.heldSentAt || this.#now();
      letGo(record);
      return this.#hub.addPoll(record, at);
    }
    this.#tell(record, actor);
    this.#move(record, actor, { type: "moved", at: this.#now(), event: type });
  }

  stopped(actor: ActorRecord): void {
    const record = this.#recordOf(actor);
    this.#tell(record, actor);
    record.status = "stopped";
    record.askedAt = 0;
    this.#move(record, actor, { type: "stopped", at: this.#now() });
  }

  ended(actor: ActorRecord, event: Verdict): void {
    const record = this.#recordOf(actor);
    const at = this.#now();
    const outcome = actor.outcome!;
    this.#tell(record, actor);
    record.status = "done";
    record.endedAt = at;
    record.askedAt = 0;
    const isGood = outcome.kind === "succeeded";
    if (!isGood) {
      record.code = outcome.error.code;
      record.note = captureText(outcome.error.message);
    }
    if (!isGood) record.captureInput();
    this.#records.delete(actor.key);
    this.#lastActor = record.actor = undefined;
    this.#move(record, actor, { type: "ended", at, event: event.type, outcome: shown(outcome) });
    this.#hub.ended(record, isGood);
  }

  #now(): number {
    return this.#hub.clock.now();
  }

  #isBrief(record: OperationRecord): boolean {
    // A clock costs as much as all else here: it is asked for those alone that were looked at.
    return this.#hub.isBrief &&
      (record.watchedUntil === 0 || record.watchedUntil < this.#now());
  }

  #recordOf(actor: ActorRecord): OperationRecord {
    // News of one actor comes in twos and threes.
    if (actor === this.#lastActor) return this.#lastRecord!;
    const record = this.#records.get(actor.key) ?? this.#adopt(actor);
    this.#lastActor = actor;
    return this.#lastRecord = record;
  }

  #adopt(actor: ActorRecord): OperationRecord {
    const { id, kind, startedAt } = actor;
    let record = this.#hub.records.get(id);
    if (!record || record.status === "done") {
      const machine = this.#hub.machines.nameOf(kind.machine.config);
      const value = pathOf(actor.state.value);
      record = new OperationRecord({ id, machine, isOperation: true, value, startedAt });
      this.#hub.keep(record);
    }
    if (record.actor) this.#records.delete(record.actor.key); // restored, or begun anew
    record.actor = actor;
    if (!this.#hub.isBrief) record.captureInput();
    this.#records.set(actor.key, record);
    return record;
  }

  #move(record: OperationRecord, actor: ActorRecord, entry: Moving): void {
    record.follow(actor);
    entry.snapshot = snapshotOf(record, actor);
    this.#hub.add(record, entry);
  }

  /** Writes down what was held back, because news has come of it. */
  #tell(record: OperationRecord, actor: ActorRecord): void {
    if (!record.isHolding) return;
    const { heldCall: call, heldReply: reply, heldSentAt, heldState } = record;
    letGo(record);
    const at = this.#now();
    const hub = this.#hub;
    const sentAt = heldSentAt || at;
    if (heldState !== undefined) {
      const snapshot = snapshotOf(record, actor);
      snapshot.value = pathOf(heldState.value);
      hub.add(record, { type: "moved", at: sentAt, event: "due", snapshot });
    }
    const shown = call && captureCallBriefly(call);
    if (reply) {
      const entry: Writable<NewEntry> = {
        type: "replied",
        at,
        message: captureReplyBriefly(reply),
      };
      if (shown) entry.call = shown;
      if (heldSentAt > 0) entry.sentAt = heldSentAt;
      hub.add(record, entry);
    } else if (shown) {
      hub.add(record, { type: "asked", at: sentAt, message: shown });
      if (heldSentAt > 0) hub.add(record, { type: "sent", at: heldSentAt });
    }
  }
}

function snapshotOf(record: OperationRecord, actor: ActorRecord): Writable<WireSnapshot> {
  const progress = actor.extras?.progress;
  const snapshot: Writable<WireSnapshot> = {
    value: record.value,
    context: record.contextOf(actor.memory),
    polls: record.polls,
    requests: record.requests,
  };
  if (progress) snapshot.progress = capture(progress);
  if (record.nextPollAt > 0) snapshot.nextPollAt = Math.round(record.nextPollAt);
  return snapshot;
}

function shown(outcome: Outcome): JsonValue {
  return outcome.kind === "succeeded"
    ? { kind: outcome.kind, value: capture(outcome.value) }
    : { kind: outcome.kind, error: capture(outcome.error.toJSON()) };
}
