/**
 * What Oracle Cloud's replies hold: errors, states, work requests.
 *
 * @module
 */
import { isRecord } from "../../check_input.ts";
import type { Failure, Reply, Verdict } from "../../operation.ts";
import { describeReply, failed, nonsense, rejected, unreachable } from "../../verdicts.ts";

/** Codes of HTTP 409 that pass by themselves. */
const PASSING_CONFLICTS: readonly unknown[] = ["IncorrectState", "LockConflict"];

/** Whether a reply says "not now" (the SDKs' default retry strategy). */
export function isTransient(reply: Reply): boolean {
  const { status, body } = reply;
  if (status === 409) return isRecord(body) && PASSING_CONFLICTS.includes(body["code"]);
  return status === 429 || (status >= 500 && status !== 501);
}

/** Whether a reply says yes. */
export function isGood({ status }: Reply): boolean {
  return status >= 200 && status < 300;
}

/** `{ code, message }`, which every error has. */
export function accountOf({ body }: Reply): Omit<Failure, "code" | "message"> {
  const code = isRecord(body) ? textOf(body["code"]) : undefined;
  const message = isRecord(body) ? textOf(body["message"]) : textOf(body);
  return {
    ...(code !== undefined && { providerCode: code }),
    ...(message !== undefined && { providerMessage: message }),
    ...(body !== undefined && { details: body }),
  };
}

/** An error in a few words: `HTTP 404 "(NotAuthorizedOrNotFound) not there"`. */
export function describeError(reply: Reply): string {
  return describeReply(reply, entryText(reply.body) ?? textOf(reply.body));
}

/** `(code) message` of an error, or of an error entry of a work request. */
export function entryText(entry: unknown): string | undefined {
  if (!isRecord(entry)) return undefined;
  const code = textOf(entry["code"]);
  return [code && `(${code})`, textOf(entry["message"])].filter(Boolean).join(" ") || undefined;
}

/** A first request that was not answered well. */
export function readRejection(doing: string, reply: Reply): Verdict {
  const message = `${doing}: ${describeError(reply)}`;
  if (reply.status < 400) return nonsense(message);
  return isServerTrouble(reply) ? unreachable(message) : rejected(message, accountOf(reply));
}

/** A later request that was not answered well: the operation itself may go on. */
export function readRefusal(doing: string, reply: Reply): Verdict {
  const message = `${doing}: ${describeError(reply)}`;
  if (reply.status < 400) return nonsense(message);
  return isServerTrouble(reply)
    ? unreachable(message)
    : failed(message, { ...accountOf(reply), isResumable: true });
}

/** Gone, as it should be. */
export function gone(): Verdict {
  return { type: "succeeded", value: undefined, notFound: true };
}

/** A text that is not empty. */
export function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** Whether the server could not answer, rather than would not. */
function isServerTrouble({ status }: Reply): boolean {
  return status === 429 || (status >= 500 && status !== 501);
}
