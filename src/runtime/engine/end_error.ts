/**
 * Makes the error of an operation's end, with every field and no secret.
 *
 * @module
 */
import { type AnyLroError, createLroError } from "../../model/errors.ts";
import type { Failure } from "../../model/verdict.ts";
import type { Reply } from "../../model/message.ts";
import {
  redactCause,
  redactCodes,
  redactReply,
  redactText,
  redactValue,
} from "../../model/redact.ts";
import type { ActorRecord } from "./actor_record.ts";
import type { ResumeToken } from "../../model/token.ts";

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
export function createEndError(actor: ActorRecord, details: EndDetails): AnyLroError {
  const { failure, reply, cause, token } = details;
  const { code, message, providerMessage, ...rest } = failure;
  const partialResult = failure.partialResult ??
    actor.consult(() => actor.kind.protocol.partialResult?.(actor));
  const shown = reply && redactReply(reply);
  const last = actor.lastReply;
  return createLroError(code, redactText(message), {
    provider: actor.provider,
    operationId: actor.id,
    polls: actor.polls,
    requests: actor.requests,
    elapsedMs: actor.elapsedMs,
    lastReply: shown ?? (last && redactReply(last)), // what says it is the last one
    ...(cause !== undefined && { cause: redactCause(cause) }),
    ...rest,
    ...redactCodes(failure),
    details: redactValue(rest.details),
    ...(providerMessage !== undefined && { providerMessage: redactText(providerMessage) }),
    ...(partialResult !== undefined && { partialResult: boundValue(redactValue(partialResult)) }),
    reply: shown,
    status: reply?.status,
    attempts: actor.attempts,
    confirmed: reply !== undefined,
    deadlineMs: actor.plan.deadlineMs,
    token,
  });
}

/** Largest partial result that an error takes along, in characters of JSON. */
const LARGEST_PARTIAL_RESULT = 65_536;

/** The same value, or the beginning of its JSON where it is too large for logs and tokens. */
function boundValue(value: unknown): unknown {
  const text = JSON.stringify(value) ?? "";
  return text.length <= LARGEST_PARTIAL_RESULT
    ? value
    : `${text.slice(0, LARGEST_PARTIAL_RESULT)}... (cut short)`;
}
