/**
 * The verdicts that every protocol needs.
 *
 * @module
 */
import type { Failure, Reply, Verdict } from "./operation.ts";

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
export function nonsense(message: string): Verdict {
  return { type: "failed", failure: { code: "protocol", message } };
}

/** A reply in a few words, for messages: `HTTP 404 "Expired."`. */
export function describeReply(reply: Reply, message?: string): string {
  return message === undefined
    ? `HTTP ${reply.status}`
    : `HTTP ${reply.status} ${JSON.stringify(message.slice(0, 200))}`;
}
