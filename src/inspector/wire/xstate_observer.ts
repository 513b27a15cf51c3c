/**
 * Records the user's own XState actors beside the operations, so that one page
 * shows both.
 *
 * @module
 */
import { type InspectionEvent, readTransition } from "../../xstate/mod.ts";
import { capture } from "../record/capture.ts";
import type { Hub } from "../record/hub.ts";
import { OperationRecord, pathOf } from "../record/record.ts";

/** An actor, as far as it is looked at. */
interface ActorLike {
  readonly id: string;
  readonly sessionId: string;
  readonly logic?: { readonly config?: unknown };
  getSnapshot?(): unknown;
}

interface SnapshotLike {
  readonly status?: string;
  readonly value?: unknown;
  readonly context?: unknown;
  readonly output?: unknown;
  readonly error?: unknown;
}

/** Makes an `inspect` for `createActor` that writes to a hub, and never throws into an actor. */
export function createXStateObserver(
  hub: Hub,
  report: (error: unknown) => void,
): (event: InspectionEvent) => void {
  const records = new WeakMap<object, OperationRecord>();
  return (event) => {
    try {
      const actor = event.actorRef as unknown as ActorLike;
      if (event.type === "@xstate.actor") begin(actor);
      const record = records.get(actor);
      const moved = record && readTransition(event);
      if (moved) move(record, moved.eventType, moved.snapshot as SnapshotLike);
    } catch (error) {
      report(error);
    }
  };

  function begin(actor: ActorLike): void {
    const config = actor.logic?.config;
    if (typeof config !== "object" || config === null) return; // not a statechart
    const machine = hub.machines.nameOf(config);
    const id = actor.id === actor.sessionId ? `${machine} ${actor.sessionId}` : actor.id;
    const isTaken = hub.records.has(id);
    records.set(
      actor,
      hub.keep(
        new OperationRecord({
          id: isTaken ? `${id} ${actor.sessionId}` : id,
          machine,
          isOperation: false,
          value: "",
          startedAt: hub.clock.now(),
        }),
      ),
    );
  }

  function move(record: OperationRecord, event: string, snapshot: SnapshotLike): void {
    const { status = "active", value, context, output, error } = snapshot;
    const at = hub.clock.now();
    record.value = pathOf(value);
    record.status = status === "active" || status === "done" || status === "stopped"
      ? status
      : "error";
    const isEnd = record.status !== "active";
    if (isEnd) record.endedAt = at;
    hub.add(record, {
      entry: 0,
      type: isEnd ? "ended" : event === "xstate.init" ? "began" : "moved",
      at,
      event,
      snapshot: { value: record.value, context: capture(context), polls: 0, requests: 0 },
      ...(isEnd && { outcome: capture(record.status === "error" ? error : output) }),
    });
    if (isEnd) hub.ended(record, record.status === "done");
  }
}
