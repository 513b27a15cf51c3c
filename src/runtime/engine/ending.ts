/**
 * What to say of an operation's end.
 *
 * @module
 */
import type { LroErrorCode } from "../../model/error_json.ts";
import type { LifecycleState, Outcome, UnsuccessfulOutcome } from "../../model/outcome.ts";
import type { Failure } from "../../model/verdict.ts";
import type { ActorRecord, Message } from "./actor_record.ts";
import { createEndError } from "./end_error.ts";
import type { MachineState } from "./edges.ts";

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
  // The machine's word and the error's class belong together; types cannot see that.
  return { kind: top, error, polls, requests, elapsedMs } as UnsuccessfulOutcome;
}

/** Why it failed: what the verdict says, or what can be said where no protocol explains it. */
export function explainEnd(
  actor: ActorRecord,
  { top }: MachineState,
  { event }: Message,
): Failure {
  const { kind, plan, requests, extras } = actor;
  const { name, protocol } = kind;
  const { failure } = event;
  if (failure && isOf(top, failure.code)) return failure;
  if (top === "timedOut") {
    const trouble = extras?.trouble;
    const missing = actor.consult(() => protocol.explainDeadline?.(actor.state.value, actor));
    return {
      code: "deadline-exceeded",
      message: `Cannot wait for ${name} any longer: not ended after ${plan.deadlineMs} ms` +
        (trouble === undefined ? "" : `, the last attempt came to nothing: ${trouble.reason}`) +
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
    message: `${name} ended: ${top}`,
    ...failure, // of a kind whose verdict and code do not fit: the machine's word counts
    code: top === "canceled"
      ? "operation-canceled"
      : top === "expired"
      ? "operation-expired"
      : "operation-failed",
  };
}

/** Whether an error of that code belongs to an end, so that the type of an outcome tells the truth. */
function isOf(top: LifecycleState, code: LroErrorCode): boolean {
  switch (code) {
    case "operation-canceled":
      return top === "canceled";
    case "operation-expired":
      return top === "expired";
    case "deadline-exceeded":
      return top === "timedOut";
    default:
      return top === "failed";
  }
}

/**
 * Whether the waiting can be taken up again after such an end: wherever the
 * operation may still run, whatever the code.
 */
export function isResumable(
  { requests }: ActorRecord,
  { event }: Message,
  { code, isResumable }: Failure,
): boolean {
  if (isResumable !== undefined) return isResumable;
  switch (code) {
    case "deadline-exceeded":
    case "transport":
      return true;
    case "protocol":
      return requests > 0; // nothing may run where nothing was sent
    case "operation-canceled":
      return event.type === "cancel"; // only the waiting ended
    default:
      return false;
  }
}
