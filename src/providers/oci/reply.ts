/**
 * What Oracle Cloud's replies hold: errors, states, work requests.
 *
 * @module
 */
import { isRecord } from "../../model/check_input.ts";
import type { Failure, Verdict } from "../../model/verdict.ts";
import type { Reply } from "../../model/message.ts";
import { describeReply, nonsense, refused, rejected, unreachable } from "../../model/verdicts.ts";

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
  const message = isRecord(body) ? textOf(body["message"]) : wordsOf(body);
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
  const code = entryCode(entry);
  return [code && `(${code})`, textOf(entry["message"])].filter(Boolean).join(" ") || undefined;
}

/** The code of an error, or of an error entry; a load balancer's is its `errorCode`. */
export function entryCode(entry: Readonly<Record<string, unknown>>): string | undefined {
  return textOf(entry["code"]) ?? textOf(entry["errorCode"]);
}

/**
 * Whether a refusal proves that a request did nothing: only a 4xx does, and of
 * those neither 408 nor 429.
 */
export function isRejection({ status }: Reply): boolean {
  return status >= 400 && status < 500 && status !== 408 && status !== 429;
}

/** The question that comes before an action was not answered well: nothing has started. */
export function readRejection(doing: string, reply: Reply): Verdict {
  const message = `${doing}: ${describeError(reply)}`;
  const account = accountOf(reply);
  if (isRejection(reply)) return rejected(message, account);
  return reply.status >= 400 ? unreachable(message, account) : nonsense(message, account);
}

/**
 * A question was not answered well: the operation itself may go on, even where
 * Oracle Cloud says 404, which also means "not for this caller".
 */
export function readRefusal(doing: string, reply: Reply): Verdict {
  const account = accountOf(reply);
  return refused(doing, reply, { ...account, ...(isMissing(reply) && { isResumable: true }) });
}

/** Whether a reply says that there is nothing, or nothing any more. */
export function isMissing({ status }: Reply): boolean {
  return status === 404 || status === 410;
}

/** Gone, as it should be. */
export function gone(): Verdict {
  return { type: "succeeded", value: undefined, notFound: true };
}

/** What a body that is no JSON says; a page of a gateway has no words of Oracle Cloud's. */
function wordsOf(body: unknown): string | undefined {
  const text = textOf(body);
  return text === undefined || /^\s*</.test(text) ? undefined : text.slice(0, 1_000);
}

/** A text that is not empty. */
export function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
