/**
 * The verdicts that every protocol needs.
 *
 * @module
 */
import type { Failure, Verdict } from "./verdict.ts";
import type { Reply } from "./message.ts";

/** It ended well. */
export function succeeded(value: unknown): Verdict {
  return { type: "succeeded", value };
}

/** The first request was turned down. */
export function rejected(message: string, details: Partial<Failure> = {}): Verdict {
  return { type: "failed", failure: { ...details, code: "request-rejected", message } };
}

/** The provider says that it failed. */
export function failed(message: string, details: Partial<Failure> = {}): Verdict {
  return { type: "failed", failure: { ...details, code: "operation-failed", message } };
}

/** The provider forgot it. */
export function expired(message: string, details: Partial<Failure> = {}): Verdict {
  return { type: "expired", failure: { ...details, code: "operation-expired", message } };
}

/** The provider cannot be made to answer; the operation may still run. */
export function unreachable(message: string, details: Partial<Failure> = {}): Verdict {
  return { type: "failed", failure: { ...details, code: "transport", message } };
}

/** The answer makes no sense. */
export function nonsense(message: string, details: Partial<Failure> = {}): Verdict {
  return { type: "failed", failure: { ...details, code: "protocol", message } };
}

/**
 * The provider refuses a question about the operation. That says nothing about
 * the operation itself, so it never has the code of a failed operation, and it
 * has the same code for every provider:
 *
 * - 404 and 410: `operation-expired`, the provider does not know it any more
 * - every other status from 400 on (401 and 403 too): `transport`, with a token
 * - anything else: `protocol`, with a token
 *
 * @param doing What was being done, e.g. `Cannot poll execution`.
 * @param reply The refusal.
 * @param details The provider's own code and words, where the reply has them.
 */
export function refused(doing: string, reply: Reply, details: Partial<Failure> = {}): Verdict {
  const { status } = reply;
  const message = `${doing}: ${describeReply(reply, details.providerMessage)}`;
  if (status === 404 || status === 410) {
    return expired(`${message}: the provider does not know it any more`, details);
  }
  return status >= 400
    ? unreachable(message, details)
    : nonsense(`${message} is not an answer that was expected`, details);
}

/** A reply in a few words, for messages: `HTTP 404 "Expired."`. */
export function describeReply(reply: Reply, message?: string): string {
  return message === undefined
    ? `HTTP ${reply.status}`
    : `HTTP ${reply.status} ${JSON.stringify(message.slice(0, 200))}`;
}
