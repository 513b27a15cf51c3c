/**
 * Makes the error of an operation's end, with every field and no secret.
 *
 * @module
 */
import { type AnyLroError, createLroError } from "../errors.ts";
import type { Failure, Reply } from "../operation.ts";
import { redactReply, redactText, redactValue } from "../redact.ts";
import type { ActorRecord } from "./actor_record.ts";
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

/**
 * The same error, or a clean copy where its message or a field may hold a secret,
 * as that of a client which keeps the whole request.
 */
function redactCause(cause: unknown, depth = 0): unknown {
  if (typeof cause === "string") return redactText(cause);
  if (typeof cause !== "object" || cause === null) return cause;
  if (depth > 8) return undefined;
  const fields = Object.entries(cause);
  const plain = Object.fromEntries(fields.filter(([, value]) => typeof value !== "object"));
  const shown = redactValue(plain) as Record<string, unknown>;
  if (!(cause instanceof Error)) return shown;
  const message = redactText(cause.message);
  const inner = redactCause(cause.cause, depth + 1);
  const isClean = message === cause.message && inner === cause.cause &&
    fields.every(([name, value]) => shown[name] === value);
  if (isClean) return cause;
  const copy = new Error(message, inner === undefined ? undefined : { cause: inner });
  copy.name = cause.name;
  const code = "code" in cause ? cause.code : undefined;
  return Object.assign(copy, shown, code !== undefined && { code });
}
