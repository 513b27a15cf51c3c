/**
 * Where an actor stands, for those who look on.
 *
 * @module
 */
import type { OperationSnapshot } from "../../model/outcome.ts";
import type { Progress } from "../../model/verdict.ts";
import { redactText } from "../../model/redact.ts";
import type { ActorRecord } from "./actor_record.ts";

/** Takes the snapshot of an actor; fields that have nothing to say are left out. */
export function takeSnapshot(actor: ActorRecord): OperationSnapshot {
  const { state, outcome, step, extras, dueAt: nextPollAt, deadlineAt } = actor;
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
    ...(extras?.progress && { progress: shownProgress(extras.progress) }),
    ...(extras?.trouble && { trouble: extras.trouble }),
    ...(nextPollAt > 0 && { nextPollAt }),
    ...(deadlineAt < Infinity && { deadlineAt }),
    ...(outcome && { outcome }),
  };
}

/** The provider's words may repeat what the request held. */
function shownProgress(progress: Progress): Progress {
  const { text } = progress;
  if (typeof text !== "string") return progress;
  const shown = redactText(text);
  return shown === text ? progress : { ...progress, text: shown };
}
