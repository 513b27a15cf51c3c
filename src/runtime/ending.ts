/**
 * What to say of an operation's end.
 *
 * @module
 */
import type { Failure, Outcome } from "../operation.ts";
import type { ActorRecord, Message } from "./actor_record.ts";
import { createEndError } from "./end_error.ts";
import type { MachineState } from "./transitions.ts";

/** How an operation ended, in a final state and by a message. */
export function createOutcome(
  actor: ActorRecord,
  { top }: MachineState,
  { event, reply, cause }: Message,
  { failure, nowMs }: { readonly failure: Failure | undefined; readonly nowMs: number },
): Outcome {
  const { polls, requests, extras } = actor;
  const elapsedMs = Math.max(0, Math.round(nowMs - actor.startedAt));
  if (!failure) {
    const { value, notFound } = event;
    return notFound
      ? { kind: "succeeded", value, notFound, polls, requests, elapsedMs }
      : { kind: "succeeded", value, polls, requests, elapsedMs };
  }
  const error = createEndError(actor, { failure, reply, cause, token: extras?.endToken });
  return { kind: top as "failed", error, polls, requests, elapsedMs };
}

/** Why it failed: what the verdict says, or what can be said where no protocol explains it. */
export function explainEnd(
  actor: ActorRecord,
  { top }: MachineState,
  { event }: Message,
): Failure {
  const { kind, plan, requests, extras } = actor;
  const { name, protocol } = kind;
  if (event.failure) return event.failure;
  if (top === "timedOut") {
    const trouble = extras?.trouble;
    const missing = actor.consult(() => protocol.explainDeadline?.(actor.state.value, actor));
    return {
      code: "deadline-exceeded",
      message: `Cannot wait for ${name} any longer: not ended after ${plan.deadlineMs} ms` +
        (trouble === undefined ? "" : `, the last attempt came to nothing: ${trouble}`) +
        (missing !== undefined
          ? `; ${missing}`
          : requests === 0
          ? "; no request was sent"
          : "; it may still run") +
        ", restore the token to go on waiting",
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
    code: top === "canceled"
      ? "operation-canceled"
      : top === "expired"
      ? "operation-expired"
      : "operation-failed",
    message: `${name} ended: ${top}`,
  };
}

/** Whether the waiting can be taken up again after such an end. */
export function isResumable({ code, isResumable }: Failure): boolean {
  return isResumable || code === "deadline-exceeded" || code === "transport";
}
