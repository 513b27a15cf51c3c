/**
 * Writes down what a runtime does. With many operations it is brief: a poll that
 * says what the last one said is counted and not kept.
 *
 * @module
 */
import type { Outcome } from "../../model/outcome.ts";
import type { Verdict } from "../../model/verdict.ts";
import type { Call, Fault, JsonValue, Reply } from "../../model/message.ts";
import type { OperationView, RuntimeObserver } from "../../model/observation.ts";
import {
  capture,
  captureCall,
  captureCallBriefly,
  captureFault,
  captureReply,
  captureReplyBriefly,
  captureText,
} from "./capture.ts";
import { configOf } from "../../xstate/mod.ts";
import type { Hub } from "./hub.ts";
import { letGo, OperationRecord, pathOf, type Writable } from "./record.ts";
import type { WireSnapshot } from "../wire/wire.ts";

/** Follows all actors of a runtime. */
export class RuntimeWatcher implements RuntimeObserver {
  readonly #hub: Hub;

  /** Writes to a hub. */
  constructor(hub: Hub) {
    this.#hub = hub;
  }

  /** Lets go of all actors. */
  close(): void {
    for (const { actor } of this.#hub.records.values()) {
      if (actor) actor.observed = undefined;
    }
  }

  began(actor: OperationView): void {
    const record = this.#recordOf(actor);
    record.status = "active";
    const at = this.#now();
    this.#hub.add(record, { type: "began", at, entry: 0, snapshot: moved(record, actor) });
  }

