/**
 * Where an actor stands, for those who look on.
 *
 * @module
 */
import type { OperationSnapshot } from "../operation.ts";
import type { Actor } from "./actor.ts";

/** Takes the snapshot of an actor; fields that have nothing to say are left out. */
export function takeSnapshot(actor: Actor): OperationSnapshot {
  const { state, outcome, step, progress, dueAt: nextPollAt, deadlineAt } = actor;
  return {
    id: actor.id,
    provider: actor.provider,
    kind: actor.kind.name,
    status: outcome ? "done" : actor.isStopped ? "stopped" : "active",
    state: state.top,
    value: state.value,
    polls: actor.polls,
    requests: actor.requests,
    startedAt: actor.startedAt,
    ...(step !== undefined && { step }),
    ...(progress && { progress }),
    ...(nextPollAt > 0 && { nextPollAt }),
    ...(deadlineAt < Infinity && { deadlineAt }),
    ...(outcome && { outcome }),
  };
}
