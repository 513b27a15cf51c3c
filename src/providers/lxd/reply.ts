/**
 * LXD's replies: an envelope whose `type` is `sync`, `async` or `error`, whatever
 * the HTTP status.
 *
 * @module
 */
import { isRecord } from "../../model/check_input.ts";
import type { Failure, Verdict } from "../../model/verdict.ts";
import type { Reply } from "../../model/message.ts";
import { refused } from "../../model/verdicts.ts";
import { isTransient as isTransientStatus } from "../../runtime/http/retry.ts";

/** What a reply says by its envelope. */
export type LxdReplyType = "sync" | "async" | "error";

/** The `type` of a reply; `undefined` where LXD did not write it. */
export function typeOf({ body }: Reply): LxdReplyType | undefined {
  const type = isRecord(body) ? body["type"] : undefined;
  return type === "sync" || type === "async" || type === "error" ? type : undefined;
}

/** What the server says is wrong. */
export function errorOf({ body }: Reply): string | undefined {
  const error = isRecord(body) ? body["error"] : undefined;
  return typeof error === "string" && error !== "" ? error : undefined;
}

/** The status that an error stands for: `error_code` counts, for HTTP may say 200. */
export function statusOf(reply: Reply): number {
  const code = isRecord(reply.body) ? reply.body["error_code"] : undefined;
  return typeOf(reply) === "error" && typeof code === "number" && code > 0 ? code : reply.status;
}

/** Whether the server no longer knows what was asked for; early ones say it with HTTP 500. */
export function isGone(reply: Reply): boolean {
  const status = statusOf(reply);
  return status === 404 || status === 410 ||
    (status === 500 && errorOf(reply) === "open: no such file or directory");
}

/**
 * Whether a reply to a question says "not now". A client that may see some projects only is told
 * so with HTTP 500, each time: canonical/lxd#13576.
 */
export function isTransient(reply: Reply): boolean {
  return isTransientStatus(reply.status) && !isGone(reply) && !isRestricted(reply);
}

function isRestricted(reply: Reply): boolean {
  return reply.status === 500 && /certificate is restricted/i.test(errorOf(reply) ?? "");
}

/** What to put into an error about a reply. */
export function accountOf(reply: Reply): Partial<Failure> {
  const message = errorOf(reply);
  return {
    providerCode: String(statusOf(reply)),
    ...(message !== undefined && { providerMessage: message }),
    ...(reply.body !== undefined && { details: reply.body }),
  };
}

/** A reply to a question that is no answer to it: the verdict of all providers, by the status that counts. */
export function readRefusal(doing: string, reply: Reply): Verdict {
  const status = isGone(reply) ? 404 : statusOf(reply);
  return refused(doing, status === reply.status ? reply : { ...reply, status }, accountOf(reply));
}

/** What an answer to a cancel that is none says of it: whether it was turned down, or could not be asked for. */
export function cancelCodeOf(status: number): "request-rejected" | "transport" {
  const isTurnedDown = status >= 400 && status < 500 && status !== 401 && status !== 403 &&
    status !== 407 && status !== 408 && status !== 429;
  return isTurnedDown ? "request-rejected" : "transport";
}