  asked(actor: OperationView, call: Call): void {
    const record = this.#recordOf(actor);
    if (this.#isBrief(record)) {
      record.isHolding = true;
      record.heldCall = call;
      record.sentMs = -1;
      return;
    }
    const { step } = actor;
    const message = captureCall(call);
    this.#hub.add(record, {
      type: "asked",
      at: this.#now(),
      entry: 0,
      ...(step !== undefined && { step }),
      message,
    });
  }

  sent(actor: OperationView, at: number): void {
    const record = this.#recordOf(actor);
    record.sentMs = sinceEpoch(at, actor); // a small number, which needs no box
    record.isAsking = true;
    if (record.isHolding) this.#hub.touch(record);
    else this.#hub.add(record, { type: "sent", at, entry: 0 });
  }

  repeats(actor: OperationView, cause: Reply | Fault): void {
    const record = this.#recordOf(actor);
    this.#tell(record, actor);
    record.retries++;
    record.isAsking = false;
    if ("status" in cause) record.retryAfterMs = cause.retryAfterMs;
    const message = "status" in cause ? captureReply(cause) : captureFault(cause);
    this.#hub.add(record, { type: "repeats", at: this.#now(), entry: 0, message });
  }

  replied(actor: OperationView, reply: Reply): void {
    const record = this.#recordOf(actor);
    record.isAsking = false;
    record.retries = 0;
    record.retryAfterMs = reply.retryAfterMs;
    if (record.isHolding) record.isReplied = true;
    else {
      const message = captureReply(reply);
      this.#hub.add(record, { type: "replied", at: this.#now(), entry: 0, message });
    }
  }

  faulted(actor: OperationView, fault: Fault): void {
    const record = this.#recordOf(actor);
    this.#tell(record, actor);
    record.isAsking = false;
    const message = captureFault(fault);
    this.#hub.add(record, { type: "faulted", at: this.#now(), entry: 0, message });
  }

  moved(actor: OperationView, event: Verdict): void {
    const record = this.#recordOf(actor);
    const { type } = event;
    const { state } = actor;
    if (type === "due" && (record.isHolding || this.#isBrief(record))) {
      if (!record.isHolding) record.sentMs = -1;
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
      const { sentMs } = record;
      letGo(record);
      record.addPoll(sentMs >= 0 ? sentMs : sinceEpoch(this.#now(), actor));
      return this.#hub.touch(record);
    }
    this.#tell(record, actor);
    const snapshot = moved(record, actor);
    this.#hub.add(record, { type: "moved", at: this.#now(), entry: 0, event: type, snapshot });
  }

  stopped(actor: OperationView): void {
    const record = this.#recordOf(actor);
    this.#tell(record, actor);
    record.status = "stopped";
    record.isAsking = false;
    const at = this.#now();
    this.#hub.add(record, { type: "stopped", at, entry: 0, snapshot: moved(record, actor) });
  }

  ended(actor: OperationView, event: Verdict): void {
    const record = this.#recordOf(actor);
    const at = this.#now();
    const outcome = actor.outcome!;
    this.#tell(record, actor);
    record.status = "done";
    record.endedAt = at;
    record.isAsking = false;
    const isGood = outcome.kind === "succeeded";
    if (!isGood) {
      record.code = outcome.error.code;
      const { message, providerMessage } = outcome.error as { providerMessage?: string } & Error;
      record.note = captureText(providerMessage || message);
    }
    if (!isGood) record.captureInput();
    const { type } = event;
    const snapshot = moved(record, actor);
    this.#hub.add(record, {
      type: "ended",
      at,
      entry: 0,
      event: type,
      outcome: shown(outcome),
      snapshot,
    });
    actor.observed = record.actor = undefined;
    this.#hub.ended(record, isGood);
  }

  #now(): number {
    return this.#hub.clock.now();
  }

  #isBrief(record: OperationRecord): boolean {
    // A clock costs as much as all else here: it is asked for those alone that were looked at.
    return this.#hub.isBrief &&
      (record.watchedUntil === undefined || record.watchedUntil < this.#now());
  }

  #recordOf(actor: OperationView): OperationRecord {
    return actor.observed as OperationRecord | undefined ?? this.#adopt(actor);
  }

  #adopt(actor: OperationView): OperationRecord {
    const { id, kind } = actor;
    let record = this.#hub.records.get(id);
    if (!record || record.status === "done") {
      const machine = this.#hub.machines.nameOf(configOf(kind.machine));
      const value = pathOf(actor.state.value);
      record = new OperationRecord({ id, machine, isOperation: true, value, startedAt: undefined });
      this.#hub.keep(record);
    }
    if (record.actor) record.actor.observed = undefined; // restored, or begun anew
    record.actor = actor;
    if (!this.#hub.isBrief) record.captureInput();
    actor.observed = record;
    return record;
  }

  /** Writes down what was held back, because news has come of it. */
  #tell(record: OperationRecord, actor: OperationView): void {
    if (!record.isHolding) return;
    const { heldCall: call, isReplied, sentMs, heldState } = record;
    const reply = isReplied ? actor.lastReply : undefined;
    letGo(record);
    const at = this.#now();
    const hub = this.#hub;
    const isSent = sentMs >= 0;
    const sentAt = isSent ? sentMs + actor.epochMs : at;
    if (heldState !== undefined) {
      const snapshot = snapshotOf(record, actor);
      snapshot.value = pathOf(heldState.value);
      hub.add(record, { type: "moved", at: sentAt, entry: 0, event: "due", snapshot });
    }
    const shown = call && captureCallBriefly(call);
    if (reply) {
      const message = captureReplyBriefly(reply);
      const told = { type: "replied", at, entry: 0, message } as const;
      if (!shown) hub.add(record, isSent ? { ...told, sentAt } : told);
      else if (!isSent) hub.add(record, { ...told, call: shown });
      else hub.add(record, { type: "replied", at, entry: 0, message, call: shown, sentAt });
    } else if (shown) {
      hub.add(record, { type: "asked", at: sentAt, entry: 0, message: shown });
      if (isSent) hub.add(record, { type: "sent", at: sentAt, entry: 0 });
    }
  }
}

/** Milliseconds since the runtime began, by a clock that may have been set back. */
function sinceEpoch(timeMs: number, { epochMs }: OperationView): number {
  return Math.max(0, Math.floor(timeMs - epochMs));
}

/** Takes over where an actor stands, and says it. */
function moved(record: OperationRecord, actor: OperationView): WireSnapshot {
  record.follow(actor);
  return snapshotOf(record, actor);
}

function snapshotOf(record: OperationRecord, actor: OperationView): Writable<WireSnapshot> {
  const progress = actor.progress;
  const { value, polls, requests, nextPollAt } = record;
  const context = record.contextOf(actor.memory);
  // Made in one piece: a field that is added later takes an array of its own.
  const snapshot: Writable<WireSnapshot> = nextPollAt
    ? { value, context, polls, requests, nextPollAt: Math.round(nextPollAt) }
    : { value, context, polls, requests };
  if (progress) snapshot.progress = capture(progress);
  return snapshot;
}

function shown(outcome: Outcome): JsonValue {
  return outcome.kind === "succeeded"
    ? { kind: outcome.kind, value: capture(outcome.value) }
    : { kind: outcome.kind, error: capture(outcome.error.toJSON()) };
}
