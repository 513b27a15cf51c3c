/**
 * Makes the error of an operation's end, with every field and no secret.
 *
 * @module
 */
import { type AnyLroError, createLroError } from "../errors.ts";
import type { Failure, Reply } from "../operation.ts";
import { redactReply, redactText, redactValue } from "../redact.ts";
import type { Actor } from "./actor.ts";
import type { ResumeToken } from "./token.ts";

/** What the error is made of, besides the actor. */
export interface EndDetails {
  /** What happened. */
  readonly failure: Failure;
  /** The reply that said so, where one did. */
  readonly reply?: Reply | undefined;
  /** The error behind it. */
  readonly cause?: unknown;
  /** Takes the waiting up again, where that makes sense. */
  readonly token?: ResumeToken | undefined;
}

/** Makes the error. */
export function createEndError(actor: Actor, details: EndDetails): AnyLroError {
  const { failure, reply, cause, token } = details;
  const { code, message, providerMessage, partialResult, ...rest } = failure;
  const shown = reply && redactReply(reply);
  const last = actor.lastReply;
  return createLroError(code, redactText(message), {
    provider: actor.provider,
    operationId: actor.id,
    polls: actor.polls,
    requests: actor.requests,
    elapsedMs: actor.elapsedMs,
    lastReply: last === reply ? shown : last && redactReply(last),
    ...(cause !== undefined && { cause: redactCause(cause) }),
    ...rest,
    details: redactValue(rest.details),
    ...(providerMessage !== undefined && { providerMessage: redactText(providerMessage) }),
    ...(partialResult !== undefined && { partialResult }),
    reply: shown,
    status: reply?.status,
    attempts: actor.attempts,
    confirmed: reply !== undefined,
    deadlineMs: actor.deadlineMs,
    token,
  });
}

/** The same error, or a copy with a clean message where the message had a secret in it. */
function redactCause(cause: unknown, depth = 0): unknown {
  if (typeof cause === "string") return redactText(cause);
  if (!(cause instanceof Error) || depth > 8) return cause;
  const message = redactText(cause.message);
  const inner = redactCause(cause.cause, depth + 1);
  if (message === cause.message && inner === cause.cause) return cause;
  const copy = new Error(message, inner === undefined ? undefined : { cause: inner });
  copy.name = cause.name;
  const code = "code" in cause ? cause.code : undefined;
  return code === undefined ? copy : Object.assign(copy, { code });
}
